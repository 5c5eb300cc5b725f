//! Stage 3: rules that need more than one attribute.

use std::collections::HashMap;

use proc_macro2::Span;
use schemacheck_core::catalog::Action;
use schemacheck_core::finding::wording;
use schemacheck_core::manifest::Kind;
use schemacheck_core::pg_type;

use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::input::{Enum, Field, Model, Typed};
use crate::symbol::{
    COLUMN, COMPUTED, DATABASE, DEFAULT, EMBEDDED, EXACT, FLATTEN, INSERT, MAX_LENGTH, NONE, NOT_NULL,
    NULLABLE, ON_DELETE, OPTIONAL, READ, REFERENCES, RENAME, RENAME_ALL, REPR, SCHEMA, SKIP, TABLE,
    TRANSPARENT, TYPE, UPDATE,
};

/// The relation or type that attributes name: the schema as written, and the name.
pub(crate) type Named = (Option<String>, String);

/// Every rule for a model.
pub(crate) fn model(ctxt: &Ctxt, model: &Model<'_>) {
    one_field_a_column(ctxt, model);
    embedded_has_no_relation(ctxt, model);
    embedded_promises_nothing(ctxt, model);
    exact_knows_its_columns(ctxt, model);
    only_inserts(ctxt, model);
}

/// Every rule for one field's words.
pub(crate) fn field(ctxt: &Ctxt, attrs: &Attrs) {
    no_column_has_no_words(ctxt, attrs);
    if let (Some(span), None) = (attrs.on_delete.span(), attrs.references.get()) {
        ctxt.error_at(
            span,
            format!("`{ON_DELETE}` goes with `{REFERENCES}`\nhelp: add `{REFERENCES} = \"table(column)\"`"),
        );
    }
    if let (Some(_), Some(span)) = (attrs.not_null.get(), attrs.nullable.span()) {
        ctxt.error_at(span, format!("a column is either `{NOT_NULL}` or `{NULLABLE}`"));
    }
    promises_agree(ctxt, attrs);
    deleting_can_succeed(ctxt, attrs);
}

/// A promised type is one of PostgreSQL, and holds what `max_length` promises.
fn promises_agree(ctxt: &Ctxt, attrs: &Attrs) {
    let (Some(text), Some(span)) = (attrs.ty.get(), attrs.ty.span()) else { return };
    let spelled = match pg_type::spelled(text) {
        Ok(spelled) => spelled,
        Err(problem) => return ctxt.error_at(span, wording::bad_type(text, &problem)),
    };
    if let (Some(length), Some(span)) = (attrs.max_length.get(), attrs.max_length.span())
        && let Some(holds) = spelled.max_length().filter(|holds| holds < length)
    {
        ctxt.error_at(span, wording::too_short_a_type(text, holds, *length));
    }
}

/// A foreign key that writes NULL, into a column that refuses it: no row could ever be deleted.
fn deleting_can_succeed(ctxt: &Ctxt, attrs: &Attrs) {
    if let (Some(Action::SetNull), Some(_), Some(span)) =
        (attrs.on_delete.get(), attrs.not_null.get(), attrs.on_delete.span())
    {
        ctxt.error_at(
            span,
            format!("`{ON_DELETE} = \"set null\"` cannot be on a column that is `{NOT_NULL}`"),
        );
    }
}

/// Every rule for an enum.
pub(crate) fn pg_enum(ctxt: &Ctxt, item: &Enum<'_>) {
    one_variant_a_label(ctxt, item);
    either_type_or_repr(ctxt, item);
}

/// Every rule for the words of a struct that derives `PgType`.
pub(crate) fn pg_type(ctxt: &Ctxt, attrs: &Attrs) {
    transparent_or_typed(ctxt, attrs);
    only_typed(ctxt, attrs);
}

/// Every rule for one of its fields' words.
pub(crate) fn pg_type_field(ctxt: &Ctxt, attrs: &Attrs) {
    if let (Some(_), Some(span)) = (attrs.skip.get(), attrs.rename.span()) {
        ctxt.error_at(span, format!("a field with `{SKIP}` has no attribute, and `{RENAME}` is said of one"));
    }
}

/// Every rule for a struct with a `type`.
pub(crate) fn typed(ctxt: &Ctxt, typed: &Typed<'_>) {
    one_field_a_name(ctxt, &typed.fields, "attribute");
}

