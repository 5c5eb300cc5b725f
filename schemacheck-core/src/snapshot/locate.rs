//! Where the snapshot directory is: one rule for the derive and the command line.

use std::path::{Path, PathBuf};

use super::{DIRECTORY, decode_file_name, encode_file_name, workspace};

/// The folder of a snapshot directory with those of the named databases.
const DATABASES: &str = "databases";

/// What cargo leaves in a package that it packaged (outside of target directories only of a git repository's), vendored
/// or downloaded; a git dependency has the last at the root of its repository.
const COPY_MARKS: [&str; 3] = [".cargo_vcs_info.json", ".cargo-checksum.json", ".cargo-ok"];

/// What cargo leaves in a target or build directory: the first only where it made the directory itself, the second only
/// in one of them where there are two.
const TARGET_MARKS: [&str; 2] = ["CACHEDIR.TAG", ".rustc_info.json"];

/// What decides where a snapshot is looked for. All paths are absolute.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The value of `SCHEMACHECK_DIR`, absolute or relative to the package.
    pub env: Option<&'a Path>,
    /// The directory of the package's `Cargo.toml`.
    pub package: Option<&'a Path>,
    /// The directory of the source file, or the current one.
    pub source: Option<&'a Path>,
}

/// The file system as the search sees it.
pub trait Files {
    /// Whether a path exists.
    fn exists(&self, path: &Path) -> bool;
    /// Whether it is a directory.
    fn is_directory(&self, path: &Path) -> bool;
    /// The text of a file; nothing if it cannot be read.
    fn text(&self, path: &Path) -> Option<String>;
}

/// A snapshot directory, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The directory.
    pub directory: PathBuf,
    /// Whether `SCHEMACHECK_DIR` named it.
    pub by_env: bool,
    /// The directories that would have been taken before it.
    pub nearer: Vec<PathBuf>,
}

/// No snapshot directory: where it was looked for, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotFound {
    /// The directories that were looked into.
    pub looked: Vec<PathBuf>,
    /// What `SCHEMACHECK_DIR` said, if it was set: then nothing else was tried.
    pub by_env: bool,
    /// Whether the package is a copy that cargo made: then nothing above it was tried.
    pub is_copy: bool,
    /// The snapshot of a workspace that the package is not a member of: then nothing above it was tried.
    pub of_other_workspace: Option<PathBuf>,
}

/// Finds the snapshot directory.
///
/// `SCHEMACHECK_DIR` names it. Without that it is the first `.schemacheck` upward from the source file, then upward from
/// the package; from the package alone where the source file is another package's, as that of a `macro_rules!` is, or was
/// written by a build script. A project that a tool made below a target directory, as trybuild does, has no files of its
/// own: there the source file is asked after the package, whoever's it is.
///
/// The search ends at a directory that holds `.git`, at a target directory, and at a package that cargo packaged,
/// vendored or downloaded; a snapshot beside the `Cargo.toml` of a workspace is not that of a package below which is not
/// a member. What such a copy brings is its own, also where `SCHEMACHECK_DIR` names another one.
///
/// # Errors
///
/// [`NotFound`] with the places.
pub fn locate(place: Place<'_>, files: &impl Files) -> Result<Located, NotFound> {
    let Some(dir) = place.env else {
        return search(place, files);
    };
    if place.package.is_some_and(|package| is_copy(package, files))
        && let Ok(own) = search(place, files)
    {
        return Ok(own);
    }
    let directory = place.package.map_or_else(|| dir.to_owned(), |package| package.join(dir));
    match files.is_directory(&directory) {
        true => Ok(Located { directory, by_env: true, nearer: Vec::new() }),
        false => Err(NotFound { looked: vec![directory], by_env: true, ..NotFound::default() }),
    }
}

fn search(place: Place<'_>, files: &impl Files) -> Result<Located, NotFound> {
    let mut not_found = NotFound::default();
    for start in starts(place, files) {
        if let Some(directory) = upward(start, files, &mut not_found) {
            return Ok(Located { directory, by_env: false, nearer: not_found.looked });
        }
    }
    not_found.is_copy = place.package.is_some_and(|package| is_copy(package, files));
    Err(not_found)
}

