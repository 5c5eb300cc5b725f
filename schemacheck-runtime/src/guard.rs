//! The guard: at start-up, the models of the running binary against the live database.
//!
//! Sans I/O: a [`Request`] is a text to send, and judges the answer; adapters in [`driver`](crate::driver) do the
//! sending. One round trip when all is well.

use std::time::{Duration, Instant};

use schemacheck_core::compare::{self, Moment};
use schemacheck_core::finding::{Finding, count, wording};
use schemacheck_core::manifest::Sort;
use schemacheck_core::{Catalog, Code, Manifest, record};

use crate::driver::{Async, Blocking};
use crate::error::{Cause, Error, chain};
use crate::introspect::guard::{self as introspect, ServerFacts};
use crate::registry::{self, Models};

mod policy;
mod report;
pub mod target;
mod verified;

pub use policy::Policy;
pub use report::{Binary, Database, Kind, Report};
pub use target::Target;
pub use verified::Verified;

/// How long one query may take on the server, unless [`Guard::timeout`] says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The start-up check: which models it judges, and how.
///
/// `Guard::new()` judges every model of the default database that is linked into the binary, `Guard::database("billing")`
/// every one of the database `billing`.
#[derive(Debug)]
#[must_use = "a guard does nothing until it verifies"]
pub struct Guard {
    manifests: Result<Vec<Manifest>, schemacheck_core::Error>,
    /// The named database whose models are judged; nothing for the default one.
    database: Option<String>,
    /// The databases of all linked models, for reports.
    linked: Vec<Option<String>>,
    /// A model that was chosen and belongs to another database.
    foreign: Option<Box<Manifest>>,
    target: Option<Target>,
    strict: bool,
    timeout: Duration,
    policy: Policy,
}

impl Default for Guard {
    fn default() -> Self {
        Self::new()
    }
}

impl Guard {
    /// All models and enums of the default database that are linked into this binary.
    ///
    /// A crate of models that the program never names is not linked: `use my_models as _;` suffices.
    pub fn new() -> Self {
        Self::of(None, registry::manifests())
    }

    /// All models and enums of a named database that are linked into this binary: those with
    /// `#[schemacheck(database = "billing")]`.
    ///
    /// Verify it over a connection to that database; each database has a guard and a proof of its own.
    pub fn database(name: &str) -> Self {
        Self::of(Some(name.to_owned()), registry::manifests())
    }

    /// The models of one database among all that are linked.
    fn of(database: Option<String>, all: Result<Vec<Manifest>, schemacheck_core::Error>) -> Self {
        let mut linked = Vec::new();
        let manifests = all.map(|mut all| {
            linked = all.iter().map(|manifest| manifest.database.clone()).collect();
            linked.sort();
            linked.dedup();
            all.retain(|manifest| manifest.database == database);
            all
        });
        Self {
            manifests,
            database,
            linked,
            foreign: None,
            target: None,
            strict: false,
            timeout: TIMEOUT,
            policy: Policy::from_env(),
        }
    }

    /// The models of these records, as they lie in a section, in place of those of the running binary: for tests with
    /// models that no compiler saw.
    #[doc(hidden)]
    pub fn from_records(section: &[u8]) -> Self {
        Self { manifests: record::read_section(section, "the records"), ..Self::new() }
    }

    /// Only these models: one, or a tuple of up to twelve. A model of another database than this guard's is refused:
    /// judged there it would say nothing.
    pub fn only<M: Models>(mut self) -> Self {
        let mut manifests = Vec::new();
        let read = M::add(&mut manifests);
        let foreign = manifests.iter().find(|manifest| manifest.database != self.database);
        self.foreign = self.foreign.or_else(|| foreign.cloned().map(Box::new));
        self.manifests = self.manifests.and(read).map(|()| manifests);
        self
    }

    /// Only models and enums of this module and those below it: `only_in("my_app::billing")`, as `module_path!()`
    /// spells it, or `only_in("crate::billing")` for the module of that name in any crate.
    pub fn only_in(self, module: &str) -> Self {
        let module = module.to_owned();
        self.retain(move |manifest| is_in(&manifest.path, &module))
    }

    /// Without these models: one, or a tuple of up to twelve.
    pub fn except<M: Models>(mut self) -> Self {
        let mut out = Vec::new();
        match M::add(&mut out) {
            Ok(()) => self.retain(move |manifest| !out.iter().any(|other| other.path == manifest.path)),
            Err(error) => {
                self.manifests = self.manifests.and(Err(error));
                self
            }
        }
    }

    /// Without the models and enums of this module and those below it.
    pub fn except_in(self, module: &str) -> Self {
        let module = module.to_owned();
        self.retain(move |manifest| !is_in(&manifest.path, &module))
    }