/// The two say different things of a struct.
fn transparent_or_typed(ctxt: &Ctxt, attrs: &Attrs) {
    if let (Some(span), Some(_)) = (attrs.transparent.span(), attrs.ty.get()) {
        ctxt.error_at(
            span,
            format!(
                "a `PgType` is either `{TRANSPARENT}` or has a `{TYPE}`\n\
                 help: `{TRANSPARENT}` is for a newtype that holds what the type inside holds\n\
                 help: `{TYPE} = \"...\"` is for the struct of a composite type, and for the newtype of a domain"
            ),
        );
    }
}

/// What is said of a PostgreSQL type by a struct that names none: most likely `type` was forgotten.
fn only_typed(ctxt: &Ctxt, attrs: &Attrs) {
    if attrs.ty.get().is_some() {
        return;
    }
    let words = [
        (SCHEMA, attrs.schema.span()),
        (DATABASE, attrs.database.span()),
        (RENAME_ALL, attrs.rename_all.span()),
    ];
    for (word, span) in words {
        if let Some(span) = span {
            let message = match attrs.transparent.get() {
                Some(()) => format!(
                    "a `{TRANSPARENT}` struct stands for no type of its own, and `{word}` is said of one\n\
                     help: leave it out"
                ),
                None => format!("`{word}` goes with `{TYPE}`\nhelp: add `{TYPE} = \"...\"`"),
            };
            ctxt.error_at(span, message);
        }
    }
}

/// `skip`, `computed` and `flatten`: what is said of a column is said of none.
fn no_column_has_no_words(ctxt: &Ctxt, attrs: &Attrs) {
    let kinds = [(SKIP, &attrs.skip), (COMPUTED, &attrs.computed), (FLATTEN, &attrs.flatten)];
    let mut written = kinds.into_iter().filter_map(|(word, slot)| Some((word, slot.span()?)));
    let Some((word, _)) = written.next() else { return };
    if let Some((other, span)) = written.next() {
        ctxt.error_at(span, format!("a field is either `{word}` or `{other}`"));
    }
    let columns = [
        (COLUMN, attrs.column.span()),
        (NONE, attrs.none.span()),
        (TYPE, attrs.ty.span()),
        (MAX_LENGTH, attrs.max_length.span()),
        (DEFAULT, attrs.default.span()),
        (REFERENCES, attrs.references.span()),
        (NOT_NULL, attrs.not_null.span()),
        (NULLABLE, attrs.nullable.span()),
    ];
    for (other, span) in columns {
        if let Some(span) = span {
            ctxt.error_at(span, format!("a field with `{word}` has no column, and `{other}` is said of one"));
        }
    }
}

/// An embedded struct has no relation: what is said of one belongs to the struct that flattens it.
fn embedded_has_no_relation(ctxt: &Ctxt, model: &Model<'_>) {
    if model.attrs.embedded.get().is_none() {
        return;
    }
    embedded_allows_only(ctxt, &model.attrs);
    for (word, span) in words_of_relation(&model.attrs) {
        ctxt.error_at(
            span,
            format!("an `{EMBEDDED}` struct has no table: `{word}` belongs to the struct that flattens it"),
        );
    }
}

/// Nor has it columns yet, of which something could be promised.
fn embedded_promises_nothing(ctxt: &Ctxt, model: &Model<'_>) {
    if model.attrs.embedded.get().is_none() {
        return;
    }
    for (_, span) in model.fields.iter().flat_map(|field| &field.promise_spans) {
        ctxt.error_at(
            *span,
            format!(
                "an `{EMBEDDED}` struct has no table of which this could be promised\n\
                 help: promise it in a struct that names the table"
            ),
        );
    }
}

/// Which columns a type parameter brings, nobody knows.
fn exact_knows_its_columns(ctxt: &Ctxt, model: &Model<'_>) {
    let open = model.groups.iter().find(|group| group.is_generic);
    if let (Some(span), Some(group)) = (model.attrs.exact.span(), open) {
        ctxt.error_at(
            span,
            format!(
                "`{EXACT}` needs to know every column, and field `{}` brings those of a type parameter",
                group.name
            ),
        );
    }
}

/// How grave it is where an embedded struct does not fit, the struct that flattens it says: its derive judges.
pub(crate) fn embedded_allows_only(ctxt: &Ctxt, attrs: &Attrs) {
    for (level, span) in &attrs.levels {
        let word = level.word();
        ctxt.error_at(
            *span,
            format!(
                "`{word}` is said of an `{EMBEDDED}` struct, which is judged where it is flattened\n\
                 help: write `{word}` on the struct that flattens it, or `allow` here"
            ),
        );
    }
}

