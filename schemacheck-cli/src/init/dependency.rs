//! The dependency of the packages that get a derive: in their manifests, and in the one of the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::candidate::Verdict;
use super::choose::Judged;
use super::edit::CrateName;
use super::packages::{Dependency, Package, Workspace};
use super::{Change, Skipped, features, manifest};
use crate::directory::shown;
use crate::error::{Error, Result};

/// How a package names the crate, or will.
pub(super) fn crate_name(package: &Package) -> CrateName {
    let rename = package.dependency(manifest::NAME).and_then(|dependency| dependency.rename.clone());
    match rename.map(|name| name.replace('-', "_")) {
        Some(name) if name != manifest::NAME => {
            CrateName { word: Some(format!("crate = {name:?}")), path: name }
        }
        _ => CrateName { path: manifest::NAME.to_owned(), word: None },
    }
}

/// The manifests of the workspace, as they are and as they will be.
pub(super) struct Manifests {
    root: PathBuf,
    texts: BTreeMap<PathBuf, (String, String)>,
}

impl Manifests {
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let root = workspace.root.join("Cargo.toml");
        let mut texts = BTreeMap::new();
        for path in workspace.packages.iter().map(|package| &package.manifest).chain([&root]) {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Error::because(&format!("cannot read `{}`", shown(path)), &error))?;
            texts.insert(path.clone(), (text.clone(), text));
        }
        Ok(Self { root, texts })
    }

    fn current(&self, path: &Path) -> &str {
        self.texts.get(path).map_or("", |(_, text)| text)
    }

    /// Adds the dependency to a package, or the features that it lacks. Whether something was missing.
    pub(super) fn add(&mut self, package: &Package, conditions: &Conditions) -> Result<bool> {
        let known = package.of_every_system(manifest::NAME);
        let with = if known.is_some() { None } else { conditions.features(package) };
        let mut needed = features::needed(package, with.as_ref().unwrap_or(&BTreeSet::new()));
        let member = &package.manifest;
        let inherited = known.is_none() && manifest::inherits(self.current(member), self.current(&self.root));
        let (on, by_default) = match known {
            Some(known) => (known.features.clone(), known.default_features),
            None if inherited => manifest::of_workspace(self.current(&self.root)),
            None => (Vec::new(), true),
        };
        // Those that the workspace turns on count as well.
        needed.features.retain(|feature| !on.iter().any(|on| on == feature));
        if !by_default && !on.iter().any(|on| on == "derive") {
            needed.features.push("derive");
        }
        let key = known.map_or(manifest::NAME, Dependency::key);
        let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for feature in with.iter().flatten() {
            own.entry(feature.clone()).or_default().push(format!("dep:{key}"));
        }
        for (feature, of) in &needed.own {
            let of = of.iter().filter(|of| !on.iter().any(|on| on == *of));
            own.entry(feature.clone()).or_default().extend(of.map(|of| format!("{key}/{of}")));
        }
        own.retain(|_, values| !values.is_empty());
        let wrong = |path: &Path, problem: String| {
            let list = if needed.features.is_empty() {
                String::new()
            } else {
                format!(" --features {}", needed.features.join(","))
            };
            let name = &package.name;
            Error::new(format!("cannot add the dependency: `{}` {problem}", shown(path)))
                .help(format!("run `cargo add {} --package {name}{list}`, then this again", manifest::NAME))
        };
        if inherited {
            let text = manifest::with_workspace_version(self.current(&self.root))
                .map_err(|problem| wrong(&self.root, problem))?;
            self.set(&self.root.clone(), text);
        }
        let before = self.current(member);
        let text = if known.is_some() {
            manifest::with_features(before, key, &needed.features)
        } else if let Some(table) = &package.elsewhere {
            let place = shown(member);
            return Err(Error::new(format!(
                "cannot add the dependency: `{place}` has `{}` with a source of its own in `[{table}]`",
                manifest::NAME
            ))
            .help("cargo wants one source: name the same one in `[dependencies]`, then run this again"));
        } else {
            let new = manifest::New { inherited, optional: with.is_some() };
            manifest::with_dependency(before, new, &needed.features)
        };
        let implied = |feature: &str| package.features.get(feature).cloned().unwrap_or_default();
        let text = text.and_then(|text| manifest::with_own_features(&text, &own, implied));
        let text = text.map_err(|problem| wrong(member, problem))?;
        let is_changed = self.current(member) != text;
        self.set(member, text);
        Ok(is_changed)
    }

    fn set(&mut self, path: &Path, text: String) {
        self.texts.entry(path.to_owned()).and_modify(|(_, current)| *current = text);
    }

    pub(super) fn changes(self) -> impl Iterator<Item = Change> {
        let changed = self.texts.into_iter().filter(|(_, (before, after))| before != after);
        changed.map(|(path, (before, after))| Change { path, before, after })
    }
}

/// The conditions of the derives that a package gets, of each `cfg_attr`; none for one that always stands there.
pub(super) struct Conditions(BTreeSet<Option<String>>);

impl Conditions {
    pub(super) fn of(judged: &[&Judged<'_>]) -> Self {
        let condition = |judged: &&Judged<'_>| match &judged.verdict {
            Verdict::Adopt(adoption) => Some(adoption.condition.clone()),
            _ => None,
        };
        Self(judged.iter().filter_map(condition).collect())
    }

    /// Whether it gets none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The package's features, if the derives are there with one of these only.
    fn features(&self, package: &Package) -> Option<BTreeSet<String>> {
        let feature = |condition: &Option<String>| {
            let (name, value) = condition.as_deref()?.split_once('=')?;
            let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
            (name.trim() == "feature" && package.features.contains_key(value)).then(|| value.to_owned())
        };
        self.0.iter().map(feature).collect()
    }
}

/// What has to be done by hand for libraries that a package has on some systems only.
pub(super) fn of_some_systems(package: &Package) -> impl Iterator<Item = Skipped> {
    let file = shown(&package.manifest);
    let ours = package.dependencies.iter().filter(|dependency| dependency.name == manifest::NAME);
    let on: Vec<String> = ours.flat_map(|dependency| dependency.features.clone()).collect();
    let needed = features::needed(package, &BTreeSet::new()).of_target;
    needed.into_iter().filter_map(move |(library, features)| {
        let missing: Vec<String> = features
            .iter()
            .filter(|feature| !on.iter().any(|on| on == *feature))
            .map(|feature| format!("`{feature}`"))
            .collect();
        let reason = format!(
            "has `{library}` on some systems only: name `{}` in the same table, with the features {}",
            manifest::NAME,
            missing.join(", ")
        );
        let name = String::new();
        (!missing.is_empty()).then(|| Skipped { file: file.clone(), line: None, name, reason })
    })
}
