//! Thin adapters: how each driver sends one text and hands back the answer.
//!
//! | feature | blocking | asynchronous |
//! |---|---|---|
//! | `postgres` | `&mut Client`, `&mut Transaction` | |
//! | `r2d2` | `&Pool`, `&mut PooledConnection`, of each blocking connection here | |
//! | `diesel-postgres` | `&mut PgConnection` | |
//! | `tokio-postgres` | | `&Client`, `&Transaction` |
//! | `deadpool-postgres` | | `&Pool`, `&Object` (which is its `Client`) |
//! | `bb8` | | `&Pool`, `&mut PooledConnection`, of each asynchronous connection here |
//! | `sqlx`, `sqlx-0_8` | | `&PgPool`, `&mut PgConnection`, `&mut PoolConnection`, `&mut Transaction` |
//! | `sea-orm-postgres` | | `&DatabaseConnection`, `&DatabaseTransaction` |
//! | `diesel-async` | | `&mut AsyncPgConnection` |
//!
//! Both traits are sealed; a driver without an adapter uses [`Guard::request`](crate::Guard::request) and
//! [`Request::judge`](crate::guard::Request::judge).
//!
//! The drivers that can send a simple query do, under a `statement_timeout` of the guard's own, so that they work through
//! poolers that share connections between transactions. diesel, diesel-async and a transaction of sea-orm can only send one
//! prepared statement: there the connection's own `statement_timeout` holds.

use std::time::Duration;

use crate::error::{Cause, Error};

#[cfg(feature = "bb8")]
mod bb8;
#[cfg(feature = "deadpool-postgres")]
mod deadpool;
#[cfg(any(feature = "diesel-async", feature = "diesel-postgres"))]
mod diesel;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "r2d2")]
mod r2d2;
#[cfg(feature = "sea-orm-postgres")]
mod sea_orm;
#[cfg(any(feature = "sqlx", feature = "sqlx-0_8"))]
mod sqlx;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;

/// The column that holds the answer.
pub const COLUMN: &str = "schemacheck";

/// What a blocking guard verifies over: `&mut` a [`BlockingConnection`], or `&` a pool of them.
pub trait Blocking: sealed::Sealed {
    /// Sends one SELECT and returns the text in the first row's column [`COLUMN`].
    #[doc(hidden)]
    fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause>;

    /// Whether the connection is known to be of no use any more.
    #[doc(hidden)]
    fn is_closed(&self) -> bool {
        false
    }
}

/// What an asynchronous guard verifies over: `&mut` an [`AsyncConnection`], or `&` a client or a pool of them.
pub trait Async: sealed::Sealed {
    /// Sends one SELECT and returns the text in the first row's column [`COLUMN`].
    #[doc(hidden)]
    fn ask(&mut self, select: &str, timeout: Duration) -> impl Future<Output = Result<String, Cause>> + Send;

    /// Whether the connection is known to be of no use any more.
    #[doc(hidden)]
    fn is_closed(&self) -> bool {
        false
    }
}

/// A blocking connection that somebody owns: `postgres::Client`, and what a pool hands out.
pub trait BlockingConnection: sealed::Sealed {
    /// As [`Blocking::ask`].
    #[doc(hidden)]
    fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause>;

    /// As [`Blocking::is_closed`].
    #[doc(hidden)]
    fn is_gone(&self) -> bool {
        false
    }
}

/// An asynchronous connection, or a pool of them, that somebody owns: `tokio_postgres::Client`, `sqlx::PgPool`.
pub trait AsyncConnection: sealed::Sealed + Send {
    /// As [`Async::ask`].
    #[doc(hidden)]
    fn ask_here(
        &mut self,
        select: &str,
        timeout: Duration,
    ) -> impl Future<Output = Result<String, Cause>> + Send;

    /// As [`Async::is_closed`].
    #[doc(hidden)]
    fn is_gone(&self) -> bool {
        false
    }
}

impl<C: sealed::Sealed + ?Sized> sealed::Sealed for &mut C {}

impl<C: BlockingConnection + ?Sized> Blocking for &mut C {
    fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (**self).ask_here(select, timeout)
    }

    fn is_closed(&self) -> bool {
        (**self).is_gone()
    }
}

impl<C: AsyncConnection + ?Sized> Async for &mut C {
    fn ask(&mut self, select: &str, timeout: Duration) -> impl Future<Output = Result<String, Cause>> + Send {
        (**self).ask_here(select, timeout)
    }

    fn is_closed(&self) -> bool {
        (**self).is_gone()
    }
}

mod sealed {
    pub trait Sealed {}
}

