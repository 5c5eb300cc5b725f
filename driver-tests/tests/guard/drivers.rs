//! Each driver with what a program hands to the guard.

use diesel::Connection as _;
use diesel_async::AsyncConnection as _;
use schemacheck::guard::{Readiness, Report};
use schemacheck::{Guard, Verified};
use schemacheck_runtime::driver::{Async, Blocking};
use sea_orm::TransactionTrait;
use sqlx::Connection as _;
use sqlx_08::Connection as _;
use tokio::runtime::Runtime;

pub(crate) type Verdict = Result<Verified, Report>;

/// What looks at a database: a guard at the start, or what looks again.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub(crate) enum Look<'a> {
    Start(Box<Guard>),
    Again(&'a Readiness),
}

impl Look<'_> {
    fn over(self, connection: impl Blocking) -> Verdict {
        match self {
            Self::Start(guard) => guard.verify(connection),
            Self::Again(readiness) => readiness.recheck(connection),
        }
    }

    async fn over_async(self, connection: impl Async) -> Verdict {
        match self {
            Self::Start(guard) => guard.verify_async(connection).await,
            Self::Again(readiness) => readiness.recheck_async(connection).await,
        }
    }
}

/// A driver's name, and how it looks at a database.
pub(crate) type Driver = (&'static str, fn(Look<'_>, &str) -> Verdict);

/// All that the guard's page lists, each by itself: a verdict over a pool says nothing of one over its connections.
pub(crate) const DRIVERS: &[Driver] = &[
    ("postgres", postgres_client),
    ("postgres, in a transaction", postgres_transaction),
    ("r2d2 of postgres, pool", r2d2_pool),
    ("r2d2 of postgres, connection", r2d2_connection),
    ("tokio-postgres", |look, url| block_on(tokio_postgres(look, url))),
    ("tokio-postgres, in a transaction", |look, url| block_on(tokio_postgres_transaction(look, url))),
    ("deadpool-postgres, pool", |look, url| block_on(deadpool_pool(look, url))),
    ("deadpool-postgres, connection", |look, url| block_on(deadpool_connection(look, url))),
    ("bb8 of tokio-postgres, pool", |look, url| block_on(bb8_pool(look, url))),
    ("bb8 of tokio-postgres, connection", |look, url| block_on(bb8_connection(look, url))),
    ("sqlx 0.9, pool", |look, url| block_on(sqlx_pool(look, url))),
    ("sqlx 0.9, connection", |look, url| block_on(sqlx_connection(look, url))),
    ("sqlx 0.9, connection of a pool", |look, url| block_on(sqlx_pooled(look, url))),
    ("sqlx 0.9, in a transaction", |look, url| block_on(sqlx_transaction(look, url))),
    ("sqlx 0.8, pool", |look, url| block_on(sqlx_08_pool(look, url))),
    ("sqlx 0.8, connection", |look, url| block_on(sqlx_08_connection(look, url))),
    ("sqlx 0.8, connection of a pool", |look, url| block_on(sqlx_08_pooled(look, url))),
    ("sqlx 0.8, in a transaction", |look, url| block_on(sqlx_08_transaction(look, url))),
    ("diesel", diesel_connection),
    ("diesel, r2d2 pool", diesel_pool),
    ("diesel, r2d2 connection", diesel_pooled),
    ("diesel-async", |look, url| block_on(diesel_async_connection(look, url))),
    ("diesel-async, bb8 pool", |look, url| block_on(diesel_async_pool(look, url))),
    ("diesel-async, bb8 connection", |look, url| block_on(diesel_async_pooled(look, url))),
    ("sea-orm", |look, url| block_on(sea_orm_connection(look, url))),
    ("sea-orm, in a transaction", |look, url| block_on(sea_orm_transaction(look, url))),
];

/// Whether it prepares a statement, as it can send no other: without a timeout of the guard's own.
pub(crate) fn prepares(driver: &str) -> bool {
    driver.starts_with("diesel") || driver == "sea-orm, in a transaction"
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

fn postgres_client(look: Look<'_>, url: &str) -> Verdict {
    look.over(&mut postgres::Client::connect(url, postgres::NoTls).unwrap())
}

fn postgres_transaction(look: Look<'_>, url: &str) -> Verdict {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    look.over(&mut client.transaction().unwrap())
}

type Manager = r2d2_postgres::PostgresConnectionManager<postgres::NoTls>;

fn r2d2(url: &str) -> r2d2::Pool<Manager> {
    let manager = Manager::new(url.parse().unwrap(), postgres::NoTls);
    r2d2::Pool::builder().max_size(1).build(manager).unwrap()
}

fn r2d2_pool(look: Look<'_>, url: &str) -> Verdict {
    look.over(&r2d2(url))
}

fn r2d2_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over(&mut r2d2(url).get().unwrap())
}

