//! A streaming replica: a migration arrives there later than on its primary.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use schemacheck::guard::Kind;
use schemacheck_scratch::{Options, Server};

use crate::support::guard;

const LONG: Duration = Duration::from_secs(120);

/// A server of its own that follows another, from a copy of its files.
struct Replica {
    process: Child,
    directory: tempfile::TempDir,
    port: u16,
}

impl Replica {
    fn of(primary: &Server, database: &schemacheck_scratch::Database<'_>) -> Self {
        let mut client = database.connect().unwrap();
        let hba: String = client.query_one("SHOW hba_file", &[]).unwrap().get(0);
        let rules = fs::read_to_string(&hba).unwrap();
        fs::write(&hba, format!("{rules}local replication all trust\n")).unwrap();
        client.execute("SELECT pg_reload_conf()", &[]).unwrap();
        let modern = primary.version_num() >= 150_000;
        let (start, stop) = match modern {
            true => ("pg_backup_start('copy', true)", "pg_backup_stop(false)"),
            false => ("pg_start_backup('copy', true, false)", "pg_stop_backup(false, false)"),
        };
        client.execute(&format!("SELECT {start}"), &[]).unwrap();
        let directory =
            tempfile::Builder::new().prefix("schemacheck-replica").tempdir_in(shared_memory()).unwrap();
        let data = directory.path().join("data");
        let owner = fs::metadata(primary.data_dir()).unwrap();
        copy(&primary.data_dir(), &data, &owner);
        let label: String = client.query_one(&format!("SELECT labelfile FROM {stop}"), &[]).unwrap().get(0);
        let write = |name: &str, text: &str| {
            fs::write(data.join(name), text).unwrap();
            chown(data.join(name), Some(owner.uid()), Some(owner.gid())).unwrap();
        };
        write("backup_label", &label);
        write("standby.signal", "");
        let _ = fs::remove_file(data.join("postmaster.pid"));
        chown(directory.path(), Some(owner.uid()), Some(owner.gid())).unwrap();
        let log = fs::File::create(directory.path().join("log")).unwrap();
        let port = primary.port();
        let follow =
            format!("primary_conninfo=host={} port={port} user=postgres", primary.socket_dir().display());
        let socket = directory.path().display().to_string();
        let mut command = Command::new(primary.bin_dir().join("postgres"));
        command.arg("-D").arg(&data).args(["-k", &socket, "-p", &port.to_string()]);
        for setting in [follow.as_str(), "listen_addresses=", "fsync=off", "max_connections=200"] {
            command.args(["-c", setting]);
        }
        command.args(["-c", "dynamic_shared_memory_type=mmap", "-c", &format!("hba_file={hba}")]);
        if owner.uid() != fs::metadata("/proc/self").unwrap().uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        Self { process: command.spawn().unwrap(), directory, port }
    }

    fn connect(&self, database: &str) -> Client {
        let (socket, port) = (self.directory.path().display(), self.port);
        let begun = Instant::now();
        loop {
            match Client::connect(
                &format!("host={socket} port={port} user=postgres dbname={database}"),
                NoTls,
            ) {
                Ok(client) => return client,
                Err(error) if begun.elapsed() > LONG => {
                    let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
                    panic!("the replica does not answer: {error}\n{log}");
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn shared_memory() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
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

#[test]
fn a_replica_that_lags_behind_is_waited_for_and_named() {
    let primary = Options::default()
        .setting("full_page_writes", "on")
        .setting("wal_keep_size", "256MB")
        .start()
        .unwrap();
    let database = primary.create_database().unwrap();
    let mut migrate = database.connect().unwrap();
    migrate.batch_execute(include_str!("schema.sql")).unwrap();
    migrate.batch_execute("ALTER TABLE users RENAME COLUMN nickname TO nick").unwrap();
    let replica = Replica::of(&primary, &database);
    let mut client = replica.connect(database.name());
    let replays = |client: &mut Client| {
        let row = client.query_one("SELECT pg_last_wal_replay_lsn() IS NOT NULL", &[]).unwrap();
        row.get::<_, bool>(0)
    };
    while !replays(&mut client) {}
    client.execute("SELECT pg_wal_replay_pause()", &[]).unwrap();
    migrate.batch_execute("ALTER TABLE users RENAME COLUMN nick TO nickname").unwrap();
    assert!(guard().verify(&mut migrate).is_ok(), "the primary has it");
    let report = guard().verify(&mut client).unwrap_err();
    assert_eq!(report.kind(), Kind::Drift);
    let full = format!("{report:?}");
    assert!(full.contains("a replica: a fresh migration may not have arrived yet"), "{full}");
    assert!(report.to_json().contains("\"in_recovery\": true"));
    let mut resume = replica.connect(database.name());
    let late = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        resume.execute("SELECT pg_wal_replay_resume()", &[]).unwrap();
    });
    let verified = guard().wait_for(LONG).verify(&mut client).unwrap();
    assert!(verified.database().server.as_ref().unwrap().in_recovery);
    late.join().unwrap();
}
