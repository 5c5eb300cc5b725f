//! The pairs that are accepted.
//!
//! Sources: the `accepts!` of `postgres-types` 0.2.14 (`src/lib.rs`, `src/chrono_04.rs`, ...), `Type::compatible` and
//! `Decode` of `sqlx-postgres` 0.9.0 (`src/types/`), `FromSql` of `diesel` 2.3 (`src/pg/types/`), `TryGetable` of
//! `sea-orm` 2.0 (`src/executor/query.rs`), and the impls of `rust_decimal` 1 and `pgvector` 0.4.

use super::Library::{Diesel, Postgres, SeaOrm, Sqlx};
use super::{Library, Pair, made, pair};

/// Every accepted pair of a plain Rust type and a type that has a marker, but for those that only one library decodes and
/// that come with its feature.
#[rustfmt::skip]
pub const PAIRS: &[Pair] = &[
    pair("bool", "bool", &[], EACH),
    pair("i8", "char", &[], &[Postgres, Sqlx, SeaOrm]),
    pair("i16", "int2", &[], EACH),
    pair("i32", "int4", &[], EACH),
    pair("i64", "int8", &[], EACH),
    pair("NonZeroI8", "char", &[], &[Sqlx]),
    pair("NonZeroI16", "int2", &[], &[Sqlx]),
    pair("NonZeroI32", "int4", &[], &[Sqlx]),
    pair("NonZeroI64", "int8", &[], &[Sqlx]),
    pair("u32", "oid", &[], &[Postgres, Diesel, SeaOrm]),
    pair("f32", "float4", &[], EACH),
    pair("f64", "float8", &[], EACH),
    made("ordered_float::OrderedFloat<f32>", "float4", &["ordered-float"], "f32"),
    made("ordered_float::OrderedFloat<f64>", "float8", &["ordered-float"], "f64"),
    made("ordered_float::NotNan<f32>", "float4", &["ordered-float"], "f32"),
    made("ordered_float::NotNan<f64>", "float8", &["ordered-float"], "f64"),
    pair("String", "text", &[], EACH),
    pair("String", "varchar", &[], EACH),
    pair("String", "bpchar", &[], EACH),
    pair("String", "name", &[], &[Postgres, Sqlx, SeaOrm]),
    pair("String", "citext", &[], EACH),
    pair("String", "ltree", &[], &[Postgres]),
    pair("String", "lquery", &[], &[Postgres]),
    pair("String", "ltxtquery", &[], &[Postgres]),
    pair("smol_str::SmolStr", "text", &["smol_str"], &[Postgres]),
    pair("smol_str::SmolStr", "varchar", &["smol_str"], &[Postgres]),
    pair("smol_str::SmolStr", "bpchar", &["smol_str"], &[Postgres]),
    pair("smol_str::SmolStr", "name", &["smol_str"], &[Postgres]),
    pair("smol_str::SmolStr", "citext", &["smol_str"], &[Postgres]),
    pair("smol_str::SmolStr", "ltree", &["smol_str"], &[Postgres]),
    pair("smol_str::SmolStr", "lquery", &["smol_str"], &[Postgres]),
    pair("smol_str::SmolStr", "ltxtquery", &["smol_str"], &[Postgres]),
    pair("Vec<u8>", "bytea", &[], EACH),
    pair("bstr::BString", "bytea", &["bstr"], &[Sqlx]),
    made("bytes::Bytes", "bytea", &["bytes"], "Vec<u8>"),
    pair("IpAddr", "inet", &[], &[Postgres, Sqlx]),
    pair("IpAddr", "cidr", &[], &[Sqlx]),
    pair("ipnetwork::IpNetwork", "inet", &["ipnetwork"], &[Sqlx, Diesel, SeaOrm]),
    pair("ipnetwork::IpNetwork", "cidr", &["ipnetwork"], &[Sqlx, Diesel, SeaOrm]),
    pair("ipnet::IpNet", "inet", &["ipnet"], &[Sqlx, Diesel]),
    pair("ipnet::IpNet", "cidr", &["ipnet"], &[Sqlx, Diesel]),
    pair("cidr::IpInet", "inet", &["cidr"], &[Postgres]),
    pair("cidr::IpCidr", "cidr", &["cidr"], &[Postgres]),
    pair("eui48::MacAddress", "macaddr", &["eui48"], &[Postgres]),
    pair("mac_address::MacAddress", "macaddr", &["mac_address"], &[Sqlx, SeaOrm]),
    pair("SystemTime", "timestamp", &[], &[Postgres, Diesel]),
    pair("SystemTime", "timestamptz", &[], &[Postgres]),
    pair("uuid::Uuid", "uuid", &["uuid"], EACH),
    pair("chrono::NaiveDateTime", "timestamp", &["chrono"], EACH),
    pair("chrono::DateTime<Utc>", "timestamptz", &["chrono"], EACH),
    pair("chrono::DateTime<Local>", "timestamptz", &["chrono"], EACH),
    pair("chrono::DateTime<FixedOffset>", "timestamptz", &["chrono"], &[Postgres, Sqlx, SeaOrm]),
    pair("chrono::NaiveDate", "date", &["chrono"], EACH),
    pair("chrono::NaiveTime", "time", &["chrono"], EACH),
    pair("time::PrimitiveDateTime", "timestamp", &["time"], EACH),
    pair("time::OffsetDateTime", "timestamptz", &["time"], EACH),
    pair("time::Date", "date", &["time"], EACH),
    pair("time::Time", "time", &["time"], EACH),
    pair("jiff::civil::DateTime", "timestamp", &["jiff"], &[Postgres]),
    pair("jiff::Timestamp", "timestamptz", &["jiff"], &[Postgres]),
    pair("jiff::civil::Date", "date", &["jiff"], &[Postgres]),
    pair("jiff::civil::Time", "time", &["jiff"], &[Postgres]),
    pair("serde_json::Value", "json", &["serde_json"], EACH),
    pair("serde_json::Value", "jsonb", &["serde_json"], EACH),
    pair("Box<serde_json::value::RawValue>", "json", &["serde_json-raw"], &[Sqlx]),
    pair("Box<serde_json::value::RawValue>", "jsonb", &["serde_json-raw"], &[Sqlx]),
    pair("rust_decimal::Decimal", "numeric", &["rust_decimal"], &[Postgres, Sqlx, SeaOrm]),
    pair("bigdecimal::BigDecimal", "numeric", &["bigdecimal"], &[Sqlx, Diesel, SeaOrm]),
    pair("bit_vec::BitVec", "bit", &["bit-vec"], &[Postgres, Sqlx]),
    pair("bit_vec::BitVec", "varbit", &["bit-vec"], &[Postgres, Sqlx]),
    pair("geo_types::Point<f64>", "point", &["geo-types"], &[Postgres]),
    pair("geo_types::Rect<f64>", "box", &["geo-types"], &[Postgres]),
    pair("geo_types::LineString<f64>", "path", &["geo-types"], &[Postgres]),
    pair("HashMap<String, Option<String>>", "hstore", &[], &[Postgres]),
    pair("pgvector::Vector", "vector", &["pgvector"], &[Postgres, Sqlx, Diesel]),
    pair("pgvector::HalfVector", "halfvec", &["pgvector-half"], &[Postgres, Sqlx, Diesel]),
    pair("pgvector::SparseVector", "sparsevec", &["pgvector"], &[Postgres, Sqlx, Diesel]),
    pair("pgvector::Bit", "bit", &["pgvector"], &[Postgres, Sqlx]),
    pair("postgres_types::PgLsn", "pg_lsn", &["postgres"], &[Postgres]),
];

