//! Records out of built files: executables, shared libraries and rlibs, read and never run.

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use object::read::archive::ArchiveFile;
use object::{FileKind, Object, ObjectSection, ReadCache, ReadRef};
use schemacheck_core::finding::plural;
use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::record::{self, SECTION_ELF, SECTION_MACHO, SECTION_PE};
use schemacheck_core::{Manifest, Severity};

use crate::directory::shown;
use crate::error::{Error, Result};
use crate::{file, report};
use loads::Loads;

/// How much of a file is read at most: headers, tables of symbols, our section. A program of ten million symbols needs
/// less; a forged one could ask for as much as a file can be long.
const LIMIT: u64 = 256 << 20;

mod loads;

/// A file that was read, for reports.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    /// As messages name it.
    pub(crate) file: String,
    /// How many models and enums it holds.
    pub(crate) models: usize,
}

impl Artifact {
    pub(crate) fn new(path: &Path, manifests: &[Manifest]) -> Self {
        Self { file: shown(path), models: report::size(manifests).0 }
    }
}

/// What programs say of themselves.
#[derive(Debug, Default, PartialEq, Eq)]
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

/// Records, and the files that they were read from.
pub(crate) type Read = (Records, Vec<Artifact>);

/// The records of these files, and what was read. A file without any is an error, since it was built without models or
/// stripped of them; but for a program whose models are in libraries that are given too.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Read> {
    let (mut all, mut artifacts, mut empty) = (Records::default(), Vec::new(), Vec::new());
    for path in paths {
        let records = of_file(path)?.unwrap_or_default();
        if records.manifests.is_empty() {
            empty.push(path);
        }
        artifacts.push(Artifact::new(path, &records.manifests));
        all.extend(records);
    }
    let is_given = |path: &Path| paths.iter().any(|given| is_same(given, path));
    for path in &empty {
        let libraries = libraries(path);
        if libraries.iter().any(|(library, _)| is_given(library)) {
            continue;
        }
        let mut error = Error::new(format!("`{}` holds no models", shown(path)))
            .help("build it with models that derive `schemacheck::Model`, and name their crate: `use my_models as _;`");
        for (library, models) in &libraries {
            error =
                error.help(format!("it loads a library with {models}: add `--artifact {}`", shown(library)));
        }
        return Err(error);
    }
    let mut said = Vec::new();
    for path in paths {
        for (library, models) in libraries(path) {
            if is_given(&library) || said.contains(&library) {
                continue;
            }
            report::remark(
                Severity::Warning,
                &format!(
                    "`{}` loads `{}`, which is not looked at and holds {models}: add `--artifact {}`",
                    shown(path),
                    library.file_name().unwrap_or_default().display(),
                    shown(&library)
                ),
            );
            said.push(library);
        }
    }
    Ok((all, artifacts))
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// The libraries with models that a program loads, and those that these load; with their number of models, as words.
fn libraries(program: &Path) -> Vec<(PathBuf, String)> {
    let mut known = vec![program.to_owned()];
    let (mut at, mut found) = (0, Vec::new());
    while let Some(path) = known.get(at).cloned() {
        at += 1;
        let loads = file::open(&path).ok().map(ReadCache::new).and_then(|file| {
            let budget = Budget::default();
            let part = Part { data: &file, budget: &budget, offset: 0, size: (&file).len().ok()? };
            Some(Loads::of(&object::File::parse(part).ok()?))
        });
        for library in loads.unwrap_or_default().found(&path) {
            if known.contains(&library) {
                continue;
            }
            known.push(library.clone());
            let Records { manifests, .. } = of_file(&library).ok().flatten().unwrap_or_default();
            if !manifests.is_empty() {
                found.push((library, plural(report::size(&manifests).0, "model")));
            }
        }
    }
    found
}

/// The records of a file; nothing if it has no section of ours. What is read of it are its headers and sections, so
/// that memory is not spent on the rest; and it is read, not mapped: a mapped file that is cut off ends the process.
pub(crate) fn of_file(path: &Path) -> Result<Option<Records>> {
    let place = shown(path);
    let file = file::open(path).map_err(|error| Error::because(&format!("cannot read `{place}`"), &error))?;
    records(&ReadCache::new(file), &place)
}

/// The records of a file's bytes; nothing if it has no section of ours.
pub(crate) fn records<'d, R: ReadRef<'d>>(data: R, place: &str) -> Result<Option<Records>> {
    let budget = Budget::default();
    let size = data.len().unwrap_or_default();
    let found = records_within(Part { data, budget: &budget, offset: 0, size }, place);
    match budget.is_spent.get() {
        // Whatever the error says, it is because of this.
        true => Err(Error::new(format!(
            "`{place}` is damaged or not a program: reading it takes more than {} MiB",
            LIMIT >> 20
        ))),
        false => found,
    }
}

