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
mod dependency;
mod edit;
mod features;
mod imports;
mod known;
mod manifest;
mod packages;
mod scan;
mod sources;
mod version_control;
mod write;

use candidate::{Context, SqlTypes, Verdict};
use choose::Judged;
use dependency::{Conditions, Manifests, crate_name, of_some_systems};
use edit::Insertion;
pub(crate) use known::Known;
use packages::{Package, Workspace};
use scan::{DieselTable, Item};
use sources::Sources;
pub(crate) use write::{Change, New, write};

/// What would be done, and what not.
#[derive(Debug, Default)]
pub(crate) struct Plan {
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
    version_control::check(&files, args.allow_dirty, args.allow_no_vcs)
}

/// Looks at the workspace around the current directory.
pub(crate) fn plan(args: &Init, known: &Known) -> Result<Plan> {
    // An expression of thousands of terms is read by as many calls within each other.
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK);
        let running = reader
            .spawn_scoped(scope, || plan_here(args, known))
            .map_err(|error| Error::because("cannot start a thread", &error))?;
        running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Of the thread that reads sources, in bytes: as much of it is taken as the deepest file needs.
const STACK: usize = 256 << 20;

fn plan_here(args: &Init, known: &Known) -> Result<Plan> {
    let workspace = Workspace::read(&args.packages)?;
    // A package that is named is meant as a whole, from wherever in the workspace.
    let whole = if args.packages.is_empty() { Path::new(".") } else { &workspace.root };
    let below = sources::canonical(args.path.as_deref().unwrap_or(whole))?;
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for package in &workspace.packages {
        let mut sources = sources::read(package)?;
        for file in &mut sources.files {
            file.chosen = package.chosen && file.path.starts_with(&below);
            file.again = file.chosen && !seen.insert(file.path.clone());
        }
        sources.unreadable.retain(|(path, _)| package.chosen && path.starts_with(&below));
        sources.outside.retain(|_| package.chosen);
        all.push(sources);
    }
    if let Some(path) = &args.path
        && !all.iter().flat_map(|sources| &sources.files).any(|file| file.path.starts_with(&below))
    {
        let known: Vec<_> = workspace.packages.iter().map(|package| shown(package.folder())).collect();
        return Err(Error::new(format!("no source file of the workspace lies below `{}`", shown(path)))
            .help(format!("its packages are in {}", known.join(", "))));
    }
    let mut plan = Plan::default();
    let judged = judge(&workspace, &all, known);
    let mut texts = Manifests::read(&workspace)?;
    for (at, package) in workspace.packages.iter().enumerate() {
        let of_package: Vec<&Judged<'_>> = judged.iter().filter(|judged| judged.package == at).collect();
        let conditions = Conditions::of(&of_package);
        plan.add_sources(package, &all[at], &of_package)?;
        if !conditions.is_empty() {
            if texts.add(package, &conditions)? {
                plan.packages.push(package.name.clone());
            }
            plan.skipped.extend(of_some_systems(package));
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
        for (at, source) in
            sources.files.iter().enumerate().filter(|(_, source)| source.chosen && !source.again)
        {
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
            again: false,
        };
        let files = vec![
            source("struct User; struct Post; fn f() { query_as!(User, \"\"); query_as!(db::Post, \"\"); }"),
            source("mod api { struct User; }"),
        ];
        let sources = Sources { files, ..Sources::default() };
        assert_eq!(loaded(&sources), BTreeSet::from(["Post"]));
    }
}
