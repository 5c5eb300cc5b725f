//! Enums in plain columns: their labels and those that the column's checks admit.

use super::{READING_FAILS, explain, list, similar_label, tick};
use crate::catalog::{Column, Relation};
use crate::code::{Code, Severity};
use crate::expr::LabelFacts;
use crate::finding::{Finding, ObjectChange, Place};
use crate::manifest::{Expected, Manifest};

/// What stands around a label.
type Around = (String, String);

fn unknown(object: &str) -> Around {
    ("cannot find label `".to_owned(), format!("` in the check of column {}", tick(object)))
}

fn missing(object: &str, field: &str) -> Around {
    let end = format!("` of column {} has no variant in the enum of field {}", tick(object), tick(field));
    ("label `".to_owned(), end)
}

fn around(words: Around, label: &str) -> String {
    words.0 + &crate::ident::printable(label) + &words.1
}

fn field_is(field: &str, rust_type: &str) -> String {
    format!("field {} is {}", tick(field), tick(rust_type))
}

fn admits(facts: &LabelFacts) -> String {
    let labels: Vec<&str> = facts.admitted.labels.iter().map(String::as_str).collect();
    match labels[..] {
        [] => "the check admits no label".to_owned(),
        _ => format!("the check admits {}", list(&labels, 12)),
    }
}

/// The check refuses a label of the Rust enum.
pub fn label_refused(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    label: &str,
    facts: &LabelFacts,
) -> Finding {
    let column = format!("{}.{}", relation.name, expected.column);
    let message = around(unknown(&column), label);
    let object = format!("{column}.{label}");
    let mut finding = Finding::new(Code::UnknownLabel, "label", ObjectChange::Missing, object, message)
        .expected(label)
        .at(Place::of_column(manifest, expected))
        .note(field_is(&expected.field, &expected.rust_type))
        .note(admits(facts));
    finding.help.extend(similar_label(label, &facts.admitted.labels));
    finding
}

/// The check admits a label without a variant.
pub fn label_unread(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    label: &str,
    severity: Severity,
) -> Finding {
    let column = format!("{}.{}", relation.name, column.name);
    let message = around(missing(&column, &expected.field), label);
    let object = format!("{column}.{label}");
    Finding::new(Code::MissingLabel, "label", ObjectChange::Extra, object, message)
        .severity(severity)
        .actual(label)
        .at(Place::of_column(manifest, expected))
        .note(field_is(&expected.field, &expected.rust_type))
        .note(READING_FAILS)
}

/// What the compiler says of a field whose labels disagree: it alone knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelMessage {
    /// Before a label that the check refuses, behind it, and the notes on such.
    pub unknown: [String; 3],
    /// Likewise for a label without a variant.
    pub missing: [String; 3],
    /// The notes on either.
    pub notes: String,
    /// The first, as a warning, which cannot name the labels.
    pub unknown_warning: String,
    /// Likewise the second.
    pub missing_warning: String,
}

/// The words for a column and a field; `object` is the column's dotted name.
pub fn labels_disagree(object: &str, field: &str, rust_type: &str, facts: &LabelFacts) -> LabelMessage {
    let note = |text: &str| format!("\nnote: {text}");
    let unknown_note = note(&explain(Code::UnknownLabel));
    let missing_note = note(READING_FAILS) + &note(&explain(Code::MissingLabel));
    let notes = note(&field_is(field, rust_type)) + &note(&admits(facts));
    let (column, named) = (tick(object), tick(field));
    let unknown_warning =
        format!("the enum of field {named} has a label that the check of column {column} lacks");
    let missing_warning =
        format!("the check of column {column} admits a label without a variant in the enum of field {named}");
    let (before, after) = unknown(object);
    let (missing_before, missing_after) = missing(object, field);
    LabelMessage {
        unknown_warning: unknown_warning + &notes + &unknown_note,
        missing_warning: missing_warning + &notes + &missing_note,
        unknown: [before, after, unknown_note],
        missing: [missing_before, missing_after, missing_note],
        notes,
    }
}
