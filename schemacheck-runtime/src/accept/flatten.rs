//! Flattened structs: how the derive of one struct judges the fields of another, which it cannot see.
//!
//! The struct that flattens has a type that stands for its table, with one [`HasColumn`] a column. The struct inside
//! says by [`EmbeddedIn`] what it needs of any such table. So the compiler brings the two together, across crates and at
//! any depth.

use schemacheck_core::record;

use super::labels::LabelList;
use super::pg::{Joined, LeftJoined, NotNull, Nullable};
use super::{AcceptsColumn, AcceptsNull, Agree, Model};
use crate::registry::Part;

/// A table, by the hash of a column's name.
#[doc(hidden)]
pub trait HasColumn<const NAME: u64> {
    /// [`NotNull`] or [`Nullable`] of its type, [`Unjudged`] or [`UnjudgedNullable`].
    type Column;
}

/// A column that is judged by name only.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unjudged {}

/// A column whose type is not judged, and that can be NULL.
#[doc(hidden)]
#[derive(Debug)]
pub enum UnjudgedNullable {}

/// A Rust type that holds a column's values.
#[doc(hidden)]
pub trait Fits<C> {}

impl<T: AcceptsColumn<P> + ?Sized, P: ?Sized> Fits<NotNull<P>> for T {}
impl<T: AcceptsColumn<P> + ?Sized, P: ?Sized> Fits<Nullable<P>> for T {}
impl<T: ?Sized> Fits<Unjudged> for T {}
impl<T: ?Sized> Fits<UnjudgedNullable> for T {}

/// A Rust type that holds a column's NULL, if there is one; `J` is [`Joined`] or [`LeftJoined`].
#[doc(hidden)]
pub trait FitsNull<C, J> {}

impl<T: ?Sized, P: ?Sized, J> FitsNull<NotNull<P>, J> for T {}
impl<T: ?Sized, J> FitsNull<Unjudged, J> for T {}
impl<T: AcceptsNull + ?Sized, P: ?Sized> FitsNull<Nullable<P>, Joined> for T {}
impl<T: AcceptsNull + ?Sized> FitsNull<UnjudgedNullable, Joined> for T {}
// The row is not read at all where it is absent; where it is there, the user says that no column is NULL.
impl<T: ?Sized, P: ?Sized> FitsNull<Nullable<P>, LeftJoined> for T {}
impl<T: ?Sized> FitsNull<UnjudgedNullable, LeftJoined> for T {}

/// A table of which nothing is known.
#[doc(hidden)]
#[derive(Debug)]
pub enum AnyTable {}

impl<const NAME: u64> HasColumn<NAME> for AnyTable {
    type Column = Unjudged;
}

/// A struct that can be flattened, and whose fields fit the table that `T` stands for. It is the one trait of its sort, and
/// has one impl a type: so the compiler descends to what does not fit.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened, since it derives no `schemacheck::Model`",
    label = "derives no `schemacheck::Model`",
    note = "derive `schemacheck::Model` on it, with `#[schemacheck(embedded)]` or with its table",
    note = "a field that is no column and no struct of columns is marked `#[schemacheck(skip)]`"
)]
pub trait EmbeddedIn<T, J> {
    /// What it adds to the record of the struct that flattens it; nothing of a struct with a table, which has a record
    /// of its own.
    const PARTS: &'static [Part] = &[];
    /// How many bytes that takes.
    const LEN: usize = Part::len(Self::PARTS);
    /// Which columns it asks for, as a hash of their names; 0 where that is not known.
    const ASKS: u64 = 0;
    /// The hash of the table that rows are written to from it, and its columns: a struct that writes to the same table
    /// writes them too.
    const WRITES: (u64, &'static [Part]) = (0, &[]);
}

/// What a struct adds to the record of another that writes to this table.
#[doc(hidden)]
pub const fn written(table: u64, parts: &'static [Part], writes: (u64, &'static [Part])) -> &'static [Part] {
    if writes.0 == table { writes.1 } else { parts }
}

