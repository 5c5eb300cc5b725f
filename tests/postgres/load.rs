//! Many at once, much at once, and a schema that changes all the while.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use schemacheck::Guard;
use schemacheck::guard::Kind;
use schemacheck_core::manifest::{Expected, Kind as Does, Manifest};
use schemacheck_core::record;
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};
use schemacheck_scratch::Options;

use crate::support::{connect, database, guard, hold_catalog, plain};

#[test]
fn sixty_four_services_start_at_once() {
    let database = database("");
    let url = database.url();
    let start = Barrier::new(64);
    std::thread::scope(|scope| {
        let services: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    let mut client = Client::connect(&url, NoTls).unwrap();
                    guard().verify(&mut client).map(|verified| verified.findings().len())
                })
            })
            .collect();
        for service in services {
            assert_eq!(service.join().unwrap().unwrap(), 0);
        }
    });
}

#[test]
fn a_schema_that_changes_all_the_while_has_no_verdict_that_fits_no_moment() {
    storm(
        guard,
        "BEGIN; ALTER TABLE users RENAME COLUMN nickname TO nick; ALTER TABLE notifications ALTER severity TYPE text; \
         ALTER TABLE users RENAME COLUMN tags TO tag; COMMIT",
        "BEGIN; ALTER TABLE users RENAME COLUMN nick TO nickname; \
         ALTER TABLE notifications ALTER severity TYPE varchar(20); ALTER TABLE users RENAME COLUMN tag TO tags; COMMIT",
        3,
    );
}

#[test]
fn a_plain_table_that_changes_all_the_while_has_no_verdict_that_fits_no_moment() {
    storm(
        plain,
        "BEGIN; ALTER TABLE tickets RENAME COLUMN title TO name; ALTER TABLE tickets ALTER id TYPE bigint; COMMIT",
        "BEGIN; ALTER TABLE tickets RENAME COLUMN name TO title; ALTER TABLE tickets ALTER id TYPE integer; COMMIT",
        2,
    );
}

