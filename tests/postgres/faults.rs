//! What goes wrong on the way: never "verified", never waiting, and the caller's connection left as it was.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use postgres::NoTls;
use schemacheck::Guard;
use schemacheck::guard::Kind;
use schemacheck_scratch::Options;

use crate::support::{connect, guard, hold_catalog, plain};

#[test]
fn a_callers_transaction_is_left_as_it_was() {
    let (mut client, database) = connect("");
    client.batch_execute("SET statement_timeout = '77s'").unwrap();
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("CREATE TABLE mine (id int); SET LOCAL statement_timeout = '55s'").unwrap();
    assert!(guard().verify(&mut transaction).is_ok());
    let timeout: String = transaction.query_one("SHOW statement_timeout", &[]).unwrap().get(0);
    assert_eq!(timeout, "55s");
    // Neither committed nor rolled back: nobody else sees the table, and it can still be rolled back.
    let mut other = database.connect().unwrap();
    let there = "SELECT to_regclass('mine') IS NOT NULL";
    assert!(!other.query_one(there, &[]).unwrap().get::<_, bool>(0));
    assert!(transaction.query_one(there, &[]).unwrap().get::<_, bool>(0));
    transaction.rollback().unwrap();
    assert!(!client.query_one(there, &[]).unwrap().get::<_, bool>(0));
    let timeout: String = client.query_one("SHOW statement_timeout", &[]).unwrap().get(0);
    assert_eq!(timeout, "77s");
    assert!(guard().verify(&mut client).is_ok());
    let timeout: String = client.query_one("SHOW statement_timeout", &[]).unwrap().get(0);
    assert_eq!(timeout, "77s");
}

#[test]
fn a_failed_transaction_is_unreadable() {
    let (mut client, _database) = connect("");
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("SELECT 1/0").unwrap_err();
    let report = guard().verify(&mut transaction).unwrap_err();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("current transaction is aborted"), "{report}");
}

#[test]
fn a_table_under_access_exclusive_is_not_waited_for() {
    let (mut client, database) = connect("");
    let mut migration = database.connect().unwrap();
    let mut transaction = migration.transaction().unwrap();
    transaction
        .batch_execute("LOCK TABLE users, notifications, alembic_version IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let started = Instant::now();
    let verified = guard().timeout(Duration::from_secs(30)).verify(&mut client).unwrap();
    assert!(verified.findings().is_empty());
    assert!(started.elapsed() < Duration::from_secs(20), "it waited until a timeout");
}

#[test]
fn a_shorter_timeout_of_the_connection_ends_a_query_and_is_no_verdict() {
    let (mut client, _database) = connect("");
    // A shorter timeout of the connection holds, and one millisecond is too short for any catalog.
    client.batch_execute("SET statement_timeout = 1").unwrap();
    let mut unreadable = 0;
    for _ in 0..20 {
        match guard().verify(&mut client) {
            Ok(_) => {}
            Err(report) => {
                assert_eq!(report.kind(), Kind::Unreadable, "{report}");
                // A server under load can report the timeout as a cancel request.
                assert!(report.to_string().contains("canceling statement"), "{report}");
                unreadable += 1;
            }
        }
    }
    assert!(unreadable > 0, "no query took a millisecond");
}

/// The one lock that the guard's query waits for is one on a catalog, such as VACUUM FULL takes.
#[test]
fn the_guards_own_timeout_ends_a_query_on_the_server() {
    for guard in [guard as fn() -> Guard, plain] {
        let (mut client, database) = connect("");
        let mut holder = hold_catalog(&database);
        let report = guard().timeout(Duration::from_millis(200)).verify(&mut client).unwrap_err();
        assert_eq!(report.kind(), Kind::Unreadable, "{report}");
        assert!(report.to_string().contains("canceling statement due to statement timeout"), "{report}");
        let timeout: String = client.query_one("SHOW statement_timeout", &[]).unwrap().get(0);
        assert_eq!(timeout, "0");
        holder.batch_execute("ROLLBACK").unwrap();
        assert!(guard().verify(&mut client).is_ok());
    }
}

#[test]
fn an_unreachable_server_a_wrong_password_and_an_unknown_database_give_no_connection() {
    let server = Options::default().password("right-not-real").start().unwrap();
    let database = server.create_database().unwrap();
    let url = database.tcp_url("postgres", "right-not-real").unwrap();
    let mut client = postgres::Client::connect(&url, NoTls).unwrap();
    assert_eq!(guard().verify(&mut client).unwrap_err().kind(), Kind::Drift);
    for wrong in [url.replace("right", "wrong"), url.replace(database.name(), "gone")] {
        let error = postgres::Client::connect(&wrong, NoTls).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("wrong-not-real"));
    }
    // A connection whose server is gone.
    drop(database);
    server.stop().unwrap();
    let report = guard().target(&url).verify(&mut client).unwrap_err();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(!format!("{report:?}").contains("right-not-real"), "{report:?}");
}

