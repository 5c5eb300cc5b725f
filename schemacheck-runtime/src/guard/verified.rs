//! [`Verified`]: the proof that the database was looked at and fits.

use std::fmt;
use std::time::Duration;

use schemacheck_core::Manifest;
use schemacheck_core::finding::{Finding, count};
use schemacheck_core::ident::printable;

use super::{Database, size};

/// The proof that the guard let the program start. Hand it to what must not run before: workers, listeners.
///
/// Its `Display` is one line to log.
#[derive(Clone, Debug)]
#[must_use = "hand the proof to what needs it, or log it"]
pub struct Verified {
    models: usize,
    columns: usize,
    findings: Vec<Finding>,
    database: Database,
    elapsed: Duration,
    overridden: Option<&'static str>,
}

impl Verified {
    pub(super) fn new(
        manifests: &[Manifest],
        findings: Vec<Finding>,
        database: Database,
        elapsed: Duration,
    ) -> Self {
        let (models, columns) = size(manifests);
        Self { models, columns, findings, database, elapsed, overridden: None }
    }

    pub(super) fn overridden(mut self, how: &'static str) -> Self {
        self.overridden = Some(how);
        self
    }

    /// How many models were judged.
    pub fn models(&self) -> usize {
        self.models
    }

    /// How many columns were judged.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Warnings and informations; after an override by `SCHEMACHECK_GUARD=warn` the errors too.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The named database whose models these are; nothing for the default one.
    pub fn named_database(&self) -> Option<&str> {
        self.database.name.as_deref()
    }

    /// The database that was looked at.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// From the request to the verdict.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Whether `SCHEMACHECK_GUARD` let the program start against a refusal, or without a look.
    pub fn is_overridden(&self) -> bool {
        self.overridden.is_some()
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { models, columns, .. } = self;
        match self.overridden {
            Some("off") => {
                let name = self.database.name.as_ref();
                let name = name.map_or(String::new(), |name| format!(" `{}`", printable(name)));
                return write!(f, "database{name} not verified (SCHEMACHECK_GUARD=off)");
            }
            Some(_) => write!(f, "refusal overridden (SCHEMACHECK_GUARD=warn): ")?,
            None => write!(f, "verified ")?,
        }
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        write!(f, "{models} model{} ({columns} column{}) ", plural(*models), plural(*columns))?;
        if let Some(name) = &self.database.name {
            write!(f, "of `{}` ", printable(name))?;
        }
        write!(f, "against {} in {} ms", self.database, self.elapsed.as_millis())?;
        let (errors, warnings, infos) = count(&self.findings);
        for (n, word) in [(errors, "error"), (warnings, "warning"), (infos, "info")] {
            if n > 0 {
                write!(f, ", {n} {word}{}", plural(n))?;
            }
        }
        Ok(())
    }
}
