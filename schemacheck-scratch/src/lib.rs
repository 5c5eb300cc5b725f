//! A throwaway PostgreSQL for tests, demonstrations and `cargo schemacheck snapshot --run`.
//!
//! ```no_run
//! let server = schemacheck_scratch::Server::start()?;
//! let database = server.create_database()?;
//! database.connect()?.batch_execute("CREATE TABLE users (id bigint PRIMARY KEY)")?;
//! println!("DATABASE_URL={}", database.url());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The server listens on a Unix socket of its own, belongs to an ordinary user also when root starts it, and ends with
//! the process: at a normal end, after a panic, an abort and a kill. What a killed process leaves on disk is swept by
//! the next start. Nothing is downloaded and nothing installed: see [`binaries`] for where servers are looked for.

pub mod binaries;
#[cfg(unix)]
mod cleanup;
mod database;
mod error;
mod options;
#[cfg(unix)]
mod process;
mod server;

pub use database::Database;
pub use error::Error;
pub use options::Options;
pub use server::Server;
