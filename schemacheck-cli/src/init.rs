//! What `init` would add to a workspace: derives to the structs and enums whose tables and types the snapshot knows, and
//! the dependency to their packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schemacheck_core::snapshot::{self, CATALOG_FILE};

use crate::args::Init;
use crate::database;
use crate::directory::{self, shown};
use crate::error::{Error, Result};

mod attribute;
mod candidate;
mod choose;
mod edit;
mod features;
mod known;
mod manifest;
mod packages;
mod scan;
mod sources;
mod version_control;
mod write;

use candidate::{Context, SqlTypes, Verdict};
use choose::Judged;
use edit::{CrateName, Insertion};
pub(crate) use known::Known;
use packages::{Package, Workspace};
use scan::{DieselTable, Item};
use sources::Sources;
pub(crate) use write::{Change, write};

/// What would be done, and what not.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The root of the workspace.
    pub(crate) root: PathBuf,
    /// The files, with their new text.
    pub(crate) changes: Vec<Change>,
    /// How many structs become models, and how many enums and other types of columns get a derive.
    pub(crate) models: usize,
    pub(crate) enums: usize,
    pub(crate) types: usize,
    /// Packages that get the dependency, or features of it.
    pub(crate) packages: Vec<String>,
    /// How many structs and enums have a derive of ours already.
    pub(crate) already: usize,
    /// What is left alone, with the reason.
    pub(crate) skipped: Vec<Skipped>,
    /// Files that could not be looked at, with the reason.
    pub(crate) unreadable: Vec<(String, String)>,
}

/// A struct or enum that is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// The file, as messages name it.
    pub(crate) file: String,
    /// None of the file as a whole.
    pub(crate) line: Option<usize>,
    pub(crate) name: String,
    pub(crate) reason: String,
}

impl Known {
    /// The snapshots in a directory; none if none was taken yet.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let mut databases = Vec::new();
        for database in [None].into_iter().chain(database::with_snapshot(directory).into_iter().map(Some)) {
            let folder = snapshot::of_database(directory, database.as_deref());
            if folder.join(CATALOG_FILE).is_file() {
                let catalog = directory::read(&folder, database.as_deref())?;
                databases.push((database, catalog));
            }
        }
        Ok(Self { databases })
    }

    /// Whether no snapshot was taken yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.databases.is_empty()
    }
}

/// Refuses to write where nothing could bring back what was there.
pub(crate) fn check_version_control(plan: &Plan, args: &Init) -> Result<()> {
    let files: Vec<PathBuf> = plan.changes.iter().map(|change| change.path.clone()).collect();
    version_control::check(&plan.root, &files, args.allow_dirty, args.allow_no_vcs)
}

/// Looks at the workspace around the current directory.
pub(crate) fn plan(args: &Init, known: &Known) -> Result<Plan> {
    let workspace = Workspace::read(&args.packages)?;
    let below = sources::canonical(&args.path)?;
    let mut all = Vec::new();
    for package in &workspace.packages {
        let mut sources = sources::read(package)?;
        for file in &mut sources.files {
            file.chosen = package.chosen && file.path.starts_with(&below);
        }
        sources.unreadable.retain(|(path, _)| package.chosen && path.starts_with(&below));
        sources.outside.retain(|_| package.chosen);
        all.push(sources);
    }
    let mut plan = Plan { root: workspace.root.clone(), ..Plan::default() };
    let judged = judge(&workspace, &all, known);
    let mut texts = Manifests::read(&workspace)?;
    for (at, package) in workspace.packages.iter().enumerate() {
        let of_package: Vec<&Judged<'_>> = judged.iter().filter(|judged| judged.package == at).collect();
        let adopts = of_package.iter().any(|judged| matches!(judged.verdict, Verdict::Adopt(_)));
        plan.add_sources(package, &all[at], &of_package)?;
        if adopts && texts.add(package)? {
            plan.packages.push(package.name.clone());
        }
        let outside = all[at].outside.iter().map(|path| Skipped {
            file: shown(path),
            line: None,
            name: String::new(),
            reason: "lies outside of the package".to_owned(),
        });
        plan.skipped.extend(outside);
        let unreadable = all[at].unreadable.iter().map(|(path, reason)| (shown(path), reason.clone()));
        plan.unreadable.extend(unreadable);
    }
    plan.changes.extend(texts.changes());
    plan.skipped.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(plan)
}

