//! Writing a snapshot: what has to change is known before anything does; new texts are on the disk before they replace
//! old ones, each by one rename; and what is not of a snapshot stays.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use schemacheck_core::Catalog;
use schemacheck_core::snapshot::{self, ATTRIBUTES_FILE};

use super::listing::{Listing, real_folder};
use super::ours::Owner;
use super::shown;
use super::unfinished::{self, Unfinished};
use crate::error::{Error, Result};

/// What a write has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Files that are new or new in content.
    pub(crate) changed: usize,
    /// Files of objects that are gone.
    pub(crate) removed: usize,
    /// Files that stay as they are, and are not touched: cargo goes by their time of change.
    pub(crate) same: usize,
}

/// Writes the snapshot of a database below the directory of the default one.
pub(crate) fn write(root: &Path, database: Option<&str>, catalog: &Catalog) -> Result<Written> {
    let directory = snapshot::of_database(root, database);
    // The root may be reached by a link, and nothing below it.
    for folder in directory.ancestors().take_while(|folder| *folder != root) {
        real_folder(folder)?;
    }
    let files = snapshot::to_files(catalog);
    // Where nothing changes nothing is written, and nobody is kept waiting.
    match Plan::new(&directory, &files, false) {
        // Another run is writing, or was interrupted.
        _ if unfinished::stands_in(&directory) => {}
        Ok(plan) if plan.is_empty() => return Ok(plan.written()),
        Ok(_) => {}
        Err(error) => return Err(error),
    }
    let mut unfinished = Unfinished::begin(&directory)?;
    let plan = Plan::new(&directory, &files, unfinished.was_there)?;
    let written = plan.written();
    plan.carry_out(&directory, &mut unfinished)?;
    unfinished.end().map_err(|error| {
        let place = directory.join(snapshot::UNFINISHED_FILE);
        Error::because(&format!("all is written, and `{}` cannot be removed", shown(&place)), &error)
    })?;
    Ok(written)
}

/// What has to be done, as paths below the directory.
#[derive(Debug, Default)]
struct Plan {
    changes: Vec<(PathBuf, String)>,
    gone: Vec<PathBuf>,
    leftovers: Vec<PathBuf>,
    same: usize,
}

impl Plan {
    fn new(directory: &Path, files: &[(PathBuf, String)], was_interrupted: bool) -> Result<Self> {
        let (listing, owner) = (Listing::read(directory)?, Owner::of(directory, was_interrupted));
        let mut plan = Self { leftovers: listing.leftovers, ..Self::default() };
        let mut gone = listing.files;
        for (path, text) in files {
            let known = if gone.remove(path) { Some(read(&directory.join(path))?) } else { None };
            let known = known.as_deref().map(String::from_utf8_lossy);
            let is_attributes = path == Path::new(ATTRIBUTES_FILE);
            let text = if is_attributes { snapshot::attributes(known.as_deref()) } else { text.clone() };
            match known {
                Some(known) if snapshot::is_same_text(&known, &text) => plan.same += 1,
                Some(_) if !is_attributes => {
                    owner.may_replace(directory, path)?;
                    plan.changes.push((path.clone(), text));
                }
                _ => plan.changes.push((path.clone(), text)),
            }
        }
        for path in gone {
            owner.may_remove(directory, &path)?;
            plan.gone.push(path);
        }
        Ok(plan)
    }

    fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.gone.is_empty() && self.leftovers.is_empty()
    }

    fn written(&self) -> Written {
        Written { changed: self.changes.len(), removed: self.gone.len(), same: self.same }
    }

    fn carry_out(self, directory: &Path, unfinished: &mut Unfinished) -> Result<()> {
        for path in &self.leftovers {
            remove(directory, path)?;
        }
        // Space and permissions are found wanting here, if they are. The texts are not waited for until they are on the
        // disk, which takes some milliseconds a file: one that a loss of power empties is not JSON, and is named.
        let mut staged = Staged::default();
        for (path, text) in &self.changes {
            let target = directory.join(path);
            staged.add(&target, text).map_err(|error| {
                let error = Error::because(&format!("cannot write `{}`", shown(&target)), &error);
                Error { message: format!("{}; nothing was written", error.message), ..error }
            })?;
        }
        unfinished.files_change();
        let folders = std::mem::take(&mut staged.folders);
        for file in staged.files.drain(..) {
            let place = shown(&file.target);
            file.put().map_err(|error| Error::because(&format!("cannot write `{place}`"), &error))?;
        }
        for path in &self.gone {
            remove(directory, path)?;
        }
        folders.iter().for_each(|folder| sync(folder));
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    crate::file::bytes(path)
        .map_err(|error| Error::because(&format!("cannot read `{}`", shown(path)), &error))
}

fn remove(directory: &Path, path: &Path) -> Result<()> {
    let target = directory.join(path);
    std::fs::remove_file(&target)
        .map_err(|error| Error::because(&format!("cannot remove `{}`", shown(&target)), &error))?;
    // A schema without objects has no folder; one with objects refuses to be removed.
    if let Some(folder) = target.parent().filter(|folder| *folder != directory) {
        let _ = std::fs::remove_dir(folder);
    }
    Ok(())
}

/// New texts beside the files that they will replace. What does not come to that is removed.
#[derive(Debug, Default)]
struct Staged {
    files: Vec<New>,
    /// Folders with new names in them.
    folders: Vec<PathBuf>,
    /// Folders that were made, each after the one that it is in.
    made: Vec<PathBuf>,
}

impl Staged {
    fn add(&mut self, target: &Path, text: &str) -> std::io::Result<()> {
        let folder = target.parent().unwrap_or(Path::new("."));
        if self.folders.last().is_none_or(|last| last != folder) {
            let missing = folder.ancestors().take_while(|folder| !folder.is_dir());
            let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
            for folder in missing.into_iter().rev() {
                std::fs::create_dir(&folder)?;
                self.made.push(folder);
            }
            self.folders.push(folder.to_owned());
        }
        self.files.push(New::create(target, text)?);
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.files.clear();
        // Of those that hold a file by now none is removed.
        for folder in self.made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// A text on the disk, under a name of its own; removed if it does not come to its target.
#[derive(Debug)]
struct New {
    temporary: PathBuf,
    target: PathBuf,
}

impl New {
    fn create(target: &Path, text: &str) -> std::io::Result<Self> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        // Whatever stands there is not followed and not overwritten.
        let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        let new = Self { temporary, target: target.to_owned() };
        file.write_all(text.as_bytes())?;
        Ok(new)
    }

    /// A reader sees the old text or the new one.
    fn put(self) -> std::io::Result<()> {
        std::fs::rename(&self.temporary, &self.target)
    }
}

impl Drop for New {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Has a folder's new names survive a loss of power, where the system can do that.
pub(super) fn sync(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Makes a file that is not there yet, with its folder, at once or not at all.
pub(crate) fn put_new(target: &Path, text: &str) -> std::io::Result<()> {
    let mut staged = Staged::default();
    staged.add(target, text)?;
    let Some(file) = staged.files.pop() else { return Ok(()) };
    match std::fs::symlink_metadata(target) {
        Ok(_) => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => file.put(),
    }
}
