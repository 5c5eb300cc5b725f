//! [`Database`]: one database of a scratch server, dropped with its value.

use std::fmt::Write as _;

use postgres::{Client, Config, NoTls};

use crate::{Error, Server, error::Kind};

/// A database. Dropping the value drops the database, connections or not.
#[derive(Debug)]
pub struct Database<'a> {
    server: &'a Server,
    name: String,
    kept: bool,
}

impl<'a> Database<'a> {
    pub(crate) fn new(server: &'a Server, name: String) -> Self {
        Self { server, name, kept: false }
    }

    /// Leaves the database to the server, to end with it.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server that it is in.
    pub fn server(&self) -> &'a Server {
        self.server
    }

    /// A URL over the Unix socket, in the one form that libpq, `postgres`, sqlx, diesel, SQLAlchemy and Prisma read:
    /// the socket's directory as the parameter `host`.
    ///
    /// The `localhost` in front of it is for the URL parsers that accept no empty host. A tool that ignores the
    /// parameter fails, since nothing listens on the [port](Server::port) of a server without TCP.
    pub fn url(&self) -> String {
        format!(
            "postgresql://{}@localhost:{}/{}?host={}",
            self.server.user(),
            self.server.port(),
            encode(self.name.as_bytes()),
            encode(self.server.socket_dir().as_os_str().as_encoded_bytes())
        )
    }

    /// A URL over TCP, for a user and a password, which are encoded as a URL needs it. Only of a server that listens
    /// there.
    pub fn tcp_url(&self, user: &str, password: &str) -> Option<String> {
        let port = self.server.tcp_port()?;
        let (user, password) = (encode(user.as_bytes()), encode(password.as_bytes()));
        Some(format!("postgresql://{user}:{password}@127.0.0.1:{port}/{}", encode(self.name.as_bytes())))
    }

    /// How the driver connects to it over the socket.
    pub fn config(&self) -> Config {
        self.server.config(&self.name)
    }

    /// A new connection over the socket, as superuser. The client blocks: inside an async runtime connect an async
    /// one to [`url`](Self::url).
    ///
    /// # Errors
    ///
    /// If the server does not answer.
    pub fn connect(&self) -> Result<Client, Error> {
        let failed = |cause| Error::because(Kind::Connect { database: self.name.clone() }, cause);
        self.config().connect(NoTls).map_err(failed)
    }

    /// What a migration tool needs to find the database: `DATABASE_URL` and `PG*`.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.url()),
            ("PGHOST", self.server.socket_dir().display().to_string()),
            ("PGPORT", self.server.port().to_string()),
            ("PGUSER", self.server.user().to_owned()),
            ("PGDATABASE", self.name.clone()),
        ]
    }

    /// The same over TCP, for the password that the server was given. Only of a server that listens there.
    pub fn tcp_environment(&self, password: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![
            ("DATABASE_URL", self.tcp_url(self.server.user(), password)?),
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGPORT", self.server.tcp_port()?.to_string()),
            ("PGUSER", self.server.user().to_owned()),
            ("PGPASSWORD", password.to_owned()),
            ("PGDATABASE", self.name.clone()),
        ])
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // A server that is gone has no databases left to drop.
            let _ = self.server.drop_database(&self.name);
        }
    }
}

/// Percent-encodes all but what stands for itself everywhere in a URL.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(*byte))
            }
            // Writing to a string cannot fail.
            other => _ = write!(text, "%{other:02X}"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_part_is_encoded_byte_by_byte() {
        assert_eq!(encode(b"/dev/shm/a-1_b.c~"), "%2Fdev%2Fshm%2Fa-1_b.c~");
        assert_eq!(encode("p@s:s %'ü".as_bytes()), "p%40s%3As%20%25%27%C3%BC");
    }
}
