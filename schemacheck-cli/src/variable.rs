//! The user's variables: of the environment, else of `.env`. One that is empty or cannot be read is an error wherever it
//! would have said which database is meant: nothing else is taken in its place.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::dotenv;
use crate::error::{Error, Result};

/// The variable that holds the URL of a database; nothing if it is not set.
///
/// # Errors
///
/// If it is set to nothing, as by a secret that is not there, or cannot be read.
pub(crate) fn url(name: &str) -> Result<Option<String>> {
    if let Some(value) = std::env::var_os(name) {
        let value = text(name, value)?;
        return if value.trim().is_empty() { Err(empty(name)) } else { Ok(Some(value)) };
    }
    match dotenv::variable(name)? {
        Some(found) if found.value.trim().is_empty() => {
            Err(empty(&format!("{name} is empty in {}", found.place)))
        }
        found => Ok(found.map(|found| found.value)),
    }
}

/// A variable that says where to connect, or how: an empty one is none, as for libpq.
///
/// # Errors
///
/// If it cannot be read.
pub(crate) fn setting(name: &str) -> Result<Option<String>> {
    setting_by(name, dotenv::variable)
}

/// The same where it is known already which database is meant: without it goes a `.env` that cannot be read at all, with a
/// warning.
///
/// # Errors
///
/// If it cannot be read.
pub(crate) fn setting_beside(name: &str) -> Result<Option<String>> {
    setting_by(name, dotenv::variable_beside)
}

fn setting_by(
    name: &str,
    dotenv: impl FnOnce(&str) -> Result<Option<dotenv::Found>>,
) -> Result<Option<String>> {
    let real = std::env::var_os(name).map(|value| text(name, value)).transpose()?;
    if let Some(value) = real.filter(|value| !value.is_empty()) {
        return Ok(Some(value));
    }
    Ok(dotenv(name)?.map(|found| found.value).filter(|value| !value.is_empty()))
}

/// A variable that holds a path, of the environment alone.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// What was to name a database is empty: a variable, an option, or, as a whole sentence, something else.
pub(crate) fn empty(what: &str) -> Error {
    let message = if what.contains(" is ") { what.to_owned() } else { format!("{what} is empty") };
    Error::new(message)
        .help("give the URL of the database; a secret or a variable that is unset comes to nothing")
        .help("no other database is taken in its place: to have that, unset the variable or leave the option out")
}

fn text(name: &str, value: OsString) -> Result<String> {
    value.into_string().map_err(|_| {
        Error::new(format!("{name} is not UTF-8, so it cannot be read"))
            .help("in a URL write other bytes as %E4 and so on")
    })
}
