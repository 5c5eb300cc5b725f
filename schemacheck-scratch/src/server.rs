//! [`Server`]: initdb, spawn, wait, stop.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use once_cell::sync::OnceCell;
use postgres::{Client, Config, NoTls};

use crate::{Database, Error, Options};

/// The superuser of each scratch server.
const USER: &str = "postgres";
/// The port that names the socket file; nothing listens on it but with [`Options::tcp`].
const PORT: u16 = 5432;

/// Whether a template could be made; set once, by the thread that makes it.
type Template = Arc<OnceLock<Result<(), String>>>;

/// A running throwaway cluster. Dropping the value stops it and removes its directory.
#[derive(Debug)]
pub struct Server {
    directory: PathBuf,
    bin_dir: PathBuf,
    port: u16,
    tcp: bool,
    version_num: u32,
    next: AtomicU64,
    templates: Mutex<HashMap<String, Template>>,
    #[cfg(unix)]
    process: Option<crate::process::Postmaster>,
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

    #[cfg(not(unix))]
    pub(crate) fn start_with(_: Options) -> Result<Self, Error> {
        Err(Error::new("a scratch server needs a Unix system; start a PostgreSQL yourself and give its URL"))
    }

    #[cfg(unix)]
    pub(crate) fn start_with(options: Options) -> Result<Self, Error> {
        use crate::{cleanup, process};

        let bin_dir = match options.bin_dir.clone() {
            Some(dir) => dir,
            None => crate::binaries::find()?,
        };
        cleanup::sweep();
        let directory = cleanup::create_directory()?;
        let owner = process::Owner::current()?;
        let port = match options.tcp {
            true => free_port()?,
            false => PORT,
        };
        let mut server = Self {
            directory,
            bin_dir,
            port,
            tcp: options.tcp,
            version_num: 0,
            next: AtomicU64::new(0),
            templates: Mutex::new(HashMap::new()),
            process: None,
        };
        // From here on `Drop` removes what is there.
        owner.give(&server.directory)?;
        process::initdb(&server.bin_dir, &server.directory, &owner, USER)?;
        process::configure(&server.directory, &owner, &options)?;
        server.process =
            Some(process::Postmaster::spawn(&server.bin_dir, &server.directory, &owner, port, &options)?);
        let mut client = server.wait(options.deadline)?;
        if let Some(password) = &options.password {
            let literal = password.replace('\'', "''").replace('\\', "\\\\");
            client
                .batch_execute(&format!("ALTER ROLE {USER} PASSWORD E'{literal}'"))
                .map_err(|cause| Error::because("cannot set the scratch server's password", cause))?;
        }
        Ok(server)
    }

    /// Waits until the server answers, and asks its version.
    #[cfg(unix)]
    fn wait(&mut self, deadline: std::time::Duration) -> Result<Client, Error> {
        let started = std::time::Instant::now();
        loop {
            let error = match self.config("postgres").connect(NoTls) {
                Ok(mut client) => {
                    let row = client.query_one("SELECT current_setting('server_version_num')::int4", &[]);
                    let number: i32 =
                        row.map_err(|cause| Error::because("the scratch server is silent", cause))?.get(0);
                    self.version_num = u32::try_from(number).unwrap_or(0);
                    return Ok(client);
                }
                Err(error) => error,
            };
            let ended = self.process.as_mut().is_none_or(crate::process::Postmaster::has_ended);
            if ended || started.elapsed() > deadline {
                let log = crate::error::tail(&self.log());
                let what = if ended { "ended at its start" } else { "does not answer" };
                return Err(Error::because(format!("the scratch server {what}{log}"), error));
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
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
    /// If the server refuses.
    pub fn create_database_from(&self, template: &str) -> Result<Database<'_>, Error> {
        let name = format!("scratch_{}", self.next.fetch_add(1, Ordering::Relaxed));
        // No STRATEGY: 14 and before do not know it, and for small templates the later default is the faster one.
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {}", quote(template)))?;
        Ok(Database::new(self, name))
    }

    /// Makes a database for others to be copied from, once: the first call of a name runs `setup`, later ones and
    /// those of other threads wait for it.
    ///
    /// # Errors
    ///
    /// If the database cannot be made or `setup` fails; every call of that name then fails the same way.
    pub fn template<E: std::error::Error + 'static>(
        &self,
        name: &str,
        setup: impl FnOnce(&mut Client) -> Result<(), E>,
    ) -> Result<(), Error> {
        let cell = {
            let mut templates = self.templates.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Arc::clone(templates.entry(name.to_owned()).or_default())
        };
        let made = cell.get_or_init(|| {
            self.execute(&format!("CREATE DATABASE {}", quote(name))).map_err(|error| error.to_string())?;
            let mut client = self.config(name).connect(NoTls).map_err(|error| error.to_string())?;
            let set_up = setup(&mut client).map_err(|error| chain(&error));
            // A connection would keep the template from being copied.
            client.close().map_err(|error| error.to_string())?;
            set_up
        });
        made.clone().map_err(|cause| Error::because(format!("cannot make the template `{name}`"), cause))
    }

    pub(crate) fn drop_database(&self, name: &str) -> Result<(), Error> {
        self.execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(name)))
    }

    fn execute(&self, sql: &str) -> Result<(), Error> {
        let failed = |cause| Error::because(format!("the scratch server refused `{sql}`"), cause);
        self.config("postgres").connect(NoTls).map_err(failed)?.batch_execute(sql).map_err(failed)
    }

    /// How the driver connects over the socket.
    pub(crate) fn config(&self, database: &str) -> Config {
        let mut config = Config::new();
        config.host_path(&self.directory).port(self.port).user(USER).dbname(database);
        config
    }

    pub(crate) fn url(&self, database: &str) -> String {
        let mut socket = String::new();
        for byte in self.directory.as_os_str().as_encoded_bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                    socket.push(char::from(*byte))
                }
                other => socket.push_str(&format!("%{other:02X}")),
            }
        }
        format!("postgresql://{USER}@localhost:{}/{database}?host={socket}", self.port)
    }

    /// `server_version_num`, such as 150018.
    pub fn version_num(&self) -> u32 {
        self.version_num
    }

    /// The directory of the binaries that run.
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// The directory that holds the socket and all data.
    pub fn socket_dir(&self) -> &Path {
        &self.directory
    }

    /// The port in the socket's name, and of TCP where it listens there.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port on 127.0.0.1, where it listens there.
    pub fn tcp_port(&self) -> Option<u16> {
        self.tcp.then_some(self.port)
    }

    /// The superuser.
    pub fn user(&self) -> &'static str {
        USER
    }

    /// The process id of the server's first process.
    #[cfg(unix)]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(crate::process::Postmaster::id)
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    /// Stops the server and removes its directory, as dropping it does, and says what went wrong.
    ///
    /// # Errors
    ///
    /// If it did not stop by itself, or its directory stays.
    pub fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    #[cfg(not(unix))]
    fn end(&mut self) -> Result<(), Error> {
        Ok(())
    }

    #[cfg(unix)]
    fn end(&mut self) -> Result<(), Error> {
        let stopped = self.process.take().map_or(Ok(()), crate::process::Postmaster::stop);
        let removed = crate::cleanup::remove_directory(&self.directory);
        stopped.and(removed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What stays is swept by the next start.
        let _ = self.end();
    }
}

/// A port that nothing listens on now. Another process can take it before the server does; then its start fails.
#[cfg(unix)]
fn free_port() -> Result<u16, Error> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.map_err(|cause| Error::because("no TCP port is free", cause))?.port())
}

/// An error with its causes: the driver's own text leaves them out.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
