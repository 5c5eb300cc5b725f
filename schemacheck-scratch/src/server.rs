//! [`Server`]: a running cluster, its databases and templates.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use once_cell::sync::OnceCell;
use postgres::{Client, Config, NoTls};

use crate::cluster::Cluster;
use crate::error::Kind;
use crate::{Database, Error, Options};

/// The superuser of each scratch server.
pub(crate) const USER: &str = "postgres";

/// A running throwaway cluster. Dropping the value stops it and removes its directory.
#[derive(Debug)]
pub struct Server {
    cluster: Cluster,
    version_num: u32,
    /// The number of the next database.
    next: AtomicU64,
    /// Templates by name; an empty cell is one that is being made, or failed.
    templates: Mutex<HashMap<String, Arc<OnceCell<()>>>>,
}

impl Server {
    /// Starts a usual server.
    ///
    /// # Errors
    ///
    /// As [`Options::start`].
    pub fn start() -> Result<Self, Error> {
        Options::default().start()
    }

    /// The server that all tests of one process share. It ends with the process.
    ///
    /// # Errors
    ///
    /// As [`Options::start`]; the next call tries again.
    pub fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceCell<Server> = OnceCell::new();
        SHARED.get_or_try_init(Self::start)
    }

    pub(crate) fn start_with(options: &Options) -> Result<Self, Error> {
        let (cluster, version_num) = Cluster::start(options)?;
        Ok(Self { cluster, version_num, next: AtomicU64::new(0), templates: Mutex::default() })
    }

    /// A fresh, empty database.
    ///
    /// # Errors
    ///
    /// If the server refuses.
    pub fn create_database(&self) -> Result<Database<'_>, Error> {
        self.create_database_from("template1")
    }

    /// A fresh database that is a copy of another, which must have no connections.
    ///
    /// # Errors
    ///
    /// If there is no such database, or the server refuses.
    pub fn create_database_from(&self, template: &str) -> Result<Database<'_>, Error> {
        // With the process in it the name is no other server's either: the `postgres` crate tries the `localhost` of a
        // URL before its socket, and is to find no such database there, whoever listens.
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.create_named(format!("scratch_{}_{number}", std::process::id()), template)
    }

    fn create_named(&self, name: String, template: &str) -> Result<Database<'_>, Error> {
        // No STRATEGY: 14 and before do not know it, and from 15 on the default, WAL_LOG, measures the same as
        // FILE_COPY (20 ms for an empty database) without FILE_COPY's two checkpoints, which grow with the server.
        self.execute(
            "create a database",
            &format!("CREATE DATABASE {} TEMPLATE {}", quote(&name), quote(template)),
        )?;
        Ok(Database::new(self, name))
    }

    /// Makes a database for others to be copied from, once a server: the first call of a name runs `setup`, on a thread
    /// of its own; later ones do nothing, and those of other threads wait for it.
    ///
    /// # Errors
    ///
    /// If the database cannot be made or `setup` fails. Nothing of the database is left then, also when `setup` panics,
    /// and the next call of the name tries again.
    pub fn template<E>(
        &self,
        name: &str,
        setup: impl FnOnce(&mut Client) -> Result<(), E> + Send,
    ) -> Result<(), Error>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let templates = self.templates.lock();
        let cell =
            Arc::clone(templates.unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default());
        let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
            Error::because(Kind::Template { name: name.to_owned() }, cause)
        };
        cell.get_or_try_init(|| {
            // Dropped, and so removed, unless all goes well.
            let database =
                self.create_named(name.to_owned(), "template1").map_err(|error| failed(error.into()))?;
            apart(|| {
                let mut client = database.connect().map_err(|error| failed(error.into()))?;
                setup(&mut client).map_err(|error| failed(error.into()))?;
                // A connection would keep the template from being copied.
                client.close().map_err(|error| failed(error.into()))
            })?;
            database.keep();
            Ok(())
        })
        .copied()
    }

    pub(crate) fn drop_database(&self, name: &str) -> Result<(), Error> {
        self.execute("drop a database", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(name)))
    }

    /// Runs one statement. A connection each, so that threads do not wait for each other.
    fn execute(&self, what: &str, sql: &str) -> Result<(), Error> {
        let failed = |cause| Error::because(Kind::Refused { what: what.to_owned() }, cause);
        apart(|| self.config("postgres").connect(NoTls)?.batch_execute(sql)).map_err(failed)
    }

    /// How the driver connects over the socket.
    pub(crate) fn config(&self, database: &str) -> Config {
        self.cluster.config(database)
    }

    /// `server_version_num`, such as 150018.
    pub fn version_num(&self) -> u32 {
        self.version_num
    }

    /// The directory of the binaries that run.
    pub fn bin_dir(&self) -> &Path {
        self.cluster.bin_dir()
    }

    /// The directory that holds the socket and all else.
    pub fn socket_dir(&self) -> &Path {
        self.cluster.directory()
    }

    /// The cluster's data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.cluster.data_dir()
    }

    /// The file of the server's log.
    pub fn log(&self) -> PathBuf {
        self.cluster.log_file()
    }

    /// The port in the socket's name, and of TCP where it listens there.
    pub fn port(&self) -> u16 {
        self.cluster.port()
    }

    /// The port on 127.0.0.1, where it listens there.
    pub fn tcp_port(&self) -> Option<u16> {
        self.cluster.tcp_port()
    }

    /// The superuser.
    pub fn user(&self) -> &'static str {
        USER
    }

    /// The process id of the server's first process.
    pub fn pid(&self) -> u32 {
        self.cluster.pid()
    }

    /// Stops the server and removes its directory, as dropping it does, and says what went wrong.
    ///
    /// # Errors
    ///
    /// If it does not end even when killed, or its directory cannot be removed.
    pub fn stop(self) -> Result<(), Error> {
        self.cluster.stop()
    }
}

/// Runs work of the blocking driver on a thread of its own: on one that drives an async runtime, such as that of an
/// async test, the driver panics.
pub(crate) fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let ended = std::thread::scope(|scope| scope.spawn(work).join());
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
