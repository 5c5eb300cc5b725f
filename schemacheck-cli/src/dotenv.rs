//! `.env`: read as dotenvy does, and so sqlx and diesel, and what cannot be read of it is said.
//!
//! dotenvy goes on as if what it cannot read were not there. Here a line that cannot be read and names a variable that is
//! looked for is an error; any other such line is a warning. No message quotes a value, nor what may be a piece of one.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Once, OnceLock};

use schemacheck_core::Severity;

use crate::directory::shown;
use crate::error::{Error, Result};
use crate::report;

/// The file's name.
const FILE: &str = ".env";

/// A variable and where it stands.
pub(crate) struct Found {
    pub(crate) value: String,
    /// `` `.env`, line 3 ``
    pub(crate) place: String,
}

/// A variable of the file that belongs to the current directory; nothing if there is no file or it has none of the name.
///
/// # Errors
///
/// If the file or what may be the variable cannot be read.
pub(crate) fn variable(name: &str) -> Result<Option<Found>> {
    match own() {
        Ok(Some(file)) => file.variable(name).inspect(|_| file.warn()),
        Ok(None) => Ok(None),
        Err(error) => Err(error.clone()),
    }
}

/// The same, but a file that cannot be read at all is a warning.
///
/// # Errors
///
/// If what may be the variable cannot be read.
pub(crate) fn variable_beside(name: &str) -> Result<Option<Found>> {
    static SAID: Once = Once::new();
    match own() {
        Err(error) => {
            SAID.call_once(|| report::remark(Severity::Warning, &error.message));
            Ok(None)
        }
        Ok(_) => variable(name),
    }
}

fn own() -> &'static Result<Option<File>> {
    static OWN: OnceLock<Result<Option<File>>> = OnceLock::new();
    OWN.get_or_init(|| {
        let here = std::env::current_dir();
        File::find(&here.map_err(|error| Error::because("there is no current directory", &error))?)
    })
}

/// What a file says, in its order.
pub(crate) struct File {
    place: String,
    statements: Vec<Statement>,
    is_said: AtomicBool,
}

/// A variable that is set, or lines that cannot be read.
struct Statement {
    /// Where it begins, counted from 1.
    line: usize,
    /// The variable, if so much is known.
    name: Option<String>,
    /// Words of what cannot be read, which may be names of variables.
    words: Vec<String>,
    value: std::result::Result<String, Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    NotUtf8,
    NoEquals,
    Value,
    OpenQuote,
    Dollar,
    Braces,
    Underscore,
    Unset,
}

impl Problem {
    fn message(self) -> &'static str {
        match self {
            Self::NotUtf8 => "it is not UTF-8",
            Self::NoEquals => "it is not `NAME=value`",
            Self::Value => "its value has to be in quotes",
            Self::OpenQuote => "a quote is not closed",
            Self::Dollar => "a `$` stands before no name",
            Self::Braces => "there is more than a name in `${...}`",
            Self::Underscore => "the name after `$` ends at its first underscore",
            Self::Unset => "it names a variable by `$` that is not set",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::NotUtf8 => "write the file in UTF-8",
            Self::NoEquals => "write `NAME=value`, `export NAME=value`, or `# ...` for a comment",
            Self::Value => {
                "write `NAME='value'`; in double quotes `\\`, `\"` and `$` are written with a `\\` before them"
            }
            Self::OpenQuote => {
                "close it; a quote that stands for itself is written `\\'`, or in quotes of the other kind"
            }
            Self::Dollar | Self::Unset => {
                "a `$` that stands for itself is written `\\$`, or in single quotes"
            }
            Self::Braces => "`${NAME}` is known, and no default as in `${NAME:-default}`",
            Self::Underscore => {
                "write `${NAME_OF_IT}`; a `$` that stands for itself is written `\\$`, or in single quotes"
            }
        }
    }
}

impl File {
    /// The file of a directory or of the nearest one above it.
    pub(crate) fn find(directory: &Path) -> Result<Option<Self>> {
        for folder in directory.ancestors() {
            let path = folder.join(FILE);
            let place = shown(&path);
            let unreadable = |error: io::Error| Error::because(&format!("cannot read `{place}`"), &error);
            match std::fs::metadata(&path) {
                Ok(meta) if meta.is_file() => {
                    return Self::parse(&std::fs::read(&path).map_err(unreadable)?, &place).map(Some);
                }
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(unreadable(error)),
                _ => {}
            }
        }
        Ok(None)
    }

