//! `DbEnum`, of the crate diesel-derive-enum: what most programs with diesel derive on their enums. Its attributes stand
//! by themselves, and those of version 3 in `#[db_enum(...)]`.

use proc_macro2::Span;
use syn::{Attribute, LitStr};

use super::attribute::{alone, each, text};
use super::case::Spelling;
use super::derives::Derives;
use super::types::{TypeName, TypeWords};

const LIBRARY: &str = "db_enum";
const WORDS: &[&str] =
    &["existing_type_path", "pg_type", "value_style", "diesel_type", "rename", "impl_clone_on_sql_type"];

/// The value of the word, in either form.
fn value(attributes: &[Attribute], word: &str, by_itself: &str) -> Option<LitStr> {
    let mut found = alone(attributes, by_itself);
    each(attributes, LIBRARY, WORDS, |name, input| {
        if name == word {
            found = Some(text(input)?);
        }
        Ok(())
    });
    found
}

pub(super) fn read_enum(
    attributes: &[Attribute],
    derives: &Derives,
    ident: &syn::Ident,
    words: &mut TypeWords,
) {
    let path = value(attributes, "existing_type_path", "ExistingTypePath");
    let name = value(attributes, "pg_type", "PgType");
    let style = value(attributes, "value_style", "DbValueStyle");
    if !derives.has("DbEnum") && path.is_none() && style.is_none() {
        return;
    }
    match (path, name) {
        (Some(path), _) => {
            let marker = path.value();
            let marker = marker.rsplit("::").next().unwrap_or_default().trim().to_owned();
            words.add_name(TypeName::Diesel(marker), path.span());
        }
        (None, Some(name)) => words.add_name(TypeName::Literal(name.value()), name.span()),
        (None, None) => {
            let ident_name = syn::ext::IdentExt::unraw(ident).to_string();
            words.add_name(TypeName::Literal(Spelling::Snake.apply(&ident_name)), ident.span());
        }
    }
    let style = style.map(|style| style.value());
    words.spelling = match style.as_deref() {
        None => Some(Spelling::Snake),
        Some("verbatim") => Some(Spelling::Literal),
        Some(style) => Spelling::from_word(style),
    };
}

pub(super) fn variant_label(attributes: &[Attribute]) -> Option<(String, Span)> {
    value(attributes, "rename", "db_rename").map(|label| (label.value(), label.span()))
}
