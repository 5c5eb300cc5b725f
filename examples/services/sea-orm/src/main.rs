//! Prints what waits in the workshop, once the database was verified.

use std::error::Error;

use sea_orm::Database;
use service_sea_orm::{queries, verify};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let db = Database::connect(&url).await?;
    let verified = verify(&url, &db).await?.unwrap_or_else(|report| report.exit());
    println!("{verified}");
    for repair in queries::open_repairs(&db).await? {
        println!("{:?}: {} of {}, {}", repair.status, repair.brand, repair.customer, repair.email.0);
    }
    Ok(())
}
