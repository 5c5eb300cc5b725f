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
//! Tests share one server a process, and have a database each, copied from a template:
//!
//! ```no_run
//! use schemacheck_scratch::{Database, Server};
//!
//! fn database() -> Database<'static> {
//!     let server = Server::shared().expect("a PostgreSQL server");
//!     let schema = "CREATE TABLE users (id bigint PRIMARY KEY)";
//!     server.template("app", |client| client.batch_execute(schema)).expect("the schema");
//!     server.create_database_from("app").expect("a database")
//! }
//! ```
//!
//! The server listens on a Unix socket of its own, belongs to an ordinary user also when root starts it, and ends with
//! the process: at a normal end, after a panic, and on Linux after an abort and a kill too. What a killed process
//! leaves on disk, and elsewhere than on Linux its server, is swept by the next start. A program that handles signals
//! calls [`end`] before it dies of one, and one that has a command work on the server runs it by [`run`], which ends the
//! command and its children likewise. Nothing is downloaded and
//! nothing installed: see [`binaries`] for where servers are looked for.
//!
//! On other systems than Unix the crate compiles, and starting a server is an error that says so.

pub mod binaries;
#[cfg(unix)]
mod cleanup;
#[cfg(unix)]
mod cluster;
#[cfg(not(unix))]
#[path = "unsupported.rs"]
mod cluster;
mod database;
mod error;
#[cfg(unix)]
mod group;
mod options;
#[cfg(unix)]
mod process;
mod server;
#[cfg(unix)]
mod sweep;
#[cfg(unix)]
mod sys;

#[cfg(unix)]
pub use cleanup::end;
#[cfg(not(unix))]
pub use cluster::{end, run};
pub use database::Database;
pub use error::Error;
pub use options::{Options, random_password};
#[cfg(unix)]
pub use process::run;
pub use server::Server;
