//! Waiting: for a migration beside the deploy, and for a server that is not there yet.

use std::time::{Duration, Instant};

use schemacheck::Policy;
use schemacheck::guard::Kind;
use schemacheck_scratch::Options;

use crate::support::{connect, database, guard};

const LONG: Duration = Duration::from_secs(120);

/// Runs a statement a little later.
fn later(database: &schemacheck_scratch::Database<'_>, sql: &'static str) -> std::thread::JoinHandle<()> {
    let mut client = database.connect().unwrap();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        client.batch_execute(sql).unwrap();
    })
}

#[test]
fn a_migration_beside_the_deploy_is_waited_for() {
    let (mut client, database) = connect("ALTER TABLE users RENAME COLUMN nickname TO nick");
    let migration = later(&database, "ALTER TABLE users RENAME COLUMN nick TO nickname");
    let begun = Instant::now();
    let verified = guard().wait_for(LONG).verify(&mut client).unwrap();
    assert!(verified.findings().is_empty() && begun.elapsed() < LONG);
    migration.join().unwrap();
}

#[test]
fn what_never_comes_is_refused_when_the_time_has_passed() {
    let (mut client, _database) = connect("ALTER TABLE users RENAME COLUMN nickname TO nick");
    let begun = Instant::now();
    let report = guard().wait_for(Duration::from_millis(700)).verify(&mut client).unwrap_err();
    assert_eq!(report.kind(), Kind::Drift);
    assert!(begun.elapsed() >= Duration::from_millis(700));
    // An override waits too: the operator may be glad of the database that fits.
    let warned =
        guard().policy(Policy::Warn).wait_for(Duration::from_millis(200)).verify(&mut client).unwrap();
    assert!(warned.is_overridden());
}

#[test]
fn what_cannot_change_is_not_waited_for() {
    let (mut client, _database) = connect("");
    let begun = Instant::now();
    let none = guard().only_in("postgres::nowhere").wait_for(LONG).verify(&mut client).unwrap_err();
    assert_eq!(none.kind(), Kind::NoModels);
    let (mut gone, database) = connect("");
    let pid: i32 = gone.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    database.connect().unwrap().execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    while gone.simple_query("SELECT 1").is_ok() {}
    let report = guard().wait_for(LONG).verify(&mut gone).unwrap_err();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(begun.elapsed() < LONG, "it waited for what cannot change");
}

#[test]
fn connecting_is_retried_within_the_same_time() {
    // A port that is free now, and has a server a little later.
    let server = Options::default().tcp().start().unwrap();
    let port = server.tcp_port().unwrap();
    let name = "app";
    let home = server.create_database().unwrap();
    let mut admin = home.connect().unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{port}/{name}");
    let creator = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        admin.batch_execute("CREATE DATABASE app").unwrap();
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        client.batch_execute(include_str!("schema.sql")).unwrap();
    });
    let url = format!("postgres://postgres@127.0.0.1:{port}/{name}");
    let dialled = url.clone();
    let (verified, mut client) = guard()
        .target(&url)
        .wait_for(LONG)
        .connect(move || postgres::Client::connect(&dialled, postgres::NoTls))
        .unwrap();
    assert!(!verified.is_overridden());
    assert!(client.simple_query("SELECT 1").is_ok(), "the connection is of use");
    creator.join().unwrap();
}

#[test]
fn a_connection_that_is_never_made_is_unreadable() {
    let url = "postgres://postgres:hunter2-not-real@127.0.0.1:1/app";
    let connect = || postgres::Client::connect(url, postgres::NoTls);
    let program = guard().request().unwrap().failed("no").unwrap_err().binary().clone();
    for policy in [Policy::Enforce, Policy::Warn, Policy::Off] {
        let guard = guard().policy(policy).target(url).wait_for(Duration::from_millis(300));
        let report = guard.connect(connect).err().unwrap();
        // Also where its models would not be looked for.
        assert!(*report.binary() == program && !program.packages.is_empty(), "{policy:?}: {report:?}");
        assert_eq!(report.kind(), Kind::Unreadable, "{policy:?}");
        let full = format!("{report:?}");
        assert!(full.contains("cannot connect: "), "{full}");
        assert!(full.contains("127.0.0.1:1 (as dialled)") && !full.contains("hunter2"), "{full}");
    }
}

#[test]
fn off_connects_and_looks_at_nothing() {
    let database = database("DROP TABLE users CASCADE");
    let url = database.url();
    let connect = move || postgres::Client::connect(&url, postgres::NoTls);
    let (verified, mut client) = guard().policy(Policy::Off).connect(connect).unwrap();
    assert!(verified.is_overridden());
    assert!(client.simple_query("SELECT 1").is_ok());
}

/// A network that takes everything and answers nothing.
#[test]
fn a_network_that_swallows_all_is_given_up() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("postgres://postgres@{}/app", listener.local_addr().unwrap());
    let (begun, timeout) = (Instant::now(), Duration::from_millis(100));
    let connect = move || postgres::Client::connect(&url, postgres::NoTls);
    let report = guard().timeout(timeout).connect(connect).err().unwrap();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("no answer has come for"), "{report}");
    assert!(begun.elapsed() < LONG);
}
