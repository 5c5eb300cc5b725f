//! What a guard says beside its verdict. On standard error, so that it is in every log whichever the program uses;
//! `SCHEMACHECK_LOG=json` makes each a line of JSON.

use std::io::{self, Write as _};
use std::sync::Once;

use schemacheck_core::ident::printable_lines;
use schemacheck_core::json::Object;

/// The environment variable that says how.
pub(super) const VARIABLE: &str = "SCHEMACHECK_LOG";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Info,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Says a text; as JSON with what belongs to it, such as a report.
///
/// An override or a refusal that nobody sees is the outage that the guard exists against; but where standard error is a
/// pipe that nobody reads, a program must not end for it.
pub(super) fn say(level: Level, event: &str, text: &str, detail: Option<(&str, String)>) {
    let line = line(is_json(), level, event, text, detail);
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// What changed while the guard looks again and again: to the program's own log where it has one.
pub(super) fn trace(level: Level, event: &'static str, text: &str) {
    #[cfg(feature = "tracing")]
    let text = &printable_lines(text);
    #[cfg(feature = "tracing")]
    if tracing::dispatcher::has_been_set() {
        match level {
            Level::Error => tracing::error!(target: "schemacheck", event, "{text}"),
            Level::Warning => tracing::warn!(target: "schemacheck", event, "{text}"),
            Level::Info => tracing::info!(target: "schemacheck", event, "{text}"),
        }
        return;
    }
    say(level, event, text, None);
}

fn is_json() -> bool {
    static SAID: Once = Once::new();
    let value = std::env::var_os(VARIABLE).unwrap_or_default();
    format(&value.to_string_lossy()).unwrap_or_else(|misspelt| {
        SAID.call_once(|| {
            let line = line(false, Level::Warning, "misspelt", &misspelt, None);
            let _ = writeln!(io::stderr().lock(), "{line}");
        });
        false
    })
}

/// Whether a value of the variable asks for JSON; what is wrong with one that says neither.
fn format(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "json" => Ok(true),
        "" | "text" => Ok(false),
        _ => {
            Err(format!("{VARIABLE} is {value:?}, which is neither `json` nor `text`; it is taken as `text`"))
        }
    }
}

fn line(json: bool, level: Level, event: &str, text: &str, detail: Option<(&str, String)>) -> String {
    if !json {
        return format!("schemacheck: {}", printable_lines(text));
    }
    let object = Object::new()
        .raw("version", "1")
        .str("source", "schemacheck")
        .str("level", level.word())
        .str("event", event)
        .str("message", text.lines().next().unwrap_or_default());
    match detail {
        Some((key, value)) => object.raw(key, &value).end(),
        None => object.end(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_says_how() {
        for (value, is_json) in
            [("json", true), ("JSON", true), ("", false), ("text", false), ("Text", false)]
        {
            assert_eq!(format(value), Ok(is_json), "{value}");
        }
        assert_eq!(
            format("jsno").unwrap_err(),
            "SCHEMACHECK_LOG is \"jsno\", which is neither `json` nor `text`; it is taken as `text`"
        );
    }

    #[test]
    fn a_line_hides_nothing() {
        let text = "a\u{9b}b\u{202e}c\u{180e}d\nmore";
        assert_eq!(
            line(false, Level::Error, "refused", text, None),
            "schemacheck: a\\u{9b}b\\u{202e}c\\u{180e}d\nmore"
        );
        let json = line(true, Level::Error, "refused", text, None);
        assert!(json.contains("a\\u009bb\\u202ec\\u180ed"), "{json}");
    }

    #[test]
    fn a_line_is_for_people_or_for_machines() {
        let detail = || Some(("report", "{\"a\": 1}".to_owned()));
        assert_eq!(line(false, Level::Error, "refused", "no\nmore", detail()), "schemacheck: no\nmore");
        assert_eq!(
            line(true, Level::Error, "refused", "no\nmore", detail()),
            r#"{"version": 1, "source": "schemacheck", "level": "error", "event": "refused", "message": "no", "report": {"a": 1}}"#
        );
    }
}

/// What the program's own log hears, for tests.
#[cfg(all(test, feature = "tracing"))]
pub(super) mod heard {
    use std::fmt::Debug;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    #[derive(Clone, Default)]
    struct Ear(Arc<Mutex<Vec<String>>>);

    impl Ear {
        fn lines(&self) -> MutexGuard<'_, Vec<String>> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Subscriber for Ear {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "schemacheck"
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.lines().push(line.0);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            self.0 += &format!(" {field}={value:?}");
        }
    }

    /// The lines of what this does: the level, and the fields.
    pub(crate) fn during(act: impl FnOnce()) -> Vec<String> {
        let ear = Ear::default();
        tracing::subscriber::with_default(ear.clone(), act);
        let lines = ear.lines();
        lines.clone()
    }
}
