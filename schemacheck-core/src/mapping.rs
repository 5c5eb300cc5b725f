//! Which Rust type holds which PostgreSQL type, as data: for messages, documentation and inference.
//!
//! The truth is in the trait impls of `schemacheck-runtime`; a test there holds the two together.

use crate::PgType;

/// One accepted pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The Rust type as messages spell it.
    pub rust: &'static str,
    /// The PostgreSQL type: `pg_type.typname`.
    pub pg: &'static str,
    /// The feature of `schemacheck` that brings the pair.
    pub feature: Option<&'static str>,
}

/// Markers in `schemacheck::pg`, by `pg_type.typname` of `pg_catalog`.
const MARKERS: &[(&str, &str)] = &[
    ("bit", "Bit"),
    ("bool", "Bool"),
    ("box", "Box"),
    ("bpchar", "Bpchar"),
    ("bytea", "Bytea"),
    ("char", "Char"),
    ("cidr", "Cidr"),
    ("circle", "Circle"),
    ("date", "Date"),
    ("float4", "Float4"),
    ("float8", "Float8"),
    ("inet", "Inet"),
    ("int2", "Int2"),
    ("int4", "Int4"),
    ("int8", "Int8"),
    ("interval", "Interval"),
    ("json", "Json"),
    ("jsonb", "Jsonb"),
    ("line", "Line"),
    ("lseg", "Lseg"),
    ("macaddr", "Macaddr"),
    ("macaddr8", "Macaddr8"),
    ("money", "Money"),
    ("name", "Name"),
    ("numeric", "Numeric"),
    ("oid", "Oid"),
    ("path", "Path"),
    ("pg_lsn", "PgLsn"),
    ("point", "Point"),
    ("polygon", "Polygon"),
    ("text", "Text"),
    ("tid", "Tid"),
    ("time", "Time"),
    ("timestamp", "Timestamp"),
    ("timestamptz", "Timestamptz"),
    ("timetz", "Timetz"),
    ("tsquery", "Tsquery"),
    ("tsvector", "Tsvector"),
    ("uuid", "Uuid"),
    ("varbit", "Varbit"),
    ("varchar", "Varchar"),
    ("xml", "Xml"),
];

/// Markers of extension types, by name, in whatever schema they live.
const EXTENSION_MARKERS: &[(&str, &str)] =
    &[("citext", "Citext"), ("lquery", "Lquery"), ("ltree", "Ltree"), ("ltxtquery", "Ltxtquery")];

/// Every accepted pair of a plain Rust type and a type that has a marker: what `postgres` and `sqlx` decode.
///
/// Sources: the `accepts!` of `postgres-types` 0.2 (`src/lib.rs`, `src/chrono_04.rs`, ...), and `Type::compatible` of
/// `sqlx-postgres` 0.9 (`src/types/`).
pub const PAIRS: &[Pair] = &[
    pair("bool", "bool", None),
    pair("i8", "char", None),
    pair("i16", "int2", None),
    pair("i32", "int4", None),
    pair("i64", "int8", None),
    pair("u32", "oid", None),
    pair("f32", "float4", None),
    pair("f64", "float8", None),
    pair("String", "text", None),
    pair("String", "varchar", None),
    pair("String", "bpchar", None),
    pair("String", "name", None),
    pair("String", "citext", None),
    pair("String", "ltree", None),
    pair("String", "lquery", None),
    pair("String", "ltxtquery", None),
    pair("Vec<u8>", "bytea", None),
    pair("IpAddr", "inet", None),
    pair("IpAddr", "cidr", None),
    pair("SystemTime", "timestamp", None),
    pair("SystemTime", "timestamptz", None),
    pair("uuid::Uuid", "uuid", Some("uuid")),
    pair("chrono::NaiveDateTime", "timestamp", Some("chrono")),
    pair("chrono::DateTime<Utc>", "timestamptz", Some("chrono")),
    pair("chrono::DateTime<Local>", "timestamptz", Some("chrono")),
    pair("chrono::DateTime<FixedOffset>", "timestamptz", Some("chrono")),
    pair("chrono::NaiveDate", "date", Some("chrono")),
    pair("chrono::NaiveTime", "time", Some("chrono")),
    pair("time::PrimitiveDateTime", "timestamp", Some("time")),
    pair("time::OffsetDateTime", "timestamptz", Some("time")),
    pair("time::Date", "date", Some("time")),
    pair("time::Time", "time", Some("time")),
    pair("serde_json::Value", "json", Some("serde_json")),
    pair("serde_json::Value", "jsonb", Some("serde_json")),
    pair("rust_decimal::Decimal", "numeric", Some("rust_decimal")),
];