    fn parse(bytes: &[u8], place: &str) -> Result<Self> {
        if [b"\xFF\xFE", b"\xFE\xFF"].iter().any(|mark| bytes.starts_with(*mark)) || bytes.contains(&0) {
            return Err(Error::new(format!("cannot read `{place}`: it is UTF-16 or no text"))
                .help(Problem::NotUtf8.help()));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let lines: Vec<std::result::Result<&str, &[u8]>> = bytes
            .split(|byte| *byte == b'\n')
            .map(|line| std::str::from_utf8(line).map_err(|_| line))
            .collect();
        Ok(Self { place: place.to_owned(), statements: statements(&lines), is_said: AtomicBool::new(false) })
    }

    /// The first of a name, which counts.
    fn variable(&self, name: &str) -> Result<Option<Found>> {
        let is_it = |statement: &&Statement| {
            statement.name.as_deref() == Some(name) || statement.words.iter().any(|word| word == name)
        };
        let Some(statement) = self.statements.iter().find(is_it) else { return Ok(None) };
        let place = format!("`{}`, line {}", self.place, statement.line);
        match &statement.value {
            Ok(value) => Ok(Some(Found { value: value.clone(), place })),
            Err(problem) => Err(Error::new(format!("cannot read {place}: {}", problem.message()))
                .help(format!("{name} is looked for there"))
                .help(problem.help())),
        }
    }

    /// The names and values of all that can be read.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.statements.iter().filter_map(|statement| {
            Some((statement.name.as_deref()?, statement.value.as_deref().unwrap_or_default()))
        })
    }

    /// Says once what cannot be read.
    fn warn(&self) {
        if self.is_said.swap(true, Ordering::Relaxed) {
            return;
        }
        for statement in &self.statements {
            match statement.value {
                // Elsewhere than in what is looked for it is usual.
                Ok(_) | Err(Problem::Unset) => {}
                Err(problem) => report::remark(
                    Severity::Warning,
                    &format!(
                        "cannot read `{}`, line {}: {}; {}",
                        self.place,
                        statement.line,
                        problem.message(),
                        problem.help()
                    ),
                ),
            }
        }
    }
}

/// Hands out a line a call, so that it is known how many have been read.
struct Lines<'a> {
    lines: &'a [String],
    next: &'a Cell<usize>,
    /// What is left of a line that is longer than the reader's buffer.
    rest: &'a [u8],
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty()
            && let Some(line) = self.lines.get(self.next.get())
        {
            self.rest = line.as_bytes();
            self.next.set(self.next.get() + 1);
        }
        let length = self.rest.len().min(buffer.len());
        let (now, later) = self.rest.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.rest = later;
        Ok(length)
    }
}

/// Reads statements; a line that is not UTF-8 is an `Err`.
fn statements(lines: &[std::result::Result<&str, &[u8]>]) -> Vec<Statement> {
    let text = |line: &std::result::Result<&str, &[u8]>| match line {
        Ok(line) => format!("{line}\n"),
        Err(bytes) => format!("{}\n", String::from_utf8_lossy(bytes)),
    };
    let texts: Vec<String> = lines.iter().map(text).collect();
    let read = Cell::new(0);
    let mut iter = dotenvy::from_read_iter(Lines { lines: &texts, next: &read, rest: &[] });
    let mut found: Vec<Statement> = Vec::new();
    let broken = |at: usize, problem: Problem, words: Vec<String>| Statement {
        line: at + 1,
        name: None,
        words,
        value: Err(problem),
    };
    let mut done = 0;
    loop {
        let item = iter.next();
        let end = if item.is_some() { read.get() } else { lines.len() };
        // The lines that this item has read: empty ones and comments, then its own.
        let mut begin = done;
        while begin < end && matches!(texts[begin].trim_start().chars().next(), None | Some('#')) {
            if lines[begin].is_err() {
                // A comment sets nothing.
                found.push(broken(begin, Problem::NotUtf8, Vec::new()));
            }
            begin += 1;
        }
        let Some(item) = item else { return found };
        let text = texts[begin..end].concat();
        let first = texts.get(begin).map_or("", String::as_str);
        // What holds a line that is not UTF-8 is not known itself.
        let is_torn = lines[begin..end].iter().any(|line| line.is_err());
        found.push(match item {
            _ if is_torn => broken(begin, Problem::NotUtf8, words(&text)),
            Ok((name, value)) => {
                let known = |other: &str| {
                    std::env::var_os(other).is_some()
                        || found.iter().any(|statement| statement.name.as_deref() == Some(other))
                };
                let (_, written) = text.split_once('=').unwrap_or_default();
                let value = substitutions(written.trim(), known).map_or(Ok(value), Err);
                Statement { line: begin + 1, name: Some(name), words: Vec::new(), value }
            }
            Err(_) => match (key(first), end - begin) {
                (Some(name), 1) => {
                    let value = Err(Problem::Value);
                    Statement { line: begin + 1, name: Some(name.to_owned()), words: Vec::new(), value }
                }
                (None, 1) => broken(begin, Problem::NoEquals, words(first)),
                _ => broken(begin, Problem::OpenQuote, words(&text)),
            },
        });
        done = end;
    }
}

