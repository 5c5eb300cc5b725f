//! [`Request`]: one SELECT to send, and the judge of its answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use schemacheck_core::compare::{self, Moment};
use schemacheck_core::finding::{Finding, count, merge, wording};
use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::manifest::Sort;
use schemacheck_core::{Catalog, Code, Manifest, QualifiedName};

use super::log;
use super::policy::{Aloud, Decided};
use super::readiness::Memory;
use super::timer::Watch;
use super::{Binary, Database, Kind, Policy, Report, Target, Verified};
use crate::error::{Cause, Error, chain};
use crate::introspect::guard::{self as introspect, Answer, Beside, Fingerprint, ServerFacts, plain};

/// How long one query may take on the server, unless [`Guard::timeout`](super::Guard::timeout) says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much longer than that an answer may be on its way.
const GRACE: Duration = Duration::from_secs(5);

/// What holds for each look of a guard.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// The named database whose models are judged; nothing for the default one.
    pub(super) database: Option<String>,
    /// The schema of models that name none, in place of the search path.
    pub(super) schema: Option<String>,
    pub(super) target: Option<Target>,
    pub(super) strict: bool,
    pub(super) timeout: Duration,
    pub(super) wait_for: Duration,
    pub(super) policy: Decided,
    /// What the build saw of the migration ledger.
    pub(super) seen: Option<Arc<SeenLedger>>,
}

impl Options {
    pub(super) fn new(database: Option<String>) -> Self {
        Self {
            database,
            schema: None,
            target: None,
            strict: false,
            timeout: TIMEOUT,
            wait_for: Duration::ZERO,
            policy: Decided::new(Policy::Enforce),
            seen: None,
        }
    }

    /// How long an answer may take to come: on the server, and on its way.
    pub(super) fn answer_within(&self) -> Duration {
        self.timeout.saturating_add(GRACE)
    }

    /// How long one look may take: four answers at most, for plain tables, in full, in full once more, and for names.
    pub(super) fn patience(&self) -> Duration {
        self.timeout.saturating_mul(4).saturating_add(GRACE)
    }

    /// The same for looking again: the fingerprint is asked for before, and a full look once more without it.
    pub(super) fn patience_again(&self) -> Duration {
        self.timeout.saturating_mul(6).saturating_add(GRACE)
    }

    /// How long it may take where a database that does not fit yet is waited for.
    pub(super) fn patience_at_start(&self) -> Duration {
        self.wait_for.saturating_add(self.patience())
    }
}

/// What is asked and judged, as often as one likes.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) manifests: Arc<Vec<Manifest>>,
    pub(super) options: Options,
    text: OnceLock<String>,
    plain: OnceLock<Option<String>>,
    fingerprint: OnceLock<String>,
    plain_fingerprint: OnceLock<String>,
    /// What was seen last.
    pub(super) memory: Mutex<Memory>,
    /// Whether a refusal that the policy overrides was said aloud.
    pub(super) has_announced: AtomicBool,
}

impl Plan {
    pub(super) fn new(manifests: Arc<Vec<Manifest>>, options: Options) -> Arc<Self> {
        Arc::new(Self {
            manifests,
            options,
            text: OnceLock::new(),
            plain: OnceLock::new(),
            fingerprint: OnceLock::new(),
            plain_fingerprint: OnceLock::new(),
            memory: Mutex::default(),
            has_announced: AtomicBool::new(false),
        })
    }

    /// The SELECT.
    pub(super) fn text(&self) -> &str {
        self.text.get_or_init(|| self.text_with(Beside { ledgers: true, fingerprint: false }))
    }

    pub(super) fn text_with(&self, beside: Beside) -> String {
        self.bound(|manifests| {
            let manifests: Vec<&Manifest> = manifests.iter().collect();
            introspect::request_with(&manifests, self.seen(), beside)
        })
    }

    /// What the build saw of the ledger.
    pub(super) fn seen(&self) -> Option<&SeenLedger> {
        self.options.seen.as_deref()
    }

    /// A SELECT for plain tables alone; nothing if the models expect more.
    pub(super) fn plain_text(&self, beside: Beside) -> Option<String> {
        if beside != (Beside { ledgers: true, fingerprint: false }) {
            return self.bound(|manifests| plain::request(manifests, self.seen(), beside));
        }
        self.plain
            .get_or_init(|| self.bound(|manifests| plain::request(manifests, self.seen(), beside)))
            .clone()
    }

    /// Reads the answer to that; nothing if what is there is anything else.
    pub(super) fn read_plain(&self, text: &str) -> Result<Option<Answer>, Error> {
        self.bound(|manifests| plain::read(text, manifests))
    }

