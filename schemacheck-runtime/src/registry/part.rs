//! What the compiler adds to a record: where structs are flattened into a model, or a field's type says its labels, the
//! derive does not know all of it.

use schemacheck_core::record;

use crate::accept::labels::LabelList;

/// Columns of a flattened struct: their text, then the columns of the structs inside.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The text.
    pub json: &'static str,
    /// The answers whether the columns of the text can hold NULL.
    pub nulls: &'static [u8],
    /// The hashes of the columns' names.
    pub columns: &'static [u64],
    /// What stands between this text and the next piece's.
    pub inner: &'static [Part],
    /// What the fields allow themselves to write: columns, and whether that is what only the server writes, else NULL.
    pub exempt: &'static [(u64, bool)],
    /// The labels of enums in plain columns, by the hash of the column's name; none for a type without labels.
    pub labels: &'static [(u64, Option<LabelList>)],
    /// Whether all columns inside can be NULL, whatever their own answers are.
    pub may_be_null: bool,
    /// Whether nobody knows which columns are inside.
    pub is_open: bool,
}

impl Part {
    /// Nothing but text.
    pub const fn text(json: &'static str) -> Self {
        Self {
            json,
            nulls: &[],
            columns: &[],
            inner: &[],
            exempt: &[],
            labels: &[],
            may_be_null: false,
            is_open: false,
        }
    }

    /// The bytes of [`Part::join`].
    pub const fn len(parts: &[Self]) -> usize {
        record::GROUP_NULLS.len() + Self::own_len(parts)
    }

    /// The text of all pieces, and the answers of all pieces behind it; `LEN` is [`Part::len`].
    pub const fn join<const LEN: usize>(parts: &[Self]) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let place = Self::write_json(parts, &mut bytes, 0);
        let place = write(&mut bytes, place, record::GROUP_NULLS.as_bytes());
        Self::write_nulls(parts, &mut bytes, place, false);
        bytes
    }

    const fn own_len(parts: &[Self]) -> usize {
        let (mut len, mut at) = (0, 0);
        while at < parts.len() {
            len += parts[at].json.len() + parts[at].nulls.len() + Self::own_len(parts[at].inner);
            at += 1;
        }
        len
    }

    const fn write_json(parts: &[Self], bytes: &mut [u8], mut place: usize) -> usize {
        let mut at = 0;
        while at < parts.len() {
            place = write(bytes, place, parts[at].json.as_bytes());
            place = Self::write_json(parts[at].inner, bytes, place);
            at += 1;
        }
        place
    }

    const fn write_nulls(parts: &[Self], bytes: &mut [u8], mut place: usize, may_be_null: bool) -> usize {
        let mut at = 0;
        while at < parts.len() {
            let part = &parts[at];
            let may_be_null = may_be_null || part.may_be_null;
            let begin = place;
            place = write(bytes, place, part.nulls);
            let mut own = begin;
            while may_be_null && own < place {
                bytes[own] = record::ACCEPTS_NULL;
                own += 1;
            }
            place = Self::write_nulls(part.inner, bytes, place, may_be_null);
            at += 1;
        }
        place
    }
}

/// The bytes of a text that has so many.
pub(super) const fn text<const LEN: usize>(text: &str) -> [u8; LEN] {
    match text.as_bytes().first_chunk() {
        Some(bytes) => *bytes,
        None => panic!("a text is shorter than it was said to be"),
    }
}

/// Copies at once, and returns the place behind what was copied. The compiler evaluates this for each model: a loop over
/// bytes would cost the user's build, and so do the many calls inside of `copy_from_slice` and `split_at_mut`.
#[allow(unsafe_code, reason = "the safe functions take the compiler several times as long")]
const fn write(bytes: &mut [u8], place: usize, what: &[u8]) -> usize {
    assert!(place <= bytes.len() && what.len() <= bytes.len() - place);
    // SAFETY: both ranges lie within their slices, the second as just asserted, and a slice that is borrowed mutably
    // overlaps with no other.
    unsafe { std::ptr::copy_nonoverlapping(what.as_ptr(), bytes.as_mut_ptr().add(place), what.len()) };
    place + what.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{ColumnsPiece, ExtendedRecord, LabelsPiece, Then};

    const INNER: &[Part] = &[Part { nulls: b"0-", ..Part::text("b") }, Part::text("c")];
    const OUTER: &[Part] = &[
        Part { nulls: b"10", ..Part::text("{a[") },
        Part { nulls: b"0", inner: INNER, may_be_null: true, ..Part::text("(") },
        Part { inner: INNER, ..Part::text(")") },
        Part { nulls: b"0", ..Part::text("]\"") },
    ];
    #[test]
    fn pieces_stand_in_order() {
        // What may be NULL as a whole answers so for each column inside.
        const JOINED: [u8; Part::len(OUTER)] = Part::join(OUTER);
        assert_eq!(text_of(&JOINED), format!("{{a[(bc)bc]\"{}101110-0", record::GROUP_NULLS));
        const EMPTY: [u8; Part::len(&[])] = Part::join(&[]);
        assert_eq!(text_of(&EMPTY), record::GROUP_NULLS);
    }

    fn text_of(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    const ONE: &[Part] = &[Part { nulls: b"01", ..Part::text("a") }];

    #[test]
    fn a_single_piece_is_taken_as_it_is() {
        const JOINED: [u8; Part::len(ONE)] = Part::join(ONE);
        assert_eq!(text_of(&JOINED), format!("a{}01", record::GROUP_NULLS));
        const MAYBE: &[Part] = &[Part { nulls: b"0", may_be_null: true, ..Part::text("a") }];
        const OF_MAYBE: [u8; Part::len(MAYBE)] = Part::join(MAYBE);
        assert_eq!(text_of(&OF_MAYBE), format!("a{}1", record::GROUP_NULLS));
    }

    #[test]
    fn an_extended_record_is_read_as_any_other() {
        const TIMES: &[Part] = &[Part { nulls: b"1", ..Part::text("[\"at\",null,3,\"T\"]") }];
        const HEAD: &str = r#"{"format": 1, "crate": "c", "path": ""#;
        const TAIL: &str = r#"", "file": "f", "line": 1, "sort": "model", "relation": "m",
            "columns": [["status",null,2,"Status"]], "groups": [{"field": "times", "line": 3, "type": "Times"}],
            "nulls": ""#;
        const LABELS: &str = "[\"sent\",\"seen\",null]";
        static RECORD: ExtendedRecord<
            { HEAD.len() },
            6,
            { TAIL.len() },
            1,
            Then<LabelsPiece<16, { LABELS.len() }, 1>, ColumnsPiece<35, { Part::len(TIMES) }, 4>>,
        > = ExtendedRecord::new(
            text(HEAD),
            "app::M",
            text(TAIL),
            *b"1",
            Then(
                LabelsPiece::new(*b"\", \"extra\": [[0,", LABELS, *b"]"),
                ColumnsPiece::new(*b",{\"group\": 0, \"at\": 1, \"columns\": [", TIMES, *b"\"}]}"),
            ),
        );
        let read = record::read_section(RECORD.bytes(), "x").unwrap();
        let column = &read[0].columns[0];
        assert_eq!((read[0].path.as_str(), column.accepts_null), ("app::M", Some(true)));
        let labels = column.labels.as_ref().unwrap();
        assert_eq!((labels.labels.join(" "), labels.non_exhaustive), ("sent seen".into(), true));
        let flattened = &read[0].columns[1];
        assert_eq!((flattened.field.as_str(), flattened.accepts_null), ("times.at", Some(true)));
    }
}
