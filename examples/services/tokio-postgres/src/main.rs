//! Prints what waits in the workshop, once the database was verified.

use std::error::Error;

use schemacheck::Guard;
use service_tokio_postgres::queries;
use tokio_postgres::NoTls;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    let driver = tokio::spawn(connection);
    let guard = Guard::new().target(&url);
    let verified = guard.verify_async(&client).await.unwrap_or_else(|report| report.exit());
    println!("{verified}");
    for repair in queries::open_repairs(&client).await? {
        println!("{:?}: {} of {}, {}", repair.status, repair.brand, repair.customer, repair.email.0);
    }
    drop(client);
    Ok(driver.await??)
}
