//! [`Database`]: one database of a scratch server, dropped with its value.

use postgres::{Client, Config, NoTls};

use crate::{Error, Server};

/// A database. Dropping the value drops the database, connections or not.
#[derive(Debug)]
pub struct Database<'a> {
    server: &'a Server,
    name: String,
}

impl<'a> Database<'a> {
    pub(crate) fn new(server: &'a Server, name: String) -> Self {
        Self { server, name }
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
    /// the socket as the parameter `host`.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// A URL over TCP, for a user and a password. Only of a server that listens there.
    pub fn tcp_url(&self, user: &str, password: &str) -> Option<String> {
        let port = self.server.tcp_port()?;
        Some(format!("postgresql://{user}:{password}@127.0.0.1:{port}/{}", self.name))
    }

    /// How the driver connects to it over the socket.
    pub fn config(&self) -> Config {
        self.server.config(&self.name)
    }

    /// A new connection over the socket, as superuser.
    ///
    /// # Errors
    ///
    /// If the server does not answer.
    pub fn connect(&self) -> Result<Client, Error> {
        self.config()
            .connect(NoTls)
            .map_err(|cause| Error::because("cannot connect to the scratch server", cause))
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
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // A server that is gone has no databases left to drop.
        let _ = self.server.drop_database(&self.name);
    }
}
