//! The source files of a package: what its `mod` lines reach, and what lies beside that.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::packages::Package;
use super::scan::{self, Module, Scan};
use crate::directory::shown;
use crate::error::{Error, Result};

/// A source file.
#[derive(Debug)]
pub(super) struct Source {
    /// The path without symbolic links.
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) scan: Scan,
    /// Whether a `mod` reaches it.
    pub(super) reached: bool,
    /// Whether it may be changed: a part of what was asked for.
    pub(super) chosen: bool,
    /// Whether it is a file of another package too, and changed with that.
    pub(super) again: bool,
}

/// The files of a package, and those that cannot be looked at, with the reason.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) files: Vec<Source>,
    pub(super) unreadable: Vec<(PathBuf, String)>,
    /// Files that a `mod` reaches outside of the package.
    pub(super) outside: Vec<PathBuf>,
}

/// Follows the `mod` lines of a package's programs and libraries, then looks at what else lies in their folders.
pub(super) fn read(package: &Package) -> Result<Sources> {
    let folder = canonical(package.folder())?;
    let mut sources = Sources::default();
    let mut known = BTreeSet::new();
    // Modules for tests come last: a file that both reach is one of the program.
    let mut queue: Vec<(PathBuf, bool, bool)> =
        package.roots.iter().map(|root| (root.clone(), true, false)).collect();
    while let Some(at) = queue.iter().position(|(_, _, test)| !test).or((!queue.is_empty()).then_some(0)) {
        let (path, is_root, for_tests) = queue.remove(at);
        // Code that is generated before the build, and modules of other systems, need not be there.
        let Ok(path) = path.canonicalize() else { continue };
        if !known.insert(path.clone()) {
            continue;
        }
        if !path.starts_with(&folder) {
            sources.outside.push(path);
            continue;
        }
        let (text, mut scan) = match parse(&path)? {
            Ok(parsed) => parsed,
            Err(reason) => {
                sources.unreadable.push((path, reason));
                continue;
            }
        };
        scan.items.iter_mut().for_each(|item| item.test_only |= for_tests);
        for module in &scan.modules {
            let places = places(&path, is_root, module);
            queue.extend(places.into_iter().map(|place| (place, false, for_tests || module.test_only)));
        }
        sources.files.push(Source { path, text, scan, reached: true, chosen: true, again: false });
    }
    for path in beside(package, &folder) {
        if known.insert(path.clone())
            && let Ok((text, scan)) = parse(&path)?
        {
            sources.files.push(Source { path, text, scan, reached: false, chosen: true, again: false });
        }
    }
    sources.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// The text and what it holds; or why it cannot be read.
#[allow(clippy::type_complexity, reason = "named by the two lines that use it")]
fn parse(path: &Path) -> Result<std::result::Result<(String, Scan), String>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Err(format!("cannot be read: {error}"))),
    };
    let Ok(text) = String::from_utf8(bytes) else { return Ok(Err("is no UTF-8".to_owned())) };
    Ok(match scan::scan(&text) {
        Ok(scan) => Ok((text, scan)),
        Err(error) => {
            let start = error.span().start();
            Err(format!("does not parse: {error} at line {}", start.line))
        }
    })
}

/// Where the file of a `mod name;` may be.
fn places(file: &Path, is_root: bool, module: &Module) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let stem = file.file_stem().unwrap_or_default();
    let own = if is_root || stem == "mod" { folder.to_owned() } else { folder.join(stem) };
    let inside = module.inside.iter().fold(own, |folder, name| folder.join(name));
    // `#[path]` goes by the folder of the file, unless an inline module stands around it.
    let of_paths = if module.inside.is_empty() { folder } else { &inside };
    let mut places: Vec<PathBuf> = module.paths.iter().map(|path| of_paths.join(path)).collect();
    if !module.name.is_empty() {
        places.push(inside.join(format!("{}.rs", module.name)));
        places.push(inside.join(&module.name).join("mod.rs"));
    }
    // Which one it is may hang on a `cfg_attr`.
    places.retain(|place| place.is_file());
    places
}

