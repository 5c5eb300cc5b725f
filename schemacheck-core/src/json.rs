//! Reading JSON with errors that name the place, and writing it the same way whatever features `serde_json` has.
//!
//! `serde_json::Map` keeps its order only with `preserve_order`, which any crate of a build may switch on or off, so
//! objects are written here key by key.

use std::collections::HashSet;

use serde_json::Value;

use crate::Error;
use crate::ident::is_hidden;

/// A value that knows its place, for errors.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    value: &'a Value,
    /// Where the path to the value begins. It is looked for when an error needs it, which is hardly ever.
    root: &'a Value,
    place: &'a str,
}

/// Parses a whole text.
///
/// # Errors
///
/// If it is not JSON: with line and column, both counted from 1.
pub fn parse(text: &str, place: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| {
        let problem = if error.is_eof() {
            "the text ends too early"
        } else if text.lines().any(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) {
            "it holds the marks of an unresolved merge, and is not JSON"
        } else {
            "it is not JSON"
        };
        Error::new(place, problem).at(format!("line {} column {}", error.line(), error.column()))
    })
}

/// Parses the text of a file that people and git edit as well: of a key that is there twice the parser keeps the last,
/// and nobody meant that.
///
/// # Errors
///
/// As [`parse`], and if an object has a key twice.
pub fn parse_file(text: &str, place: &str) -> Result<Value, Error> {
    let value = parse(text, place)?;
    // Counting is cheap, and hardly ever says that there is something to look for.
    match members(&value) == colons(text) {
        true => Ok(value),
        false => Err(twice(text, place)),
    }
}

/// How many members the objects of a value have together.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(map) => map.len() + map.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// How many members the objects of a JSON text have together, keys that are there twice included.
fn colons(text: &str) -> usize {
    let (mut count, mut quoted, mut bytes) = (0, false, text.bytes());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => drop(bytes.next()),
            b':' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// The error of the first key that its object has already.
fn twice(text: &str, place: &str) -> Error {
    let bytes = text.as_bytes();
    let (mut at, mut objects) = (0, Vec::<HashSet<String>>::new());
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => objects.push(HashSet::new()),
            b'}' | b']' => drop(objects.pop()),
            b'"' => {
                let from = at;
                at += 1;
                while bytes.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                // Escapes spell one key in several ways.
                let literal = text.get(from..=at).unwrap_or_default();
                let is_key = text.get(at + 1..).is_some_and(|rest| rest.trim_start().starts_with(':'));
                let key: String = serde_json::from_str(literal).unwrap_or_default();
                if is_key && objects.last_mut().is_some_and(|known| !known.insert(key.clone())) {
                    let problem = format!("the key `{}` is there twice", crate::ident::printable(&key));
                    return Error::new(place, problem).at(line_and_column(text, from));
                }
            }
            _ => {}
        }
        at += 1;
    }
    Error::new(place, "a key is there twice")
}