impl<E: EmbeddedIn<T, LeftJoined>, T, J> EmbeddedIn<T, J> for Option<E> {
    const ASKS: u64 = E::ASKS;
    const PARTS: &'static [Part] = &[Part { inner: E::PARTS, may_be_null: true, ..Part::text("") }];
}

/// The table that a struct is judged by: where a derive knows by name alone for which columns the struct asks, its table
/// says only those, if the compiler agrees. If it was another struct of that name, nothing is judged here.
#[doc(hidden)]
pub trait Choose<T> {
    type Table;
}

impl<T> Choose<T> for Agree<true> {
    type Table = T;
}
impl<T> Choose<T> for Agree<false> {
    type Table = AnyTable;
}

/// A struct with a table, in whatever stands for a row of it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no table, and neither has the struct that flattens it",
    label = "has no table",
    note = "name a table on the struct that flattens it, or mark that struct `#[schemacheck(embedded)]` too"
)]
pub trait HasTable {
    const HAS: () = ();
}

#[diagnostic::do_not_recommend]
impl<M: Model> HasTable for M {}
impl<M: HasTable> HasTable for Option<M> {}

/// The question whether a struct fits a table, whose answer warns: the constant here wins over that of [`Unfit`].
#[doc(hidden)]
#[derive(Debug)]
pub struct Flattened<E: ?Sized, T>(std::marker::PhantomData<(*const E, T)>);

impl<E: EmbeddedIn<T, Joined> + ?Sized, T> Flattened<E, T> {
    #[doc(hidden)]
    pub const FITS: bool = true;
}

/// The answer where a struct does not fit.
#[doc(hidden)]
pub trait Unfit {
    #[doc(hidden)]
    const FITS: bool = false;
}

impl<E: ?Sized, T> Unfit for Flattened<E, T> {}

/// Which fields of a column count.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// Every one.
    Any,
    /// Those for whose `None` an insert sends NULL.
    Null,
    /// Those and the ones for whose `None` it sends DEFAULT.
    NullOrDefault,
}

impl Fields {
    const fn has(self, answer: u8) -> bool {
        match self {
            Self::Any => true,
            Self::Null => answer == record::ACCEPTS_NULL,
            Self::NullOrDefault => {
                answer == record::ACCEPTS_NULL || answer == record::ACCEPTS_NULL_AS_DEFAULT
            }
        }
    }
}

/// The answer of a field for whose `None` an insert sends DEFAULT.
#[doc(hidden)]
pub const fn or_default(answer: u8) -> u8 {
    if answer == record::ACCEPTS_NULL { record::ACCEPTS_NULL_AS_DEFAULT } else { answer }
}

/// Whether one of these pieces brings the column of this hash by a field that counts.
#[doc(hidden)]
pub const fn has(parts: &[Part], column: u64, fields: Fields) -> bool {
    is_brought(parts, column, fields, None)
}

/// Whether one brings it that does not allow itself to break a rule about it: that the column is not written at all, if
/// any field counts, else that no NULL is.
#[doc(hidden)]
pub const fn breaks(parts: &[Part], column: u64, fields: Fields) -> bool {
    is_brought(parts, column, fields, Some(matches!(fields, Fields::Any)))
}

/// Whether the field of a column is exempt from such a rule.
const fn is_exempt(part: &Part, column: u64, rule: Option<bool>) -> bool {
    let Some(is_any) = rule else { return false };
    let mut at = 0;
    while at < part.exempt.len() {
        let (exempt, any) = part.exempt[at];
        if exempt == column && any == is_any {
            return true;
        }
        at += 1;
    }
    false
}

/// `rule` is what [`Part::exempt`] says of fields that are passed over.
const fn is_brought(parts: &[Part], column: u64, fields: Fields, rule: Option<bool>) -> bool {
    let mut at = 0;
    while at < parts.len() {
        let part = &parts[at];
        let mut own = 0;
        while own < part.columns.len() {
            if part.columns[own] == column && fields.has(part.nulls[own]) && !is_exempt(part, column, rule) {
                return true;
            }
            own += 1;
        }
        // An optional struct that is absent is NULL in all of its columns.
        let inside = if part.may_be_null { Fields::Any } else { fields };
        if is_brought(part.inner, column, inside, rule) {
            return true;
        }
        at += 1;
    }
    false
}

