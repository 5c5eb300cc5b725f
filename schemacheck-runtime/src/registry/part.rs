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

    const fn json_len(parts: &[Self]) -> usize {
        let (mut len, mut at) = (0, 0);
        while at < parts.len() {
            len += parts[at].json.len() + Self::json_len(parts[at].inner);
            at += 1;
        }
        len
    }

    const fn nulls_len(parts: &[Self]) -> usize {
        let (mut len, mut at) = (0, 0);
        while at < parts.len() {
            len += parts[at].nulls.len() + Self::nulls_len(parts[at].inner);
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

/// An item of what follows the answers of a record.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Extra {
    /// The begin of an item of labels, and the labels.
    Labels(&'static str, &'static str),
    /// The begin of an item of a group, and its columns.
    Group(&'static str, &'static [Part]),
}

impl Extra {
    /// The bytes of these items.
    pub const fn len(extra: &[Self]) -> usize {
        let (mut len, mut at) = (record::EXTRA_BEGIN.len() + record::EXTRA_END.len(), 0);
        while at < extra.len() {
            len += match extra[at] {
                Self::Labels(begin, labels) => begin.len() + labels.len() + record::LABELS_END.len(),
                Self::Group(begin, parts) => {
                    let ends = record::GROUP_NULLS.len() + record::GROUP_END.len();
                    begin.len() + Part::json_len(parts) + Part::nulls_len(parts) + ends
                }
            };
            // A comma before each but the first.
            len += (at > 0) as usize;
            at += 1;
        }
        len
    }

    /// The items; `LEN` is [`Extra::len`].
    pub const fn join<const LEN: usize>(extra: &[Self]) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let mut place = write(&mut bytes, 0, record::EXTRA_BEGIN.as_bytes());
        let mut at = 0;
        while at < extra.len() {
            if at > 0 {
                place = write(&mut bytes, place, b",");
            }
            place = match extra[at] {
                Self::Labels(begin, labels) => {
                    place = write(&mut bytes, place, begin.as_bytes());
                    place = write(&mut bytes, place, labels.as_bytes());
                    write(&mut bytes, place, record::LABELS_END.as_bytes())
                }
                Self::Group(begin, parts) => {
                    place = write(&mut bytes, place, begin.as_bytes());
                    place = Part::write_json(parts, &mut bytes, place);
                    place = write(&mut bytes, place, record::GROUP_NULLS.as_bytes());
                    place = Part::write_nulls(parts, &mut bytes, place, false);
                    write(&mut bytes, place, record::GROUP_END.as_bytes())
                }
            };
            at += 1;
        }
        write(&mut bytes, place, record::EXTRA_END.as_bytes());
        bytes
    }
}

/// Copies at once, and returns the place behind what was copied. The compiler evaluates this for each model: a loop over
/// bytes would cost the user's build, and so do the many calls inside of `copy_from_slice` and `split_at_mut`.
#[allow(unsafe_code, reason = "the safe functions take the compiler several times as long")]
pub(super) const fn write(bytes: &mut [u8], place: usize, what: &[u8]) -> usize {
    assert!(place <= bytes.len() && what.len() <= bytes.len() - place);
    // SAFETY: both ranges lie within their slices, the second as just asserted, and a slice that is borrowed mutably
    // overlaps with no other.
    unsafe { std::ptr::copy_nonoverlapping(what.as_ptr(), bytes.as_mut_ptr().add(place), what.len()) };
    place + what.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::ExtendedRecord;

    const INNER: &[Part] = &[Part { nulls: b"0-", ..Part::text("b") }, Part::text("c")];
    const OUTER: &[Part] = &[
        Part { nulls: b"10", ..Part::text("{a[") },
        Part { nulls: b"0", inner: INNER, may_be_null: true, ..Part::text("(") },
        Part { inner: INNER, ..Part::text(")") },
        Part { nulls: b"0", ..Part::text("]\"") },
    ];
    const EXTRA: &[Extra] = &[Extra::Group("<", OUTER), Extra::Labels("[0,", "[]"), Extra::Group("<", &[])];

    #[test]
    fn items_stand_in_order() {
        const JOINED: [u8; Extra::len(EXTRA)] = Extra::join(EXTRA);
        // What may be NULL as a whole answers so for each column inside.
        let expect = r#"", "extra": [<{a[(bc)bc]"], "nulls": "101110-0"},[0,[]],<], "nulls": ""}]}"#;
        assert_eq!(std::str::from_utf8(&JOINED), Ok(expect));
    }

    #[test]
    fn an_extended_record_is_read_as_any_other() {
        const HEAD: &str = r#"{"format": 1, "crate": "c", "path": ""#;
        const TAIL: &str = r#"", "file": "f", "line": 1, "sort": "model", "relation": "m",
            "columns": [["status",null,2,"Status"]], "nulls": ""#;
        const EXTRA: &[Extra] = &[Extra::Labels("[0,", "[\"sent\",\"seen\",null]")];
        const fn bytes<const N: usize>(text: &str) -> [u8; N] {
            let mut bytes = [0; N];
            bytes.copy_from_slice(text.as_bytes());
            bytes
        }
        static RECORD: ExtendedRecord<{ HEAD.len() }, 6, { TAIL.len() }, 1, { Extra::len(EXTRA) }> =
            ExtendedRecord::new(bytes(HEAD), "app::M", bytes(TAIL), *b"1", EXTRA);
        let read = record::read_section(RECORD.bytes(), "x").unwrap();
        let column = &read[0].columns[0];
        assert_eq!((read[0].path.as_str(), column.accepts_null), ("app::M", Some(true)));
        let labels = column.labels.as_ref().unwrap();
        assert_eq!((labels.labels.join(" "), labels.non_exhaustive), ("sent seen".into(), true));
    }
}
