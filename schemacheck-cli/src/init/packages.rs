//! The packages of the workspace, as cargo knows them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use schemacheck_core::suggest;
use serde_json::Value;

use super::manifest::NAME;
use crate::directory::cargo;
use crate::error::{Error, Result};

/// The workspace.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) root: PathBuf,
    /// All of them, also those that were not asked for: what stands in them is said of the others.
    pub(super) packages: Vec<Package>,
}

/// A package.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest: PathBuf,
    /// The first files of its libraries and programs.
    pub(super) roots: Vec<PathBuf>,
    pub(super) dependencies: Vec<Dependency>,
    /// Its own features, with those of optional dependencies, and what each turns on.
    pub(super) features: BTreeMap<String, Vec<String>>,
    /// Where the crate stands with a source of its own, other than in `[dependencies]`.
    pub(super) elsewhere: Option<String>,
    /// Whether it was asked for.
    pub(super) chosen: bool,
}

/// What a package depends on, other than for tests and build scripts.
#[derive(Clone, Debug, Default)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// The name in the code, where that is another one.
    pub(super) rename: Option<String>,
    /// `^1.2`
    pub(super) requirement: String,
    pub(super) features: Vec<String>,
    pub(super) default_features: bool,
    /// Turned on by a feature.
    pub(super) optional: bool,
    /// For some systems only.
    pub(super) target: bool,
}

impl Dependency {
    /// The name that it has in the manifest.
    pub(super) fn key(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }
}

impl Package {
    /// The folder of its `Cargo.toml`.
    pub(super) fn folder(&self) -> &Path {
        self.manifest.parent().unwrap_or(Path::new("."))
    }

    /// What it depends on under a crate's own name.
    pub(super) fn dependency(&self, name: &str) -> Option<&Dependency> {
        self.dependencies.iter().find(|dependency| dependency.name == name)
    }

    /// The same, where it depends on it on every system.
    pub(super) fn of_every_system(&self, name: &str) -> Option<&Dependency> {
        self.dependencies.iter().find(|dependency| dependency.name == name && !dependency.target)
    }
}