/// The directories to search upward from.
fn starts<'a>(place: Place<'a>, files: &impl Files) -> Vec<&'a Path> {
    let (Some(package), Some(source)) = (place.package, place.source) else {
        return place.source.into_iter().chain(place.package).collect();
    };
    if source.starts_with(package) {
        let mut between = source.ancestors().take_while(|folder| *folder != package);
        let is_own =
            !between.any(|folder| files.exists(&folder.join("Cargo.toml")) || is_target(folder, files));
        return if is_own { vec![source, package] } else { vec![package] };
    }
    match is_in_target(package, files) && !is_copy(package, files) {
        true => vec![package, source],
        false => vec![package],
    }
}

/// The first snapshot directory upward that may be used.
fn upward(start: &Path, files: &impl Files, not_found: &mut NotFound) -> Option<PathBuf> {
    // The packages on the way, the nearest first.
    let mut packages: Vec<&Path> = Vec::new();
    for folder in start.ancestors() {
        let directory = folder.join(DIRECTORY);
        if files.is_directory(&directory) {
            if is_of_other_workspace(folder, &packages, files) {
                not_found.of_other_workspace = Some(directory);
                return None;
            }
            return Some(directory);
        }
        if !not_found.looked.contains(&directory) {
            not_found.looked.push(directory);
        }
        if files.exists(&folder.join("Cargo.toml")) {
            if is_marked(folder, files) {
                return None;
            }
            packages.push(folder);
        }
        if files.exists(&folder.join(".git")) || is_target(folder, files) {
            return None;
        }
    }
    None
}

/// Whether a folder is the root of a workspace, and the nearest of the packages below it is not a member.
fn is_of_other_workspace(folder: &Path, packages: &[&Path], files: &impl Files) -> bool {
    let Some(package) = packages.first().and_then(|package| package.strip_prefix(folder).ok()) else {
        return false;
    };
    let manifest = |folder: &Path| files.text(&folder.join("Cargo.toml")).unwrap_or_default();
    let root = manifest(folder);
    workspace::is_root(&root)
        && (workspace::excludes(&root, package)
            || packages.iter().any(|package| workspace::is_root(&manifest(package))))
}

/// Whether cargo packaged, vendored or downloaded a package, or the repository that it is in.
fn is_copy(package: &Path, files: &impl Files) -> bool {
    for folder in package.ancestors() {
        if is_marked(folder, files) {
            return true;
        }
        if files.exists(&folder.join(".git")) {
            break;
        }
    }
    // What is packaged without a repository has no mark but this one, which others leave too.
    files.exists(&package.join("Cargo.toml.orig")) && is_in_target(package, files)
}

fn is_marked(folder: &Path, files: &impl Files) -> bool {
    COPY_MARKS.iter().any(|mark| files.exists(&folder.join(mark)))
}

/// Whether a folder is cargo's own: what is in there was made by a tool.
fn is_target(folder: &Path, files: &impl Files) -> bool {
    TARGET_MARKS.iter().any(|mark| files.exists(&folder.join(mark)))
}

