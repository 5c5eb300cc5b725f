//! The worker: polls the table, and marks what it has sent.

use postgres::{Client, Row};
use schemacheck::Verified;

use crate::models::{Notification, Severity, User, UserId};

/// Sends what waits, until nothing does. Takes the proof: it cannot be called on a database that was not verified.
pub fn run(client: &mut Client, _verified: &Verified) -> Result<usize, postgres::Error> {
    let mut sent = 0;
    loop {
        let mut transaction = client.transaction()?;
        let rows = transaction.query(
            "SELECT n.id, n.user_id, n.message, n.severity::text, n.source_type, n.created_at, u.email \
             FROM notifications n JOIN users u ON u.id = n.user_id \
             WHERE n.sent_at IS NULL ORDER BY n.created_at LIMIT 10 FOR UPDATE OF n SKIP LOCKED",
            &[],
        )?;
        if rows.is_empty() {
            return Ok(sent);
        }
        for row in &rows {
            let (notification, user) = read(row)?;
            println!(
                "sent to {} (user {}): {:?}: {}, from {}, of {}",
                user.email,
                notification.user_id.0,
                notification.severity,
                notification.message,
                notification.source.as_deref().unwrap_or("nowhere"),
                notification.created_at.format("%F")
            );
            transaction
                .execute("UPDATE notifications SET sent_at = now() WHERE id = $1", &[&notification.id])?;
            sent += 1;
        }
        transaction.commit()?;
    }
}

fn read(row: &Row) -> Result<(Notification, User), postgres::Error> {
    let user_id = UserId(row.try_get("user_id")?);
    let severity = match row.try_get("severity")? {
        "critical" => Severity::Critical,
        "warning" => Severity::Warning,
        _ => Severity::Info,
    };
    let notification = Notification {
        id: row.try_get("id")?,
        user_id,
        message: row.try_get("message")?,
        severity,
        source: row.try_get("source_type")?,
        created_at: row.try_get("created_at")?,
    };
    let user = User { id: user_id, email: row.try_get("email")? };
    debug_assert_eq!(user.id, notification.user_id);
    Ok((notification, user))
}
