//! However the owner ends, nothing is left: each case runs this test binary again as the owner.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use schemacheck_scratch::Server;

/// How the owner is to end, for the run of this binary that is the owner.
const ENDING: &str = "SCHEMACHECK_TEST_ENDING";

/// Not a case of its own: what the owner does. Without the variable there is nothing to do.
#[test]
fn owner() {
    let Ok(ending) = std::env::var(ENDING) else {
        return;
    };
    let server = Server::shared().unwrap();
    println!("owner {} {}", server.pid().unwrap(), server.socket_dir().display());
    match ending.as_str() {
        "return" => {}
        "exit" => std::process::exit(0),
        "panic" => panic!("as asked"),
        "abort" => std::process::abort(),
        "wait" => std::thread::sleep(Duration::from_secs(120)),
        other => panic!("unknown ending {other}"),
    }
}

/// Starts an owner and reads which server it has.
fn start(ending: &str, program: &Path, user: Option<u32>) -> (Child, u32, PathBuf) {
    let mut command = Command::new(program);
    command
        .args(["owner", "--exact", "--nocapture"])
        .env(ENDING, ending)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(uid) = user {
        command.uid(uid).gid(uid).current_dir("/").env("HOME", "/nonexistent");
    }
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line =
        lines.map(Result::unwrap).find(|line| line.contains("owner ")).expect("the owner started a server");
    let mut words = line.split_once("owner ").unwrap().1.split(' ');
    let pid = words.next().unwrap().parse().unwrap();
    (child, pid, PathBuf::from(words.next().unwrap()))
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

fn this_binary() -> PathBuf {
    std::env::current_exe().unwrap()
}

#[test]
fn a_normal_end_and_a_panic_leave_neither_process_nor_directory() {
    for ending in ["return", "exit", "panic"] {
        let (mut owner, pid, directory) = start(ending, &this_binary(), None);
        owner.wait().unwrap();
        within("the server", || !is_running(pid));
        within("the directory", || !directory.exists());
    }
}

#[test]
fn an_abort_ends_the_server_and_the_next_start_sweeps() {
    let (mut owner, pid, directory) = start("abort", &this_binary(), None);
    owner.wait().unwrap();
    within("the server", || !is_running(pid));
    Server::start().unwrap();
    assert!(!directory.exists());
}

#[test]
fn a_kill_ends_the_server_and_the_next_start_sweeps() {
    let (mut owner, pid, directory) = start("wait", &this_binary(), None);
    assert!(is_running(pid));
    // A start beside a living owner leaves its directory alone.
    Server::start().unwrap();
    assert!(directory.exists() && is_running(pid));
    owner.kill().unwrap();
    owner.wait().unwrap();
    within("the server", || !is_running(pid));
    Server::start().unwrap();
    assert!(!directory.exists());
}

#[test]
fn a_sweep_follows_no_link() {
    let precious = std::env::temp_dir().join(format!("precious-{}", std::process::id()));
    std::fs::create_dir_all(&precious).unwrap();
    let link = std::env::temp_dir().join(format!("schemacheck-{}-1-0", 0x7fff_fff0));
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(&precious, &link).unwrap();
    Server::start().unwrap();
    let left = (precious.exists(), link.symlink_metadata().is_ok());
    std::fs::remove_file(&link).unwrap();
    std::fs::remove_dir(&precious).unwrap();
    assert_eq!(left, (true, true));
}

#[test]
fn an_ordinary_user_and_root_can_both_start_one() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let uid = std::fs::metadata("/proc/self").unwrap().uid();
    if uid != 0 {
        eprintln!("not root here: every other test of this file is the ordinary user's");
        let (mut owner, pid, _) = start("return", &this_binary(), None);
        owner.wait().unwrap();
        within("the server", || !is_running(pid));
        return;
    }
    // The build directory may be closed to other users: run a copy.
    let folder = std::env::temp_dir().join(format!("endings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let copy = folder.join("endings");
    std::fs::copy(this_binary(), &copy).unwrap();
    const NOBODY: u32 = 65_534;
    let (mut owner, pid, directory) = start("wait", &copy, Some(NOBODY));
    assert_eq!(std::fs::metadata(&directory).unwrap().uid(), NOBODY);
    owner.kill().unwrap();
    owner.wait().unwrap();
    within("the server", || !is_running(pid));
    std::fs::remove_dir_all(&folder).unwrap();
    // Another user's leavings are not ours to remove; root's sweep takes only its own.
    let _ = std::fs::remove_dir_all(&directory);
}

#[test]
fn a_named_directory_without_a_server_is_an_error() {
    let output = Command::new(this_binary())
        .args(["owner", "--exact", "--nocapture"])
        .env(ENDING, "return")
        .env("SCHEMACHECK_PG_BINDIR", "/nonexistent")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("SCHEMACHECK_PG_BINDIR is `/nonexistent`"), "{text}");
}
