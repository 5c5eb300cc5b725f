//! However the owner ends, nothing is left: each case runs this test binary again as the owner.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use schemacheck_scratch::Server;

/// How the owner is to end, for the run of this binary that is the owner.
const ENDING: &str = "SCHEMACHECK_TEST_ENDING";
/// The user id of `nobody` on Linux.
const NOBODY: u32 = 65_534;

/// Not a case of its own: what the owner does. Without the variable there is nothing to do.
#[test]
fn owner() {
    let Ok(ending) = std::env::var(ENDING) else { return };
    let server = Server::shared().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE t (a int)").unwrap();
    println!("owner {} {}", server.pid(), server.socket_dir().display());
    match ending.as_str() {
        "return" => {}
        "exit" => std::process::exit(0),
        "panic" => panic!("as asked"),
        "abort" => std::process::abort(),
        "wait" => std::thread::sleep(Duration::from_secs(120)),
        other => panic!("unknown ending {other}"),
    }
}

/// The command that runs a copy of this binary as an owner.
fn owner_command(ending: &str, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["owner", "--exact", "--nocapture"]).env(ENDING, ending).stdout(Stdio::piped());
    command
}

/// An owner in another process, and the server that it has.
struct Owner {
    child: Child,
    /// Kept open: the test harness in the child fails when it cannot write.
    _stdout: BufReader<ChildStdout>,
    server: u32,
    directory: PathBuf,
}

impl Owner {
    fn start(ending: &str) -> Self {
        let mut command = owner_command(ending, &std::env::current_exe().unwrap());
        Self::spawn(command.stderr(Stdio::null()))
    }

    /// Starts the owner and reads which server it has.
    fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let Some((server, directory)) = told(&mut stdout) else {
            panic!("the owner started no server: {}", child.wait().unwrap());
        };
        Self { child, server, directory, _stdout: stdout }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    #[track_caller]
    fn assert_server_ends(&self) {
        within("the server", || !is_running(self.server));
    }

    #[track_caller]
    fn assert_directory_goes(&self) {
        within("the directory", || !self.directory.exists());
    }
}

/// What an owner prints: the process id and the directory of its server.
fn told(stdout: &mut impl BufRead) -> Option<(u32, PathBuf)> {
    stdout.lines().map(Result::unwrap).find_map(|line| {
        // The test harness writes its own words in front, on the same line.
        let (pid, directory) = line.split_once("owner ")?.1.split_once(' ')?;
        Some((pid.parse().ok()?, PathBuf::from(directory)))
    })
}

/// Removed with the value, also when the test fails.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Whether there is a segment of System V shared memory that this process made.
fn has_shared_memory(pid: u32) -> bool {
    // The fifth column is the process that made it.
    let segments = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
    segments.lines().any(|line| line.split_whitespace().nth(4) == Some(&pid.to_string()))
}

fn is_running(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(')').unwrap().1.trim_start().starts_with('Z'))
}

