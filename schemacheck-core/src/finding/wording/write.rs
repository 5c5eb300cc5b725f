//! What is wrong with a write.

use super::{explain, list, similar_column, tick};
use crate::catalog::{Column, Relation};
use crate::code::{Code, Severity};
use crate::finding::{Finding, ObjectChange, Place};
use crate::manifest::{Expected, Kind, Manifest};

/// An insert supplies no value for a column that needs one.
pub fn missing_required(
    manifest: &Manifest,
    relation: &Relation,
    column: &Column,
    severity: Severity,
) -> Finding {
    let object = format!("{}.{}", relation.name, column.name);
    let message = required_message(&object, &manifest.path);
    let mut finding =
        Finding::new(Code::MissingRequiredColumn, "column", ObjectChange::Extra, object, message)
            .severity(severity)
            .actual(column.ty.to_string())
            .at(Place::of(manifest));
    finding.help.push(required_help("a field, or a default", "it", &format!("{:?}", column.name)));
    let ty = tick(&column.ty.to_string());
    finding.note(format!("column {} is {ty} and `NOT NULL`, without a default", tick(&column.name)))
}

/// Several of them as one: a build says them in one place.
pub fn missing_required_together(findings: &[Finding]) -> Option<Finding> {
    let (first, others) = findings.split_first()?;
    if others.is_empty() {
        return Some(first.clone());
    }
    let names: Vec<&str> = findings.iter().map(|finding| column_of(&finding.object)).collect();
    let relation = first.object.strip_suffix(names[0])?.trim_end_matches('.');
    let path = first.rust.first().map_or("", |place| place.path.as_str());
    let message = format!(
        "columns {} of {} are required, but an insert of {} supplies no values",
        list(&names, names.len()),
        tick(relation),
        tick(path)
    );
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let mut together = first.clone();
    together.message = message;
    // What was said beside the first holds for all of them.
    together.help[0] = required_help("fields, or defaults", "them", &quoted.join(", "));
    together.notes = findings.iter().flat_map(|finding| finding.notes.clone()).collect();
    together.notes.dedup();
    Some(together)
}

fn column_of(object: &str) -> &str {
    object.rsplit('.').next().unwrap_or(object)
}

fn required_message(object: &str, path: &str) -> String {
    format!("column {} is required, but an insert of {} supplies no value", tick(object), tick(path))
}

fn required_help(what: &str, them: &str, columns: &str) -> String {
    format!(
        "add {what} in a migration; where a trigger fills {them}, \
         `#[schemacheck(optional({columns}, reason = \"...\"))]` says so"
    )
}

/// A column that an insert need not supply does not exist.
pub fn optional_column(manifest: &Manifest, relation: &Relation, column: &str) -> Finding {
    let object = format!("{}.{column}", relation.name);
    let message = format!(
        "cannot find column {} in {} {}, which {} calls optional",
        tick(column),
        relation.kind,
        tick(&relation.name.to_string()),
        tick(&manifest.path)
    );
    let mut finding = Finding::new(Code::MissingColumn, "column", ObjectChange::Missing, object, message)
        .expected(OPTIONAL)
        .at(Place::of(manifest));
    finding.help.extend(similar_column(column, relation));
    finding
}

/// What such a finding expects.
pub const OPTIONAL: &str = "optional";

/// A column that only the server writes has a field of a model that writes.
pub fn generated_written(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    what: &'static str,
) -> Finding {
    let object = format!("{}.{}", relation.name, expected.column);
    let message =
        format!("column {} is `{what}`, but field {} writes it", tick(&object), tick(&expected.field));
    Finding::new(Code::GeneratedColumnWritten, "column", ObjectChange::Changed, object, message)
        .attribute("generated")
        .actual(what)
        .at(Place::of_column(manifest, expected))
        .help("leave the field to a struct that only reads, or mark it `#[schemacheck(skip)]` here")
}

/// A write, which is an insert or an update, can send NULL to a column that refuses it.
pub fn null_written(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    by: Kind,
    severity: Severity,
) -> Finding {
    let object = format!("{}.{}", relation.name, expected.column);
    let (message, help) = null_text(&object, expected, by);
    Finding::new(Code::NotNullColumn, "column", ObjectChange::Changed, object, message)
        .severity(severity)
        .attribute("nullable")
        .expected("nullable")
        .actual("not null")
        .at(Place::of_column(manifest, expected))
        .help(help)
}

fn null_text(object: &str, expected: &Expected, by: Kind) -> (String, String) {
    let field = tick(&expected.field);
    match expected.none_is_default {
        _ if by == Kind::Update => (
            format!(
                "column {} refuses NULL, but an update sets it to NULL for `None` in field {field}",
                tick(object)
            ),
            "use a type without `Option`, or leave out `treat_none_as_null`, so that `None` leaves the column \
             as it is"
                .to_owned(),
        ),
        false => (
            format!(
                "column {} refuses NULL, but an insert sends NULL for `None` in field {field}",
                tick(object)
            ),
            "use a type without `Option`; where your library writes DEFAULT for `None`, \
             `#[schemacheck(none = \"default\")]` says so"
                .to_owned(),
        ),
        true => (
            format!(
                "column {} refuses NULL and has no default, but an insert sends DEFAULT for `None` in field {field}",
                tick(object)
            ),
            "use a type without `Option`, or give the column a default in a migration".to_owned(),
        ),
    }
}

/// The same as lines of an error of the compiler, which alone knows whether the type can hold NULL.
pub fn null_written_lines(object: &str, expected: &Expected, by: Kind) -> String {
    let (message, help) = null_text(object, expected, by);
    format!("{message}\nhelp: {help}\nnote: {}", explain(Code::NotNullColumn))
}
