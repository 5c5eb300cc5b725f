//! A record where there are none: on wasm it would publish the schema, and under miri there is no linker.

use super::Extra;

/// Takes what makes a record, so that it is judged, and holds nothing of it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Record<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize>;

impl<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize>
    Record<HEAD, PATH, TAIL, NULLS>
{
    /// Drops all of it.
    pub const fn new(_: [u8; HEAD], _: &str, _: [u8; TAIL], _: [u8; NULLS]) -> Self {
        Self
    }

    /// Nothing.
    pub fn bytes(&self) -> &[u8] {
        &[]
    }
}

/// The same with what only the compiler knows.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExtendedRecord<
    const HEAD: usize,
    const PATH: usize,
    const TAIL: usize,
    const NULLS: usize,
    const EXTRA: usize,
>;

impl<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize, const EXTRA: usize>
    ExtendedRecord<HEAD, PATH, TAIL, NULLS, EXTRA>
{
    /// Drops all of it.
    pub const fn new(_: [u8; HEAD], _: &str, _: [u8; TAIL], _: [u8; NULLS], _: &[Extra]) -> Self {
        Self
    }

    /// Nothing.
    pub fn bytes(&self) -> &[u8] {
        &[]
    }
}
