//! A record where there are none: on wasm it would publish the schema, and under miri there is no linker.

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

/// Labels, of which nothing is held.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct LabelsPiece<const BEGIN: usize, const LABELS: usize, const END: usize>;

impl<const BEGIN: usize, const LABELS: usize, const END: usize> LabelsPiece<BEGIN, LABELS, END> {
    /// Drops all of it.
    pub const fn new(_: [u8; BEGIN], _: &str, _: [u8; END]) -> Self {
        Self
    }
}

/// The columns of a flattened struct, of which nothing is held.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ColumnsPiece<const BEGIN: usize, const LEN: usize, const END: usize>;

impl<const BEGIN: usize, const LEN: usize, const END: usize> ColumnsPiece<BEGIN, LEN, END> {
    /// Drops all of it.
    pub const fn new(_: [u8; BEGIN], _: &[super::Part], _: [u8; END]) -> Self {
        Self
    }
}

/// Two pieces, one behind the other.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Then<A, B>(pub A, pub B);

/// The same with what only the compiler knows.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExtendedRecord<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize, E>(
    std::marker::PhantomData<E>,
);

impl<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize, E: Copy>
    ExtendedRecord<HEAD, PATH, TAIL, NULLS, E>
{
    /// Drops all of it.
    pub const fn new(_: [u8; HEAD], _: &str, _: [u8; TAIL], _: [u8; NULLS], _: E) -> Self {
        Self(std::marker::PhantomData)
    }

    /// Nothing.
    pub fn bytes(&self) -> &[u8] {
        &[]
    }
}
