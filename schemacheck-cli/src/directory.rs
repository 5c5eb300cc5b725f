//! The snapshot directory on disk: found and read. How it is written stands below.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use schemacheck_core::Catalog;
use schemacheck_core::snapshot::{
    self, CATALOG_FILE, DIRECTORY, Files, LEDGER_FILE, Located, NotFound, Place, UNFINISHED_FILE,
};

use crate::cargo_env;
use crate::error::{Error, Result};

mod listing;
mod ours;
mod unfinished;
mod write;

pub(crate) use write::{put_new, write};

/// The file system, for the locator.
struct Disk;

impl Files for Disk {
    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn is_directory(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn text(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }
}

/// The directory that the locator finds from the current directory.
pub(crate) fn find() -> Result<Option<PathBuf>> {
    let here = current()?;
    match locate(cargo_env::snapshot_directory(&here)?.as_deref(), &here) {
        Ok(found) => Ok(Some(found.directory)),
        // A directory that was named is the one to create.
        Err(not_found) if not_found.by_env => Ok(not_found.looked.into_iter().next()),
        Err(_) => Ok(None),
    }
}

/// The directory that a build finds for a source file in this folder, if no variable names one.
pub(crate) fn of_source(folder: &Path) -> Option<PathBuf> {
    locate(None, folder).ok().map(|found| found.directory)
}

fn locate(env: Option<&Path>, here: &Path) -> std::result::Result<Located, NotFound> {
    let package = package(here);
    let place = Place { env, package: Some(package.as_deref().unwrap_or(here)), source: Some(here) };
    snapshot::locate(place, &Disk)
}

/// The directory that is found, or that is to be created: at the cargo workspace's root, else right here.
pub(crate) fn find_or_default() -> Result<PathBuf> {
    match find()? {
        Some(directory) => Ok(directory),
        None => {
            let here = current()?;
            Ok(workspace_root(&here).unwrap_or(here).join(DIRECTORY))
        }
    }
}

/// A path as messages name it: relative to the current directory where it lies below that.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    // Where a path without symbolic links is spelled in another way, as on Windows, so is the current directory.
    let real = || path.strip_prefix(here.canonicalize().ok()?).ok();
    let below = path.strip_prefix(&here).ok().or_else(real).unwrap_or(path);
    if below.as_os_str().is_empty() { ".".to_owned() } else { below.display().to_string() }
}

fn current() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| Error::because("there is no current directory", &error))
}

/// The nearest directory upward with a `Cargo.toml`.
fn package(here: &Path) -> Option<PathBuf> {
    here.ancestors().find(|folder| folder.join("Cargo.toml").is_file()).map(Path::to_owned)
}

/// The cargo that runs us, else the one in the path.
pub(crate) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

fn workspace_root(here: &Path) -> Option<PathBuf> {
    let output = Command::new(cargo())
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .current_dir(here)
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| Path::new(path.trim()).parent().map(Path::to_owned)).flatten()
}

/// Reads what a snapshot covers: its catalog without objects. Nothing if there is no snapshot.
pub(crate) fn read_scope(directory: &Path) -> Result<Option<Catalog>> {
    let path = directory.join(CATALOG_FILE);
    let text = read_file(&path)?;
    Ok(text.map(|text| snapshot::read_catalog(&text, &shown(&path))).transpose()?)
}

/// Refuses a directory whose files may be of two moments.
pub(crate) fn refuse_unfinished(directory: &Path, database: Option<&str>) -> Result<()> {
    // A link that leads nowhere says the same.
    if std::fs::symlink_metadata(directory.join(UNFINISHED_FILE)).is_err() {
        return Ok(());
    }
    let shown = shown(directory);
    Err(Error::new(snapshot::unfinished(&shown))
        .help(snapshot::remedy(database))
        .note(snapshot::unfinished_note(&shown)))
}

/// How many relations a directory has files of, readable or not.
pub(crate) fn relations(directory: &Path) -> Result<usize> {
    Ok(object_files(directory)?.iter().filter(|path| path.starts_with("relations")).count())
}

/// Reads the whole snapshot of a database, which is in this directory.
pub(crate) fn read(directory: &Path, database: Option<&str>) -> Result<Catalog> {
    refuse_unfinished(directory, database)?;
    let mut files = Vec::new();
    for name in [CATALOG_FILE, snapshot::SERVER_FILE, LEDGER_FILE] {
        files.extend(read_file(&directory.join(name))?.map(|text| (PathBuf::from(name), text)));
    }
    for path in object_files(directory)? {
        files.extend(read_file(&directory.join(&path))?.map(|text| (path, text)));
    }
    // A write that began in the meantime.
    refuse_unfinished(directory, database)?;
    let files = files.iter().map(|(path, text)| (path.as_path(), text.as_str()));
    let remedy =
        |error: schemacheck_core::Error| error.with_remedy(snapshot::REMEDY, snapshot::remedy(database));
    Ok(snapshot::from_files(&shown(directory), files).map_err(remedy)?)
}

/// The text of a file; nothing if it is not there. Links are followed here, since some build systems hand all files over
/// as links; what is no file, such as a pipe, is not waited for.
fn read_file(path: &Path) -> Result<Option<String>> {
    match crate::file::text(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        read => {
            read.map(Some).map_err(|error| Error::because(&format!("cannot read `{}`", shown(path)), &error))
        }
    }
}

/// The files of objects, by their path below the directory.
fn object_files(directory: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let list = |path: &Path| -> Result<Vec<PathBuf>> {
        match std::fs::read_dir(path) {
            Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Error::because(&format!("cannot read `{}`", shown(path)), &error)),
        }
    };
    for folder in ["relations", "types"] {
        for schema in list(&directory.join(folder))?.into_iter().filter(|path| path.is_dir()) {
            for file in list(&schema)? {
                let below = file.strip_prefix(directory).map(Path::to_owned);
                found.extend(below.into_iter().filter(|path| snapshot::name_of_file(path).is_some()));
            }
        }
    }
    Ok(found)
}
