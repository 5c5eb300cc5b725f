//! The guard: at start-up, the models of the running binary against the live database.
//!
//! Sans I/O: a [`Request`] is a text to send, and judges the answer; adapters in [`driver`](crate::driver) do the
//! sending. One round trip when all is well.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use schemacheck_core::finding::wording;
use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::manifest::Sort;
use schemacheck_core::{Manifest, record};

use crate::driver::{Async, Blocking};
use crate::registry::{self, Models};

mod connect;
mod exchange;
mod json;
mod log;
mod policy;
mod readiness;
mod report;
mod request;
mod screen;
pub mod target;
mod tenants;
mod timer;
mod verified;
mod wait;

use exchange::Exchange;
pub use policy::Policy;
use policy::{Aloud, Decided};
pub use readiness::{Readiness, hints_at_drift};
pub use report::{Binary, Database, Kind, Report};
pub use request::Request;
use request::{Options, Plan};
pub use target::Target;
#[doc(hidden)]
pub use tenants::at_once as tenants_at_once;
pub use tenants::{Tenant, Tenants};
pub use verified::Verified;
use wait::Wait;

/// The start-up check: which models it judges, and how.
///
/// `Guard::new()` judges every model of the default database that is linked into the binary, `Guard::database("billing")`
/// every one of the database `billing`.
#[derive(Debug)]
#[must_use = "a guard does nothing until it verifies"]
pub struct Guard {
    manifests: Result<Vec<Manifest>, schemacheck_core::Error>,
    /// The databases of all linked models, for reports.
    linked: Vec<Option<String>>,
    /// A model that was chosen and belongs to another database.
    foreign: Option<Box<Manifest>>,
    /// The choice that left no model.
    emptied: Option<Emptied>,
    options: Options,
}

