//! What a refusal leads to: the program says it, the operator can override it, and every override is said aloud.

use std::ffi::OsStr;
use std::time::{Duration, Instant};

use schemacheck_core::Manifest;
use schemacheck_core::finding::plural;
use schemacheck_core::ident::printable;

use super::log::{self, Level};
use super::{Database, Report, Verified, size};

/// The environment variable that overrides a refusal.
pub(super) const VARIABLE: &str = "SCHEMACHECK_GUARD";

/// What the guard does with a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The service does not start.
    Enforce,
    /// The report is printed, and the service starts.
    Warn,
    /// Nothing is asked and nothing is judged.
    Off,
}

impl Policy {
    fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Warn => "warn",
            Self::Off => "off",
        }
    }

    /// What `SCHEMACHECK_GUARD` says: `warn`, `off` or `enforce`; nothing if it is not set.
    fn from_env() -> Option<Self> {
        let (policy, misspelt) = Self::of(std::env::var_os(VARIABLE).as_deref());
        if let Some(text) = misspelt {
            log::say(Level::Warning, "misspelt", &text, None);
        }
        policy
    }

    /// What a value of the variable says, and what is wrong with it. An override that is misspelt, or no text at all, must
    /// not open the door: not to the program's own policy either, which may be a weaker one.
    fn of(value: Option<&OsStr>) -> (Option<Self>, Option<String>) {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return (None, None) };
        match value.to_str() {
            Some("enforce") => (Some(Self::Enforce), None),
            Some("warn") => (Some(Self::Warn), None),
            Some("off") => (Some(Self::Off), None),
            _ => {
                let text = format!(
                    "{VARIABLE} is {value:?}, which is none of `enforce`, `warn` and `off`; it is taken as `enforce`"
                );
                (Some(Self::Enforce), Some(text))
            }
        }
    }
}

/// A policy, and who says so: the operator has the last word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decided {
    pub(super) policy: Policy,
    by_operator: bool,
}

impl Decided {
    /// What the environment says, else what the program does.
    pub(super) fn new(own: Policy) -> Self {
        match Policy::from_env() {
            Some(policy) => Self { policy, by_operator: true },
            None => Self { policy: own, by_operator: false },
        }
    }

    /// As if the operator had said so.
    pub(super) fn by_operator(policy: Policy) -> Self {
        Self { policy, by_operator: true }
    }

    /// The same with another policy of the program's own.
    pub(super) fn or(self, own: Policy) -> Self {
        if self.by_operator { self } else { Self { policy: own, ..self } }
    }

    /// The policy, and who says so, in short.
    fn phrase(self) -> String {
        let word = self.policy.word();
        match self.by_operator {
            true => format!("{VARIABLE}={word}"),
            false => format!("the program's policy is `{word}`"),
        }
    }

    /// The verdict for a refusal under this policy.
    pub(super) fn apply(
        self,
        report: Report,
        manifests: &[Manifest],
        started: Instant,
        aloud: Aloud,
    ) -> Result<Verified, Report> {
        if self.policy == Policy::Enforce {
            return Err(report);
        }
        // Without an adapter the caller asks whatever the policy is; then a refusal is overridden all the same.
        let does = match aloud {
            Aloud::Starting => Some("starts"),
            Aloud::Running => Some("goes on"),
            Aloud::Not => None,
        };
        if let Some(does) = does {
            let said = report.clone().not_overridable();
            let text = format!("{}: this program {does} although it should not\n{said:?}", self.phrase());
            log::say(Level::Warning, "overridden", &text, Some(("report", report.to_json())));
        }
        let (findings, database) = report.into_parts();
        let overridden = Overridden { looked: true, phrase: self.phrase() };
        Ok(Verified::new(manifests, findings, database, started.elapsed()).overridden(overridden))
    }

    /// The verdict without a look.
    pub(super) fn skip(self, manifests: &[Manifest], name: Option<String>) -> Verified {
        if !manifests.is_empty() {
            let database = match &name {
                Some(name) => format!("database `{}`", printable(name)),
                None => "the database".to_owned(),
            };
            let (models, columns) = size(manifests);
            let (models, columns) = (plural(models, "model"), plural(columns, "column"));
            let text = format!("{}: {database} is not verified, nor are {models} ({columns})", self.phrase());
            log::say(Level::Warning, "skipped", &text, None);
        }
        self.skipped(manifests, name)
    }

    /// The same without a word.
    pub(super) fn skipped(self, manifests: &[Manifest], name: Option<String>) -> Verified {
        let database = Database { name, ..Database::default() };
        let overridden = Overridden { looked: false, phrase: self.phrase() };
        Verified::new(manifests, Vec::new(), database, Duration::ZERO).overridden(overridden)
    }
}

/// How an override is said aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aloud {
    /// At the start.
    Starting,
    /// By a look after it.
    Running,
    /// It was said before.
    Not,
}

/// How a program came to start against a refusal, or without a look.
#[derive(Clone, Debug)]
pub(super) struct Overridden {
    /// Whether the database was looked at.
    pub(super) looked: bool,
    /// Who says so.
    pub(super) phrase: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_of_the_variable_weakens_a_policy() {
        let of = |value: &str| Policy::of(Some(OsStr::new(value)));
        assert_eq!(Policy::of(None), (None, None));
        assert_eq!(of(""), (None, None));
        assert_eq!(of("warn"), (Some(Policy::Warn), None));
        assert_eq!(of("off"), (Some(Policy::Off), None));
        let (policy, misspelt) = of("OFF");
        assert_eq!(policy, Some(Policy::Enforce));
        let expect = "SCHEMACHECK_GUARD is \"OFF\", which is none of `enforce`, `warn` and `off`; it is taken as `enforce`";
        assert_eq!(misspelt.as_deref(), Some(expect));
    }

    /// It is set, so it is not the program's own policy that holds.
    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_utf_8_is_an_unknown_one() {
        use std::os::unix::ffi::OsStrExt;

        let (policy, misspelt) = Policy::of(Some(OsStr::from_bytes(b"off\xff")));
        assert_eq!(policy, Some(Policy::Enforce));
        assert!(misspelt.is_some_and(|text| text.starts_with("SCHEMACHECK_GUARD is \"off\\xFF\", which")));
    }
}
