//! Writing what was planned: every file at once or not at all, with the permissions that it had.

use std::path::{Path, PathBuf};

use crate::directory::shown;
use crate::error::{Error, Result};

/// A file, as it was read and as it will be.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Writes all changes. Nothing is written if a file cannot be, or is no longer what was read.
pub(crate) fn write(changes: &[Change]) -> Result<()> {
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
    for (done, change) in changes.iter().enumerate() {
        replace(&change.path, &change.after).map_err(|error| {
            let error = Error::because(&format!("cannot write `{}`", shown(&change.path)), &error);
            let before: Vec<String> =
                changes[..done].iter().map(|change| format!("`{}`", shown(&change.path))).collect();
            if before.is_empty() {
                error
            } else {
                error.help(format!("written before that: {}", before.join(", ")))
            }
        })?;
    }
    Ok(())
}

/// A reader sees the old text or the new one.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let permissions = std::fs::metadata(path)?.permissions();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = std::fs::write(&temporary, text)
        .and_then(|()| std::fs::set_permissions(&temporary, permissions))
        .and_then(|()| std::fs::rename(&temporary, path));
    written.inspect_err(|_| {
        let _ = std::fs::remove_file(&temporary);
    })
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
        let error = write(&changes).unwrap_err();
        assert!(
            error.message.ends_with("was changed while it was looked at; nothing was written"),
            "{error}"
        );
        assert_eq!(std::fs::read_to_string(&a).unwrap(), "1");
        std::fs::write(&b, "1").unwrap();
        write(&changes).unwrap();
        assert_eq!(std::fs::read_to_string(&b).unwrap(), "2");
        // No temporary file is left.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_read_only_is_respected() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "1").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        write(&[change(path.clone(), "1", "2")]).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        let error = write(&[change(path.clone(), "2", "3")]).unwrap_err();
        assert!(error.message.ends_with("is read-only; nothing was written"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "2");
    }
}
