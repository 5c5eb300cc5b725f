//! `#[diesel(...)]`

use quote::ToTokens;
use schemacheck_core::manifest::Kind;
use syn::punctuated::Punctuated;
use syn::{Attribute, GenericArgument, Ident, LitBool, PathArguments, Token, Type};

use super::attribute::{alone, each, name, path, ty, value};
use super::case::Spelling;
use super::field::{Judged, Role, Words};
use super::model::{Container, Table};
use super::types::{TypeName, TypeWords};
use crate::attr::RenameAll;

pub(super) const LIBRARY: &str = "diesel";

const TABLE_NAME: &str = "table_name";
const PRIMARY_KEY: &str = "primary_key";
const NONE_AS_DEFAULT: &str = "treat_none_as_default_value";
const NONE_AS_NULL: &str = "treat_none_as_null";
const SQL_TYPE: &str = "sql_type";
const RENAME_ALL: &str = "rename_all";
const RENAME: &str = "rename";

const OF_STRUCT: &[&str] = &[
    TABLE_NAME,
    PRIMARY_KEY,
    NONE_AS_DEFAULT,
    NONE_AS_NULL,
    SQL_TYPE,
    RENAME_ALL,
    "aggregate",
    "not_sized",
    "foreign_derive",
    "enum_type",
    "belongs_to",
    "mysql_type",
    "mariadb_type",
    "sqlite_type",
    "postgres_type",
    "check_for_backend",
    "base_query",
    "base_query_type",
];

const COLUMN_NAME: &str = "column_name";
const EMBED: &str = "embed";
const SKIP_INSERTION: &str = "skip_insertion";
const SKIP_UPDATE: &str = "skip_update";
const SERIALIZE_AS: &str = "serialize_as";
const DESERIALIZE_AS: &str = "deserialize_as";
const SELECT_EXPRESSION: &str = "select_expression";
const SELECT_EXPRESSION_TYPE: &str = "select_expression_type";

const OF_FIELD: &[&str] = &[
    COLUMN_NAME,
    EMBED,
    SKIP_INSERTION,
    SKIP_UPDATE,
    SQL_TYPE,
    NONE_AS_DEFAULT,
    NONE_AS_NULL,
    SERIALIZE_AS,
    DESERIALIZE_AS,
    SELECT_EXPRESSION,
    SELECT_EXPRESSION_TYPE,
    RENAME,
];

/// Only of a struct that is diesel's: what is not said has a meaning too.
pub(super) fn read_struct(attributes: &[Attribute], container: &mut Container) {
    container.none_is_default = true;
    container.key = vec!["id".to_owned()];
    each(attributes, LIBRARY, OF_STRUCT, |word, input| {
        match word {
            // Of several tables, all of which have these columns, the first.
            TABLE_NAME if container.table.is_none() => {
                let (segments, span) = path(input)?;
                container.table = Some(Table::Path(segments, span));
            }
            PRIMARY_KEY => {
                let content;
                syn::parenthesized!(content in input);
                let columns = Punctuated::<Ident, Token![,]>::parse_terminated(&content)?;
                container.key = columns.iter().map(name_of).collect();
            }
            NONE_AS_DEFAULT => container.none_is_default = value::<LitBool>(input)?.value,
            NONE_AS_NULL => container.none_is_null = value::<LitBool>(input)?.value,
            _ => {}
        }
        Ok(())
    });
    // As it was written for diesel 1, which diesel 2 takes too.
    if let (None, Some(table)) = (&container.table, alone(attributes, TABLE_NAME)) {
        container.table = Some(Table::Path(vec![table.value()], table.span()));
    }
    for attribute in attributes {
        if attribute.path().is_ident("changeset_options") {
            let is_true = attribute.to_token_stream().to_string().contains("\"true\"");
            container.none_is_null |= is_true;
        }
        if attribute.path().is_ident(PRIMARY_KEY)
            && let Ok(columns) = attribute.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated)
        {
            container.key = columns.iter().map(name_of).collect();
        }
    }
}

