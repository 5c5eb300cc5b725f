//! A record as bytes.

use schemacheck_core::record;

use super::part::{Part, text};

/// A record as it lies in the section: one after the other, without padding, since all of it is bytes.
///
/// The derive fills one static of this type a model. The parts are arrays, so that the compiler has hardly anything
/// to evaluate: each step of constant evaluation costs the user's build.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C)]
pub struct Record<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize> {
    magic: [u8; record::MAGIC.len()],
    length: [u8; record::HEADER - record::MAGIC.len()],
    head: [u8; HEAD],
    path: [u8; PATH],
    tail: [u8; TAIL],
    nulls: [u8; NULLS],
    end: [u8; record::END.len()],
}

impl<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize>
    Record<HEAD, PATH, TAIL, NULLS>
{
    /// Puts a record together; `path` has `PATH` bytes.
    pub const fn new(head: [u8; HEAD], path: &str, tail: [u8; TAIL], nulls: [u8; NULLS]) -> Self {
        Self {
            magic: record::MAGIC,
            length: ((HEAD + PATH + TAIL + NULLS + record::END.len()) as u32).to_le_bytes(),
            head,
            path: text(path),
            tail,
            nulls,
            end: record::END,
        }
    }

    /// All of its bytes.
    #[allow(unsafe_code, reason = "a struct of byte arrays is seen as the bytes that it is")]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the struct is `repr(C)` and all its fields are arrays of bytes, so it has no padding, and each of
        // its `size_of` bytes is initialised; they are borrowed as long as the struct.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).cast(), size_of::<Self>()) }
    }
}

/// Labels in an extended record, between what begins and what ends them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct LabelsPiece<const BEGIN: usize, const LABELS: usize, const END: usize> {
    begin: [u8; BEGIN],
    labels: [u8; LABELS],
    end: [u8; END],
}

impl<const BEGIN: usize, const LABELS: usize, const END: usize> LabelsPiece<BEGIN, LABELS, END> {
    /// `labels` has `LABELS` bytes.
    pub const fn new(begin: [u8; BEGIN], labels: &str, end: [u8; END]) -> Self {
        Self { begin, labels: text(labels), end }
    }
}

/// The columns of a flattened struct in an extended record, between what begins and what ends them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ColumnsPiece<const BEGIN: usize, const LEN: usize, const END: usize> {
    begin: [u8; BEGIN],
    columns: [u8; LEN],
    end: [u8; END],
}

impl<const BEGIN: usize, const LEN: usize, const END: usize> ColumnsPiece<BEGIN, LEN, END> {
    /// `LEN` is [`Part::len`].
    pub const fn new(begin: [u8; BEGIN], parts: &[Part], end: [u8; END]) -> Self {
        Self { begin, columns: Part::join(parts), end }
    }
}

/// Two pieces, one behind the other.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Then<A, B>(pub A, pub B);

/// What consists of bytes alone.
///
/// # Safety
///
/// The type has no padding, and each of its bytes is initialised.
#[allow(unsafe_code, reason = "a promise on which `ExtendedRecord::bytes` relies")]
#[doc(hidden)]
pub unsafe trait Bytes: Copy {}

// SAFETY: `repr(C)`, and nothing but arrays of bytes.
#[allow(unsafe_code, reason = "the promise is kept")]
unsafe impl<const BEGIN: usize, const LABELS: usize, const END: usize> Bytes
    for LabelsPiece<BEGIN, LABELS, END>
{
}
// SAFETY: `repr(C)`, and nothing but arrays of bytes.
#[allow(unsafe_code, reason = "the promise is kept")]
unsafe impl<const BEGIN: usize, const LEN: usize, const END: usize> Bytes for ColumnsPiece<BEGIN, LEN, END> {}
// SAFETY: it is `repr(C)`, and of parts aligned to one byte, so nothing stands between them.
#[allow(unsafe_code, reason = "the promise is kept")]
unsafe impl<A: Bytes, B: Bytes> Bytes for Then<A, B> {}

/// A record with what only the compiler knows behind it, in place of the end. A model without such pieces takes
/// [`Record`], which costs less.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C)]
pub struct ExtendedRecord<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize, E> {
    magic: [u8; record::MAGIC.len()],
    length: [u8; record::HEADER - record::MAGIC.len()],
    head: [u8; HEAD],
    path: [u8; PATH],
    tail: [u8; TAIL],
    nulls: [u8; NULLS],
    extra: E,
}

impl<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize, E: Bytes>
    ExtendedRecord<HEAD, PATH, TAIL, NULLS, E>
{
    /// Puts a record together; `path` has `PATH` bytes.
    pub const fn new(head: [u8; HEAD], path: &str, tail: [u8; TAIL], nulls: [u8; NULLS], extra: E) -> Self {
        Self {
            magic: record::MAGIC,
            length: ((HEAD + PATH + TAIL + NULLS + size_of::<E>()) as u32).to_le_bytes(),
            head,
            path: text(path),
            tail,
            nulls,
            extra,
        }
    }

    /// All of its bytes.
    #[allow(unsafe_code, reason = "a struct of byte arrays is seen as the bytes that it is")]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: as for `Record`: `repr(C)`, nothing but arrays of bytes, which `E` is too.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).cast(), size_of::<Self>()) }
    }
}
