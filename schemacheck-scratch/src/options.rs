//! [`Options`]: how a scratch server differs from the usual one.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Error, Server};

/// How to start a [`Server`]. The usual one listens on a Unix socket only and trusts who can reach it.
///
/// ```no_run
/// use schemacheck_scratch::Options;
///
/// let server = Options::default().setting("wal_level", "logical").password("not-a-secret").start()?;
/// # Ok::<(), schemacheck_scratch::Error>(())
/// ```
#[derive(Clone)]
pub struct Options {
    pub(crate) bin_dir: Option<PathBuf>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) tcp: bool,
    pub(crate) password: Option<String>,
    pub(crate) tls: Option<Tls>,
    pub(crate) deadline: Duration,
}

/// A certificate and its key, in PEM.
#[cfg_attr(not(unix), allow(dead_code, reason = "where no server can start, none reads them"))]
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bin_dir: None,
            settings: Vec::new(),
            tcp: false,
            password: None,
            tls: None,
            deadline: Duration::from_secs(30),
        }
    }
}

impl Options {
    /// Uses the binaries in this directory, instead of looking for some.
    #[must_use]
    pub fn bin_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.bin_dir = Some(dir.into());
        self
    }

    /// Adds a server setting, as `postgres -c name=value`. It wins over what this crate sets.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Listens on a free port of 127.0.0.1 too.
    #[must_use]
    pub fn tcp(mut self) -> Self {
        self.tcp = true;
        self
    }

    /// Listens on TCP and asks there for this password of `postgres` (`scram-sha-256`). The socket goes on trusting.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self.tcp()
    }

    /// Listens on TCP and offers TLS there, with a certificate and its key in PEM. Connections without TLS are taken
    /// too.
    #[must_use]
    pub fn tls(mut self, certificate: impl Into<String>, key: impl Into<String>) -> Self {
        self.tls = Some(Tls { certificate: certificate.into(), key: key.into() });
        self.tcp()
    }

    /// How long the server may take to answer after it is spawned. The usual is 30 seconds.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// If no binaries are found, no directory or cluster can be made, or the server does not answer in time: the
    /// causes of the error then include the last lines of its log.
    pub fn start(self) -> Result<Server, Error> {
        Server::start_with(&self)
    }
}

/// Without password and key.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("bin_dir", &self.bin_dir)
            .field("settings", &self.settings)
            .field("tcp", &self.tcp)
            .field("password", &self.password.as_ref().map(|_| ".."))
            .field("tls", &self.tls.as_ref().map(|_| ".."))
            .field("deadline", &self.deadline)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_no_secret() {
        let options = Options::default().password("hunter2").tls("a certificate", "a private key");
        let text = format!("{options:?}");
        assert!(options.tcp && !text.contains("hunter2") && !text.contains("private key"), "{text}");
    }
}