/// Every library.
const EACH: &[Library] = &[Postgres, Sqlx, Diesel, SeaOrm];

/// Names of the language and its library that hold no type which the table does not give them.
pub(super) const PRIMITIVES: &[&str] =
    &["str", "char", "u8", "u16", "u64", "u128", "usize", "i128", "isize", "RangeInclusive"];

/// Rust types of the table that messages leave out: who has one knows what it holds.
pub(super) const RARE: &[&str] = &[
    "Box<serde_json::value::RawValue>",
    "NonZeroI16",
    "NonZeroI32",
    "NonZeroI64",
    "NonZeroI8",
    "bstr::BString",
    "bytes::Bytes",
    "chrono::DateTime<FixedOffset>",
    "chrono::DateTime<Local>",
    "ordered_float::NotNan<f32>",
    "ordered_float::NotNan<f64>",
    "ordered_float::OrderedFloat<f32>",
    "ordered_float::OrderedFloat<f64>",
    "smol_str::SmolStr",
];

/// Names in the table that people also give to types of their own.
pub(super) const AMBIGUOUS: &[&str] = &[
    "Bit",
    "Bytes",
    "Date",
    "DateTime",
    "LineString",
    "Point",
    "Rect",
    "Time",
    "Timestamp",
    "Value",
    "Vector",
];
