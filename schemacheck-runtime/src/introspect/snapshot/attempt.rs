//! One look at all there is, and another one where a schema change at the same time tore it.
//!
//! The server deparses with the names of this very moment, whatever a transaction sees. So texts come first, through a
//! cursor, whose statement is planned by then, and in the same message begins the transaction that the facts come from:
//! what lies between the two snapshots is as short as it can be. If no transaction ended there, the texts are of the same
//! moment as the facts. Else the rows that were written there are told by their transactions' numbers, and it is asked
//! whether any text depends on one of them.

use std::thread;
use std::time::Duration;

use postgres::Client;
use schemacheck_core::json::{self, Node};

use super::super::guard::ANSWER;
use super::super::sql::{statement, statements};
use super::facts::Oid;
use super::numbers;
use super::row::Results;
use super::texts::{Seen, Texts};
use crate::error::Error;

/// How often the texts are asked for in a row: that is the short part, and the one that changes tear.
const TEXTS: usize = 4;

/// How often all is read before the changes win, and how long is waited in between.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(600),
    Duration::from_millis(1500),
];

/// What a deparsed text depends on, set for our transactions alone: whatever role, database and connection say. Only the
/// path is not among them. `jit` and parallel workers cost more than they bring: the planner takes catalog queries for
/// expensive ones. A deparse may wait that long for a lock.
const SETTINGS: &[(&str, &str)] = &[
    ("lock_timeout", "2s"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("standard_conforming_strings", "on"),
    ("array_nulls", "on"),
    ("quote_all_identifiers", "off"),
    ("timezone", "UTC"),
    ("datestyle", "ISO, MDY"),
    ("intervalstyle", "postgres"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("xmlbinary", "base64"),
    ("xmloption", "content"),
    ("lc_monetary", "C"),
    ("lc_numeric", "C"),
    ("lc_time", "C"),
];

/// The SQLSTATEs of what a schema change at the same time can do to a request that is right by itself: an internal error
/// (`cache lookup failed`, `could not open relation with OID`, `tuple concurrently updated`), an object that is gone, a
/// lock that came too late, a deadlock, a conflict with what a standby replays.
const PASSING: &[&str] = &["XX000", "42P01", "42703", "42704", "42883", "55P03", "40P01", "40001"];

/// Whether the same request can be answered a moment later: a schema change ran at the same time.
pub fn is_passing(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<postgres::Error>());
    let state = cause.and_then(postgres::Error::code);
    error.is_torn() || state.is_some_and(|state| PASSING.contains(&state.code()))
}

/// What makes the server hear of what other sessions have changed: a relation that this transaction has not locked yet.
/// Without that it may deparse with names that it remembers, and that are older than what its statement sees.
const HEAR: &str = "SELECT FROM pg_catalog.pg_ts_parser";

/// Does it until it succeeds, or fails for another reason than a schema change, or has failed for that five times.
pub(super) fn several<T>(mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    for pause in PAUSES {
        match attempt() {
            Err(error) if is_passing(&error) => thread::sleep(pause),
            done => return done,
        }
    }
    attempt()
}

/// Does it in transactions of our own; none is left open.
pub(super) fn one<T>(
    client: &mut Client,
    work: impl FnOnce(&mut Connection<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let done = work(&mut Connection(client));
    let ended = client.batch_execute("ROLLBACK");
    let done = done?;
    ended.map_err(Error::query)?;
    Ok(done)
}

/// A connection whose transactions are ours.
pub(super) struct Connection<'a>(&'a mut Client);

/// What a transaction begins with.
pub(super) struct Moment {
    /// The answer to `snapshot_server.sql`.
    pub(super) server: String,
    pub(super) texts: Texts,
}

impl Connection<'_> {
    /// Asks for something, a result a statement.
    pub(super) fn ask(&mut self, statements: &[String]) -> Result<Results, Error> {
        let messages = self.0.simple_query(&statements.join("; ")).map_err(Error::query)?;
        let results = Results::of(messages);
        match results.count() == statements.len() {
            true => Ok(results),
            false => Err(Error::silent(format!(
                "the server sent {} of {} results",
                results.count(),
                statements.len()
            ))),
        }
    }

    /// Begins the transaction of the facts, behind the texts that belong to it. `relations` is the request for those that
    /// are covered.
    pub(super) fn begin(&mut self, relations: &str) -> Result<Moment, Error> {
        for _ in 1..TEXTS {
            match self.begin_once(relations) {
                Err(error) if is_passing(&error) => self.0.batch_execute("ROLLBACK").map_err(Error::query)?,
                done => return done,
            }
        }
        self.begin_once(relations)
    }

    fn begin_once(&mut self, relations: &str) -> Result<Moment, Error> {
        let results = self.ask(&message(relations))?;
        let texts_at = 1 + settings().len() + 2;
        let texts = Texts::read(&results, texts_at)?;
        let row = results.rows(texts_at + 3).next().ok_or_else(|| Error::silent("the server sent no row"))?;
        let server = row.string(0)?;
        let value = json::parse(&server, ANSWER)?;
        let parts = Node::root(&value, ANSWER).tuple(12)?;
        let (now, is_standby) = (Seen::read(parts[10].str()?)?, parts[5].bool()?);
        if let Some(since) = texts.seen.ended_until(&now, is_standby)
            && self.is_doubtful(&texts, since, relations)?
        {
            return Err(Error::answer("the catalog changed while it was read"));
        }
        Ok(Moment { server, texts })
    }

    /// Whether something was written from that transaction on, and after the texts, that a text depends on.
    fn is_doubtful(&mut self, texts: &Texts, since: u64, relations: &str) -> Result<bool, Error> {
        let since = format!("'{}'::pg_catalog.xid", since & u64::from(u32::MAX));
        let written = include_str!("../../sql/snapshot_written.sql");
        let results = self.ask(&statements(written, &[("$written$", &rows(&since))]))?;
        // A schema stands before the names of all that is in it; one that is new is in no text.
        for row in results.rows(1) {
            let name = row.str(1)?;
            if texts.schemas.get(&row.int(0)?).is_some_and(|known| known != name) {
                return Ok(true);
            }
        }
        let mut new: Vec<(Oid, Oid, i32)> = Vec::new();
        for row in results.rows(0) {
            let (class, oid, part) = (row.int(0)?, row.int(1)?, row.int(2)?);
            if !texts.rows.contains(&(class, oid, part, row.string(3)?)) {
                new.push((class, oid, part));
            }
        }
        if new.is_empty() {
            return Ok(false);
        }
        Ok(self.ask(&doubtful(relations, &new))?.rows(0).next().is_some())
    }
}

