//! [`Error`]: a snapshot, record or answer that cannot be understood.

use std::fmt;

/// A text of ours that cannot be read: where it stands, at which position, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    place: String,
    position: Option<String>,
    problem: String,
    help: Option<String>,
}

impl Error {
    /// An error in the text called `place` (a path, or what else tells it apart).
    pub fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), position: None, problem: problem.into(), help: None }
    }

    /// Adds where in the text: `line 3 column 7`, or the JSON path of a value.
    #[must_use]
    pub fn at(mut self, position: impl Into<String>) -> Self {
        self.position = Some(position.into());
        self
    }

    /// Adds what to do about it, without the leading `help:`.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Replaces one remedy by another: who reads the text may know more than the reader of its parts.
    #[must_use]
    pub fn with_remedy(mut self, known: &str, better: impl Into<String>) -> Self {
        if self.help.as_deref() == Some(known) {
            self.help = Some(better.into());
        }
        self
    }

    /// The text at fault: usually a path.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What to do about it, if anything is known.
    pub fn remedy(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The first line, without the remedy.
    pub fn headline(&self) -> String {
        match &self.position {
            Some(position) => format!("cannot read `{}`: {} at {position}", self.place, self.problem),
            None => format!("cannot read `{}`: {}", self.place, self.problem),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
