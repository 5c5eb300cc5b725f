//! Reading JSON with errors that name the place, and writing it the same way whatever features `serde_json` has.
//!
//! `serde_json::Map` keeps its order only with `preserve_order`, which any crate of a build may switch on or off, so
//! objects are written here key by key.

use serde_json::Value;

use crate::Error;

/// A value with its path from the root of the text, for errors.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    value: &'a Value,
    place: &'a str,
    path: String,
}

/// Parses a whole text; an error names line and column, both counted from 1.
pub(crate) fn parse(text: &str, place: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| {
        let problem = if error.is_eof() {
            "the text ends too early"
        } else if text
            .lines()
            .any(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> "))
        {
            "it holds the marks of an unresolved merge, and is not JSON"
        } else {
            "it is not JSON"
        };
        Error::new(place, problem).at(format!("line {} column {}", error.line(), error.column()))
    })
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value, place: &'a str) -> Self {
        Self {
            value,
            place,
            path: String::new(),
        }
    }

    /// An error at this value.
    pub(crate) fn error(&self, problem: impl Into<String>) -> Error {
        let error = Error::new(self.place, problem);
        if self.path.is_empty() {
            error
        } else {
            error.at(format!("`{}`", self.path))
        }
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

    fn child(&self, value: &'a Value, step: &str) -> Node<'a> {
        let path = match (self.path.is_empty(), step.starts_with('[')) {
            (true, _) | (_, true) => format!("{}{step}", self.path),
            (false, false) => format!("{}.{step}", self.path),
        };
        Node {
            value,
            place: self.place,
            path,
        }
    }

    /// The value under a key; an error if there is none.
    pub(crate) fn get(&self, key: &str) -> Result<Node<'a>, Error> {
        match self.value {
            Value::Object(map) => match map.get(key) {
                Some(value) => Ok(self.child(value, key)),
                None => Err(self.error(format!("the key `{key}` is missing"))),
            },
            _ => Err(self.expected("an object")),
        }
    }

    /// The value under a key, or nothing if the key is absent or null.
    pub(crate) fn opt(&self, key: &str) -> Result<Option<Node<'a>>, Error> {
        match self.value {
            Value::Object(map) => Ok(map
                .get(key)
                .filter(|value| !value.is_null())
                .map(|value| self.child(value, key))),
            _ => Err(self.expected("an object")),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub(crate) fn str(&self) -> Result<&'a str, Error> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    pub(crate) fn string(&self) -> Result<String, Error> {
        self.str().map(str::to_owned)
    }

    pub(crate) fn bool(&self) -> Result<bool, Error> {
        self.value
            .as_bool()
            .ok_or_else(|| self.expected("a boolean"))
    }

    pub(crate) fn int<T: TryFrom<i64>>(&self) -> Result<T, Error> {
        let number = self
            .value
            .as_i64()
            .ok_or_else(|| self.expected("a whole number"))?;
        T::try_from(number).map_err(|_| self.error(format!("the number {number} is out of range")))
    }

    pub(crate) fn items(&self) -> Result<Vec<Node<'a>>, Error> {
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.expected("an array"))?;
        Ok(items
            .iter()
            .enumerate()
            .map(|(i, value)| self.child(value, &format!("[{i}]")))
            .collect())
    }

    /// An array of exactly `n` items.
    pub(crate) fn tuple(&self, n: usize) -> Result<Vec<Node<'a>>, Error> {
        let items = self.items()?;
        if items.len() == n {
            Ok(items)
        } else {
            Err(self.error(format!("expected {n} items, found {}", items.len())))
        }
    }

    pub(crate) fn strings(&self) -> Result<Vec<String>, Error> {
        self.items()?.iter().map(Node::string).collect()
    }

    /// Reads every item of the array under `key` with `read`; an absent key is an empty array.
    pub(crate) fn list<T>(
        &self,
        key: &str,
        read: impl Fn(&Node<'a>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        match self.opt(key)? {
            Some(node) => node.items()?.iter().map(read).collect(),
            None => Ok(Vec::new()),
        }
    }

    /// `read` of the value under `key`, or nothing if it is absent or null.
    pub(crate) fn map<T>(
        &self,
        key: &str,
        read: impl Fn(&Node<'a>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.opt(key)?.map(|node| read(&node)).transpose()
    }
}

/// An object under construction, on one line, its keys in the order in which they are added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    text: String,
}

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a key whose value is JSON text already.
    pub(crate) fn raw(mut self, key: &str, json: &str) -> Self {
        self.text
            .push_str(if self.text.is_empty() { "{" } else { ", " });
        self.text.push_str(&quote(key));
        self.text.push_str(": ");
        self.text.push_str(json);
        self
    }

    pub(crate) fn str(self, key: &str, value: &str) -> Self {
        self.raw(key, &quote(value))
    }

    pub(crate) fn opt_str(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.str(key, value),
            None => self,
        }
    }

    /// Adds a boolean only where it is true: an absent key reads as false.
    pub(crate) fn flag(self, key: &str, value: bool) -> Self {
        if value { self.raw(key, "true") } else { self }
    }

    /// Adds an array of strings; an empty one is left out.
    pub(crate) fn strs<S: AsRef<str>>(self, key: &str, values: &[S]) -> Self {
        if values.is_empty() {
            self
        } else {
            self.raw(key, &strings(values))
        }
    }

    pub(crate) fn end(self) -> String {
        if self.text.is_empty() {
            "{}".to_owned()
        } else {
            self.text + "}"
        }
    }
}

/// A JSON string literal.
pub(crate) fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

/// A JSON array of strings, on one line.
pub(crate) fn strings<S: AsRef<str>>(values: &[S]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quote(value.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A document of several lines: one key a line, and of an array one item a line.
#[derive(Debug, Default)]
pub(crate) struct Document {
    entries: Vec<String>,
}

impl Document {
    pub(crate) fn raw(mut self, key: &str, json: &str) -> Self {
        self.entries.push(format!("  {}: {json}", quote(key)));
        self
    }

    pub(crate) fn str(self, key: &str, value: &str) -> Self {
        self.raw(key, &quote(value))
    }

    /// An array with one item a line, so that git merges changes of different items.
    pub(crate) fn lines(self, key: &str, items: &[String]) -> Self {
        if items.is_empty() {
            return self.raw(key, "[]");
        }
        let body: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
        self.raw(key, &format!("[\n{}\n  ]", body.join(",\n")))
    }

    pub(crate) fn end(self) -> String {
        format!("{{\n{}\n}}\n", self.entries.join(",\n"))
    }
}