/// A choice that left none of the models that there were.
#[derive(Debug)]
struct Emptied {
    /// The module that it named; nothing where models were left out.
    module: Option<String>,
    /// The modules of the models that there were.
    modules: Vec<String>,
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
        Self::of(None, registry::manifests()).seen(registry::ledgers())
    }

    /// All models and enums of a named database that are linked into this binary: those with
    /// `#[schemacheck(database = "billing")]`.
    ///
    /// Verify it over a connection to that database; each database has a guard and a proof of its own.
    pub fn database(name: &str) -> Self {
        Self::of(Some(name.to_owned()), registry::manifests()).seen(registry::ledgers())
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
        Self { manifests, linked, foreign: None, emptied: None, options: Options::new(database) }
    }

    /// With what the build saw of this database's ledger. What is wrong with the section is said of the models.
    fn seen(mut self, ledgers: Result<Vec<SeenLedger>, schemacheck_core::Error>) -> Self {
        let ledgers = ledgers.into_iter().flatten();
        let own = ledgers.filter(|ledger| ledger.database == self.options.database).collect();
        self.options.seen = SeenLedger::newest_of(own).map(Arc::new);
        self
    }

    /// The models of these records, as they lie in a section, in place of those of the running binary: for tests with
    /// models that no compiler saw.
    #[doc(hidden)]
    pub fn from_records(section: &[u8]) -> Self {
        const PLACE: &str = "the records";
        let manifests = record::read_section(section, PLACE);
        Self { manifests, ..Self::new() }.seen(record::read_ledgers(section, PLACE))
    }

    /// These manifests in place of those of the running binary, and what the build saw of the ledger: for the command
    /// line.
    #[doc(hidden)]
    pub fn of_manifests(manifests: Vec<Manifest>, seen: Option<SeenLedger>) -> Self {
        let options = Options { seen: seen.map(Arc::new), ..Options::new(None) };
        Self { manifests: Ok(manifests), linked: Vec::new(), foreign: None, emptied: None, options }
    }

    /// This policy, whatever the environment says: for the command line.
    #[doc(hidden)]
    pub fn decided(mut self, policy: Policy) -> Self {
        self.options.policy = Decided::by_operator(policy);
        self
    }

    /// Only these models: one, or a tuple of up to twelve. A model of another database than this guard's is refused:
    /// judged there it would say nothing.
    pub fn only<M: Models>(mut self) -> Self {
        let mut manifests = Vec::new();
        let read = M::add(&mut manifests);
        let foreign = manifests.iter().find(|manifest| manifest.database != self.options.database);
        self.foreign = self.foreign.or_else(|| foreign.cloned().map(Box::new));
        self.manifests = self.manifests.and(read).map(|()| manifests);
        self
    }

    /// Only models and enums of this module and those below it: `only_in("my_app::billing")`, as `module_path!()`
    /// spells it, or `only_in("crate::billing")` for the module of that name in any crate.
    pub fn only_in(self, module: &str) -> Self {
        self.retain(Some(module), |manifest| is_in(&manifest.path, module))
    }

    /// Without these models: one, or a tuple of up to twelve.
    pub fn except<M: Models>(mut self) -> Self {
        let mut out = Vec::new();
        match M::add(&mut out) {
            Ok(()) => self.retain(None, move |manifest| !out.iter().any(|other| other.path == manifest.path)),
            Err(error) => {
                self.manifests = self.manifests.and(Err(error));
                self
            }
        }
    }

    /// Without the models and enums of this module and those below it.
    pub fn except_in(self, module: &str) -> Self {
        self.retain(None, |manifest| !is_in(&manifest.path, module))
    }

    /// Where the program connected to: a URL or a keyword string, for reports. Its password is not kept.
    ///
    /// A connection cannot say what was dialled, since a pooler or a socket hides it.
    pub fn target(mut self, url: &str) -> Self {
        self.options.target = Some(Target::parse(url));
        self
    }

    /// Treats what is merely risky as an error: a `NOT NULL` that was dropped, a label that was added.
    pub fn strict(mut self) -> Self {
        self.options.strict = true;
        self
    }

    /// How long one query may take on the server; 10 seconds unless set. A shorter `statement_timeout` of the
    /// connection holds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Looks again while the database does not fit or cannot be looked at, until this time has passed: a migration may run
    /// beside the deploy, a replica may have to catch up. Nothing is waited for unless set.
    ///
    /// The pauses grow from 100 ms to 5 s. What is waited for is logged when it changes. [`Guard::connect`] retries the
    /// connection within the same time.
    pub fn wait_for(mut self, limit: Duration) -> Self {
        self.options.wait_for = limit;
        self
    }

    /// Looks for models that name no schema in this one, whatever `search_path` says: one tenant of many. Types are
    /// looked for there first.
    ///
    /// A model of a table that all tenants share names its schema: `#[schemacheck(schema = "public")]`.
    pub fn schema(mut self, schema: &str) -> Self {
        self.options.schema = Some(schema.to_owned());
        self
    }

    /// What a refusal leads to: [`Policy::Enforce`] unless set. `SCHEMACHECK_GUARD` in the environment has the last word,
    /// and says so in the log; so does every override.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.options.policy = self.options.policy.or(policy);
        self
    }

    /// Keeps these; `module` is the one that they have to be in.
    fn retain(mut self, module: Option<&str>, keep: impl Fn(&Manifest) -> bool) -> Self {
        if let Ok(manifests) = &mut self.manifests {
            match manifests.iter().any(&keep) {
                true => manifests.retain(keep),
                false => {
                    let before = std::mem::take(manifests);
                    if !before.is_empty() {
                        let modules = before.iter().map(|manifest| module_of(&manifest.path).to_owned());
                        let modules = modules.collect::<BTreeSet<_>>().into_iter().collect();
                        self.emptied = Some(Emptied { module: module.map(str::to_owned), modules });
                    }
                }
            }
        }
        self
    }

    /// Verifies over a blocking connection.
    ///
    /// A network that swallows the answer is not noticed, since a blocking driver does not let go of a connection: it is
    /// said in the log. [`Guard::connect`] gives up by itself.
    ///
    /// # Errors
    ///
    /// The [`Report`]: on findings of error severity, when the database cannot be looked at, and when there is no
    /// model to verify.
    pub fn verify(self, connection: impl Blocking) -> Result<Verified, Report> {
        self.verify_watched(connection, |_| {})
    }

    /// Verifies; `overdue` is called if no answer has come for longer than the server may take.
    fn verify_watched(
        self,
        mut connection: impl Blocking,
        overdue: impl FnOnce(Report) + Send + 'static,
    ) -> Result<Verified, Report> {
        let request = match self.prepare() {
            Ok(request) => request,
            Err(settled) => return *settled,
        };
        let _watch = request.plan.watch(request.plan.options.patience_at_start(), overdue);
        let mut wait = Wait::new(&request.plan.options);
        loop {
            let verdict = Exchange::new(&request).run(&mut connection).verdict;
            match wait.pause(verdict.as_ref().err(), connection.is_closed()) {
                Some(pause) => thread::sleep(pause),
                None => return request.settle(verdict),
            }
        }
    }

    /// Verifies over an asynchronous connection, under any executor.
    ///
    /// # Errors
    ///
    /// As [`Guard::verify`].
    pub async fn verify_async(self, mut connection: impl Async) -> Result<Verified, Report> {
        let request = match self.prepare() {
            Ok(request) => request,
            Err(settled) => return *settled,
        };
        let mut wait = Wait::new(&request.plan.options);
        loop {
            let verdict = Exchange::new(&request).run_async(&mut connection).await.verdict;
            match wait.pause(verdict.as_ref().err(), connection.is_closed()) {
                Some(pause) => timer::sleep(pause).await,
                None => return request.settle(verdict),
            }
        }
    }

    /// Verifies, or prints the full report to standard error and exits with status 78 (`EX_CONFIG`).
    ///
    /// In asynchronous programs: `guard.verify_async(&client).await.unwrap_or_else(|report| report.exit())`.
    pub fn verify_or_exit(self, connection: impl Blocking) -> Verified {
        let enforced = self.options.policy.policy == Policy::Enforce;
        let overdue = move |report: Report| {
            if enforced {
                report.exit()
            }
        };
        self.verify_watched(connection, overdue).unwrap_or_else(|report| report.exit())
    }

    /// The request to send, for a driver without an adapter.
    ///
    /// # Errors
    ///
    /// If there is no model to verify, or the records of this binary cannot be read; whatever the policy is, but for
    /// [`Policy::Off`].
    pub fn request(self) -> Result<Request, Report> {
        let Self { manifests, linked, foreign, emptied, options } = self;
        let report = |kind, finding, manifests: &[Manifest]| {
            let Options { database, schema, target, .. } = &options;
            let database = Database {
                name: database.clone(),
                schema: schema.clone(),
                target: target.clone(),
                server: None,
            };
            Report::new(kind, vec![finding], Binary::new(manifests), database)
        };
        let manifests = match manifests {
            Ok(manifests) => manifests,
            Err(error) => {
                return Err(report(Kind::Unreadable, wording::unreadable(&error.headline()), &[]));
            }
        };
        if options.policy.policy != Policy::Off {
            if let Some(foreign) = foreign {
                let finding = wording::other_database(&foreign, options.database.as_deref());
                return Err(report(Kind::OtherDatabase, finding, &manifests));
            }
            if let Some(Emptied { module, modules }) = emptied.filter(|_| manifests.is_empty()) {
                let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
                let of = linked
                    .iter()
                    .any(Option::is_some)
                    .then(|| wording::database_phrase(options.database.as_deref()));
                let finding = wording::none_chosen(module.as_deref(), &modules, of.as_deref());
                return Err(report(Kind::NoModels, finding, &[]).by_choice());
            }
            if manifests.is_empty() {
                let linked: Vec<Option<&str>> = linked.iter().map(Option::as_deref).collect();
                let finding = wording::no_models(options.database.as_deref(), &linked);
                return Err(report(Kind::NoModels, finding, &[]));
            }
        }
        Ok(Request::new(Plan::new(Arc::new(manifests), options)))
    }

    /// The request, or the verdict where nothing is to be asked.
    fn prepare(self) -> Result<Request, Box<Result<Verified, Report>>> {
        let (policy, started) = (self.options.policy, Instant::now());
        match self.request() {
            Ok(request) if policy.policy == Policy::Off => {
                let plan = &request.plan;
                Err(Box::new(Ok(policy.skip(&plan.manifests, plan.options.database.clone()))))
            }
            Ok(request) => Ok(request),
            Err(report) => Err(Box::new(policy.apply(report, &[], started, Aloud::Starting))),
        }
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

/// The module of a model's path.
fn module_of(path: &str) -> &str {
    path.rsplit_once("::").map_or("", |(module, _)| module)
}

/// How many models and columns manifests have: enums count as neither.
fn size(manifests: &[Manifest]) -> (usize, usize) {
    let models = manifests.iter().filter(|manifest| manifest.sort == Sort::Model);
    (models.clone().count(), models.map(|manifest| manifest.columns.len()).sum())
}

#[cfg(test)]
mod tests;
