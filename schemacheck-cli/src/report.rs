//! Findings to people and machines. The only place that prints: reports to standard output, the rest to standard
//! error.

use std::io::Write;
use std::sync::OnceLock;

use schemacheck_core::finding::{self, Finding, counted, plural, wording};
use schemacheck_core::ident::printable_lines;
use schemacheck_core::manifest::Sort;
use schemacheck_core::{Manifest, Severity};
use schemacheck_runtime::introspect::guard::ServerFacts;

use crate::args::Format;
use crate::artifact::Artifact;
use crate::error::Error;

pub(crate) mod adoption;
mod human;
mod json;

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// No finding of error severity.
    Fine,
    /// Some.
    Findings,
    /// Something could not be looked at.
    Unreadable,
}

impl Outcome {
    /// The exit status.
    pub(crate) fn status(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Unreadable => 2,
        }
    }
}

/// What a command has to say.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The subcommand.
    pub(crate) command: &'static str,
    /// One entry a database that was, or was to be, looked at.
    pub(crate) databases: Vec<Database>,
    /// Findings of a command that looks at no database.
    pub(crate) findings: Vec<Finding>,
    /// The files that the models were read from.
    pub(crate) artifacts: Vec<Artifact>,
    /// What else is to be said, each with what to do.
    pub(crate) notes: Vec<(String, String)>,
    /// How many models and columns were judged.
    pub(crate) checked: Option<(usize, usize)>,
    /// The last line for people when there is no finding of error severity; what was checked stands before it.
    pub(crate) conclusion: String,
}

/// A database and its findings.
#[derive(Debug, Default)]
pub(crate) struct Database {
    /// What people call it, where they gave it a name.
    pub(crate) target: Option<String>,
    /// The schema of models that name none, where one was given.
    pub(crate) schema: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) server: Option<ServerFacts>,
    /// Why it could not be looked at.
    pub(crate) unreadable: bool,
    pub(crate) findings: Vec<Finding>,
}

/// The notes where no cause can be named, since nothing is known of a ledger.
pub(crate) fn no_known_ledger(of: &str, section: &str) -> Vec<(String, String)> {
    vec![(wording::no_known_ledger(of), wording::name_the_ledger(section))]
}

impl Report {
    fn all(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.databases.iter().flat_map(|database| &database.findings))
    }

    /// Errors, warnings and informations.
    fn summary(&self) -> (usize, usize, usize) {
        let of = |severity| self.all().filter(|finding| finding.severity == severity).count();
        (of(Severity::Error), of(Severity::Warning), of(Severity::Info))
    }

    /// How many of the columns the build did not check. Databases may have more or less of them.
    fn unjudged(&self) -> usize {
        let databases = self.databases.iter().map(|database| finding::unjudged(&database.findings));
        finding::unjudged(&self.findings) + databases.max().unwrap_or_default()
    }

    /// What was checked, as a phrase: `3 models (12 columns)`.
    fn size(&self) -> String {
        let Some((models, columns)) = self.checked else { return String::new() };
        let unjudged = match self.unjudged() {
            0 => String::new(),
            unjudged => format!(", {unjudged} unjudged"),
        };
        format!("{} ({}{unjudged})", plural(models, "model"), plural(columns, "column"))
    }

    /// The exit status: what could not be looked at weighs more than what was found.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.databases.iter().any(|database| database.unreadable) {
            Outcome::Unreadable
        } else if self.summary().0 > 0 {
            Outcome::Findings
        } else {
            Outcome::Fine
        }
    }

    /// Prints it, and returns what it comes to.
    pub(crate) fn print(&self, format: Format) -> Outcome {
        match format {
            Format::Human => stdout(&human::render(self)),
            Format::Json => stdout(&json::render(self)),
        }
        self.outcome()
    }
}

/// How many models and columns there are.
pub(crate) fn size(manifests: &[Manifest]) -> (usize, usize) {
    let models = manifests.iter().filter(|manifest| manifest.sort == Sort::Model);
    (models.clone().count(), models.map(|manifest| manifest.columns.len()).sum())
}

/// Writes to standard output. What cannot be written is kept for the end, since hardly a caller could go on in another
/// way: see [`lost`].
#[allow(clippy::print_stdout, reason = "the one place that prints")]
pub(crate) fn stdout(text: &str) {
    let mut out = anstream::stdout().lock();
    keep("standard output", out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

fn stderr(text: &str) {
    let mut out = anstream::stderr().lock();
    keep("standard error", out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// The first output that was lost, and why.
static LOST: OnceLock<String> = OnceLock::new();

fn keep(what: &str, written: std::io::Result<()>) {
    if let Err(error) = written {
        let _ = LOST.set(format!("cannot write to {what}: {error}"));
    }
}

/// Whether something could not be printed, such as into a pipe that its reader closed: what nobody was told is not fine.
/// Says so, as far as that can be said.
pub(crate) fn lost() -> bool {
    let Some(problem) = LOST.get() else { return false };
    error(&Error::new(problem.clone()));
    true
}

/// What the parser of arguments has to say: help, version, or what is wrong with them.
pub(crate) fn usage(said: &clap::Error) -> Outcome {
    let (what, flushed): (_, fn() -> std::io::Result<()>) = match said.use_stderr() {
        true => ("standard error", || std::io::stderr().flush()),
        false => ("standard output", || std::io::stdout().flush()),
    };
    keep(what, said.print().and_then(|()| flushed()));
    if said.use_stderr() { Outcome::Unreadable } else { Outcome::Fine }
}

/// An error of the command itself.
pub(crate) fn error(error: &Error) {
    let mut text = human::headline(Severity::Error, None, &error.message);
    let notes = error.notes.iter().map(|note| ("note", note));
    for (word, line) in notes.chain(error.help.iter().map(|help| ("help", help))) {
        text.push_str(&format!("  = {word}: {}\n", printable_lines(line)));
    }
    stderr(&text);
}

/// A remark that changes nothing.
pub(crate) fn remark(severity: Severity, text: &str) {
    stderr(&human::headline(severity, None, text));
}

/// What goes on, for what may take over a second.
pub(crate) fn progress(text: &str) {
    stderr(&format!("schemacheck: {}\n", printable_lines(text)));
}

/// Lines of another program.
pub(crate) fn pass_on(text: &str) {
    stderr(text);
}

/// The counts as a sentence: `2 errors, 1 warning`.
fn counts(findings: &[Finding]) -> String {
    let phrases = counted(findings, "");
    if phrases.is_empty() { "no findings".to_owned() } else { phrases.join(", ") }
}
