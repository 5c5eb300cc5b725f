//! The run-time part of schemacheck: which Rust type holds which PostgreSQL type ([`accept`]), the models of the
//! running binary ([`registry`]), and the guard that compares them with the live database ([`guard`]).
//!
//! Use the crate `schemacheck`, which re-exports what programs need.

pub mod accept;
pub mod driver;
pub mod error;
pub mod guard;
pub mod introspect;
pub mod ledger;
pub mod registry;

pub use accept::{AcceptsColumn, AcceptsNull, Model, pg};
pub use guard::{Guard, Policy, Report, Verified};
pub use registry::Models;
