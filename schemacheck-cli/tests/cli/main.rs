//! The built binary, on a real server and real cargo projects outside of the repository.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod adoption;
mod bad_input;
mod build;
mod connections;
mod crates;
mod databases;
#[path = "../../../tests/postgres/fake.rs"]
mod fake;
mod files;
mod help;
mod hostile;
mod images;
mod init;
mod init_corners;
mod named_files;
mod outputs;
mod packages;
mod pages;
#[path = "../../../tests/postgres/pgbouncer.rs"]
mod pgbouncer;
mod properties;
mod run;
mod run_signals;
mod scope;
mod several;
mod snapshot;
mod standby;
mod start;
mod support;
mod targets;
mod tls;
mod types;
mod unjudged;
mod unread_ledgers;
mod variables;
mod verify;
mod which_snapshot;
mod words;