/// A column that must not be there, as [`has`] sees it, and what to say if it is.
#[doc(hidden)]
pub type Rule = (u64, Fields, &'static str);

/// The bytes of [`said`].
#[doc(hidden)]
pub const fn said_len(parts: &[Part], rules: &[Rule]) -> usize {
    let (mut len, mut at) = (0, 0);
    while at < rules.len() {
        let (column, fields, message) = rules[at];
        if breaks(parts, column, fields) {
            len += message.len() + 1;
        }
        at += 1;
    }
    len
}

/// The messages of all rules that are broken, a line break behind each.
#[doc(hidden)]
pub const fn said<const LEN: usize>(parts: &[Part], rules: &[Rule]) -> [u8; LEN] {
    let mut text = [b'\n'; LEN];
    let (mut place, mut at) = (0, 0);
    while at < rules.len() {
        let (column, fields, message) = rules[at];
        if breaks(parts, column, fields) {
            let (_, rest) = text.split_at_mut(place);
            let (own, _) = rest.split_at_mut(message.len());
            own.copy_from_slice(message.as_bytes());
            place += message.len() + 1;
        }
        at += 1;
    }
    text
}

/// Stops the compiler with the messages, if there are any.
#[doc(hidden)]
#[track_caller]
pub const fn obey(said: &[u8]) {
    if let [text @ .., _] = said {
        match std::str::from_utf8(text) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("a flattened struct breaks a rule of its table"),
        }
    }
}

/// The labels of the field that brings the column of this hash.
#[doc(hidden)]
pub const fn labels(parts: &[Part], column: u64) -> Option<LabelList> {
    let mut at = 0;
    while at < parts.len() {
        let mut own = 0;
        while own < parts[at].labels.len() {
            let (hash, list) = parts[at].labels[own];
            if hash == column && list.is_some() {
                return list;
            }
            own += 1;
        }
        if let Some(list) = labels(parts[at].inner, column) {
            return Some(list);
        }
        at += 1;
    }
    None
}

/// Whether one of these pieces brings the column, or may do so: of a struct whose attributes are not understood nobody
/// knows.
#[doc(hidden)]
pub const fn may_have(parts: &[Part], column: u64) -> bool {
    has(parts, column, Fields::Any) || is_open(parts)
}

/// Whether one of these pieces writes the column in an insert, or may do so.
#[doc(hidden)]
pub const fn may_supply(parts: &[Part], column: u64) -> bool {
    breaks(parts, column, Fields::Any) || is_open(parts)
}