    /// A SELECT whose answer is another fingerprint than this when what came with it may have changed.
    pub(super) fn fingerprint_like(&self, seen: &Fingerprint) -> &str {
        match seen {
            Fingerprint::Full(_) => {
                let make = || self.bound(|manifests| introspect::fingerprint_request(manifests));
                self.fingerprint.get_or_init(make)
            }
            Fingerprint::Plain(_) => {
                self.plain_fingerprint.get_or_init(|| self.bound(plain::fingerprint_request))
            }
        }
    }

    /// A SELECT of what there is instead.
    pub(super) fn names(&self) -> String {
        introspect::names_request(&self.manifests)
    }

    /// What is made of the manifests as the schema of the options has them.
    fn bound<T>(&self, make: impl Fn(&[Manifest]) -> T) -> T {
        match &self.options.schema {
            None => make(&self.manifests),
            Some(schema) => make(&in_schemas(&self.manifests, &[schema])),
        }
    }

    pub(super) fn compare(&self, catalog: &Catalog) -> Vec<Finding> {
        match &self.options.schema {
            None => self.judge(&self.manifests, catalog, None),
            Some(schema) => {
                let (manifests, catalog) = rebind(&self.manifests, catalog, schema, &[]);
                self.judge(&manifests, &catalog, Some(schema))
            }
        }
    }

    /// The findings about one tenant of several that were asked for at once.
    pub(super) fn compare_among(&self, catalog: &Catalog, schema: &str, all: &[&str]) -> Vec<Finding> {
        let (manifests, catalog) = rebind(&self.manifests, catalog, schema, all);
        self.judge(&manifests, &catalog, Some(schema))
    }

    fn judge(&self, manifests: &[Manifest], catalog: &Catalog, tenant: Option<&str>) -> Vec<Finding> {
        let moment = Moment::Start { strict: self.options.strict };
        let mut findings = compare::compare_all(manifests, catalog, moment);
        let unjudged = compare::unjudged(manifests, catalog, moment);
        if !unjudged.is_empty() {
            findings.extend(unjudged);
            findings = merge(findings);
        }
        compare::causes(manifests, catalog, self.seen(), tenant, &mut findings);
        findings
    }

    /// The verdict, before the policy.
    pub(super) fn verdict(
        self: &Arc<Self>,
        findings: Vec<Finding>,
        server: Option<ServerFacts>,
        started: Instant,
    ) -> Result<Verified, Report> {
        let database = self.database(server);
        if count(&findings).0 == 0 {
            let verified = Verified::new(&self.manifests, findings, database, started.elapsed());
            return Ok(verified.with_plan(self.clone()));
        }
        let kind = match findings.iter().any(|finding| finding.code == Code::Unreadable) {
            true => Kind::Unreadable,
            false => Kind::Drift,
        };
        let report = Report::new(kind, findings, Binary::new(&self.manifests), database);
        let report = report.strict(self.options.strict);
        // What the build did not check, no later look checks.
        Err(if report.is_unjudged() { report.for_good() } else { report })
    }

    fn database(&self, server: Option<ServerFacts>) -> Database {
        let Options { database, schema, target, .. } = &self.options;
        Database { name: database.clone(), schema: schema.clone(), target: target.clone(), server }
    }

    /// The database could not be looked at: never "verified".
    pub(super) fn unreadable(&self, error: &Error) -> Report {
        let report = self.unread(&chain(error));
        if error.is_final() { report.for_good() } else { report }
    }

    /// There is no connection.
    pub(super) fn unconnected(&self, cause: &Cause) -> Report {
        self.unread(&format!("cannot connect: {}", chain(cause.as_ref())))
    }

    /// No answer came within this time.
    pub(super) fn no_answer(&self, limit: Duration) -> Report {
        self.unread(&format!("no answer has come for {} s", limit.as_secs_f64().ceil()))
    }

    /// Says in the log if no verdict has come for longer than it may take. A blocking driver does not let go of a
    /// connection.
    pub(super) fn watch(
        self: &Arc<Self>,
        limit: Duration,
        overdue: impl FnOnce(Report) + Send + 'static,
    ) -> Watch {
        let plan = Arc::clone(self);
        Watch::start(limit, move || {
            let report = plan.no_answer(limit);
            log::say(log::Level::Warning, "waiting", &report.to_string(), None);
            overdue(report);
        })
    }

    fn unread(&self, problem: &str) -> Report {
        let findings = vec![wording::unreadable(problem)];
        Report::new(Kind::Unreadable, findings, Binary::new(&self.manifests), self.database(None))
    }