async fn connect_tokio(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn tokio_postgres(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&connect_tokio(url).await).await
}

async fn tokio_postgres_transaction(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&connect_tokio(url).await.transaction().await.unwrap()).await
}

fn deadpool(url: &str) -> deadpool_postgres::Pool {
    let manager = deadpool_postgres::Manager::new(url.parse().unwrap(), tokio_postgres::NoTls);
    deadpool_postgres::Pool::builder(manager).max_size(1).build().unwrap()
}

async fn deadpool_pool(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&deadpool(url)).await
}

async fn deadpool_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&deadpool(url).get().await.unwrap()).await
}

type AsyncManager = bb8_postgres::PostgresConnectionManager<tokio_postgres::NoTls>;

async fn bb8(url: &str) -> bb8::Pool<AsyncManager> {
    let manager = AsyncManager::new_from_stringlike(url, tokio_postgres::NoTls).unwrap();
    bb8::Pool::builder().max_size(1).build(manager).await.unwrap()
}

async fn bb8_pool(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&bb8(url).await).await
}

async fn bb8_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&mut bb8(url).await.get().await.unwrap()).await
}

async fn sqlx_pool(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&sqlx::PgPool::connect(url).await.unwrap()).await
}

async fn sqlx_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&mut sqlx::PgConnection::connect(url).await.unwrap()).await
}

async fn sqlx_pooled(look: Look<'_>, url: &str) -> Verdict {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    look.over_async(&mut pool.acquire().await.unwrap()).await
}

async fn sqlx_transaction(look: Look<'_>, url: &str) -> Verdict {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    look.over_async(&mut pool.begin().await.unwrap()).await
}

async fn sqlx_08_pool(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&sqlx_08::PgPool::connect(url).await.unwrap()).await
}

async fn sqlx_08_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&mut sqlx_08::PgConnection::connect(url).await.unwrap()).await
}

async fn sqlx_08_pooled(look: Look<'_>, url: &str) -> Verdict {
    let pool = sqlx_08::PgPool::connect(url).await.unwrap();
    look.over_async(&mut pool.acquire().await.unwrap()).await
}

async fn sqlx_08_transaction(look: Look<'_>, url: &str) -> Verdict {
    let pool = sqlx_08::PgPool::connect(url).await.unwrap();
    look.over_async(&mut pool.begin().await.unwrap()).await
}

fn diesel_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over(&mut diesel::PgConnection::establish(url).unwrap())
}

fn diesel_r2d2(url: &str) -> r2d2::Pool<diesel::r2d2::ConnectionManager<diesel::PgConnection>> {
    r2d2::Pool::builder().max_size(1).build(diesel::r2d2::ConnectionManager::new(url)).unwrap()
}

fn diesel_pool(look: Look<'_>, url: &str) -> Verdict {
    look.over(&diesel_r2d2(url))
}

fn diesel_pooled(look: Look<'_>, url: &str) -> Verdict {
    look.over(&mut diesel_r2d2(url).get().unwrap())
}

type DieselManager =
    diesel_async::pooled_connection::AsyncDieselConnectionManager<diesel_async::AsyncPgConnection>;

async fn diesel_bb8(url: &str) -> bb8::Pool<DieselManager> {
    bb8::Pool::builder().max_size(1).build(DieselManager::new(url)).await.unwrap()
}

async fn diesel_async_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&mut diesel_async::AsyncPgConnection::establish(url).await.unwrap()).await
}

async fn diesel_async_pool(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&diesel_bb8(url).await).await
}

async fn diesel_async_pooled(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&mut diesel_bb8(url).await.get().await.unwrap()).await
}

async fn sea_orm_connection(look: Look<'_>, url: &str) -> Verdict {
    look.over_async(&sea_orm::Database::connect(url).await.unwrap()).await
}

async fn sea_orm_transaction(look: Look<'_>, url: &str) -> Verdict {
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let transaction = connection.begin().await.unwrap();
    look.over_async(&transaction).await
}
