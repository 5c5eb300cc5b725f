//! [`Verified`]: the proof that the database was looked at and fits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use schemacheck_core::Manifest;
use schemacheck_core::finding::{self, Finding, counted, plural};
use schemacheck_core::ident::printable;

use super::policy::Overridden;
use super::request::Plan;
use super::{Database, Readiness, Report, size};
use crate::driver::{Async, Blocking};

/// The proof that the guard let the program start. Hand it to what must not run before: workers, listeners.
///
/// Its `Display` is one line to log.
#[derive(Clone)]
#[must_use = "hand the proof to what needs it, or log it"]
pub struct Verified {
    models: usize,
    columns: usize,
    findings: Vec<Finding>,
    database: Database,
    elapsed: Duration,
    overridden: Option<Overridden>,
    /// What was asked, to ask it again; nothing where nothing could be.
    plan: Option<Arc<Plan>>,
}

impl Verified {
    pub(super) fn new(
        manifests: &[Manifest],
        findings: Vec<Finding>,
        database: Database,
        elapsed: Duration,
    ) -> Self {
        let (models, columns) = size(manifests);
        Self { models, columns, findings, database, elapsed, overridden: None, plan: None }
    }

    pub(super) fn overridden(mut self, how: Overridden) -> Self {
        self.overridden = Some(how);
        self
    }

    pub(super) fn with_plan(mut self, plan: Arc<Plan>) -> Self {
        self.plan = Some(plan);
        self
    }

    /// The same without what it would take to ask again.
    pub(super) fn bare(mut self) -> Self {
        self.plan = None;
        self
    }

    /// The same, as of a moment ago.
    pub(super) fn again(mut self, elapsed: Duration) -> Self {
        self.elapsed = elapsed;
        self
    }

    /// To look again later, cheaply.
    pub fn readiness(&self) -> Readiness {
        Readiness::new(match &self.plan {
            Some(plan) => Ok(Arc::clone(plan)),
            None => Err(Box::new(Ok(self.clone()))),
        })
    }

    /// Looks again, cheaply if nothing has changed: [`Readiness::recheck`].
    ///
    /// # Errors
    ///
    /// As [`Guard::verify`](super::Guard::verify).
    pub fn recheck(&self, connection: impl Blocking) -> Result<Self, Report> {
        self.readiness().recheck(connection)
    }

    /// Looks again, cheaply if nothing has changed: [`Readiness::recheck_async`].
    ///
    /// # Errors
    ///
    /// As [`Guard::verify`](super::Guard::verify).
    pub async fn recheck_async(&self, connection: impl Async) -> Result<Self, Report> {
        self.readiness().recheck_async(connection).await
    }

    /// How many models were judged.
    pub fn models(&self) -> usize {
        self.models
    }

    /// How many columns were judged.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many of the columns the build did not check: of them it is only known that they are there. A warning says
    /// why, and with [`Guard::strict`](super::Guard::strict) they are refused.
    pub fn unjudged(&self) -> usize {
        finding::unjudged(&self.findings)
    }

    /// Warnings and informations; after an override by the policy the errors too.
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

    /// Whether the database was looked at, whatever came of it.
    pub(super) fn was_looked_at(&self) -> bool {
        self.overridden.as_ref().is_none_or(|how| how.looked)
    }

    pub(super) fn how_overridden(&self) -> Option<&Overridden> {
        self.overridden.as_ref()
    }

    /// Whether the policy let the program start against a refusal, or without a look.
    pub fn is_overridden(&self) -> bool {
        self.overridden.is_some()
    }
}

/// Without what it would take to look again.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("verdict", &self.to_string())
            .field("findings", &self.findings)
            .field("overridden", &self.overridden)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { models, columns, .. } = self;
        match &self.overridden {
            Some(Overridden { looked: false, phrase }) => {
                let name = self.database.name.as_ref();
                let name = name.map_or(String::new(), |name| format!(" `{}`", printable(name)));
                return write!(f, "database{name} not verified ({phrase})");
            }
            Some(Overridden { phrase, .. }) => write!(f, "refusal overridden ({phrase}): ")?,
            None => write!(f, "verified ")?,
        }
        let unjudged = match self.unjudged() {
            0 => String::new(),
            unjudged => format!(", {unjudged} unjudged"),
        };
        write!(f, "{} ({}{unjudged}) ", plural(*models, "model"), plural(*columns, "column"))?;
        if let Some(name) = &self.database.name {
            write!(f, "of `{}` ", printable(name))?;
        }
        if let Some(schema) = &self.database.schema {
            write!(f, "in schema `{}` ", printable(schema))?;
        }
        write!(f, "against {} in {} ms", self.database, self.elapsed.as_millis())?;
        counted(&self.findings, "").iter().try_for_each(|phrase| write!(f, ", {phrase}"))
    }
}
