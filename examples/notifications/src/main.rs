//! A small notification service that refuses to start on a database that does not fit.
//!
//! `notifications` sends what waits; `notifications enqueue EMAIL MESSAGE [EVENT]` makes something wait.

use std::error::Error;

use schemacheck::Guard;

mod models;
mod queue;
mod worker;

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let mut client = postgres::Client::connect(&url, postgres::NoTls)?;
    let verified = Guard::new().target(&url).verify_or_exit(&mut client);
    println!("{verified}");
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => println!("{} notifications sent", worker::run(&mut client, &verified)?),
        ["enqueue", email, message] => queue::add(&mut client, &verified, email, message, None)?,
        ["enqueue", email, message, event] => {
            queue::add(&mut client, &verified, email, message, Some(event))?;
        }
        _ => return Err("usage: notifications [enqueue EMAIL MESSAGE [EVENT]]".into()),
    }
    Ok(())
}
