//! A record as bytes.

use schemacheck_core::record;

use super::part::{Extra, write};

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
        let mut bytes = [0; PATH];
        write(&mut bytes, 0, path.as_bytes());
        Self {
            magic: record::MAGIC,
            length: ((HEAD + PATH + TAIL + NULLS + record::END.len()) as u32).to_le_bytes(),
            head,
            path: bytes,
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

/// A record with what only the compiler knows behind it, in place of the end. A model without such pieces takes
/// [`Record`], which costs less.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C)]
pub struct ExtendedRecord<
    const HEAD: usize,
    const PATH: usize,
    const TAIL: usize,
    const NULLS: usize,
    const EXTRA: usize,
> {
    magic: [u8; record::MAGIC.len()],
    length: [u8; record::HEADER - record::MAGIC.len()],
    head: [u8; HEAD],
    path: [u8; PATH],
    tail: [u8; TAIL],
    nulls: [u8; NULLS],
    extra: [u8; EXTRA],
}

impl<const HEAD: usize, const PATH: usize, const TAIL: usize, const NULLS: usize, const EXTRA: usize>
    ExtendedRecord<HEAD, PATH, TAIL, NULLS, EXTRA>
{
    /// Puts a record together; `path` has `PATH` bytes, and `EXTRA` is [`Extra::len`].
    pub const fn new(
        head: [u8; HEAD],
        path: &str,
        tail: [u8; TAIL],
        nulls: [u8; NULLS],
        extra: &[Extra],
    ) -> Self {
        let mut bytes = [0; PATH];
        write(&mut bytes, 0, path.as_bytes());
        Self {
            magic: record::MAGIC,
            length: ((HEAD + PATH + TAIL + NULLS + EXTRA) as u32).to_le_bytes(),
            head,
            path: bytes,
            tail,
            nulls,
            extra: Extra::join(extra),
        }
    }

    /// All of its bytes.
    #[allow(unsafe_code, reason = "a struct of byte arrays is seen as the bytes that it is")]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: as for `Record`: `repr(C)`, nothing but arrays of bytes.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).cast(), size_of::<Self>()) }
    }
}
