//! Records out of built files: executables, shared libraries and rlibs, read and never run.

use std::collections::HashSet;
use std::path::Path;

use object::read::archive::ArchiveFile;
use object::{FileKind, Object, ObjectSection};
use schemacheck_core::Manifest;
use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::record::{self, SECTION_ELF, SECTION_MACHO, SECTION_PE};

use crate::directory::shown;
use crate::error::{Error, Result};

/// What programs say of themselves.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The models, enums and types.
    pub(crate) manifests: Vec<Manifest>,
    /// What their builds saw of migration ledgers.
    pub(crate) ledgers: Vec<SeenLedger>,
}

impl Records {
    /// Adds those of another program, or of another part of it.
    pub(crate) fn extend(&mut self, other: Self) {
        self.manifests.extend(other.manifests);
        self.ledgers.extend(other.ledgers);
    }
}

/// Every record of a file. A file without any is an error: it was built without models, or stripped of them.
pub(crate) fn read(path: &Path) -> Result<Records> {
    let place = shown(path);
    let bytes =
        std::fs::read(path).map_err(|error| Error::because(&format!("cannot read `{place}`"), &error))?;
    match all_records(&bytes, &place)? {
        Some(records) if !records.manifests.is_empty() => Ok(records),
        _ => Err(Error::new(format!("`{place}` holds no models"))
            .help("build it with models that derive `schemacheck::Model`, and name their crate: `use my_models as _;`")),
    }
}

/// The models of a file's bytes; nothing if it has no section of ours.
pub(crate) fn records(bytes: &[u8], place: &str) -> Result<Option<Vec<Manifest>>> {
    all_records(bytes, place).map(|found| found.map(|records| records.manifests))
}

/// The same with what the build saw of ledgers.
pub(crate) fn all_records(bytes: &[u8], place: &str) -> Result<Option<Records>> {
    let mut found = None;
    // Nothing in a file that a compiler made is there twice. In a forged one thousands of headers can name the same
    // bytes, and what is read would be the square of the file.
    let mut left = bytes.len();
    if let Ok(archive) = ArchiveFile::parse(bytes) {
        for member in archive.members() {
            // A member that is lost would be models that are not judged.
            let broken =
                |error| Error::because(&format!("`{place}` is an archive with a broken member"), &error);
            let data = member.and_then(|member| member.data(bytes)).map_err(broken)?;
            left = left.checked_sub(data.len()).ok_or_else(|| overlapping(place, "members"))?;
            if is_object(data) {
                add(&object::File::parse(data).map_err(broken)?, data.len(), place, &mut found)?;
            }
        }
        return Ok(found);
    }
    let file = object::File::parse(bytes)
        .map_err(|_| Error::new(format!("`{place}` is no executable, shared library or rlib")))?;
    add(&file, left, place, &mut found)?;
    Ok(found)
}

fn overlapping(place: &str, what: &str) -> Error {
    Error::new(format!("`{place}` is damaged: its {what} overlap"))
}

/// Archives hold other things too: an index, rustc's metadata, LLVM bitcode, the import stubs of Windows.
fn is_object(data: &[u8]) -> bool {
    matches!(
        FileKind::parse(data),
        Ok(FileKind::Elf32
            | FileKind::Elf64
            | FileKind::MachO32
            | FileKind::MachO64
            | FileKind::Coff
            | FileKind::CoffBig)
    )
}

/// The records of one object file of `size` bytes.
fn add(file: &object::File<'_>, size: usize, place: &str, found: &mut Option<Records>) -> Result<()> {
    let mut left = size;
    for section in file.sections().filter(is_ours) {
        let bytes = section
            .uncompressed_data()
            .map_err(|error| Error::because(&format!("cannot read a section of `{place}`"), &error))?;
        left = left.checked_sub(bytes.len()).ok_or_else(|| overlapping(place, "sections"))?;
        found.get_or_insert_default().extend(Records {
            manifests: record::read_section(&bytes, place)?,
            ledgers: record::read_ledgers(&bytes, place)?,
        });
    }
    Ok(())
}

fn is_ours(section: &object::Section<'_, '_>) -> bool {
    let Ok(name) = section.name() else { return false };
    let segment = section.segment_name().ok().flatten();
    // In COFF objects what follows `$` is still there; the linker cuts it off.
    let pe = name.split('$').next() == Some(SECTION_PE);
    pe || name == SECTION_ELF && segment.is_none_or(|segment| segment == SECTION_MACHO.0)
}

/// Merges records that say the same: one crate can be linked into several artifacts.
pub(crate) fn merge(records: Records) -> Records {
    let mut seen = HashSet::new();
    let Records { mut manifests, mut ledgers } = records;
    manifests.retain(|manifest| seen.insert(record::to_json(manifest)));
    manifests.sort_by(|a, b| (&a.path, &a.file, a.line).cmp(&(&b.path, &b.file, b.line)));
    ledgers.retain(|ledger| seen.insert(record::ledger_json(ledger)));
    ledgers.sort_by_cached_key(|ledger| (ledger.database.clone(), record::ledger_json(ledger)));
    Records { manifests, ledgers }
}

#[cfg(test)]
mod tests;
