//! The models of the running program: the records that the linker gathered in one section of each of its images.
//!
//! This file and those below `registry/` hold the only unsafe code of the run-time crates. The command line reads the same
//! sections from files.

use std::any::type_name;

use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::{Error, Manifest, record};

use crate::accept::Model;

#[cfg_attr(any(target_family = "wasm", miri), path = "registry/no_bytes.rs")]
mod bytes;
#[cfg(not(any(target_family = "wasm", miri)))]
mod images;
mod part;

#[doc(hidden)]
pub use bytes::{ColumnsPiece, ExtendedRecord, LabelsPiece, Record, Then};
#[doc(hidden)]
pub use part::Part;

/// Every record of the program, and of the libraries and plug-ins that it has loaded by now. One that is in several of
/// them, since a crate was linked into each, counts once.
///
/// # Errors
///
/// If a section holds something else than records of this version.
pub fn manifests() -> Result<Vec<Manifest>, Error> {
    let mut manifests = of_all_images(record::read_section)?;
    // The linker's order is nobody's: reports must not change from build to build.
    manifests.sort_by(|a, b| (&a.package, &a.file, a.line).cmp(&(&b.package, &b.file, b.line)));
    Ok(manifests)
}

/// What the build saw of migration ledgers, of every crate and database that is linked into this binary.
///
/// # Errors
///
/// As [`manifests`].
pub(crate) fn ledgers() -> Result<Vec<SeenLedger>, Error> {
    of_all_images(record::read_ledgers)
}

/// What is read of the section of each image of this process, each once: a crate can be linked into several.
fn of_all_images<T: PartialEq>(read: fn(&[u8], &str) -> Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
    let own = section();
    let mut all = read(own, &executable())?;
    #[cfg(not(any(target_family = "wasm", miri)))]
    for image in images::others(own) {
        let Some(records) = image.records else {
            return Err(Error::new(&image.name, "it holds models that cannot be read in memory"));
        };
        for record in read(&records, &image.name)? {
            if !all.contains(&record) {
                all.push(record);
            }
        }
    }
    Ok(all)
}

/// What the running program calls itself, for messages.
pub(crate) fn executable() -> String {
    std::env::current_exe().map_or_else(|_| "this program".to_owned(), |path| path.display().to_string())
}

/// One or several types with `#[derive(Model)]`: a model, or a tuple of models.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a model nor a tuple of models",
    label = "one of these derives no `schemacheck::Model` with a table",
    note = "derive `schemacheck::Model` on each, with `#[schemacheck(table = \"...\")]`",
    note = "a struct without a table, which is flattened or flattens others, is judged with the models that have one",
    note = "a tuple holds up to twelve models or tuples of models"
)]
pub trait Models {
    /// Adds their manifests.
    #[doc(hidden)]
    fn add(manifests: &mut Vec<Manifest>) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<M: Model> Models for M {
    fn add(manifests: &mut Vec<Manifest>) -> Result<(), Error> {
        manifests.extend(record::read_section(M::record(), type_name::<M>())?);
        Ok(())
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Models),*> Models for ($($name,)*) {
            fn add(manifests: &mut Vec<Manifest>) -> Result<(), Error> {
                $($name::add(manifests)?;)*
                Ok(())
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);

#[cfg(any(target_family = "wasm", miri))]
fn section() -> &'static [u8] {
    // No records are emitted there: on wasm they would publish the schema, and miri has no linker.
    &[]
}

#[cfg(not(any(target_family = "wasm", miri)))]
use linked::section;

#[cfg(not(any(target_family = "wasm", miri)))]
#[allow(unsafe_code, reason = "the bounds of a linker section can only be had as foreign statics")]
mod linked {
    use schemacheck_core::record::{HEADER, MAGIC};

    /// An empty record. It makes the section exist in a binary without models, so that the bounds are defined.
    const fn anchor() -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let (magic, _) = bytes.split_at_mut(MAGIC.len());
        magic.copy_from_slice(&MAGIC);
        bytes
    }

    #[used]
    // SAFETY: the section holds plain bytes without relocations or alignment, as every record does.
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,schemacheck"))]
    #[cfg_attr(windows, unsafe(link_section = ".schmck$m"))]
    #[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = "schemacheck"))]
    static ANCHOR: [u8; HEADER] = anchor();

    /// All bytes of the section.
    pub(super) fn section() -> &'static [u8] {
        let (start, end) = bounds();
        // The anchor is read, so no linker can take it, and with it the section, for unused.
        debug_assert!(start <= (&raw const ANCHOR).cast() && (&raw const ANCHOR).cast() < end);
        // SAFETY: the linker defines both symbols as the bounds of one section of this image. It lies in memory for
        // the program's whole life, is initialised, and nothing writes to it: all that our macros put there are
        // statics without interior mutability.
        unsafe { std::slice::from_raw_parts(start, end as usize - start as usize) }
    }

    #[cfg(not(any(target_vendor = "apple", windows)))]
    fn bounds() -> (*const u8, *const u8) {
        // SAFETY: ELF linkers define `__start_X` and `__stop_X` for each section whose name X is a C identifier; the
        // statics are only used by address.
        unsafe extern "C" {
            #[link_name = "__start_schemacheck"]
            static START: u8;
            #[link_name = "__stop_schemacheck"]
            static STOP: u8;
        }
        (&raw const START, &raw const STOP)
    }

    #[cfg(target_vendor = "apple")]
    fn bounds() -> (*const u8, *const u8) {
        // SAFETY: ld64 and its successors define these names for a segment and section; the byte 1 keeps the
        // compiler from adding an underscore. Only the addresses are used.
        unsafe extern "C" {
            #[link_name = "\u{1}section$start$__DATA$schemacheck"]
            static START: u8;
            #[link_name = "\u{1}section$end$__DATA$schemacheck"]
            static STOP: u8;
        }
        (&raw const START, &raw const STOP)
    }

    #[cfg(windows)]
    fn bounds() -> (*const u8, *const u8) {
        // PE linkers sort the parts of a section by what follows `$`: a before m before z.
        #[used]
        // SAFETY: plain bytes, as above.
        #[unsafe(link_section = ".schmck$a")]
        static START: [u8; 0] = [];
        #[used]
        // SAFETY: plain bytes, as above.
        #[unsafe(link_section = ".schmck$z")]
        static STOP: [u8; 0] = [];
        (START.as_ptr(), STOP.as_ptr())
    }
}
