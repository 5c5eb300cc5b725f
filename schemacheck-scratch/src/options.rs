//! [`Options`]: how a scratch server differs from the usual one.

use std::path::PathBuf;
use std::time::Duration;

use crate::{Error, Server};

/// How to start a [`Server`]. The usual one listens on a Unix socket only and trusts who can reach it.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) bin_dir: Option<PathBuf>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) tcp: bool,
    pub(crate) password: Option<String>,
    pub(crate) tls: Option<(String, String)>,
    pub(crate) deadline: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bin_dir: None,
            settings: Vec::new(),
            tcp: false,
            password: None,
            tls: None,
            deadline: Duration::from_secs(60),
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

    /// Adds a server setting, as `postgres -c name=value`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Listens on a free port of 127.0.0.1 too.
    #[must_use]
    pub fn tcp(mut self) -> Self {
        self.tcp = true;
        self
    }

    /// Listens on TCP and asks there for this password (`scram-sha-256`). The socket goes on trusting.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self.tcp()
    }

    /// Listens on TCP and offers TLS there, with a certificate and its key in PEM.
    #[must_use]
    pub fn tls(mut self, certificate: &str, key: &str) -> Self {
        self.tls = Some((certificate.to_owned(), key.to_owned()));
        self.tcp()
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// If no binaries are found, the cluster cannot be made, or the server does not answer in time: the error ends
    /// with the last lines of its log.
    pub fn start(self) -> Result<Server, Error> {
        Server::start_with(self)
    }
}
