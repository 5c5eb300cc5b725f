//! A small notification service that refuses to start on a database that does not fit.

use std::error::Error;

use schemacheck::Guard;

mod models;
mod worker;

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let mut client = postgres::Client::connect(&url, postgres::NoTls)?;
    let verified = Guard::new().target(&url).verify_or_exit(&mut client);
    println!("{verified}");
    let sent = worker::run(&mut client, &verified)?;
    println!("{sent} notifications sent");
    Ok(())
}
