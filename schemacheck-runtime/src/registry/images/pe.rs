//! PE: the system lists the modules, and each has its sections' headers in memory.
#![allow(unsafe_code, reason = "the system's list and the memory of other modules are C's")]

use std::ffi::{OsString, c_void};
use std::os::windows::ffi::OsStringExt as _;

use schemacheck_core::record::SECTION_PE;

use super::Image;

type Module = *mut c_void;

// SAFETY: the signatures are those of `psapi.h`, `processthreadsapi.h` and `libloaderapi.h`, all in kernel32 since
// Windows 7.
#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetCurrentProcess() -> *mut c_void;
    fn K32EnumProcessModules(process: *mut c_void, modules: *mut Module, size: u32, needed: *mut u32) -> i32;
    fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut Module) -> i32;
    fn GetModuleFileNameW(module: Module, name: *mut u16, size: u32) -> u32;
    fn FreeLibrary(module: Module) -> i32;
}

/// `GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS`: the module at an address, which is kept until it is freed.
const FROM_ADDRESS: u32 = 4;

/// All modules but the one that holds `own`, with the records in them.
pub(in super::super) fn others(own: &'static [u8]) -> Vec<Image> {
    let mut found = Vec::new();
    for module in modules() {
        let mut kept = std::ptr::null_mut();
        // SAFETY: an address is only looked up; where it is a module's, that one is kept in memory until it is freed below.
        if unsafe { GetModuleHandleExW(FROM_ADDRESS, module, &raw mut kept) } == 0 {
            continue;
        }
        // SAFETY: the module is kept, and its handle is the address of its headers.
        let section = unsafe { section(kept.cast::<u8>()) };
        if let Some(section) = section.filter(|section| !own.as_ptr_range().contains(&section.as_ptr())) {
            found.push(Image { name: name(kept), records: Some(section.to_vec()) });
        }
        // SAFETY: it was kept once, and is let go once; nothing refers to it any more.
        unsafe { FreeLibrary(kept) };
    }
    found
}

/// The handles of all modules.
fn modules() -> Vec<Module> {
    let mut modules: Vec<Module> = vec![std::ptr::null_mut(); 256];
    loop {
        let size = u32::try_from(size_of_val(&modules[..])).unwrap_or(u32::MAX);
        let mut needed = 0;
        // SAFETY: no more than `size` bytes of handles are written.
        if unsafe { K32EnumProcessModules(GetCurrentProcess(), modules.as_mut_ptr(), size, &raw mut needed) }
            == 0
        {
            return Vec::new();
        }
        let count = needed as usize / size_of::<Module>();
        if count <= modules.len() {
            modules.truncate(count);
            return modules;
        }
        modules.resize(count, std::ptr::null_mut());
    }
}

fn name(module: Module) -> String {
    let mut name = vec![0; 1 << 15];
    // SAFETY: no more than `size` characters are written; the answer says how many.
    let length = unsafe { GetModuleFileNameW(module, name.as_mut_ptr(), 1 << 15) } as usize;
    OsString::from_wide(&name[..length.min(name.len())]).to_string_lossy().into_owned()
}

/// Our section of the module with these headers.
///
/// # Safety
///
/// A module stands at `base`, and is kept for as long as what is returned.
unsafe fn section<'a>(base: *const u8) -> Option<&'a [u8]> {
    // SAFETY: headers of a module are mapped whole, and were checked when it was loaded: where the offset of the PE header
    // says, a header of 24 bytes stands, then an optional header as long as that says, then a section header of 40 bytes for
    // each section. A section lies in memory from its address on, as long as its size in memory. Nobody writes to ours: all
    // that our macros put there are constants. Nothing is aligned, so bytes are read.
    unsafe {
        let half = |at: usize| u16::from_le_bytes([*base.add(at), *base.add(at + 1)]) as usize;
        let word = |at: usize| half(at) | half(at + 2) << 16;
        let header = word(0x3c);
        if half(0) != 0x5a4d || word(header) != 0x4550 {
            return None;
        }
        let sections = header + 24 + half(header + 20);
        let section = (0..half(header + 6)).map(|index| sections + index * 40).find(|at| {
            let name = std::slice::from_raw_parts(base.add(*at), 8);
            name.split(|byte| *byte == 0).next() == Some(SECTION_PE.as_bytes())
        })?;
        Some(std::slice::from_raw_parts(base.add(word(section + 12)), word(section + 8)))
    }
}
