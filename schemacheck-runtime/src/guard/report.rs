//! [`Report`]: why a program must not start, for the operator who reads it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use schemacheck_core::finding::{Finding, count, plural};
use schemacheck_core::ident::printable;
use schemacheck_core::{Code, Manifest, Severity, fingerprint};

use super::Target;
use super::log::{self, Level};
use crate::introspect::guard::ServerFacts;
use crate::registry;

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The database was looked at, and does not fit.
    Drift,
    /// The database could not be looked at.
    Unreadable,
    /// There was nothing to look for.
    NoModels,
    /// A model was chosen that belongs to another database than the guard's.
    OtherDatabase,
}

/// The refusal: `Display` is a headline and a line a finding, `Debug` the full report.
///
/// It names the database that was reached and the binary that asked, and never a password.
#[derive(Clone)]
pub struct Report(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    findings: Vec<Finding>,
    binary: Binary,
    database: Database,
    /// Whether looking again can have no other outcome.
    for_good: bool,
    /// Whether the policy can override it.
    overridable: bool,
    /// Whether what is merely risky is an error too.
    strict: bool,
    /// Whether there are models, and the guard was told of none.
    by_choice: bool,
}

/// The database that was looked at, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Database {
    /// As models name it, `#[schemacheck(database = "billing")]`; nothing for the default one.
    pub name: Option<String>,
    /// The schema of models that name none, if the guard was given one.
    pub schema: Option<String>,
    /// As the program dialled it, if the guard was told.
    pub target: Option<Target>,
    /// As the server reports it, if it answered.
    pub server: Option<ServerFacts>,
}

/// The binary that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// The packages whose models are linked in: name and version.
    pub packages: Vec<(String, String)>,
    /// The executable's path.
    pub executable: String,
    /// A digest of all that the builds of these models saw of the snapshot.
    pub digest: String,
}

impl Binary {
    pub(super) fn new(manifests: &[Manifest]) -> Self {
        let packages: BTreeSet<(String, String)> =
            manifests.iter().map(|manifest| (manifest.package.clone(), manifest.version.clone())).collect();
        let digests: BTreeSet<String> = manifests
            .iter()
            .map(|manifest| format!("{} {}", manifest.object(), manifest.digest.as_deref().unwrap_or("-")))
            .collect();
        Self {
            packages: packages.into_iter().collect(),
            executable: registry::executable(),
            digest: fingerprint::digest(&digests.into_iter().collect::<Vec<_>>().join("\n")),
        }
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packages: Vec<String> = self
            .packages
            .iter()
            .map(|(name, version)| format!("{name} {version}").trim_end().to_owned())
            .collect();
        let executable = printable(&self.executable);
        // Without models nothing was seen of a snapshot.
        match packages.is_empty() {
            true => write!(f, "executable `{executable}`"),
            false => {
                write!(f, "{}, executable `{executable}`, snapshot {}", packages.join(", "), self.digest)
            }
        }
    }
}

/// Names the database in one phrase, and says who says so.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.target, &self.server) {
            (None, None) => f.write_str("a database that did not answer"),
            (target, server) => {
                let name = server.as_ref().map(|server| server.database.as_str());
                match name.or(target.as_ref().and_then(|target| target.database.as_deref())) {
                    Some(name) => write!(f, "database `{}`", printable(name))?,
                    None => f.write_str("the database")?,
                }
                match (target, server) {
                    (Some(target), _) => write!(f, " at {} (as dialled)", target.host_and_port()),
                    (None, Some(server)) => {
                        write!(f, " at {} (as the server reports)", server.place())
                    }
                    (None, None) => Ok(()),
                }
            }
        }
    }
}

impl ServerFacts {
    /// Address and port, or that it is a socket.
    pub(super) fn place(&self) -> String {
        match (&self.address, self.port) {
            (Some(address), Some(port)) if address.contains(':') => format!("[{address}]:{port}"),
            (Some(address), Some(port)) => format!("{address}:{port}"),
            _ => "a Unix socket".to_owned(),
        }
    }

    /// The version as people write it: `15.18`.
    pub fn version(&self) -> String {
        format!("{}.{}", self.version_num / 10_000, self.version_num % 10_000)
    }
}

