//! What dead owners left: their directories, and where it outlived them the server.
//!
//! Whether an owner lives is told by its lock. That also holds where process ids mislead, such as between containers
//! that share a directory. The process id and start time in the name are for people, and for file systems without
//! locks.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::cleanup::{OWNER, PATIENCE, PREFIX, parents, remove};
use crate::sys::{self, Signal};

/// How long a directory may stand without the owner's file before it counts as left behind.
const YOUTH: Duration = Duration::from_secs(60);

/// Removes what processes that were killed have left. Never fails: what cannot be removed now is left to the next.
pub(crate) fn sweep() {
    for parent in parents() {
        sweep_in(&parent);
    }
}

pub(crate) fn sweep_in(parent: &Path) {
    // The paths are compared with those that servers were started with.
    let Ok(parent) = std::path::absolute(parent) else { return };
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let Some(owner) = entry.file_name().to_str().and_then(Owner::from_name) else { continue };
        if !is_ours(&path) {
            continue;
        }
        if let Some(_claim) = claim(&path, &owner) {
            end_orphan(&path);
            let _ = remove(&path);
        }
    }
}

/// Whether a directory, and no link to one, was made by our user. As root that is not the user that it belongs to, for
/// it is given to the server's; the owner's file stays with the one that made it.
fn is_ours(directory: &Path) -> bool {
    let uid = sys::effective_uid();
    let Some(meta) = std::fs::symlink_metadata(directory).ok().filter(Metadata::is_dir) else { return false };
    match std::fs::symlink_metadata(directory.join(OWNER)) {
        Ok(file) => file.is_file() && file.uid() == uid && (meta.uid() == uid || uid == 0),
        // It died before it had one, so before it gave the directory away.
        Err(error) => error.kind() == io::ErrorKind::NotFound && meta.uid() == uid,
    }
}

/// The right to remove a directory, if its owner is dead. With the lock in it other sweeps keep off.
fn claim(directory: &Path, owner: &Owner) -> Option<Option<File>> {
    match File::open(directory.join(OWNER)) {
        Ok(file) => match sys::lock(&file) {
            Ok(true) => Some(Some(file)),
            Ok(false) => None,
            Err(_) => (!owner.is_alive()).then_some(None),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let age =
                std::fs::symlink_metadata(directory).and_then(|meta| meta.modified()).ok()?.elapsed().ok()?;
            (age > YOUTH && !owner.is_alive()).then_some(None)
        }
        Err(_) => None,
    }
}

/// The process that made a directory, as its name says.
#[derive(Debug)]
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
        sys::exists(self.pid) && start_time(self.pid).is_none_or(|start| start == self.start)
    }
}

/// When a process started, in clock ticks since the system did; nothing where the system does not say.
pub(crate) fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may hold anything; the start time is the 22nd.
    let after_name = stat.rsplit_once(')')?.1;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// Ends a server whose owner is gone, if the process that its lock file names is really that server.
