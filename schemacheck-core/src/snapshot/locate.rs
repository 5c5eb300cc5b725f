//! Where the snapshot directory is: one rule for the derive and the command line.

use std::path::{Path, PathBuf};

use super::{DIRECTORY, decode_file_name, encode_file_name};

/// The folder of a snapshot directory with those of the named databases.
const DATABASES: &str = "databases";

/// A snapshot directory, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The directory.
    pub directory: PathBuf,
    /// Whether `SCHEMACHECK_DIR` named it.
    pub by_env: bool,
}

/// No snapshot directory: where it was looked for, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFound {
    /// The directories that were looked into.
    pub looked: Vec<PathBuf>,
    /// What `SCHEMACHECK_DIR` said, if it was set: then nothing else was tried.
    pub by_env: bool,
}

/// Finds the snapshot directory.
///
/// `env` is the value of `SCHEMACHECK_DIR`, absolute or relative to `package`; without one, each of `starts` is
/// followed upward to the first `.schemacheck` directory, and not beyond a directory that holds `.git`. `exists` says
/// whether a path exists; `is_directory` whether it is a directory.
///
/// # Errors
///
/// [`NotFound`] with the places.
pub fn locate(
    env: Option<&Path>,
    package: Option<&Path>,
    starts: &[&Path],
    exists: impl Fn(&Path) -> bool,
    is_directory: impl Fn(&Path) -> bool,
) -> Result<Located, NotFound> {
    if let Some(dir) = env {
        let directory = package.map_or_else(|| dir.to_owned(), |package| package.join(dir));
        return match is_directory(&directory) {
            true => Ok(Located { directory, by_env: true }),
            false => Err(NotFound { looked: vec![directory], by_env: true }),
        };
    }
    let mut looked = Vec::new();
    for start in starts {
        for folder in start.ancestors().filter(|folder| !folder.as_os_str().is_empty()) {
            let directory = folder.join(DIRECTORY);
            if is_directory(&directory) {
                return Ok(Located { directory, by_env: false });
            }
            if !looked.contains(&directory) {
                looked.push(directory);
            }
            if exists(&folder.join(".git")) {
                break;
            }
        }
    }
    Err(NotFound { looked, by_env: false })
}

/// The folder that holds the snapshots of the named databases, a directory each.
pub fn databases_folder(directory: &Path) -> PathBuf {
    directory.join(DATABASES)
}

/// The snapshot directory of a named database below that of the default one, or that of the default one.
pub fn of_database(directory: &Path, database: Option<&str>) -> PathBuf {
    match database {
        Some(name) => databases_folder(directory).join(encode_file_name(name)),
        None => directory.to_owned(),
    }
}

/// The databases with these directories in [`databases_folder`], sorted; other entries are nobody's.
pub fn database_names<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Vec<String> {
    let name = |folder: &Path| decode_file_name(folder.file_name()?.to_str()?);
    let mut names: Vec<String> =
        folders.into_iter().filter_map(name).filter(|name| !name.is_empty()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_database_lies_below_the_default_one() {
        let of = |name| of_database(Path::new("/ws/.schemacheck"), name);
        assert_eq!(of(None), Path::new("/ws/.schemacheck"));
        assert_eq!(of(Some("billing")), Path::new("/ws/.schemacheck/databases/billing"));
        // A name cannot lead anywhere else.
        assert_eq!(of(Some("../../x")), Path::new("/ws/.schemacheck/databases/%2e.%2f..%2fx"));
        assert_eq!(of(Some("Billing")), Path::new("/ws/.schemacheck/databases/%42illing"));
    }

    #[test]
    fn the_folders_say_which_databases_there_are() {
        let folders = ["d/eu.west", "d/%42illing", "d/Billing", "d/%", "d/.DS_Store", "d/audit"];
        assert_eq!(database_names(folders.map(Path::new)), ["Billing", "audit", "eu.west"]);
        assert_eq!(database_names([]), Vec::<String>::new());
    }

    fn find(env: Option<&str>, starts: &[&str], tree: &[&str]) -> Result<PathBuf, Vec<PathBuf>> {
        let starts: Vec<&Path> = starts.iter().map(Path::new).collect();
        let there = |path: &Path| tree.iter().any(|known| Path::new(known) == path);
        locate(env.map(Path::new), Some(Path::new("/ws/app")), &starts, there, there)
            .map(|located| located.directory)
            .map_err(|not_found| not_found.looked)
    }

    #[test]
    fn the_nearest_directory_upward_wins() {
        let tree = ["/ws/.schemacheck", "/ws/app/.schemacheck", "/ws/.git"];
        assert_eq!(find(None, &["/ws/app/src"], &tree), Ok("/ws/app/.schemacheck".into()));
        assert_eq!(find(None, &["/ws/lib/src"], &tree), Ok("/ws/.schemacheck".into()));
    }

    #[test]
    fn the_search_ends_at_the_repository() {
        let tree = ["/.schemacheck", "/ws/.git"];
        assert_eq!(
            find(None, &["/ws/app"], &tree),
            Err(vec!["/ws/app/.schemacheck".into(), "/ws/.schemacheck".into()])
        );
    }

    #[test]
    fn the_second_start_is_tried_after_the_first() {
        let tree = ["/gen/.git", "/ws/app/.schemacheck"];
        assert_eq!(find(None, &["/gen/x", "/ws/app"], &tree), Ok("/ws/app/.schemacheck".into()));
    }

    #[test]
    fn the_environment_is_the_only_place_if_it_is_set() {
        let tree = ["/ws/.schemacheck", "/ws/app/db", "/abs"];
        assert_eq!(find(Some("db"), &["/ws"], &tree), Ok("/ws/app/db".into()));
        assert_eq!(find(Some("/abs"), &["/ws"], &tree), Ok("/abs".into()));
        assert_eq!(find(Some("gone"), &["/ws"], &tree), Err(vec!["/ws/app/gone".into()]));
    }
}
