//! The verdicts, held against what the libraries do.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use schemacheck::Code;
use schemacheck_core::Manifest;
use schemacheck_core::manifest::Sort;
use schemacheck_runtime::registry;

use crate::known::{KNOWN, Moment};
use crate::start::Verdicts;
use crate::trial::{Does, Trial};

/// One model after one change.
struct Row {
    change: &'static str,
    service: &'static str,
    model: String,
    /// What the library really did.
    library: Result<(), String>,
    /// What we found, at each moment.
    found: BTreeMap<Moment, BTreeSet<&'static str>>,
}

impl Row {
    /// Whether a verdict is not what the library did.
    fn is_wrong(&self, moment: Moment) -> bool {
        self.found[&moment].is_empty() != self.library.is_ok()
    }

    fn known(&self, moment: Moment) -> Option<usize> {
        KNOWN.iter().position(|known| {
            let is_model = |model: &&str| self.model.ends_with(&format!("::{model}"));
            known.changes.contains(&self.change)
                && known.services.contains(&self.service)
                && known.moments.contains(&moment)
                && known.models.iter().any(is_model)
        })
    }
}

/// All models after all changes.
pub(crate) struct Table {
    manifests: Vec<Manifest>,
    rows: Vec<Row>,
    /// The models that a query used, and the types of their columns.
    tried: BTreeSet<String>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self {
            manifests: registry::manifests().expect("the records can be read"),
            rows: Vec::new(),
            tried: BTreeSet::new(),
        }
    }

    /// Panics of a verdict on anything else than the models and types that are known.
    pub(crate) fn know(&self, verdicts: &Verdicts) {
        for path in verdicts.keys() {
            assert!(
                self.manifests.iter().any(|manifest| manifest.path == *path),
                "there is no model `{path}`"
            );
        }
    }

    /// What the models of one service did after a change, and what was found.
    pub(crate) fn add(
        &mut self,
        change: &'static str,
        service: &'static str,
        trials: Vec<Trial>,
        start: &Verdicts,
        build: &Verdicts,
    ) {
        for trial in trials {
            let models: Vec<&str> =
                std::iter::once(&trial.model).chain(&trial.parts).map(String::as_str).collect();
            let found = [(Moment::Start, start), (Moment::Build, build)].map(|(moment, verdicts)| {
                let codes = models.iter().flat_map(|model| self.codes(model, trial.does, verdicts));
                (moment, codes.collect())
            });
            let types = models.iter().flat_map(|model| self.types(model)).map(|named| named.path.clone());
            let tried: Vec<String> = types.chain(models.iter().map(|model| (*model).to_owned())).collect();
            self.tried.extend(tried);
            let Trial { model, result: library, .. } = trial;
            self.rows.push(Row { change, service, model, library, found: found.into() });
        }
    }

    /// What was found about a model, and about the types of its columns as far as it concerns this model.
    fn codes(&self, model: &str, does: Does, verdicts: &Verdicts) -> BTreeSet<&'static str> {
        let found = |path: &str| verdicts.get(path).into_iter().flatten().copied();
        let of_types = self.types(model).into_iter().flat_map(|named| found(&named.path));
        let codes = found(model).chain(of_types.filter(|code| concerns(*code, does, model)));
        codes.map(Code::id).collect()
    }

    /// The enums, composite types and domains that the fields of a model name.
    fn types(&self, model: &str) -> Vec<&Manifest> {
        let package = |path: &str| path.split("::").next().map(str::to_owned);
        let columns = self.manifests.iter().filter(|manifest| manifest.path == model);
        let columns = columns.flat_map(|manifest| &manifest.columns);
        let words =
            columns.flat_map(|column| column.rust_type.split(|c: char| !c.is_alphanumeric() && c != '_'));
        let words: BTreeSet<&str> = words.collect();
        let types = self.manifests.iter().filter(|manifest| manifest.sort != Sort::Model);
        let types =
            types.filter(|named| named.path.rsplit("::").next().is_some_and(|name| words.contains(name)));
        types.filter(|named| package(&named.path) == package(model)).collect()
    }

    /// Prints the table, past the capture of the test runner: the counts are to be seen when all is well too.
    pub(crate) fn print(&self) {
        let services: BTreeSet<&str> = self.rows.iter().map(|row| row.service).collect();
        let mut changes: Vec<&str> = self.rows.iter().map(|row| row.change).collect();
        changes.dedup();
        let line = |change: &str, cells: Vec<String>| {
            let cells: String = cells.iter().map(|cell| format!("  {cell:<18}")).collect();
            format!("{change:<40}{cells}").trim_end().to_owned() + "\n"
        };
        let mut text =
            "\nmodels that break, of all of a service; +start,build: false alarms; -start,build: misses\n\n"
                .to_owned();
        text += &line("", services.iter().map(|service| (*service).to_owned()).collect());
        for change in changes {
            text += &line(change, services.iter().map(|service| self.cell(change, service)).collect());
        }
        for moment in [Moment::Start, Moment::Build] {
            let wrong: Vec<&Row> = self.rows.iter().filter(|row| row.is_wrong(moment)).collect();
            let known = wrong.iter().filter(|row| row.known(moment).is_some()).count();
            let misses = wrong.iter().filter(|row| row.library.is_err()).count();
            let broken = self.rows.iter().filter(|row| row.library.is_err()).count();
            text += &format!(
                "agreement {}: {} of {} verdicts, {known} known disagreements; {} of {broken} breaks found\n",
                moment.name(),
                self.rows.len() - wrong.len(),
                self.rows.len(),
                broken - misses
            );
        }
        std::io::stdout().lock().write_all(text.as_bytes()).expect("the table can be printed");
    }

    /// How many models of a service a change breaks, and where a verdict is wrong.
    fn cell(&self, change: &str, service: &str) -> String {
        let of = |row: &&Row| row.change == change && row.service == service;
        let rows: Vec<&Row> = self.rows.iter().filter(of).collect();
        let broken = rows.iter().filter(|row| row.library.is_err()).count();
        let mut cell = format!("{broken} of {}", rows.len());
        for (sign, is_miss) in [('+', false), ('-', true)] {
            let [start, build] = [Moment::Start, Moment::Build].map(|moment| {
                let wrong = rows.iter().filter(|row| row.is_wrong(moment));
                wrong.filter(|row| row.library.is_err() == is_miss).count()
            });
            if start + build > 0 {
                cell += &format!(" {sign}{start},{build}");
            }
        }
        cell
    }

    /// Panics of each disagreement without a reason, of each reason without a disagreement, and of each model that no
    /// query used.
    pub(crate) fn check(&self) {
        let mut wrong = String::new();
        let mut used = BTreeSet::new();
        let moments = [Moment::Start, Moment::Build];
        let verdicts = self.rows.iter().flat_map(|row| moments.map(|moment| (row, moment)));
        for (row, moment) in verdicts.filter(|(row, moment)| row.is_wrong(*moment)) {
            if let Some(known) = row.known(moment) {
                used.insert(known);
                continue;
            }
            let library = row.library.as_ref().err().map_or("works", String::as_str);
            let (codes, moment) = (&row.found[&moment], moment.name());
            wrong += &format!("{}: {}: {moment} {codes:?}, the library: {library}\n", row.change, row.model);
        }
        for (_, known) in KNOWN.iter().enumerate().filter(|(number, _)| !used.contains(number)) {
            let (changes, services, why) = (known.changes, known.services, known.why);
            wrong += &format!("known, and does not happen: {changes:?}, {services:?}: {why}\n");
        }
        for manifest in &self.manifests {
            if !self.tried.contains(&manifest.path) {
                wrong += &format!("no query uses `{}`\n", manifest.path);
            }
        }
        assert!(wrong.is_empty(), "verdicts that are not what the libraries do:\n{wrong}");
    }
}

/// Whether what was found about a type concerns a model with a column of it.
///
/// A label without a variant breaks who reads it, a variant without a label who writes it. postgres-types compares all
/// labels before it reads or writes any.
fn concerns(code: Code, does: Does, model: &str) -> bool {
    match code {
        _ if model.starts_with("service_tokio_postgres::") => true,
        Code::MissingLabel => does != Does::Write,
        Code::UnknownLabel => does != Does::Read,
        _ => true,
    }
}