fn name_of(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}

pub(super) fn read_field(attributes: &[Attribute], words: &mut Words) {
    each(attributes, LIBRARY, OF_FIELD, |word, input| {
        match word {
            COLUMN_NAME => {
                let (column, span) = name(input)?;
                words.set_column(column, span);
            }
            EMBED => words.set_role(Role::Flattened),
            SELECT_EXPRESSION | SELECT_EXPRESSION_TYPE => {
                words.is_expression = true;
                words.set_role(Role::None);
            }
            SKIP_INSERTION => words.left_out.push(Kind::Insert),
            SKIP_UPDATE => words.left_out.push(Kind::Update),
            // What `sql_query` returns may be a column, and may be an expression.
            SQL_TYPE => words.is_of_result = true,
            NONE_AS_DEFAULT => words.none_is_default = Some(value::<LitBool>(input)?.value),
            NONE_AS_NULL => words.none_is_null = Some(value::<LitBool>(input)?.value),
            SERIALIZE_AS => words.written_as = Some(Judged::plain(value(input)?)),
            DESERIALIZE_AS => words.read_as = Some(Judged::plain(value(input)?)),
            _ => {}
        }
        Ok(())
    });
    // As it was written for diesel 1, which diesel 2 takes too.
    if let Some(column) = alone(attributes, COLUMN_NAME) {
        words.set_column(column.value(), column.span());
    }
}

/// Whether a field says which type of SQL it is: in a struct without a table, that of a column of a result.
pub(super) fn names_type(attributes: &[Attribute]) -> bool {
    let mut found = false;
    each(attributes, LIBRARY, OF_FIELD, |word, _| {
        found |= word == SQL_TYPE;
        Ok(())
    });
    found
}

/// An enum or a newtype whose type of SQL is named. `is_derived` says that diesel's own derive spells the labels; else
/// that is done by hand.
pub(super) fn read_type(attributes: &[Attribute], is_derived: bool, words: &mut TypeWords) {
    let mut spelling = None;
    each(attributes, LIBRARY, OF_STRUCT, |word, input| {
        match word {
            SQL_TYPE => {
                let ty = ty(input)?;
                let (name, span) = marker(&ty);
                words.add_name(name, span);
            }
            RENAME_ALL => {
                let rule = value::<syn::LitStr>(input)?.value();
                spelling = RenameAll::from_word(&rule).map(Spelling::Ours);
            }
            _ => {}
        }
        Ok(())
    });
    if words.names.is_empty() {
        return;
    }
    // The derive may stand where it is not seen.
    let is_derived = is_derived || spelling.is_some();
    words.is_by_hand = !is_derived;
    if is_derived {
        words.spelling = Some(spelling.unwrap_or(Spelling::Literal));
    }
}

/// The type that a marker of SQL stands for. Of what diesel puts together from others, such as `Array<Text>`, only the
/// code that decodes it knows what it holds.
fn marker(ty: &Type) -> (TypeName, proc_macro2::Span) {
    let span = syn::spanned::Spanned::span(ty);
    let Type::Path(path) = ty else { return (TypeName::Open, span) };
    let Some(segment) = path.path.segments.last() else { return (TypeName::Open, span) };
    match &segment.arguments {
        PathArguments::None => (TypeName::Diesel(name_of(&segment.ident)), segment.ident.span()),
        PathArguments::AngleBracketed(arguments) if segment.ident == "Nullable" => {
            match arguments.args.first() {
                Some(GenericArgument::Type(inner)) => marker(inner),
                _ => (TypeName::Open, span),
            }
        }
        _ => (TypeName::Open, span),
    }
}

pub(super) fn variant_label(attributes: &[Attribute]) -> Option<(String, proc_macro2::Span)> {
    let mut label = None;
    each(attributes, LIBRARY, OF_FIELD, |word, input| {
        if word == RENAME {
            let text = value::<syn::LitStr>(input)?;
            label = Some((text.value(), text.span()));
        }
        Ok(())
    });
    label
}