    /// What the policy makes of a verdict.
    pub(super) fn settle(
        self: &Arc<Self>,
        verdict: Result<Verified, Report>,
        started: Instant,
    ) -> Result<Verified, Report> {
        verdict.or_else(|report| {
            self.has_announced.store(true, Ordering::Relaxed);
            let settled = self.options.policy.apply(report, &self.manifests, started, Aloud::Starting);
            settled.map(|verified| verified.with_plan(self.clone()))
        })
    }
}

/// The manifests once more for each schema, those that name one aside. Types are asked for on the search path too.
pub(super) fn in_schemas(manifests: &[Manifest], schemas: &[&str]) -> Vec<Manifest> {
    let open = |manifest: &&Manifest| manifest.schema.is_none();
    let kept = |manifest: &&Manifest| !open(manifest) || manifest.sort != Sort::Model;
    let mut all: Vec<Manifest> = manifests.iter().filter(kept).cloned().collect();
    for schema in schemas {
        let bound = manifests.iter().filter(open);
        all.extend(bound.map(|manifest| Manifest { schema: Some((*schema).to_owned()), ..manifest.clone() }));
    }
    all
}

/// Manifests and catalog as one tenant sees them: its schema is that of models that name none, and is searched first.
/// What the schemas of `others` hold is left out.
fn rebind(
    manifests: &[Manifest],
    catalog: &Catalog,
    schema: &str,
    others: &[&str],
) -> (Vec<Manifest>, Catalog) {
    // One that others share may be a tenant itself.
    let is_shared = |schema: &String| {
        catalog.search_path.contains(schema)
            || manifests.iter().any(|manifest| manifest.schema.as_ref() == Some(schema))
    };
    let wanted = |name: &QualifiedName| {
        name.schema == schema || is_shared(&name.schema) || !others.contains(&name.schema.as_str())
    };
    let serves = |name: &QualifiedName| {
        name.schema == schema || catalog.search_path.contains(&name.schema) && wanted(name)
    };
    let relations = catalog.relations.iter().filter(|(name, _)| wanted(name));
    let types = catalog.types.iter().filter(|(name, _)| wanted(name));
    let path = catalog.search_path.iter().filter(|known| *known != schema);
    let untrusted = catalog.untrusted_ledgers.iter().filter(|ledger| serves(&ledger.table));
    let catalog = Catalog {
        search_path: std::iter::once(schema.to_owned()).chain(path.cloned()).collect(),
        relations: relations.map(|(name, relation)| (name.clone(), relation.clone())).collect(),
        types: types.map(|(name, def)| (name.clone(), def.clone())).collect(),
        // Its own, and one that is shared: not that of another tenant.
        ledgers: catalog.ledgers.iter().filter(|ledger| serves(&ledger.table)).cloned().collect(),
        untrusted_ledgers: untrusted.cloned().collect(),
        server: catalog.server.clone(),
        privileges: catalog.privileges.clone(),
        unpopulated: catalog.unpopulated.clone(),
        known_relations: catalog.known_relations.clone(),
        known_types: catalog.known_types.clone(),
        knows_names: catalog.knows_names,
        ..Catalog::default()
    };
    (manifests.iter().map(|manifest| manifest.in_schema(schema, &catalog)).collect(), catalog)
}

/// One SELECT to send, and the judge of its answer.
#[derive(Debug)]
pub struct Request {
    pub(super) plan: Arc<Plan>,
    pub(super) started: Instant,
}

impl Request {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        Self { plan, started: Instant::now() }
    }

    /// The SELECT: one row with one text column, `schemacheck`. Send it under a `statement_timeout`, and as a simple
    /// query where a transaction-pooling pooler may be in between.
    pub fn sql(&self) -> &str {
        self.plan.text()
    }

    /// Judges the text that the server sent.
    ///
    /// # Errors
    ///
    /// The [`Report`], as [`Guard::verify`](super::Guard::verify).
    pub fn judge(&self, answer: &str) -> Result<Verified, Report> {
        self.settle(match introspect::answer(answer) {
            Ok((server, catalog)) => {
                self.plan.verdict(self.plan.compare(&catalog), Some(server), self.started)
            }
            Err(error) => Err(self.plan.unreadable(&error)),
        })
    }

    /// The verdict where the query failed: the driver's error, as a report.
    ///
    /// # Errors
    ///
    /// The [`Report`], unless the policy overrides it.
    pub fn failed(&self, error: impl Into<Cause>) -> Result<Verified, Report> {
        self.settle(Err(self.plan.unreadable(&Error::query(error))))
    }

    pub(super) fn settle(&self, verdict: Result<Verified, Report>) -> Result<Verified, Report> {
        self.plan.settle(verdict, self.started)
    }
}
