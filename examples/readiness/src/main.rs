//! A web service that says whether its database fits: `/ready` for the load balancer, and no work while it does not.
//!
//! It begins to listen before the database was looked at, so that what is wrong can be read on `/ready`: there the report
//! stands until the database fits, and again as soon as it no longer does.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use deadpool_postgres::{Manager, Pool};
use schemacheck::guard::Readiness;
use schemacheck::{Guard, Model};
use tokio_postgres::NoTls;

/// What waits to be done.
#[derive(Debug, Model)]
#[schemacheck(table = "jobs")]
struct Job {
    id: i64,
    title: String,
    state: String,
}

struct Service {
    pool: Pool,
    readiness: Readiness,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let address = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let pool = Pool::builder(Manager::new(url.parse()?, NoTls)).max_size(4).build()?;
    let readiness = Guard::new().target(&url).readiness();
    let service = Arc::new(Service { pool, readiness });
    let router = Router::new().route("/ready", get(ready)).route("/jobs", get(jobs)).with_state(service);
    let listener = tokio::net::TcpListener::bind(&address).await?;
    say_where(&listener)?;
    axum::serve(listener, router).await?;
    Ok(())
}

#[allow(clippy::print_stdout, reason = "who starts it wants to know where")]
fn say_where(listener: &tokio::net::TcpListener) -> std::io::Result<()> {
    println!("listening on {}", listener.local_addr()?);
    Ok(())
}

/// 200 while the database fits, else 503; the body says what the guard found. While nothing changes this costs one small
/// query.
async fn ready(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let json = [(CONTENT_TYPE, "application/json")];
    match service.readiness.recheck_async(&service.pool).await {
        Ok(verified) => (StatusCode::OK, json, verified.to_json()),
        Err(report) => (StatusCode::SERVICE_UNAVAILABLE, json, report.to_json()),
    }
}

/// The jobs that wait. A query that fails because the schema is another one makes the service look again at once.
async fn jobs(State(service): State<Arc<Service>>) -> Result<String, (StatusCode, String)> {
    let failed = |error: &dyn Error| (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n"));
    let client = service.pool.get().await.map_err(|error| failed(&error))?;
    match client.query("SELECT id, title, state FROM jobs WHERE state = 'waiting' ORDER BY id", &[]).await {
        Ok(rows) => Ok(rows
            .iter()
            .map(|row| Job { id: row.get("id"), title: row.get("title"), state: row.get("state") })
            .map(|job| format!("{} {} ({})\n", job.id, job.title, job.state))
            .collect()),
        Err(error) => {
            let sqlstate = error.code().map_or("", |code| code.code());
            if service.readiness.is_due(sqlstate)
                && let Err(report) = service.readiness.recheck_async(&service.pool).await
            {
                return Err(failed(&report));
            }
            let message = error.as_db_error().map_or(error.to_string(), |error| error.message().to_owned());
            Err((StatusCode::SERVICE_UNAVAILABLE, format!("{message}\n")))
        }
    }
}