/// Whether one of these pieces is of a struct whose columns are not known.
#[doc(hidden)]
pub const fn is_open(parts: &[Part]) -> bool {
    let mut at = 0;
    while at < parts.len() {
        if parts[at].is_open || is_open(parts[at].inner) {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether the columns of all fields stand in the table's order; those that it does not have are passed over.
#[doc(hidden)]
pub const fn is_in_order(parts: &[Part], table: &[u64]) -> bool {
    is_open(parts) || order_from(parts, table, 0).is_some()
}

/// The place in the table behind the last column of these pieces, if each stands behind the one before it.
const fn order_from(parts: &[Part], table: &[u64], place: usize) -> Option<usize> {
    let (mut place, mut at) = (place, 0);
    while at < parts.len() {
        let mut own = 0;
        while own < parts[at].columns.len() {
            let mut there = 0;
            while there < table.len() && table[there] != parts[at].columns[own] {
                there += 1;
            }
            if there < table.len() {
                if there < place {
                    return None;
                }
                place = there + 1;
            }
            own += 1;
        }
        match order_from(parts[at].inner, table, place) {
            Some(next) => place = next,
            None => return None,
        }
        at += 1;
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INNER: &[Part] = &[Part { nulls: b"01", columns: &[3, 4], ..Part::text("") }];
    const PARTS: &[Part] = &[
        Part { nulls: b"01", columns: &[1, 2], ..Part::text("") },
        Part { inner: INNER, ..Part::text("") },
        Part { nulls: b"0", columns: &[5], ..Part::text("") },
    ];

    #[test]
    fn flattened_columns_are_seen() {
        for column in 1..=5 {
            assert!(has(PARTS, column, Fields::Any), "{column}");
        }
        assert!(!has(PARTS, 6, Fields::Any));
        assert!(has(PARTS, 2, Fields::Null) && has(PARTS, 4, Fields::Null));
        assert!(!has(PARTS, 1, Fields::Null) && !has(PARTS, 3, Fields::Null) && !has(PARTS, 9, Fields::Null));
    }

    #[test]
    fn an_optional_struct_can_be_null_as_a_whole() {
        const OPTIONAL: &[Part] = &[Part { inner: INNER, may_be_null: true, ..Part::text("") }];
        assert!(
            has(OPTIONAL, 3, Fields::Null)
                && has(OPTIONAL, 4, Fields::Null)
                && !has(OPTIONAL, 9, Fields::Null)
        );
    }

    #[test]
    fn default_for_none_is_another_answer() {
        const ANSWERS: &[u8] = &[or_default(b'1'), or_default(b'0'), b'1'];
        const PARTS: &[Part] = &[Part { nulls: ANSWERS, columns: &[1, 2, 3], ..Part::text("") }];
        let counted = |fields| [1, 2, 3].map(|column| has(PARTS, column, fields));
        assert_eq!(counted(Fields::Null), [false, false, true]);
        assert_eq!(counted(Fields::NullOrDefault), [true, false, true]);
    }

    #[test]
    fn what_a_field_allows_itself_breaks_no_rule() {
        const EXEMPT: &[Part] =
            &[Part { nulls: b"11", columns: &[1, 2], exempt: &[(1, true), (2, false)], ..Part::text("") }];
        assert!(has(EXEMPT, 1, Fields::Any) && has(EXEMPT, 2, Fields::Null));
        assert!(!breaks(EXEMPT, 1, Fields::Any) && breaks(EXEMPT, 1, Fields::Null));
        assert!(breaks(EXEMPT, 2, Fields::Any) && !breaks(EXEMPT, 2, Fields::NullOrDefault));
        const OPTIONAL: &[Part] = &[Part { inner: EXEMPT, may_be_null: true, ..Part::text("") }];
        assert!(breaks(OPTIONAL, 1, Fields::Null) && !breaks(OPTIONAL, 2, Fields::Null));
    }

    #[test]
    fn all_that_is_broken_is_said_at_once() {
        const RULES: &[Rule] = &[
            (1, Fields::Any, "a"),
            (3, Fields::Null, "b"),
            (4, Fields::Null, "c\nd"),
            (9, Fields::Any, "e"),
        ];
        const SAID: [u8; said_len(PARTS, RULES)] = said(PARTS, RULES);
        assert_eq!(std::str::from_utf8(&SAID), Ok("a\nc\nd\n"));
        assert_eq!(said_len(PARTS, &[(9, Fields::Any, "e")]), 0);
        obey(&[]);
    }

    #[test]
    fn order_is_that_of_all_fields() {
        assert!(is_in_order(PARTS, &[1, 2, 3, 4, 5]));
        assert!(is_in_order(PARTS, &[1, 2, 9, 3, 4, 5, 6]));
        assert!(is_in_order(PARTS, &[1, 2, 4, 5]));
        assert!(!is_in_order(PARTS, &[1, 2, 4, 3, 5]));
        assert!(!is_in_order(PARTS, &[5, 1, 2, 3, 4]));
        assert!(is_in_order(&[], &[1]) && is_in_order(PARTS, &[]));
    }

    #[test]
    fn what_nobody_knows_breaks_no_rule() {
        const OPEN: &[Part] = &[Part { is_open: true, ..Part::text("") }];
        const OUTER: &[Part] = &[
            Part { columns: &[2, 1], nulls: b"00", ..Part::text("") },
            Part { inner: OPEN, ..Part::text("") },
        ];
        assert!(may_have(OUTER, 9) && !has(OUTER, 9, Fields::Any) && is_in_order(OUTER, &[1, 2]));
        assert!(!may_have(PARTS, 9) && may_have(PARTS, 4) && !is_open(PARTS));
    }
}