fn records_within<'d, R: ReadRef<'d>>(data: Part<'_, R>, place: &str) -> Result<Option<Records>> {
    let mut found = None;
    // Nothing in a file that a compiler made is there twice. In a forged one thousands of headers can name the same
    // bytes, and what is read would be the square of the file.
    let mut left = data.size;
    if let Ok(archive) = ArchiveFile::parse(data) {
        if archive.is_thin() {
            return Err(Error::new(format!(
                "`{place}` is a thin archive, whose members are files of their own"
            ))
            .help("name a program, a shared library or an rlib"));
        }
        for member in archive.members() {
            // A member that is lost would be models that are not judged.
            let broken =
                |error| Error::because(&format!("`{place}` is an archive with a broken member"), &error);
            let (offset, size) = member.map_err(broken)?.file_range();
            left = left.checked_sub(size).ok_or_else(|| overlapping(place, "members"))?;
            let member = data.part(offset, size).ok_or_else(|| {
                Error::new(format!("`{place}` is an archive with a broken member: it ends too early"))
            })?;
            if is_object(member) {
                add(&object::File::parse(member).map_err(broken)?, size, place, &mut found)?;
            }
        }
        return Ok(found);
    }
    let file = object::File::parse(data)
        .map_err(|_| Error::new(format!("`{place}` is not an executable, shared library or rlib")))?;
    add(&file, left, place, &mut found)?;
    Ok(found)
}

fn overlapping(place: &str, what: &str) -> Error {
    Error::new(format!("`{place}` is damaged: its {what} overlap"))
}

/// How much may still be read.
#[derive(Debug)]
struct Budget {
    left: Cell<u64>,
    is_spent: Cell<bool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: Cell::new(LIMIT), is_spent: Cell::new(false) }
    }
}

impl Budget {
    /// Takes this much of it; an error where there is not so much left. Before memory is taken for what is read.
    fn take(&self, size: u64) -> std::result::Result<(), ()> {
        let left = self.left.get().checked_sub(size);
        self.left.set(left.unwrap_or_default());
        self.is_spent.set(self.is_spent.get() || left.is_none());
        left.map(drop).ok_or(())
    }
}

/// A part of a file, or all of it, of which no more is read than the budget has.
#[derive(Clone, Copy, Debug)]
struct Part<'b, R> {
    data: R,
    budget: &'b Budget,
    offset: u64,
    size: u64,
}

impl<'d, 'b, R: ReadRef<'d>> Part<'b, R> {
    /// A part of this part; nothing where it would end behind it.
    fn part(self, offset: u64, size: u64) -> Option<Self> {
        let end = offset.checked_add(size)?;
        (end <= self.size).then_some(Self { offset: self.offset.checked_add(offset)?, size, ..self })
    }
}

impl<'d, R: ReadRef<'d>> ReadRef<'d> for Part<'_, R> {
    fn len(self) -> std::result::Result<u64, ()> {
        Ok(self.size)
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> std::result::Result<&'d [u8], ()> {
        let part = self.part(offset, size).ok_or(())?;
        // Before the bytes are read, since memory is taken for all of them at once.
        self.budget.take(size)?;
        self.data.read_bytes_at(part.offset, size)
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> std::result::Result<&'d [u8], ()> {
        let size = range.end.checked_sub(range.start).ok_or(())?;
        let part = self.part(range.start, size).ok_or(())?;
        let text = self.data.read_bytes_at_until(part.offset..part.offset + size, delimiter)?;
        self.budget.take(text.len() as u64 + 1)?;
        Ok(text)
    }
}

/// Archives hold other things too: an index, rustc's metadata, LLVM bitcode, the import stubs of Windows.
fn is_object<'d>(data: impl ReadRef<'d>) -> bool {
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
fn add<'d>(
    file: &object::File<'d, impl ReadRef<'d>>,
    size: u64,
    place: &str,
    found: &mut Option<Records>,
) -> Result<()> {
    let mut left = size;
    for section in file.sections().filter(is_ours) {
        let bytes = section
            .uncompressed_data()
            .map_err(|error| Error::because(&format!("cannot read a section of `{place}`"), &error))?;
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| overlapping(place, "sections"))?;
        found.get_or_insert_default().extend(Records {
            manifests: record::read_section(&bytes, place)?,
            ledgers: record::read_ledgers(&bytes, place)?,
        });
    }
    Ok(())
}

fn is_ours<'d>(section: &object::Section<'d, '_, impl ReadRef<'d>>) -> bool {
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
