//! Looking again while the database does not fit yet: how long, how often, and what is said meanwhile.

use std::time::{Duration, Instant};

use schemacheck_core::Severity;

use super::Report;
use super::log::{self, Level};
use super::request::Options;

/// The first pause, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// How many findings a line names.
const NAMED: usize = 3;

/// The state of waiting for a verdict that lets the program start.
#[derive(Debug)]
pub(super) struct Wait {
    /// Nothing if nothing is waited for.
    deadline: Option<Instant>,
    pause: Duration,
    /// What was said last.
    said: Option<String>,
}

impl Wait {
    pub(super) fn new(options: &Options) -> Self {
        // For ever is a year.
        let limit = options.wait_for.min(Duration::from_secs(365 * 24 * 60 * 60));
        let deadline = (!limit.is_zero()).then(|| Instant::now() + limit);
        Self { deadline, pause: PAUSES.0, said: None }
    }

    /// How long is left to wait.
    pub(super) fn left(&self) -> Duration {
        self.deadline.map_or(Duration::ZERO, |deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// The pause before the next look; nothing if the verdict stands.
    pub(super) fn pause(&mut self, refusal: Option<&Report>, is_closed: bool) -> Option<Duration> {
        let Some(report) = refusal else {
            if self.said.is_some() {
                log::trace(Level::Info, "fits", "the database fits now");
            }
            return None;
        };
        let left = self.left();
        if is_closed || left.is_zero() || !report.may_change() {
            return None;
        }
        let gist = gist(report);
        if self.said.as_ref() != Some(&gist) {
            let text = format!("waiting up to {} s more: {gist}", left.as_secs_f64().ceil());
            log::trace(Level::Warning, "waiting", &text);
            self.said = Some(gist);
        }
        let pause = self.pause.min(left);
        self.pause = (self.pause * 2).min(PAUSES.1);
        Some(pause)
    }
}

/// What a report is about, on one line.
pub(super) fn gist(report: &Report) -> String {
    let errors = report.findings().iter().filter(|finding| finding.severity == Severity::Error);
    let named: Vec<&str> = errors.clone().take(NAMED).map(|finding| finding.message.as_str()).collect();
    let more = match errors.count().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!("; and {n} more"),
    };
    let replica = report.database().server.as_ref().is_some_and(|server| server.in_recovery);
    let replica = if replica { " (a replica)" } else { "" };
    format!("{}{more}{replica}", named.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drift() -> Report {
        let finding = schemacheck_core::finding::wording::unreadable("it is gone");
        super::super::Report::new(
            super::super::Kind::Drift,
            vec![finding],
            super::super::Binary::new(&[]),
            super::super::Database::default(),
        )
    }

    #[test]
    fn pauses_grow_to_five_seconds_and_never_past_the_deadline() {
        let mut options = Options::new(None);
        options.wait_for = Duration::from_secs(1000);
        let mut wait = Wait::new(&options);
        let pauses: Vec<u128> =
            (0..8).map(|_| wait.pause(Some(&drift()), false).unwrap().as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(wait.pause(None, false), None);
        options.wait_for = Duration::from_millis(1);
        let mut short = Wait::new(&options);
        assert!(short.pause(Some(&drift()), false).is_none_or(|pause| pause <= Duration::from_millis(1)));
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(short.pause(Some(&drift()), false), None);
    }

    /// A line when the findings change, and none at each look.
    #[cfg(feature = "tracing")]
    #[test]
    fn what_is_waited_for_is_said_when_it_changes() {
        let mut options = Options::new(None);
        options.wait_for = Duration::from_secs(1000);
        let lines = super::log::heard::during(|| {
            let mut wait = Wait::new(&options);
            for _ in 0..3 {
                assert!(wait.pause(Some(&drift()), false).is_some());
            }
            let finding = schemacheck_core::finding::wording::unreadable("it is late");
            let other = super::super::Report::new(
                super::super::Kind::Unreadable,
                vec![finding],
                super::super::Binary::new(&[]),
                super::super::Database::default(),
            );
            assert!(wait.pause(Some(&other), false).is_some());
            assert_eq!(wait.pause(None, false), None);
        });
        let said: Vec<(&str, bool)> = lines
            .iter()
            .map(|line| (line.split(' ').next().unwrap(), line.contains("waiting up to")))
            .collect();
        assert_eq!(said, [("WARN", true), ("WARN", true), ("INFO", false)], "{lines:?}");
        assert!(lines[0].contains("it is gone") && lines[1].contains("it is late"), "{lines:?}");
        assert!(lines[2].contains(r#"event="fits""#), "{lines:?}");
    }

    #[test]
    fn nothing_is_waited_for_that_cannot_come() {
        let mut options = Options::new(None);
        assert_eq!(Wait::new(&options).pause(Some(&drift()), false), None);
        options.wait_for = Duration::from_secs(1000);
        assert_eq!(Wait::new(&options).pause(Some(&drift()), true), None, "the connection is closed");
        assert_eq!(Wait::new(&options).pause(Some(&drift().for_good()), false), None);
    }

    #[test]
    fn what_is_waited_for_without_end_is_waited_for() {
        let mut options = Options::new(None);
        assert!(Wait::new(&options).left().is_zero());
        options.wait_for = Duration::MAX;
        assert!(Wait::new(&options).left() > Duration::from_secs(1_000_000));
    }
}
