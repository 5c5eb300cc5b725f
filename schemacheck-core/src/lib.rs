//! The pure part of schemacheck: what Rust expects (a [`Manifest`]), what PostgreSQL has (a [`Catalog`]) and
//! where the two disagree ([`Finding`]s).
//!
//! Nothing here reads a file, a clock, the environment or a database: the derive macro, the start-up guard and the
//! command line gather the two inputs, call [`compare`](compare::compare) and render what it returns.

pub mod catalog;
pub mod code;
pub mod compare;
pub mod drift;
pub mod error;
pub mod expr;
pub mod finding;
pub mod fingerprint;
pub mod ident;
pub mod json;
pub mod ledger;
pub mod manifest;
pub mod mapping;
pub mod pg_type;
pub mod privilege;
pub mod record;
pub mod snapshot;
pub mod suggest;

pub use catalog::{Catalog, Column, RelKind, Relation};
pub use code::{Code, Severity};
pub use error::Error;
pub use finding::Finding;
pub use ident::QualifiedName;
pub use manifest::Manifest;
pub use pg_type::{PgType, TypeDef};
