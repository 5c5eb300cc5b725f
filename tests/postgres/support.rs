//! One server a test binary, one database a test, copied from a template with `schema.sql`.

use postgres::Client;
use schemacheck::{Guard, Severity};
use schemacheck_scratch::{Database, Server};

use crate::models::{Action, ActionKind, ActiveUser, Notification, NotificationLog, Session, User};
use crate::privileges::{Retitle, Ticket};

/// A database with `schema.sql`, and `changes` on top.
pub(crate) fn database(changes: &str) -> Database<'static> {
    let server = Server::shared().unwrap();
    server.template("app", |client| client.batch_execute(include_str!("schema.sql"))).unwrap();
    let database = server.create_database_from("app").unwrap();
    database.connect().unwrap().batch_execute(changes).unwrap();
    database
}

/// A connection to such a database, which lives as long.
pub(crate) fn connect(changes: &str) -> (Client, Database<'static>) {
    let database = database(changes);
    (database.connect().unwrap(), database)
}

/// A guard for the models of `models.rs` and the types of `types.rs`: without those that a module has for itself.
pub(crate) fn guard() -> Guard {
    // The enum's record has no type to name; it is found in the module.
    let _ = ActionKind::Created;
    Guard::new()
        .except_in("crate::foreign")
        .except_in("crate::levels")
        .except_in("crate::plain")
        .except_in("crate::privileges")
        .except_in("crate::shapes")
        .except_in("crate::promises")
        .except_in("crate::labels")
}

/// A guard for models of a plain table, which is asked for by a request of its own.
pub(crate) fn plain() -> Guard {
    Guard::new().only::<(Ticket, Retitle)>()
}

/// A guard for the structs alone.
pub(crate) fn structs() -> Guard {
    Guard::new().only::<(User, Notification, Session, Action, NotificationLog, ActiveUser)>()
}

/// A transaction with a lock that the guard's query has to wait for: there is none but on a catalog.
pub(crate) fn hold_catalog(database: &Database<'_>) -> Client {
    let mut holder = database.connect().unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE").unwrap();
    holder
}

/// What an attempt yields while no other test changes a role: all databases of a server share the roles, and a change of
/// one makes each look a full one.
#[track_caller]
pub(crate) fn while_roles_stay<T>(attempt: impl FnMut() -> Option<T>) -> T {
    std::iter::repeat_with(attempt).take(100).flatten().next().expect("a moment without a change of roles")
}

/// The headlines of what the guard finds, errors first.
#[track_caller]
pub(crate) fn check(changes: &str, expect: &[&str]) {
    let (mut client, _database) = connect(changes);
    let findings = match guard().verify(&mut client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    let found: Vec<String> = findings.iter().map(|finding| finding.headline()).collect();
    assert_eq!(found, expect);
}

/// What a guard finds after a change, informations aside.
#[track_caller]
pub(crate) fn check_with(guard: Guard, changes: &str, expect: &[&str]) {
    let (mut client, _database) = connect(changes);
    let findings = match guard.verify(&mut client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    let found = findings.iter().filter(|finding| finding.severity > Severity::Info);
    assert_eq!(found.map(|finding| finding.headline()).collect::<Vec<_>>(), expect, "{changes}");
}