/// What is said of a relation, as it stands in the attributes of a struct.
fn words_of_relation(attrs: &Attrs) -> Vec<(&'static str, Span)> {
    let words = [
        (TABLE, attrs.table.span()),
        (SCHEMA, attrs.schema.span()),
        (DATABASE, attrs.database.span()),
        (READ, attrs.read.span()),
        (INSERT, attrs.insert.span()),
        (UPDATE, attrs.update.span()),
        (EXACT, attrs.exact.span()),
        (OPTIONAL, attrs.optional.first().map(|(_, span)| *span)),
    ];
    let promises = attrs.promises.iter().map(|(promise, span)| (promise.word(), *span));
    words.into_iter().filter_map(|(word, span)| Some((word, span?))).chain(promises).collect()
}

/// Whether a struct without a table needs none: it only puts others together.
pub(crate) fn is_wrapper(model: &Model<'_>) -> bool {
    let names_table = model.foreign.table.as_ref().is_some_and(|table| table.span().is_some());
    let says_nothing = words_of_relation(&model.attrs).is_empty() && !names_table;
    model.fields.is_empty() && !model.groups.is_empty() && says_nothing
}

/// What is said of inserts by a model that does none: most likely `insert` was forgotten.
fn only_inserts(ctxt: &Ctxt, model: &Model<'_>) {
    let attrs = &model.attrs;
    if model.kinds().contains(&Kind::Insert) || attrs.embedded.get().is_some() {
        return;
    }
    let optional = attrs.optional.first().map(|(_, span)| (OPTIONAL, *span));
    let none = attrs.none.span().map(|span| (NONE, span));
    for (word, span) in optional.into_iter().chain(none) {
        ctxt.error_at(
            span,
            format!("`{word}` is said of inserts, and this model does none\nhelp: add `{INSERT}`"),
        );
    }
}

/// Two fields of one column: a driver fills one of them, or fails.
fn one_field_a_column(ctxt: &Ctxt, model: &Model<'_>) {
    // A library that reads by name reads a column into several fields.
    if model.foreign.has_library() && !model.kinds().iter().any(|kind| *kind != Kind::Read) {
        return;
    }
    one_field_a_name(ctxt, &model.fields, "column");
}

fn one_field_a_name(ctxt: &Ctxt, fields: &[Field<'_>], what: &str) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for field in fields {
        if let Some(first) = seen.insert(&field.column, &field.name) {
            ctxt.error_at(
                field.span,
                format!("{what} `{}` is named twice, first by field `{first}`", field.column),
            );
        }
    }
}

/// Two variants of one label: a value read could be either.
fn one_variant_a_label(ctxt: &Ctxt, item: &Enum<'_>) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for variant in &item.variants {
        if let Some(first) = seen.insert(&variant.label, &variant.name) {
            ctxt.error_at(
                variant.span,
                format!("label `{}` is named twice, first by variant `{first}`", variant.label),
            );
        }
    }
}

/// An enum in plain columns has no type of its own in the database.
fn either_type_or_repr(ctxt: &Ctxt, item: &Enum<'_>) {
    let attrs = &item.attrs;
    if attrs.repr.get().is_none() {
        return;
    }
    let words = [(TYPE, attrs.ty.span()), (SCHEMA, attrs.schema.span()), (DATABASE, attrs.database.span())];
    for (word, span) in words {
        if let Some(span) = span {
            ctxt.error_at(
                span,
                format!(
                    "an enum with `{REPR}` is kept in plain columns: it has no `{word}`\n\
                     help: leave out `{word}`; or `{REPR}`, if the enum is a type of PostgreSQL"
                ),
            );
        }
    }
}

/// Schema and name of what `word` names: with `schema` the name is literal, else a dot separates the two.
pub(crate) fn named(
    ctxt: &Ctxt,
    word: &str,
    name: Option<(&str, proc_macro2::Span)>,
    schema: Option<&String>,
) -> Option<Named> {
    let (name, span) = name?;
    if let Some(schema) = schema {
        return Some((Some(schema.clone()), name.to_owned()));
    }
    let parts: Vec<&str> = name.split('.').collect();
    match parts[..] {
        [name] => Some((None, name.to_owned())),
        [schema, name] if !schema.is_empty() && !name.is_empty() => {
            Some((Some(schema.to_owned()), name.to_owned()))
        }
        _ => {
            let help = format!(
                "a name that holds a dot needs its schema beside it: `schema = \"...\", {word} = \"...\"`"
            );
            ctxt.error_at(span, format!("`{name}` is not a name, nor a schema and a name\nhelp: {help}"));
            None
        }
    }
}