fn end_orphan(directory: &Path) {
    let data = directory.join("data");
    let Some(LockFile { pid, .. }) = LockFile::read(&data) else { return };
    for signal in [Signal::Immediate, Signal::Kill] {
        let begun = Instant::now();
        if is_server_of(pid, &data) {
            sys::signal(pid, signal);
        }
        while is_server_of(pid, &data) && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Whether a process is the server of a data directory: run by the user that the directory belongs to, with it as an
/// argument. The id alone may be another process's by now.
#[cfg(target_os = "linux")]
fn is_server_of(pid: u32, data: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    let uid = |path: &Path| std::fs::symlink_metadata(path).map(|meta| meta.uid()).ok();
    let process = PathBuf::from(format!("/proc/{pid}"));
    let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
    let mut arguments = command.split(|byte| *byte == 0);
    arguments.next().is_some_and(|program| program.ends_with(b"/postgres"))
        && arguments.any(|argument| argument == data.as_os_str().as_bytes())
        && uid(&process).is_some_and(|user| Some(user) == uid(data))
}

/// The same by `ps`, which every Unix has: its words cannot be told apart, but the path is nobody else's.
#[cfg(not(target_os = "linux"))]
fn is_server_of(pid: u32, data: &Path) -> bool {
    let output =
        std::process::Command::new("ps").args(["-ww", "-o", "args=", "-p", &pid.to_string()]).output();
    let arguments =
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    arguments.contains("postgres -D ") && data.to_str().is_some_and(|data| arguments.contains(data))
}

/// Removes the small segment of System V shared memory of a server that was killed itself: only the server could have,
/// or the next one on the same data directory, which there will not be.
pub(crate) fn release_shared_memory(data: &Path) {
    let Some(lock) = LockFile::read(data) else { return };
    let Some(uid) = std::fs::symlink_metadata(data).map(|meta| meta.uid()).ok() else { return };
    if let Some(segment) = lock.segment.filter(|_| !is_server_of(lock.pid, data)) {
        sys::remove_segment(segment, lock.pid, uid);
    }
}

/// `postmaster.pid`, which a server that ends in any orderly way removes.
struct LockFile {
    pid: u32,
    /// The id of its shared memory, which it has soon after its start.
    segment: Option<i32>,
}

impl LockFile {
    /// Reads it. Line 1 is the process id, line 7 key and id of the shared memory (`miscadmin.h`, 10 to 18).
    fn read(data: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        let segment = lines.nth(5).and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        Some(Self { pid, segment })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cleanup::Directory;

    /// A place of a test's own, removed with the value.
    pub(crate) struct Place(pub(crate) PathBuf);

    impl Place {
        pub(crate) fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("scratch-unit-{}-{name}", std::process::id()));
            std::fs::create_dir(&path).unwrap();
            Self(path)
        }

        /// A directory in it as a process leaves it that could not clean up.
        fn leave(&self, pid: u32, start: u64) -> PathBuf {
            let path = self.0.join(format!("{PREFIX}{pid}-{start}-0"));
            std::fs::create_dir_all(path.join("data")).unwrap();
            std::fs::write(path.join(OWNER), "").unwrap();
            path
        }

        /// Sets when a directory was last changed to an hour ago.
        fn age(path: &Path) {
            File::open(path)
                .unwrap()
                .set_modified(std::time::SystemTime::now() - Duration::from_secs(3600))
                .unwrap();
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    /// No system gives out so high an id.
    const NOBODY: u32 = 0x7fff_fff0;

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
        assert!(!Owner { pid: NOBODY, start }.is_alive());
    }

    #[test]
    fn a_sweep_takes_what_the_dead_left_and_nothing_else() {
        let place = Place::new("sweep");
        let dead = place.leave(NOBODY, 1);
        let recycled = place.leave(std::process::id(), 1);
        let other = place.0.join("schemacheck-notes");
        std::fs::create_dir(&other).unwrap();
        let file = place.0.join(format!("{PREFIX}{NOBODY}-2-0"));
        std::fs::write(&file, "a file, not a directory").unwrap();
        let alive = Directory::create_in(std::slice::from_ref(&place.0)).unwrap();
        sweep_in(&place.0);
        assert!(!dead.exists() && !recycled.exists());
        assert!(other.exists() && file.exists() && alive.path().exists());
    }

    #[test]
    fn a_lock_counts_for_more_than_a_process_id() {
        // As another container sees it: the owner lives, and no process here has its id.
        let place = Place::new("lock");
        let directory = place.leave(NOBODY, 1);
        let owner = File::open(directory.join(OWNER)).unwrap();
        assert!(sys::lock(&owner).unwrap());
        sweep_in(&place.0);
        assert!(directory.exists());
        drop(owner);
        sweep_in(&place.0);
        assert!(!directory.exists());
    }

    #[test]
    fn a_directory_without_the_file_of_its_owner_is_swept_when_it_is_old() {
        let place = Place::new("young");
        let directory = place.leave(NOBODY, 1);
        std::fs::remove_file(directory.join(OWNER)).unwrap();
        sweep_in(&place.0);
        assert!(directory.exists(), "its owner may be about to lock it");
        Place::age(&directory);
        sweep_in(&place.0);
        assert!(!directory.exists());
    }

    #[test]
    fn a_sweep_follows_no_link() {
        let place = Place::new("link");
        let precious = place.leave(NOBODY, 1);
        let renamed = place.0.join("precious");
        std::fs::rename(precious, &renamed).unwrap();
        let link = place.0.join(format!("{PREFIX}{NOBODY}-1-0"));
        std::os::unix::fs::symlink(&renamed, &link).unwrap();
        // And a link inside a directory that is swept.
        let dead = place.leave(NOBODY, 2);
        std::os::unix::fs::symlink(&renamed, dead.join("data").join("pg_tblspc")).unwrap();
        sweep_in(&place.0);
        assert!(!dead.exists());
        assert!(link.symlink_metadata().is_ok() && renamed.join("data").exists());
    }

    #[test]
    fn a_stale_lock_file_ends_no_other_process() {
        // The id in the lock file is this process's by now.
        let place = Place::new("stale");
        let directory = place.leave(NOBODY, 1);
        let lock = format!("{}\n{}\n", std::process::id(), directory.join("data").display());
        std::fs::write(directory.join("data").join("postmaster.pid"), lock).unwrap();
        sweep_in(&place.0);
        assert!(!directory.exists());
    }
}
