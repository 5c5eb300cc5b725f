//! Prints what waits in the workshop, once the database was verified.

use std::error::Error;

use diesel::{Connection as _, PgConnection};
use service_diesel::{queries, verify};

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let mut connection = PgConnection::establish(&url)?;
    let verified = verify(&url, &mut connection)?.unwrap_or_else(|report| report.exit());
    println!("{verified}");
    for repair in queries::open_repairs(&mut connection)? {
        println!("{:?}: {} of {}, {}", repair.status, repair.brand, repair.customer, repair.email.0);
    }
    Ok(())
}