/// A place of a text as parsers name it: line and column, counted from 1; the column in bytes, as `serde_json` has it.
fn line_and_column(text: &str, at: usize) -> String {
    let before = &text.as_bytes()[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    format!("line {line} column {column}")
}

/// Each reader's error names the value by its path, and says what was expected there.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl<'a> Node<'a> {
    /// The root of a parsed text; `place` names the text in errors.
    pub fn root(value: &'a Value, place: &'a str) -> Self {
        Self { value, root: value, place }
    }

    /// An error at this value.
    pub fn error(&self, problem: impl Into<String>) -> Error {
        let error = Error::new(self.place, problem);
        let mut path = String::new();
        if find(self.root, self.value, &mut path) && !path.is_empty() {
            return error.at(format!("`{path}`"));
        }
        error
    }

    fn expected(&self, what: &str) -> Error {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.error(format!("expected {what}, found {found}"))
    }

    fn child(&self, value: &'a Value) -> Node<'a> {
        Node { value, ..*self }
    }

    /// The value under a key; an error if there is none.
    pub fn get(&self, key: &str) -> Result<Node<'a>, Error> {
        match self.value {
            Value::Object(map) => match map.get(key) {
                Some(value) => Ok(self.child(value)),
                None => Err(self.error(format!("the key `{key}` is missing"))),
            },
            _ => Err(self.expected("an object")),
        }
    }

    /// The value under a key, or nothing if the key is absent or null.
    pub fn opt(&self, key: &str) -> Result<Option<Node<'a>>, Error> {
        match self.value {
            Value::Object(map) => {
                Ok(map.get(key).filter(|value| !value.is_null()).map(|value| self.child(value)))
            }
            _ => Err(self.expected("an object")),
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        self.value.is_array()
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.value.is_object()
    }

    /// A string.
    pub fn str(&self) -> Result<&'a str, Error> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    /// A string of its own.
    pub fn string(&self) -> Result<String, Error> {
        self.str().map(str::to_owned)
    }

    /// A boolean.
    pub fn bool(&self) -> Result<bool, Error> {
        self.value.as_bool().ok_or_else(|| self.expected("a boolean"))
    }

    /// A whole number in the range of `T`.
    pub fn int<T: TryFrom<i64>>(&self) -> Result<T, Error> {
        let number = self.value.as_i64().ok_or_else(|| self.expected("a whole number"))?;
        T::try_from(number).map_err(|_| self.error(format!("the number {number} is out of range")))
    }

    /// The items of an array.
    pub fn items(&self) -> Result<Vec<Node<'a>>, Error> {
        let items = self.value.as_array().ok_or_else(|| self.expected("an array"))?;
        Ok(items.iter().map(|value| self.child(value)).collect())
    }

    /// Reads every item of an array; of null none. For long ones: nothing is allocated but what is returned.
    pub fn each<T, E: From<Error>>(&self, read: impl Fn(&Node<'a>) -> Result<T, E>) -> Result<Vec<T>, E> {
        let items = match self.value {
            Value::Null => &[],
            value => value.as_array().ok_or_else(|| self.expected("an array"))?.as_slice(),
        };
        let mut all = Vec::with_capacity(items.len());
        for value in items {
            all.push(read(&self.child(value))?);
        }
        Ok(all)
    }

    /// The item of an array at a place counted from 0, unless it is null.
    pub fn item(&self, at: usize) -> Option<Node<'a>> {
        let value = self.value.as_array()?.get(at)?;
        (!value.is_null()).then(|| self.child(value))
    }

    /// How many items an array has.
    pub fn count(&self) -> Option<usize> {
        self.value.as_array().map(Vec::len)
    }

    /// The items of an array; of null none, since SQL aggregates nothing to NULL.
    pub fn rows(&self) -> Result<Vec<Node<'a>>, Error> {
        if self.is_null() { Ok(Vec::new()) } else { self.items() }
    }

    /// A string, or nothing if it is null.
    pub fn opt_string(&self) -> Result<Option<String>, Error> {
        if self.is_null() { Ok(None) } else { self.string().map(Some) }
    }

    /// An array of exactly `n` items.
    pub fn tuple(&self, n: usize) -> Result<Vec<Node<'a>>, Error> {
        let items = self.items()?;
        if items.len() == n {
            Ok(items)
        } else {
            Err(self.error(format!("expected {n} items, found {}", items.len())))
        }
    }

    /// The strings of an array.
    pub fn strings(&self) -> Result<Vec<String>, Error> {
        self.items()?.iter().map(Node::string).collect()
    }

    /// Reads every item of the array under `key` with `read`; an absent key is an empty array.
    pub fn list<T>(&self, key: &str, read: impl Fn(&Node<'a>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        match self.opt(key)? {
            Some(node) => node.each(read),
            None => Ok(Vec::new()),
        }
    }

    /// `read` of the value under `key`, or nothing if it is absent or null.
    pub fn map<T>(
        &self,
        key: &str,
        read: impl Fn(&Node<'a>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.opt(key)?.map(|node| read(&node)).transpose()
    }
}

/// Whether the very value is somewhere below `from`; if so, `path` is the way to it.
fn find(from: &Value, wanted: &Value, path: &mut String) -> bool {
    if std::ptr::eq(from, wanted) {
        return true;
    }
    let before = path.len();
    match from {
        Value::Array(items) => items.iter().enumerate().any(|(at, value)| {
            path.truncate(before);
            path.push_str(&format!("[{at}]"));
            find(value, wanted, path)
        }),
        Value::Object(map) => map.iter().any(|(key, value)| {
            path.truncate(before);
            if before > 0 {
                path.push('.');
            }
            path.push_str(key);
            find(value, wanted, path)
        }),
        _ => false,
    }
}

/// An object under construction, on one line, its keys in the order in which they are added.
#[derive(Clone, Debug, Default)]
pub struct Object {
    text: String,
}

impl Object {
    /// No key yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key whose value is JSON text already.
    pub fn raw(mut self, key: &str, json: &str) -> Self {
        self.text.push_str(if self.text.is_empty() { "{" } else { ", " });
        self.text.push_str(&quote(key));
        self.text.push_str(": ");
        self.text.push_str(json);
        self
    }