/// What every struct and enum comes to.
fn judge<'a>(workspace: &Workspace, all: &'a [Sources], known: &Known) -> Vec<Judged<'a>> {
    let files = || all.iter().flat_map(|sources| &sources.files).filter(|file| file.reached);
    let mut tables: BTreeMap<String, Vec<DieselTable>> = BTreeMap::new();
    for table in files().flat_map(|file| &file.scan.tables) {
        tables.entry(table.module.clone()).or_default().push(table.clone());
    }
    let mut sql_types = SqlTypes::default();
    files().flat_map(|file| &file.scan.items).for_each(|item| sql_types.add(item));
    let mut judged = Vec::new();
    for (package, sources) in all.iter().enumerate() {
        let of = &workspace.packages[package];
        let loaded = loaded(sources);
        let context = Context { known, package: of, tables: &tables, sql_types: &sql_types, loaded: &loaded };
        for (file, source) in sources.files.iter().enumerate().filter(|(_, source)| source.reached) {
            // What was not asked for stays as it is.
            let verdict = |item: &Item| match candidate::judge(item, &context) {
                verdict if source.chosen || verdict == Verdict::Already => verdict,
                _ => Verdict::Nothing,
            };
            judged.extend(source.scan.items.iter().map(|item| Judged {
                package,
                file,
                item,
                verdict: verdict(item),
            }));
        }
    }
    choose::settle(&mut judged, known);
    judged
}

