//! How a driver's adapter and a request talk: a question at a time, until the verdict stands.

use std::sync::Arc;
use std::time::Instant;

use schemacheck_core::{Catalog, Code};

use super::request::Plan;
use super::{Report, Request, Verified, timer};
use crate::driver::{Async, Blocking};
use crate::error::{Cause, Error, chain};
use crate::introspect::guard::{self as introspect, ServerFacts};

/// One look at the database. An answer that a schema change tore is asked for once more; a refusal asks for names, for
/// better advice. The verdict is the one before the policy.
#[derive(Debug)]
pub(super) struct Exchange {
    plan: Arc<Plan>,
    started: Instant,
    state: State,
}

#[derive(Debug)]
enum State {
    Ask { tries_left: u32 },
    Advise { server: ServerFacts, catalog: Box<Catalog> },
    Done(Box<Result<Verified, Report>>),
}

impl Exchange {
    pub(super) fn new(request: &Request) -> Self {
        Self::of(&request.plan, request.started)
    }

    pub(super) fn of(plan: &Arc<Plan>, started: Instant) -> Self {
        Self { plan: plan.clone(), started, state: State::Ask { tries_left: 1 } }
    }

    pub(super) fn run(mut self, connection: &mut impl Blocking) -> Result<Verified, Report> {
        let timeout = self.plan.options.timeout;
        while let Some(question) = self.question() {
            let answer = connection.ask(&question, timeout);
            self = self.answer(answer);
        }
        self.end()
    }

    pub(super) async fn run_async(mut self, connection: &mut impl Async) -> Result<Verified, Report> {
        let (timeout, limit) = (self.plan.options.timeout, self.plan.options.answer_within());
        while let Some(question) = self.question() {
            let Some(answer) = timer::within(limit, connection.ask(&question, timeout)).await else {
                return Err(self.plan.no_answer(limit));
            };
            self = self.answer(answer);
        }
        self.end()
    }

    /// The next text to send; nothing when the verdict stands.
    pub(super) fn question(&self) -> Option<String> {
        match &self.state {
            State::Ask { .. } => Some(self.plan.text().to_owned()),
            State::Advise { .. } => Some(introspect::names_request()),
            State::Done(_) => None,
        }
    }

    /// The exchange after an answer.
    pub(super) fn answer(self, answer: Result<String, Cause>) -> Self {
        let Self { plan, started, state } = self;
        let state = match state {
            State::Ask { tries_left } => {
                let read = match answer {
                    Ok(text) => introspect::answer(&text),
                    Err(cause) if tries_left > 0 && is_torn(&chain(cause.as_ref())) => {
                        Err(Error::answer(chain(cause.as_ref())))
                    }
                    Err(cause) => Err(Error::query(cause)),
                };
                match read {
                    Err(error) if error.is_torn() && tries_left > 0 => {
                        State::Ask { tries_left: tries_left - 1 }
                    }
                    Err(error) => State::Done(Box::new(Err(plan.unreadable(&error)))),
                    Ok((server, catalog)) => {
                        let findings = plan.compare(&catalog);
                        let missing = |code| matches!(code, Code::MissingRelation | Code::MissingType);
                        match findings.iter().any(|finding| missing(finding.code)) {
                            true => State::Advise { server, catalog: Box::new(catalog) },
                            false => State::Done(Box::new(plan.verdict(findings, Some(server), started))),
                        }
                    }
                }
            }
            State::Advise { server, mut catalog } => {
                // Better advice is worth a second request, but the verdict stands without it.
                if let Ok(text) = answer {
                    let _ = introspect::add_names(&text, &mut catalog);
                }
                State::Done(Box::new(plan.verdict(plan.compare(&catalog), Some(server), started)))
            }
            done @ State::Done(_) => done,
        };
        Self { plan, started, state }
    }

    pub(super) fn end(self) -> Result<Verified, Report> {
        match self.state {
            State::Done(verdict) => *verdict,
            State::Ask { .. } | State::Advise { .. } => {
                Err(self.plan.unreadable(&Error::answer("the exchange ended before its answer")))
            }
        }
    }
}

/// Whether the server's error comes from a schema change at the same moment (SQLSTATE XX000, about 1 in 1,500 reads
/// under a storm of DDL).
pub(super) fn is_torn(error: &str) -> bool {
    error.contains("cache lookup failed") || error.contains("could not open relation with OID")
}
