//! Directories: made under a name that tells their owner, removed at the end of the process, swept when the owner died.
#![allow(unsafe_code, reason = "std has no atexit and no statvfs")]

use std::ffi::CString;
use std::fs::DirBuilder;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use crate::Error;
use crate::process::{is_ours, signal_process};

/// What each directory's name begins with; then the owner's process id, its start time, and a number.
const PREFIX: &str = "schemacheck-";
/// What a data directory needs, with room for tests, in bytes.
const ROOM: u64 = 1 << 30;
/// The longest path of a Unix socket, in bytes (`sun_path` less its end).
const SOCKET_PATH: usize = 107;

/// Where directories are made: in memory if there is room, where a test database takes a tenth of the time.
fn parents() -> Vec<PathBuf> {
    let memory = PathBuf::from("/dev/shm");
    let mut parents = Vec::new();
    if cfg!(target_os = "linux") && free_bytes(&memory).is_some_and(|free| free >= ROOM) {
        parents.push(memory);
    }
    parents.push(std::env::temp_dir());
    parents
}

fn free_bytes(path: &Path) -> Option<u64> {
    let path = CString::new(path.as_os_str().as_bytes()).ok()?;
    // SAFETY: all-zero bytes are a valid statvfs, which is plain numbers.
    let mut stats: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path is a C string that lives through the call, and `stats` is writable.
    if unsafe { libc::statvfs(path.as_ptr(), &raw mut stats) } != 0 {
        return None;
    }
    // The fields' widths differ between systems.
    #[allow(clippy::useless_conversion, reason = "not useless on every system")]
    Some(u64::from(stats.f_bavail).saturating_mul(u64::from(stats.f_frsize)))
}

/// Makes a directory of our own.
pub(crate) fn create_directory() -> Result<PathBuf, Error> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let pid = std::process::id();
    let start = start_time(pid).unwrap_or(0);
    let mut last = None;
    for parent in parents() {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = parent.join(format!("{PREFIX}{pid}-{start}-{number}"));
        let socket = directory.join(".s.PGSQL.65535.lock").as_os_str().len();
        if socket > SOCKET_PATH {
            last = Some(Error::new(format!(
                "the path of a socket in `{}` would be longer than {SOCKET_PATH} bytes; set TMPDIR to a shorter one",
                directory.display()
            )));
            continue;
        }
        match DirBuilder::new().mode(0o700).create(&directory) {
            Ok(()) => return Ok(directory),
            Err(cause) => last = Some(Error::io("create", &directory, cause)),
        }
    }
    Err(last.unwrap_or_else(|| Error::new("there is no place for a scratch server")))
}

/// Removes a directory and all in it; that it is gone already is fine.
pub(crate) fn remove_directory(directory: &Path) -> Result<(), Error> {
    forget(directory);
    match std::fs::remove_dir_all(directory) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", directory, cause))
        }
        _ => Ok(()),
    }
}

/// Removes what processes that were killed have left. Never fails: what cannot be removed now is left to the next.
pub(crate) fn sweep() {
    for parent in ["/dev/shm".into(), std::env::temp_dir()] {
        let Ok(entries) = std::fs::read_dir(&parent) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Some(owner) = path.file_name().and_then(|name| name.to_str()).and_then(Owner::from_name)
            else {
                continue;
            };
            // A link, or a directory of somebody else, is none of ours, whatever its name.
            let ours = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir() && is_ours(&meta));
            if ours && !owner.is_alive() {
                end_orphan(&path);
                let _ = std::fs::remove_dir_all(&path);
            }
        }
    }
}

/// The process that made a directory.
struct Owner {
    pid: u32,
    start: u64,
}

impl Owner {
    fn from_name(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(PREFIX)?.split('-');
        let owner = Self { pid: parts.next()?.parse().ok()?, start: parts.next()?.parse().ok()? };
        parts.next()?.parse::<u32>().ok()?;
        parts.next().is_none().then_some(owner)
    }

    /// Whether the process lives, and is the same and not a later one with its number.
    fn is_alive(&self) -> bool {
        let Ok(pid) = libc::pid_t::try_from(self.pid) else {
            return false;
        };
        // SAFETY: signal 0 is never delivered; it only asks.
        let there = unsafe { libc::kill(pid, 0) } == 0
            || std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM);
        there && start_time(self.pid).is_none_or(|start| start == self.start)
    }
}

/// When a process started, in clock ticks since the system did; nothing where the system does not say.
fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may hold anything; the start time is the 22nd.
    let after_name = stat.rsplit_once(')')?.1;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// Ends a server whose owner is gone, if the process that its lock file names is really that server.
fn end_orphan(directory: &Path) {
    let data = directory.join("data");
    let Ok(lock) = std::fs::read_to_string(data.join("postmaster.pid")) else {
        return;
    };
    let mut lines = lock.lines();
    let (Some(pid), Some(locked)) = (lines.next().and_then(|line| line.trim().parse().ok()), lines.next())
    else {
        return;
    };
    let command = std::fs::read(format!("/proc/{pid}/cmdline"));
    // Where there is no /proc the lock file's own word has to do: its second line is the data directory.
    let is_it = match command {
        Ok(command) => {
            command.windows(data.as_os_str().len()).any(|part| part == data.as_os_str().as_bytes())
        }
        Err(_) => !Path::new("/proc/self").exists() && Path::new(locked) == data,
    };
    if !is_it {
        return;
    }
    signal_process(pid, libc::SIGQUIT);
    for _ in 0..200 {
        if !data.join("postmaster.pid").exists() || start_time(pid).is_none() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Directories and servers to end with the process: statics are never dropped.
static LEFT: Mutex<Vec<(PathBuf, u32)>> = Mutex::new(Vec::new());

/// Ends a server and removes its directory at the normal end of the process, `process::exit` included.
pub(crate) fn at_exit(directory: &Path, pid: u32) {
    static HOOK: Once = Once::new();
    LEFT.lock().unwrap_or_else(PoisonError::into_inner).push((directory.to_owned(), pid));
    HOOK.call_once(|| {
        // SAFETY: the function is of the type that atexit takes, and does not unwind.
        unsafe { libc::atexit(end_all) };
    });
}

fn forget(directory: &Path) {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known != directory);
}

extern "C" fn end_all() {
    let Ok(left) = LEFT.try_lock() else { return };
    for (directory, pid) in left.iter() {
        // Nothing is worth saving, so the quickest end will do.
        signal_process(*pid, libc::SIGQUIT);
        let pid = libc::pid_t::try_from(*pid).unwrap_or(0);
        for _ in 0..1000 {
            let mut status = 0;
            // SAFETY: the child is ours and not yet waited for, or waitpid says that it is gone.
            if unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) } != 0 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let _ = std::fs::remove_dir_all(directory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_ours_have_owners() {
        assert!(Owner::from_name("schemacheck-12-345-0").is_some());
        for name in [
            "schemacheck-",
            "schemacheck-12",
            "schemacheck-12-345-0-x",
            "schemacheck-a-1-0",
            "other-12-345-0",
        ] {
            assert!(Owner::from_name(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_recycled_process_id_is_not_the_owner() {
        let pid = std::process::id();
        let start = start_time(pid).unwrap_or(0);
        assert!(Owner { pid, start }.is_alive());
        if start > 0 {
            assert!(!Owner { pid, start: start + 1 }.is_alive());
        }
        assert!(!Owner { pid: 0x7fff_fff0, start }.is_alive());
    }
}
