//! A pgbouncer, with transaction pooling or another: for these tests, and for those of drivers.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use schemacheck_scratch::Database;

/// A pgbouncer that ends with the value.
pub(crate) struct Pooler {
    process: Child,
    port: u16,
    _directory: tempfile::TempDir,
}

impl Pooler {
    /// A pgbouncer in front of a database, with fewer connections to it than clients.
    pub(crate) fn start(database: &Database<'_>) -> Self {
        Self::in_mode(database, "transaction")
    }

    /// A pgbouncer that takes a connection back after each `session`, `transaction` or `statement`.
    pub(crate) fn in_mode(database: &Database<'_>, mode: &str) -> Self {
        let server = database.server();
        let directory = tempfile::tempdir().unwrap();
        let owner = fs::metadata(server.data_dir()).unwrap();
        let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let config = directory.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n{name} = host={socket} port={server_port} dbname={name} user=postgres\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {mode}\ndefault_pool_size = 3\nmax_client_conn = 100\nlogfile = {log}\n\
             ignore_startup_parameters = extra_float_digits\n",
            name = database.name(),
            socket = server.socket_dir().display(),
            server_port = server.port(),
            log = directory.path().join("log").display(),
        );
        fs::write(&config, text).unwrap();
        for path in [directory.path(), &config] {
            chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        // Debian keeps it where only an administrator's PATH leads.
        let program = ["/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];
        let program =
            program.into_iter().find(|path| fs::exists(path).unwrap_or(false)).unwrap_or("pgbouncer");
        let mut command = Command::new(program);
        if owner.uid() != fs::metadata("/proc/self").unwrap().uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command
            .arg(&config)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn().expect("pgbouncer, which `cargo xtask test` installs");
        Self { process, port, _directory: directory }
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    pub(crate) fn connect(&self, name: &str) -> Client {
        let begun = Instant::now();
        loop {
            match Client::connect(&self.url(name), NoTls) {
                Ok(client) => return client,
                Err(error) if begun.elapsed() > Duration::from_secs(60) => panic!("no pgbouncer: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
