//! Directories of this process: made under a name that tells their owner, removed at the end of the process.
//!
//! The owner keeps a file in the directory locked: the system takes the lock away with the process, however that ends,
//! and so tells [`sweep`](crate::sweep) what is left behind.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::Error;
use crate::error::Kind;
use crate::group;
use crate::sweep::{release_shared_memory, start_time};
use crate::sys::{self, Signal};

/// What each directory's name begins with; then the owner's process id, its start time, and a number.
pub(crate) const PREFIX: &str = "schemacheck-";
/// The file that the owner keeps locked.
pub(crate) const OWNER: &str = "owner";
/// What a data directory needs, with room for tests, in bytes.
const ROOM: u64 = 1 << 30;
/// The longest path of a Unix socket, in bytes (`sun_path` less its end).
const SOCKET_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// How long a server may take to end. PostgreSQL itself kills what has not ended 5 seconds after an immediate shutdown.
pub(crate) const PATIENCE: Duration = Duration::from_secs(7);

/// A directory of this process, which no sweep touches as long as it is open. Dropping the value removes it.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    /// Holds the lock.
    _owner: File,
}

impl Directory {
    /// Makes one in memory if there is room, where a test database takes a tenth of the time, else where temporary
    /// files go.
    pub(crate) fn create() -> Result<Self, Error> {
        let mut parents = parents();
        parents.retain(|parent| {
            *parent == std::env::temp_dir() || sys::free_bytes(parent).is_some_and(|free| free >= ROOM)
        });
        Self::create_in(&parents)
    }

