//! What this service reads. The build holds each struct against the snapshot in `.schemacheck/`.

use chrono::{DateTime, Utc};
use schemacheck::{Model, PgEnum, PgType};
use uuid::Uuid;

/// The id of a user.
#[derive(Clone, Copy, Debug, PartialEq, PgType)]
#[schemacheck(transparent)]
pub struct UserId(pub i64);

/// How urgent a notification is.
#[derive(Clone, Copy, Debug, PgEnum)]
#[schemacheck(type = "severity", rename_all = "snake_case")]
pub enum Severity {
    /// Can wait.
    Info,
    /// Should be read today.
    Warning,
    /// Wakes people.
    Critical,
}

/// A notification that waits to be sent.
#[derive(Debug, Model)]
#[schemacheck(table = "notifications")]
pub struct Notification {
    /// Made by the database.
    pub id: Uuid,
    /// To whom.
    pub user_id: UserId,
    /// What to say.
    pub message: String,
    /// How urgent it is.
    pub severity: Severity,
    /// What it came from, where that is known.
    #[schemacheck(column = "source_type")]
    pub source: Option<String>,
    /// Since when it waits.
    pub created_at: DateTime<Utc>,
}

/// A user, as far as this service goes.
#[derive(Debug, Model)]
#[schemacheck(table = "users")]
pub struct User {
    /// Made by the database.
    pub id: UserId,
    /// Where notifications go.
    pub email: String,
}