/// How often the client spoke after the server had: round trips, as a network would add its delay to each.
#[test]
fn a_database_that_fits_takes_one_round_trip() {
    let server = Options::default().tcp().start().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute(include_str!("schema.sql")).unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!(
        "postgres://postgres@127.0.0.1:{}/{}",
        listener.local_addr().unwrap().port(),
        database.name()
    );
    let upstream = ("127.0.0.1", server.tcp_port().unwrap());
    let turns = Arc::new(Mutex::new((0, false)));
    let seen = Arc::clone(&turns);
    let proxy = std::thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let server = TcpStream::connect(upstream).unwrap();
        let (from_client, to_client) = (client.try_clone().unwrap(), client);
        let (from_server, to_server) = (server.try_clone().unwrap(), server);
        let upward = Arc::clone(&seen);
        let upward = std::thread::spawn(move || pass_on(from_client, to_server, true, &upward));
        pass_on(from_server, to_client, false, &seen);
        upward.join().unwrap();
    });
    let mut client = postgres::Client::connect(&url, NoTls).unwrap();
    let before = turns.lock().unwrap().0;
    assert!(guard().verify(&mut client).is_ok());
    assert_eq!(turns.lock().unwrap().0 - before, 1);
    // What is refused may ask for names too, for the help.
    database.connect().unwrap().batch_execute("DROP TABLE sessions").unwrap();
    guard().verify(&mut client).unwrap_err();
    assert_eq!(turns.lock().unwrap().0 - before, 3);
    drop(client);
    proxy.join().unwrap();
}

/// Passes on until the end, and counts how often `is_client` takes the turn.
fn pass_on(mut from: TcpStream, mut to: TcpStream, is_client: bool, turns: &Mutex<(usize, bool)>) {
    let mut buffer = [0; 65_536];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let mut turns = turns.lock().unwrap();
        if is_client && !turns.1 {
            turns.0 += 1;
        }
        turns.1 = is_client;
        drop(turns);
        if to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}

#[test]
fn a_hostile_search_path_changes_nothing() {
    let (mut client, _database) = connect(
        "CREATE SCHEMA evil;
         CREATE FUNCTION evil.never(name, name) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT false';
         CREATE FUNCTION evil.never(oid, oid) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT false';
         CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = name, FUNCTION = evil.never);
         CREATE OPERATOR evil.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = evil.never);
         CREATE FUNCTION evil.json_agg(anyelement) RETURNS json IMMUTABLE LANGUAGE sql AS 'SELECT ''[]''::json';
         CREATE FUNCTION evil.current_database() RETURNS name IMMUTABLE LANGUAGE sql AS 'SELECT ''fake''::name';
         CREATE TABLE evil.pg_class (oid oid, relname name, relnamespace oid, relkind \"char\")",
    );
    client.batch_execute("SET search_path = evil, public, pg_catalog").unwrap();
    let verified = guard().verify(&mut client).unwrap();
    assert!(verified.findings().is_empty(), "{:?}", verified.findings());
    assert!(!verified.to_string().contains("fake"));
}

#[test]
fn settings_of_the_connection_change_nothing() {
    let (mut client, _database) = connect("");
    for setting in [
        "standard_conforming_strings = off",
        // Until PostgreSQL 8.1 an array could hold no NULL: a NULL in a literal is then a name.
        "array_nulls = off",
        "transform_null_equals = on",
        "row_security = off",
        "from_collapse_limit = 1",
        "join_collapse_limit = 1",
        "DateStyle = 'SQL, DMY'",
        "IntervalStyle = 'sql_standard'",
        "bytea_output = 'escape'",
        "quote_all_identifiers = on",
        "default_transaction_isolation = 'serializable'",
        "default_transaction_read_only = on",
        "enable_seqscan = off",
        "jit = on",
    ] {
        client.batch_execute(&format!("SET {setting}")).unwrap();
    }
    let verified = guard().verify(&mut client).unwrap();
    assert!(verified.findings().is_empty(), "{:?}", verified.findings());
}
