//! The workshop's backend on sqlx: models, each with a derive of schemacheck, and the queries that use them.

use schemacheck::{Guard, Report, Verified};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

pub mod models;
pub mod queries;

/// Holds the models of this program against the database, before it does any work. The inner error is the guard's
/// refusal.
pub async fn verify(url: &str, connection: &mut PgConnection) -> sqlx::Result<Result<Verified, Box<Report>>> {
    let request = match Guard::new().target(url).request() {
        Ok(request) => request,
        Err(report) => return Ok(Err(Box::new(report))),
    };
    let row = sqlx::raw_sql(AssertSqlSafe(request.sql())).fetch_one(connection).await?;
    Ok(request.judge(row.try_get("schemacheck")?).map_err(Box::new))
}
