//! `#[sqlx(...)]`

use proc_macro2::Span;
use syn::Attribute;

use super::attribute::{each, has_value, text};
use super::case::Spelling;
use super::field::{Judged, Role, Words};
use super::model::Container;
use super::types::{TypeName, TypeWords};

pub(super) const LIBRARY: &str = "sqlx";

const TYPE_NAME: &str = "type_name";
const TRANSPARENT: &str = "transparent";
const RENAME_ALL: &str = "rename_all";
const DEFAULT: &str = "default";
const OF_ITEM: &[&str] = &[TYPE_NAME, TRANSPARENT, RENAME_ALL, DEFAULT, "no_pg_array"];

const RENAME: &str = "rename";
const FLATTEN: &str = "flatten";
const TRY_FROM: &str = "try_from";
const SKIP: &str = "skip";
const JSON: &str = "json";
const OF_FIELD: &[&str] = &[RENAME, DEFAULT, FLATTEN, TRY_FROM, SKIP, JSON];

pub(super) fn read_struct(attributes: &[Attribute], container: &mut Container) {
    each(attributes, LIBRARY, OF_ITEM, |word, input| {
        match word {
            RENAME_ALL => {
                let rule = Spelling::from_word(&text(input)?.value());
                container.spelling = container.spelling.or(rule);
            }
            DEFAULT => container.may_be_absent = true,
            _ => {}
        }
        Ok(())
    });
}

pub(super) fn read_field(field: &syn::Field, words: &mut Words) {
    let (mut from, mut json) = (None, None);
    each(&field.attrs, LIBRARY, OF_FIELD, |word, input| {
        match word {
            RENAME => {
                let name = text(input)?;
                words.is_alias |= words.column.is_none();
                words.set_column(name.value(), name.span());
            }
            DEFAULT => words.may_be_absent = true,
            FLATTEN => words.set_role(Role::Flattened),
            SKIP => words.set_role(Role::None),
            TRY_FROM => from = Some(text(input)?.parse::<syn::Type>()?),
            // `json` or `json(nullable)`
            JSON => json = Some(input.peek(syn::token::Paren)),
            _ => {}
        }
        Ok(())
    });
    if words.read_as.is_some() {
        return;
    }
    words.read_as = match (from, json) {
        (from, Some(or_null)) => {
            let help =
                "write `#[sqlx(json(nullable))]`, and a type with `Option`: `json` alone reads no NULL";
            Some(Judged::json(from.unwrap_or_else(|| field.ty.clone()), or_null, help.to_owned()))
        }
        (Some(from), None) => Some(Judged::plain(from)),
        (None, None) => None,
    };
}

/// A type that derives `sqlx::Type`.
pub(super) fn read_type(attributes: &[Attribute], words: &mut TypeWords) {
    each(attributes, LIBRARY, OF_ITEM, |word, input| {
        match word {
            TYPE_NAME if has_value(input) => {
                let name = text(input)?;
                words.add_name(TypeName::Sql(name.value()), name.span());
            }
            TRANSPARENT => words.transparent = true,
            RENAME_ALL => words.spelling = Spelling::from_word(&text(input)?.value()),
            _ => {}
        }
        Ok(())
    });
}

pub(super) fn variant_label(attributes: &[Attribute]) -> Option<(String, Span)> {
    let mut label = None;
    each(attributes, LIBRARY, OF_FIELD, |word, input| {
        if word == RENAME {
            let text = text(input)?;
            label = Some((text.value(), text.span()));
        }
        Ok(())
    });
    label
}