impl Workspace {
    /// Asks cargo. All packages are chosen, unless some are named.
    pub(super) fn read(names: &[String]) -> Result<Self> {
        let output = Command::new(cargo())
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .output()
            .map_err(|error| Error::because("cannot run cargo", &error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim().trim_start_matches("error: ").to_owned();
            return Err(Error::new(format!("`cargo metadata` failed: {said}")));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| Error::because("cannot read what `cargo metadata` says", &error))?;
        Self::parse(&metadata, names)
    }

    fn parse(metadata: &Value, names: &[String]) -> Result<Self> {
        let root = PathBuf::from(metadata["workspace_root"].as_str().unwrap_or_default());
        let mut packages: Vec<Package> = list(&metadata["packages"]).map(package).collect();
        let unknown = names.iter().find(|name| !packages.iter().any(|package| package.name == **name));
        if let Some(unknown) = unknown {
            let error = Error::new(format!("cannot find package `{unknown}` in the workspace"));
            let known = packages.iter().map(|package| package.name.as_str());
            return Err(match suggest::nearest(unknown, known) {
                Some(similar) => error.help(format!("a package with a similar name exists: `{similar}`")),
                None => error,
            });
        }
        for package in &mut packages {
            package.chosen = names.is_empty() || names.contains(&package.name);
        }
        packages.sort_by(|a, b| a.manifest.cmp(&b.manifest));
        Ok(Self { root, packages })
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The table of a dependency on our crate, if it comes from a path or a repository: cargo wants the same source everywhere.
fn own_source(dependency: &Value) -> Option<String> {
    let of_registry = dependency["source"].as_str().is_some_and(|source| source.starts_with("registry+"));
    let table = match dependency["kind"].as_str() {
        Some(kind) => format!("{kind}-dependencies"),
        None => "dependencies".to_owned(),
    };
    let table = match dependency["target"].as_str() {
        Some(target) => format!("target.'{target}'.{table}"),
        None => table,
    };
    (dependency["name"] == NAME && !of_registry && table != "dependencies").then_some(table)
}

fn package(value: &Value) -> Package {
    // Models of tests and examples are no part of the program; a proc macro and a build script have no rows.
    let is_program = |target: &&Value| {
        let of = |kinds: &[&str]| {
            list(&target["kind"]).filter_map(Value::as_str).any(|kind| kinds.contains(&kind))
        };
        of(&["lib", "rlib", "dylib", "cdylib", "staticlib", "bin"])
    };
    let roots = list(&value["targets"]).filter(is_program);
    let is_normal = |dependency: &&Value| dependency["kind"].is_null();
    let dependency = |value: &Value| Dependency {
        name: text(&value["name"]),
        rename: value["rename"].as_str().map(str::to_owned),
        requirement: text(&value["req"]),
        features: list(&value["features"]).map(text).collect(),
        default_features: value["uses_default_features"] != false,
        optional: value["optional"] == true,
        target: !value["target"].is_null(),
    };
    let features = value["features"].as_object().into_iter().flatten();
    Package {
        name: text(&value["name"]),
        features: features.map(|(name, on)| (name.clone(), list(on).map(text).collect())).collect(),
        elsewhere: list(&value["dependencies"]).find_map(own_source),
        manifest: PathBuf::from(text(&value["manifest_path"])),
        roots: roots.map(|target| PathBuf::from(text(&target["src_path"]))).collect(),
        dependencies: list(&value["dependencies"]).filter(is_normal).map(dependency).collect(),
        chosen: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Value {
        serde_json::json!({
            "workspace_root": "/w",
            "packages": [
                {"name": "b", "manifest_path": "/w/b/Cargo.toml", "targets": [
                    {"kind": ["lib"], "src_path": "/w/b/src/lib.rs"},
                    {"kind": ["test"], "src_path": "/w/b/tests/t.rs"},
                    {"kind": ["custom-build"], "src_path": "/w/b/build.rs"}],
                 "dependencies": [
                    {"name": "sqlx", "req": "^0.8", "features": ["uuid"], "kind": null, "target": null,
                     "rename": "db", "uses_default_features": false, "optional": true},
                    {"name": "schemacheck", "req": "*", "features": [], "kind": "dev", "target": "cfg(unix)",
                     "source": null},
                    {"name": "tempfile", "req": "*", "features": [], "kind": "dev", "target": null}],
                 "features": {"ssr": ["dep:db"]}},
                {"name": "a", "manifest_path": "/w/a/Cargo.toml", "targets": [],
                 "dependencies": []},
            ],
        })
    }

    #[test]
    fn packages_have_programs_and_dependencies() {
        let workspace = Workspace::parse(&metadata(), &[]).unwrap();
        assert_eq!(workspace.root, Path::new("/w"));
        let [a, b] = &workspace.packages[..] else { panic!("{workspace:?}") };
        assert_eq!((a.name.as_str(), a.roots.len()), ("a", 0));
        assert_eq!(b.roots, [Path::new("/w/b/src/lib.rs")]);
        assert_eq!(b.folder(), Path::new("/w/b"));
        let [sqlx] = &b.dependencies[..] else { panic!("{b:?}") };
        assert_eq!((sqlx.key(), sqlx.default_features, sqlx.optional), ("db", false, true));
        assert_eq!(b.features, BTreeMap::from([("ssr".to_owned(), vec!["dep:db".to_owned()])]));
        assert_eq!(b.elsewhere.as_deref(), Some("target.'cfg(unix)'.dev-dependencies"));
        assert_eq!(a.elsewhere, None);
        // One for some systems does not hide the one for all.
        let of = |target| Dependency { name: "x".into(), target, ..Dependency::default() };
        let both = Package { dependencies: vec![of(true), of(false)], ..Package::default() };
        assert!(both.of_every_system("x").is_some());
        let some = Package { dependencies: vec![of(true)], ..Package::default() };
        assert!(some.of_every_system("x").is_none() && some.dependency("x").is_some());
    }

    #[test]
    fn a_package_is_chosen_by_name() {
        let workspace = Workspace::parse(&metadata(), &["b".to_owned()]).unwrap();
        let chosen: Vec<bool> = workspace.packages.iter().map(|package| package.chosen).collect();
        assert_eq!(chosen, [false, true]);
        let error = Workspace::parse(&metadata(), &["c".to_owned()]).unwrap_err();
        assert_eq!(error.message, "cannot find package `c` in the workspace");
    }
}
