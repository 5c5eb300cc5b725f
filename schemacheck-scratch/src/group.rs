//! [`Group`]: a program and all that it starts, ended together.
//!
//! The first process of a group is not waited for before the others are gone: as long as it is a zombie nobody else gets
//! its id, so that a signal to the group reaches no stranger.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::cleanup;
use crate::sys::{self, Signal};

/// How long the processes of a group may take to end by themselves.
const PATIENCE: Duration = Duration::from_secs(3);

/// A running program that leads a process group. Dropping the value ends all of the group, as the end of this process
/// does.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    is_over: bool,
}

impl Group {
    /// Starts a program that leads a group: how, the command says.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        let child = cleanup::start_group(|| command.spawn())?;
        Ok(Self { child, is_over: false })
    }

    /// Waits for the program, then ends what it has left running.
    pub(crate) fn wait(mut self) -> io::Result<ExitStatus> {
        sys::wait_unreaped(self.child.id())?;
        self.end()
    }

    /// Ends what still runs of it. With the list in hand, so that the end of the process does not do it too.
    fn end(&mut self) -> io::Result<ExitStatus> {
        self.is_over = true;
        cleanup::end_group(self.child.id(), || {
            end(self.child.id());
            self.child.wait()
        })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.is_over {
            // What not even a kill ends is the system's.
            let _ = self.end();
        }
    }
}

/// Ends the processes of a group whose first one is a child of ours that nobody has waited for.
pub(crate) fn end(leader: u32) {
    for signal in [Signal::Terminate, Signal::Kill] {
        if !sys::has_members(leader) {
            return;
        }
        sys::signal_group(leader, signal);
        let begun = Instant::now();
        while sys::has_members(leader) && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::process::CommandExt;
    use std::process::Stdio;

    use super::*;

    /// A shell line in a group of its own.
    fn line(line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]).process_group(0).stdout(Stdio::piped());
        command
    }

    #[test]
    fn what_a_program_leaves_running_ends_with_it() {
        let mut group = Group::spawn(&mut line("sleep 300 & exit 7")).unwrap();
        let mut stdout = group.child.stdout.take().unwrap();
        let leader = group.child.id();
        assert_eq!(group.wait().unwrap().code(), Some(7));
        assert!(!sys::has_members(leader));
        // Nobody holds the other end any more.
        assert_eq!(stdout.read_to_end(&mut Vec::new()).unwrap(), 0);
    }

    #[test]
    fn a_group_ends_with_its_value_also_if_it_will_not() {
        for text in ["sleep 300 & sleep 300", "trap '' TERM; sleep 300 & echo; wait", "kill -STOP $$"] {
            let group = Group::spawn(&mut line(text)).unwrap();
            let leader = group.child.id();
            drop(group);
            assert!(!sys::has_members(leader), "{text}");
        }
    }
}
