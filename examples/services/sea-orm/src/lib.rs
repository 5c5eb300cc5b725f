//! The workshop's backend on sea-orm: models, each with a derive of schemacheck, and the queries that use them.

use schemacheck::{Guard, Report, Verified};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

pub mod entities;
pub mod queries;

/// Holds the models of this program against the database, before it does any work. The inner error is the guard's
/// refusal.
pub async fn verify(url: &str, db: &impl ConnectionTrait) -> Result<Result<Verified, Box<Report>>, DbErr> {
    let request = match Guard::new().target(url).request() {
        Ok(request) => request,
        Err(report) => return Ok(Err(Box::new(report))),
    };
    let statement = Statement::from_string(DbBackend::Postgres, request.sql());
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the server sent no row".to_owned()))?;
    let answer: String = row.try_get("", "schemacheck")?;
    Ok(request.judge(&answer).map_err(Box::new))
}
