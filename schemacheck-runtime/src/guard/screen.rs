//! A refusal as operators read it: what is wrong and where in the code, why, what to run next, and how to override it.

use std::fmt::Write as _;

use schemacheck_core::finding::{Finding, count};
use schemacheck_core::ident::{printable, printable_lines};
use schemacheck_core::{Code, Severity};

use super::policy::VARIABLE;
use super::{Kind, Report};

/// What fits on a screen: findings in full, findings by name, places in Rust of each.
struct Limits {
    full: usize,
    named: usize,
    places: usize,
}

const SCREEN: Limits = Limits { full: 5, named: 8, places: 3 };
const NONE: Limits = Limits { full: usize::MAX, named: usize::MAX, places: usize::MAX };

impl Report {
    /// At most a screen.
    pub(super) fn screen(&self) -> String {
        self.render(&SCREEN)
    }

    /// All there is to say.
    pub(super) fn full(&self) -> String {
        self.render(&NONE)
    }

    fn render(&self, limits: &Limits) -> String {
        let mut text = format!("{}\n", self.headline());
        // What the ledger says is the cause of what is missing, and stands below it once.
        let is_cause = |finding: &&Finding| {
            matches!(
                finding.code,
                Code::LedgerBehind | Code::LedgerStamped | Code::LedgerOtherHead | Code::LedgerAhead
            )
        };
        let (causes, findings): (Vec<&Finding>, Vec<&Finding>) = self.findings().iter().partition(is_cause);
        let said = |cause: &String| causes.iter().any(|finding| finding.message == *cause);
        for finding in findings.iter().take(limits.full) {
            write_finding(&mut text, finding, limits, finding.cause.as_ref().filter(|cause| !said(cause)));
        }
        write_rest(&mut text, findings.get(limits.full..).unwrap_or_default(), limits);
        for finding in causes {
            write_finding(&mut text, finding, limits, None);
        }
        text.push('\n');
        self.write_facts(&mut text);
        text
    }

    fn write_facts(&self, text: &mut String) {
        let database = self.database();
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(text, "{:<9} {value}", format!("{key}:"));
        };
        line("database", &database.to_string());
        if let Some(name) = self.named_database() {
            line("models", &format!("those of `{}`", printable(name)));
        }
        if let Some(schema) = &database.schema {
            line("schema", &format!("`{}`", printable(schema)));
        }
        if let Some(server) = &database.server {
            let replica = match server.in_recovery {
                true => ", a replica: a fresh migration may not have arrived yet",
                false => "",
            };
            let user = printable(&server.user);
            line("server", &format!("PostgreSQL {}, user `{user}`{replica}", server.version()));
        }
        line("program", &self.binary().to_string());
        for step in self.next_steps() {
            line("next", &step);
        }
        let _ = write!(text, "override: {VARIABLE}=warn starts it all the same");
    }

    /// Commands that lead on.
    fn next_steps(&self) -> Vec<String> {
        let mut steps = Vec::new();
        let gravest = self.findings().iter().find(|finding| finding.severity == Severity::Error);
        if let Some(finding) = gravest {
            steps.push(format!(
                "`cargo schemacheck explain {}` says what it means and what mends it",
                finding.code
            ));
        }
        let executable = &self.binary().executable;
        if self.kind() == Kind::Drift && !executable.is_empty() {
            let database = self.named_database().map_or(String::new(), |name| {
                format!(" --database {}", schemacheck_core::snapshot::shell_word(name))
            });
            let schema = self.database().schema.as_ref().map_or(String::new(), |name| {
                format!(" --schema {}", schemacheck_core::snapshot::shell_word(name))
            });
            steps.push(format!(
                "`cargo schemacheck verify --artifact {}{database}{schema}` looks again and starts nothing",
                schemacheck_core::snapshot::shell_word(executable)
            ));
        }
        steps
    }
}

fn write_finding(text: &mut String, finding: &Finding, limits: &Limits, cause: Option<&String>) {
    let _ = writeln!(text, "\n{}", finding.headline());
    for place in finding.rust.iter().take(limits.places) {
        let field = place.field.as_ref().map_or(String::new(), |field| format!(", field `{field}`"));
        let (file, path) = (printable(&place.file), printable(&place.path));
        let _ = writeln!(text, "  --> {file}:{} (`{path}`{field})", place.line);
    }
    if finding.rust.len() > limits.places {
        let _ = writeln!(text, "  --> and {} more places", finding.rust.len() - limits.places);
    }
    for (word, lines) in [
        ("cause", cause.map_or(&[][..], std::slice::from_ref)),
        ("note", &finding.notes),
        ("help", &finding.help),
    ] {
        for line in lines {
            let _ = writeln!(text, "  {word}: {}", printable_lines(line).replace('\n', "\n    "));
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
}

/// The findings that are not said in full: by code and object.
fn write_rest(text: &mut String, rest: &[&Finding], limits: &Limits) {
    if rest.is_empty() {
        return;
    }
    let owned: Vec<Finding> = rest.iter().map(|finding| (*finding).clone()).collect();
    let (errors, warnings, infos) = count(&owned);
    let mut counts = Vec::new();
    for (n, word) in [(errors, "error"), (warnings, "warning")] {
        if n > 0 {
            counts.push(format!("{n} more {word}{}", if n == 1 { "" } else { "s" }));
        }
    }
    if infos > 0 {
        counts.push(format!("{infos} more info"));
    }
    let _ = writeln!(text, "\n{}:", counts.join(", "));
    for finding in rest.iter().take(limits.named) {
        let _ = writeln!(text, "  {}[{}] {}", finding.severity, finding.code, printable(&finding.object));
    }
    if rest.len() > limits.named {
        let left = rest.len() - limits.named;
        let _ = writeln!(text, "  and {left} more: `SCHEMACHECK_LOG=json` prints all");
    }
}
