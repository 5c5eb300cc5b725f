//! What lies in a snapshot directory, without a step over a symbolic link: where something is written or removed, each
//! folder and file has to be what it is called.

use std::collections::BTreeSet;
use std::fs::FileType;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use schemacheck_core::snapshot::{self, ATTRIBUTES_FILE, CATALOG_FILE, LEDGER_FILE, SERVER_FILE};

use super::shown;
use crate::error::{Error, Result};

/// The files of a snapshot that are of no object.
const SINGLE: [&str; 4] = [ATTRIBUTES_FILE, CATALOG_FILE, LEDGER_FILE, SERVER_FILE];

/// Paths below the directory.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The files that a snapshot has, and that are there.
    pub(super) files: BTreeSet<PathBuf>,
    /// What an interrupted write left beside the files that it did not come to replace.
    pub(super) leftovers: Vec<PathBuf>,
}

impl Listing {
    /// # Errors
    ///
    /// If something that a snapshot may have is a link, or neither file nor folder as it should be.
    pub(super) fn read(directory: &Path) -> Result<Self> {
        let mut listing = Self::default();
        for (name, kind) in entries(directory)? {
            let path = PathBuf::from(&name);
            match name.to_str() {
                Some(single) if SINGLE.contains(&single) => {
                    file(directory, &path, kind)?;
                    listing.files.insert(path);
                }
                Some(folder @ ("relations" | "types")) => {
                    self::folder(directory, &path, kind)?;
                    listing.add_folder(directory, Path::new(folder))?;
                }
                Some(name) if kind.is_file() && of_write(name).is_some_and(|name| SINGLE.contains(&name)) => {
                    listing.leftovers.push(path);
                }
                _ => {}
            }
        }
        Ok(listing)
    }

    /// The files of the objects of one sort.
    fn add_folder(&mut self, directory: &Path, folder: &Path) -> Result<()> {
        for (schema, kind) in entries(&directory.join(folder))? {
            let is_schema = schema.to_str().is_some_and(|name| snapshot::decode_file_name(name).is_some());
            let schema = folder.join(schema);
            // Other files are nobody's, such as those that Finder leaves.
            if !is_schema || kind.is_file() {
                continue;
            }
            self::folder(directory, &schema, kind)?;
            for (name, kind) in entries(&directory.join(&schema))? {
                let path = schema.join(&name);
                let is_object = |name: &str| snapshot::name_of_file(&schema.join(name)).is_some();
                if name.to_str().is_some_and(is_object) {
                    file(directory, &path, kind)?;
                    self.files.insert(path);
                } else if kind.is_file() && name.to_str().and_then(of_write).is_some_and(is_object) {
                    self.leftovers.push(path);
                }
            }
        }
        Ok(())
    }
}

/// The file for which a write made this one: `.users.json.4711.tmp` is for `users.json`.
fn of_write(name: &str) -> Option<&str> {
    let (name, process) = name.strip_prefix('.')?.strip_suffix(".tmp")?.rsplit_once('.')?;
    process.bytes().all(|byte| byte.is_ascii_digit()).then_some(name)
}

/// The entries of a folder with their kinds, no link followed; none if it is not there.
fn entries(folder: &Path) -> Result<Vec<(std::ffi::OsString, FileType)>> {
    let wrong = |error: std::io::Error| Error::because(&format!("cannot read `{}`", shown(folder)), &error);
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrong(error)),
    };
    entries
        .map(|entry| {
            let entry = entry.map_err(wrong)?;
            Ok((entry.file_name(), entry.file_type().map_err(wrong)?))
        })
        .collect()
}

/// Refuses a folder of a snapshot, which may be missing, if it is a link or no folder.
pub(super) fn real_folder(directory: &Path) -> Result<()> {
    match std::fs::symlink_metadata(directory) {
        Ok(meta) => folder(directory, Path::new(""), meta.file_type()),
        Err(_) => Ok(()),
    }
}

fn folder(directory: &Path, path: &Path, kind: FileType) -> Result<()> {
    if kind.is_dir() { Ok(()) } else { Err(other(&directory.join(path), kind, "a directory")) }
}

fn file(directory: &Path, path: &Path, kind: FileType) -> Result<()> {
    if kind.is_file() { Ok(()) } else { Err(other(&directory.join(path), kind, "a file")) }
}

fn other(path: &Path, kind: FileType, expected: &str) -> Error {
    let place = shown(path);
    match kind.is_symlink() {
        true => Error::new(format!(
            "`{place}` is a symbolic link, and a snapshot is not written through one; nothing was written"
        ))
        .help("remove the link; the snapshot directory itself may be one"),
        false => Error::new(format!("`{place}` is not {expected}; nothing was written")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_write_say_for_what_they_are() {
        assert_eq!(of_write(".users.json.4711.tmp"), Some("users.json"));
        assert_eq!(of_write("..hidden.json.1.tmp"), Some(".hidden.json"));
        for other in ["users.json", ".users.json.tmp", "users.json.1.tmp", ".users.json.x1.tmp", ".x.1.tmp~"]
        {
            assert_ne!(of_write(other), Some("users.json"), "{other}");
        }
    }
}
