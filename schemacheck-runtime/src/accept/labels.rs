//! Enums that are kept in plain columns of text: their labels, and whether a column's check admits them. Only the
//! compiler knows what a field's type is, so it compares them.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use schemacheck_core::expr::same_label;

#[doc(hidden)]
pub use schemacheck_core::expr::Fold;

/// A Rust type that is a label in a column of text, or holds such.
#[doc(hidden)]
pub trait Labels {
    const LIST: LabelList;
}

/// The labels of a type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct LabelList {
    /// In the order of the variants.
    pub labels: &'static [&'static str],
    /// Whether values without a variant are read too.
    pub non_exhaustive: bool,
    /// The same as a record holds it.
    pub json: &'static str,
}

macro_rules! wrappers {
    ($($wrapper:ty),+) => {
        $(impl<T: Labels + ?Sized> Labels for $wrapper {
            const LIST: LabelList = T::LIST;
        })+
    };
}

wrappers!(&T, Box<T>, Rc<T>, Arc<T>);

impl<T: Labels> Labels for Option<T> {
    const LIST: LabelList = T::LIST;
}
impl<T: Labels + ToOwned + ?Sized> Labels for Cow<'_, T> {
    const LIST: LabelList = T::LIST;
}
impl<T: Labels> Labels for Vec<T> {
    const LIST: LabelList = T::LIST;
}
impl<T: Labels> Labels for [T] {
    const LIST: LabelList = T::LIST;
}
impl<T: Labels, const N: usize> Labels for [T; N] {
    const LIST: LabelList = T::LIST;
}

/// The labels of any type: the inherent constants exist only where there are some, and win over the trait's.
#[doc(hidden)]
#[derive(Debug)]
pub struct LabelsOf<T: ?Sized>(PhantomData<T>);

impl<T: Labels + ?Sized> LabelsOf<T> {
    #[doc(hidden)]
    pub const LIST: Option<LabelList> = Some(T::LIST);
    #[doc(hidden)]
    pub const JSON: &'static str = T::LIST.json;
}

#[doc(hidden)]
pub trait NoLabels {
    const LIST: Option<LabelList> = None;
    const JSON: &'static str = "null";
}

impl<T: ?Sized> NoLabels for LabelsOf<T> {}

