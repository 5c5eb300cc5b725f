//! [`Readiness`]: looking again after the start, cheaply while nothing changes.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::log::{self, Level};
use super::request::Plan;
use super::wait::gist;
use super::{Exchange, Guard, Kind, Policy, Report, Verified, timer};
use crate::driver::{Async, Blocking};
use crate::error::Cause;

/// SQLSTATEs of queries that meet another schema than the program was built for, as PostgreSQL's appendix A names them:
/// `undefined_column`, `undefined_table`, `undefined_object`, `insufficient_privilege`, `invalid_column_reference` (an
/// `ON CONFLICT` without its index).
const HINTS: [&str; 5] = ["42703", "42P01", "42704", "42501", "42P10"];

/// How often a query's error may make the program look again.
const DUE_EVERY: Duration = Duration::from_secs(10);

/// Whether a query's SQLSTATE says that the schema may be another one than the program was built for.
pub fn hints_at_drift(sqlstate: &str) -> bool {
    HINTS.contains(&sqlstate)
}

/// What was seen last.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The fingerprint that was asked for before the verdict, and the verdict before the policy.
    seen: Option<(String, Result<Verified, Report>)>,
    /// When a query's error was last answered with "look again".
    hinted: Option<Instant>,
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
        let _watch = plan.watch(|_| {});
        let print = connection.ask(plan.fingerprint(), plan.options.timeout);
        match known(plan, &print, started) {
            Some(verdict) => verdict,
            None => remember(plan, print, Exchange::of(plan, started).run(&mut connection), started),
        }
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
        let (timeout, limit) = (plan.options.timeout, plan.options.answer_within());
        let Some(print) = timer::within(limit, connection.ask(plan.fingerprint(), timeout)).await else {
            return plan.settle(Err(plan.no_answer(limit)), started);
        };
        match known(plan, &print, started) {
            Some(verdict) => verdict,
            None => {
                let verdict = Exchange::of(plan, started).run_async(&mut connection).await;
                remember(plan, print, verdict, started)
            }
        }
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

/// The last verdict, if the fingerprint is the one of then.
fn known(
    plan: &Arc<Plan>,
    print: &Result<String, Cause>,
    started: Instant,
) -> Option<Result<Verified, Report>> {
    let memory = lock(plan);
    let (seen, verdict) = memory.seen.as_ref()?;
    let is_same = print.as_ref().is_ok_and(|print| print == seen);
    is_same.then(|| quietly(plan, verdict.clone(), started))
}

/// Keeps a verdict with the fingerprint that was asked for before it: what changed in between is seen the next time.
fn remember(
    plan: &Arc<Plan>,
    print: Result<String, Cause>,
    verdict: Result<Verified, Report>,
    started: Instant,
) -> Result<Verified, Report> {
    // A verdict holds the plan, which would hold the verdict.
    let verdict = verdict.map(Verified::bare);
    if verdict.as_ref().is_err_and(|report| report.kind() == Kind::Unreadable) {
        return quietly(plan, verdict, started);
    }
    let mut memory = lock(plan);
    let before = memory.seen.take().map(|(_, verdict)| verdict);
    memory.seen = print.ok().map(|print| (print, verdict.clone()));
    drop(memory);
    let said = |verdict: &Result<Verified, Report>| verdict.as_ref().err().map(gist);
    match (before.map(|before| said(&before)), said(&verdict)) {
        (Some(before), now) if before == now => {}
        (None, None) => {}
        (_, Some(gist)) => log::trace(Level::Error, "drifted", &format!("the database does not fit: {gist}")),
        (Some(_), None) => log::trace(Level::Info, "fits", "the database fits again"),
    }
    quietly(plan, verdict, started)
}

/// What the policy makes of a verdict that was said already.
fn quietly(
    plan: &Arc<Plan>,
    verdict: Result<Verified, Report>,
    started: Instant,
) -> Result<Verified, Report> {
    let verdict =
        verdict.or_else(|report| plan.options.policy.apply(report, &plan.manifests, started, false));
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
