//! The order of migrations, from their files: for ledgers that keep no more than where they are.

use std::path::Path;

use schemacheck_core::Catalog;
use schemacheck_core::ledger::{Ledger, LedgerKind, name_key};

use crate::directory::shown;
use crate::error::{Error, Result};

mod alembic;

/// Adds to the ledger of a catalog what leads to its heads, as the files in a directory say it.
pub(crate) fn add_order(catalog: &mut Catalog, directory: &Path) -> Result<()> {
    let place = shown(directory);
    let Some(ledger) = catalog.ledgers.first_mut() else {
        return Err(Error::new(format!(
            "`{place}` has migrations, and the database has no ledger that says which were applied"
        ))
        .help("leave out `--migrations`, or take the snapshot of a database that was migrated"));
    };
    let files = files(directory)?;
    ledger.order = match ledger.kind {
        LedgerKind::Alembic => alembic::order(&files, &ledger.applied)?,
        LedgerKind::GolangMigrate => versions(&files, ledger, &place)?,
        kind => {
            return Err(Error::new(format!(
                "the ledger `{}` of {} has all that was applied, in order",
                ledger.table,
                kind.word()
            ))
            .help("leave out `--migrations`"));
        }
    };
    Ok(())
}

/// A file of a migration.
struct File {
    /// As messages name it.
    place: String,
    name: String,
    text: String,
}

/// The files of a directory, in the order of their names.
fn files(directory: &Path) -> Result<Vec<File>> {
    let place = shown(directory);
    let unread =
        |place: &str, error: &std::io::Error| Error::because(&format!("cannot read `{place}`"), error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(|error| unread(&place, &error))? {
        let path = entry.map_err(|error| unread(&place, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() || !(name.ends_with(".py") || name.ends_with(".up.sql")) {
            continue;
        }
        let place = shown(&path);
        let bytes = crate::file::bytes(&path).map_err(|error| unread(&place, &error))?;
        files.push(File { place, name, text: String::from_utf8_lossy(&bytes).into_owned() });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// golang-migrate: `000012_add_users.up.sql` is version 12.
fn versions(files: &[File], ledger: &Ledger, place: &str) -> Result<Vec<String>> {
    let version = |file: &File| {
        let (number, _) = file.name.split_once('_')?;
        let number = number.trim_start_matches('0');
        number.chars().all(|c| c.is_ascii_digit()).then(|| number.to_owned())
    };
    let mut versions: Vec<String> =
        files.iter().filter(|file| file.name.ends_with(".up.sql")).filter_map(version).collect();
    versions.sort_by_cached_key(|name| name_key(name));
    versions.dedup();
    let Some(head) = ledger.applied.first() else { return Ok(Vec::new()) };
    let Some(at) = versions.iter().position(|version| version == head) else {
        return Err(Error::new(format!("`{place}` has no file of version {head}, at which the database is")));
    };
    versions.truncate(at + 1);
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use schemacheck_core::QualifiedName;

    use super::*;

    fn ledger(kind: LedgerKind, applied: &[&str]) -> Catalog {
        let ledger = Ledger {
            kind,
            table: QualifiedName::new("public", "ledger"),
            columns: None,
            applied: applied.iter().map(|&head| head.into()).collect(),
            order: vec![],
            failed: vec![],
            readable: true,
        };
        Catalog { ledgers: vec![ledger], ..Catalog::default() }
    }

    fn directory(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        folder
    }

    #[test]
    fn versions_of_golang_migrate_are_numbers() {
        let folder = directory(&[
            "000002_b.up.sql",
            "000002_b.down.sql",
            "000010_c.up.sql",
            "000001_a.up.sql",
            "000011_d.up.sql",
            "notes.up.sql",
        ]);
        let mut catalog = ledger(LedgerKind::GolangMigrate, &["10"]);
        add_order(&mut catalog, folder.path()).unwrap();
        assert_eq!(catalog.ledgers[0].order, ["1", "2", "10"]);
        let mut catalog = ledger(LedgerKind::GolangMigrate, &["12"]);
        let error = add_order(&mut catalog, folder.path()).unwrap_err();
        assert!(error.message.ends_with("has no file of version 12, at which the database is"), "{error}");
    }

    #[test]
    fn who_needs_no_order_is_told_so() {
        let folder = directory(&[]);
        let mut catalog = ledger(LedgerKind::Sqlx, &["1"]);
        let error = add_order(&mut catalog, folder.path()).unwrap_err();
        assert_eq!(error.message, "the ledger `public.ledger` of sqlx has all that was applied, in order");
        let error = add_order(&mut Catalog::default(), folder.path()).unwrap_err();
        assert!(error.message.contains("has no ledger"), "{error}");
        let mut catalog = ledger(LedgerKind::Alembic, &["1"]);
        let error = add_order(&mut catalog, &folder.path().join("nowhere")).unwrap_err();
        assert!(error.message.starts_with("cannot read `"), "{error}");
    }
}
