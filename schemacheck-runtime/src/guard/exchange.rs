//! How a driver's adapter and a request talk: a question at a time, until the verdict stands.

use std::sync::Arc;
use std::time::Instant;

use schemacheck_core::{Catalog, Code};

use super::request::Plan;
use super::{Report, Request, Verified, timer};
use crate::driver::{self, Async, Blocking};
use crate::error::{Cause, Error, chain};
use crate::introspect::guard::{self as introspect, Answer, Beside, Fingerprint, ServerFacts};

/// What is left to ask for beside the catalog where the server refuses the ledgers.
const FINGERPRINT_ALONE: Beside = Beside { ledgers: false, fingerprint: true };

/// One look at the database: at plain tables first, where the models expect no more, and in full where there is anything
/// else, or anything to say. An answer that a schema change tore is asked for once more, and a SELECT that the server
/// refuses without the ledgers, which are evidence and must refuse no start, and then without the fingerprint. A refusal
/// asks for names, for better advice.
#[derive(Debug)]
pub(super) struct Exchange {
    plan: Arc<Plan>,
    started: Instant,
    beside: Beside,
    fingerprint: Option<Fingerprint>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// For plain tables alone.
    AskPlain {
        text: String,
    },
    /// With the error of the first try.
    Ask {
        failed: Option<Error>,
    },
    Advise {
        server: ServerFacts,
        catalog: Box<Catalog>,
    },
    Done(Box<Result<Verified, Report>>),
}

/// The outcome of a look.
pub(super) struct Look {
    /// The verdict before the policy.
    pub(super) verdict: Result<Verified, Report>,
    /// What the catalog's fingerprint was at that moment, if it was asked for.
    pub(super) fingerprint: Option<Fingerprint>,
}

impl Exchange {
    pub(super) fn new(request: &Request) -> Self {
        Self::of(&request.plan, request.started, false)
    }

    /// At plain tables first, if the models expect no more; with the fingerprint, if it is wanted.
    pub(super) fn of(plan: &Arc<Plan>, started: Instant, fingerprint: bool) -> Self {
        let beside = Beside { ledgers: true, fingerprint };
        let state = match plan.plain_text(beside) {
            Some(text) => State::AskPlain { text },
            None => State::Ask { failed: None },
        };
        Self { plan: plan.clone(), started, beside, fingerprint: None, state }
    }

    pub(super) fn run(mut self, connection: &mut impl Blocking) -> Look {
        let timeout = self.plan.options.timeout;
        while let Some(question) = self.question() {
            let answer = connection.ask(&question, timeout);
            self = self.answer(answer);
        }
        self.end()
    }

    pub(super) async fn run_async(mut self, connection: &mut impl Async) -> Look {
        let (timeout, limit) = (self.plan.options.timeout, self.plan.options.answer_within());
        while let Some(question) = self.question() {
            let Some(answer) = timer::within(limit, connection.ask(&question, timeout)).await else {
                return Look { verdict: Err(self.plan.no_answer(limit)), fingerprint: None };
            };
            self = self.answer(answer);
        }
        self.end()
    }

    /// The next text to send; nothing when the verdict stands.
    pub(super) fn question(&self) -> Option<String> {
        match &self.state {
            State::AskPlain { text } => Some(text.clone()),
            State::Ask { .. } if self.beside == (Beside { ledgers: true, fingerprint: false }) => {
                Some(self.plan.text().to_owned())
            }
            State::Ask { .. } => Some(self.plan.text_with(self.beside)),
            State::Advise { .. } => Some(self.plan.names()),
            State::Done(_) => None,
        }
    }