/// The Rust files in the folders of a package's programs and libraries. A folder with a manifest is another package's.
fn beside(package: &Package, folder: &Path) -> Vec<PathBuf> {
    let folders: BTreeSet<PathBuf> = package
        .roots
        .iter()
        .filter_map(|root| root.parent()?.canonicalize().ok())
        // Beside a library at the package's root lie tests, examples and what cargo builds.
        .filter(|of_root| of_root != folder && of_root.starts_with(folder))
        .collect();
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = folders.into_iter().collect();
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            // `file_type` does not follow symbolic links.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir()
                && !name.starts_with('.')
                && name != "target"
                && !path.join("Cargo.toml").is_file()
            {
                left.push(path);
            } else if kind.is_file() && name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The path without symbolic links.
pub(super) fn canonical(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|error| Error::because(&format!("cannot find `{}`", shown(path)), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A package with these files; the reached ones, those beside, and those that cannot be read.
    #[track_caller]
    fn check(files: &[(&str, &str)], reached: &[&str], beside: &[&str], unreadable: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (path, text) in files {
            let path = root.join("p").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let package = Package {
            manifest: root.join("p/Cargo.toml"),
            roots: vec![root.join("p/src/lib.rs")],
            ..Package::default()
        };
        let sources = read(&package).unwrap();
        let below = |path: &Path| {
            path.strip_prefix(root.join("p")).map_or("outside".into(), |p| p.display().to_string())
        };
        let of = |wanted: bool| -> Vec<String> {
            sources.files.iter().filter(|file| file.reached == wanted).map(|file| below(&file.path)).collect()
        };
        assert_eq!(of(true), reached);
        assert_eq!(of(false), beside);
        let wrong: Vec<String> = sources.unreadable.iter().map(|(path, _)| below(path)).collect();
        assert_eq!(wrong, unreadable);
        let elsewhere = files.iter().filter(|(path, _)| path.starts_with("..")).count();
        assert_eq!(sources.outside.len(), elsewhere);
    }

    #[test]
    fn follows_modules_as_rustc_does() {
        check(
            &[
                (
                    "src/lib.rs",
                    "mod a; mod b; mod c { mod d; #[path = \"x.rs\"] mod e; } #[path = \"odd/y.rs\"] mod f; mod no;",
                ),
                ("src/a.rs", "mod deep; #[path = \"beside.rs\"] mod z;"),
                ("src/a/deep.rs", ""),
                ("src/beside.rs", ""),
                ("src/b/mod.rs", "mod inner;"),
                ("src/b/inner.rs", ""),
                ("src/c/d.rs", ""),
                ("src/c/x.rs", ""),
                ("src/odd/y.rs", ""),
                ("src/orphan.rs", "struct A;"),
                ("src/sub/Cargo.toml", ""),
                ("src/sub/lib.rs", ""),
                ("tests/t.rs", ""),
            ],
            &[
                "src/a/deep.rs",
                "src/a.rs",
                "src/b/inner.rs",
                "src/b/mod.rs",
                "src/beside.rs",
                "src/c/d.rs",
                "src/c/x.rs",
                "src/lib.rs",
                "src/odd/y.rs",
            ],
            &["src/orphan.rs"],
            &[],
        );
    }

    #[test]
    fn what_does_not_parse_is_said_and_what_lies_outside_is_left_alone() {
        check(
            &[
                ("src/lib.rs", "mod broken; #[path = \"../../other.rs\"] mod o;"),
                ("src/broken.rs", "struct {"),
                ("../other.rs", "struct A;"),
            ],
            &["src/lib.rs"],
            &[],
            &["src/broken.rs"],
        );
    }

    #[test]
    fn a_file_that_the_program_reaches_is_not_for_tests_only() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (path, text) in [
            ("src/lib.rs", "#[cfg(test)] mod t; #[cfg(test)] #[path = \"m.rs\"] mod u; mod m;"),
            ("src/m.rs", "struct A;"),
            ("src/t.rs", "mod inner;"),
            ("src/t/inner.rs", "struct B;"),
        ] {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), text).unwrap();
        }
        let roots = vec![root.join("src/lib.rs")];
        let package = Package { manifest: root.join("Cargo.toml"), roots, ..Package::default() };
        let sources = read(&package).unwrap();
        let items = sources.files.iter().flat_map(|file| &file.scan.items);
        let items: Vec<_> = items.map(|item| (item.name.as_str(), item.test_only)).collect();
        assert_eq!(items, [("A", false), ("B", true)]);
    }
}
