//! A standby that follows a primary by streaming. The tests of the command line have it too.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use schemacheck_scratch::{Options, Server};

/// A server of its own that follows another, from a copy of its files.
pub(crate) struct Standby {
    process: Child,
    directory: tempfile::TempDir,
    port: u16,
}

impl Standby {
    /// Of a server that was started by [`primary`].
    pub(crate) fn of(primary: &Server) -> Self {
        let owner = fs::metadata(primary.data_dir()).unwrap();
        let hba = primary.socket_dir().join("pg_hba.conf");
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let directory = tempfile::Builder::new().prefix("schemacheck-standby").tempdir_in(place).unwrap();
        chown(directory.path(), Some(owner.uid()), Some(owner.gid())).unwrap();
        let data = directory.path().join("data");
        let label = backup(primary, || copy(&primary.data_dir(), &data, &owner));
        let write = |name: &str, text: &str| {
            fs::write(data.join(name), text).unwrap();
            chown(data.join(name), Some(owner.uid()), Some(owner.gid())).unwrap();
        };
        write("backup_label", &label);
        write("standby.signal", "");
        fs::remove_file(data.join("postmaster.pid")).unwrap();
        let (socket, port) = (primary.socket_dir(), primary.port().to_string());
        let log = fs::File::create(directory.path().join("log")).unwrap();
        let mut command = Command::new(primary.bin_dir().join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(directory.path()).args(["-p", &port]);
        for setting in [
            format!("primary_conninfo=host={} port={port} user=postgres", socket.display()),
            format!("hba_file={}", hba.display()),
            "listen_addresses=".to_owned(),
            "fsync=off".to_owned(),
            "max_connections=200".to_owned(),
            "dynamic_shared_memory_type=mmap".to_owned(),
        ] {
            command.args(["-c", &setting]);
        }
        if owner.uid() != fs::metadata("/proc/self").unwrap().uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut standby = Self { process: command.spawn().unwrap(), directory, port: primary.port() };
        standby.wait();
        standby
    }

    pub(crate) fn connect(&self, database: &str) -> postgres::Client {
        let socket = self.socket_dir().display();
        let url = format!("host={socket} port={} user=postgres dbname={database}", self.port);
        postgres::Client::connect(&url, postgres::NoTls).unwrap()
    }

    pub(crate) fn socket_dir(&self) -> &Path {
        self.directory.path()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// Until it takes queries, or ends.
    fn wait(&mut self) {
        while !self.log().contains("ready to accept read-only connections") {
            assert!(self.process.try_wait().unwrap().is_none(), "{}", self.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

/// A server that keeps enough for a standby to follow, and lets it.
pub(crate) fn primary() -> Server {
    let settings = Options::default().setting("full_page_writes", "on").setting("wal_keep_size", "256MB");
    let primary = settings.start().unwrap();
    let database = primary.create_database().unwrap();
    let mut client = database.connect().unwrap();
    let hba: String = client.query_one("SHOW hba_file", &[]).unwrap().get(0);
    let rules = fs::read_to_string(&hba).unwrap();
    fs::write(&hba, format!("{rules}local replication all trust\n")).unwrap();
    client.execute("SELECT pg_reload_conf()", &[]).unwrap();
    drop(client);
    drop(database);
    primary
}

impl Drop for Standby {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Copies while the server knows of it; what the copy has to begin with.
fn backup(primary: &Server, copy: impl FnOnce()) -> String {
    let database = primary.create_database().unwrap();
    let mut client = database.connect().unwrap();
    let (start, stop) = match primary.version_num() {
        150_000.. => ("pg_backup_start('copy', true)", "pg_backup_stop(false)"),
        _ => ("pg_start_backup('copy', true, false)", "pg_stop_backup(false, false)"),
    };
    client.execute(&format!("SELECT {start}"), &[]).unwrap();
    copy();
    client.query_one(&format!("SELECT labelfile FROM {stop}"), &[]).unwrap().get(0)
}

/// Copies a folder with its owner. A file that goes meanwhile is one that recovery does without.
fn copy(from: &Path, to: &Path, owner: &fs::Metadata) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    chown(to, Some(owner.uid()), Some(owner.gid())).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            copy(&entry.path(), &target, owner);
        } else if fs::copy(entry.path(), &target).is_ok() {
            chown(&target, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
    }
}
