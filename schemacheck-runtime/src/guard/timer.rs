//! Time without a runtime: a guard is awaited under any executor, and a blocking driver has none.
//!
//! Each of these is a thread that sleeps, and ends when nobody waits for it any more. No crate is asked for so little.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// What a sleeper and who waits for it share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Nobody waits any more.
    is_dropped: bool,
    /// The time has passed.
    is_over: bool,
    waker: Option<Waker>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn dismiss(&self) {
        self.lock().is_dropped = true;
        self.changed.notify_one();
    }

    /// Starts a thread that calls `then` after this time, unless it was dismissed before.
    ///
    /// # Errors
    ///
    /// If there can be no thread.
    fn sleep(self: &Arc<Self>, time: Duration, then: impl FnOnce(&Self) + Send + 'static) -> io::Result<()> {
        let shared = Arc::clone(self);
        let sleeper = move || {
            let end = Instant::now().checked_add(time);
            let mut state = shared.lock();
            while !state.is_dropped {
                let left = match end {
                    Some(end) => end.saturating_duration_since(Instant::now()),
                    None => Duration::from_secs(3600),
                };
                if left.is_zero() {
                    drop(state);
                    then(&shared);
                    return;
                }
                state = match shared.changed.wait_timeout(state, left) {
                    Ok((state, _)) => state,
                    Err(poisoned) => poisoned.into_inner().0,
                };
            }
        };
        thread::Builder::new().name("schemacheck-timer".to_owned()).spawn(sleeper).map(drop)
    }
}

/// Calls something unless it is dropped before.
pub(super) struct Watch(Arc<Shared>);

impl Watch {
    pub(super) fn start(limit: Duration, overdue: impl FnOnce() + Send + 'static) -> Self {
        let shared = Arc::<Shared>::default();
        // Without a thread nothing is timed: then the driver's own limits hold.
        let _ = shared.sleep(limit, |_| overdue());
        Self(shared)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.dismiss();
    }
}

/// A pause; its thread starts when it is first polled.
struct Sleep {
    time: Duration,
    /// Whether it must end, also where no thread can be had: then it holds up its executor.
    must_end: bool,
    shared: Option<Arc<Shared>>,
}

/// Waits for this time.
pub(super) fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
    Sleep { time, must_end: true, shared: None }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Some(shared) = &self.shared {
            let mut state = shared.lock();
            if state.is_over {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        let shared = Arc::<Shared>::default();
        shared.lock().waker = Some(context.waker().clone());
        let sleeping = shared.sleep(self.time, |shared| {
            let mut state = shared.lock();
            state.is_over = true;
            let waker = state.waker.take();
            drop(state);
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        if sleeping.is_err() && self.must_end {
            thread::sleep(self.time);
            return Poll::Ready(());
        }
        self.shared = Some(shared);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.dismiss();
        }
    }
}

/// What the future yields, or nothing if it takes longer than this.
pub(super) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    // Without a thread the driver's own limits hold.
    let mut limit = pin!(Sleep { time: limit, must_end: false, shared: None });
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::mpsc;
    use std::task::Wake;

    use super::*;

    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// The smallest executor.
    fn block_on<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        let waker = Arc::new(Unpark(thread::current())).into();
        let mut context = Context::from_waker(&waker);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }

    const SHORT: Duration = Duration::from_millis(20);

    #[test]
    fn a_pause_ends_under_any_executor() {
        let begun = Instant::now();
        block_on(sleep(SHORT));
        assert!(begun.elapsed() >= SHORT);
    }

    #[test]
    fn what_does_not_come_is_given_up() {
        assert_eq!(block_on(within(SHORT, pending::<()>())), None);
        assert_eq!(block_on(within(Duration::MAX, ready(1))), Some(1));
        assert_eq!(block_on(within(Duration::MAX, async { sleep(SHORT).await })), Some(()));
    }

    #[test]
    fn a_watch_calls_unless_it_is_dropped() {
        let (sender, receiver) = mpsc::channel();
        let watch = Watch::start(SHORT, move || sender.send(()).unwrap());
        receiver.recv_timeout(Duration::from_secs(60)).unwrap();
        drop(watch);
        let (sender, receiver) = mpsc::channel::<()>();
        drop(Watch::start(Duration::from_secs(3600), move || sender.send(()).unwrap()));
        // The thread is gone, and with it the sender.
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
