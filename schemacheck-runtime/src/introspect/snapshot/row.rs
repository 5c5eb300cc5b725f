//! Rows of text, as the simple query protocol sends them.

use std::str::FromStr;

use postgres::{SimpleQueryMessage, SimpleQueryRow};

use crate::error::Error;
use crate::introspect::guard::{boolean, int};

/// A row of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a>(&'a SimpleQueryRow);

impl<'a> Row<'a> {
    /// A text; nothing if it is NULL.
    pub(super) fn opt(self, at: usize) -> Result<Option<&'a str>, Error> {
        self.0.try_get(at).map_err(Error::query)
    }

    /// A text.
    pub(super) fn str(self, at: usize) -> Result<&'a str, Error> {
        self.opt(at)?.ok_or_else(|| {
            let name = self.0.columns().get(at).map_or("?", |column| column.name());
            Error::answer(format!("the column `{name}` is NULL"))
        })
    }

    /// A text of its own.
    pub(super) fn string(self, at: usize) -> Result<String, Error> {
        self.str(at).map(str::to_owned)
    }

    /// A boolean.
    pub(super) fn bool(self, at: usize) -> Result<bool, Error> {
        boolean(self.str(at)?)
    }

    /// A whole number in the range of `T`.
    pub(super) fn int<T: FromStr>(self, at: usize) -> Result<T, Error> {
        int(self.str(at)?)
    }

    /// The numbers of an array without dimensions or NULLs, `{1,2}`, or of a vector, `1 2`; of NULL none.
    pub(super) fn ints<T: FromStr>(self, at: usize) -> Result<Vec<T>, Error> {
        let text = self.opt(at)?.unwrap_or_default();
        text.split(['{', '}', ',', ' ']).filter(|item| !item.is_empty()).map(int).collect()
    }
}

/// The rows of each statement of a message.
#[derive(Debug)]
pub(super) struct Results(Vec<Vec<SimpleQueryRow>>);

impl Results {
    pub(super) fn of(messages: Vec<SimpleQueryMessage>) -> Self {
        let (mut results, mut rows) = (Vec::new(), Vec::new());
        for message in messages {
            match message {
                SimpleQueryMessage::Row(row) => rows.push(row),
                SimpleQueryMessage::CommandComplete(_) => results.push(std::mem::take(&mut rows)),
                _ => {}
            }
        }
        Self(results)
    }

    /// Of how many statements.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The rows of the statement at that place.
    pub(super) fn rows(&self, at: usize) -> impl Iterator<Item = Row<'_>> {
        self.0.get(at).into_iter().flatten().map(Row)
    }
}