/// One simple-query message: the SELECT under a `statement_timeout` of its own, and without `jit`: the planner may fear a
/// multitude of rows, and then compiles for longer than the answer takes.
///
/// Both are set for the transaction only and put back behind the SELECT, since the transaction may be the caller's; the
/// caller's timeout holds where it is shorter. There is no BEGIN, COMMIT or ROLLBACK: in a caller's transaction they
/// would end it, and outside of one the message is a transaction of its own. The values wait in settings of our
/// name, which the end of the transaction empties.
#[cfg(any(feature = "postgres", feature = "sqlx", feature = "sqlx-0_8", feature = "tokio-postgres"))]
pub(crate) fn message(select: &str, timeout: Duration) -> String {
    let ms = timeout.as_millis().clamp(1, i32::MAX as u128);
    let setting = |name: &str| format!("pg_catalog.current_setting('{name}')");
    let set = |name: &str, value: &str| format!("pg_catalog.set_config('{name}', {value}, true)");
    let current = setting("statement_timeout");
    let ours = format!(
        "CASE WHEN {current}::pg_catalog.interval OPERATOR(pg_catalog.>) '0'::pg_catalog.interval \
         AND {current}::pg_catalog.interval OPERATOR(pg_catalog.<) '{ms} ms'::pg_catalog.interval \
         THEN {current} ELSE '{ms}ms' END"
    );
    let before = [
        set("schemacheck.statement_timeout", &current),
        set("schemacheck.jit", &setting("jit")),
        set("statement_timeout", &ours),
        set("jit", "'off'"),
    ];
    let after = [
        set("statement_timeout", &setting("schemacheck.statement_timeout")),
        set("jit", &setting("schemacheck.jit")),
    ];
    format!("SELECT {}; {select}; SELECT {}", before.join(", "), after.join(", "))
}

/// Whether the server itself reported this error, over a connection that was made: then it may take another SELECT.
#[allow(unused_variables, reason = "without a driver there is none to ask")]
pub(crate) fn is_refused_by_server(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<Error>().is_some_and(Error::is_unconnected) {
            return false;
        }
        #[cfg(feature = "postgres")]
        if let Some(error) = error.downcast_ref::<::postgres::Error>() {
            return error.as_db_error().is_some();
        }
        #[cfg(feature = "tokio-postgres")]
        if let Some(error) = error.downcast_ref::<::tokio_postgres::Error>() {
            return error.as_db_error().is_some();
        }
        #[cfg(feature = "sqlx")]
        if let Some(error) = error.downcast_ref::<::sqlx::Error>() {
            return error.as_database_error().is_some();
        }
        #[cfg(feature = "sqlx-0_8")]
        if let Some(error) = error.downcast_ref::<sqlx_08::Error>() {
            return error.as_database_error().is_some();
        }
        #[cfg(feature = "diesel")]
        if let Some(error) = error.downcast_ref::<::diesel::result::Error>() {
            use ::diesel::result::{DatabaseErrorKind, Error};
            return matches!(error, Error::DatabaseError(kind, _) if !matches!(kind, DatabaseErrorKind::ClosedConnection));
        }
        next = error.source();
    }
    false
}

/// Whether the server refuses all, since an earlier statement of the transaction failed (SQLSTATE 25P02): then that one's
/// error says what is wrong.
pub(crate) fn is_aborted(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if sqlstate(error).is_some_and(|state| state == "25P02") {
            return true;
        }
        // diesel keeps the words alone.
        #[cfg(feature = "diesel")]
        if let Some(::diesel::result::Error::DatabaseError(_, detail)) = error.downcast_ref() {
            return detail.message().starts_with("current transaction is aborted");
        }
        next = error.source();
    }
    false
}

/// What the server calls this error, if it is one of the server's and the driver keeps that.
#[allow(unused_variables, reason = "without a driver there is none to ask")]
fn sqlstate(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    #[cfg(feature = "postgres")]
    if let Some(error) = error.downcast_ref::<::postgres::Error>() {
        return error.code().map(|state| state.code().to_owned());
    }
    #[cfg(feature = "tokio-postgres")]
    if let Some(error) = error.downcast_ref::<::tokio_postgres::Error>() {
        return error.code().map(|state| state.code().to_owned());
    }
    #[cfg(feature = "sqlx")]
    if let Some(error) = error.downcast_ref::<::sqlx::Error>() {
        return error.as_database_error()?.code().map(|state| state.into_owned());
    }
    #[cfg(feature = "sqlx-0_8")]
    if let Some(error) = error.downcast_ref::<sqlx_08::Error>() {
        return error.as_database_error()?.code().map(|state| state.into_owned());
    }
    None
}

/// The answer among the rows of all statements of a message.
#[cfg(any(feature = "postgres", feature = "sqlx", feature = "sqlx-0_8", feature = "tokio-postgres"))]
fn pick(mut rows: impl Iterator<Item = Option<String>>) -> Result<String, Cause> {
    rows.find_map(|row| row).ok_or_else(|| "the server sent no row".into())
}
