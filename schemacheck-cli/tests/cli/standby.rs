//! `target_session_attrs` before a primary and the standby that follows it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use schemacheck_scratch::{Options, Server};

use crate::support::Project;

const MANIFEST: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}]"#;

/// A server of its own that follows another, from a copy of its files.
struct Standby {
    process: Child,
    directory: tempfile::TempDir,
    port: u16,
}

impl Standby {
    fn of(primary: &Server) -> Self {
        let owner = fs::metadata(primary.data_dir()).unwrap();
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
            format!("hba_file={}", socket.join("pg_hba.conf").display()),
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

    fn connect(&self, database: &str) -> postgres::Client {
        let socket = self.directory.path().display();
        let url = format!("host={socket} port={} user=postgres dbname={database}", self.port);
        postgres::Client::connect(&url, postgres::NoTls).unwrap()
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

#[test]
fn a_standby_is_told_from_its_primary() {
    let primary = Options::default()
        .setting("full_page_writes", "on")
        .setting("wal_keep_size", "256MB")
        .start()
        .unwrap();
    let database = primary.create_database().unwrap();
    let mut client = database.connect().unwrap();
    let hba: String = client.query_one("SHOW hba_file", &[]).unwrap().get(0);
    let rules = fs::read_to_string(&hba).unwrap();
    fs::write(&hba, format!("{rules}local replication all trust\n")).unwrap();
    client.execute("SELECT pg_reload_conf()", &[]).unwrap();
    let standby = Standby::of(&primary);
    // Which of the two was looked at shows in what it has: from here on the standby stays behind.
    let mut paused = standby.connect(database.name());
    paused.execute("SELECT pg_wal_replay_pause()", &[]).unwrap();
    let state = "SELECT pg_get_wal_replay_pause_state()";
    while paused.query_one(state, &[]).unwrap().get::<_, String>(0) != "paused" {}
    client.batch_execute("CREATE TABLE users ()").unwrap();

    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let verify = |hosts: &[&Path], attributes: &str| {
        let hosts: Vec<String> = hosts.iter().map(|host| host.display().to_string()).collect();
        let url = format!(
            "host={} port={} user=postgres dbname={} target_session_attrs={attributes}",
            hosts.join(","),
            primary.port(),
            database.name()
        );
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &url])
    };
    let (first, second) = (primary.socket_dir(), standby.directory.path().to_owned());
    let second = second.as_path();
    let reached = |hosts: &[&Path], attributes: &str| {
        let ran = verify(hosts, attributes);
        let (name, host) = match ran.status {
            0 => ("the primary", first),
            1 if ran.all().contains("cannot find relation `users`") => ("the standby", second),
            _ => panic!("{attributes}: {}", ran.all()),
        };
        // The report names the host that it is about, and no other.
        let place = format!("`{}` at {}:{}", database.name(), host.display(), primary.port());
        assert!(ran.all().contains(&place), "{place}\n{}", ran.all());
        name
    };
    for hosts in [[first, second], [second, first]] {
        assert_eq!(reached(&hosts, "standby"), "the standby");
        assert_eq!(reached(&hosts, "prefer-standby"), "the standby");
        assert_eq!(reached(&hosts, "read-only"), "the standby");
        assert_eq!(reached(&hosts, "primary"), "the primary");
        assert_eq!(reached(&hosts, "read-write"), "the primary");
    }
    assert_eq!(reached(&[first, second], "any"), "the primary");
    assert_eq!(reached(&[second, first], "any"), "the standby");
    // Alone, each is what it is.
    assert_eq!(reached(&[first], "prefer-standby"), "the primary");
    verify(&[first], "standby").expect(2, &["the server is not `standby`"]);
    verify(&[second], "primary").expect(2, &["the server is not `primary`"]);
    verify(&[second], "read-write").expect(2, &["the server is not `read-write`"]);
    // Preferred and gone: the primary is taken.
    drop(standby);
    assert_eq!(reached(&[second, first], "prefer-standby"), "the primary");
    verify(&[second, first], "standby").expect(2, &["the server is not `standby`"]);
}
