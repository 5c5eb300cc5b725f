//! Where the snapshot of an expansion is, and what is said where there is none.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use schemacheck_core::snapshot::{self, DIRECTORY, Files, Located, NotFound, Place};

use super::WITHOUT;
use crate::source;

/// The environment variable that names the directory.
const VARIABLE: &str = "SCHEMACHECK_DIR";

/// The file system.
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

/// The directory of the default database, and how errors name it. It is absolute: what is read by it is tracked by the
/// same path, which rustc would take as one beside the source file.
pub(super) fn locate(database: Option<&str>) -> Result<(PathBuf, String), String> {
    if cfg!(test) {
        // Unit tests expand what the ui cases do.
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/.schemacheck");
        return Ok((directory, DIRECTORY.to_owned()));
    }
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    let package = source::package().map(absolute);
    let env = std::env::var_os(VARIABLE).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let source = source::local_file().map(absolute).and_then(|file| file.parent().map(Path::to_owned));
    let source = source.map(|source| below(package.as_deref(), source));
    match found((env.clone(), package.clone(), source)) {
        Ok(found) => {
            let shown = match &env {
                Some(dir) if found.by_env => dir.display().to_string(),
                _ => DIRECTORY.to_owned(),
            };
            Ok((absolute(found.directory), shown))
        }
        Err(not_found) => Err(message(&not_found, package.as_deref(), database)),
    }
}

/// What a search goes by: the variable, the package, the source file's directory.
type Key = (Option<PathBuf>, Option<PathBuf>, Option<PathBuf>);

/// Searches once a directory of sources, and again where something has come or gone since: a proc-macro server lives for
/// days.
fn found(key: Key) -> Result<Located, NotFound> {
    static FOUND: OnceLock<Mutex<HashMap<Key, Located>>> = OnceLock::new();
    let cache = FOUND.get_or_init(Mutex::default);
    let is_there = |found: &&Located| {
        found.directory.is_dir() && !found.nearer.iter().any(|directory| directory.is_dir())
    };
    if let Some(known) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key).filter(is_there) {
        return Ok(known.clone());
    }
    let (env, package, source) = &key;
    let place = Place { env: env.as_deref(), package: package.as_deref(), source: source.as_deref() };
    let found = snapshot::locate(place, &Disk)?;
    cache.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
    Ok(found)
}

/// A directory as one below the package, where it is that by another spelling: through a symbolic link, say.
fn below(package: Option<&Path>, source: PathBuf) -> PathBuf {
    let respelled = |package: &Path| {
        let real = source.canonicalize().ok()?;
        Some(package.join(real.strip_prefix(package.canonicalize().ok()?).ok()?))
    };
    package.filter(|package| !source.starts_with(package)).and_then(respelled).unwrap_or(source)
}

fn message(not_found: &NotFound, package: Option<&Path>, database: Option<&str>) -> String {
    let places: Vec<String> =
        not_found.looked.iter().map(|place| format!("`{}`", shown(place, package))).collect();
    let take = format!("help: run `{}` and commit `{DIRECTORY}`", snapshot::command(database));
    let mut lines = match (not_found.by_env, not_found.is_copy, &not_found.of_other_workspace) {
        (true, ..) => vec![format!("cannot find the snapshot directory that {VARIABLE} names"), take],
        (false, true, _) => {
            let name = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
            vec![
                format!("cannot find the schemacheck snapshot of package `{name}`"),
                format!(
                    "help: in the repository of `{name}`, put `{DIRECTORY}` or a symbolic link to it beside its \
                     `Cargo.toml`, and into `include` if that is set"
                ),
                format!("help: or set {VARIABLE} to the snapshot to check its models against"),
                format!(
                    "note: cargo packaged, vendored or downloaded `{name}`, so a snapshot around it is not used"
                ),
            ]
        }
        (false, false, Some(other)) => {
            let other = shown(other, package);
            vec![
                "cannot find a schemacheck snapshot".to_owned(),
                take,
                format!(
                    "help: or, to use `{other}`, set {VARIABLE}, or make `{DIRECTORY}` a symbolic link to it"
                ),
                format!("note: `{other}` is not used: this package is not a member of its workspace"),
            ]
        }
        (false, false, None) => vec!["cannot find a schemacheck snapshot".to_owned(), take],
    };
    lines.push(format!("note: looked for {}", places.join(", ")));
    lines.push(format!("note: {WITHOUT}"));
    lines.join("\n")
}

/// A place relative to the package, so that a recorded message does not depend on the machine.
fn shown(place: &Path, package: Option<&Path>) -> String {
    let up = package.and_then(|package| {
        package.ancestors().enumerate().find_map(|(depth, folder)| {
            let rest = place.strip_prefix(folder).ok()?;
            (depth < 3).then(|| "../".repeat(depth) + &rest.display().to_string())
        })
    });
    up.unwrap_or_else(|| place.display().to_string())
}
