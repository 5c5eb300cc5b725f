//! sqlx, version 0.9 and 0.8.

/// The adapters of one version, whose `raw_sql` takes what `$raw` makes of a text. Raw, since that is a simple query: it
/// prepares nothing.
macro_rules! adapters {
    ($module:ident, $sqlx:ident, $raw:expr) => {
        mod $module {
            use std::pin::Pin;
            use std::time::Duration;

            use $sqlx::pool::PoolConnection;
            use $sqlx::postgres::PgRow;
            use $sqlx::{Executor, PgConnection, PgPool, Postgres, Row, Transaction};

            use crate::driver::{Async, AsyncConnection, COLUMN, message, pick, sealed};
            use crate::error::{Cause, Error};

            /// Boxed: for an `async fn` the compiler cannot show that it may be sent (rust-lang/rust#100013).
            fn ask<'e>(
                executor: impl Executor<'e, Database = Postgres>,
                message: &'e str,
            ) -> Pin<Box<dyn Future<Output = $sqlx::Result<Vec<PgRow>>> + Send + 'e>> {
                executor.fetch_all($sqlx::raw_sql($raw(message)))
            }

            fn answer(rows: &[PgRow]) -> Result<String, Cause> {
                pick(rows.iter().map(|row| row.try_get(COLUMN).ok()))
            }

            impl sealed::Sealed for &PgPool {}

            impl Async for &PgPool {
                async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
                    // Not over the pool as such: its error does not tell whether there was a connection.
                    let mut connection = self.acquire().await.map_err(Error::connect)?;
                    answer(&ask(&mut *connection, &message(select, timeout)).await?)
                }

                fn is_closed(&self) -> bool {
                    PgPool::is_closed(self)
                }
            }

            impl sealed::Sealed for PgPool {}

            impl AsyncConnection for PgPool {
                async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
                    (&*self).ask(select, timeout).await
                }

                fn is_gone(&self) -> bool {
                    self.is_closed()
                }
            }

            impl sealed::Sealed for PgConnection {}

            impl AsyncConnection for PgConnection {
                async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
                    answer(&ask(self, &message(select, timeout)).await?)
                }
            }

            impl sealed::Sealed for PoolConnection<Postgres> {}

            impl AsyncConnection for PoolConnection<Postgres> {
                async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
                    answer(&ask(&mut **self, &message(select, timeout)).await?)
                }
            }

            impl sealed::Sealed for Transaction<'_, Postgres> {}

            impl AsyncConnection for Transaction<'_, Postgres> {
                async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
                    answer(&ask(&mut **self, &message(select, timeout)).await?)
                }
            }
        }
    };
}

#[cfg(feature = "sqlx")]
adapters!(v0_9, sqlx, |text: &str| sqlx::AssertSqlSafe(text.to_owned()));
#[cfg(feature = "sqlx-0_8")]
adapters!(v0_8, sqlx_08, std::convert::identity::<&str>);
