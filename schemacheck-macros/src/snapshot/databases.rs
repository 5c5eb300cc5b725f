//! The databases of a snapshot directory: which there are, which of them has a name, and what is said of one that is
//! not there.

use std::path::{Path, PathBuf};

use schemacheck_core::QualifiedName;
use schemacheck_core::finding::wording;
use schemacheck_core::snapshot::{self, CATALOG_FILE};

use super::{Snapshot, WITHOUT};

/// Where an object's file stands in a snapshot directory.
type FileOf = fn(&QualifiedName) -> PathBuf;

impl Snapshot {
    /// The other databases that have a relation or type of that name, the default one first.
    pub(super) fn databases_with(
        &self,
        schema: Option<&str>,
        name: &str,
        file_of: FileOf,
    ) -> Vec<Option<String>> {
        let files: Vec<PathBuf> =
            self.schemas(schema).iter().map(|schema| file_of(&QualifiedName::new(schema, name))).collect();
        let named = named(&self.root).into_iter().map(Some);
        [None]
            .into_iter()
            .chain(named)
            .filter(|database| *database != self.database)
            .filter(|database| {
                let directory = snapshot::of_database(&self.root, database.as_deref());
                files.iter().any(|file| directory.join(file).is_file())
            })
            .collect()
    }
}

/// The named databases with a snapshot, sorted.
fn named(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(snapshot::databases_folder(root));
    let folders: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|folder| folder.join(CATALOG_FILE).is_file())
        .collect();
    snapshot::database_names(folders.iter().map(PathBuf::as_path))
}

/// The message where a database has no snapshot.
pub(super) fn no_catalog(root: &Path, shown: &str, database: Option<&str>) -> String {
    let has_default = root.join(CATALOG_FILE).is_file();
    let named = named(root);
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let Some(database) = database else {
        let mut message = format!("cannot find `{shown}/{CATALOG_FILE}`\nhelp: {}", snapshot::REMEDY);
        if let Some(first) = named.first() {
            message.push_str(&format!(
                "\nhelp: a model of another database names it: `database = {first:?}`\nnote: {}",
                wording::databases_known(shown, has_default, &named)
            ));
        }
        return message;
    };
    let mut message = wording::no_snapshot_of(database);
    if let Some(help) = wording::similar_database(database, &named) {
        message.push_str(&format!("\nhelp: {help}"));
    }
    message.push_str(&format!(
        "\nhelp: run `{}` and commit `{shown}`\nnote: looked for `{}`\nnote: {}\nnote: {WITHOUT}",
        snapshot::command(Some(database)),
        snapshot::of_database(Path::new(shown), Some(database)).display(),
        wording::databases_known(shown, has_default, &named)
    ));
    message
}
