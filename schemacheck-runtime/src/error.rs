//! [`Error`]: a database that could not be asked, or whose answer could not be understood.

use std::fmt;

use schemacheck_core::finding::wording::one_line;

/// The cause of an [`Error`], as drivers hand it over.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong between us and a database.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    cause: Option<Cause>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Connect,
    Query,
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "the snapshot and the command line alone meet it")
    )]
    Silent(String),
    Answer(String),
    Version(u32),
}

impl Error {
    /// There was no connection to ask over.
    pub fn connect(cause: impl Into<Cause>) -> Self {
        Self { kind: Kind::Connect, cause: Some(cause.into()) }
    }

    /// The driver reported an error; one that says already that there was [no connection](Error::connect) stays what it is.
    pub fn query(cause: impl Into<Cause>) -> Self {
        match cause.into().downcast::<Self>() {
            Ok(known) => *known,
            Err(cause) => Self { kind: Kind::Query, cause: Some(cause) },
        }
    }

    /// Whether nothing was asked, as there was no connection.
    pub(crate) fn is_unconnected(&self) -> bool {
        self.kind == Kind::Connect
    }

    /// The server answered less than it was asked: nobody knows what it left out.
    #[cfg(feature = "postgres")]
    pub(crate) fn silent(problem: impl Into<String>) -> Self {
        Self { kind: Kind::Silent(problem.into()), cause: None }
    }

    /// The answer is not one of ours.
    pub(crate) fn answer(problem: impl Into<String>) -> Self {
        Self { kind: Kind::Answer(problem.into()), cause: None }
    }

    pub(crate) fn version(version_num: u32) -> Self {
        Self { kind: Kind::Version(version_num), cause: None }
    }

    /// Whether the same question will have the same answer for as long as the server is this one.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.kind, Kind::Version(_))
    }

    /// Whether asking again can help: the answer was torn by a schema change that ran at the same time.
    pub fn is_torn(&self) -> bool {
        matches!(self.kind, Kind::Answer(_))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Connect => f.write_str("cannot connect"),
            Kind::Query => f.write_str("the query of the catalog failed"),
            Kind::Silent(problem) => write!(f, "the catalog query was not answered: {problem}"),
            Kind::Answer(problem) => {
                write!(f, "the answer of the catalog query cannot be understood: {problem}")
            }
            Kind::Version(number) => {
                write!(f, "the server is PostgreSQL {}, and schemacheck needs 13 or later", number / 10_000)
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<schemacheck_core::Error> for Error {
    fn from(error: schemacheck_core::Error) -> Self {
        Self::answer(error.headline())
    }
}

/// An error with its causes on one line, each said once: drivers tend to repeat the cause in their own words. A server's
/// words may have lines of their own, and anything in them.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = one_line(&error.to_string());
    let mut source = error.source();
    while let Some(cause) = source {
        let words = one_line(&cause.to_string());
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_was_not_made_is_no_query() {
        let text = |cause: Cause| chain(&Error::query(cause));
        assert_eq!(text("refused".into()), "the query of the catalog failed: refused");
        assert_eq!(text(Error::connect("refused").into()), "cannot connect: refused");
    }
}
