//! A cluster on disk and the server that runs on it: prepare, initdb, spawn, wait, stop.

use std::ffi::OsString;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use postgres::{Client, Config, NoTls};

use crate::cleanup::Directory;
use crate::error::{Kind, LastWords};
use crate::process::{self, Account, Postmaster};
use crate::server::{USER, apart};
use crate::{Error, Options, binaries, sweep};

/// The port in the socket's name where the server does not listen on TCP. Not 5432: what ignores the socket in a URL,
/// or tries the host in it first, would find whatever runs there. On port 1 (tcpmux) nothing does.
const SOCKET_PORT: u16 = 1;
/// How many ports are tried: another process can take a free one before the server does.
const PORTS: usize = 5;

/// A running server. Its fields are dropped in this order: the process is gone before its directory.
#[derive(Debug)]
pub(crate) struct Cluster {
    postmaster: Postmaster,
    directory: Directory,
    bin_dir: PathBuf,
    port: u16,
    tcp: bool,
}

impl Cluster {
    /// Starts one, and asks its version.
    pub(crate) fn start(options: &Options) -> Result<(Self, u32), Error> {
        let bin_dir = match &options.bin_dir {
            Some(dir) => binaries::named("the directory of server binaries", dir)?,
            None => binaries::find()?,
        };
        let account = Account::current()?;
        sweep::sweep();
        let directory = Directory::create()?;
        let log = prepare(directory.path(), account, options)?;
        let words = || LastWords::of_file(&log_file(&directory));
        process::initdb(&bin_dir, account, &data_dir(&directory), USER, &log, words)?;
        for attempt in 1.. {
            let port = if options.tcp { free_port()? } else { SOCKET_PORT };
            let arguments = arguments(&directory, port, options);
            let spawn = || Postmaster::spawn(&bin_dir, account, &arguments, &log);
            let mut postmaster = directory.start(spawn, Postmaster::id)?;
            let config = config(directory.path(), port, "postgres");
            match apart(|| wait(&config, &mut postmaster, options.deadline)) {
                Ok((client, version)) => {
                    apart(|| set_password(client, options))?;
                    let tcp = options.tcp;
                    return Ok((Self { postmaster, directory, bin_dir, port, tcp }, version));
                }
                Err((kind, cause)) => {
                    let words = LastWords::of_file(&log_file(&directory));
                    let taken = matches!(kind, Kind::Ended) && words.contain("could not bind IPv4 address");
                    if !(taken && attempt < PORTS) {
                        let words = match cause {
                            Some(cause) => words.with(cause),
                            None => words,
                        };
                        return Err(Error::because(kind, words));
                    }
                }
            }
            directory.is_idle();
        }
        unreachable!("the last attempt returns")
    }

    /// How the driver connects over the socket.
    pub(crate) fn config(&self, database: &str) -> Config {
        config(self.directory.path(), self.port, database)
    }

    pub(crate) fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        data_dir(&self.directory)
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        log_file(&self.directory)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn tcp_port(&self) -> Option<u16> {
        self.tcp.then_some(self.port)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.postmaster.id()
    }

    pub(crate) fn stop(mut self) -> Result<(), Error> {
        let stopped = self.postmaster.stop();
        stopped.and(self.directory.remove())
    }
}

fn data_dir(directory: &Directory) -> PathBuf {
    directory.path().join("data")
}

fn log_file(directory: &Directory) -> PathBuf {
    directory.path().join("log")
}

fn config(directory: &Path, port: u16, database: &str) -> Config {
    let mut config = Config::new();
    config.host_path(directory).port(port).user(USER).dbname(database);
    config
}

/// Writes what stands beside the data directory, then gives all to the server's user; returns the log. In this order
/// root writes nothing where another user could have put a link.
fn prepare(directory: &Path, account: Account, options: &Options) -> Result<File, Error> {
    let write = |name: &str, text: &str| {
        let path = directory.join(name);
        // Closed to others before there is anything in it.
        File::create_new(&path).map_err(|cause| Error::io("write", &path, cause))?;
        account.give(&path)?;
        std::fs::write(&path, text).map_err(|cause| Error::io("write", &path, cause))
    };
    let method = if options.password.is_some() { "scram-sha-256" } else { "trust" };
    write("pg_hba.conf", &format!("local all all trust\nhost all all 127.0.0.1/32 {method}\n"))?;
    if let Some(tls) = &options.tls {
        write("server.crt", &tls.certificate)?;
        write("server.key", &tls.key)?;
    }
    if options.password.as_ref().is_some_and(|text| text.is_empty() || text.contains(['\n', '\r', '\0'])) {
        return Err(Kind::Password.into());
    }
    write("log", "")?;
    let log = directory.join("log");
    let file = File::options().append(true).open(&log).map_err(|cause| Error::io("write", &log, cause))?;
    account.give(directory)?;
    Ok(file)
}

