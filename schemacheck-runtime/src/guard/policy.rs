//! What a refusal leads to: the operator can override it, and every override is said aloud.

use std::time::Instant;

use schemacheck_core::Manifest;
use schemacheck_core::ident::printable;

use super::{Database, Report, Verified};

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
    /// What `SCHEMACHECK_GUARD` says: `warn`, `off`, or `enforce`, which is the default.
    pub(super) fn from_env() -> Self {
        match std::env::var(VARIABLE).ok().as_deref() {
            None | Some("" | "enforce") => Self::Enforce,
            Some("warn") => Self::Warn,
            Some("off") => Self::Off,
            Some(other) => {
                // An override that is misspelt must not open the door.
                say(&format!(
                    "{VARIABLE} is {other:?}, which is none of `enforce`, `warn` and `off`; it is taken as `enforce`"
                ));
                Self::Enforce
            }
        }
    }

    /// The verdict for a refusal under this policy.
    pub(super) fn apply(
        self,
        report: Report,
        manifests: &[Manifest],
        started: Instant,
    ) -> Result<Verified, Report> {
        if self == Self::Enforce {
            return Err(report);
        }
        // Without an adapter the caller asks whatever the policy is; then a refusal is overridden all the same.
        let word = if self == Self::Warn { "warn" } else { "off" };
        say(&format!("{VARIABLE}={word}: this program starts although it should not\n{report:?}"));
        let (findings, database) = report.into_parts();
        Ok(Verified::new(manifests, findings, database, started.elapsed()).overridden("warn"))
    }

    /// The verdict without a look.
    pub(super) fn skip(manifests: &[Manifest], name: Option<String>) -> Verified {
        if !manifests.is_empty() {
            let database = match &name {
                Some(name) => format!("database `{}`", printable(name)),
                None => "the database".to_owned(),
            };
            say(&format!("{VARIABLE}=off: {database} is not verified"));
        }
        let database = Database { name, ..Database::default() };
        Verified::new(manifests, Vec::new(), database, std::time::Duration::ZERO).overridden("off")
    }
}

/// Prints to standard error: an override must be seen in every log, whichever the program uses.
#[allow(
    clippy::print_stderr,
    reason = "an override that nobody sees is the outage that the guard exists against"
)]
pub(super) fn say(text: &str) {
    eprintln!("schemacheck: {text}");
}
