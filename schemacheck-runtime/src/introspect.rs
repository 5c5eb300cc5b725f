//! Requests to a server and its answers: SQL text out, JSON text in, a [`Catalog`](schemacheck_core::Catalog) out of it.

pub mod guard;
mod node_tree;
#[cfg(test)]
mod qualified;
#[cfg(feature = "postgres")]
pub mod session;
#[cfg(feature = "postgres")]
pub mod snapshot;
mod sql;

pub use sql::{literal, text_array};
