//! Prints what waits in the workshop, once the database was verified.

use std::error::Error;

use service_sqlx::{queries, verify};
use sqlx::{Connection as _, PgConnection};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let mut connection = PgConnection::connect(&url).await?;
    let verified = verify(&url, &mut connection).await?.unwrap_or_else(|report| report.exit());
    println!("{verified}");
    for repair in queries::open_repairs(&mut connection).await? {
        println!("{:?}: {} of {}, {}", repair.status, repair.brand, repair.customer, repair.email.0);
    }
    Ok(())
}
