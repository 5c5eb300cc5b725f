//! ELF: the loader lists the images with their segments, and the file of each says where in them the section is.
//!
//! Section headers are not loaded. So they are read from the file, which has to be the one that was loaded: a deploy can
//! have replaced it. Where it is not, or has no section headers, or cannot be opened, the image's constants are searched
//! for records, which takes longer and finds as many.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use schemacheck_core::record::{HEADER, LEDGER_MAGIC, MAGIC, SECTION_ELF};

use super::Image;
use header::{Elf, Section, Segment};
use loader::Loaded;

mod header;
mod loader;

/// What a record's text begins with: the magic alone also stands in code that looks for it.
const TEXT: &[u8] = b"{\"format\": ";

/// More than this is not read of a file for its names of sections, nor compared of its notes.
const LIMIT: u64 = 1 << 20;

/// All images but the one that holds `own`, with the records in them.
pub(in super::super) fn others(own: &'static [u8]) -> Vec<Image> {
    let mut images = Vec::new();
    let mut is_first = true;
    loader::each(&mut |loaded| {
        let is_program = std::mem::take(&mut is_first);
        if !loaded.holds(own.as_ptr()) {
            images.push(Known::new(loaded, is_program));
        }
    });
    // Files are opened while the loader holds no lock.
    let places: Vec<Place> = images.iter().map(Known::place).collect();
    let mut found = Vec::new();
    loader::each(&mut |loaded| {
        let Some(at) = images.iter().position(|known| known.is(loaded)) else { return };
        let records = match &places[at] {
            Place::Section(section) => loaded.bytes(section.address, section.size).map(<[u8]>::to_vec),
            Place::Unknown => Some(loaded.constants().flat_map(records).collect()),
            Place::Nowhere => Some(Vec::new()),
        };
        if records.as_ref().is_none_or(|records| !records.is_empty()) {
            found.push(Image { name: images[at].path.display().to_string(), records });
        }
    });
    found
}

/// Where an image's records are.
enum Place {
    Section(Section),
    /// Its file has no such section.
    Nowhere,
    /// Its file does not say.
    Unknown,
}

/// What is kept of an image while its file is read.
struct Known {
    path: PathBuf,
    address: usize,
    segments: Vec<Segment>,
    /// The notes, by their place in the file; a build id is one.
    notes: Vec<(u64, Vec<u8>)>,
}

impl Known {
    fn new(loaded: &Loaded<'_>, is_program: bool) -> Self {
        let path = match is_program {
            // The program has no name here. The link leads to what runs, whatever its name leads to by now.
            true if cfg!(any(target_os = "linux", target_os = "android")) => PathBuf::from("/proc/self/exe"),
            true => std::env::current_exe().unwrap_or_default(),
            false => Path::new(OsStr::from_bytes(loaded.name())).to_owned(),
        };
        let notes =
            loaded.segments.iter().filter(|segment| segment.is_note() && segment.file_size() <= LIMIT);
        let notes = notes.filter_map(|note| {
            Some((note.offset(), loaded.bytes(note.address(), note.file_size())?.to_vec()))
        });
        Self { path, address: loaded.address, notes: notes.collect(), segments: loaded.segments.to_vec() }
    }

    fn is(&self, loaded: &Loaded<'_>) -> bool {
        self.address == loaded.address && self.segments == loaded.segments
    }

    fn place(&self) -> Place {
        match self.section() {
            Some(Some(section)) => Place::Section(section),
            Some(None) => Place::Nowhere,
            None => Place::Unknown,
        }
    }

    /// The section, as the file has it; nothing where that is not the file that was loaded, or does not say.
    fn section(&self) -> Option<Option<Section>> {
        // A pipe would be waited for.
        if !std::fs::metadata(&self.path).ok()?.is_file() {
            return None;
        }
        let mut file = File::open(&self.path).ok()?;
        let mut read = |offset: u64, size: u64| -> Option<Vec<u8>> {
            let mut bytes = vec![0; usize::try_from(size).ok()?];
            file.seek(SeekFrom::Start(offset)).ok()?;
            file.read_exact(&mut bytes).ok()?;
            Some(bytes)
        };
        let elf = Elf::parse(&read(0, Elf::SIZE)?)?;
        let (offset, size) = elf.segments()?;
        if Segment::parse(&read(offset, size)?) != self.segments {
            return None;
        }
        for (offset, note) in &self.notes {
            if read(*offset, note.len() as u64)? != *note {
                return None;
            }
        }
        let (offset, size) = elf.sections()?;
        let sections = Section::parse(&read(offset, size)?);
        let names = sections.get(elf.names())?;
        if names.size > LIMIT {
            return None;
        }
        let names = read(names.offset, names.size)?;
        Some(sections.into_iter().find(|section| {
            let name = names.get(section.name..).and_then(|rest| rest.split(|byte| *byte == 0).next());
            section.is_loaded && name == Some(SECTION_ELF.as_bytes())
        }))
    }
}

/// The records among these bytes, one behind the other.
fn records(bytes: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut at = 0;
    let begins = |window: &[u8]| window == MAGIC || window == LEDGER_MAGIC;
    while let Some(next) = bytes[at..].windows(MAGIC.len()).position(begins) {
        at += next;
        let record = bytes[at..].get(MAGIC.len()..HEADER).and_then(|length| {
            let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
            bytes[at..].get(..HEADER.checked_add(length)?)
        });
        match record.filter(|record| record[HEADER..].starts_with(TEXT)) {
            Some(record) => {
                found.extend_from_slice(record);
                at += record.len();
            }
            None => at += MAGIC.len(),
        }
    }
    found
}

#[cfg(test)]
mod tests;
