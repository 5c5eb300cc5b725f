//! The server's processes: under whose name they run, how they end with us.
//!
//! This file and [`cleanup`](crate::cleanup) hold the crate's unsafe code, each block explained.
#![allow(unsafe_code, reason = "std has no prctl, kill or user look-up")]

use std::fs::File;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::{Error, Options, cleanup};

/// The user that the server runs as: `initdb` and `postgres` refuse root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    /// Another user than ours: uid and gid.
    other: Option<(u32, u32)>,
}

impl Owner {
    /// Ourselves; as root `postgres`, else `nobody`.
    pub(crate) fn current() -> Result<Self, Error> {
        // SAFETY: geteuid has no preconditions and cannot fail.
        if unsafe { libc::geteuid() } != 0 {
            return Ok(Self { other: None });
        }
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| look_up(name))
            .map(|ids| Self { other: Some(ids) })
            .ok_or_else(|| {
                Error::new("a server cannot run as root, and there is neither a user `postgres` nor `nobody`")
            })
    }

    /// Gives a file or directory to the user, readable by nobody else.
    pub(crate) fn give(self, path: &Path) -> Result<(), Error> {
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
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
        // Messages that tests and errors quote are not to depend on the machine's language.
        command.env("LC_ALL", "C").stdin(Stdio::null()).current_dir("/");
        if let Some((uid, gid)) = self.other {
            command.gid(gid).uid(uid);
        }
        command
    }
}

/// A user's ids, from the user database's text form.
fn look_up(name: &str) -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        Some((uid, fields.next()?.parse().ok()?))
    })
}

/// Makes the cluster in `directory/data`.
pub(crate) fn initdb(bin_dir: &Path, directory: &Path, owner: &Owner, user: &str) -> Result<(), Error> {
    let program = bin_dir.join("initdb");
    let output = owner
        .command(&program)
        .arg("--pgdata")
        .arg(directory.join("data"))
        .args(["--username", user, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"])
        .output()
        .map_err(|cause| Error::io("run", &program, cause))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: String = text.lines().map(|line| format!("\n  {line}")).collect();
    let help = match text.contains("ermission denied") {
        true => "\nhelp: as root the server runs as another user, who has to be able to read the binaries",
        false => "",
    };
    Err(Error::new(format!("`{}` failed ({}){lines}{help}", program.display(), output.status)))
}

/// Writes who may connect, and the certificate.
pub(crate) fn configure(directory: &Path, owner: &Owner, options: &Options) -> Result<(), Error> {
    let write = |name: &str, text: &str| {
        let path = directory.join("data").join(name);
        std::fs::write(&path, text).map_err(|cause| Error::io("write", &path, cause))?;
        owner.give(&path)
    };
    let method = if options.password.is_some() { "scram-sha-256" } else { "trust" };
    write("pg_hba.conf", &format!("local all all trust\nhost all all 127.0.0.1/32 {method}\n"))?;
    if let Some((certificate, key)) = &options.tls {
        write("server.crt", certificate)?;
        write("server.key", key)?;
    }
    Ok(())
}

/// The server's first process.
#[derive(Debug)]
pub(crate) struct Postmaster {
    child: Child,
}

impl Postmaster {
    /// Starts the server; it ends when this process does, however that ends.
    pub(crate) fn spawn(
        bin_dir: &Path,
        directory: &Path,
        owner: &Owner,
        port: u16,
        options: &Options,
    ) -> Result<Self, Error> {
        let log = directory.join("log");
        let file = File::create(&log).map_err(|cause| Error::io("write", &log, cause))?;
        let both = file.try_clone().map_err(|cause| Error::io("write", &log, cause))?;
        let program = bin_dir.join("postgres");
        let mut command = owner.command(&program);
        command
            .arg("-D")
            .arg(directory.join("data"))
            .arg("-k")
            .arg(directory)
            .arg("-p")
            .arg(port.to_string());
        let mut set = |name: &str, value: &str| {
            command.arg("-c").arg(format!("{name}={value}"));
        };
        set("listen_addresses", if options.tcp { "127.0.0.1" } else { "" });
        set("unix_socket_permissions", "0700");
        // Nothing here outlives the process, so nothing has to reach a disk.
        for name in ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"] {
            set(name, "off");
        }
        // Segments as files in the data directory, so that they go with it.
        set("dynamic_shared_memory_type", "mmap");
        // Tests open many connections at once, and shut down while some are open.
        set("max_connections", "200");
        if options.tls.is_some() {
            set("ssl", "on");
        }
        for (name, value) in &options.settings {
            set(name, value);
        }
        command.stdout(file).stderr(both);
        end_with_us(&mut command);
        let child =
            on_lasting_thread(move || command.spawn()).map_err(|cause| Error::io("run", &program, cause))?;
        cleanup::at_exit(directory, child.id());
        Ok(Self { child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// A fast shutdown, then harder ones.
    pub(crate) fn stop(mut self) -> Result<(), Error> {
        for (signal, patience) in [(libc::SIGINT, 10), (libc::SIGQUIT, 5), (libc::SIGKILL, 5)] {
            signal_process(self.child.id(), signal);
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(patience) {
                match self.child.try_wait() {
                    Ok(None) => std::thread::sleep(Duration::from_millis(2)),
                    _ => return Ok(()),
                }
            }
        }
        Err(Error::new(format!("the scratch server (process {}) does not end", self.child.id())))
    }
}

/// Sends a signal to a process that is known to be the one that is meant.
pub(crate) fn signal_process(pid: u32, signal: libc::c_int) {
    let Ok(pid) = libc::pid_t::try_from(pid) else {
        return;
    };
    // SAFETY: kill has no memory preconditions; a process that is gone is an error that changes nothing.
    unsafe { libc::kill(pid, signal) };
}

/// Runs `spawn` on a thread that lasts as long as the process: the death signal fires when the thread that spawned
/// the child ends, not the process.
fn on_lasting_thread<T: Send + 'static>(
    spawn: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().name("schemacheck-scratch".into()).stack_size(64 * 1024).spawn(
        move || {
            let _ = sender.send(spawn());
            loop {
                std::thread::park();
            }
        },
    )?;
    receiver.recv().unwrap_or_else(|_| Err(std::io::Error::other("the spawning thread ended")))
}

#[cfg(target_os = "linux")]
fn end_with_us(command: &mut Command) {
    let parent = std::process::id();
    // SAFETY: between fork and exec only prctl and getppid are called, both async-signal-safe, and nothing is
    // allocated. std runs the closure after it has changed the user, which would clear the death signal.
    unsafe {
        command.pre_exec(move || {
            // Fast shutdown: immediate would leave shared memory behind.
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGINT) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            // The parent may have ended before the signal was set.
            if u32::try_from(libc::getppid()) != Ok(parent) {
                return Err(std::io::Error::from_raw_os_error(libc::ESRCH));
            }
            Ok(())
        });
    }
}

/// Elsewhere nothing tells a child of its parent's death: the hook at the end of the process and the next sweep do.
#[cfg(not(target_os = "linux"))]
fn end_with_us(_: &mut Command) {}

/// Whether a directory is ours to remove: of our user, or as root of the one that we gave it to.
pub(crate) fn is_ours(meta: &std::fs::Metadata) -> bool {
    // SAFETY: geteuid has no preconditions and cannot fail.
    let own = unsafe { libc::geteuid() };
    let given =
        || Owner::current().ok().and_then(|owner| owner.other).is_some_and(|(uid, _)| uid == meta.uid());
    meta.uid() == own || (own == 0 && given())
}
