//! Which files of a directory are a snapshot's, so that others are neither overwritten nor removed: `SCHEMACHECK_DIR` may
//! name any directory, and a `types/` or a `catalog.json` in it may be somebody's own.

use std::path::Path;

use schemacheck_core::snapshot::{self, CATALOG_FILE, DIRECTORY};

use super::shown;
use crate::error::{Error, Result};

/// Whose a directory is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    /// It holds a `catalog.json` of ours, damaged or not, or was left by a write of ours.
    has_catalog: bool,
    /// It has the name that only we give.
    has_name: bool,
}

impl Owner {
    /// `was_interrupted` says that a write of ours has left its mark there.
    pub(super) fn of(directory: &Path, was_interrupted: bool) -> Self {
        let has_name = directory.ancestors().take(3).any(|folder| folder.ends_with(DIRECTORY));
        let catalog = crate::file::bytes(&directory.join(CATALOG_FILE));
        let is_catalog = |text: &[u8]| {
            // Cut off, or with the marks of a merge in it, it begins as it always does.
            let begins = String::from_utf8_lossy(text).replace("\r\n", "\n").starts_with("{\n  \"format\": ");
            let reads = std::str::from_utf8(text).is_ok_and(|text| snapshot::read_catalog(text, "").is_ok());
            has_name || begins || reads
        };
        Self { has_catalog: was_interrupted || catalog.is_ok_and(|text| is_catalog(&text)), has_name }
    }

    /// Whether a file may be replaced by what the database says now.
    pub(super) fn may_replace(self, directory: &Path, path: &Path) -> Result<()> {
        if self.has_catalog || self.has_name || is_as_written(directory, path) {
            return Ok(());
        }
        Err(Error::new(format!(
            "`{}` is not a file of a snapshot, and stands where one belongs; nothing was written",
            shown(&directory.join(path))
        ))
        .help("keep the snapshot in a directory of its own: SCHEMACHECK_DIR names it"))
    }

    /// Whether the file of an object that is gone may be removed.
    pub(super) fn may_remove(self, directory: &Path, path: &Path) -> Result<()> {
        let place = shown(&directory.join(path));
        if !self.has_catalog {
            let error = Error::new(format!(
                "`{place}` stands where a snapshot has the file of an object, the database has no such object, and \
                 no `{CATALOG_FILE}` says that the file is of a snapshot; nothing was written"
            ));
            return Err(match self.has_name {
                true => error.help(format!("bring `{CATALOG_FILE}` back, or remove the file")),
                false => error.help("keep the snapshot in a directory of its own: SCHEMACHECK_DIR names it"),
            });
        }
        if !is_as_written(directory, path) {
            return Err(Error::new(format!(
                "`{place}` is not as it was written, and what it describes is not in the database any more; nothing \
                 was written"
            ))
            .help("remove the file if nobody needs what was changed in it, then run this again"));
        }
        Ok(())
    }
}

/// Whether nobody has changed a file since we wrote it.
fn is_as_written(directory: &Path, path: &Path) -> bool {
    let text = crate::file::text(&directory.join(path));
    text.is_ok_and(|text| snapshot::is_as_written(path, &text))
}
