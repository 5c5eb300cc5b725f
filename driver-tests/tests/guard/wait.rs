//! `Guard::connect_async` and waiting over drivers with pools.

use std::time::Duration;

use schemacheck::Guard;
use schemacheck::guard::Kind;

use crate::drivers::block_on;
use crate::incidents::database;

const LONG: Duration = Duration::from_secs(120);

#[test]
fn a_migration_beside_the_deploy_is_waited_for() {
    let database = database();
    database.connect().unwrap().batch_execute("ALTER TABLE users DROP COLUMN quiet_hours").unwrap();
    let mut migration = database.connect().unwrap();
    let late = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        migration.batch_execute("ALTER TABLE users ADD COLUMN quiet_hours quiet_hours").unwrap();
    });
    let url = database.url();
    let (verified, pool) = block_on(async {
        let guard = Guard::new().wait_for(LONG);
        guard.connect_async(|| sqlx::PgPool::connect(&url)).await.unwrap()
    });
    assert!(!verified.is_overridden() && !pool.is_closed());
    late.join().unwrap();
}

#[test]
fn a_server_that_never_comes_is_unreadable_within_the_time() {
    let report = block_on(async {
        let guard = Guard::new().wait_for(Duration::from_millis(300)).timeout(Duration::from_secs(30));
        let url = "postgres://nobody@127.0.0.1:1/none";
        let connect = || tokio_postgres::connect(url, tokio_postgres::NoTls);
        guard.connect_async(|| async { connect().await.map(|(client, _)| client) }).await.err().unwrap()
    });
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("cannot connect: "), "{report}");
}
