//! A trial: a model's own query, run by its library.

use std::any::type_name;
use std::fmt::Display;

/// What a program does with a model, or with a type of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Read,
    Write,
    /// A type: values are read and written.
    Both,
}

/// What came of it.
pub(crate) struct Trial {
    /// The model's Rust path.
    pub(crate) model: String,
    pub(crate) does: Does,
    /// The Rust paths of other models whose rows it consists of.
    pub(crate) parts: Vec<String>,
    pub(crate) result: Result<(), String>,
}

impl Trial {
    /// A query that reads rows of a model: how many. One that reads none shows nothing.
    pub(crate) fn read<M: ?Sized>(result: Result<usize, impl Display>) -> Self {
        let trial = Self::new::<M>(Does::Read, result);
        assert_ne!(trial.1, Some(0), "the query of `{}` read no row", trial.0.model);
        trial.0
    }

    /// Statements that write rows of a model, with each value that its enums have.
    pub(crate) fn write<M: ?Sized, E: Display>(results: impl IntoIterator<Item = Result<(), E>>) -> Self {
        let results: Vec<_> = results.into_iter().collect();
        let count = results.len();
        let result: Result<(), E> = results.into_iter().collect();
        Self::new::<M>(Does::Write, result.map(|()| count)).0
    }

    /// Values of a type: read, and written.
    pub(crate) fn value<M: ?Sized, E: Display>(results: impl IntoIterator<Item = Result<(), E>>) -> Self {
        Self { does: Does::Both, ..Self::write::<M, E>(results) }
    }

    /// Rows of this model are put together of another's.
    pub(crate) fn of<M: ?Sized>(mut self) -> Self {
        self.parts.push(path::<M>());
        self
    }

    fn new<M: ?Sized>(does: Does, result: Result<usize, impl Display>) -> (Self, Option<usize>) {
        let count = result.as_ref().ok().copied();
        let result = result.map(|_| ()).map_err(|error| error.to_string());
        (Self { model: path::<M>(), does, parts: Vec::new(), result }, count)
    }
}

/// The path of a type as a record has it, without generics.
pub(crate) fn path<T: ?Sized>() -> String {
    let name = type_name::<T>();
    name.split_once('<').map_or(name, |(name, _)| name).to_owned()
}
