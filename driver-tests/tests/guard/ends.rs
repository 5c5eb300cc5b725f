//! A connection that ends, or whose time is over, while the guard's query is under way: no verdict over any driver.

use std::time::Duration;

use postgres::Client;
use schemacheck::Guard;
use schemacheck::guard::Kind;
use schemacheck_scratch::Database;

use crate::drivers::{DRIVERS, Look, prepares};
use crate::incidents::database;

/// A transaction with a lock that the guard's query has to wait for: there is none but on a catalog.
fn hold_catalog(database: &Database<'_>) -> Client {
    let mut holder = database.connect().unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE").unwrap();
    holder
}

#[test]
fn a_connection_that_is_ended_in_the_middle_is_unreadable() {
    let database = database();
    let _holder = hold_catalog(&database);
    // In a database of its own: planning this query may have to wait for that lock too.
    let beside = database.server().create_database().unwrap();
    let mut admin = beside.connect().unwrap();
    // A pool may ask once more over another connection.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'";
    for (driver, look) in DRIVERS {
        let (verdict, ended) = std::thread::scope(|scope| {
            let verdict = scope.spawn(|| look(Look::Start(Box::new(Guard::new())), &database.url()));
            let mut ended = 0;
            while !verdict.is_finished() {
                ended += admin.query(end, &[&database.name()]).unwrap().len();
                std::thread::sleep(Duration::from_millis(10));
            }
            (verdict.join().unwrap(), ended)
        });
        let report = verdict.expect_err(driver);
        assert_eq!(report.kind(), Kind::Unreadable, "{driver}: {report}");
        assert!(ended > 0, "{driver}: {report}");
    }
}

#[test]
fn the_guards_own_timeout_ends_a_query_on_the_server() {
    let database = database();
    let holder = hold_catalog(&database);
    for (driver, look) in DRIVERS.iter().filter(|(driver, _)| !prepares(driver)) {
        let guard = Guard::new().timeout(Duration::from_millis(100));
        let report = look(Look::Start(Box::new(guard)), &database.url()).expect_err(driver);
        assert_eq!(report.kind(), Kind::Unreadable, "{driver}: {report}");
        let text = report.to_string();
        assert!(text.contains("canceling statement due to statement timeout"), "{driver}: {text}");
        assert!(text.contains("the query of the catalog failed: "), "{driver}: {text}");
    }
    drop(holder);
}
