//! The server's processes: under whose name they run, how they end with us.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

use crate::Error;
use crate::cleanup::PATIENCE;
use crate::error::{Kind, LastWords};
use crate::group::Group;
use crate::sys::{self, Signal};

/// The user that the server runs as: `initdb` and `postgres` refuse root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    /// Another user than ours: uid and gid.
    other: Option<(u32, u32)>,
}

impl Account {
    /// Ourselves; as root `postgres`, else `nobody`.
    pub(crate) fn current() -> Result<Self, Error> {
        if sys::effective_uid() != 0 {
            return Ok(Self { other: None });
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let other = ["postgres", "nobody"].iter().find_map(|name| look_up(&users, name));
        other.map(|ids| Self { other: Some(ids) }).ok_or_else(|| Kind::NoAccount.into())
    }

    /// Gives a file or directory to the user, readable by nobody else.
    pub(crate) fn give(self, path: &Path) -> Result<(), Error> {
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, Permissions::from_mode(mode))
            .and_then(|()| match self.other {
                Some((uid, gid)) => std::os::unix::fs::chown(path, Some(uid), Some(gid)),
                None => Ok(()),
            })
            .map_err(|cause| Error::io("give away", path, cause))
    }

    /// A command that runs as the user, without our `PG*` variables. As root std drops the supplementary groups too.
    fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        // What tests and errors quote is not to depend on the machine's language or time zone.
        command.env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null()).current_dir("/");
        if let Some((uid, gid)) = self.other {
            command.gid(gid).uid(uid);
        }
        command
    }

    /// Why a program could not be run.
    fn not_run(self, program: &Path, cause: io::Error) -> Error {
        if self.other.is_some() && cause.kind() == io::ErrorKind::PermissionDenied {
            return Error::because(Kind::NotReadable { program: program.to_owned() }, cause);
        }
        Error::io("run", program, cause)
    }
}

/// A user's uid and gid, from the user database's text form.
fn look_up(users: &str, name: &str) -> Option<(u32, u32)> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        Some((uid, fields.next()?.parse().ok()?))
    })
}

/// Makes a cluster in `data`, with `user` as superuser. What it says against it goes into the log.
pub(crate) fn initdb(
    bin_dir: &Path,
    account: Account,
    data: &Path,
    user: &str,
    log: &File,
    words: impl FnOnce() -> LastWords,
) -> Result<(), Error> {
    let program = bin_dir.join("initdb");
    let mut command = account.command(&program);
    command.arg("--pgdata").arg(data).args([
        "--username",
        user,
        "--encoding",
        "UTF8",
        "--locale",
        "C",
        "--no-sync",
    ]);
    // Who may connect is said in a file of our own; these are only named so that `initdb` does not warn.
    command.args(["--auth-local", "trust", "--auth-host", "trust"]);
    // It starts servers of its own, which are to end with it.
    command.process_group(0).stdout(Stdio::null());
    // This thread waits for it, so it lasts as long.
    sys::end_with_us(&mut command, Signal::Terminate);
    let ended = log.try_clone().and_then(|log| Group::spawn(command.stderr(log))?.wait());
    let status = ended.map_err(|cause| account.not_run(&program, cause))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::because(Kind::Initdb { program, status }, words()))
}

/// Runs a command to its end, in a session of its own: it has no terminal, and what it leaves running is ended. So is all
/// of it when this process ends; if that is killed, on Linux at least the command's first process.
///
/// # Errors
///
/// If it cannot be started.
pub fn run(command: &mut Command) -> io::Result<ExitStatus> {
    sys::in_own_session(command);
    // This thread waits for it, so it lasts as long.
    sys::end_with_us(command, Signal::Terminate);
    Group::spawn(command)?.wait()
}

/// The server's first process. Dropping the value stops it.
#[derive(Debug)]
pub(crate) struct Postmaster {
    child: Child,
}

impl Postmaster {
    /// Starts the server with these arguments; it ends when this process does, however that ends.
    pub(crate) fn spawn(
        bin_dir: &Path,
        account: Account,
        arguments: &[std::ffi::OsString],
        log: &File,
    ) -> Result<Self, Error> {
        let program = bin_dir.join("postgres");
        let mut command = account.command(&program);
        let spawned = log.try_clone().and_then(|errors| {
            command.args(arguments).stdout(log.try_clone()?).stderr(errors);
            // Not the immediate shutdown: before the server has its handlers, that signal would dump core.
            sys::end_with_us(&mut command, Signal::Fast);
            on_lasting_thread(move || command.spawn())
        });
        Ok(Self { child: spawned.map_err(|cause| account.not_run(&program, cause))? })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// A fast shutdown, then harder ones. Nothing is sent once it has ended: the id may be another's by then.
    pub(crate) fn stop(&mut self) -> Result<(), Error> {
        for signal in [Signal::Fast, Signal::Immediate, Signal::Kill] {
            if self.has_ended() {
                return Ok(());
            }
            sys::signal(self.child.id(), signal);
            let begun = Instant::now();
            while begun.elapsed() < PATIENCE {
                if self.has_ended() {
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        Err(Kind::Lasting { pid: self.child.id() }.into())
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        // A process that not even a kill ends is the system's.
        let _ = self.stop();
    }
}

/// Runs `work` on a thread that lasts as long as the process: the death signal comes when the thread that spawned the
/// child ends, not when the process does.
fn on_lasting_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    type Work = Box<dyn FnOnce() + Send>;
    // Never dropped, so the thread never runs out of work to wait for.
    static THREAD: OnceCell<mpsc::Sender<Work>> = OnceCell::new();
    let thread = THREAD.get_or_try_init(|| {
        let (sender, receiver) = mpsc::channel::<Work>();
        let serve = move || receiver.iter().for_each(|work| work());
        std::thread::Builder::new().name("schemacheck-scratch".into()).spawn(serve)?;
        Ok::<_, io::Error>(sender)
    })?;
    let (sender, receiver) = mpsc::sync_channel(1);
    let ended = |()| io::Error::other("the thread that spawns servers has ended");
    // Nobody is left to tell if the receiver is gone.
    thread.send(Box::new(move || _ = sender.send(work()))).map_err(|_| ended(()))?;
    receiver.recv().map_err(|_| ended(()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users = "root:x:0:0::/root:/bin/sh\npostgresql:x:1:2::/:\npostgres:x:101:104:admin,,,:/:/bin/sh\nbroken\n";
        assert_eq!(look_up(users, "postgres"), Some((101, 104)));
        assert_eq!(look_up(users, "postgre"), None);
        assert_eq!(look_up(users, "broken"), None);
    }

    #[test]
    fn a_child_outlives_the_thread_that_asked_for_it() {
        let mut child = std::thread::spawn(|| {
            let mut command = Command::new("sleep");
            command.arg("60");
            sys::end_with_us(&mut command, Signal::Kill);
            on_lasting_thread(move || command.spawn()).unwrap()
        })
        .join()
        .unwrap();
        std::thread::sleep(Duration::from_millis(100));
        assert!(child.try_wait().unwrap().is_none(), "the death signal came with the end of a thread");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