/// Two schemas that follow each other, each in one step: a verdict fits the one or the other, and nothing between.
fn storm(guard: fn() -> Guard, forward: &str, back: &str, differences: usize) {
    let (mut client, database) = connect("");
    let mut migration = database.connect().unwrap();
    let readiness = guard().readiness();
    // By turns at the start, and by the fingerprint.
    let mut is_again = true;
    let mut headlines = |client: &mut Client| {
        is_again = !is_again;
        let verdict = if is_again { readiness.recheck(client) } else { guard().verify(client) };
        match verdict {
            Ok(verified) => verified.findings().iter().map(|finding| finding.headline()).collect(),
            Err(report) if report.kind() == Kind::Unreadable => BTreeSet::from(["unreadable".to_owned()]),
            Err(report) => report.findings().iter().map(|finding| finding.headline()).collect(),
        }
    };
    let before: BTreeSet<String> = headlines(&mut client);
    migration.batch_execute(forward).unwrap();
    let after = headlines(&mut client);
    assert!(before.is_empty() && after.len() >= differences, "{after:?}");
    migration.batch_execute(back).unwrap();
    let is_over = AtomicBool::new(false);
    let (mut fits, mut drifts, mut unread) = (0, 0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                migration.batch_execute(forward).unwrap();
                migration.batch_execute(back).unwrap();
            }
        });
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            match headlines(&mut client) {
                verdict if verdict == before => fits += 1,
                verdict if verdict == after => drifts += 1,
                verdict if verdict.contains("unreadable") => unread += 1,
                verdict => {
                    is_over.store(true, Ordering::Relaxed);
                    panic!("a verdict that fits no moment: {verdict:?}");
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(fits > 0 && drifts > 0, "{fits} and {drifts}: the two did not meet");
    // Torn twice in a row, which is said and is no verdict.
    assert!(unread * 100 <= fits + drifts, "{unread} of {} could not be read", fits + drifts + unread);
}

#[test]
fn twenty_thousand_columns_are_judged() {
    let database = database("");
    let mut client = database.connect().unwrap();
    for table in 0..20 {
        let columns: Vec<String> = (0..1000).map(|n| format!("c{n} int")).collect();
        client.batch_execute(&format!("CREATE TABLE wide{table} ({})", columns.join(", "))).unwrap();
    }
    let (_, catalog) = introspect::read(&mut client, &Scope::default()).unwrap();
    let records: Vec<u8> = (0..20)
        .flat_map(|table| {
            let column = |n| Expected {
                column: format!("c{n}"),
                field: format!("c{n}"),
                rust_type: "Option<i32>".into(),
                accepts_null: Some(true),
                ..Expected::default()
            };
            let mut manifest = Manifest {
                path: format!("wide::Wide{table}"),
                kinds: vec![Does::Read],
                relation: format!("wide{table}"),
                columns: (0..1000).map(column).collect(),
                ..Manifest::default()
            };
            manifest.add_facts(&catalog);
            record::to_bytes(&manifest)
        })
        .collect();
    let verified = Guard::from_records(&records).verify(&mut client).unwrap();
    assert_eq!((verified.models(), verified.columns(), verified.findings().len()), (20, 20_000, 0));
    client.batch_execute("ALTER TABLE wide19 DROP COLUMN c999").unwrap();
    let report = Guard::from_records(&records).verify(&mut client).unwrap_err();
    assert_eq!(report.findings()[0].message, "cannot find column `c999` in table `public.wide19`");
}

/// What the guard holds while it looks, and when it has looked: within a transaction of the caller's, that is what others
/// would wait for.
#[test]
fn no_lock_is_taken_that_a_migration_waits_for() {
    let (mut client, database) = connect("");
    let mut transaction = client.transaction().unwrap();
    assert!(guard().verify(&mut transaction).is_ok());
    let held = transaction
        .query(
            "SELECT l.relation::regclass::text, l.mode FROM pg_locks l \
             JOIN pg_class c ON c.oid = l.relation AND c.relkind <> 'i' \
             WHERE l.pid = pg_backend_pid() AND l.relation >= 16384 AND l.granted",
            &[],
        )
        .unwrap();
    let held: Vec<(String, String)> = held.iter().map(|row| (row.get(0), row.get(1))).collect();
    // The ledger was read, as anybody reads a table.
    assert_eq!(held, [("alembic_version".to_owned(), "AccessShareLock".to_owned())]);
    let mut migration = database.connect().unwrap();
    migration
        .batch_execute("SET lock_timeout = '2s'; ALTER TABLE users ADD COLUMN more text; DROP TABLE sessions")
        .unwrap();
    transaction.rollback().unwrap();
    // Outside of a transaction nothing is held afterwards.
    assert!(guard().only_in("postgres::types").verify(&mut client).is_ok());
    let row = client
        .query_one("SELECT count(*) FROM pg_locks WHERE relation >= 16384 AND pid = pg_backend_pid()", &[])
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

/// A role that may not connect gets no connection: that is no verdict either.
#[test]
fn a_role_without_connect_is_unreadable() {
    let database = database("CREATE ROLE shut_out LOGIN");
    let name = database.name().to_owned();
    database
        .connect()
        .unwrap()
        .batch_execute(&format!("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"))
        .unwrap();
    let mut config = database.config();
    config.user("shut_out");
    let report = guard().connect(move || config.connect(NoTls)).err().unwrap();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("permission denied for database"), "{report}");
    database.connect().unwrap().batch_execute("DROP ROLE shut_out").unwrap();
}

/// How a server ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// An administrator ends the connection.
    Terminated,
    /// As after an out-of-memory kill: the others end with it, and the server recovers.
    BackendKilled,
    /// An immediate shutdown.
    Quit,
    Killed,
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

/// A server that ends while the guard's query is under way: never fine, and never drift.
#[test]
fn a_server_killed_in_the_middle_is_unreadable() {
    for end in [End::Terminated, End::BackendKilled, End::Quit, End::Killed] {
        // So that a question is shown whole.
        let server = Options::default().setting("track_activity_query_size", "65536").start().unwrap();
        let database = server.create_database().unwrap();
        let mut setup = database.connect().unwrap();
        setup.batch_execute(include_str!("schema.sql")).unwrap();
        // Planning what it asks may have to wait for the lock too, where that is.
        let beside = server.create_database().unwrap();
        let mut observer = beside.connect().unwrap();
        // Scratch servers do not wait for the disk, and a crash would take the schema along.
        setup.batch_execute("CHECKPOINT").unwrap();
        let holder = hold_catalog(&database);
        let mut look = |guard: fn() -> Guard, is_plain: bool| {
            let mut client = database.connect().unwrap();
            let pid: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
            let look = std::thread::spawn(move || guard().verify(&mut client));
            let waits = "SELECT query FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
            let question: String = loop {
                if let Some(row) = observer.query_opt(waits, &[&pid]).unwrap() {
                    break row.get(0);
                }
                assert!(!look.is_finished(), "{end:?}: a verdict without a wait");
                std::thread::sleep(Duration::from_millis(10));
            };
            assert!(question.contains("AS schemacheck"), "{question}");
            assert_eq!(question.contains("'plain "), is_plain, "{question}");
            (look, pid)
        };
        let looks = [look(guard, false), look(plain, true)];
        match end {
            End::Terminated => {
                for (_, pid) in &looks {
                    observer.execute("SELECT pg_terminate_backend($1)", &[pid]).unwrap();
                }
            }
            End::BackendKilled => signal("-KILL", looks[0].1.try_into().unwrap()),
            End::Quit => signal("-QUIT", server.pid()),
            End::Killed => signal("-KILL", server.pid()),
        }
        for (look, _) in looks {
            let report = look.join().unwrap().unwrap_err();
            assert_eq!(report.kind(), Kind::Unreadable, "{end:?}: {report}");
        }
        drop(holder);
        let config = database.config();
        let connect = move || config.connect(NoTls);
        if matches!(end, End::Terminated | End::BackendKilled) {
            let verdict = guard().wait_for(Duration::from_secs(60)).connect(connect);
            assert!(verdict.is_ok(), "{end:?}: {}", verdict.err().unwrap());
        } else {
            let report = guard().connect(connect).err().unwrap();
            assert_eq!(report.kind(), Kind::Unreadable, "{end:?}: {report}");
        }
    }
}
