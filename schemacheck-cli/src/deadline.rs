//! An end for work that may never end by itself: a blocking connection to a server that says nothing.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// What the work yields; nothing if it takes longer than this. Its thread is left behind then, since nothing can make a
/// blocking driver let go of a connection.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    // Nobody listens any more if this takes longer than the limit.
    let worker = thread::spawn(move || drop(sender.send(work())));
    match receiver.recv_timeout(limit) {
        Ok(value) => Some(value),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => match worker.join() {
            Err(panic) => resume_unwind(panic),
            Ok(()) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_has_an_end() {
        assert_eq!(within(Duration::from_secs(60), || 1), Some(1));
        let (sender, receiver) = mpsc::channel::<()>();
        assert_eq!(within(Duration::from_millis(10), move || receiver.recv().is_ok()), None);
        drop(sender);
    }

    #[test]
    #[should_panic(expected = "the work's own")]
    fn a_panic_is_no_timeout() {
        within(Duration::from_secs(60), || panic!("the work's own"));
    }
}
