//! A streaming replica: a migration arrives there later than on its primary.

use std::time::Duration;

use postgres::Client;
use schemacheck::guard::Kind;

use crate::standby::{Standby, primary};
use crate::support::guard;

const LONG: Duration = Duration::from_secs(120);

#[test]
fn a_replica_that_lags_behind_is_waited_for_and_named() {
    let primary = primary();
    let database = primary.create_database().unwrap();
    let mut migrate = database.connect().unwrap();
    migrate.batch_execute(include_str!("schema.sql")).unwrap();
    migrate.batch_execute("ALTER TABLE users RENAME COLUMN nickname TO nick").unwrap();
    let replica = Standby::of(&primary);
    let mut client = replica.connect(database.name());
    let replays = |client: &mut Client| {
        let row = client.query_one("SELECT pg_last_wal_replay_lsn() IS NOT NULL", &[]).unwrap();
        row.get::<_, bool>(0)
    };
    while !replays(&mut client) {}
    client.execute("SELECT pg_wal_replay_pause()", &[]).unwrap();
    migrate.batch_execute("ALTER TABLE users RENAME COLUMN nick TO nickname").unwrap();
    assert!(guard().verify(&mut migrate).is_ok(), "the primary has it");
    let report = guard().verify(&mut client).unwrap_err();
    assert_eq!(report.kind(), Kind::Drift);
    let full = format!("{report:?}");
    assert!(full.contains("a replica: a fresh migration may not have arrived yet"), "{full}");
    assert!(report.to_json().contains("\"in_recovery\": true"));
    let mut resume = replica.connect(database.name());
    let late = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        resume.execute("SELECT pg_wal_replay_resume()", &[]).unwrap();
    });
    let verified = guard().wait_for(LONG).verify(&mut client).unwrap();
    assert!(verified.database().server.as_ref().unwrap().in_recovery);
    late.join().unwrap();
}
