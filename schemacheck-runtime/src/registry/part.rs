//! A record whose text the compiler puts together: where structs are flattened into a model, or a field's type says its
//! labels, the derive knows only pieces of it.

use schemacheck_core::record;

/// A piece of a record: its text, then the pieces inside.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The text.
    pub json: &'static str,
    /// The answers whether the columns of the text can hold NULL; all pieces' answers follow the last text.
    pub nulls: &'static [u8],
    /// The hashes of the columns' names.
    pub columns: &'static [u64],
    /// What stands between this text and the next piece's.
    pub inner: &'static [Part],
    /// Whether all columns inside can be NULL, whatever their own answers are.
    pub may_be_null: bool,
}

impl Part {
    /// Nothing but text.
    pub const fn text(json: &'static str) -> Self {
        Self { json, nulls: &[], columns: &[], inner: &[], may_be_null: false }
    }

    /// The length of a record of these pieces in bytes.
    pub const fn record_len(parts: &[Self]) -> usize {
        record::HEADER + Self::json_len(parts) + Self::nulls_len(parts) + record::END.len()
    }

    /// The bytes of their text.
    pub const fn json_len(parts: &[Self]) -> usize {
        let (mut len, mut at) = (0, 0);
        while at < parts.len() {
            len += parts[at].json.len() + Self::json_len(parts[at].inner);
            at += 1;
        }
        len
    }

    /// The number of their answers.
    pub const fn nulls_len(parts: &[Self]) -> usize {
        let (mut len, mut at) = (0, 0);
        while at < parts.len() {
            len += parts[at].nulls.len() + Self::nulls_len(parts[at].inner);
            at += 1;
        }
        len
    }

    /// Writes a whole record; `bytes` has [`Part::record_len`] of them.
    pub const fn write_record(parts: &[Self], bytes: &mut [u8]) {
        let length = (bytes.len() - record::HEADER) as u32;
        let mut at = write(bytes, 0, &record::MAGIC);
        at = write(bytes, at, &length.to_le_bytes());
        at = Self::write_json(parts, bytes, at);
        at = Self::write_nulls(parts, bytes, at, false);
        write(bytes, at, &record::END);
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

/// Copies at once: a loop over bytes would cost the user's build. Returns the place behind them.
const fn write(bytes: &mut [u8], place: usize, what: &[u8]) -> usize {
    let (_, rest) = bytes.split_at_mut(place);
    let (own, _) = rest.split_at_mut(what.len());
    own.copy_from_slice(what);
    place + what.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::AssembledRecord;

    const INNER: &[Part] = &[Part { nulls: b"0-", ..Part::text("b") }, Part::text("c")];
    const PARTS: &[Part] = &[
        Part { nulls: b"10", ..Part::text("{a[") },
        Part { nulls: b"0", inner: INNER, may_be_null: true, ..Part::text("(") },
        Part { inner: INNER, ..Part::text(")") },
        Part { nulls: b"0", ..Part::text("]\"") },
    ];

    #[test]
    fn pieces_stand_in_order_and_all_answers_behind_them() {
        static RECORD: AssembledRecord<{ Part::record_len(PARTS) }> = AssembledRecord::new(PARTS);
        let bytes = RECORD.bytes();
        assert_eq!(bytes[..record::MAGIC.len()], record::MAGIC);
        let length = u32::from_le_bytes(bytes[record::MAGIC.len()..record::HEADER].try_into().unwrap());
        let body = std::str::from_utf8(&bytes[record::HEADER..]).unwrap();
        assert_eq!(length as usize, body.len());
        // What may be NULL as a whole answers so for each column inside.
        assert_eq!(body, "{a[(bc)bc]\"101110-0\"}");
    }

    #[test]
    fn a_record_of_pieces_is_read_as_any_other() {
        use schemacheck_core::manifest::{Expected, Manifest};
        use schemacheck_core::record::{Holes, Template};

        let leak = |text: String| -> &'static str { String::leak(text) };
        let column = Expected { column: "status".into(), field: "status".into(), ..Expected::default() };
        let manifest = Manifest { relation: "m".into(), columns: vec![column], ..Manifest::default() };
        let holes = Holes { labels: vec![0], ..Holes::default() };
        let Template { head, tail, rest } = record::template(&manifest, &holes, &[]);
        let labels = record::labels_json(&["sent", "seen"], true);
        let mut parts = vec![Part::text(leak(head)), Part::text("app::M"), Part::text(leak(tail))];
        for (_, text) in rest {
            parts.extend([Part::text(leak(labels.clone())), Part::text(leak(text))]);
        }
        parts.push(Part { nulls: b"1", ..Part::text("") });
        let mut bytes = vec![0; Part::record_len(&parts)];
        Part::write_record(&parts, &mut bytes);
        let read = record::read_section(&bytes, "x").unwrap();
        let column = &read[0].columns[0];
        assert_eq!((read[0].path.as_str(), column.accepts_null), ("app::M", Some(true)));
        let labels = column.labels.as_ref().unwrap();
        assert_eq!((labels.labels.join(" "), labels.non_exhaustive), ("sent seen".into(), true));
    }
}