    /// The exchange after an answer.
    pub(super) fn answer(mut self, answer: Result<String, Cause>) -> Self {
        self.state = match self.state {
            State::AskPlain { .. } => match read_with(answer, |text| self.plan.read_plain(text)) {
                Ok(Some(Answer { server, catalog, fingerprint })) => {
                    let findings = self.plan.compare(&catalog);
                    // What a ledger says stands without more, and so does what the build did not check. Whatever else is
                    // found is told as all that there is shows it.
                    let stands = |code| {
                        matches!(
                            code,
                            Code::LedgerAhead
                                | Code::LedgerBehind
                                | Code::LedgerFailed
                                | Code::LedgerUnread
                                | Code::Unjudged
                        )
                    };
                    match findings.iter().all(|finding| stands(finding.code)) {
                        true => {
                            self.fingerprint = fingerprint;
                            State::Done(Box::new(self.plan.verdict(findings, Some(server), self.started)))
                        }
                        false => State::Ask { failed: None },
                    }
                }
                Ok(None) => State::Ask { failed: None },
                Err(Unread { again: Some(again), error }) => {
                    self.beside.ledgers &= again == Again::All;
                    State::Ask { failed: Some(error) }
                }
                Err(unread) => State::Done(Box::new(Err(self.plan.unreadable(&unread.error)))),
            },
            State::Ask { failed } => match read(answer) {
                Ok(Answer { server, catalog, fingerprint }) => {
                    self.fingerprint = fingerprint;
                    let findings = self.plan.compare(&catalog);
                    let has = |code| findings.iter().any(|finding| finding.code == code);
                    // Whether a table in another schema hides the one that was meant is a question of names too.
                    let is_hiding = has(Code::OtherSchema) && has(Code::MissingColumn);
                    match has(Code::MissingRelation) || has(Code::MissingType) || is_hiding {
                        true => State::Advise { server, catalog: Box::new(catalog) },
                        false => {
                            State::Done(Box::new(self.plan.verdict(findings, Some(server), self.started)))
                        }
                    }
                }
                Err(unread) => match (failed, unread.again) {
                    (None, Some(again)) => {
                        self.beside.ledgers &= again == Again::All;
                        State::Ask { failed: Some(unread.error) }
                    }
                    // It reads what the catalog may be closed to: the roles.
                    (first, Some(Again::Less)) if self.beside == FINGERPRINT_ALONE => {
                        self.beside.fingerprint = false;
                        State::Ask { failed: Some(that_ended(first, unread.error)) }
                    }
                    (first, _) => {
                        let error = that_ended(first, unread.error);
                        State::Done(Box::new(Err(self.plan.unreadable(&error))))
                    }
                },
            },
            State::Advise { server, mut catalog } => {
                // Better advice is worth a second request, but the verdict stands without it.
                if let Ok(text) = answer {
                    let _ = introspect::add_names(&text, &mut catalog);
                }
                let findings = self.plan.compare(&catalog);
                State::Done(Box::new(self.plan.verdict(findings, Some(server), self.started)))
            }
            done @ State::Done(_) => done,
        };
        self
    }

    pub(super) fn end(self) -> Look {
        let verdict = match self.state {
            State::Done(verdict) => *verdict,
            State::AskPlain { .. } | State::Ask { .. } | State::Advise { .. } => {
                Err(self.plan.unreadable(&Error::answer("the exchange ended before its answer")))
            }
        };
        Look { verdict, fingerprint: self.fingerprint }
    }
}

/// The error that ended the exchange: the last one, unless that only says that an earlier one aborted the transaction.
fn that_ended(first: Option<Error>, last: Error) -> Error {
    match first {
        Some(first) if driver::is_aborted(&last) => first,
        _ => last,
    }
}

/// An answer that cannot be read, and whether a second try can help.
pub(super) struct Unread {
    pub(super) error: Error,
    pub(super) again: Option<Again>,
}

/// What to ask for in a second try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// The same.
    All,
    /// All but ledgers, and then but the fingerprint too.
    Less,
}

/// Reads the answer to a request for the catalog.
pub(super) fn read(answer: Result<String, Cause>) -> Result<Answer, Unread> {
    read_with(answer, introspect::read)
}

fn read_with<T>(
    answer: Result<String, Cause>,
    read: impl FnOnce(&str) -> Result<T, Error>,
) -> Result<T, Unread> {
    let (error, again) = match answer {
        Ok(text) => match read(&text) {
            Ok(answer) => return Ok(answer),
            Err(error) => {
                let again = error.is_torn().then_some(Again::All);
                (error, again)
            }
        },
        Err(cause) if is_torn(&chain(cause.as_ref())) => {
            (Error::answer(chain(cause.as_ref())), Some(Again::All))
        }
        Err(cause) => {
            let is_refused = driver::is_refused_by_server(cause.as_ref());
            (Error::query(cause), is_refused.then_some(Again::Less))
        }
    };
    Err(Unread { error, again })
}

/// Whether the server's error comes from a schema change at the same moment (SQLSTATE XX000, about 1 in 1,500 reads
/// under a storm of DDL).
fn is_torn(error: &str) -> bool {
    error.contains("cache lookup failed") || error.contains("could not open relation with OID")
}