impl Report {
    pub(super) fn new(kind: Kind, findings: Vec<Finding>, binary: Binary, database: Database) -> Self {
        let (for_good, overridable, strict, by_choice) = (false, true, false, false);
        let inner = Inner { kind, findings, binary, database, for_good, overridable, strict, by_choice };
        Self(Arc::new(inner))
    }

    /// The same, where looking again can have no other outcome.
    pub(super) fn for_good(mut self) -> Self {
        Arc::make_mut(&mut self.0).for_good = true;
        self
    }

    /// The same, where no policy overrides it: there is nothing to go on with, or it is overridden already.
    pub(super) fn not_overridable(mut self) -> Self {
        Arc::make_mut(&mut self.0).overridable = false;
        self
    }

    pub(super) fn is_overridable(&self) -> bool {
        self.0.overridable
    }

    /// The same, where the program has models and chose none.
    pub(super) fn by_choice(mut self) -> Self {
        Arc::make_mut(&mut self.0).by_choice = true;
        self
    }

    pub(super) fn strict(mut self, strict: bool) -> Self {
        Arc::make_mut(&mut self.0).strict = strict;
        self
    }

    pub(super) fn is_strict(&self) -> bool {
        self.0.strict
    }

    /// Whether looking again can have another outcome.
    pub(super) fn may_change(&self) -> bool {
        matches!(self.0.kind, Kind::Drift | Kind::Unreadable) && !self.0.for_good
    }

    /// Whether nothing is wrong but that the build did not check something.
    pub(super) fn is_unjudged(&self) -> bool {
        let errors = self.0.findings.iter().filter(|finding| finding.severity == Severity::Error);
        self.0.kind == Kind::Drift && errors.map(|finding| finding.code).all(|code| code == Code::Unjudged)
    }

    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// All findings, the gravest first.
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// The named database whose models were judged; nothing for the default one.
    pub fn named_database(&self) -> Option<&str> {
        self.0.database.name.as_deref()
    }

    /// The database that was looked at.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The binary that asked.
    pub fn binary(&self) -> &Binary {
        &self.0.binary
    }

    /// Prints the report to standard error, at most a screen of it, and ends the process with status 78 (`EX_CONFIG`): a
    /// supervisor can be told not to start such a service again. `SCHEMACHECK_LOG=json` makes it one line of JSON.
    pub fn exit(self) -> ! {
        log::say(Level::Error, "refused", &self.screen(), Some(("report", self.to_json())));
        std::process::exit(78)
    }

    pub(super) fn into_parts(self) -> (Vec<Finding>, Database) {
        let inner = Arc::unwrap_or_clone(self.0);
        (inner.findings, inner.database)
    }

    pub(super) fn headline(&self) -> String {
        let name = match (&self.0.database.server, &self.0.database.target) {
            (Some(server), _) => Some(server.database.clone()),
            (None, Some(target)) => target.database.clone(),
            (None, None) => None,
        };
        let database =
            name.map_or("the database".to_owned(), |name| format!("database `{}`", printable(&name)));
        let named = self.named_database().map(|name| format!("`{}`", printable(name)));
        match (self.0.kind, named) {
            (Kind::Drift, _) if self.is_unjudged() => {
                let findings = plural(count(&self.0.findings).0, "finding");
                format!(
                    "{database} was not verified: the build did not check all of this program ({findings})"
                )
            }
            (Kind::Drift, named) => {
                let findings = plural(count(&self.0.findings).0, "finding");
                let schema = named.map_or("the schema".to_owned(), |name| format!("the schema of {name}"));
                format!("{database} does not match {schema} this program was built against ({findings})")
            }
            (Kind::Unreadable, None) => format!("{database} was not verified"),
            (Kind::Unreadable, Some(name)) => format!("{database} was not verified for the models of {name}"),
            (Kind::NoModels, _) if self.0.by_choice => {
                "nothing was verified: the guard chose none of the models".to_owned()
            }
            (Kind::NoModels, Some(name)) => {
                format!("nothing was verified: this program has no models of database {name}")
            }
            (Kind::NoModels, None) => "nothing was verified: this program has no models".to_owned(),
            (Kind::OtherDatabase, _) => {
                "nothing was verified: a model of another database was chosen".to_owned()
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        for finding in self.findings().iter().filter(|finding| finding.severity == Severity::Error) {
            write!(f, "\n  {}", finding.headline())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full())
    }
}

impl std::error::Error for Report {}
