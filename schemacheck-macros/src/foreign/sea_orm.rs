//! `#[sea_orm(...)]`

use proc_macro2::Span;
use schemacheck_core::manifest::Kind;
use schemacheck_core::mapping;
use syn::Attribute;

use super::attribute::{each, names_of_list, text};
use super::case::Spelling;
use super::derives::Derives;
use super::field::{Judged, Role, Words};
use super::model::{Container, Table};
use super::types::{TypeName, TypeWords};
use crate::rust_type;

pub(super) const LIBRARY: &str = "sea_orm";

const TABLE_NAME: &str = "table_name";
const SCHEMA_NAME: &str = "schema_name";
const RENAME_ALL: &str = "rename_all";
const RS_TYPE: &str = "rs_type";
const DB_TYPE: &str = "db_type";
const ENUM_NAME: &str = "enum_name";
const VALUE_TYPE: &str = "value_type";
const INTO_ACTIVE_MODEL: &str = "into_active_model";
const SET: &str = "set";
const OF_ITEM: &[&str] = &[
    TABLE_NAME,
    SCHEMA_NAME,
    RENAME_ALL,
    RS_TYPE,
    DB_TYPE,
    ENUM_NAME,
    VALUE_TYPE,
    "comment",
    "table_iden",
    "model_ex",
    "compact_model",
    "entity",
    "alias",
    "from_query_result",
    INTO_ACTIVE_MODEL,
    SET,
    "active_model",
    "exhaustive",
    "column_type",
    "array_type",
    "from_str",
    "to_str",
    "try_from_u64",
    "try_getable_array",
];

const COLUMN_NAME: &str = "column_name";
const COLUMN_TYPE: &str = "column_type";
const IGNORE: &str = "ignore";
const SELECT_AS: &str = "select_as";
const FROM_COL: &str = "from_col";
const FROM_ALIAS: &str = "from_alias";
const ALIAS: &str = "alias";
const FROM_EXPR: &str = "from_expr";
const NESTED: &str = "nested";
const SKIP: &str = "skip";
const DEFAULT: &str = "default";
const STRING_VALUE: &str = "string_value";
const RENAME: &str = "rename";
/// What a field is that stands for rows of another table.
const RELATIONS: &[&str] = &["has_one", "has_many", "belongs_to", "self_ref"];
const OF_FIELD: &[&str] = &[
    COLUMN_NAME,
    COLUMN_TYPE,
    IGNORE,
    SELECT_AS,
    FROM_COL,
    FROM_ALIAS,
    ALIAS,
    FROM_EXPR,
    NESTED,
    SKIP,
    STRING_VALUE,
    "num_value",
    RENAME,
    "has_one",
    "has_many",
    "belongs_to",
    "self_ref",
    "primary_key",
    "auto_increment",
    "nullable",
    "unique",
    "unique_key",
    "indexed",
    "default_value",
    "default_expr",
    "save_as",
    ENUM_NAME,
    "comment",
    "extra",
    "renamed_from",
    "seaography",
    "display_value",
    "from",
    "to",
    "via",
    "relation",
    "relation_enum",
    "relation_reverse",
    "reverse",
    "on_update",
    "on_delete",
    "skip_fk",
    DEFAULT,
];

pub(super) fn read_struct(attributes: &[Attribute], derives: &Derives, container: &mut Container) {
    let (mut table, mut schema, mut spelling, mut is_part) = (None, None, None, false);
    each(attributes, LIBRARY, OF_ITEM, |word, input| {
        match word {
            "entity" => is_part = true,
            TABLE_NAME => table = Some(text(input)?),
            SCHEMA_NAME => schema = Some(text(input)?.value()),
            RENAME_ALL => spelling = Spelling::from_word(&text(input)?.value()),
            // What a part of an entity reads, it writes too.
            INTO_ACTIVE_MODEL => also_updates(&mut container.kinds),
            // `set(created_at = "...")`: values beside those of the fields.
            SET => container.supplied.extend(names_of_list(input)?),
            _ => {}
        }
        Ok(())
    });
    let is_entity = table.is_some() || derives.has("DeriveEntityModel") || derives.has("DeriveModelEx");
    // An entity's `None` is NULL; what is made into its active model sets nothing then.
    container.none_is_default |= container.is_sea_orm && !is_entity;
    if is_entity || is_part {
        // Without a rule a column is in snake case; a part of an entity names the same columns.
        container.spells_variants = spelling.is_some();
        container.spelling = Some(spelling.unwrap_or(Spelling::Snake));
    }
    if let (None, Some(table)) = (&container.table, table) {
        container.table = Some(Table::Literal((schema, table.value()), table.span()));
    }
}

fn also_updates(kinds: &mut Vec<Kind>) {
    if kinds.is_empty() {
        kinds.push(Kind::Read);
    }
    if !kinds.contains(&Kind::Update) {
        kinds.push(Kind::Update);
    }
}

