//! Many schemas of one shape: a verdict each, asked for in batches.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use schemacheck_core::finding::plural;
use schemacheck_core::ident::printable;
use schemacheck_core::{Catalog, Code, Severity};

use super::exchange::{Again, Unread, read};
use super::request::{Options, Plan, in_schemas};
use super::{Guard, Report, Verified, timer};
use crate::driver::{Async, Blocking};
use crate::error::{Cause, Error};
use crate::introspect::guard::{self as introspect, Answer, Beside, ServerFacts};

/// How many relations and types are asked for at once: enough to make round trips rare, and an answer of a few hundred kB.
const BATCH: usize = 400;

/// How many schemas are asked for at once: each may have a ledger, whose reading takes locks, and the server's table of
/// locks has room for some thousands.
const SCHEMAS: usize = 50;

/// How many schemas are asked for at once where there are so many models and types: for the command line.
pub fn at_once(manifests: usize) -> usize {
    (BATCH / manifests.max(1)).clamp(1, SCHEMAS)
}

/// One tenant, and its verdict.
#[derive(Debug)]
pub struct Tenant {
    /// Its schema.
    pub schema: String,
    /// What [`Guard::verify`] would say of it.
    pub verdict: Result<Verified, Report>,
}

/// The verdicts of many schemas, in the order in which they were named. `Display` is the findings of those that were
/// refused, or would be if the policy did not let them pass, and a summary.
#[derive(Debug, Default)]
#[must_use = "a verdict that nobody looks at stops nothing"]
pub struct Tenants(Vec<Tenant>);

impl Tenants {
    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Tenant> {
        self.0.iter()
    }

    /// Those that do not fit, or could not be looked at, and that the policy does not let pass: none under
    /// [`Policy::Warn`](super::Policy::Warn) and [`Policy::Off`](super::Policy::Off).
    pub fn refused(&self) -> impl Iterator<Item = (&str, &Report)> {
        self.0.iter().filter_map(|tenant| Some((tenant.schema.as_str(), tenant.verdict.as_ref().err()?)))
    }

    /// Those that may be worked for, with their proofs: those that fit, and those that the policy lets pass, whose proofs
    /// say [`is_overridden`](Verified::is_overridden).
    pub fn verified(&self) -> impl Iterator<Item = (&str, &Verified)> {
        self.0.iter().filter_map(|tenant| Some((tenant.schema.as_str(), tenant.verdict.as_ref().ok()?)))
    }

    /// Those that the policy lets pass: against a refusal, whose findings are in the proof, or without a look.
    pub fn overridden(&self) -> impl Iterator<Item = (&str, &Verified)> {
        self.verified().filter(|(_, verified)| verified.is_overridden())
    }

    /// Whether all were looked at and fit: none was refused, and none [overridden](Tenants::overridden).
    pub fn all_fit(&self) -> bool {
        self.refused().next().is_none() && self.overridden().next().is_none()
    }
}

impl IntoIterator for Tenants {
    type Item = Tenant;
    type IntoIter = std::vec::IntoIter<Tenant>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut fit, mut overridden, mut skipped) = (0, 0, 0);
        // One guard has one policy.
        let mut phrase = "";
        for Tenant { schema, verdict } in &self.0 {
            match verdict.as_ref().map(|verified| (verified, verified.how_overridden())) {
                Err(report) => writeln!(f, "schema `{}`: {report}", printable(schema))?,
                Ok((_, None)) => fit += 1,
                Ok((verified, Some(how))) => {
                    phrase = &how.phrase;
                    match how.looked {
                        true => overridden += 1,
                        false => skipped += 1,
                    }
                    if how.looked {
                        writeln!(
                            f,
                            "schema `{}`: refusal overridden{}",
                            printable(schema),
                            errors(verified)
                        )?;
                    }
                }
            }
        }
        if skipped > 0 && skipped == self.0.len() {
            return write!(f, "{} not verified ({phrase})", plural(skipped, "schema"));
        }
        write!(f, "{fit} of {} verified", plural(self.0.len(), "schema"))?;
        match overridden {
            0 => Ok(()),
            count => write!(f, ", {} overridden ({phrase})", plural(count, "refusal")),
        }
    }
}

