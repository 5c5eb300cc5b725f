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
        let _ = writeln!(sql, "CREATE TABLE model{at} ({});", columns.join(", "));
    }
    sql
}

/// The attributes that one variant puts on its items.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) model: String,
    pub(super) newtype: &'static str,
    pub(super) an_enum: String,
}

/// A model, and before every tenth the newtype and the enum that they share.
pub(super) fn model(source: &mut String, at: usize, attributes: &Attributes) {
    let k = at / SHARE;
    if at.is_multiple_of(SHARE) {
        let _ = writeln!(
            source,
            "#[derive(Clone)]\n{}\npub struct Id{k}(pub i64);\n\
             #[derive(Clone)]\n{}\npub enum Kind{k} {{ One, Two, Three }}",
            attributes.newtype, attributes.an_enum
        );
    }
    let _ = writeln!(source, "#[derive(Clone)]\n{}\npub struct Model{at} {{", attributes.model);
    for (name, _, rust, _) in COLUMNS {
        let _ = writeln!(source, "    pub {name}: {},", rust.replace("{k}", &k.to_string()));
    }
    source.push_str("}\n");
}

/// A model of schemacheck.
pub(super) fn schemacheck(source: &mut String, at: usize) {
    let attributes = Attributes {
        model: format!("#[derive(schemacheck::Model)]\n#[schemacheck(table = \"model{at}\")]"),
        newtype: "#[derive(schemacheck::PgType)]\n#[schemacheck(transparent)]",
        an_enum: format!(
            "#[derive(schemacheck::PgEnum)]\n#[schemacheck(type = \"kind{}\", rename_all = \"snake_case\")]",
            at / SHARE
        ),
    };
    model(source, at, &attributes);
}