#[track_caller]
fn within(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_normal_end_and_a_panic_leave_neither_process_nor_directory() {
    for ending in ["return", "exit", "panic"] {
        let mut owner = Owner::start(ending);
        let status = owner.child.wait().unwrap();
        assert_eq!(status.success(), ending != "panic", "{ending}: {status}");
        // Both are gone when the owner is: no later start has to do it.
        assert!(!is_running(owner.server), "{ending}");
        assert!(!owner.directory.exists(), "{ending}");
    }
}

#[test]
fn an_abort_ends_the_server_and_the_next_start_sweeps() {
    let mut owner = Owner::start("abort");
    assert_eq!(owner.child.wait().unwrap().signal(), Some(6));
    owner.assert_server_ends();
    Server::start().unwrap();
    // A start in another test may be the one that is removing it.
    owner.assert_directory_goes();
}

#[test]
fn a_kill_ends_the_server_and_the_next_start_sweeps() {
    let mut owner = Owner::start("wait");
    assert!(is_running(owner.server));
    // A start beside a living owner leaves its directory alone.
    Server::start().unwrap();
    assert!(owner.directory.join("data").join("PG_VERSION").exists() && is_running(owner.server));
    owner.kill();
    owner.assert_server_ends();
    Server::start().unwrap();
    owner.assert_directory_goes();
}

/// As where there is no death signal, or when the server is slower to end than the next start is to come.
#[test]
fn a_server_that_outlives_its_owner_is_ended_by_the_sweep() {
    let mut owner = Owner::start("wait");
    // A stopped process does not act on the death signal.
    let stop = Command::new("kill").args(["-STOP", &owner.server.to_string()]).status().unwrap();
    assert!(stop.success());
    owner.kill();
    std::thread::sleep(Duration::from_millis(200));
    assert!(is_running(owner.server) && owner.directory.exists() && has_shared_memory(owner.server));
    Server::start().unwrap();
    owner.assert_server_ends();
    owner.assert_directory_goes();
    assert!(!has_shared_memory(owner.server));
}

#[test]
fn many_processes_that_start_at_once_do_not_sweep_each_other() {
    // Something for all of them to sweep, at the same time.
    let mut dead = Owner::start("wait");
    dead.kill();
    let program = std::env::current_exe().unwrap();
    let start =
        || owner_command("return", &program).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let owners: Vec<Child> = (0..4).map(|_| start()).collect();
    for owner in owners {
        let output = owner.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    dead.assert_server_ends();
    dead.assert_directory_goes();
}

#[test]
fn root_runs_the_server_as_another_user_and_an_ordinary_user_as_itself() {
    let server = Server::start().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let ids = |field: &str| -> Vec<u32> {
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.split_whitespace().map(|id| id.parse().unwrap()).collect()
    };
    let (uid, own) = (ids("Uid:"), std::fs::metadata("/proc/self").unwrap().uid());
    // Real, effective, saved and file system user are one, so there is no way back.
    assert_eq!(uid, [uid[0]; 4]);
    assert_eq!(std::fs::metadata(server.socket_dir()).unwrap().uid(), uid[0]);
    assert_eq!(std::fs::metadata(server.socket_dir()).unwrap().permissions().mode() & 0o777, 0o700);
    if own == 0 {
        assert_ne!(uid[0], 0);
        assert!(!ids("Gid:").contains(&0));
        assert_eq!(ids("Groups:"), [0; 0], "the supplementary groups of root");
    } else {
        assert_eq!(uid[0], own);
    }
}

#[test]
fn an_ordinary_user_starts_one_and_its_leavings_are_its_own() {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        eprintln!("not root here: this user is the ordinary one, and there is no other to compare with");
        let mut owner = Owner::start("return");
        assert!(owner.child.wait().unwrap().success());
        assert!(!is_running(owner.server) && !owner.directory.exists());
        return;
    }
    // The build directory may be closed to other users: run a copy, with a directory for temporary files of its own.
    let folder = Folder(std::env::temp_dir().join(format!("endings-{}", std::process::id())));
    let folder = &folder.0;
    std::fs::create_dir(folder).unwrap();
    std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    let copy = folder.join("endings");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let as_nobody = |ending: &str| {
        let mut command = owner_command(ending, &copy);
        command.uid(NOBODY).gid(NOBODY).current_dir("/").env("HOME", "/nonexistent").env("TMPDIR", folder);
        Owner::spawn(command.stderr(Stdio::null()))
    };

    let mut killed = as_nobody("wait");
    assert_eq!(std::fs::metadata(&killed.directory).unwrap().uid(), NOBODY);
    assert_eq!(std::fs::metadata(format!("/proc/{}", killed.server)).unwrap().uid(), NOBODY);
    killed.kill();
    killed.assert_server_ends();
    // Root's sweep takes only what root made.
    Server::start().unwrap();
    assert!(killed.directory.exists());
    // The same user's takes it.
    let mut next = as_nobody("return");
    assert!(next.child.wait().unwrap().success());
    assert!(!is_running(next.server) && !next.directory.exists());
    assert!(!killed.directory.exists());
}

#[test]
fn a_named_directory_without_a_server_is_an_error() {
    // Also where there is a server elsewhere: whoever names a directory means it.
    let program = std::env::current_exe().unwrap();
    let output =
        owner_command("return", &program).env("SCHEMACHECK_PG_BINDIR", "/nonexistent").output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    let expect = "SCHEMACHECK_PG_BINDIR is `/nonexistent`, which does not hold both `initdb` and `postgres`";
    assert!(text.contains(expect), "{text}");
}

#[test]
fn variables_of_libpq_do_not_reach_the_server() {
    let mut owner = Owner::spawn(
        owner_command("wait", &std::env::current_exe().unwrap())
            .env("PGDATA", "/nonexistent")
            .env("PGHOST", "nowhere.invalid")
            .env("PGPORT", "2")
            .env("PGUSER", "somebody")
            .env("PGCLIENTENCODING", "LATIN1")
            .env("DATABASE_URL", "postgresql://nowhere.invalid/other")
            .stderr(Stdio::null()),
    );
    let environment = std::fs::read(format!("/proc/{}/environ", owner.server)).unwrap();
    let names: Vec<&[u8]> = environment
        .split(|byte| *byte == 0)
        .filter_map(|pair| pair.split(|byte| *byte == b'=').next())
        .collect();
    assert!(names.contains(&b"LC_ALL".as_slice()) && names.contains(&b"TZ".as_slice()));
    assert!(!names.iter().any(|name| name.starts_with(b"PG")), "{}", String::from_utf8_lossy(&environment));
    owner.kill();
    owner.assert_server_ends();
    Server::start().unwrap();
    owner.assert_directory_goes();
}
