//! [`Readiness`]: looking again after the start, cheaply while nothing changes.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::exchange::Look;
use super::log::{self, Level};
use super::policy::Aloud;
use super::request::Plan;
use super::wait::gist;
use super::{Exchange, Guard, Kind, Policy, Report, Verified, timer};
use crate::driver::{Async, Blocking};
use crate::error::Cause;
use crate::introspect::guard::Fingerprint;

/// SQLSTATEs of queries that meet another schema than the program was built for, as PostgreSQL's appendix A names them:
/// `undefined_column`, `undefined_table`, `undefined_object`, `insufficient_privilege`, `invalid_column_reference` (an
/// `ON CONFLICT` without its index); after a change of type `datatype_mismatch` and `undefined_function` (an operator too);
/// and `feature_not_supported`, which a statement that was prepared before a change has for it ("cached plan must not
/// change result type"). That one has other causes too: such a false hint costs one look in [`DUE_EVERY`].
const HINTS: [&str; 8] = ["42703", "42P01", "42704", "42501", "42P10", "42804", "42883", "0A000"];

/// How often a query's error may make the program look again.
const DUE_EVERY: Duration = Duration::from_secs(10);

/// Whether a query's SQLSTATE says that the schema may be another one than the program was built for: 42703, 42P01, 42704,
/// 42501, 42P10, 42804, 42883, and 0A000, which is what a prepared statement meets first.
pub fn hints_at_drift(sqlstate: &str) -> bool {
    HINTS.contains(&sqlstate)
}

/// What was seen last.
#[derive(Debug, Default)]
pub(super) struct Memory {
    seen: Option<Seen>,
    /// What was said last: nothing yet, that all fits, or the gist of a refusal.
    said: Option<Option<String>>,
    /// When a query's error was last answered with "look again".
    hinted: Option<Instant>,
    /// Whether a look was answered only without its fingerprint: then there is none to ask for.
    has_none: bool,
}

#[derive(Debug)]
struct Seen {
    fingerprint: Fingerprint,
    /// The verdict of the same moment, before the policy.
    verdict: Result<Verified, Report>,
}

/// Verifies again and again: for a readiness endpoint, and after errors that hint at another schema.
///
/// Made by [`Guard::readiness`] or [`Verified::readiness`]. Its clones share what was seen last.
///
/// The first look asks in full. Each later one asks for a fingerprint of what the catalog says about the models, their
/// privileges and the role, and in full only if that has changed. What a ledger lists is no part of it.
#[derive(Clone, Debug)]
pub struct Readiness {
    plan: Result<Arc<Plan>, Box<Result<Verified, Report>>>,
}

impl Guard {
    /// To look again and again. Nothing is asked yet; [`Guard::wait_for`] is for the start alone.
    pub fn readiness(self) -> Readiness {
        Readiness::new(self.prepare().map(|request| request.plan))
    }
}

impl Readiness {
    pub(super) fn new(plan: Result<Arc<Plan>, Box<Result<Verified, Report>>>) -> Self {
        Self { plan }
    }

    /// Looks again over a blocking connection.
    ///
    /// # Errors
    ///
    /// As [`Guard::verify`]. A verdict that changed is logged.
    pub fn recheck(&self, mut connection: impl Blocking) -> Result<Verified, Report> {
        let plan = match &self.plan {
            Ok(plan) if plan.options.policy.policy == Policy::Off => return skipped(plan),
            Ok(plan) => plan,
            Err(settled) => return (**settled).clone(),
        };
        let started = Instant::now();
        let _watch = plan.watch(plan.options.patience_again(), |_| {});
        if let Some(question) = fingerprint(plan) {
            let fingerprint = connection.ask(question, plan.options.timeout);
            if let Some(verdict) = known(plan, fingerprint) {
                return conclude(plan, verdict, started);
            }
        }
        let look = exchange(plan, started).run(&mut connection);
        conclude(plan, remember(plan, look), started)
    }

    /// Looks again over an asynchronous connection.
    ///
    /// # Errors
    ///
    /// As [`Readiness::recheck`].
    pub async fn recheck_async(&self, mut connection: impl Async) -> Result<Verified, Report> {
        let plan = match &self.plan {
            Ok(plan) if plan.options.policy.policy == Policy::Off => return skipped(plan),
            Ok(plan) => plan,
            Err(settled) => return (**settled).clone(),
        };
        let started = Instant::now();
        if let Some(question) = fingerprint(plan) {
            let (timeout, limit) = (plan.options.timeout, plan.options.answer_within());
            let Some(fingerprint) = timer::within(limit, connection.ask(question, timeout)).await else {
                return conclude(plan, Err(plan.no_answer(limit)), started);
            };
            if let Some(verdict) = known(plan, fingerprint) {
                return conclude(plan, verdict, started);
            }
        }
        let look = exchange(plan, started).run_async(&mut connection).await;
        conclude(plan, remember(plan, look), started)
    }