/// What the snapshot says of a column, and what there is to say of a type that does not agree with it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ColumnLabels {
    /// Those that the column's checks admit.
    pub admitted: &'static [&'static str],
    /// Which of them are equal.
    pub fold: Fold,
    /// Of a label that is not admitted: before it, behind it, and a note at the end. None where it is no matter.
    pub unknown: Option<[&'static str; 3]>,
    /// Of a label without a variant, likewise.
    pub missing: Option<[&'static str; 3]>,
    /// Notes on either.
    pub notes: &'static str,
}

impl ColumnLabels {
    /// Whether a type agrees.
    pub const fn agree(&self, list: Option<LabelList>) -> bool {
        let Some(list) = list else { return true };
        (self.unknown.is_none() || lacking(list.labels, self.admitted, self.fold, 0).is_none())
            && (self.missing.is_none()
                || list.non_exhaustive
                || lacking(self.admitted, list.labels, self.fold, 0).is_none())
    }

    /// Stops the build where a type does not agree, with all its labels at once.
    #[track_caller]
    pub const fn hold(&self, list: Option<LabelList>) {
        if self.agree(list) {
            return;
        }
        let Some(list) = list else { return };
        let mut text = Text { bytes: [0; Text::MAX], len: 0 };
        let mut end = Text { bytes: [0; Text::MAX], len: 0 };
        if let Some(words) = self.unknown {
            text.add_all(list.labels, self.admitted, self.fold, words, &mut end);
        }
        if let (Some(words), false) = (self.missing, list.non_exhaustive) {
            text.add_all(self.admitted, list.labels, self.fold, words, &mut end);
        }
        text.add(self.notes);
        text.add(end.as_str());
        panic!("{}", text.as_str());
    }
}

/// The place of the first label, from a place on, that is not among others.
const fn lacking(labels: &[&str], others: &[&str], fold: Fold, from: usize) -> Option<usize> {
    let mut at = from;
    while at < labels.len() {
        let mut other = 0;
        while other < others.len() && !same_label(labels[at], others[other], fold) {
            other += 1;
        }
        if other == others.len() {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// A message that the compiler puts together; what does not fit is left out.
struct Text {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl Text {
    const MAX: usize = 8192;

    const fn add(&mut self, text: &str) {
        if self.len + text.len() <= Self::MAX {
            let (_, rest) = self.bytes.split_at_mut(self.len);
            let (own, _) = rest.split_at_mut(text.len());
            own.copy_from_slice(text.as_bytes());
            self.len += text.len();
        }
    }

    /// A line for each label that is not among others; the note once, into `end`.
    const fn add_all(
        &mut self,
        labels: &[&str],
        others: &[&str],
        fold: Fold,
        words: [&str; 3],
        end: &mut Self,
    ) {
        let mut from = 0;
        let mut is_first = true;
        while let Some(at) = lacking(labels, others, fold, from) {
            if self.len > 0 {
                self.add("\n");
            }
            self.add(words[0]);
            self.add(labels[at]);
            self.add(words[1]);
            if is_first {
                end.add(words[2]);
            }
            is_first = false;
            from = at + 1;
        }
    }

    const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "the labels of a field and those that its column's check admits are not the same",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Status;
    impl Labels for Status {
        const LIST: LabelList =
            LabelList { labels: &["sent", "seen"], non_exhaustive: false, json: "[\"sent\",\"seen\"]" };
    }

    const COLUMN: ColumnLabels = ColumnLabels {
        admitted: &["sent", "seen"],
        fold: Fold::Nothing,
        unknown: Some(["cannot find `", "`", "\nnote: 1"]),
        missing: Some(["no variant for `", "`", "\nnote: 2"]),
        notes: "\nnote: 0",
    };

    #[test]
    fn labels_are_seen_through_whatever_holds_them() {
        macro_rules! json {
            ($ty:ty) => {
                <LabelsOf<$ty>>::JSON
            };
        }
        let found = [
            json!(Status),
            json!(Option<Status>),
            json!(Vec<Option<Status>>),
            json!(&'static [Status]),
            json!([Status; 2]),
            json!(Option<Box<Status>>),
            json!(Rc<Arc<Status>>),
        ];
        assert!(found.iter().all(|json| *json == Status::LIST.json));
        assert_eq!([json!(String), json!(Vec<i32>), json!(str)], ["null"; 3]);
        assert!(<LabelsOf<Status>>::LIST.is_some() && <LabelsOf<String>>::LIST.is_none());
    }

    #[test]
    fn equal_labels_agree_and_so_do_types_without() {
        const { COLUMN.hold(<LabelsOf<Status>>::LIST) };
        const { COLUMN.hold(<LabelsOf<String>>::LIST) };
        let other = ColumnLabels { admitted: &["SEEN", "Sent"], ..COLUMN };
        assert!(!other.agree(Some(Status::LIST)));
        assert!(ColumnLabels { fold: Fold::Case, ..other }.agree(Some(Status::LIST)));
    }

    #[test]
    fn each_side_is_held_against_the_other_if_it_matters() {
        let fewer = ColumnLabels { admitted: &["sent"], ..COLUMN };
        assert!(!fewer.agree(Some(Status::LIST)));
        assert!(ColumnLabels { unknown: None, ..fewer }.agree(Some(Status::LIST)));
        let more = ColumnLabels { admitted: &["sent", "gone", "seen"], ..COLUMN };
        assert!(!more.agree(Some(Status::LIST)));
        assert!(ColumnLabels { missing: None, ..more }.agree(Some(Status::LIST)));
        assert!(more.agree(Some(LabelList { non_exhaustive: true, ..Status::LIST })));
    }

    #[test]
    fn all_labels_are_named_at_once() {
        let column = ColumnLabels { admitted: &["new", "old"], ..COLUMN };
        let panic = std::panic::catch_unwind(|| column.hold(Some(Status::LIST))).unwrap_err();
        assert_eq!(
            *panic.downcast::<String>().unwrap(),
            "cannot find `sent`\ncannot find `seen`\nno variant for `new`\nno variant for `old`\n\
             note: 0\nnote: 1\nnote: 2"
        );
    }
}
