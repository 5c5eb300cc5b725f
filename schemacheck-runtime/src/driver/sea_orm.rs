//! sea-orm, version 2.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseConnectionType, DatabaseTransaction, DbBackend, Statement,
};

use super::{Async, AsyncConnection, COLUMN, sealed};
use crate::error::Cause;

impl sealed::Sealed for &DatabaseConnection {}

impl Async for &DatabaseConnection {
    async fn ask(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        match self.inner {
            // Its pool, which sends simple queries.
            DatabaseConnectionType::SqlxPostgresPoolConnection(_) => {
                self.get_postgres_connection_pool().ask(select, timeout).await
            }
            // Also none at all, or a mock of one.
            _ => Err("this `DatabaseConnection` is none to a PostgreSQL server".into()),
        }
    }
}

impl sealed::Sealed for DatabaseConnection {}

impl AsyncConnection for DatabaseConnection {
    async fn ask_here(&mut self, select: &str, timeout: Duration) -> Result<String, Cause> {
        (&*self).ask(select, timeout).await
    }
}

impl sealed::Sealed for &DatabaseTransaction {}

impl Async for &DatabaseTransaction {
    async fn ask(&mut self, select: &str, _: Duration) -> Result<String, Cause> {
        let statement = Statement::from_string(DbBackend::Postgres, select);
        let row = self.query_one_raw(statement).await?;
        row.ok_or("the server sent no row")?.try_get("", COLUMN).map_err(Into::into)
    }
}
