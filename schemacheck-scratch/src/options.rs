//! [`Options`]: how a scratch server differs from the usual one.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Error, Server, error::Kind};

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

/// A password that nobody can guess, from the system's own source of random bytes: 128 bits, as hexadecimal digits, which
/// stand for themselves in a URL and in a shell.
///
/// # Errors
///
/// If the system gives no random bytes.
pub fn random_password() -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    // Which every Unix has, and there are no servers elsewhere.
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|cause| Error::because(Kind::Random, cause))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
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
    fn random_passwords_differ_and_need_no_quotes() {
        let passwords: Vec<String> = (0..3).map(|_| random_password().unwrap()).collect();
        assert!(passwords[0] != passwords[1] && passwords[1] != passwords[2]);
        let is_plain = |text: &String| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(passwords.iter().all(is_plain), "{passwords:?}");
    }

    #[test]
    fn debug_prints_no_secret() {
        let options = Options::default().password("hunter2").tls("a certificate", "a private key");
        let text = format!("{options:?}");
        assert!(options.tcp && !text.contains("hunter2") && !text.contains("private key"), "{text}");
    }
}
