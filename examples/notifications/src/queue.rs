//! Puts notifications into the queue.

use postgres::Client;
use schemacheck::Verified;

use crate::models::{Channel, Email, NewNotification, NewUser, Severity};

/// Makes a notification wait, for a user who may be new. Takes the proof: it cannot be called on a database that was not
/// verified.
pub fn add(
    client: &mut Client,
    _verified: &Verified,
    email: &str,
    message: &str,
    event: Option<&str>,
) -> Result<(), postgres::Error> {
    let user = NewUser { email: Email(email.to_owned()) };
    let mut transaction = client.transaction()?;
    let user_id = transaction
        .query_one(
            "INSERT INTO users (email) VALUES ($1) \
             ON CONFLICT (email) DO UPDATE SET updated_at = now() RETURNING id",
            &[&user.email],
        )?
        .try_get("id")?;
    let new = NewNotification {
        user_id,
        message,
        severity: if event.is_some() { Severity::Warning } else { Severity::Info },
        channel: Channel::Email,
        source: Some("command line"),
        event,
    };
    let added = transaction.execute(
        "INSERT INTO notifications (user_id, message, severity, channel, source_type, event) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, event) DO NOTHING",
        &[&new.user_id, &new.message, &new.severity, &new.channel.label(), &new.source, &new.event],
    )?;
    transaction.commit()?;
    println!("{added} notifications queued for {email}");
    Ok(())
}
