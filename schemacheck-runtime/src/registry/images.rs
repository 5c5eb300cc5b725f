//! The other images of this process that hold records: libraries that the program is linked to, and plug-ins that were
//! loaded before we look.
//!
//! The linker's bounds are those of one image. What is in the others, only the system's loader knows: a file a system.
//! What is read there is copied while nobody unloads the image.

#[cfg(all(unix, not(target_vendor = "apple")))]
mod elf;
#[cfg(target_vendor = "apple")]
mod macho;
#[cfg(windows)]
mod pe;

#[cfg(all(unix, not(target_vendor = "apple")))]
pub(super) use elf::others;
#[cfg(target_vendor = "apple")]
pub(super) use macho::others;
#[cfg(windows)]
pub(super) use pe::others;

/// The records of one image.
#[derive(Debug)]
pub(super) struct Image {
    /// Its file, for messages.
    pub(super) name: String,
    /// The section, or the records that were found without one; nothing if there is one that cannot be read.
    pub(super) records: Option<Vec<u8>>,
}

/// On a system without a loader the program is all that there is.
#[cfg(not(any(unix, windows)))]
pub(super) fn others(_: &'static [u8]) -> Vec<Image> {
    Vec::new()
}
