//! Stage 3: rules that need more than one attribute.

use std::collections::HashMap;

use crate::ctxt::Ctxt;
use crate::input::{Enum, Model};

/// The relation or type that attributes name: the schema as written, and the name.
pub(crate) type Named = (Option<String>, String);

/// Every rule for a model.
pub(crate) fn model(ctxt: &Ctxt, model: &Model<'_>) {
    one_field_a_column(ctxt, model);
}

/// Every rule for an enum.
pub(crate) fn pg_enum(ctxt: &Ctxt, item: &Enum<'_>) {
    one_variant_a_label(ctxt, item);
}

/// Two fields of one column: a driver fills one of them, or fails.
fn one_field_a_column(ctxt: &Ctxt, model: &Model<'_>) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for field in &model.fields {
        if let Some(first) = seen.insert(&field.column, &field.name) {
            ctxt.error_at(
                field.span,
                format!("column `{}` is named twice, first by field `{first}`", field.column),
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
