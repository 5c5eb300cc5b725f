//! The worker: polls the table, and marks what it has sent.

use chrono::Utc;
use postgres::{Client, Row};
use schemacheck::Verified;

use crate::models::{Notification, Timestamps, User};

/// Sends what waits, until nothing does. Takes the proof: it cannot be called on a database that was not verified.
pub fn run(client: &mut Client, _verified: &Verified) -> Result<usize, postgres::Error> {
    let mut sent = 0;
    loop {
        let mut transaction = client.transaction()?;
        let rows = transaction.query(
            "SELECT n.id, n.user_id, n.message, n.severity, n.channel, n.source_type, n.created_at, n.updated_at, \
             u.email, u.quiet_hours, u.created_at AS user_since, u.updated_at AS user_changed \
             FROM notifications n JOIN users u ON u.id = n.user_id \
             WHERE n.sent_at IS NULL ORDER BY n.created_at LIMIT 10 FOR UPDATE OF n SKIP LOCKED",
            &[],
        )?;
        if rows.is_empty() {
            return Ok(sent);
        }
        for row in &rows {
            let (notification, user) = (notification(row)?, user(row)?);
            debug_assert_eq!(user.id, notification.user_id);
            let is_quiet = user.quiet_hours.is_some_and(|hours| hours.hold_at(Utc::now().time()));
            println!(
                "sent by {}{} to {} (user {}, active on {}): {:?}: {}, from {}, of {}",
                notification.channel.label(),
                if is_quiet { " without a sound" } else { "" },
                user.email.0,
                notification.user_id.0,
                user.times.latest().format("%F"),
                notification.severity,
                notification.message,
                notification.source.as_deref().unwrap_or("nowhere"),
                notification.times.latest().format("%F")
            );
            transaction.execute(
                "UPDATE notifications SET sent_at = now(), updated_at = now() WHERE id = $1",
                &[&notification.id],
            )?;
            sent += 1;
        }
        transaction.commit()?;
    }
}

fn notification(row: &Row) -> Result<Notification, postgres::Error> {
    Ok(Notification {
        id: row.try_get("id")?,
        user_id: row.try_get("user_id")?,
        message: row.try_get("message")?,
        severity: row.try_get("severity")?,
        channel: row.try_get("channel")?,
        source: row.try_get("source_type")?,
        times: Timestamps { created_at: row.try_get("created_at")?, updated_at: row.try_get("updated_at")? },
    })
}

fn user(row: &Row) -> Result<User, postgres::Error> {
    Ok(User {
        id: row.try_get("user_id")?,
        email: row.try_get("email")?,
        quiet_hours: row.try_get("quiet_hours")?,
        times: Timestamps {
            created_at: row.try_get("user_since")?,
            updated_at: row.try_get("user_changed")?,
        },
    })
}
