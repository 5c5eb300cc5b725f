//! [`Finding`]: one disagreement, ready to be rendered as text or JSON. The sentences stand in [`wording`].

use crate::code::{Code, Severity};
use crate::ident::printable_lines;
use crate::json::{self, Object};
use crate::manifest::{Expected, Label, Manifest};

pub mod wording;

/// One disagreement between what Rust expects and what PostgreSQL has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which sort of disagreement.
    pub code: Code,
    /// How grave it is here.
    pub severity: Severity,
    /// The kind of object: `relation`, `column`, `type`, `attribute`, `label`, `schema`, `sequence`, `ledger`, `snapshot`,
    /// `database` or `package`.
    pub kind: &'static str,
    /// Whether the object is missing, extra or changed, seen from the program.
    pub change: ObjectChange,
    /// Which attribute of the object differs, where not the object as a whole: `type`, `nullable`, `schema`, `kind`,
    /// of a composite type `attributes`, of a privilege its word in SQL.
    pub attribute: Option<&'static str>,
    /// The dotted catalog name: `public.notifications.severity`.
    pub object: String,
    /// The one line that states it.
    pub message: String,
    /// What the program expects.
    pub expected: Option<String>,
    /// What the database has.
    pub actual: Option<String>,
    /// Where in Rust it is expected.
    pub rust: Vec<Place>,
    /// Why it probably is so.
    pub cause: Option<String>,
    /// Things to do.
    pub help: Vec<String>,
    /// Facts that explain.
    pub notes: Vec<String>,
}

/// How an object differs, seen from the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectChange {
    /// Expected and not there.
    Missing,
    /// There and not expected.
    Extra,
    /// There, but different.
    Changed,
}

impl ObjectChange {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Changed => "changed",
        }
    }
}

/// A place in Rust code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The type's Rust path.
    pub path: String,
    /// The field or variant, if it is one.
    pub field: Option<String>,
    /// The source file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl Place {
    /// The type itself.
    pub fn of(manifest: &Manifest) -> Self {
        Self { path: manifest.path.clone(), field: None, file: manifest.file.clone(), line: manifest.line }
    }

    /// One of its fields.
    pub fn of_column(manifest: &Manifest, column: &Expected) -> Self {
        Self { field: Some(column.field.clone()), line: column.line, ..Self::of(manifest) }
    }

    /// One of its variants.
    pub fn of_label(manifest: &Manifest, label: &Label) -> Self {
        Self { field: Some(label.variant.clone()), line: label.line, ..Self::of(manifest) }
    }
}

impl Finding {
    /// A finding of the code's own severity, with nothing but its message.
    pub fn new(
        code: Code,
        kind: &'static str,
        change: ObjectChange,
        object: String,
        message: String,
    ) -> Self {
        Self {
            code,
            severity: code.severity(),
            kind,
            change,
            attribute: None,
            object,
            message,
            expected: None,
            actual: None,
            rust: Vec::new(),
            cause: None,
            help: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Sets the severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names the attribute that differs.
    #[must_use]
    pub fn attribute(mut self, attribute: &'static str) -> Self {
        self.attribute = Some(attribute);
        self
    }

    /// Adds a place in Rust.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.rust.push(place);
        self
    }

    /// Sets what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Sets what there is.
    #[must_use]
    pub fn actual(mut self, actual: impl Into<String>) -> Self {
        self.actual = Some(actual.into());
        self
    }

    /// Adds a thing to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a fact that explains.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The finding as a JSON object on one line.
    pub fn to_json(&self) -> String {
        let opt = |value: Option<&str>| value.map_or("null".to_owned(), json::quote);
        let rust: Vec<String> = self
            .rust
            .iter()
            .map(|place| {
                Object::new()
                    .str("path", &place.path)
                    .raw("field", &opt(place.field.as_deref()))
                    .str("file", &place.file)
                    .raw("line", &place.line.to_string())
                    .end()
            })
            .collect();
        Object::new()
            .str("code", self.code.id())
            .str("severity", self.severity.word())
            .str("kind", self.kind)
            .str("change", self.change.word())
            .raw("attribute", &opt(self.attribute))
            .str("object", &self.object)
            .str("message", &self.message)
            .raw("expected", &opt(self.expected.as_deref()))
            .raw("actual", &opt(self.actual.as_deref()))
            .raw("rust", &format!("[{}]", rust.join(", ")))
            .raw("cause", &opt(self.cause.as_deref()))
            .raw("help", &json::strings(&self.help))
            .raw("notes", &json::strings(&self.notes))
            .end()
    }

    /// The lines of a compiler's error: rustc aligns them under its own.
    pub fn lines(&self) -> String {
        let mut lines = vec![printable_lines(&self.message)];
        lines.extend(self.help.iter().map(|help| format!("help: {}", printable_lines(help))));
        lines.extend(self.notes.iter().map(|note| format!("note: {}", printable_lines(note))));
        lines.push(format!("note: {}", wording::explain(self.code)));
        lines.join("\n")
    }

    /// The headline as rustc writes it: `error[missing-column]: cannot find ...`.
    pub fn headline(&self) -> String {
        format!("{}[{}]: {}", self.severity, self.code, printable_lines(&self.message))
    }
}

/// One finding an object and code: their Rust places are collected, and the first of the gravest has the words. Sorted by severity, then in the order of `findings`.
pub fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for finding in findings {
        // One object may lack several privileges.
        let attribute = finding.attribute.filter(|_| finding.code == Code::MissingPrivilege);
        let key = (finding.code, finding.object.clone(), attribute);
        match index.get(&key) {
            Some(&at) => {
                let known: &mut Finding = &mut merged[at];
                let mut other = finding;
                // The words go with the severity: what is worth knowing at one place may be an error at another.
                if other.severity > known.severity {
                    std::mem::swap(known, &mut other);
                    std::mem::swap(&mut known.rust, &mut other.rust);
                }
                for place in other.rust {
                    if !known.rust.contains(&place) {
                        known.rust.push(place);
                    }
                }
            }
            None => {
                index.insert(key, merged.len());
                merged.push(finding);
            }
        }
    }
    merged.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    merged
}

