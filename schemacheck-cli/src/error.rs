//! [`Error`]: something could not be looked at. Always exit status 2.

use std::fmt;

/// A message, its causes, and what to do.
#[derive(Clone, Debug)]
pub(crate) struct Error {
    pub(crate) message: String,
    pub(crate) help: Vec<String>,
    /// Facts that explain it.
    pub(crate) notes: Vec<String>,
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: Vec::new(), notes: Vec::new() }
    }

    /// A message and the cause of it, on one line.
    pub(crate) fn because(message: &str, cause: &(dyn std::error::Error + 'static)) -> Self {
        Self::new(format!("{message}: {}", schemacheck_runtime::error::chain(cause)))
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<schemacheck_core::Error> for Error {
    fn from(error: schemacheck_core::Error) -> Self {
        let help = error.remedy().map(str::to_owned).into_iter().collect();
        Self { message: error.headline(), help, notes: Vec::new() }
    }
}