/// The message that asks for the texts and begins the transaction of the facts.
pub(super) fn message(relations: &str) -> Vec<String> {
    // Of the number that counts on for ever a row has the last 32 bits.
    let oldest = rows(
        "(SELECT (pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot()) \
         OPERATOR(pg_catalog.%) 4294967296)::pg_catalog.text::pg_catalog.xid)",
    );
    let domains = domains();
    let values =
        [("$relations$", relations), ("$domains$", domains.as_str()), ("$written$", oldest.as_str())];
    let texts = statement(include_str!("../../sql/snapshot_texts.sql"), &values);
    let message = [
        vec!["START TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY".to_owned()],
        settings(),
        vec![
            format!("DECLARE schemacheck_texts NO SCROLL CURSOR FOR {texts}"),
            HEAR.to_owned(),
            "FETCH ALL FROM schemacheck_texts".to_owned(),
            "COMMIT".to_owned(),
            "START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY".to_owned(),
            statement(include_str!("../../sql/snapshot_server.sql"), &[]),
        ],
        settings(),
    ];
    message.concat()
}

/// The question whether a text depends on one of these rows.
pub(super) fn doubtful(relations: &str, rows: &[(Oid, Oid, i32)]) -> Vec<String> {
    let (classes, oids) = (rows.iter().map(|row| row.0), rows.iter().map(|row| row.1));
    let (classes, oids) = (numbers(classes, "oid"), numbers(oids, "oid"));
    let parts = numbers(rows.iter().map(|row| row.2), "int4");
    let domains = domains();
    let values = [
        ("$relations$", relations),
        ("$domains$", &domains),
        ("$classes$", &classes),
        ("$numbers$", &oids),
        ("$parts$", &parts),
    ];
    vec![statement(include_str!("../../sql/snapshot_doubtful.sql"), &values)]
}

fn domains() -> String {
    statement(include_str!("../../sql/snapshot_domains.sql"), &[])
}

/// The sub-select of the rows that were written from a transaction on.
fn rows(since: &str) -> String {
    statement(include_str!("../../sql/snapshot_rows.sql"), &[("$since$", since)])
}

fn settings() -> Vec<String> {
    let path = ("search_path", "");
    let all = SETTINGS.iter().chain(std::iter::once(&path));
    all.map(|(name, value)| format!("SET LOCAL {name} = '{value}'")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_change_is_waited_for_five_times_and_nothing_else_is() {
        let mut tries = 0;
        let torn = several(|| {
            tries += 1;
            Err::<(), _>(Error::answer("torn"))
        });
        assert!(torn.is_err_and(|error| is_passing(&error)) && tries == 5, "{tries} tries");
        tries = 0;
        let other = several(|| {
            tries += 1;
            Err::<(), _>(Error::silent("nothing came"))
        });
        assert!(other.is_err() && tries == 1, "{tries} tries");
        tries = 0;
        let late = several(|| {
            tries += 1;
            if tries < 4 { Err(Error::answer("torn")) } else { Ok(tries) }
        });
        assert!(late.is_ok_and(|tries| tries == 4));
    }
}