    /// Whether a query's SQLSTATE is a reason to look again now: one that [hints at drift](hints_at_drift), and at most one
    /// in ten seconds.
    pub fn is_due(&self, sqlstate: &str) -> bool {
        let Ok(plan) = &self.plan else { return false };
        if !hints_at_drift(sqlstate) {
            return false;
        }
        let mut memory = lock(plan);
        let now = Instant::now();
        let is_due = memory.hinted.is_none_or(|last| now.duration_since(last) >= DUE_EVERY);
        if is_due {
            memory.hinted = Some(now);
        }
        is_due
    }
}

fn lock(plan: &Plan) -> MutexGuard<'_, Memory> {
    plan.memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The verdict under the policy `off`, which was said at the start.
fn skipped(plan: &Plan) -> Result<Verified, Report> {
    Ok(plan.options.policy.skipped(&plan.manifests, plan.options.database.clone()))
}

/// What to ask before a full look: nothing if there is no verdict to return without one.
fn fingerprint(plan: &Plan) -> Option<&str> {
    lock(plan).seen.as_ref().map(|seen| plan.fingerprint_like(&seen.fingerprint))
}

/// A full look, with the fingerprint for the next one.
fn exchange(plan: &Arc<Plan>, started: Instant) -> Exchange {
    Exchange::of(plan, started, !lock(plan).has_none)
}

/// The last verdict, if the fingerprint is the one of then.
fn known(plan: &Plan, fingerprint: Result<String, Cause>) -> Option<Result<Verified, Report>> {
    let fingerprint = fingerprint.ok()?;
    let memory = lock(plan);
    let seen = memory.seen.as_ref().filter(|seen| seen.fingerprint.text() == fingerprint)?;
    Some(seen.verdict.clone())
}

/// Keeps a verdict with the fingerprint that came along. A database that could not be looked at is another matter.
fn remember(plan: &Plan, look: Look) -> Result<Verified, Report> {
    // A verdict holds the plan, which would hold the verdict.
    let verdict = look.verdict.map(Verified::bare);
    if verdict.as_ref().err().is_none_or(|report| report.kind() != Kind::Unreadable) {
        let mut memory = lock(plan);
        memory.has_none = look.fingerprint.is_none();
        memory.seen = look.fingerprint.map(|fingerprint| Seen { fingerprint, verdict: verdict.clone() });
    }
    verdict
}

/// What the policy makes of a verdict. A verdict that is another one than the last is logged, and no other: nobody reads
/// a report at each probe.
fn conclude(
    plan: &Arc<Plan>,
    verdict: Result<Verified, Report>,
    started: Instant,
) -> Result<Verified, Report> {
    let now = verdict.as_ref().err().map(gist);
    let mut memory = lock(plan);
    let before = memory.said.replace(now.clone());
    drop(memory);
    match (&before, &now) {
        (Some(before), now) if before == now => {}
        (None, None) => {}
        (_, Some(gist)) => {
            let is_unread = verdict.as_ref().is_err_and(|report| report.kind() == Kind::Unreadable);
            match is_unread {
                true => log::trace(Level::Error, "unread", gist),
                false => log::trace(Level::Error, "drifted", &format!("the database does not fit: {gist}")),
            }
        }
        (Some(_), None) => log::trace(Level::Info, "fits", "the database fits again"),
    }
    // Who starts with this look hears of the override here, once.
    let is_new = verdict.is_err() && !plan.has_announced.swap(true, Ordering::Relaxed);
    let aloud = if is_new { Aloud::Running } else { Aloud::Not };
    let verdict =
        verdict.or_else(|report| plan.options.policy.apply(report, &plan.manifests, started, aloud));
    verdict.map(|verified| verified.again(started.elapsed()).with_plan(Arc::clone(plan)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hints_at_drift_is_due_once_in_a_while() {
        assert!(hints_at_drift("42703") && hints_at_drift("42P10"));
        // A unique violation, a deadlock, a lost connection: none says anything of the schema.
        assert!(!hints_at_drift("23505") && !hints_at_drift("40P01") && !hints_at_drift("08006"));
        let readiness = super::super::tests::guard().readiness();
        assert!(!readiness.is_due("23505"));
        assert!(readiness.is_due("42703"));
        assert!(!readiness.is_due("42P01"));
        assert!(!readiness.clone().is_due("42703"));
        let Ok(plan) = &readiness.plan else { panic!("there is a model") };
        lock(plan).hinted = Instant::now().checked_sub(DUE_EVERY);
        assert!(readiness.is_due("42P01"));
    }
}
