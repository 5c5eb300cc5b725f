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

/// Hands out connections to two databases in turn, as a balancer or a pool over several hosts does.
struct InTurn {
    urls: std::sync::Mutex<std::collections::VecDeque<String>>,
}

impl r2d2::ManageConnection for InTurn {
    type Connection = postgres::Client;
    type Error = postgres::Error;

    fn connect(&self) -> Result<postgres::Client, postgres::Error> {
        let mut urls = self.urls.lock().unwrap();
        urls.rotate_left(1);
        postgres::Client::connect(&urls[0], postgres::NoTls)
    }

    // So that each is used once.
    fn is_valid(&self, client: &mut postgres::Client) -> Result<(), postgres::Error> {
        client.batch_execute("no")
    }

    fn has_broken(&self, _: &mut postgres::Client) -> bool {
        true
    }
}

/// A fingerprint and an answer that come from two databases must not be kept for one.
#[test]
fn a_pool_over_two_databases_keeps_no_verdict_of_the_other() {
    let (good, bad) = (database(), database());
    bad.connect().unwrap().batch_execute("ALTER TABLE users DROP COLUMN quiet_hours").unwrap();
    for first in [[&good, &bad], [&bad, &good]] {
        let urls = std::sync::Mutex::new(first.iter().map(|database| database.url()).collect());
        let pool = r2d2::Pool::builder().max_size(1).test_on_check_out(false).build(InTurn { urls }).unwrap();
        let readiness = Guard::new().readiness();
        for _ in 0..3 {
            let _ = readiness.recheck(&pool);
        }
        // Whatever it saw over the pool, each database has its own verdict.
        for _ in 0..2 {
            assert!(readiness.recheck(&mut good.connect().unwrap()).is_ok());
            assert!(readiness.recheck(&mut bad.connect().unwrap()).is_err());
        }
    }
}

/// A service's unit tests hold such a connection.
#[test]
fn a_connection_of_sea_orm_to_nothing_is_unreadable() {
    let none = sea_orm::DatabaseConnection::default();
    let report = block_on(Guard::new().verify_async(&none)).unwrap_err();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("none to a PostgreSQL server"), "{report}");
}

#[test]
#[should_panic(expected = "the closure's own")]
fn a_panic_while_connecting_is_the_callers() {
    let _ =
        Guard::new().connect(|| -> Result<postgres::Client, postgres::Error> { panic!("the closure's own") });
}

#[test]
fn tenants_have_a_verdict_each_over_an_asynchronous_driver() {
    let database = database();
    database.connect().unwrap().batch_execute("CREATE SCHEMA nobody").unwrap();
    let url = database.url();
    let tenants = block_on(async {
        let pool = sqlx::PgPool::connect(&url).await.unwrap();
        Guard::new().verify_schemas_async(&pool, ["public", "nobody"]).await.unwrap()
    });
    let fit: Vec<&str> = tenants.verified().map(|(schema, _)| schema).collect();
    let refused: Vec<&str> = tenants.refused().map(|(schema, _)| schema).collect();
    assert_eq!((fit, refused), (vec!["public"], vec!["nobody"]));
    assert!(tenants.to_string().contains("schema `nobody`: "), "{tenants}");
    // A server that is gone is unreadable for each, and has an end.
    let gone = block_on(async {
        let pool = sqlx::postgres::PgPoolOptions::new().acquire_timeout(Duration::from_millis(200));
        let pool = pool.connect_lazy("postgres://nobody@127.0.0.1:1/none").unwrap();
        Guard::new().verify_schemas_async(&pool, ["a", "b"]).await.unwrap()
    });
    assert!(
        gone.refused().count() == 2 && gone.refused().all(|(_, report)| report.kind() == Kind::Unreadable)
    );
}

/// What a look says over a pool that has no connection to give.
fn without_connection(url: &str) -> Vec<(&'static str, String)> {
    let short = Duration::from_millis(300);
    let manager = r2d2_postgres::PostgresConnectionManager::new(url.parse().unwrap(), postgres::NoTls);
    let r2d2 = r2d2::Pool::builder().connection_timeout(short).build_unchecked(manager);
    let said = |verdict: Result<schemacheck::Verified, schemacheck::Report>| {
        let report = verdict.unwrap_err();
        assert_eq!(report.kind(), Kind::Unreadable, "{report}");
        report.findings()[0].message.clone()
    };
    let mut all = vec![("r2d2", said(Guard::new().verify(&r2d2)))];
    block_on(async {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let manager = deadpool_postgres::Manager::new(config.clone(), tokio_postgres::NoTls);
        let deadpool = deadpool_postgres::Pool::builder(manager).build().unwrap();
        all.push(("deadpool", said(Guard::new().verify_async(&deadpool).await)));
        let manager = bb8_postgres::PostgresConnectionManager::new(config, tokio_postgres::NoTls);
        let bb8 = bb8::Pool::builder().connection_timeout(short).build_unchecked(manager);
        all.push(("bb8", said(Guard::new().verify_async(&bb8).await)));
        let sqlx = sqlx::postgres::PgPoolOptions::new().acquire_timeout(short).connect_lazy(url).unwrap();
        all.push(("sqlx 0.9", said(Guard::new().verify_async(&sqlx).await)));
        all.push(("sea-orm", said(Guard::new().verify_async(&sea_orm(sqlx)).await)));
        let sqlx = sqlx_08::postgres::PgPoolOptions::new().acquire_timeout(short).connect_lazy(url).unwrap();
        all.push(("sqlx 0.8", said(Guard::new().verify_async(&sqlx).await)));
    });
    all
}

fn sea_orm(pool: sqlx::PgPool) -> sea_orm::DatabaseConnection {
    sea_orm::SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
}

/// No query was sent, and no report says that one failed.
#[test]
fn a_pool_without_a_connection_cannot_connect() {
    let database = database();
    let none = database.url().replace(database.name(), "there_is_none");
    for url in ["postgres://nobody@127.0.0.1:1/none", none.as_str()] {
        for (pool, message) in without_connection(url) {
            let start = "the database could not be looked at: cannot connect: ";
            assert!(message.starts_with(start), "{pool}: {message}");
            assert!(!message.contains("query") && !message.contains("object"), "{pool}: {message}");
        }
    }
}
