//! What other people's start-up checks got wrong, a test a rule: extra objects that stopped a service, ledgers that were
//! taken for the truth, checks that waited, hung or said "fine" without looking.
//!
//! Where a rule needs more than one database and one connection its test is elsewhere: what replicas lag behind in
//! `replica.rs`, poolers in `pooler.rs`, and in a built service that policy is the operator's and that expectations live
//! inside the binary (`schemacheck-cli/tests/cli/start.rs`).

use postgres::SimpleQueryMessage;
use schemacheck::guard::{Kind, Policy};
use schemacheck::{Code, Guard, Severity};
use schemacheck_scratch::Options;

use crate::support::{check, connect, database, guard};

#[test]
fn extra_tables_and_columns_never_stop_a_service() {
    check(
        "CREATE TABLE another (id int); ALTER TABLE users ADD more text, ADD needed int NOT NULL DEFAULT 1; \
         CREATE INDEX ON users (email); CREATE TYPE unknown AS ENUM ('x')",
        &[],
    );
    let (mut client, _database) = connect("ALTER TABLE tickets ADD needed int NOT NULL");
    let verified = Guard::new().only_in("crate::privileges").verify(&mut client).unwrap();
    let warned: Vec<(Code, Severity)> = verified.findings().iter().map(|f| (f.code, f.severity)).collect();
    assert_eq!(warned, [(Code::MissingRequiredColumn, Severity::Warning)]);
}

#[test]
fn a_database_ahead_is_fine_when_every_needed_column_is_there() {
    check(
        "INSERT INTO alembic_version VALUES ('c0ffee00c0ff'); ALTER TABLE users ADD later text",
        &["info[ledger-ahead]: the database is ahead of the build, says the ledger `public.alembic_version`"],
    );
}

#[test]
fn unknown_ledger_rows_are_never_fatal() {
    for rows in ["'of another service'), ('and another'", "''), (repeat('x', 32)"] {
        let (mut client, _database) = connect(&format!("INSERT INTO alembic_version VALUES ({rows})"));
        assert!(guard().verify(&mut client).is_ok(), "{rows}");
    }
}

#[test]
fn types_are_judged_by_class() {
    let gravest = |change: &str| {
        let (mut client, _database) = connect(change);
        match guard().verify(&mut client) {
            Ok(verified) => verified.findings().iter().map(|finding| finding.severity).max(),
            Err(report) => report.findings().iter().map(|finding| finding.severity).max(),
        }
    };
    assert_eq!(gravest("ALTER TABLE users ALTER nickname TYPE varchar(200)"), Some(Severity::Info));
    assert_eq!(gravest("ALTER TABLE users ALTER nickname TYPE text"), None);
    assert_eq!(gravest("ALTER TABLE users ALTER nickname TYPE bytea USING ''"), Some(Severity::Error));
}

#[test]
fn default_expressions_are_never_evaluated() {
    let (mut client, _database) = connect("");
    let drawn = "SELECT is_called FROM tickets_id_seq";
    assert!(!client.query_one(drawn, &[]).unwrap().get::<_, bool>(0));
    let _ = Guard::new().verify(&mut client);
    assert!(!client.query_one(drawn, &[]).unwrap().get::<_, bool>(0), "a default drew from its sequence");
}

#[test]
fn every_gap_is_reported_at_once_with_the_remedy() {
    let (mut client, _database) = connect(
        "ALTER TABLE users RENAME nickname TO nick_name; DROP TABLE sessions; \
         ALTER TYPE coordinator_action_type RENAME VALUE 'created' TO 'made'",
    );
    let report = guard().verify(&mut client).unwrap_err();
    let errors: Vec<Code> =
        report.findings().iter().filter(|f| f.severity == Severity::Error).map(|f| f.code).collect();
    for code in [Code::MissingColumn, Code::MissingRelation, Code::UnknownLabel] {
        assert!(errors.contains(&code), "{errors:?}");
    }
    assert!(format!("{report:?}").contains("`nick_name`"), "{report:?}");
}

/// What the server was asked, by its own log.
#[test]
fn one_query_for_all_models_once_at_the_start() {
    let server = Options::default().setting("log_statement", "all").start().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute(include_str!("schema.sql")).unwrap();
    let mut client = database.connect().unwrap();
    let asked = || {
        let log = std::fs::read_to_string(server.log()).unwrap();
        log.lines().filter(|line| line.contains("statement: ") || line.contains("execute ")).count()
    };
    let before = asked();
    let verified = guard().verify(&mut client).unwrap();
    let after = asked();
    assert_eq!(after - before, 1, "of {} models", verified.models());
    // Nobody asks again by himself.
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(asked(), after);
    let _ = verified.recheck(&mut client).unwrap();
    let _ = verified.recheck(&mut client).unwrap();
    assert_eq!(asked(), after + 2);
}

#[test]
fn what_is_missing_is_told_from_what_may_not_be_touched() {
    let (mut client, _database) =
        connect("CREATE ROLE rule_nobody; DROP TABLE sessions; SET ROLE rule_nobody");
    client.batch_execute("SET ROLE rule_nobody").unwrap();
    let report = guard().verify(&mut client).unwrap_err();
    let codes: Vec<Code> = report.findings().iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&Code::MissingRelation) && codes.contains(&Code::MissingPrivilege), "{codes:?}");
    assert!(!codes.contains(&Code::MissingColumn), "{codes:?}");
}

