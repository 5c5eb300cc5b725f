//! Mach-O: the loader lists the images, and finds a section in each.
#![allow(unsafe_code, reason = "the loader's list and the memory of other images are C's")]

use std::ffi::{CStr, c_char, c_ulong, c_void};

use super::Image;

// SAFETY: the signatures are those of `mach-o/dyld.h` and `mach-o/getsect.h`; headers are only passed on, so their type
// does not matter.
unsafe extern "C" {
    fn _dyld_image_count() -> u32;
    fn _dyld_get_image_header(index: u32) -> *const c_void;
    fn _dyld_get_image_name(index: u32) -> *const c_char;
    fn getsectiondata(
        header: *const c_void,
        segment: *const c_char,
        section: *const c_char,
        size: *mut c_ulong,
    ) -> *const u8;
}

/// All images but the one that holds `own`, with the records in them.
pub(in super::super) fn others(own: &'static [u8]) -> Vec<Image> {
    let mut found = Vec::new();
    // SAFETY: these ask for no more than an index, and answer null to one that is gone by now.
    let count = unsafe { _dyld_image_count() };
    for index in 0..count {
        // SAFETY: as above. Libraries with Rust code have thread-local variables, and so are never unloaded: their memory,
        // and their names, stay. `getsectiondata` takes any header that the loader hands out, and answers null where there
        // is no such section, else where its bytes are in memory, and how many they are. Nobody writes to them: all that
        // our macros put there are constants.
        unsafe {
            let header = _dyld_get_image_header(index);
            if header.is_null() {
                continue;
            }
            let mut size = 0;
            let data = getsectiondata(header, c"__DATA".as_ptr(), c"schemacheck".as_ptr(), &raw mut size);
            let Ok(size) = usize::try_from(size) else { continue };
            if data.is_null() || size == 0 || own.as_ptr_range().contains(&data) {
                continue;
            }
            let name = _dyld_get_image_name(index);
            let name = if name.is_null() { c"a library" } else { CStr::from_ptr(name) };
            found.push(Image {
                name: name.to_string_lossy().into_owned(),
                records: Some(std::slice::from_raw_parts(data, size).to_vec()),
            });
        }
    }
    found
}