/// The errors of a proof against them, a line each, as those of a refusal.
fn errors(verified: &Verified) -> String {
    let errors = verified.findings().iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| format!("\n  {}", finding.headline())).collect()
}

impl Guard {
    /// Verifies many schemas of one shape over one connection: a verdict each, and one that does not fit hides no other.
    /// Models that name a schema themselves are judged with each.
    ///
    /// [`Guard::wait_for`] does not wait here: look again at those that were refused. Of no schemas there are no verdicts,
    /// and [`Tenants::all_fit`] says that all fit. Under a policy that lets refusals pass they are among
    /// [`Tenants::overridden`], and none among [`Tenants::refused`].
    ///
    /// # Errors
    ///
    /// The [`Report`] if there is no model to verify. What is wrong with a schema is in its verdict.
    pub fn verify_schemas<S: Into<String>>(
        self,
        mut connection: impl Blocking,
        schemas: impl IntoIterator<Item = S>,
    ) -> Result<Tenants, Report> {
        let mut round = Round::new(self, schemas)?;
        let timeout = round.plan.options.timeout;
        while let Some(question) = round.question() {
            let _watch = round.plan.watch(round.plan.options.patience(), |_| {});
            let answer = connection.ask(&question, timeout);
            round.answer(answer);
        }
        Ok(round.end())
    }

    /// Verifies many schemas of one shape over one asynchronous connection, as [`Guard::verify_schemas`].
    ///
    /// # Errors
    ///
    /// As [`Guard::verify_schemas`].
    pub async fn verify_schemas_async<S: Into<String>>(
        self,
        mut connection: impl Async,
        schemas: impl IntoIterator<Item = S>,
    ) -> Result<Tenants, Report> {
        let mut round = Round::new(self, schemas)?;
        let (timeout, limit) = (round.plan.options.timeout, round.plan.options.answer_within());
        while let Some(question) = round.question() {
            match timer::within(limit, connection.ask(&question, timeout)).await {
                Some(answer) => round.answer(answer),
                None => round.abandon(),
            }
        }
        Ok(round.end())
    }
}

/// A walk through the schemas, a batch at a time. A batch that cannot be read is asked for one by one.
struct Round {
    plan: Arc<Plan>,
    /// Schemas that are still to be asked for, the next at the end.
    batches: Vec<Vec<usize>>,
    /// A second try for the batch at hand.
    again: Option<Again>,
    /// What the batch at hand has, while names for better advice are asked for.
    advise: Option<(ServerFacts, Catalog)>,
    /// The answer with those names.
    names: Option<String>,
    started: Instant,
    schemas: Vec<String>,
    verdicts: Vec<Option<Result<Verified, Report>>>,
}

impl Round {
    fn new<S: Into<String>>(guard: Guard, schemas: impl IntoIterator<Item = S>) -> Result<Self, Report> {
        let mut known = std::collections::HashSet::new();
        let schemas: Vec<String> =
            schemas.into_iter().map(Into::into).filter(|schema| known.insert(schema.clone())).collect();
        let options = guard.options.clone();
        let (plan, verdicts): (_, Vec<_>) = match guard.prepare() {
            Ok(request) => (request.plan, schemas.iter().map(|_| None).collect()),
            Err(settled) => {
                let settled = (*settled)?;
                (
                    Plan::new(Arc::default(), options),
                    schemas.iter().map(|_| Some(Ok(settled.clone()))).collect(),
                )
            }
        };
        let pending: Vec<usize> = (0..schemas.len()).filter(|at| verdicts[*at].is_none()).collect();
        let size = at_once(plan.manifests.len());
        let mut batches: Vec<Vec<usize>> = pending.chunks(size).map(<[usize]>::to_vec).collect();
        batches.reverse();
        let started = Instant::now();
        Ok(Self { plan, batches, again: None, advise: None, names: None, started, schemas, verdicts })
    }

    fn named(&self, batch: &[usize]) -> Vec<&str> {
        batch.iter().map(|at| self.schemas[*at].as_str()).collect()
    }