pub(super) fn read_field(field: &syn::Field, container: &Container, words: &mut Words) {
    // The spelling of a type is looked at for structs of sea-orm alone.
    if !container.is_sea_orm {
        return;
    }
    let (mut column_type, mut variant) = (None, None);
    each(&field.attrs, LIBRARY, OF_FIELD, |word, input| {
        match word {
            COLUMN_NAME => {
                let name = text(input)?;
                words.set_column(name.value(), name.span());
            }
            // What is written for `None`.
            DEFAULT => words.is_filled = true,
            // The variant of a column.
            FROM_COL => {
                let name = text(input)?;
                words.set_column(Spelling::Snake.apply(&name.value()), name.span());
            }
            // The column of the result; and where the query renames it to that, the field's own.
            FROM_ALIAS | ALIAS => {
                let name = text(input)?;
                words.is_alias |= words.column.is_none();
                words.or_field = true;
                words.set_column(name.value(), name.span());
            }
            ENUM_NAME => variant = Some(text(input)?),
            COLUMN_TYPE => column_type = Some(text(input)?.value()),
            SELECT_AS => words.is_cast = true,
            NESTED => words.set_role(Role::Flattened),
            IGNORE | FROM_EXPR | SKIP => words.set_role(Role::None),
            relation if RELATIONS.contains(&relation) => words.set_role(Role::None),
            _ => {}
        }
        Ok(())
    });
    // A variant that is named gives the column its name, if the field's own survives being one.
    if let (Some(variant), Some(ident), false) = (variant, &field.ident, container.spells_variants) {
        let name = syn::ext::IdentExt::unraw(ident).to_string();
        if Spelling::Snake.apply(&Spelling::Pascal.apply(&name)) == name {
            words.set_column(Spelling::Snake.apply(&variant.value()), variant.span());
        }
    }
    let leaf = rust_type::leaf(&field.ty);
    let is_relation = |name: &str| matches!(name, "HasOne" | "HasMany" | "BelongsTo");
    if leaf.as_ref().is_some_and(|leaf| is_relation(&leaf.name)) {
        words.set_role(Role::None);
    }
    let Some(column_type) = column_type else { return };
    let column_type = column_type.trim();
    // A type that is made from JSON is any type; what holds a type of its own is judged by it.
    let is_own = leaf.as_ref().is_none_or(|leaf| {
        !mapping::is_listed(&leaf.name) || matches!(leaf.name.as_str(), "Value" | "Json" | "JsonValue")
    });
    match column_type {
        "Json" | "JsonBinary" if is_own && words.read_as.is_none() => {
            let inner = rust_type::inner_of_option(&field.ty);
            let ty = inner.unwrap_or(&field.ty);
            let help = format!("use `Option<{}>`", rust_type::spell(ty));
            words.read_as = Some(Judged::json(ty.clone(), inner.is_some(), help));
        }
        // Of a type that sea-orm does not know, a type of one's own decodes what it was written for.
        custom if is_own && custom.to_ascii_lowercase().starts_with("custom(") => words.is_cast = true,
        _ => {}
    }
}

/// What an enum is kept in.
pub(super) fn read_enum(attributes: &[Attribute], ident: &syn::Ident, words: &mut TypeWords) {
    let (mut rust, mut db, mut name, mut spelling) = (None, None, None, None);
    each(attributes, LIBRARY, OF_ITEM, |word, input| {
        match word {
            RS_TYPE => rust = Some(text(input)?.value()),
            DB_TYPE => db = Some(text(input)?.value()),
            ENUM_NAME => name = Some(text(input)?),
            RENAME_ALL => spelling = Spelling::from_word(&text(input)?.value()),
            _ => {}
        }
        Ok(())
    });
    let Some(db) = db else { return };
    words.spelling = spelling;
    match (db.trim(), rust.as_deref()) {
        ("Enum", _) => {
            let (text, span) = match &name {
                Some(name) => (name.value(), name.span()),
                None => (Spelling::Pascal.apply(&ident.to_string()), ident.span()),
            };
            words.add_name(TypeName::Literal(text), span);
        }
        // What is decoded is the Rust type.
        (_, Some("i16")) => words.add_name(TypeName::Sql("int2".into()), ident.span()),
        (_, Some("i32" | "u32")) => words.add_name(TypeName::Sql("int4".into()), ident.span()),
        (_, Some("i64")) => words.add_name(TypeName::Sql("int8".into()), ident.span()),
        (_, Some("String")) => words.add_name(TypeName::Text, ident.span()),
        _ => {}
    }
}

/// A newtype that is a value.
pub(super) fn read_newtype(attributes: &[Attribute], derives: &Derives, span: Span, words: &mut TypeWords) {
    if derives.has("FromJsonQueryResult") {
        words.add_name(TypeName::Sql("jsonb".into()), span);
        words.add_name(TypeName::Sql("json".into()), span);
        return;
    }
    if !derives.has("DeriveValueType") {
        return;
    }
    let mut is_text = false;
    each(attributes, LIBRARY, OF_ITEM, |word, input| {
        is_text |= word == VALUE_TYPE && text(input)?.value() == "String";
        Ok(())
    });
    match is_text {
        true => words.add_name(TypeName::Text, span),
        false => words.transparent = true,
    }
}

pub(super) fn variant_label(attributes: &[Attribute], name: &str) -> Option<(String, Span)> {
    let mut label = None;
    each(attributes, LIBRARY, OF_FIELD, |word, input| {
        match word {
            STRING_VALUE => {
                let text = text(input)?;
                label = Some((text.value(), text.span()));
            }
            // Of a variant it is a rule.
            RENAME => {
                let text = text(input)?;
                label = Spelling::from_word(&text.value()).map(|rule| (rule.apply(name), text.span()));
            }
            _ => {}
        }
        Ok(())
    });
    label
}