impl Plan {
    /// The changes of a package's sources, and what is skipped there.
    fn add_sources(&mut self, package: &Package, sources: &Sources, judged: &[&Judged<'_>]) -> Result<()> {
        let name = crate_name(package);
        for (at, source) in sources.files.iter().enumerate().filter(|(_, source)| source.chosen) {
            let file = shown(&source.path);
            let skip = |name: &str, line: usize, reason: &str| Skipped {
                file: file.clone(),
                line: Some(line),
                name: name.to_owned(),
                reason: reason.to_owned(),
            };
            if !source.reached {
                let mapped =
                    source.scan.items.iter().filter(|item| item.derives_any(candidate::MAPPING_DERIVES));
                let reason = "lies in a file that no `mod` of the package reaches";
                self.skipped.extend(mapped.map(|item| skip(&item.name, item.line, reason)));
                continue;
            }
            let in_macros = source.scan.macros.iter();
            self.skipped.extend(in_macros.map(|(name, line)| {
                skip(
                    &format!("{name}!"),
                    *line,
                    "is a macro that makes structs or types of rows: write the derive in it",
                )
            }));
            let mut insertions: Vec<Insertion> = Vec::new();
            for judged in judged.iter().filter(|judged| judged.file == at) {
                let item = judged.item;
                match &judged.verdict {
                    Verdict::Already => self.already += 1,
                    Verdict::Skip(reason) => self.skipped.push(skip(&item.name, item.line, reason)),
                    Verdict::Adopt(adoption) => {
                        match adoption.derive {
                            "Model" => self.models += 1,
                            "PgEnum" => self.enums += 1,
                            _ => self.types += 1,
                        }
                        insertions.push(edit::insertion(&source.text, item, adoption, &name));
                    }
                    _ => {}
                }
            }
            if !insertions.is_empty() {
                let after = edit::apply(&source.text, &insertions);
                // A place that was misunderstood must never reach a file.
                scan::scan(&after).map_err(|error| {
                    Error::new(format!("cannot edit `{file}`: {error}; nothing was written"))
                })?;
                let (path, before) = (source.path.clone(), source.text.clone());
                self.changes.push(Change { path, before, after });
            }
        }
        Ok(())
    }
}

/// How a package names the crate, or will.
fn crate_name(package: &Package) -> CrateName {
    let rename = package.dependency(manifest::NAME).and_then(|dependency| dependency.rename.clone());
    match rename.map(|name| name.replace('-', "_")) {
        Some(name) if name != manifest::NAME => {
            CrateName { word: Some(format!("crate = {name:?}")), path: name }
        }
        _ => CrateName { path: manifest::NAME.to_owned(), word: None },
    }
}

/// The manifests of the workspace, as they are and as they will be.
struct Manifests {
    root: PathBuf,
    texts: BTreeMap<PathBuf, (String, String)>,
}

impl Manifests {
    fn read(workspace: &Workspace) -> Result<Self> {
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
    fn add(&mut self, package: &Package) -> Result<bool> {
        let mut features = features::needed(package);
        let known = package.dependency(manifest::NAME).filter(|dependency| !dependency.target);
        if let Some(known) = known {
            // Those that the workspace turns on count as well.
            features.retain(|feature| !known.features.iter().any(|on| on == feature));
            if !known.default_features && !known.features.iter().any(|on| on == "derive") {
                features.push("derive");
            }
            if features.is_empty() {
                return Ok(false);
            }
        }
        let key = known.map(|known| known.rename.as_deref().unwrap_or(manifest::NAME));
        let wrong = |path: &Path, problem: String| {
            let list = if features.is_empty() {
                String::new()
            } else {
                format!(" --features {}", features.join(","))
            };
            let name = &package.name;
            Error::new(format!("cannot add the dependency: `{}` {problem}", shown(path)))
                .help(format!("run `cargo add {} --package {name}{list}`, then this again", manifest::NAME))
        };
        let member = &package.manifest;
        let inherited = key.is_none() && manifest::inherits(self.current(member), self.current(&self.root));
        if inherited {
            let text = manifest::with_workspace_version(self.current(&self.root))
                .map_err(|problem| wrong(&self.root, problem))?;
            self.set(&self.root.clone(), text);
        }
        let text = manifest::with_dependency(self.current(member), key, inherited, &features)
            .map_err(|problem| wrong(member, problem))?;
        self.set(member, text);
        Ok(true)
    }

    fn set(&mut self, path: &Path, text: String) {
        self.texts.entry(path.to_owned()).and_modify(|(_, current)| *current = text);
    }

    fn changes(self) -> impl Iterator<Item = Change> {
        let changed = self.texts.into_iter().filter(|(_, (before, after))| before != after);
        changed.map(|(path, (before, after))| Change { path, before, after })
    }
}

/// The structs that `query_as!` makes in a package, as far as the name says which they are: a program may have several of
/// one name, such as a row and what is sent to a browser.
fn loaded(sources: &Sources) -> BTreeSet<&str> {
    let items = || sources.files.iter().flat_map(|file| &file.scan.items);
    let loaded = sources.files.iter().flat_map(|file| &file.scan.loaded).map(String::as_str);
    loaded.filter(|name| items().filter(|item| item.name == *name).count() == 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_two_structs_have_says_not_which_is_loaded() {
        let source = |text: &str| sources::Source {
            path: "src/lib.rs".into(),
            text: text.to_owned(),
            scan: scan::scan(text).unwrap(),
            reached: true,
            chosen: true,
        };
        let files = vec![
            source("struct User; struct Post; fn f() { query_as!(User, \"\"); query_as!(db::Post, \"\"); }"),
            source("mod api { struct User; }"),
        ];
        let sources = Sources { files, ..Sources::default() };
        assert_eq!(loaded(&sources), BTreeSet::from(["Post"]));
    }
}
