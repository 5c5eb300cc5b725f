//! Connecting and verifying within one deadline.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::request::Plan;
use super::wait::Wait;
use super::{Exchange, Guard, Kind, Policy, Report, Request, Verified, timer};
use crate::driver::{AsyncConnection, BlockingConnection};
use crate::error::Cause;

impl Guard {
    /// Connects and verifies, both again and again within [`Guard::wait_for`]; returns the connection with the proof.
    ///
    /// It gives up by itself when that time and the one of a query have passed, also where a network swallows all: the work
    /// is done on a thread of its own, which is left behind then.
    ///
    /// ```no_run
    /// # #[cfg(feature = "postgres")]
    /// # fn f(url: String) -> Result<(), schemacheck_runtime::Report> {
    /// use schemacheck_runtime::Guard;
    /// use std::time::Duration;
    ///
    /// let guard = Guard::new().target(&url).wait_for(Duration::from_secs(60));
    /// let (verified, client) = guard.connect(move || postgres::Client::connect(&url, postgres::NoTls))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Guard::verify`]; also, whatever the policy is, if there is no connection to return.
    pub fn connect<C, E>(
        self,
        connect: impl FnMut() -> Result<C, E> + Send + 'static,
    ) -> Result<(Verified, C), Report>
    where
        C: BlockingConnection + Send + 'static,
        E: Into<Cause>,
    {
        let limit = self.options.patience_at_start();
        let connecting = Connecting::new(self)?;
        let plan = Arc::clone(&connecting.request.plan);
        let (sender, receiver) = mpsc::channel();
        // Nobody listens any more if this takes longer than the limit.
        let work = move || drop(sender.send(connecting.run(connect)));
        match thread::Builder::new().name("schemacheck-connect".to_owned()).spawn(work) {
            Ok(thread) => match receiver.recv_timeout(limit) {
                Ok(verdict) => verdict,
                Err(RecvTimeoutError::Timeout) => Err(plan.no_answer(limit).not_overridable()),
                // The caller's closure panicked, and the caller is to know.
                Err(RecvTimeoutError::Disconnected) => match thread.join() {
                    Err(panic) => resume_unwind(panic),
                    Ok(()) => Err(plan.no_answer(limit).not_overridable()),
                },
            },
            Err(error) => Err(plan.unconnected(&error.into()).not_overridable()),
        }
    }

    /// Connects and verifies, both again and again within [`Guard::wait_for`]; returns the connection with the proof.
    ///
    /// It gives up by itself when that time and the one of a query have passed, also where a network swallows all.
    ///
    /// # Errors
    ///
    /// As [`Guard::connect`].
    pub async fn connect_async<C, E, F>(self, connect: impl FnMut() -> F) -> Result<(Verified, C), Report>
    where
        C: AsyncConnection,
        E: Into<Cause>,
        F: Future<Output = Result<C, E>>,
    {
        let limit = self.options.patience_at_start();
        let connecting = Connecting::new(self)?;
        let plan = Arc::clone(&connecting.request.plan);
        let done = timer::within(limit, connecting.run_async(connect)).await;
        done.unwrap_or_else(|| Err(plan.no_answer(limit).not_overridable()))
    }
}

struct Connecting {
    request: Request,
    /// The verdict where nothing is to be asked: under the policy `off`.
    settled: Option<Verified>,
    wait: Wait,
}

/// A connection with what it showed, or why there is none.
type Attempt<C> = Result<(C, Result<Verified, Report>), Report>;

impl Connecting {
    fn new(guard: Guard) -> Result<Self, Report> {
        let options = guard.options.clone();
        let wait = Wait::new(&options);
        // Where nothing is asked a report says all the same which program could not connect.
        let enforced = options.policy.policy == Policy::Enforce;
        let manifests = guard.manifests.as_ref().ok().filter(|_| !enforced).cloned().unwrap_or_default();
        Ok(match guard.prepare() {
            Ok(request) => Self { request, settled: None, wait },
            Err(settled) => {
                let request = Request::new(Plan::new(Arc::new(manifests), options));
                Self { request, settled: Some((*settled)?), wait }
            }
        })
    }

    fn run<C, E>(mut self, mut connect: impl FnMut() -> Result<C, E>) -> Result<(Verified, C), Report>
    where
        C: BlockingConnection,
        E: Into<Cause>,
    {
        let mut kept = None;
        loop {
            let client = kept.take().map_or_else(|| connect().map_err(Into::into), Ok);
            let attempt = match (client, &self.settled) {
                (Err(cause), _) => Err(self.request.plan.unconnected(&cause)),
                (Ok(client), Some(verified)) => Ok((client, Ok(verified.clone()))),
                (Ok(mut client), None) => {
                    let verdict = Exchange::new(&self.request).run(&mut &mut client).verdict;
                    Ok((client, verdict))
                }
            };
            match self.wait.pause(refusal(&attempt), false) {
                Some(pause) => thread::sleep(pause),
                None => return self.end(attempt),
            }
            kept = attempt.ok().filter(still_of_use).map(|(client, _)| client);
        }
    }

    async fn run_async<C, E, F>(mut self, mut connect: impl FnMut() -> F) -> Result<(Verified, C), Report>
    where
        C: AsyncConnection,
        E: Into<Cause>,
        F: Future<Output = Result<C, E>>,
    {
        let mut kept = None;
        loop {
            let client = match kept.take() {
                Some(client) => Ok(client),
                None => connect().await.map_err(Into::into),
            };
            let attempt = match (client, &self.settled) {
                (Err(cause), _) => Err(self.request.plan.unconnected(&cause)),
                (Ok(client), Some(verified)) => Ok((client, Ok(verified.clone()))),
                (Ok(mut client), None) => {
                    let verdict = Exchange::new(&self.request).run_async(&mut &mut client).await.verdict;
                    Ok((client, verdict))
                }
            };
            match self.wait.pause(refusal(&attempt), false) {
                Some(pause) => timer::sleep(pause).await,
                None => return self.end(attempt),
            }
            kept = attempt.ok().filter(still_of_use).map(|(client, _)| client);
        }
    }

    fn end<C>(self, attempt: Attempt<C>) -> Result<(Verified, C), Report> {
        // Without a connection there is nothing to start with.
        let (client, verdict) = attempt.map_err(Report::not_overridable)?;
        Ok((self.request.settle(verdict)?, client))
    }
}

fn refusal<C>(attempt: &Attempt<C>) -> Option<&Report> {
    match attempt {
        Ok((_, verdict)) => verdict.as_ref().err(),
        Err(report) => Some(report),
    }
}

/// A connection over which the database could be looked at. Any other may be broken.
fn still_of_use<C>((_, verdict): &(C, Result<Verified, Report>)) -> bool {
    verdict.as_ref().err().is_none_or(|report| report.kind() == Kind::Drift)
}