    /// Adds a string.
    pub fn str(self, key: &str, value: &str) -> Self {
        self.raw(key, &quote(value))
    }

    /// Adds a string; nothing is left out.
    pub fn opt_str(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.str(key, value),
            None => self,
        }
    }

    /// Adds a boolean only where it is true: an absent key reads as false.
    pub fn flag(self, key: &str, value: bool) -> Self {
        if value { self.raw(key, "true") } else { self }
    }

    /// Adds an array of strings; an empty one is left out.
    pub fn strs<S: AsRef<str>>(self, key: &str, values: &[S]) -> Self {
        if values.is_empty() { self } else { self.raw(key, &strings(values)) }
    }

    /// The text.
    pub fn end(self) -> String {
        if self.text.is_empty() { "{}".to_owned() } else { self.text + "}" }
    }
}

/// A JSON string literal. Characters that are [not shown](is_hidden) are escapes in it too: it ends up on terminals, in
/// logs and in files that people review.
pub fn quote(text: &str) -> String {
    // Nearly every name and type needs no escape, and the derive writes dozens of them a model.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        return format!("\"{text}\"");
    }
    let literal = Value::from(text).to_string();
    if !literal.chars().any(is_hidden) {
        return literal;
    }
    let mut escaped = String::with_capacity(literal.len() + 8);
    for c in literal.chars() {
        match is_hidden(c) {
            true => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}"))),
            false => escaped.push(c),
        }
    }
    escaped
}

/// A JSON array of strings, on one line.
pub fn strings<S: AsRef<str>>(values: &[S]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quote(value.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A document of several lines: one key a line, and of an array one item a line.
#[derive(Debug, Default)]
pub struct Document {
    entries: Vec<String>,
}

impl Document {
    /// Adds a key whose value is JSON text already.
    pub fn raw(mut self, key: &str, json: &str) -> Self {
        self.entries.push(format!("  {}: {json}", quote(key)));
        self
    }

    /// Adds a string.
    pub fn str(self, key: &str, value: &str) -> Self {
        self.raw(key, &quote(value))
    }

    /// An array with one item a line, so that git merges changes of different items.
    pub fn lines(self, key: &str, items: &[String]) -> Self {
        if items.is_empty() {
            return self.raw(key, "[]");
        }
        let body: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
        self.raw(key, &format!("[\n{}\n  ]", body.join(",\n")))
    }

    /// The text, with a newline at its end.
    pub fn end(self) -> String {
        format!("{{\n{}\n}}\n", self.entries.join(",\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_there_twice_is_named_with_its_place() {
        for (text, said) in [
            (r#"{"a": 1, "a": 1}"#, "the key `a` is there twice at line 1 column 10"),
            (
                "{\n  \"a\": [{}, {\"b\": 1,\r\n    \"b\": 2}]\n}",
                "the key `b` is there twice at line 3 column 5",
            ),
            // The same key, spelled in two ways.
            (r#"{"a\"": ":", "\u0061\"": 1}"#, "the key `a\"` is there twice at line 1 column 14"),
            (
                r#"{"x": {"a": 1}, "y": [{"a": 1}], "x": {}}"#,
                "the key `x` is there twice at line 1 column 34",
            ),
            (r#"{"\u202e": 1, "\u202e": 1}"#, r"the key `\u{202e}` is there twice at line 1 column 15"),
        ] {
            assert_eq!(
                parse_file(text, "f").unwrap_err().headline(),
                format!("cannot read `f`: {said}"),
                "{text}"
            );
            assert!(parse(text, "f").is_ok(), "an answer of the server is parsed without a second look");
        }
    }

    #[test]
    fn keys_of_different_objects_and_colons_in_strings_are_no_duplicates() {
        for text in [
            "null",
            r#"[":", "\":", {"a": ":\\"}, {"a": {"a": ["a", "a", {"a": null}]}}]"#,
            r#"{"": 1, ":": "\\", "\"": [[], {}], "A": 1, "a": 1, "\u00e9": 1, "e\u0301": 1}"#,
        ] {
            assert!(parse_file(text, "f").is_ok(), "{text}");
        }
        assert!(parse_file("{\"a\"", "f").unwrap_err().headline().contains("the text ends too early"));
    }

    #[test]
    fn a_key_that_is_there_twice_is_found_in_time_in_proportion() {
        let members: Vec<String> = (0..200_000).map(|n| format!("\"{n}\": 1")).collect();
        let text = format!("{{{0}, {0}}}", members.join(", "));
        assert!(parse_file(&text, "f").unwrap_err().headline().contains("the key `0` is there twice"));
    }
}
