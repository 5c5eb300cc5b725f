//! The models that several sections compile: structs of 20 columns, and the tables that they fit.

use std::fmt::Write as _;

/// How many models share an enum and a newtype.
pub(super) const SHARE: usize = 10;

/// The columns: name, SQL type, Rust type, diesel's type. `{k}` is the number of the shared enum and newtype.
pub(super) const COLUMNS: &[(&str, &str, &str, &str)] = &[
    ("id", "bigint PRIMARY KEY", "Id{k}", "BigInt"),
    ("owner_id", "bigint NOT NULL", "i64", "BigInt"),
    ("kind", "kind{k} NOT NULL", "Kind{k}", "Text"),
    ("title", "text NOT NULL", "String", "Text"),
    ("body", "text", "Option<String>", "Nullable<Text>"),
    ("slug", "varchar(80) NOT NULL", "String", "Text"),
    ("position", "integer NOT NULL", "i32", "Integer"),
    ("total", "bigint", "Option<i64>", "Nullable<BigInt>"),
    ("ratio", "double precision", "Option<f64>", "Nullable<Double>"),
    ("is_open", "boolean NOT NULL", "bool", "Bool"),
    ("flags", "smallint", "Option<i16>", "Nullable<SmallInt>"),
    ("public_id", "uuid NOT NULL", "uuid::Uuid", "Uuid"),
    ("parent_id", "uuid", "Option<uuid::Uuid>", "Nullable<Uuid>"),
    ("created_at", "timestamptz NOT NULL DEFAULT now()", "chrono::DateTime<chrono::Utc>", "Timestamptz"),
    ("updated_at", "timestamptz", "Option<chrono::DateTime<chrono::Utc>>", "Nullable<Timestamptz>"),
    ("settings", "jsonb NOT NULL", "serde_json::Value", "Jsonb"),
    ("tags", "text[] NOT NULL", "Vec<String>", "Array<Text>"),
    ("data", "bytea", "Option<Vec<u8>>", "Nullable<Bytea>"),
    ("price", "double precision NOT NULL", "f64", "Double"),
    ("state", "text NOT NULL DEFAULT 'new'", "String", "Text"),
];

/// A table a model, and the enums that they share.
pub(super) fn schema(models: usize) -> String {
    let mut sql = String::new();
    for at in 0..models {
        let k = at / SHARE;
        if at % SHARE == 0 {
            let _ = writeln!(sql, "CREATE TYPE kind{k} AS ENUM ('one', 'two', 'three');");
        }
        let columns: Vec<String> = COLUMNS
            .iter()
            .map(|(name, ty, ..)| format!("{name} {}", ty.replace("{k}", &k.to_string())))
            .collect();
        let _ = writeln!(
            sql,
            "CREATE TABLE model{at} ({}, CHECK (state IN ('new', 'old')));",
            columns.join(", ")
        );
    }
    sql
}

/// The attributes that one variant puts on its items.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) model: String,
    pub(super) newtype: &'static str,
    pub(super) an_enum: String,
    /// What stands on a struct of two columns that several models flatten, and on the field that does.
    pub(super) flatten: Option<(&'static str, &'static str)>,
    /// Which models flatten it.
    pub(super) flattens: Option<fn(usize) -> bool>,
    /// What stands on the enum of the column `state`, which is a `String` otherwise.
    pub(super) state: Option<&'static str>,
}

/// Which of the mixed models flatten a struct, insert, and have an enum in a column of text.
fn every_fifth(at: usize) -> bool {
    at.is_multiple_of(5)
}
pub(super) fn inserts(at: usize) -> bool {
    at % 4 == 1
}
pub(super) fn has_state(at: usize) -> bool {
    at.is_multiple_of(3)
}

/// The columns that a flattened struct has.
const FLATTENED: [&str; 2] = ["created_at", "updated_at"];

/// A model, and before every tenth the types that they share.
pub(super) fn model(source: &mut String, at: usize, attributes: &Attributes) {
    let k = at / SHARE;
    let Attributes { model, newtype, an_enum, flatten, flattens, state } = attributes;
    if at.is_multiple_of(SHARE) {
        let _ = writeln!(
            source,
            "#[derive(Clone)]\n{newtype}\npub struct Id{k}(pub i64);\n\
             #[derive(Clone)]\n{an_enum}\npub enum Kind{k} {{ One, Two, Three }}"
        );
        if let Some((times, _)) = flatten {
            let _ = writeln!(source, "#[derive(Clone)]\n{times}\npub struct Times{k} {{");
            write_fields(source, k, |name| FLATTENED.contains(&name), None);
            source.push_str("}\n");
        }
        if let Some(state) = state {
            let _ = writeln!(source, "#[derive(Clone)]\n{state}\npub enum State{k} {{ New, Old }}");
        }
    }
    let _ = writeln!(source, "#[derive(Clone)]\n{model}\npub struct Model{at} {{");
    let flatten = flatten.filter(|_| flattens.unwrap_or(every_fifth)(at));
    let state = state.filter(|_| has_state(at)).map(|_| format!("State{k}"));
    write_fields(source, k, |name| flatten.is_none() || !FLATTENED.contains(&name), state.as_deref());
    if let Some((_, on_field)) = flatten {
        let _ = writeln!(source, "    {on_field}\n    pub times: Times{k},");
    }
    source.push_str("}\n");
}

fn write_fields(source: &mut String, k: usize, has: impl Fn(&str) -> bool, state: Option<&str>) {
    for (name, _, rust, _) in COLUMNS.iter().filter(|(name, ..)| has(name)) {
        let rust = rust.replace("{k}", &k.to_string());
        let rust = state.filter(|_| *name == "state").unwrap_or(&rust);
        let _ = writeln!(source, "    pub {name}: {rust},");
    }
}

/// A model of schemacheck.
pub(super) fn schemacheck(source: &mut String, at: usize) {
    model(source, at, &schemacheck_attributes(at, ""));
}

/// One of those that flatten, insert, and have enums in columns of text.
pub(super) fn schemacheck_mixed(source: &mut String, at: usize) {
    mixed(source, at, None);
}

/// One of those that flatten, all of them.
pub(super) fn schemacheck_flattened(source: &mut String, at: usize) {
    mixed(source, at, Some(|_| true));
}

fn mixed(source: &mut String, at: usize, flattens: Option<fn(usize) -> bool>) {
    let kinds = if inserts(at) { ", read, insert" } else { "" };
    let attributes = Attributes {
        flatten: Some(("#[derive(schemacheck::Model)]\n#[schemacheck(embedded)]", "#[schemacheck(flatten)]")),
        flattens,
        state: Some(
            "#[derive(schemacheck::PgEnum)]\n#[schemacheck(repr = \"text\", rename_all = \"snake_case\")]",
        ),
        ..schemacheck_attributes(at, kinds)
    };
    model(source, at, &attributes);
}

fn schemacheck_attributes(at: usize, kinds: &str) -> Attributes {
    Attributes {
        model: format!("#[derive(schemacheck::Model)]\n#[schemacheck(table = \"model{at}\"{kinds})]"),
        newtype: "#[derive(schemacheck::PgType)]\n#[schemacheck(transparent)]",
        an_enum: format!(
            "#[derive(schemacheck::PgEnum)]\n#[schemacheck(type = \"kind{}\", rename_all = \"snake_case\")]",
            at / SHARE
        ),
        ..Attributes::default()
    }
}
