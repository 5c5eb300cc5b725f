//! The workshop's backend on tokio-postgres with postgres-types: models, each with a derive of schemacheck, and the
//! queries that use them.

pub mod models;
pub mod queries;
