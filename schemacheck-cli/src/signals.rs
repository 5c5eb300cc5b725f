//! Signals while there is a throwaway server: they end the command on it, the server and its directory, then us.
//!
//! Elsewhere signals do what they always do: there is nothing to clean up.

#[cfg(unix)]
mod system {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, OnceLock};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};

    use crate::report;

    /// The last is a key of the terminal too (Ctrl-\), which the command's own session does not get.
    const SIGNALS: [(i32, &str); 4] =
        [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP"), (SIGQUIT, "SIGQUIT")];

    /// Set by the handler itself, so before anything else can come of the signal.
    static CAUGHT: OnceLock<Arc<AtomicBool>> = OnceLock::new();

    /// From here on a signal ends what `schemacheck_scratch` has started, and then this process, as the signal would have.
    pub(crate) fn end_servers() -> io::Result<()> {
        let ignored = ignored();
        let handled = SIGNALS.iter().filter(|(number, _)| ignored & (1 << (number - 1)) == 0);
        let caught = CAUGHT.get_or_init(Arc::default);
        for (number, _) in handled.clone() {
            flag::register(*number, Arc::clone(caught))?;
        }
        let mut signals = Signals::new(handled.map(|(number, _)| *number))?;
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            if let Some(number) = signals.forever().next() {
                schemacheck_scratch::end();
                let name =
                    SIGNALS.iter().find(|(other, _)| *other == number).map_or("a signal", |(_, name)| *name);
                report::progress(&format!("{name}: ended the command and the throwaway server"));
                // A shell that waits for us is to see that it was a signal: status 128 and its number. The first process
                // of a container cannot die of one.
                if std::process::id() != 1 {
                    let _ = low_level::emulate_default_handler(number);
                }
                std::process::exit(128 + number);
            }
        })?;
        Ok(())
    }

    /// If a signal is about to end this process, waits for that, so that what it has cut short is not taken for an error.
    pub(crate) fn give_way() {
        while CAUGHT.get().is_some_and(|caught| caught.load(Ordering::SeqCst)) {
            std::thread::park();
        }
    }

    /// The signals that whoever started us has had ignored, as `nohup` does, one a bit; known on Linux.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}

#[cfg(not(unix))]
mod system {
    /// There is no throwaway server on this system.
    pub(crate) fn end_servers() -> std::io::Result<()> {
        Ok(())
    }

    pub(crate) fn give_way() {}
}

pub(crate) use system::{end_servers, give_way};