const fn pair(rust: &'static str, pg: &'static str, feature: Option<&'static str>) -> Pair {
    Pair { rust, pg, feature }
}

/// The marker of a type's element in `schemacheck::pg`; nothing for a type that has none.
pub fn marker(ty: &PgType) -> Option<&'static str> {
    let table = if ty.is_builtin() { MARKERS } else { EXTENSION_MARKERS };
    table.iter().find(|(name, _)| *name == ty.name).map(|(_, marker)| *marker)
}

/// Whether any Rust type is known to hold the type. Of a type without one, such as `interval`, nobody here knows what
/// decodes it.
pub fn is_known(ty: &PgType) -> bool {
    marker(ty).is_some() && PAIRS.iter().any(|pair| pair.pg == ty.name)
}

/// Every marker, with the type's name.
pub fn markers() -> impl Iterator<Item = (&'static str, &'static str)> {
    MARKERS.iter().chain(EXTENSION_MARKERS).copied()
}

/// What Rust types hold a type, as a message lists them: in backticks, `Vec<...>` for arrays, with the feature where
/// one is needed.
pub fn accepted(ty: &PgType) -> Vec<String> {
    let pairs = PAIRS.iter().filter(|pair| pair.pg == ty.name && marker(ty).is_some());
    let spelled = pairs.map(|pair| {
        let rust = if ty.is_array() { format!("Vec<{}>", pair.rust) } else { pair.rust.to_owned() };
        match pair.feature {
            Some(feature) => format!("`{rust}` (feature `{feature}`)"),
            None => format!("`{rust}`"),
        }
    });
    spelled.collect()
}

/// Whether the spelling of a field's innermost type, its last path segment, promises one of the types of the table:
/// `Uuid`, `String`. Good for the quality of a message, never for a verdict.
pub fn is_plain(last_segment: &str) -> bool {
    PAIRS.iter().any(|pair| last(pair.rust) == last_segment) || matches!(last_segment, "str" | "u8")
}

/// Whether the spelling promises that it holds the type.
pub fn promises(last_segment: &str, ty: &PgType) -> bool {
    let segment = match last_segment {
        "str" => "String",
        other => other,
    };
    PAIRS.iter().any(|pair| pair.pg == ty.name && last(pair.rust) == segment)
}

/// The last segment of a spelled path, without its arguments.
fn last(rust: &str) -> &str {
    let path = rust.split('<').next().unwrap_or(rust);
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_marker() {
        for pair in PAIRS {
            assert!(markers().any(|(name, _)| name == pair.pg), "{pair:?}");
        }
    }

    #[test]
    fn messages_list_what_is_accepted() {
        assert_eq!(accepted(&PgType::builtin("int8")), ["`i64`"]);
        assert_eq!(accepted(&PgType::builtin("uuid").array()), ["`Vec<uuid::Uuid>` (feature `uuid`)"]);
        assert_eq!(accepted(&PgType::named("public", "citext")), ["`String`"]);
        assert!(accepted(&PgType::named("public", "text")).is_empty());
        assert!(promises("DateTime", &PgType::builtin("timestamptz")));
        assert!(!promises("DateTime", &PgType::builtin("timestamp")));
        assert!(is_plain("Uuid") && !is_plain("Mood"));
        assert!(is_known(&PgType::builtin("text")) && !is_known(&PgType::builtin("interval")));
    }
}
