//! The file that stands while a snapshot is written. Whoever reads the directory then is told that its files are of two
//! moments, and who wants to write waits for the lock on it. It is left behind if the writer dies, and the lock is not.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};
use same_file::Handle;
use schemacheck_core::snapshot::UNFINISHED_FILE;

use super::shown;
use crate::error::{Error, Result};
use crate::report;

/// What the file says to who finds it.
const TEXT: &str = "\
This snapshot is being written, or its writing was interrupted: its files are of two moments.
Run `cargo schemacheck snapshot` again, with the options that it was run with. It completes the
files and removes this one. Do not commit this file.
";

/// What it begins with in every version.
const BEGIN: &str = "This snapshot is being written";

/// Whether a file is not there, or is ours; one that was interrupted very early is empty.
fn is_free(path: &Path) -> bool {
    crate::file::text(path).map_or(true, |text| text.is_empty() || text.starts_with(BEGIN))
}

/// Whether the file stands in a directory.
pub(super) fn stands_in(directory: &Path) -> bool {
    std::fs::symlink_metadata(directory.join(UNFINISHED_FILE)).is_ok()
}

/// The right to write a snapshot directory: of one process at a time.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
    /// Holds the lock as long as it is open.
    _file: File,
    /// Whether the file was there before: an earlier writer was interrupted.
    pub(super) was_there: bool,
    /// Whether the file is removed if the write comes to nothing: no other one has changed yet.
    is_removed: bool,
}

impl Unfinished {
    /// Waits for other writers, and puts the file up.
    pub(super) fn begin(directory: &Path) -> Result<Self> {
        let path = directory.join(UNFINISHED_FILE);
        let place = shown(&path);
        let wrong = |error: std::io::Error| Error::because(&format!("cannot write `{place}`"), &error);
        std::fs::create_dir_all(directory).map_err(wrong)?;
        loop {
            let Some((mut file, is_new)) = open(&path).map_err(wrong)? else { continue };
            lock(&file, directory).map_err(wrong)?;
            // The one that held the lock has removed the file since, and the next one may have made another.
            if !is_still(&file, &path) {
                continue;
            }
            let unfinished =
                |file| Self { path: path.clone(), _file: file, was_there: !is_new, is_removed: is_new };
            // Of no writer that lives: what is left is completed.
            if !is_new {
                return Ok(unfinished(file));
            }
            // It has to be there after a loss of power if anything of what follows is.
            let written = file.write_all(TEXT.as_bytes()).and_then(|()| file.sync_all());
            super::write::sync(directory);
            let unfinished = unfinished(file);
            return written.map(|()| unfinished).map_err(wrong);
        }
    }

    /// From here on the file stays if the writer does not come to its end.
    pub(super) fn files_change(&mut self) {
        self.is_removed = false;
    }

    /// All files are there. The lock is given back after the file is gone, so that nobody else's is removed.
    pub(super) fn end(mut self) -> std::io::Result<()> {
        self.is_removed = false;
        std::fs::remove_file(&self.path)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.is_removed {
            let _ = std::fs::remove_file(&self.path);
            // A directory that was made for a snapshot that came to nothing.
            let _ = self.path.parent().map(std::fs::remove_dir);
        }
    }
}

/// Makes the file, or opens the one that is there, and says which; nothing if it went in between. No link is followed.
fn open(path: &Path) -> std::io::Result<Option<(File, bool)>> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => return Ok(Some((file, true))),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    match std::fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() && is_free(path) => {}
        Ok(meta) if meta.is_file() => {
            return Err(std::io::Error::other("a file that is not ours stands there"));
        }
        Ok(_) => return Err(std::io::Error::other("something that is not a file stands there")),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    match OpenOptions::new().write(true).open(path) {
        Ok(file) => Ok(Some((file, false))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits for the lock. Where the file system knows none the file alone has to do, as for cargo's own locks.
fn lock(file: &File, directory: &Path) -> std::io::Result<()> {
    let taken = match FileExt::try_lock(file) {
        Err(TryLockError::WouldBlock) => {
            report::progress(&format!("waiting for another run that writes `{}`", shown(directory)));
            FileExt::lock(file)
        }
        other => other.map_err(Into::into),
    };
    match taken {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        other => other,
    }
}

fn is_still(file: &File, path: &Path) -> bool {
    let ours = file.try_clone().and_then(Handle::from_file);
    matches!((ours, Handle::from_path(path)), (Ok(ours), Ok(there)) if ours == there)
}
