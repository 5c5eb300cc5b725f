//! A refusal as operators read it: what is wrong and where in the code, why, what to run next, and how to override it.

use std::fmt::Write as _;

use schemacheck_core::finding::{Finding, counted};
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
        // What the ledger says is the cause of what is missing, and stands below it once; so does any other cause.
        let is_cause = |finding: &&Finding| {
            let of_the_ledger = matches!(
                finding.code,
                Code::LedgerBehind
                    | Code::LedgerStamped
                    | Code::LedgerOther
                    | Code::LedgerOtherHead
                    | Code::LedgerAhead
                    | Code::LedgerFailed
            );
            of_the_ledger
                || self.findings().iter().any(|other| other.cause.as_ref() == Some(&finding.message))
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
        // Nothing is said of what nobody asked.
        let is_asked = matches!(self.kind(), Kind::Drift | Kind::Unreadable);
        if is_asked || database.target.is_some() {
            line("database", &database.to_string());
        }
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
        if self.is_overridable() {
            line("override", &format!("{VARIABLE}=warn starts it all the same"));
        }
        text.truncate(text.trim_end().len());
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
            let strict = if self.is_strict() { " --strict" } else { "" };
            steps.push(format!(
                "`cargo schemacheck verify --artifact {}{database}{schema}{strict}` looks again and starts nothing",
                schemacheck_core::snapshot::shell_word(executable)
            ));
        }
        steps
    }
}

fn write_finding(text: &mut String, finding: &Finding, limits: &Limits, cause: Option<&String>) {
    let _ = writeln!(text, "\n{}", finding.headline());
    for place in finding.rust.iter().take(limits.places) {
        let field =
            place.field.as_ref().map_or(String::new(), |field| format!(", field `{}`", printable(field)));
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
    let _ = writeln!(text, "\n{}:", counted(&owned, "more ").join(", "));
    for finding in rest.iter().take(limits.named) {
        let _ = writeln!(text, "  {}[{}] {}", finding.severity, finding.code, printable(&finding.object));
    }
    if rest.len() > limits.named {
        let left = rest.len() - limits.named;
        let _ = writeln!(text, "  and {left} more: `SCHEMACHECK_LOG=json` prints all");
    }
}

#[cfg(test)]
mod tests {
    use schemacheck_core::finding::{ObjectChange, Place};
    use schemacheck_core::{Code, Manifest};

    use super::super::{Binary, Database};
    use super::*;

    fn finding(n: usize, places: usize) -> Finding {
        let object = format!("public.t{n}");
        let message = format!("cannot find relation `{object}`");
        let one = Finding::new(Code::MissingRelation, "relation", ObjectChange::Missing, object, message);
        let place = |line: usize| Place {
            path: "shop::Model".into(),
            field: None,
            file: "src/models.rs".into(),
            line: u32::try_from(line).unwrap(),
        };
        (1..=places).fold(one, |finding, line| finding.at(place(line))).note("a note").help("a help")
    }

    fn report(findings: Vec<Finding>) -> Report {
        let manifest = Manifest { package: "shop".into(), ..Manifest::default() };
        Report::new(Kind::Drift, findings, Binary::new(&[manifest]), Database::default())
    }

    #[test]
    fn a_refusal_fits_on_a_screen_and_the_full_report_leaves_nothing_out() {
        let report = report((1..=40).map(|n| finding(n, 9)).collect());
        let screen = report.screen();
        assert!(screen.lines().count() <= 60, "{} lines:\n{screen}", screen.lines().count());
        for part in [
            "--> src/models.rs:3 (`shop::Model`)\n  --> and 6 more places\n",
            "\n35 more errors:\n  error[missing-relation] public.t6\n",
            "\n  and 27 more: `SCHEMACHECK_LOG=json` prints all\n",
        ] {
            assert!(screen.contains(part), "{part} is not in:\n{screen}");
        }
        assert!(!screen.contains("src/models.rs:4") && !screen.contains("public.t14"), "{screen}");
        let full = report.full();
        assert!(
            (1..=40)
                .all(|n| full
                    .contains(&format!("error[missing-relation]: cannot find relation `public.t{n}`")))
        );
        assert!(full.contains("src/models.rs:9") && !full.contains("more places"), "{full}");
    }

    #[test]
    fn the_cause_is_said_once() {
        let mut findings = vec![finding(1, 1), finding(2, 1)];
        let mut behind = finding(3, 0);
        behind.code = Code::LedgerBehind;
        behind.message = "the database is 1 migration behind the build".into();
        for finding in &mut findings {
            finding.cause = Some(behind.message.clone());
        }
        findings.push(behind);
        let screen = report(findings.clone()).screen();
        assert_eq!(screen.matches("1 migration behind").count(), 1, "{screen}");
        // A cause without a finding of its own stands with what it is the cause of.
        findings.pop();
        assert_eq!(
            report(findings).screen().matches("  cause: the database is 1 migration behind").count(),
            2
        );
    }

    #[test]
    fn a_failed_migration_is_on_the_screen_however_much_is_missing() {
        let mut findings: Vec<Finding> = (1..=40).map(|n| finding(n, 1)).collect();
        let mut failed = finding(0, 0);
        failed.code = Code::LedgerFailed;
        failed.message = "the migration ledger lists `3` as failed".into();
        findings.push(failed);
        let screen = report(findings).screen();
        assert!(screen.contains("lists `3` as failed\n  note: a note\n  help: a help"), "{screen}");
    }

    #[test]
    fn the_commands_are_those_of_this_guard() {
        let plain = report(vec![finding(1, 1)]);
        assert!(plain.screen().ends_with("\noverride: SCHEMACHECK_GUARD=warn starts it all the same"));
        let strict = plain.clone().strict(true);
        assert!(strict.screen().contains(" --strict` looks again"), "{}", strict.screen());
        assert!(!plain.screen().contains("--strict"));
        // Where nothing can be started there is nothing to override.
        assert!(!plain.not_overridable().screen().contains("override"));
    }
}
