//! The guard, the derive and introspection on a real PostgreSQL.
//!
//! One server for the whole binary, one database a test (`support`). The models stand in `models`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod beside_ddl;
mod catalog;
mod causes;
mod databases;
mod fake;
mod faults;
mod foreign;
mod guard;
mod incidents;
mod labels;
mod ledger_trust;
mod ledgers;
mod levels;
mod load;
mod models;
mod names;
mod pgbouncer;
mod plain;
mod planted;
mod pooler;
mod privileges;
mod promises;
mod properties;
mod proxy;
mod readiness;
mod replica;
mod rolling;
mod rules;
mod settings;
mod shapes;
mod snapshot;
mod standby;
mod support;
mod tenants;
mod triggers;
mod types;
mod versions;
mod waiting;
mod words;