    /// Where the program connected to: a URL or a keyword string, for reports. Its password is not kept.
    ///
    /// A connection cannot say what was dialled, since a pooler or a socket hides it.
    pub fn target(mut self, url: &str) -> Self {
        self.target = Some(Target::parse(url));
        self
    }

    /// Treats what is merely risky as an error: a `NOT NULL` that was dropped, a label that was added.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// How long one query may take on the server; 10 seconds unless set. A shorter `statement_timeout` of the
    /// connection holds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn retain(mut self, keep: impl Fn(&Manifest) -> bool) -> Self {
        if let Ok(manifests) = &mut self.manifests {
            manifests.retain(|manifest| keep(manifest));
        }
        self
    }

    /// Verifies over a blocking connection.
    ///
    /// # Errors
    ///
    /// The [`Report`]: on findings of error severity, when the database cannot be looked at, and when there is no
    /// model to verify.
    pub fn verify(self, mut connection: impl Blocking) -> Result<Verified, Report> {
        let timeout = self.timeout;
        let mut exchange = Exchange::new(self);
        while let Some(question) = exchange.question() {
            let answer = connection.ask(&question, timeout);
            exchange.answer(answer);
        }
        exchange.end()
    }

    /// Verifies over an asynchronous connection.
    ///
    /// # Errors
    ///
    /// As [`Guard::verify`].
    pub async fn verify_async(self, mut connection: impl Async) -> Result<Verified, Report> {
        let timeout = self.timeout;
        let mut exchange = Exchange::new(self);
        while let Some(question) = exchange.question() {
            let answer = connection.ask(&question, timeout).await;
            exchange.answer(answer);
        }
        exchange.end()
    }

    /// Verifies, or prints the full report to standard error and exits with status 78 (`EX_CONFIG`).
    ///
    /// In asynchronous programs: `guard.verify_async(&client).await.unwrap_or_else(|report| report.exit())`.
    pub fn verify_or_exit(self, connection: impl Blocking) -> Verified {
        self.verify(connection).unwrap_or_else(|report| report.exit())
    }

    /// The request to send, for a driver without an adapter.
    ///
    /// # Errors
    ///
    /// If there is no model to verify, or the records of this binary cannot be read.
    pub fn request(self) -> Result<Request, Report> {
        let started = Instant::now();
        let Self { manifests, database, linked, foreign, target, strict, policy, .. } = self;
        let report = |kind, finding, manifests: &[Manifest]| {
            let database = Database { name: database.clone(), target: target.clone(), server: None };
            Report::new(kind, vec![finding], Binary::new(manifests), database)
        };
        let manifests = match manifests {
            Ok(manifests) => manifests,
            Err(error) => {
                return Err(report(Kind::Unreadable, wording::unreadable(&error.headline()), &[]));
            }
        };
        if policy != Policy::Off {
            if let Some(foreign) = foreign {
                let finding = wording::other_database(&foreign, database.as_deref());
                return Err(report(Kind::OtherDatabase, finding, &manifests));
            }
            if manifests.is_empty() {
                let linked: Vec<Option<&str>> = linked.iter().map(Option::as_deref).collect();
                let finding = wording::no_models(database.as_deref(), &linked);
                return Err(report(Kind::NoModels, finding, &[]));
            }
        }
        let text = introspect::request(&manifests);
        Ok(Request { manifests, database, target, strict, policy, text, started })
    }
}