/// The server's command line.
fn arguments(directory: &Directory, port: u16, options: &Options) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec![
        "-D".into(),
        data_dir(directory).into(),
        "-k".into(),
        directory.path().into(),
        "-p".into(),
        port.to_string().into(),
    ];
    let mut set = |name: &str, value: &Path| {
        let mut setting = OsString::from(format!("{name}="));
        setting.push(value);
        arguments.extend(["-c".into(), setting]);
    };
    set("listen_addresses", Path::new(if options.tcp { "127.0.0.1" } else { "" }));
    set("unix_socket_permissions", Path::new("0700"));
    set("hba_file", &directory.path().join("pg_hba.conf"));
    // Nothing here outlives the process, so nothing has to reach a disk.
    for name in ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"] {
        set(name, Path::new("off"));
    }
    // Segments as files in the data directory, so that they go with it.
    set("dynamic_shared_memory_type", Path::new("mmap"));
    // Tests open many connections at once, and shut down while some are open.
    set("max_connections", Path::new("200"));
    if options.tls.is_some() {
        set("ssl", Path::new("on"));
        set("ssl_cert_file", &directory.path().join("server.crt"));
        set("ssl_key_file", &directory.path().join("server.key"));
    }
    for (name, value) in &options.settings {
        set(name, Path::new(value));
    }
    arguments
}

/// Waits until the server answers, and asks its version. Blocks, so it needs a thread without an async runtime.
fn wait(
    config: &Config,
    postmaster: &mut Postmaster,
    patience: Duration,
) -> Result<(Client, u32), (Kind, Option<postgres::Error>)> {
    let begun = Instant::now();
    let mut config = config.clone();
    loop {
        // Taken before the attempt: a server that ends during it is found out by the next.
        let ended = postmaster.has_ended();
        let left = patience.saturating_sub(begun.elapsed());
        let error = match config.connect_timeout(left.max(Duration::from_millis(1))).connect(NoTls) {
            Ok(mut client) => {
                let row = client.query_one(
                    "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4",
                    &[],
                );
                let number: i32 =
                    row.and_then(|row| row.try_get(0)).map_err(|cause| (Kind::Version, Some(cause)))?;
                let version = u32::try_from(number).map_err(|_| (Kind::Version, None))?;
                return Ok((client, version));
            }
            Err(error) => error,
        };
        if ended {
            return Err((Kind::Ended, Some(error)));
        }
        if left.is_zero() {
            return Err((Kind::Silent { patience }, Some(error)));
        }
        // `pg_ctl` would poll every 100 ms.
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sets the password, over the socket: it stands in no file and on no command line. Until then TCP lets nobody in.
fn set_password(mut client: Client, options: &Options) -> Result<(), Error> {
    let Some(password) = &options.password else { return Ok(()) };
    // No setting of the caller's puts the statement into the log. 13 hashes with md5 unless it is told otherwise.
    let literal = password.replace('\'', "''");
    let set = format!("ALTER ROLE {USER} PASSWORD '{literal}'");
    let statements = [
        "SET log_statement = 'none'",
        "SET log_min_duration_statement = -1",
        "SET log_min_error_statement = 'panic'",
        "SET standard_conforming_strings = on",
        "SET password_encryption = 'scram-sha-256'",
        &set,
    ];
    let failed = |cause| Error::because(Kind::Refused { what: "set a password".to_owned() }, cause);
    statements.into_iter().try_for_each(|statement| client.batch_execute(statement)).map_err(failed)
}

/// A port that nothing listens on now.
fn free_port() -> Result<u16, Error> {
    let address = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    Ok(address.map_err(|cause| Error::because(Kind::NoPort, cause))?.port())
}
