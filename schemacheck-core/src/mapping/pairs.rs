//! The pairs that are accepted.
//!
//! Sources: the `accepts!` of `postgres-types` 0.2.14 (`src/lib.rs`, `src/chrono_04.rs`, ...), `Type::compatible` and
//! `Decode` of `sqlx-postgres` 0.9.0 (`src/types/`), and the impls of `rust_decimal` 1
//! and `pgvector` 0.4, whose impls for `sqlx` are for 0.8.

use super::By::{Both, Postgres, Program, Sqlx};
use super::{By, Pair};

/// Every accepted pair of a plain Rust type and a type that has a marker.
#[rustfmt::skip]
pub const PAIRS: &[Pair] = &[
    pair("bool", "bool", None, Both),
    pair("i8", "char", None, Both),
    pair("i16", "int2", None, Both),
    pair("i32", "int4", None, Both),
    pair("i64", "int8", None, Both),
    pair("NonZeroI8", "char", None, Sqlx),
    pair("NonZeroI16", "int2", None, Sqlx),
    pair("NonZeroI32", "int4", None, Sqlx),
    pair("NonZeroI64", "int8", None, Sqlx),
    pair("u32", "oid", None, Postgres),
    pair("f32", "float4", None, Both),
    pair("f64", "float8", None, Both),
    pair("ordered_float::OrderedFloat<f32>", "float4", Some("ordered-float"), Program("f32")),
    pair("ordered_float::OrderedFloat<f64>", "float8", Some("ordered-float"), Program("f64")),
    pair("ordered_float::NotNan<f32>", "float4", Some("ordered-float"), Program("f32")),
    pair("ordered_float::NotNan<f64>", "float8", Some("ordered-float"), Program("f64")),
    pair("String", "text", None, Both),
    pair("String", "varchar", None, Both),
    pair("String", "bpchar", None, Both),
    pair("String", "name", None, Both),
    pair("String", "citext", None, Both),
    pair("String", "ltree", None, Postgres),
    pair("String", "lquery", None, Postgres),
    pair("String", "ltxtquery", None, Postgres),
    pair("smol_str::SmolStr", "text", Some("smol_str"), Postgres),
    pair("smol_str::SmolStr", "varchar", Some("smol_str"), Postgres),
    pair("smol_str::SmolStr", "bpchar", Some("smol_str"), Postgres),
    pair("smol_str::SmolStr", "name", Some("smol_str"), Postgres),
    pair("smol_str::SmolStr", "citext", Some("smol_str"), Postgres),
    pair("smol_str::SmolStr", "ltree", Some("smol_str"), Postgres),
    pair("smol_str::SmolStr", "lquery", Some("smol_str"), Postgres),
    pair("smol_str::SmolStr", "ltxtquery", Some("smol_str"), Postgres),
    pair("Vec<u8>", "bytea", None, Both),
    pair("bytes::Bytes", "bytea", Some("bytes"), Program("Vec<u8>")),
    pair("IpAddr", "inet", None, Both),
    pair("IpAddr", "cidr", None, Sqlx),
    pair("ipnetwork::IpNetwork", "inet", Some("ipnetwork"), Sqlx),
    pair("ipnetwork::IpNetwork", "cidr", Some("ipnetwork"), Sqlx),
    pair("ipnet::IpNet", "inet", Some("ipnet"), Sqlx),
    pair("ipnet::IpNet", "cidr", Some("ipnet"), Sqlx),
    pair("cidr::IpInet", "inet", Some("cidr"), Postgres),
    pair("cidr::IpCidr", "cidr", Some("cidr"), Postgres),
    pair("eui48::MacAddress", "macaddr", Some("eui48"), Postgres),
    pair("mac_address::MacAddress", "macaddr", Some("mac_address"), Sqlx),
    pair("SystemTime", "timestamp", None, Postgres),
    pair("SystemTime", "timestamptz", None, Postgres),
    pair("uuid::Uuid", "uuid", Some("uuid"), Both),
    pair("chrono::NaiveDateTime", "timestamp", Some("chrono"), Both),
    pair("chrono::DateTime<Utc>", "timestamptz", Some("chrono"), Both),
    pair("chrono::DateTime<Local>", "timestamptz", Some("chrono"), Both),
    pair("chrono::DateTime<FixedOffset>", "timestamptz", Some("chrono"), Both),
    pair("chrono::NaiveDate", "date", Some("chrono"), Both),
    pair("chrono::NaiveTime", "time", Some("chrono"), Both),
    pair("time::PrimitiveDateTime", "timestamp", Some("time"), Both),
    pair("time::OffsetDateTime", "timestamptz", Some("time"), Both),
    pair("time::Date", "date", Some("time"), Both),
    pair("time::Time", "time", Some("time"), Both),
    pair("jiff::civil::DateTime", "timestamp", Some("jiff"), Postgres),
    pair("jiff::Timestamp", "timestamptz", Some("jiff"), Postgres),
    pair("jiff::civil::Date", "date", Some("jiff"), Postgres),
    pair("jiff::civil::Time", "time", Some("jiff"), Postgres),
    pair("serde_json::Value", "json", Some("serde_json"), Both),
    pair("serde_json::Value", "jsonb", Some("serde_json"), Both),
    pair("Box<serde_json::value::RawValue>", "json", Some("serde_json-raw"), Sqlx),
    pair("Box<serde_json::value::RawValue>", "jsonb", Some("serde_json-raw"), Sqlx),
    pair("rust_decimal::Decimal", "numeric", Some("rust_decimal"), Both),
    pair("bigdecimal::BigDecimal", "numeric", Some("bigdecimal"), Sqlx),
    pair("bit_vec::BitVec", "bit", Some("bit-vec"), Both),
    pair("bit_vec::BitVec", "varbit", Some("bit-vec"), Both),
    pair("geo_types::Point<f64>", "point", Some("geo-types"), Postgres),
    pair("geo_types::Rect<f64>", "box", Some("geo-types"), Postgres),
    pair("geo_types::LineString<f64>", "path", Some("geo-types"), Postgres),
    pair("HashMap<String, Option<String>>", "hstore", None, Postgres),
    pair("pgvector::Vector", "vector", Some("pgvector"), Postgres),
    pair("pgvector::HalfVector", "halfvec", Some("pgvector-half"), Postgres),
    pair("pgvector::SparseVector", "sparsevec", Some("pgvector"), Postgres),
    pair("pgvector::Bit", "bit", Some("pgvector"), Postgres),
    pair("postgres_types::PgLsn", "pg_lsn", Some("postgres"), Postgres),
];

