//! The calls that std does not have, each behind a safe function. The crate's only unsafe code.
#![allow(
    unsafe_code,
    reason = "std has no prctl, setsid, flock (before 1.89), statvfs, kill, killpg, waitpid, waitid, shmctl or atexit"
)]

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

/// A signal to a server, by what it means there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Fast shutdown: connections are ended, nothing is left behind.
    Fast,
    /// Immediate shutdown: as after a crash.
    Immediate,
    /// To other programs: end, and clean up.
    Terminate,
    Kill,
}

impl Signal {
    fn number(self) -> libc::c_int {
        match self {
            Self::Fast => libc::SIGINT,
            Self::Immediate => libc::SIGQUIT,
            Self::Terminate => libc::SIGTERM,
            Self::Kill => libc::SIGKILL,
        }
    }
}

/// A process id as the system takes it. Never 0 or 1: to `kill` the former means a whole group, and the latter, init,
/// is nobody's server.
fn single(pid: u32) -> Option<libc::pid_t> {
    libc::pid_t::try_from(pid).ok().filter(|pid| *pid > 1)
}

/// Sends a signal to a process that is known to be the one that is meant.
pub(crate) fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = single(pid) {
        // SAFETY: kill has no memory preconditions; a process that is gone is an error that changes nothing.
        unsafe { libc::kill(pid, signal.number()) };
    }
}

/// Sends a signal to all processes of a group, which is known to be the one that is meant.
pub(crate) fn signal_group(leader: u32, signal: Signal) {
    if let Some(leader) = single(leader) {
        // SAFETY: killpg has no memory preconditions; a group that is gone is an error that changes nothing.
        unsafe { libc::killpg(leader, signal.number()) };
    }
}

/// Whether a process of a group still runs. One that has ended counts no more, also if nobody has waited for it.
#[cfg(target_os = "linux")]
pub(crate) fn has_members(leader: u32) -> bool {
    let is_member = |stat: &str| -> Option<bool> {
        // The second field is the name in parentheses, which may hold anything; then state, parent and group.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let is_over = matches!(fields.next()?, "Z" | "X");
        Some(!is_over && fields.nth(1)?.parse() == Ok(leader))
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbered = processes.filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit());
    let mut stats = numbered.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    stats.any(|stat| is_member(&stat) == Some(true))
}

/// The same by `ps`, which every Unix has.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_members(leader: u32) -> bool {
    let output = Command::new("ps").args(["-axo", "pgid=,stat="]).output();
    let table = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    table.lines().any(|line| {
        let mut fields = line.split_whitespace();
        fields.next() == Some(leader.to_string().as_str())
            && fields.next().is_some_and(|state| !state.starts_with('Z'))
    })
}

/// Waits until a child of ours has ended, and leaves it to be waited for again: until then its id is nobody else's.
pub(crate) fn wait_unreaped(pid: u32) -> io::Result<()> {
    loop {
        // SAFETY: all-zero bytes are a valid siginfo_t, which is plain numbers and pointers.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: `info` is writable. A process that is no child of ours is an error that changes nothing.
        let waited = unsafe { libc::waitid(libc::P_PID, pid, &raw mut info, libc::WEXITED | libc::WNOWAIT) };
        if waited == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Whether a process has this id.
pub(crate) fn exists(pid: u32) -> bool {
    let Ok(pid) = libc::pid_t::try_from(pid) else { return false };
    // SAFETY: signal 0 is never delivered; it only asks.
    let answer = unsafe { libc::kill(pid, 0) };
    pid > 0 && (answer == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EPERM))
}

/// Whether a process is a child of ours that still runs. One that has ended is reaped.
pub(crate) fn is_running_child(pid: u32) -> bool {
    let Some(pid) = single(pid) else { return false };
    let mut status = 0;
    // SAFETY: `status` is writable. A process that is no child of ours, or no more, is an error that changes nothing.
    unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) == 0 }
}

