//! [`Error`]: a server that could not be found, started or asked. Every wording of this crate stands here.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong with a scratch server.
///
/// `Display` is one line and leaves the cause to [`source`](std::error::Error::source), which for a server that does
/// not start includes the end of its log. `Debug`, which `unwrap` prints, is all of it. Passwords are in neither.
pub struct Error {
    kind: Kind,
    cause: Option<Cause>,
}

#[cfg_attr(not(unix), allow(dead_code, reason = "where no server can start, little can go wrong"))]
pub(crate) enum Kind {
    /// No binaries anywhere: where they were looked for, and what a person can do.
    NotFound {
        places: String,
        remedy: String,
    },
    /// A directory that somebody named holds no server; `from` is who named it.
    BinDir {
        from: &'static str,
        dir: PathBuf,
    },
    #[cfg(not(unix))]
    Unsupported,
    NoAccount,
    Password,
    SocketPath {
        directory: PathBuf,
        limit: usize,
    },
    NoPlace,
    Io {
        what: &'static str,
        path: PathBuf,
    },
    /// A program that root may run and the server's user may not.
    NotReadable {
        program: PathBuf,
    },
    Initdb {
        program: PathBuf,
        status: ExitStatus,
    },
    NoPort,
    Ended,
    Silent {
        patience: Duration,
    },
    Version,
    Lasting {
        pid: u32,
    },
    /// Nothing is started while the process ends.
    Over,
    Random,
    Connect {
        database: String,
    },
    Refused {
        what: String,
    },
    Template {
        name: String,
    },
}

impl Error {
    pub(crate) fn because(kind: Kind, cause: impl Into<Cause>) -> Self {
        Self { kind, cause: Some(cause.into()) }
    }

    /// An error of the file system.
    #[cfg(unix)]
    pub(crate) fn io(what: &'static str, path: &Path, cause: std::io::Error) -> Self {
        Self::because(Kind::Io { what, path: path.to_owned() }, cause)
    }

    /// Whether no server binaries were found anywhere: what installing PostgreSQL mends.
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind, Kind::NotFound { .. })
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self { kind, cause: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::NotFound { places, remedy } => {
                write!(f, "no PostgreSQL server was found in {places}: {remedy}")
            }
            Kind::BinDir { from, dir } => {
                write!(f, "{from} is `{}`, which does not hold both `initdb` and `postgres`", dir.display())
            }
            #[cfg(not(unix))]
            Kind::Unsupported => {
                f.write_str("a scratch server is supported on Unix only: give the URL of a running PostgreSQL")
            }
            Kind::NoAccount => f.write_str(
                "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as",
            ),
            Kind::Password => {
                f.write_str("the scratch server's password is empty or holds a line break or a zero byte")
            }
            Kind::SocketPath { directory, limit } => write!(
                f,
                "a socket in `{}` would have a path of more than {limit} bytes: set TMPDIR to a shorter one",
                directory.display()
            ),
            Kind::NoPlace => f.write_str("no directory can be made for a scratch server"),
            Kind::Io { what, path } => write!(f, "cannot {what} `{}`", path.display()),
            Kind::NotReadable { program } => write!(
                f,
                "cannot run `{}`: root starts the server as another user, who may not read this file",
                program.display()
            ),
            Kind::Initdb { program, status } => write!(f, "`{}` failed ({status})", program.display()),
            Kind::NoPort => f.write_str("no TCP port is free on 127.0.0.1"),
            Kind::Ended => f.write_str("the scratch server ended at its start"),
            Kind::Silent { patience } => {
                write!(f, "the scratch server does not answer within {} s", patience.as_secs_f32())
            }
            Kind::Version => f.write_str("the scratch server does not tell its version"),
            Kind::Lasting { pid } => write!(f, "the scratch server (process {pid}) does not end"),
            Kind::Over => f.write_str("the process is ending, so nothing is started any more"),
            Kind::Random => f.write_str("the system gives no random bytes"),
            Kind::Connect { database } => {
                write!(f, "cannot connect to the database `{database}` of the scratch server")
            }
            Kind::Refused { what } => write!(f, "the scratch server refused to {what}"),
            Kind::Template { name } => write!(f, "cannot make the template database `{name}`"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, "\n  caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// What a program said before it failed: the cause of that failure, with a further one below it.
#[derive(Debug)]
pub(crate) struct LastWords {
    text: String,
    cause: Option<Cause>,
}

#[cfg_attr(not(unix), allow(dead_code, reason = "where no server can start, none has last words"))]
impl LastWords {
    /// How many lines are kept: the reason for a failure is at the end.
    const LINES: usize = 12;

    pub(crate) fn of(output: &[u8]) -> Self {
        let output = String::from_utf8_lossy(output);
        let mut lines: Vec<&str> = output.lines().filter(|line| !line.is_empty()).collect();
        lines.drain(..lines.len().saturating_sub(Self::LINES));
        Self { text: lines.join("\n"), cause: None }
    }

    pub(crate) fn of_file(path: &Path) -> Self {
        Self::of(&std::fs::read(path).unwrap_or_default())
    }

    pub(crate) fn with(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(crate) fn contain(&self, words: &str) -> bool {
        self.text.contains(words)
    }
}

impl fmt::Display for LastWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.as_str() {
            "" => f.write_str("it said nothing"),
            text => write!(f, "it said:\n{text}"),
        }
    }
}

impl std::error::Error for LastWords {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_and_debug_has_the_causes() {
        let words = LastWords::of(b"one\n\ntwo\n").with("the socket is closed");
        let error = Error::because(Kind::Ended, words);
        assert_eq!(error.to_string(), "the scratch server ended at its start");
        let expect = "the scratch server ended at its start\n  caused by: it said:\none\ntwo\n  caused by: the socket is closed";
        assert_eq!(format!("{error:?}"), expect);
    }

    #[test]
    fn last_words_are_the_last_lines() {
        let output: String = (0..100).map(|line| format!("line {line}\n")).collect();
        let words = LastWords::of(output.as_bytes());
        assert!(words.contain("line 99") && words.contain("line 88") && !words.contain("line 87"));
    }
}
