//! What this service reads and writes. The build holds each struct against the snapshot in `.schemacheck/`.

mod values;

use chrono::{DateTime, Utc};
use schemacheck::Model;
use uuid::Uuid;

pub use values::{Channel, Email, QuietHours, Severity, UserId};

/// When a row was made and last changed. Every table has these columns, and each model of one says so in one line.
#[derive(Debug, Model)]
#[schemacheck(embedded)]
pub struct Timestamps {
    /// Written by the database.
    pub created_at: DateTime<Utc>,
    /// Written by who changes the row.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Timestamps {
    /// When something last happened to the row.
    pub fn latest(&self) -> DateTime<Utc> {
        self.updated_at.unwrap_or(self.created_at)
    }
}

/// A notification that waits to be sent. The worker joins its user, and would never send one whose user is gone: it
/// relies on the foreign key.
#[derive(Debug, Model)]
#[schemacheck(table = "notifications")]
pub struct Notification {
    /// Made by the database.
    pub id: Uuid,
    /// To whom.
    #[schemacheck(references = "users(id)", on_delete = "cascade")]
    pub user_id: UserId,
    /// What to say.
    pub message: String,
    /// How urgent it is.
    pub severity: Severity,
    /// Which way it goes.
    pub channel: Channel,
    /// What it came from, where that is known.
    #[schemacheck(column = "source_type")]
    pub source: Option<String>,
    /// Since when it waits.
    #[schemacheck(flatten)]
    pub times: Timestamps,
}

/// A notification that is put into the queue. The database makes the rest: the id, and `created_at`. Inserted with
/// `ON CONFLICT (user_id, event) DO NOTHING`, which needs a unique index on these two columns.
#[derive(Debug, Model)]
#[schemacheck(table = "notifications", insert, unique("user_id", "event"))]
pub struct NewNotification<'a> {
    /// To whom.
    pub user_id: UserId,
    /// What to say.
    pub message: &'a str,
    /// How urgent it is.
    pub severity: Severity,
    /// Which way it goes.
    pub channel: Channel,
    /// What it came from.
    #[schemacheck(column = "source_type")]
    pub source: Option<&'a str>,
    /// What happened: of each event a user hears once.
    pub event: Option<&'a str>,
}

/// A user, as far as this service goes.
#[derive(Debug, Model)]
#[schemacheck(table = "users")]
pub struct User {
    /// Made by the database.
    pub id: UserId,
    /// Where notifications go.
    pub email: Email,
    /// When they go there without a sound.
    pub quiet_hours: Option<QuietHours>,
    /// Since when we know the user.
    #[schemacheck(flatten)]
    pub times: Timestamps,
}

/// A user who was not known until now. Inserted with `ON CONFLICT (email)`.
#[derive(Debug, Model)]
#[schemacheck(table = "users", insert, unique("email"))]
pub struct NewUser {
    /// Where notifications go.
    pub email: Email,
}
