//! What a server is, before it is asked for a catalog: for the command line, which picks hosts and schemas by it.

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::sql::statement;
use crate::error::Error;

/// What a session is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// `pg_is_in_recovery()`
    pub is_standby: bool,
    /// `transaction_read_only`
    pub is_read_only: bool,
}

/// What a session is good for.
///
/// # Errors
///
/// If the server cannot be asked.
pub fn session(client: &mut Client) -> Result<Session, Error> {
    let rows = rows(client, include_str!("../sql/session.sql"))?;
    let row = rows.first().ok_or_else(silent)?;
    Ok(Session { is_standby: row.get(0) == Some("t"), is_read_only: row.get(1) == Some("on") })
}

/// The names of all schemas.
///
/// # Errors
///
/// If the server cannot be asked.
pub fn schemas(client: &mut Client) -> Result<Vec<String>, Error> {
    let rows = rows(client, include_str!("../sql/schemas.sql"))?;
    // There are always the system's own.
    rows.first().ok_or_else(silent)?;
    Ok(rows.iter().filter_map(|row| row.get(0).map(str::to_owned)).collect())
}

/// The rows of a simple query, which works through poolers.
fn rows(client: &mut Client, text: &str) -> Result<Vec<SimpleQueryRow>, Error> {
    let messages = client.simple_query(&statement(text, &[])).map_err(Error::query)?;
    Ok(messages
        .into_iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        })
        .collect())
}

fn silent() -> Error {
    Error::silent("the server sent no row")
}
