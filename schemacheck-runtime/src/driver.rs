//! Thin adapters: how each driver sends one text and hands back the answer.
//!
//! Both traits are sealed; a driver without an adapter uses [`Guard::request`](crate::Guard::request) and
//! [`Request::judge`](crate::guard::Request::judge).

use std::time::Duration;

use crate::error::Cause;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;

/// The column that holds the answer.
pub const COLUMN: &str = "schemacheck";

/// A connection that blocks: `&mut postgres::Client` and what can stand in for it.
pub trait Blocking: sealed::Sealed {
    /// Sends one SELECT and returns the text in the first row's column [`COLUMN`].
    #[doc(hidden)]
    fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause>;
}

/// A connection that is awaited: `&tokio_postgres::Client` and what can stand in for it.
pub trait Async: sealed::Sealed {
    /// Sends one SELECT and returns the text in the first row's column [`COLUMN`].
    #[doc(hidden)]
    fn ask(&mut self, select: &str, timeout: Duration) -> impl Future<Output = Result<String, Cause>> + Send;
}

mod sealed {
    pub trait Sealed {}
}

/// One simple-query message: the SELECT under a `statement_timeout` of its own.
///
/// It is set for the transaction only and put back behind the SELECT, since the transaction may be the caller's; the
/// caller's timeout holds where it is shorter. There is no BEGIN, COMMIT or ROLLBACK: in a caller's transaction they
/// would end it, and outside of one the message is a transaction of its own. The value waits in a setting of our
/// name, which the end of the transaction empties.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
fn message(select: &str, timeout: Duration) -> String {
    let ms = timeout.as_millis().clamp(1, i32::MAX as u128);
    let current = "pg_catalog.current_setting('statement_timeout')";
    format!(
        "SELECT pg_catalog.set_config('schemacheck.statement_timeout', {current}, true), \
         pg_catalog.set_config('statement_timeout', CASE WHEN {current}::pg_catalog.interval \
         OPERATOR(pg_catalog.>) '0'::pg_catalog.interval AND {current}::pg_catalog.interval \
         OPERATOR(pg_catalog.<) '{ms} ms'::pg_catalog.interval THEN {current} ELSE '{ms}ms' END, true); \
         {select}; \
         SELECT pg_catalog.set_config('statement_timeout', \
         pg_catalog.current_setting('schemacheck.statement_timeout'), true)"
    )
}

/// The answer among the rows of all statements of a message.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
fn pick(mut rows: impl Iterator<Item = Option<String>>) -> Result<String, Cause> {
    rows.find_map(|row| row).ok_or_else(|| "the server sent no row".into())
}
