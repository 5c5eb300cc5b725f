//! One input under watch: a panic names it, and a hang ends the process and names it too.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::targets::Target;

/// After this long an input hangs: each takes a fraction of a millisecond.
const HANG: Duration = Duration::from_secs(60);

/// Runs a target on an input.
pub(crate) fn run(name: &str, input: &[u8], target: Target) {
    beat(name, input);
    if catch_unwind(AssertUnwindSafe(|| target(input))).is_err() {
        panic!("the target `{name}` fails on {}", input.escape_ascii());
    }
    beat("", &[]);
}

/// Tells the watchdog of this thread which input is at work; none if the name is empty.
fn beat(name: &str, input: &[u8]) {
    thread_local! {
        static WATCHDOG: Sender<Option<(String, Vec<u8>)>> = start();
    }
    let work = (!name.is_empty()).then(|| (name.to_owned(), input.to_vec()));
    WATCHDOG.with(|watchdog| watchdog.send(work).unwrap());
}

/// A thread that waits for the end of each input.
fn start() -> Sender<Option<(String, Vec<u8>)>> {
    let (sender, receiver) = channel::<Option<(String, Vec<u8>)>>();
    std::thread::spawn(move || {
        while let Ok(Some((name, input))) = receiver.recv() {
            match receiver.recv_timeout(HANG) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    // Not `eprintln`: what a test prints is held back until its end, and this is the end.
                    let message = format!("the target `{name}` hangs on {}\n", input.escape_ascii());
                    let _ = std::io::stderr().write_all(message.as_bytes());
                    std::process::abort();
                }
            }
        }
    });
    sender
}