    fn question(&self) -> Option<String> {
        let batch = self.batches.last()?;
        Some(match self.advise {
            Some(_) => self.plan.names(),
            None => {
                let ledgers = self.again != Some(Again::Less);
                let bound = in_schemas(&self.plan.manifests, &self.named(batch));
                let bound: Vec<_> = bound.iter().collect();
                introspect::request_with(&bound, self.plan.seen(), Beside { ledgers, fingerprint: false })
            }
        })
    }

    fn answer(&mut self, answer: Result<String, Cause>) {
        if let Some((server, mut catalog)) = self.advise.take() {
            // Asked for once: what they are for is advice.
            self.names = Some(answer.unwrap_or_default());
            self.add_names(&mut catalog);
            self.judge(&server, &catalog);
            return;
        }
        match read(answer) {
            Ok(Answer { server, mut catalog, .. }) => {
                if self.names.is_none() && self.lacks_objects(&catalog) {
                    self.advise = Some((server, catalog));
                    return;
                }
                self.add_names(&mut catalog);
                self.judge(&server, &catalog);
            }
            Err(Unread { again: Some(again), .. }) if self.again.is_none() => self.again = Some(again),
            Err(unread) => self.give_up(&unread.error),
        }
    }

    fn add_names(&self, catalog: &mut Catalog) {
        if let Some(names) = &self.names {
            // Better advice is worth having, but the verdict stands without it.
            let _ = introspect::add_names(names, catalog);
        }
    }

    fn lacks_objects(&self, catalog: &Catalog) -> bool {
        let batch = self.batches.last().map_or(&[][..], Vec::as_slice);
        let all = self.named(batch);
        all.iter().any(|schema| {
            let findings = self.plan.compare_among(catalog, schema, &all);
            findings.iter().any(|finding| matches!(finding.code, Code::MissingRelation | Code::MissingType))
        })
    }

    /// The verdicts of the batch at hand.
    fn judge(&mut self, server: &ServerFacts, catalog: &Catalog) {
        let batch = self.batches.pop().unwrap_or_default();
        let all = self.named(&batch);
        let verdicts: Vec<_> = all
            .iter()
            .map(|schema| {
                let plan = self.plan_of(schema);
                let findings = self.plan.compare_among(catalog, schema, &all);
                plan.settle(plan.verdict(findings, Some(server.clone()), self.started), self.started)
            })
            .collect();
        for (at, verdict) in batch.into_iter().zip(verdicts) {
            self.verdicts[at] = Some(verdict);
        }
        self.again = None;
    }

    /// The batch at hand cannot be read: its schemas are asked for one by one, and of one alone that is the verdict.
    fn give_up(&mut self, error: &Error) {
        let batch = self.batches.pop().unwrap_or_default();
        self.again = None;
        if let [at] = batch[..] {
            let plan = self.plan_of(&self.schemas[at]);
            self.verdicts[at] = Some(plan.settle(Err(plan.unreadable(error)), self.started));
        } else {
            self.batches.extend(batch.into_iter().rev().map(|at| vec![at]));
        }
    }

    /// No answer comes any more.
    fn abandon(&mut self) {
        let limit = self.plan.options.answer_within();
        for at in std::mem::take(&mut self.batches).into_iter().flatten() {
            let plan = self.plan_of(&self.schemas[at]);
            self.verdicts[at] = Some(plan.settle(Err(plan.no_answer(limit)), self.started));
        }
    }

    fn plan_of(&self, schema: &str) -> Arc<Plan> {
        let options = Options { schema: Some(schema.to_owned()), ..self.plan.options.clone() };
        Plan::new(Arc::clone(&self.plan.manifests), options)
    }

    fn end(self) -> Tenants {
        let unasked = || Err(self.plan.unreadable(&Error::answer("the exchange ended before its answer")));
        let verdicts = self.schemas.into_iter().zip(self.verdicts);
        Tenants(
            verdicts
                .map(|(schema, verdict)| Tenant { schema, verdict: verdict.unwrap_or_else(unasked) })
                .collect(),
        )
    }
}