#[test]
fn nothing_is_left_in_the_session() {
    let (mut client, _database) = connect("");
    let state = "SELECT (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'), \
                 (SELECT count(*) FROM pg_prepared_statements), current_setting('jit'), \
                 current_setting('statement_timeout'), current_setting('search_path'), \
                 pg_catalog.pg_current_xact_id_if_assigned() IS NULL";
    let mut now = || {
        let rows = client.simple_query(state).unwrap();
        let row = rows.into_iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..6).map(|at| row.get(at).unwrap().to_owned()).collect::<Vec<_>>())
            }
            _ => None,
        });
        (row.unwrap(), guard().verify(&mut client).is_ok())
    };
    let (before, _) = now();
    let (after, _) = now();
    assert_eq!((before.clone(), &before[..2]), (after, &["0".to_owned(), "0".to_owned()][..]));
}

#[test]
fn the_callers_transaction_is_left_alone() {
    let (mut client, database) = connect("");
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("INSERT INTO tickets (title) VALUES ('mine')").unwrap();
    assert!(guard().verify(&mut transaction).is_ok());
    transaction.rollback().unwrap();
    let count = database.connect().unwrap().query_one("SELECT count(*) FROM tickets", &[]).unwrap();
    assert_eq!(count.get::<_, i64>(0), 0);
}

#[test]
fn nothing_waits_behind_access_exclusive() {
    let (mut client, database) = connect("");
    let mut migration = database.connect().unwrap();
    let mut lock = migration.transaction().unwrap();
    let tables = "LOCK TABLE users, notifications, sessions, alembic_version, tickets, articles IN ACCESS EXCLUSIVE MODE";
    lock.batch_execute(tables).unwrap();
    client.batch_execute("SET lock_timeout = '1ms'").unwrap();
    assert!(guard().verify(&mut client).is_ok());
    let everything = Guard::new().verify(&mut client);
    assert!(everything.err().is_none_or(|report| report.kind() != Kind::Unreadable));
    lock.rollback().unwrap();
}

#[test]
fn the_host_is_the_one_that_was_dialled_or_what_the_server_reports() {
    let (mut client, _database) = connect("DROP TABLE sessions");
    let dialled =
        guard().target("postgres://me:hunter2@db.internal:6432/app").verify(&mut client).unwrap_err();
    let dialled = format!("{dialled:?}");
    assert!(
        dialled.contains("at db.internal:6432 (as dialled)") && !dialled.contains("hunter2"),
        "{dialled}"
    );
    let reported = format!("{:?}", guard().verify(&mut client).unwrap_err());
    assert!(reported.contains("(as the server reports)"), "{reported}");
}

#[test]
fn policy_is_the_operators_and_hides_nothing() {
    let (mut client, _database) = connect("DROP TABLE sessions");
    let verified = guard().policy(Policy::Warn).verify(&mut client).unwrap();
    assert!(verified.is_overridden());
    assert!(verified.findings().iter().any(|finding| finding.code == Code::MissingRelation));
    assert!(guard().policy(Policy::Off).verify(&mut client).unwrap().is_overridden());
}

#[test]
fn unreachable_denied_and_timed_out_are_never_fine() {
    let database = database("");
    let mut gone = database.connect().unwrap();
    let pid: i32 = gone.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    database.connect().unwrap().execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    while gone.simple_query("SELECT 1").is_ok() {}
    assert_eq!(guard().verify(&mut gone).unwrap_err().kind(), Kind::Unreadable);
    let mut slow = database.connect().unwrap();
    slow.batch_execute("SET statement_timeout = '1ms'").unwrap();
    let verdict = guard().verify(&mut slow);
    // On a fast machine the answer may be there in time.
    assert!(verdict.err().is_none_or(|report| report.kind() == Kind::Unreadable));
    let denied =
        guard().connect(|| postgres::Client::connect("postgres://nobody@127.0.0.1:1/x", postgres::NoTls));
    assert_eq!(denied.err().unwrap().kind(), Kind::Unreadable);
}

#[test]
fn the_ledger_is_evidence_and_the_catalog_is_truth() {
    // It says that all is applied, and a table is missing; and the other way round.
    let (mut client, _database) = connect("DROP TABLE sessions");
    let report = guard().verify(&mut client).unwrap_err();
    assert!(report.findings().iter().any(|finding| finding.code == Code::LedgerStamped));
    let (mut client, _database) = connect("DELETE FROM alembic_version");
    assert!(guard().verify(&mut client).is_ok());
    let (mut client, _database) = connect("DROP TABLE alembic_version");
    assert!(guard().verify(&mut client).is_ok());
}

#[test]
fn tenants_get_a_verdict_each_and_can_be_checked_again() {
    let (mut client, _database) =
        connect("CREATE SCHEMA one; CREATE TABLE one.users (LIKE users); CREATE SCHEMA two");
    let users = || Guard::new().only::<crate::models::User>();
    let tenants = users().verify_schemas(&mut client, ["one", "two"]).unwrap();
    assert_eq!(tenants.refused().map(|(schema, _)| schema).collect::<Vec<_>>(), ["two"]);
    let (_, proof) = tenants.verified().next().unwrap();
    client.batch_execute("ALTER TABLE one.users DROP nickname; CREATE TABLE two.users (LIKE users)").unwrap();
    assert!(proof.recheck(&mut client).is_err());
    assert!(users().schema("two").verify(&mut client).is_ok());
}

#[test]
fn every_model_registers_by_itself() {
    // Nobody names one of them here.
    let sql = Guard::new().request().unwrap();
    for table in ["\"users\"", "\"notifications\"", "\"tickets\"", "\"active_users\""] {
        assert!(sql.sql().contains(table), "{table}");
    }
}