/// How many findings there are of each severity: errors, warnings, informations.
pub fn count(findings: &[Finding]) -> (usize, usize, usize) {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    (of(Severity::Error), of(Severity::Warning), of(Severity::Info))
}

/// How many columns the build did not check: [`Code::Unjudged`] names each with its field.
pub fn unjudged(findings: &[Finding]) -> usize {
    let findings = findings.iter().filter(|finding| finding.code == Code::Unjudged);
    findings.flat_map(|finding| &finding.rust).filter(|place| place.field.is_some()).count()
}

/// So many of what is counted: `1 model`, `2 models`.
pub fn plural(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// How many findings there are of each severity, worst first, those that there are none of aside: `2 errors`, `1 info`.
/// `more` stands before the severity.
pub fn counted(findings: &[Finding], more: &str) -> Vec<String> {
    let (errors, warnings, infos) = count(findings);
    let phrases =
        [(errors, "error"), (warnings, "warning")].map(|(n, word)| (n, plural(n, &format!("{more}{word}"))));
    let phrases = phrases.into_iter().chain([(infos, format!("{infos} {more}info"))]);
    phrases.filter(|(n, _)| *n > 0).map(|(_, phrase)| phrase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_finding_an_object_and_code() {
        let place = |line| Place { path: "a::B".into(), field: None, file: "a.rs".into(), line };
        let finding = |severity, line| {
            Finding::new(
                Code::MissingColumn,
                "column",
                ObjectChange::Missing,
                "public.t.c".into(),
                "m".into(),
            )
            .severity(severity)
            .at(place(line))
        };
        let merged = merge(vec![
            finding(Severity::Warning, 1),
            finding(Severity::Error, 2),
            finding(Severity::Error, 2),
        ]);
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].severity, Severity::Error);
        assert_eq!(merged[0].rust, [place(1), place(2)]);
        let mut graver = finding(Severity::Error, 2);
        graver.message = "worse".into();
        let merged_words = merge(vec![finding(Severity::Info, 1), graver]);
        assert_eq!((merged_words[0].message.as_str(), merged_words[0].rust.len()), ("worse", 2));
        assert_eq!(count(&merged), (1, 0, 0));
    }

    #[test]
    fn json_has_every_key_of_the_contract() {
        let finding = Finding::new(
            Code::MissingColumn,
            "column",
            ObjectChange::Missing,
            "public.t.\"c".into(),
            "m".into(),
        );
        let value: serde_json::Value = serde_json::from_str(&finding.to_json()).unwrap();
        for key in [
            "code",
            "severity",
            "kind",
            "change",
            "attribute",
            "object",
            "message",
            "expected",
            "actual",
            "rust",
            "cause",
            "help",
            "notes",
        ] {
            assert!(value.get(key).is_some(), "{key}");
        }
        assert_eq!(value["object"], "public.t.\"c");
    }
}
