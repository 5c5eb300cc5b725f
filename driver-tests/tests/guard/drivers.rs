//! Each driver with what a program hands to the guard.

use diesel::Connection as _;
use diesel_async::AsyncConnection as _;
use schemacheck::guard::Report;
use schemacheck::{Guard, Verified};
use sea_orm::TransactionTrait;
use sqlx::Connection as _;
use sqlx_08::Connection as _;
use tokio::runtime::Runtime;

pub(crate) type Verdict = Result<Verified, Report>;

/// A driver's name, and how it verifies a database.
pub(crate) type Driver = (&'static str, fn(Guard, &str) -> Verdict);

pub(crate) const DRIVERS: &[Driver] = &[
    ("postgres", postgres_client),
    ("postgres, in a transaction", postgres_transaction),
    ("r2d2 of postgres, pool", r2d2_pool),
    ("r2d2 of postgres, connection", r2d2_connection),
    ("tokio-postgres", |guard, url| block_on(tokio_postgres(guard, url))),
    ("deadpool-postgres", |guard, url| block_on(deadpool(guard, url))),
    ("bb8 of tokio-postgres", |guard, url| block_on(bb8_pool(guard, url))),
    ("sqlx 0.9, pool", |guard, url| block_on(sqlx_pool(guard, url))),
    ("sqlx 0.9, connection", |guard, url| block_on(sqlx_connection(guard, url))),
    ("sqlx 0.8, pool", |guard, url| block_on(sqlx_08_pool(guard, url))),
    ("sqlx 0.8, connection", |guard, url| block_on(sqlx_08_connection(guard, url))),
    ("diesel", diesel_connection),
    ("diesel, r2d2 pool", diesel_pool),
    ("diesel-async", |guard, url| block_on(diesel_async_connection(guard, url))),
    ("diesel-async, bb8 pool", |guard, url| block_on(diesel_async_pool(guard, url))),
    ("sea-orm", |guard, url| block_on(sea_orm_connection(guard, url))),
    ("sea-orm, in a transaction", |guard, url| block_on(sea_orm_transaction(guard, url))),
];

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

fn postgres_client(guard: Guard, url: &str) -> Verdict {
    guard.verify(&mut postgres::Client::connect(url, postgres::NoTls).unwrap())
}

fn postgres_transaction(guard: Guard, url: &str) -> Verdict {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    guard.verify(&mut client.transaction().unwrap())
}

type Manager = r2d2_postgres::PostgresConnectionManager<postgres::NoTls>;

fn r2d2(url: &str) -> r2d2::Pool<Manager> {
    let manager = Manager::new(url.parse().unwrap(), postgres::NoTls);
    r2d2::Pool::builder().max_size(1).build(manager).unwrap()
}

fn r2d2_pool(guard: Guard, url: &str) -> Verdict {
    guard.verify(&r2d2(url))
}

fn r2d2_connection(guard: Guard, url: &str) -> Verdict {
    guard.verify(&mut r2d2(url).get().unwrap())
}

async fn tokio_postgres(guard: Guard, url: &str) -> Verdict {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    guard.verify_async(&client).await
}

async fn deadpool(guard: Guard, url: &str) -> Verdict {
    let manager = deadpool_postgres::Manager::new(url.parse().unwrap(), tokio_postgres::NoTls);
    let pool = deadpool_postgres::Pool::builder(manager).max_size(1).build().unwrap();
    let readiness = guard.readiness();
    readiness.recheck_async(&pool.get().await.unwrap()).await.ok();
    readiness.recheck_async(&pool).await
}

async fn bb8_pool(guard: Guard, url: &str) -> Verdict {
    let manager =
        bb8_postgres::PostgresConnectionManager::new_from_stringlike(url, tokio_postgres::NoTls).unwrap();
    let pool = bb8::Pool::builder().max_size(1).build(manager).await.unwrap();
    let readiness = guard.readiness();
    readiness.recheck_async(&mut pool.get().await.unwrap()).await.ok();
    readiness.recheck_async(&pool).await
}

async fn sqlx_pool(guard: Guard, url: &str) -> Verdict {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    let readiness = guard.readiness();
    readiness.recheck_async(&mut pool.acquire().await.unwrap()).await.ok();
    readiness.recheck_async(&mut pool.begin().await.unwrap()).await.ok();
    readiness.recheck_async(&pool).await
}

async fn sqlx_connection(guard: Guard, url: &str) -> Verdict {
    guard.verify_async(&mut sqlx::PgConnection::connect(url).await.unwrap()).await
}

async fn sqlx_08_pool(guard: Guard, url: &str) -> Verdict {
    guard.verify_async(&sqlx_08::PgPool::connect(url).await.unwrap()).await
}

async fn sqlx_08_connection(guard: Guard, url: &str) -> Verdict {
    guard.verify_async(&mut sqlx_08::PgConnection::connect(url).await.unwrap()).await
}

fn diesel_connection(guard: Guard, url: &str) -> Verdict {
    guard.verify(&mut diesel::PgConnection::establish(url).unwrap())
}

fn diesel_pool(guard: Guard, url: &str) -> Verdict {
    let manager = diesel::r2d2::ConnectionManager::<diesel::PgConnection>::new(url);
    guard.verify(&r2d2::Pool::builder().max_size(1).build(manager).unwrap())
}

async fn diesel_async_connection(guard: Guard, url: &str) -> Verdict {
    guard.verify_async(&mut diesel_async::AsyncPgConnection::establish(url).await.unwrap()).await
}

async fn diesel_async_pool(guard: Guard, url: &str) -> Verdict {
    let manager = diesel_async::pooled_connection::AsyncDieselConnectionManager::<
        diesel_async::AsyncPgConnection,
    >::new(url);
    let pool = bb8::Pool::builder().max_size(1).build(manager).await.unwrap();
    guard.verify_async(&pool).await
}

async fn sea_orm_connection(guard: Guard, url: &str) -> Verdict {
    guard.verify_async(&sea_orm::Database::connect(url).await.unwrap()).await
}

async fn sea_orm_transaction(guard: Guard, url: &str) -> Verdict {
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let transaction = connection.begin().await.unwrap();
    guard.verify_async(&transaction).await
}