/// The types with a marker that no type of the table decodes, and what to do. Types of one's own implement the trait.
pub const UNDECODED: &[(&str, &str)] = &[
    ("circle", "`sqlx::postgres::types::PgCircle` decodes it"),
    ("cube", "`sqlx::postgres::types::PgCube` decodes it"),
    ("datemultirange", MULTIRANGE),
    ("daterange", RANGE),
    ("int4multirange", MULTIRANGE),
    ("int4range", RANGE),
    ("int8multirange", MULTIRANGE),
    ("int8range", RANGE),
    ("interval", "`sqlx::postgres::types::PgInterval` decodes it; `Duration` is only ever written"),
    ("jsonpath", CAST),
    ("line", "`sqlx::postgres::types::PgLine` decodes it"),
    ("lseg", "`sqlx::postgres::types::PgLSeg` decodes it"),
    ("macaddr8", CAST),
    ("money", "`sqlx::postgres::types::PgMoney` decodes it; or cast it to `numeric` in the query"),
    ("nummultirange", MULTIRANGE),
    ("numrange", RANGE),
    ("polygon", "`sqlx::postgres::types::PgPolygon` decodes it"),
    ("tid", CAST),
    ("timetz", "`sqlx::postgres::types::PgTimeTz` decodes it"),
    ("tsmultirange", MULTIRANGE),
    ("tsquery", CAST),
    ("tsrange", RANGE),
    ("tstzmultirange", MULTIRANGE),
    ("tstzrange", RANGE),
    ("tsvector", CAST),
    ("xml", CAST),
];

const CAST: &str = "neither driver decodes it: cast it to `text` in the query";
const RANGE: &str = "`sqlx::postgres::types::PgRange<T>` and `postgres_range::Range<T>` decode it; the standard \
                     library's `Range` and `RangeInclusive` are decoded by neither driver";
const MULTIRANGE: &str =
    "neither driver decodes it: `unnest` it into ranges, or cast it to `text` in the query";

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

const fn pair(rust: &'static str, pg: &'static str, feature: Option<&'static str>, by: By) -> Pair {
    Pair { rust, pg, feature, by }
}