/// Whether a Rust path lies in a module or below it; `crate::` stands for any crate.
fn is_in(path: &str, module: &str) -> bool {
    let (path, module) = match (module.strip_prefix("crate::"), path.split_once("::")) {
        (Some(module), Some((_, path))) => (path, module),
        _ => (path, module),
    };
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// One SELECT to send, and the judge of its answer.
#[derive(Debug)]
pub struct Request {
    manifests: Vec<Manifest>,
    database: Option<String>,
    target: Option<Target>,
    strict: bool,
    policy: Policy,
    text: String,
    started: Instant,
}

impl Request {
    /// The SELECT: one row with one text column, `schemacheck`. Send it under a `statement_timeout`, and as a simple
    /// query where a transaction-pooling pooler may be in between.
    pub fn sql(&self) -> &str {
        &self.text
    }

    /// Judges the text that the server sent.
    ///
    /// # Errors
    ///
    /// The [`Report`], as [`Guard::verify`].
    pub fn judge(&self, answer: &str) -> Result<Verified, Report> {
        match introspect::answer(answer) {
            Ok((server, catalog)) => self.verdict(self.compare(&catalog), Some(server)),
            Err(error) => self.unreadable(&error),
        }
    }

    fn compare(&self, catalog: &Catalog) -> Vec<Finding> {
        let mut findings =
            compare::compare_all(&self.manifests, catalog, Moment::Start { strict: self.strict });
        compare::causes(&self.manifests, catalog, None, &mut findings);
        findings
    }

    fn verdict(&self, findings: Vec<Finding>, server: Option<ServerFacts>) -> Result<Verified, Report> {
        let database = Database { name: self.database.clone(), target: self.target.clone(), server };
        let binary = Binary::new(&self.manifests);
        if count(&findings).0 == 0 {
            return Ok(Verified::new(&self.manifests, findings, database, self.started.elapsed()));
        }
        let kind = match findings.iter().any(|finding| finding.code == Code::Unreadable) {
            true => Kind::Unreadable,
            false => Kind::Drift,
        };
        self.policy.apply(Report::new(kind, findings, binary, database), &self.manifests, self.started)
    }

    /// The database could not be looked at: never "verified".
    fn unreadable(&self, error: &(dyn std::error::Error + 'static)) -> Result<Verified, Report> {
        self.verdict(vec![wording::unreadable(&chain(error))], None)
    }
}

/// How a driver's adapter and a request talk: a question at a time.
///
/// An answer that a schema change tore is asked for once more; a refusal asks for names, for better advice.
#[derive(Debug)]
struct Exchange {
    state: State,
}

#[derive(Debug)]
enum State {
    Ask { request: Box<Request>, tries_left: u32 },
    Advise { request: Box<Request>, server: ServerFacts, catalog: Box<Catalog> },
    Done(Result<Verified, Report>),
}

impl Exchange {
    fn new(guard: Guard) -> Self {
        let policy = guard.policy;
        let state = match guard.request() {
            Ok(request) if request.policy == Policy::Off => {
                State::Done(Ok(Policy::skip(&request.manifests, request.database)))
            }
            Ok(request) => State::Ask { request: Box::new(request), tries_left: 1 },
            Err(report) => State::Done(policy.apply(report, &[], Instant::now())),
        };
        Self { state }
    }

    /// The next text to send; nothing when the verdict stands.
    fn question(&self) -> Option<String> {
        match &self.state {
            State::Ask { request, .. } => Some(request.text.clone()),
            State::Advise { .. } => Some(introspect::names_request()),
            State::Done(_) => None,
        }
    }

    fn answer(&mut self, answer: Result<String, Cause>) {
        let state = std::mem::replace(&mut self.state, State::Done(Ok(Policy::skip(&[], None))));
        self.state = match state {
            State::Ask { request, tries_left } => {
                let torn = |cause: &Cause| is_torn(chain(cause.as_ref()).as_str());
                let read = match answer {
                    Ok(text) => introspect::answer(&text),
                    Err(cause) if tries_left > 0 && torn(&cause) => Err(Error::answer(chain(cause.as_ref()))),
                    Err(cause) => Err(Error::query(cause)),
                };
                match read {
                    Err(error) if error.is_torn() && tries_left > 0 => {
                        State::Ask { request, tries_left: tries_left - 1 }
                    }
                    Err(error) => State::Done(request.unreadable(&error)),
                    Ok((server, catalog)) => {
                        let findings = request.compare(&catalog);
                        let missing = |code| matches!(code, Code::MissingRelation | Code::MissingType);
                        match findings.iter().any(|finding| missing(finding.code)) {
                            true => State::Advise { request, server, catalog: Box::new(catalog) },
                            false => State::Done(request.verdict(findings, Some(server))),
                        }
                    }
                }
            }
            State::Advise { request, server, mut catalog } => {
                // Better advice is worth a second request, but the verdict stands without it.
                if let Ok(text) = answer {
                    let _ = introspect::add_names(&text, &mut catalog);
                }
                State::Done(request.verdict(request.compare(&catalog), Some(server)))
            }
            done @ State::Done(_) => done,
        };
    }

    fn end(self) -> Result<Verified, Report> {
        match self.state {
            State::Done(verdict) => verdict,
            State::Ask { request, .. } | State::Advise { request, .. } => {
                request.unreadable(&Error::answer("the exchange ended before its answer"))
            }
        }
    }
}

/// Whether the server's error comes from a schema change at the same moment (SQLSTATE XX000, about 1 in 1,500 reads
/// under a storm of DDL).
fn is_torn(error: &str) -> bool {
    error.contains("cache lookup failed") || error.contains("could not open relation with OID")
}

/// How many models and columns manifests have: enums count as neither.
fn size(manifests: &[Manifest]) -> (usize, usize) {
    let models = manifests.iter().filter(|manifest| manifest.sort == Sort::Model);
    (models.clone().count(), models.map(|manifest| manifest.columns.len()).sum())
}

#[cfg(test)]
mod tests;
