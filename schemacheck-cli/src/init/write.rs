//! Writing what was planned: every file at once or not at all, with the permissions that it had.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::directory::{self, shown};
use crate::error::{Error, Result};

/// A file, as it was read and as it will be.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// A file that is not there yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct New<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

/// Writes all changes and the new file. Nothing is written if a file cannot be, or is no longer what was read.
pub(crate) fn write(changes: &[Change], new: Option<New<'_>>) -> Result<()> {
    check(changes)?;
    let nothing =
        |error: Error| Error { message: format!("{}; nothing was written", error.message), ..error };
    // Space and permissions are found wanting here, if they are.
    let mut prepared: Vec<Prepared> = Vec::new();
    for change in changes {
        let one = prepare(change, &change.after);
        prepared.push(one.map_err(|error| nothing(wrong(&change.path, &error)))?);
    }
    // The new file first: it is not in the way of anything, and is taken back with ease.
    if let Some(new) = new {
        directory::put_new(new.path, new.text).map_err(|error| nothing(wrong(new.path, &error)))?;
    }
    let take_back = || new.is_none_or(|new| std::fs::remove_file(new.path).is_ok());
    // That took a while, and an editor may have saved one of them.
    if let Err(error) = check(changes) {
        take_back();
        return Err(error);
    }
    for (done, one) in prepared.into_iter().enumerate() {
        one.put().map_err(|error| {
            let again = |change: &&Change| prepare(change, &change.before).and_then(Prepared::put).is_err();
            let left = changes[..done].iter().filter(again).map(|change| change.path.as_path());
            let left: Vec<&Path> = left.chain(new.filter(|_| !take_back()).map(|new| new.path)).collect();
            let left: Vec<String> = left.iter().map(|path| format!("`{}`", shown(path))).collect();
            let error = wrong(&changes[done].path, &error);
            match &left[..] {
                [] => nothing(error),
                left => {
                    let message = format!("{}; written before that: {}", error.message, left.join(", "));
                    Error { message, ..error }
                }
            }
        })?;
    }
    Ok(())
}

/// Refuses files that are no longer what was read, or cannot be written.
fn check(changes: &[Change]) -> Result<()> {
    for change in changes {
        let place = shown(&change.path);
        let current = std::fs::read(&change.path)
            .map_err(|error| Error::because(&format!("cannot read `{place}`"), &error))?;
        if current != change.before.as_bytes() {
            return Err(Error::new(format!(
                "`{place}` was changed while it was looked at; nothing was written"
            )));
        }
        let metadata = std::fs::metadata(&change.path);
        if metadata.is_ok_and(|metadata| metadata.permissions().readonly()) {
            return Err(Error::new(format!("`{place}` is read-only; nothing was written")));
        }
    }
    Ok(())
}

fn wrong(path: &Path, error: &std::io::Error) -> Error {
    Error::because(&format!("cannot write `{}`", shown(path)), error)
}

/// A new text beside the file that it will replace; removed if it does not come to that.
struct Prepared {
    temporary: PathBuf,
    /// The file itself, if the path is a symbolic link.
    path: PathBuf,
}

fn prepare(change: &Change, text: &str) -> std::io::Result<Prepared> {
    let path = change.path.canonicalize()?;
    let permissions = std::fs::metadata(&path)?.permissions();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    // Whatever stands there is not followed and not overwritten.
    let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let prepared = Prepared { temporary, path };
    file.write_all(text.as_bytes())?;
    drop(file);
    std::fs::set_permissions(&prepared.temporary, permissions)?;
    Ok(prepared)
}

impl Prepared {
    /// A reader sees the old text or the new one.
    fn put(self) -> std::io::Result<()> {
        std::fs::rename(&self.temporary, &self.path)
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.temporary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: PathBuf, before: &str, after: &str) -> Change {
        Change { path, before: before.into(), after: after.into() }
    }

    #[test]
    fn all_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&a, "1").unwrap();
        std::fs::write(&b, "edited").unwrap();
        let changes = [change(a.clone(), "1", "2"), change(b.clone(), "1", "2")];
        let error = write(&changes, None).unwrap_err();
        assert!(
            error.message.ends_with("was changed while it was looked at; nothing was written"),
            "{error}"
        );
        assert_eq!(std::fs::read_to_string(&a).unwrap(), "1");
        std::fs::write(&b, "1").unwrap();
        write(&changes, None).unwrap();
        assert_eq!(std::fs::read_to_string(&b).unwrap(), "2");
        // No temporary file is left.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_was_written_before_a_failure_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        let changes = [change(a.clone(), "1", "2"), change(b.clone(), "1", "2")];
        for path in [&a, &b] {
            std::fs::write(path, "1").unwrap();
        }
        // In the place of the second temporary file.
        std::fs::create_dir(folder.path().join(format!(".b.{}.tmp", std::process::id()))).unwrap();
        let error = write(&changes, None).unwrap_err();
        assert!(error.message.starts_with("cannot write `"), "{error}");
        assert!(error.message.ends_with("; nothing was written"), "{error}");
        assert_eq!(std::fs::read_to_string(&a).unwrap(), "1");
        // Neither is a temporary file left of the first.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn the_new_file_comes_with_the_others_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("sub/b"));
        let new = || Some(New { path: &b, text: "new" });
        std::fs::write(&a, "edited").unwrap();
        assert!(write(&[change(a.clone(), "1", "2")], new()).is_err());
        assert!(!folder.path().join("sub").exists());
        std::fs::write(&a, "1").unwrap();
        write(&[change(a.clone(), "1", "2")], new()).unwrap();
        assert_eq!(std::fs::read_to_string(&b).unwrap(), "new");
        // One that came in the meantime is somebody's.
        let error = write(&[change(a.clone(), "2", "3")], new()).unwrap_err();
        assert!(error.message.starts_with("cannot write `"), "{error}");
        assert!(error.message.ends_with("; nothing was written"), "{error}");
        assert_eq!(std::fs::read_to_string(&a).unwrap(), "2");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "1").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&[change(link.clone(), "1", "2")], None).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "2");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_read_only_is_respected() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "1").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        write(&[change(path.clone(), "1", "2")], None).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        let error = write(&[change(path.clone(), "2", "3")], None).unwrap_err();
        assert!(error.message.ends_with("is read-only; nothing was written"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "2");
    }
}
