//! What the loader says of the images, by `dl_iterate_phdr`. The unsafe code of its kind.
#![allow(unsafe_code, reason = "the loader's list and the memory of other images are C's")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;

use super::header::Segment;

/// `struct dl_phdr_info`, as far as all systems have it: some add fields behind these, which are not looked at.
#[repr(C)]
struct Info {
    address: usize,
    name: *const c_char,
    segments: *const Segment,
    count: u16,
}

// SAFETY: the signature is that of `link.h`, on each system of `images.rs`; the callback is called before it returns.
unsafe extern "C" {
    fn dl_iterate_phdr(
        callback: unsafe extern "C" fn(*mut Info, usize, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
}

/// An image, for as long as the loader keeps it.
pub(super) struct Loaded<'a> {
    /// What was added to the addresses that it was linked for.
    pub(super) address: usize,
    pub(super) segments: &'a [Segment],
    name: *const c_char,
    stays: PhantomData<&'a [u8]>,
}

type Visit<'a> = &'a mut dyn FnMut(&Loaded<'_>);

/// Calls this for each image; the first is the program. No image is unloaded meanwhile, so it must not wait for anything:
/// a file would be waited for with the loader's lock in hand.
pub(super) fn each(mut visit: Visit<'_>) {
    unsafe extern "C" fn callback(info: *mut Info, size: usize, visit: *mut c_void) -> c_int {
        if size < size_of::<Info>().min(size_of::<usize>() * 3 + size_of::<u16>()) {
            return 0;
        }
        // SAFETY: the loader hands out a valid structure of at least the fields above, which nobody changes during the
        // call, with a table of as many headers as it says; it is null where there are none.
        let loaded = unsafe {
            let info = &*info;
            let segments = match info.segments.is_null() {
                true => &[],
                false => std::slice::from_raw_parts(info.segments, usize::from(info.count)),
            };
            Loaded { address: info.address, segments, name: info.name, stays: PhantomData }
        };
        // SAFETY: it is the pointer that `each` passes, to a reference that outlives the call and is used by nobody else.
        let visit = unsafe { &mut *visit.cast::<Visit<'_>>() };
        visit(&loaded);
        0
    }
    // SAFETY: the callback takes what the function calls it with, and does not unwind: what panics there aborts.
    unsafe {
        dl_iterate_phdr(callback, (&raw mut visit).cast());
    }
}

impl<'a> Loaded<'a> {
    /// The name of its file.
    pub(super) fn name(&self) -> &'a [u8] {
        if self.name.is_null() {
            return &[];
        }
        // SAFETY: the loader's names end in a zero, and stay as long as the image.
        unsafe { CStr::from_ptr(self.name) }.to_bytes()
    }

    /// Whether it is the image that this points into.
    pub(super) fn holds(&self, pointer: *const u8) -> bool {
        let offset = (pointer as usize).wrapping_sub(self.address) as u64;
        let readable = self.segments.iter().filter(|segment| segment.is_readable());
        readable.into_iter().any(|segment| {
            offset.checked_sub(segment.address()).is_some_and(|offset| offset < segment.memory_size())
        })
    }

    /// The bytes from this address on, as it was linked, if all of them lie in one readable segment.
    pub(super) fn bytes(&self, address: u64, size: u64) -> Option<&'a [u8]> {
        let end = address.checked_add(size)?;
        let is_around = |segment: &&Segment| {
            // What is in memory and not in the file is zeroes that the program writes to.
            let until = segment.address().saturating_add(segment.file_size());
            segment.address() <= address && end <= until
        };
        self.segments.iter().filter(|segment| segment.is_readable()).find(is_around)?;
        let start = self.address.wrapping_add(usize::try_from(address).ok()?) as *const u8;
        // SAFETY: the loader has mapped the segment to be read, at the image's address, and keeps it as long as `self`
        // lives, which is no longer than the visit. Our section and the notes are constants, and `constants` asks for
        // nothing else: nobody writes to them.
        Some(unsafe { std::slice::from_raw_parts(start, usize::try_from(size).ok()?) })
    }

    /// All that is never written to.
    pub(super) fn constants(&self) -> impl Iterator<Item = &'a [u8]> {
        let constant = self.segments.iter().filter(|segment| segment.is_constant());
        constant.filter_map(|segment| self.bytes(segment.address(), segment.file_size()))
    }
}
