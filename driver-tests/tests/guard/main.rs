//! The guard over every driver that it has an adapter for, on a real server: the incidents that it exists for, and that
//! it leaves connections and transactions as they were.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod drivers;
mod ends;
mod incidents;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the notification service's own models, whose records are what counts here"
)]
#[path = "../../../examples/notifications/src"]
mod notifications {
    mod models;
}
#[path = "../../../tests/postgres/pgbouncer.rs"]
mod pgbouncer;
mod plain;
mod pooler;
mod transactions;
mod wait;