fn is_in_target(package: &Path, files: &impl Files) -> bool {
    package
        .ancestors()
        .take_while(|folder| !files.exists(&folder.join(".git")))
        .any(|folder| is_target(folder, files))
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

    /// The paths of a tree; a `Cargo.toml` may have a text behind a `=`.
    struct Tree<'a>(&'a [&'a str]);

    impl Tree<'_> {
        fn get(&self, path: &Path) -> Option<&str> {
            let entries = self.0.iter().map(|entry| entry.split_once('=').unwrap_or((entry, "")));
            entries.into_iter().find(|(known, _)| Path::new(known) == path).map(|(_, text)| text)
        }
    }

    impl Files for Tree<'_> {
        fn exists(&self, path: &Path) -> bool {
            self.get(path).is_some()
        }

        fn is_directory(&self, path: &Path) -> bool {
            self.exists(path)
        }

        fn text(&self, path: &Path) -> Option<String> {
            self.get(path).map(str::to_owned)
        }
    }

    fn search_for(
        env: Option<&str>,
        package: &str,
        source: &str,
        tree: &[&str],
    ) -> Result<PathBuf, NotFound> {
        let place = Place {
            env: env.map(Path::new),
            package: Some(Path::new(package)),
            source: Some(Path::new(source)),
        };
        locate(place, &Tree(tree)).map(|located| located.directory)
    }

    #[track_caller]
    fn finds(package: &str, source: &str, tree: &[&str], expect: &str) {
        assert_eq!(search_for(None, package, source, tree), Ok(expect.into()));
    }

    /// Asserts that nothing is found, and returns what is known of that.
    #[track_caller]
    fn misses(package: &str, source: &str, tree: &[&str]) -> NotFound {
        search_for(None, package, source, tree).unwrap_err()
    }

    #[test]
    fn the_nearest_directory_upward_wins() {
        let tree = ["/ws/.schemacheck", "/ws/app/.schemacheck", "/ws/.git", "/ws/app/src/a/.schemacheck"];
        finds("/ws/app", "/ws/app/src", &tree, "/ws/app/.schemacheck");
        finds("/ws/app", "/ws/app/src/a/b", &tree, "/ws/app/src/a/.schemacheck");
        finds("/ws/lib", "/ws/lib/src", &tree, "/ws/.schemacheck");
    }

    #[test]
    fn the_search_ends_at_the_repository() {
        let looked = misses("/ws/app", "/ws/app", &["/.schemacheck", "/ws/.git"]).looked;
        assert_eq!(looked, [Path::new("/ws/app/.schemacheck"), Path::new("/ws/.schemacheck")]);
    }

    #[test]
    fn the_package_is_searched_after_a_repository_within_it() {
        finds("/ws", "/ws/gen/src", &["/ws/gen/.git", "/ws/.schemacheck"], "/ws/.schemacheck");
    }

    #[test]
    fn a_source_file_of_another_package_does_not_decide() {
        let shapes = ["/ws/shapes/.schemacheck", "/ws/shapes/Cargo.toml", "/ws/app/Cargo.toml", "/ws/.git"];
        let own = [&shapes[..], &["/ws/app/.schemacheck"]].concat();
        finds("/ws/app", "/ws/shapes/src", &own, "/ws/app/.schemacheck");
        // A package may lie within another one.
        let root = [&shapes[..], &["/ws/.schemacheck", "/ws/Cargo.toml=[workspace]"]].concat();
        finds("/ws", "/ws/shapes/src", &root, "/ws/.schemacheck");
        finds("/ws/app", "/ws/shapes/src", &root, "/ws/.schemacheck");
        // Where the package has none, the other's is not taken in its place.
        let looked = misses("/ws/app", "/ws/shapes/src", &shapes).looked;
        assert_eq!(looked, [Path::new("/ws/app/.schemacheck"), Path::new("/ws/.schemacheck")]);
    }

    #[test]
    fn what_a_build_script_writes_is_its_packages() {
        let out = "/ws/target/debug/build/app-1/out";
        let tree = ["/ws/.schemacheck", "/ws/app/.schemacheck", "/ws/target/.rustc_info.json"];
        finds("/ws/app", out, &tree, "/ws/app/.schemacheck");
        // Also where the target directory is the package's own, whatever else is in there.
        let tree = ["/ws/.schemacheck", "/ws/target/CACHEDIR.TAG", "/ws/target/debug/.schemacheck"];
        finds("/ws", out, &tree, "/ws/.schemacheck");
    }

    #[test]
    fn a_project_that_a_tool_made_is_checked_by_its_source_file() {
        let project = "/ws/target/tests/trybuild/app";
        let tree = [
            "/ws/.schemacheck",
            "/ws/Cargo.toml=[workspace]",
            "/ws/app/Cargo.toml",
            "/ws/app/.schemacheck",
            "/ws/target/CACHEDIR.TAG",
            "/ws/target/tests/trybuild/app/Cargo.toml=[workspace]",
        ];
        finds(project, "/ws/app/tests/ui", &tree, "/ws/app/.schemacheck");
        // One that brings its own, such as a test's, uses that.
        let own = [&tree[..], &["/ws/target/tests/trybuild/app/.schemacheck"]].concat();
        finds(project, "/ws/app/tests/ui", &own, "/ws/target/tests/trybuild/app/.schemacheck");
        // The case lies in a member of the workspace.
        finds(
            "/tmp/t/trybuild/lib",
            "/ws/lib/tests",
            &[&tree[..], &["/tmp/t/.rustc_info.json"]].concat(),
            "/ws/.schemacheck",
        );
    }

    #[test]
    fn a_copy_that_cargo_made_is_not_checked_by_what_is_around_it() {
        for (package, mark) in [
            ("/ws/target/package/models-0.1.0", ".cargo_vcs_info.json"),
            ("/ws/target/package/models-0.1.0", "Cargo.toml.orig"),
            ("/ws/vendor/models", ".cargo-checksum.json"),
            ("/ws/registry/src/models-0.1.0", ".cargo-ok"),
        ] {
            let [manifest, mark, own] =
                ["Cargo.toml", mark, ".schemacheck"].map(|name| format!("{package}/{name}"));
            let source = format!("{package}/src");
            let tree = [
                "/ws/.schemacheck",
                "/ws/Cargo.toml=[workspace]",
                "/ws/target/CACHEDIR.TAG",
                &manifest,
                &mark,
            ];
            let not_found = misses(package, &source, &tree);
            assert!(not_found.is_copy, "{mark}");
            assert!(!not_found.looked.contains(&PathBuf::from("/ws/.schemacheck")), "{mark}");
            let with_own = [&tree[..], &[own.as_str()]].concat();
            finds(package, &source, &with_own, &own);
            // The variable is for what has none.
            let with_env = |tree: &[&str]| search_for(Some("/ws/.schemacheck"), package, &source, tree);
            assert_eq!(with_env(&with_own), Ok(own.clone().into()));
            assert_eq!(with_env(&tree), Ok("/ws/.schemacheck".into()));
        }
        // Such a file of its own makes no copy: git leaves it after a merge.
        let tree = ["/ws/.schemacheck", "/ws/models/Cargo.toml", "/ws/models/Cargo.toml.orig"];
        finds("/ws/models", "/ws/models/src", &tree, "/ws/.schemacheck");
    }

    #[test]
    fn a_git_dependency_uses_the_snapshot_of_its_repository() {
        let tree =
            ["/home/.schemacheck", "/git/m/1/.git", "/git/m/1/.cargo-ok", "/git/m/1/models/Cargo.toml"];
        let (package, source) = ("/git/m/1/models", "/git/m/1/models/src");
        assert!(misses(package, source, &tree).is_copy);
        let own = [&tree[..], &["/git/m/1/.schemacheck"]].concat();
        finds(package, source, &own, "/git/m/1/.schemacheck");
        let with_env = search_for(Some("/home/.schemacheck"), package, source, &own);
        assert_eq!(with_env, Ok("/git/m/1/.schemacheck".into()));
    }

    #[test]
    fn a_workspaces_snapshot_is_that_of_its_members() {
        let tree = |root, package| ["/ws/.schemacheck", root, package, "/ws/.git"];
        let member = tree("/ws/Cargo.toml=[workspace]\nmembers = [\"*\"]", "/ws/fuzz/Cargo.toml=[package]");
        finds("/ws/fuzz", "/ws/fuzz/src", &member, "/ws/.schemacheck");
        for stranger in [
            tree("/ws/Cargo.toml=[workspace]", "/ws/fuzz/Cargo.toml=[package]\n[workspace]"),
            tree("/ws/Cargo.toml=[workspace]\nexclude = ['fuzz']", "/ws/fuzz/Cargo.toml=[package]"),
        ] {
            let not_found = misses("/ws/fuzz", "/ws/fuzz/src", &stranger);
            assert_eq!(not_found.of_other_workspace.as_deref(), Some(Path::new("/ws/.schemacheck")));
            let told = search_for(Some("/ws/.schemacheck"), "/ws/fuzz", "/ws/fuzz/src", &stranger);
            assert_eq!(told, Ok("/ws/.schemacheck".into()));
        }
        // A snapshot beside no workspace is that of the repository, and one beside a package that of what is in there.
        for root in ["/ws/README.md", "/ws/Cargo.toml=[package]"] {
            let tree = tree(root, "/ws/fuzz/Cargo.toml=[workspace]");
            finds("/ws/fuzz", "/ws/fuzz/src", &tree, "/ws/.schemacheck");
        }
    }

    #[test]
    fn the_environment_is_the_only_place_if_it_is_set() {
        let find = |env| search_for(Some(env), "/ws/app", "/ws", &["/ws/.schemacheck", "/ws/app/db", "/abs"]);
        assert_eq!(find("db"), Ok("/ws/app/db".into()));
        assert_eq!(find("/abs"), Ok("/abs".into()));
        assert_eq!(find("gone").unwrap_err().looked, [Path::new("/ws/app/gone")]);
    }

    #[test]
    fn without_a_package_the_source_file_decides() {
        let place = Place { env: None, package: None, source: Some(Path::new("/a/b")) };
        let found = locate(place, &Tree(&["/a/.schemacheck"]));
        assert_eq!(found.map(|found| found.directory), Ok("/a/.schemacheck".into()));
    }
}
