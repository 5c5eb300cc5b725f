//! [`Error`]: a server that could not be found, started or asked.

use std::fmt;
use std::path::Path;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong with a scratch server.
#[derive(Debug)]
pub struct Error {
    message: String,
    cause: Option<Cause>,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cause: None }
    }

    pub(crate) fn because(message: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self { message: message.into(), cause: Some(cause.into()) }
    }

    /// An error of the file system.
    #[cfg(unix)]
    pub(crate) fn io(what: &str, path: &Path, cause: std::io::Error) -> Self {
        Self::because(format!("cannot {what} `{}`", path.display()), cause)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// The last lines of a log, for an error.
pub(crate) fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().take(12).collect();
    lines.into_iter().rev().map(|line| format!("\n  {line}")).collect()
}
