//! The workshop's backend on diesel: models, each with a derive of schemacheck, and the queries that use them.

use diesel::prelude::*;
use schemacheck::{Guard, Report, Verified};

pub mod models;
pub mod queries;
pub mod schema;

/// The one row with one column that the guard's SELECT returns.
#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = diesel::sql_types::Text)]
    schemacheck: String,
}

/// Holds the models of this program against the database, before it does any work. The inner error is the guard's refusal.
pub fn verify(url: &str, connection: &mut PgConnection) -> QueryResult<Result<Verified, Box<Report>>> {
    let request = match Guard::new().target(url).request() {
        Ok(request) => request,
        Err(report) => return Ok(Err(Box::new(report))),
    };
    let answer: Answer = diesel::sql_query(request.sql()).get_result(connection)?;
    Ok(request.judge(&answer.schemacheck).map_err(Box::new))
}