/// Removes a segment of System V shared memory, if this process made it and it belongs to this user. What is attached
/// to it keeps it until it ends.
pub(crate) fn remove_segment(id: i32, creator: u32, uid: u32) {
    // SAFETY: all-zero bytes are a valid shmid_ds, which is plain numbers and pointers.
    let mut segment: libc::shmid_ds = unsafe { std::mem::zeroed() };
    // SAFETY: `segment` is writable. An id that is none is an error that changes nothing.
    let known = unsafe { libc::shmctl(id, libc::IPC_STAT, &raw mut segment) } == 0;
    if known && u32::try_from(segment.shm_cpid) == Ok(creator) && segment.shm_perm.uid == uid {
        // SAFETY: IPC_RMID reads and writes no memory of ours.
        unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
    }
}

/// The user that we act as.
pub(crate) fn effective_uid() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// How many bytes an ordinary user can still write where `path` is.
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    let path = CString::new(path.as_os_str().as_bytes()).ok()?;
    // SAFETY: all-zero bytes are a valid statvfs, which is plain numbers.
    let mut stats: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path is a C string that lives through the call, and `stats` is writable.
    if unsafe { libc::statvfs(path.as_ptr(), &raw mut stats) } != 0 {
        return None;
    }
    #[allow(clippy::useless_conversion, reason = "the fields' widths differ between systems")]
    Some(u64::from(stats.f_bavail).saturating_mul(u64::from(stats.f_frsize)))
}

/// Locks an open file for as long as it stays open; false if another holds the lock.
pub(crate) fn lock(file: &File) -> io::Result<bool> {
    // SAFETY: flock has no memory preconditions, and the descriptor is open.
    if unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) } == 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    if error.kind() == io::ErrorKind::WouldBlock { Ok(false) } else { Err(error) }
}

/// Has a function called at the normal end of the process, `process::exit` included.
pub(crate) fn at_exit(hook: extern "C" fn()) {
    // SAFETY: the function is of the type that atexit takes. Failure (no memory) leaves the work to the next sweep.
    unsafe { libc::atexit(hook) };
}

/// Has the child get a signal when the thread that spawns it ends, so at the latest with this process.
#[cfg(target_os = "linux")]
pub(crate) fn end_with_us(command: &mut Command, signal: Signal) {
    use std::os::unix::process::CommandExt;

    let parent = std::process::id();
    let number = signal.number();
    // SAFETY: between fork and exec only prctl and getppid are called, both async-signal-safe, and nothing is
    // allocated. std runs the closure after it has changed the user, which would clear the death signal.
    unsafe {
        command.pre_exec(move || {
            if libc::prctl(libc::PR_SET_PDEATHSIG, number) != 0 {
                return Err(io::Error::last_os_error());
            }
            // The parent may have ended before the signal was set.
            if u32::try_from(libc::getppid()) != Ok(parent) {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
            Ok(())
        });
    }
}

/// Has the child lead a session of its own: a process group that the terminal's keys do not reach, and no terminal that it
/// could ask, or that could stop it for asking.
pub(crate) fn in_own_session(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    // SAFETY: between fork and exec only setsid is called, which is async-signal-safe, and nothing is allocated.
    unsafe {
        command.pre_exec(|| match libc::setsid() {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        });
    }
}

/// Elsewhere nothing tells a child of its parent's death: the hook at the end of the process and the next sweep do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_with_us(_: &mut Command, _: Signal) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_and_init_are_never_signalled() {
        assert_eq!([0, 1, 2, u32::MAX].map(single), [None, None, Some(2), None]);
        assert!(exists(std::process::id()) && !exists(0) && !exists(u32::MAX));
    }

    #[test]
    fn an_ended_child_is_not_running_and_is_reaped() {
        let mut child = Command::new("sh").args(["-c", "exit 0"]).spawn().unwrap();
        while is_running_child(child.id()) {
            std::thread::yield_now();
        }
        // Reaped above: there is nothing left to wait for.
        assert!(child.wait().is_err());
    }
}
