//! However a `snapshot --run` ends: neither a process nor a directory is left.
#![cfg(target_os = "linux")]

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::support::Project;

/// The state letter and the process group of a process.
fn stat(pid: u32) -> Option<(String, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.to_owned(), fields.nth(1)?.parse().ok()?))
}

fn is_running(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != "Z")
}

#[track_caller]
fn within<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn send(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().unwrap().success());
}

/// What a shell reports of it.
fn shown(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap())
}

/// A run that goes on, its processes and its server.
struct Running {
    child: Child,
    pids: Vec<u32>,
    server: u32,
    directory: PathBuf,
}

impl Running {
    /// The line writes the ids of its processes into the file `pids`, and then makes the file `ready`.
    fn start(project: &Project, line: &str) -> Self {
        for file in ["pids", "ready"] {
            let _ = std::fs::remove_file(project.path().join(file));
        }
        let child = project.start(&["snapshot", "--run", line], "messages");
        let ready = || project.path().join("ready").exists().then_some(());
        within("the line does not run", ready);
        let pids = project.read("pids").lines().map(|line| line.parse().unwrap()).collect();
        let directory = directory(child.id()).unwrap();
        let lock = std::fs::read_to_string(directory.join("data/postmaster.pid")).unwrap();
        let server = lock.lines().next().unwrap().parse().unwrap();
        let running = Self { child, pids, server, directory };
        assert!(running.pids.iter().all(|pid| is_running(*pid)) && is_running(server));
        running
    }

    #[track_caller]
    fn assert_nothing_left(&self, what: &str) {
        let left: Vec<&u32> =
            self.pids.iter().chain([&self.server]).filter(|pid| is_running(**pid)).collect();
        assert!(left.is_empty(), "{what}: processes {left:?} are left");
        assert!(!self.directory.exists(), "{what}: {} is left", self.directory.display());
    }
}

/// The directory of the server that a process has started.
fn directory(owner: u32) -> Option<PathBuf> {
    let prefix = format!("schemacheck-{owner}-");
    [Path::new("/dev/shm"), &std::env::temp_dir()].into_iter().find_map(|parent| {
        let entries = std::fs::read_dir(parent).ok()?;
        entries
            .flatten()
            .find(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .map(|entry| entry.path())
    })
}

const LINE: &str = "sleep 300 & echo $! > pids; echo $$ >> pids; touch ready; sleep 300";

#[test]
fn a_signal_ends_the_command_with_its_children_and_the_server() {
    let project = Project::empty();
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3)] {
        let mut running = Running::start(&project, LINE);
        let group = stat(running.pids[0]).unwrap().1;
        assert_ne!(group, stat(running.child.id()).unwrap().1, "it has a group of its own");
        send(signal, running.child.id());
        let status = running.child.wait().unwrap();
        assert_eq!(shown(status), 128 + number, "{signal}: {}", project.read("messages"));
        running.assert_nothing_left(signal);
        assert!(!project.path().join(".schemacheck").exists());
        let messages = project.read("messages");
        assert!(!messages.contains("error"), "{messages}");
        assert!(
            messages.contains(&format!("SIG{signal}: ended the command and the throwaway server")),
            "{messages}"
        );
    }
}

/// A command that takes no notice of a polite signal, and one that is stopped.
#[test]
fn a_command_that_does_not_end_by_itself_is_killed() {
    let project = Project::empty();
    for line in [
        "trap '' TERM INT HUP; sleep 300 & echo $! > pids; echo $$ >> pids; touch ready; wait",
        "sleep 300 & kill -STOP $!; echo $! > pids; echo $$ >> pids; touch ready; sleep 300",
    ] {
        let mut running = Running::start(&project, line);
        send("TERM", running.child.id());
        assert_eq!(shown(running.child.wait().unwrap()), 143);
        running.assert_nothing_left(line);
    }
}

#[test]
fn a_signal_before_the_command_runs_leaves_nothing_either() {
    let project = Project::empty();
    for wait in [0, 20, 60, 120, 200, 300, 500, 800] {
        let mut child = project.start(&["snapshot", "--run", "sleep 300"], "messages");
        let pid = child.id();
        within("no server is started", || directory(pid));
        std::thread::sleep(Duration::from_millis(wait));
        send("TERM", pid);
        assert_eq!(shown(child.wait().unwrap()), 143, "{}", project.read("messages"));
        assert_eq!(directory(pid), None, "after {wait} ms: {}", project.read("messages"));
        assert!(!project.read("messages").contains("error"), "{}", project.read("messages"));
    }
}

#[test]
fn what_a_command_leaves_behind_when_it_is_done_is_ended() {
    let project = Project::empty();
    let line = "sleep 300 & echo $! > pids; psql -q -X -c 'create table t ()'";
    project.tool(&["snapshot", "--run", line]).expect(0, &["1 relation"]);
    let left: u32 = project.read("pids").trim().parse().unwrap();
    assert!(!is_running(left));
    project.tool(&["snapshot", "--run", "sleep 300 & echo $! > pids; exit 7"]).expect(2, &["exit status: 7"]);
    assert!(!is_running(project.read("pids").trim().parse().unwrap()));
}

/// It cannot ask for a password and wait for ever, and it cannot be stopped by the terminal.
#[test]
fn a_command_has_no_terminal() {
    let project = Project::empty();
    project
        .tool(&["snapshot", "--run", "(: < /dev/tty) 2>/dev/null && exit 3; read -r line && exit 4; exit 7"])
        .expect(2, &["exit status: 7"]);
}

#[test]
fn who_ignores_a_signal_is_not_ended_by_it() {
    let project = Project::empty();
    let program = env!("CARGO_BIN_EXE_cargo-schemacheck");
    // As `nohup` does.
    let line = "kill -HUP $PPID; sleep 1; psql -q -X -c 'create table t ()'";
    let status = Command::new("sh")
        .args(["-c", "trap '' HUP; \"$0\" snapshot --run \"$1\"; exit $?", program, line])
        .current_dir(project.path())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn a_killed_run_loses_its_server_and_the_next_start_sweeps() {
    let project = Project::empty();
    let mut running = Running::start(&project, LINE);
    send("KILL", running.child.id());
    assert_eq!(shown(running.child.wait().unwrap()), 137);
    within("the server is still there", || (!is_running(running.server)).then_some(()));
    project.tool(&["snapshot", "--run", "psql -q -X -c 'create table t ()'"]).expect(0, &[]);
    within("the directory is still there", || (!running.directory.exists()).then_some(()));
    // The rest of the command has nothing to work on any more; nobody is left to end it.
    for pid in running.pids.iter().filter(|pid| is_running(**pid)) {
        send("KILL", *pid);
    }
}