/// All that may be the name of a variable.
fn words(text: &str) -> Vec<String> {
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_in_name(c)).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The name before the `=` of a line.
fn key(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    let name =
        name.strip_prefix("export").map_or(name, |rest| if rest.is_empty() { name } else { rest.trim() });
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// What is wrong with the `$` of a value as it is written, by the rules of dotenvy's `parse_value`.
fn substitutions(written: &str, known: impl Fn(&str) -> bool) -> Option<Problem> {
    let mut chars = written.chars().peekable();
    let mut is_weak = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => _ = chars.next(),
            '\'' if !is_weak => _ = chars.by_ref().find(|c| *c == '\''),
            '"' => is_weak = !is_weak,
            // What follows is a comment, or nothing.
            ' ' | '\t' if !is_weak => return None,
            '$' if chars.next_if_eq(&'{').is_some() => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                if !is_name(&name) {
                    return Some(Problem::Braces);
                }
                if !known(&name) {
                    return Some(Problem::Unset);
                }
            }
            '$' => {
                let mut name = String::new();
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric()) {
                    name.push(c);
                }
                match chars.peek() {
                    _ if name.is_empty() => return Some(Problem::Dollar),
                    Some('_') => return Some(Problem::Underscore),
                    _ if !known(&name) => return Some(Problem::Unset),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> File {
        File::parse(text.as_bytes(), FILE).unwrap()
    }

    #[track_caller]
    fn check(text: &str, name: &str, value: Option<&str>) {
        let found = read(text).variable(name).unwrap();
        assert_eq!(found.map(|found| found.value).as_deref(), value, "{text}");
    }

    #[track_caller]
    fn fails(text: &str, name: &str, message: &str) {
        let error = read(text).variable(name).err().unwrap_or_else(|| panic!("{text} can be read"));
        assert_eq!(error.message, format!("cannot read {message}"), "{text}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }

    #[test]
    fn what_dotenvy_reads_is_read_as_it_does() {
        for text in [
            "A=1\nB='2 x'\nC=\"3\\n\"\nexport D=4\nE =  5 # five\n\n# F=6\nG=\nH=a\\ b\nI=$A${B}c\nJ='$x ${y:-z}'\n",
            "A='one\ntwo'\nB=2",
            "A=1\r\nB=2\r\n",
            "export=1\nexport A=2\nA=3\nx.y=4\n",
            "A=\"it's\" # it's\nB='say \"x\"'\nC=a#b\n",
            "A=long\nB=",
        ] {
            let theirs: Vec<(String, String)> =
                dotenvy::from_read_iter(text.as_bytes()).map(|item| item.unwrap()).collect();
            let file = read(text);
            let ours: Vec<(String, String)> =
                file.variables().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(ours, theirs, "{text}");
            assert!(file.statements.iter().all(|statement| statement.value.is_ok()), "{text}");
        }
        let long = format!("A={}\nB=2\n", "x".repeat(20_000));
        check(&long, "B", Some("2"));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_one_of_what_it_may_set() {
        let greeting = "GREETING=hello DATABASE_URL hunter2\nDATABASE_URL=x\n";
        check(greeting, "DATABASE_URL", Some("x"));
        fails(greeting, "GREETING", "`.env`, line 1: its value has to be in quotes");
        let words = "A=1\n\nDATABASE_URL: hunter2\n";
        fails(words, "DATABASE_URL", "`.env`, line 3: it is not `NAME=value`");
        check(words, "URL", None);
        check(words, "A", Some("1"));
        let open = "A=1\nB=\"hunter2\nDATABASE_URL=x\n";
        fails(open, "DATABASE_URL", "`.env`, line 2: a quote is not closed");
        fails(open, "B", "`.env`, line 2: a quote is not closed");
        check(open, "PGHOST", None);
    }

    #[test]
    fn bytes_that_are_no_text_are_named_by_their_line() {
        let file = File::parse(b"A=1\n# D \xE4\nB=\xE4\nC='\n\xE4'\nD=4", FILE).unwrap();
        let problem = |name: &str| file.variable(name).err().map(|error| error.message);
        assert_eq!(problem("B").unwrap(), "cannot read `.env`, line 3: it is not UTF-8");
        assert_eq!(problem("C").unwrap(), "cannot read `.env`, line 4: it is not UTF-8");
        assert_eq!((problem("A"), problem("D")), (None, None));
        for bytes in [&b"\xFF\xFEA\0"[..], b"\xFE\xFF\0A", b"A\0=\0"] {
            assert!(File::parse(bytes, FILE).is_err());
        }
        check("\u{feff}A=1\n", "A", Some("1"));
    }

    #[test]
    fn a_dollar_that_stands_for_nothing_is_said() {
        for (value, problem) in [
            ("${NAME}", None),
            ("$NAME/x", None),
            ("a'$hunter2'b\\$x", None),
            ("\"\\$x\"", None),
            ("x # $5", None),
            ("$hunter2", Some(Problem::Unset)),
            ("\"p$hunter2\"", Some(Problem::Unset)),
            ("${hunter2}", Some(Problem::Unset)),
            ("${NAME:-hunter2}", Some(Problem::Braces)),
            ("${}", Some(Problem::Braces)),
            ("$NAME_x", Some(Problem::Underscore)),
            ("p$", Some(Problem::Dollar)),
            ("$(pass hunter2)", Some(Problem::Dollar)),
        ] {
            assert_eq!(substitutions(value, |name| name == "NAME"), problem, "{value}");
        }
        fails("A=1\nB=${A:-2}\n", "B", "`.env`, line 2: there is more than a name in `${...}`");
    }
}