    /// Makes one in the first of these that takes it.
    pub(crate) fn create_in(parents: &[PathBuf]) -> Result<Self, Error> {
        let mut last = Kind::NoPlace.into();
        for parent in parents {
            match Self::create_below(parent) {
                Ok(directory) => return Ok(directory),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn create_below(parent: &Path) -> Result<Self, Error> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let parent = std::path::absolute(parent).map_err(|cause| Error::io("find", parent, cause))?;
        let pid = std::process::id();
        let start = start_time(pid).unwrap_or(0);
        let path = loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{PREFIX}{pid}-{start}-{number}"));
            if path.join(".s.PGSQL.65535").as_os_str().len() > SOCKET_PATH {
                return Err(Kind::SocketPath { directory: path, limit: SOCKET_PATH }.into());
            }
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => break path,
                // Of an earlier process with our id, where the system does not tell start times.
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
                Err(cause) => return Err(Error::io("create", &path, cause)),
            }
        };
        // From here on the end of the process removes it.
        if let Err(error) = register(&path) {
            let _ = std::fs::remove_dir(&path);
            return Err(error);
        }
        match lock_owner(&path) {
            Ok(owner) => Ok(Self { path, _owner: owner }),
            Err(cause) => {
                let _ = remove(&path);
                forget(&path);
                Err(Error::io("lock a file in", &path, cause))
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Starts the server of this directory, which the end of the process stops before it removes the directory.
    pub(crate) fn start<T>(
        &self,
        spawn: impl FnOnce() -> Result<T, Error>,
        id: impl Fn(&T) -> u32,
    ) -> Result<T, Error> {
        // With the list in hand: what is started while the process ends would be left.
        let mut left = left();
        if left.is_over {
            return Err(Kind::Over.into());
        }
        let server = spawn()?;
        let entry = left.directories.iter_mut().find(|left| left.path == self.path);
        entry.into_iter().for_each(|entry| entry.server = Some(id(&server)));
        Ok(server)
    }

    /// There is no server any more.
    pub(crate) fn is_idle(&self) {
        let mut left = left();
        let entry = left.directories.iter_mut().find(|left| left.path == self.path);
        entry.into_iter().for_each(|entry| entry.server = None);
    }

    /// Removes the directory and all in it, and says what went wrong.
    pub(crate) fn remove(self) -> Result<(), Error> {
        remove(&self.path).map_err(|cause| Error::io("remove", &self.path, cause))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be removed now is left to the next sweep.
        let _ = remove(&self.path);
        forget(&self.path);
    }
}

/// Where directories are made and swept, the preferred place first.
pub(crate) fn parents() -> Vec<PathBuf> {
    let mut parents = vec![std::env::temp_dir()];
    if cfg!(target_os = "linux") {
        parents.insert(0, "/dev/shm".into());
    }
    parents
}

/// Makes the owner's file. It gets its name only when it is locked, so that nobody ever sees it otherwise.
fn lock_owner(directory: &Path) -> io::Result<File> {
    let draft = directory.join("owner.new");
    let file = File::create_new(&draft)?;
    // A file system without locks: the name of the directory has to do.
    let _ = sys::lock(&file);
    std::fs::rename(draft, directory.join(OWNER))?;
    Ok(file)
}

/// Removes a directory; that it is gone already is fine. The owner's file goes last, so that what an interruption
/// leaves is still known as ours. Links in it are removed, not followed.
pub(crate) fn remove(directory: &Path) -> io::Result<()> {
    release_shared_memory(&directory.join("data"));
    for path in [directory.join("data"), directory.to_owned()] {
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A directory, and perhaps a server, to end with the process: statics are never dropped.
struct Left {
    path: PathBuf,
    /// Who made it. A process forked off this one without exec has the list too, but none of it is its own.
    owner: u32,
    server: Option<u32>,
}

/// All that is to end with the process.
struct Leavings {
    directories: Vec<Left>,
    /// Groups of processes, by the first of each, and who started them.
    groups: Vec<(u32, u32)>,
    /// The process is ending: there is nobody any more to end what would be started now.
    is_over: bool,
}

static LEFT: Mutex<Leavings> =
    Mutex::new(Leavings { directories: Vec::new(), groups: Vec::new(), is_over: false });

fn left() -> MutexGuard<'static, Leavings> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| sys::at_exit(at_exit));
}

fn register(path: &Path) -> Result<(), Error> {
    hook();
    let mut left = left();
    if left.is_over {
        return Err(Kind::Over.into());
    }
    left.directories.push(Left { path: path.to_owned(), owner: std::process::id(), server: None });
    Ok(())
}

fn forget(path: &Path) {
    left().directories.retain(|left| left.path != path);
}

/// Starts a group of processes that the end of this process ends.
pub(crate) fn start_group(spawn: impl FnOnce() -> io::Result<Child>) -> io::Result<Child> {
    hook();
    let mut left = left();
    if left.is_over {
        return Err(io::Error::other(Error::from(Kind::Over)));
    }
    let child = spawn()?;
    left.groups.push((child.id(), std::process::id()));
    Ok(child)
}

/// Has a group ended, and takes it off the list.
pub(crate) fn end_group<T>(leader: u32, end: impl FnOnce() -> T) -> T {
    let mut left = left();
    left.groups.retain(|(other, _)| *other != leader);
    end()
}

/// Ends all servers and commands of this process and removes their directories, as the normal end of the process does: for
/// a program that ends by a signal. None can be started afterwards.
pub fn end() {
    let own = std::process::id();
    let mut left = left();
    left.is_over = true;
    // With the list in hand all the while: who waits for one of these is not to wait for it as long as it is signalled.
    for (leader, owner) in std::mem::take(&mut left.groups) {
        if owner == own {
            group::end(leader);
        }
    }
    let directories = std::mem::take(&mut left.directories);
    drop(left);
    for Left { path, owner, server } in directories {
        if owner != own {
            continue;
        }
        // Nothing is worth saving, so the quickest end will do.
        for signal in [Signal::Immediate, Signal::Kill] {
            let begun = Instant::now();
            if let Some(pid) = server.filter(|pid| sys::is_running_child(*pid)) {
                sys::signal(pid, signal);
                while sys::is_running_child(pid) && begun.elapsed() < PATIENCE {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }
        let _ = remove(&path);
    }
}

extern "C" fn at_exit() {
    end();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::sweep_in;
    use crate::sweep::tests::Place;

    #[test]
    fn a_path_too_long_for_a_socket_is_an_error_that_names_the_remedy() {
        let place = Place::new("long");
        let long = place.0.join("x".repeat(SOCKET_PATH));
        std::fs::create_dir(&long).unwrap();
        let error = Directory::create_in(std::slice::from_ref(&long)).unwrap_err();
        assert!(error.to_string().contains("set TMPDIR to a shorter one"), "{error}");
        // The next place is tried then, and nothing is left in the first.
        let directory = Directory::create_in(&[long.clone(), place.0.clone()]).unwrap();
        assert!(directory.path().starts_with(&place.0) && !directory.path().starts_with(&long));
        assert_eq!(std::fs::read_dir(&long).unwrap().count(), 0);
    }

    #[test]
    fn directories_of_many_threads_are_distinct_and_go_with_their_values() {
        let place = Place::new("threads");
        let make = || Directory::create_in(std::slice::from_ref(&place.0)).unwrap();
        let made: Vec<Directory> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        sweep_in(&place.0);
                        make()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        sweep_in(&place.0);
        assert_eq!(std::fs::read_dir(&place.0).unwrap().count(), made.len());
        drop(made);
        assert_eq!(std::fs::read_dir(&place.0).unwrap().count(), 0);
    }
}
