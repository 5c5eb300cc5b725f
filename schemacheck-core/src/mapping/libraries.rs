//! The pairs that one library alone decodes, which come with its feature: its own types, and what it makes of common ones.
//!
//! They say nothing of a field by its spelling: who uses another library has types of the same names.
//!
//! Sources: `Type::compatible` and `Decode` of `sqlx-postgres` 0.9.0 and 0.8.6 (`src/types/`), which agree in these types;
//! `FromSql` of `diesel` 2.3.14 (`src/pg/types/`), where a column has the SQL type that `diesel print-schema` gives it:
//! its type's name in camel case, of `diesel::sql_types`; `TryGetable` of `sea-orm` 2.0.4 (`src/executor/query.rs`,
//! `src/value/`). `sea-orm` 1 has no types of its own.

use super::Library::{Diesel, SeaOrm, Sqlx};
use super::{By, Pair, pair};

/// Every pair that is accepted with the feature of a library.
#[rustfmt::skip]
pub const LIBRARY_PAIRS: &[Pair] = &[
    pair("sqlx::types::Json<T>", "json", &["sqlx"], &[Sqlx]),
    pair("sqlx::types::Json<T>", "jsonb", &["sqlx"], &[Sqlx]),
    pair("sqlx::types::Text<T>", "text", &["sqlx"], &[Sqlx]),
    pair("sqlx::types::Text<T>", "varchar", &["sqlx"], &[Sqlx]),
    pair("sqlx::types::Text<T>", "bpchar", &["sqlx"], &[Sqlx]),
    pair("sqlx::types::Text<T>", "name", &["sqlx"], &[Sqlx]),
    pair("sqlx::types::Text<T>", "citext", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgCiText", "text", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgCiText", "varchar", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgCiText", "bpchar", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgCiText", "name", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgCiText", "citext", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::Oid", "oid", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgInterval", "interval", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgMoney", "money", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgLTree", "ltree", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgLQuery", "lquery", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgHstore", "hstore", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgCube", "cube", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgPoint", "point", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgLine", "line", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgLSeg", "lseg", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgBox", "box", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgPath", "path", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgPolygon", "polygon", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgCircle", "circle", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<i32>", "int4range", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<i64>", "int8range", &["sqlx"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<rust_decimal::Decimal>", "numrange", &["sqlx", "rust_decimal"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<bigdecimal::BigDecimal>", "numrange", &["sqlx", "bigdecimal"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<chrono::NaiveDate>", "daterange", &["sqlx", "chrono"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<time::Date>", "daterange", &["sqlx", "time"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<chrono::NaiveDateTime>", "tsrange", &["sqlx", "chrono"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<time::PrimitiveDateTime>", "tsrange", &["sqlx", "time"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<chrono::DateTime<Utc>>", "tstzrange", &["sqlx", "chrono"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<chrono::DateTime<Local>>", "tstzrange", &["sqlx", "chrono"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<chrono::DateTime<FixedOffset>>", "tstzrange", &["sqlx", "chrono"], &[Sqlx]),
    pair("sqlx::postgres::types::PgRange<time::OffsetDateTime>", "tstzrange", &["sqlx", "time"], &[Sqlx]),
    pair("u8", "char", &["diesel"], &[Diesel]),
    pair("String", "char", &["diesel"], &[Diesel]),
    pair("[u8; 6]", "macaddr", &["diesel"], &[Diesel]),
    pair("[u8; 8]", "macaddr8", &["diesel"], &[Diesel]),
    pair("chrono::NaiveDateTime", "timestamptz", &["diesel", "chrono"], &[Diesel]),
    pair("time::PrimitiveDateTime", "timestamptz", &["diesel", "time"], &[Diesel]),
    pair("diesel::data_types::PgInterval", "interval", &["diesel"], &[Diesel]),
    pair("chrono::Duration", "interval", &["diesel", "chrono"], &[Diesel]),
    pair("diesel::data_types::PgMoney", "money", &["diesel"], &[Diesel]),
    pair("diesel::data_types::PgLsn", "pg_lsn", &["diesel"], &[Diesel]),
    pair("diesel::data_types::PgNumeric", "numeric", &["diesel"], &[Diesel]),
    pair("diesel::data_types::PgDate", "date", &["diesel"], &[Diesel]),
    pair("diesel::data_types::PgTime", "time", &["diesel"], &[Diesel]),
    pair("diesel::data_types::PgTimestamp", "timestamp", &["diesel"], &[Diesel]),
    pair("diesel::data_types::PgTimestamp", "timestamptz", &["diesel"], &[Diesel]),
    pair("diesel_json::Json<T>", "jsonb", &["diesel_json"], &[Diesel]),
    pair("(Bound<i32>, Bound<i32>)", "int4range", &["diesel"], &[Diesel]),
    pair("(Bound<i64>, Bound<i64>)", "int8range", &["diesel"], &[Diesel]),
    pair("(Bound<bigdecimal::BigDecimal>, Bound<bigdecimal::BigDecimal>)", "numrange", &["diesel", "bigdecimal"], &[Diesel]),
    pair("(Bound<chrono::NaiveDate>, Bound<chrono::NaiveDate>)", "daterange", &["diesel", "chrono"], &[Diesel]),
    pair("(Bound<time::Date>, Bound<time::Date>)", "daterange", &["diesel", "time"], &[Diesel]),
    pair("(Bound<diesel::data_types::PgDate>, Bound<diesel::data_types::PgDate>)", "daterange", &["diesel"], &[Diesel]),
    pair("(Bound<chrono::NaiveDateTime>, Bound<chrono::NaiveDateTime>)", "tsrange", &["diesel", "chrono"], &[Diesel]),
    pair("(Bound<time::PrimitiveDateTime>, Bound<time::PrimitiveDateTime>)", "tsrange", &["diesel", "time"], &[Diesel]),
    pair("(Bound<diesel::data_types::PgTimestamp>, Bound<diesel::data_types::PgTimestamp>)", "tsrange", &["diesel"], &[Diesel]),
    pair("(Bound<chrono::DateTime<Utc>>, Bound<chrono::DateTime<Utc>>)", "tstzrange", &["diesel", "chrono"], &[Diesel]),
    pair("(Bound<chrono::DateTime<Local>>, Bound<chrono::DateTime<Local>>)", "tstzrange", &["diesel", "chrono"], &[Diesel]),
    pair("(Bound<chrono::NaiveDateTime>, Bound<chrono::NaiveDateTime>)", "tstzrange", &["diesel", "chrono"], &[Diesel]),
    pair("(Bound<time::OffsetDateTime>, Bound<time::OffsetDateTime>)", "tstzrange", &["diesel", "time"], &[Diesel]),
    pair("(Bound<time::PrimitiveDateTime>, Bound<time::PrimitiveDateTime>)", "tstzrange", &["diesel", "time"], &[Diesel]),
    pair("(Bound<diesel::data_types::PgTimestamp>, Bound<diesel::data_types::PgTimestamp>)", "tstzrange", &["diesel"], &[Diesel]),
    pair("Vec<(Bound<i32>, Bound<i32>)>", "int4multirange", &["diesel"], &[Diesel]),
    pair("Vec<(Bound<i64>, Bound<i64>)>", "int8multirange", &["diesel"], &[Diesel]),
    pair("Vec<(Bound<bigdecimal::BigDecimal>, Bound<bigdecimal::BigDecimal>)>", "nummultirange", &["diesel", "bigdecimal"], &[Diesel]),
    pair("Vec<(Bound<chrono::NaiveDate>, Bound<chrono::NaiveDate>)>", "datemultirange", &["diesel", "chrono"], &[Diesel]),
    pair("Vec<(Bound<time::Date>, Bound<time::Date>)>", "datemultirange", &["diesel", "time"], &[Diesel]),
    pair("Vec<(Bound<diesel::data_types::PgDate>, Bound<diesel::data_types::PgDate>)>", "datemultirange", &["diesel"], &[Diesel]),
    pair("Vec<(Bound<chrono::NaiveDateTime>, Bound<chrono::NaiveDateTime>)>", "tsmultirange", &["diesel", "chrono"], &[Diesel]),
    pair("Vec<(Bound<time::PrimitiveDateTime>, Bound<time::PrimitiveDateTime>)>", "tsmultirange", &["diesel", "time"], &[Diesel]),
    pair("Vec<(Bound<diesel::data_types::PgTimestamp>, Bound<diesel::data_types::PgTimestamp>)>", "tsmultirange", &["diesel"], &[Diesel]),
    pair("Vec<(Bound<chrono::DateTime<Utc>>, Bound<chrono::DateTime<Utc>>)>", "tstzmultirange", &["diesel", "chrono"], &[Diesel]),
    pair("Vec<(Bound<chrono::DateTime<Local>>, Bound<chrono::DateTime<Local>>)>", "tstzmultirange", &["diesel", "chrono"], &[Diesel]),
    pair("Vec<(Bound<chrono::NaiveDateTime>, Bound<chrono::NaiveDateTime>)>", "tstzmultirange", &["diesel", "chrono"], &[Diesel]),
    pair("Vec<(Bound<time::OffsetDateTime>, Bound<time::OffsetDateTime>)>", "tstzmultirange", &["diesel", "time"], &[Diesel]),
    pair("Vec<(Bound<time::PrimitiveDateTime>, Bound<time::PrimitiveDateTime>)>", "tstzmultirange", &["diesel", "time"], &[Diesel]),
    pair("Vec<(Bound<diesel::data_types::PgTimestamp>, Bound<diesel::data_types::PgTimestamp>)>", "tstzmultirange", &["diesel"], &[Diesel]),
    pair("u32", "int4", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::TextUuid", "text", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::TextUuid", "varchar", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::TextUuid", "bpchar", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::TextUuid", "name", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::TextUuid", "citext", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::ChronoUnixTimestamp", "int8", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::ChronoUnixTimestampMillis", "int8", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::TimeUnixTimestamp", "int8", &["sea-orm"], &[SeaOrm]),
    pair("sea_orm::prelude::TimeUnixTimestampMillis", "int8", &["sea-orm"], &[SeaOrm]),
    pair("uuid::fmt::Hyphenated", "uuid", &["sea-orm"], &[SeaOrm]),
    pair("uuid::fmt::Simple", "uuid", &["sea-orm"], &[SeaOrm]),
    pair("uuid::fmt::Urn", "uuid", &["sea-orm"], &[SeaOrm]),
    pair("uuid::fmt::Braced", "uuid", &["sea-orm"], &[SeaOrm]),
    pair("HashMap<K, V>", "json", &["sea-orm"], &[SeaOrm]),
    pair("BTreeMap<K, V>", "json", &["sea-orm"], &[SeaOrm]),
    pair("Vec<T: TryGetableFromJson>", "json", &["sea-orm"], &[SeaOrm]),
    pair("HashMap<K, V>", "jsonb", &["sea-orm"], &[SeaOrm]),
    pair("BTreeMap<K, V>", "jsonb", &["sea-orm"], &[SeaOrm]),
    pair("Vec<T: TryGetableFromJson>", "jsonb", &["sea-orm"], &[SeaOrm]),
];

/// What else there is to say of types that are not read into a common Rust type.
pub const REMARKS: &[(&str, &str)] = &[
    ("datemultirange", MULTIRANGE),
    ("daterange", RANGE),
    ("int4multirange", MULTIRANGE),
    ("int4range", RANGE),
    ("int8multirange", MULTIRANGE),
    ("int8range", RANGE),
    ("interval", "`std::time::Duration` is only ever written"),
    ("jsonpath", CAST),
    ("macaddr8", "it can be cast to `text` in the query"),
    ("money", "it can be cast to `numeric` in the query"),
    ("nummultirange", MULTIRANGE),
    ("numrange", RANGE),
    ("tid", CAST),
    ("timetz", "`sqlx::postgres::types::PgTimeTz` decodes it, and is judged by name only"),
    ("tsmultirange", MULTIRANGE),
    ("tsquery", CAST),
    ("tsrange", RANGE),
    ("tstzmultirange", MULTIRANGE),
    ("tstzrange", RANGE),
    ("tsvector", CAST),
    ("xml", CAST),
];

const CAST: &str = "no library decodes it: cast it to `text` in the query";
const RANGE: &str = "`postgres_range::Range<T>` decodes it too; the standard library's `Range` and `RangeInclusive` are \
                     only ever written";
const MULTIRANGE: &str = "`unnest` makes ranges of it, and it can be cast to `text`, in the query";

/// Pairs that messages list beside the common types of the column's type.
pub(super) const SHOWN: &[(&str, &str)] = &[
    ("chrono::NaiveDateTime", "timestamptz"),
    ("diesel_json::Json<T>", "jsonb"),
    ("sqlx::postgres::types::PgBox", "box"),
    ("sqlx::postgres::types::PgPath", "path"),
    ("sqlx::postgres::types::PgPoint", "point"),
    ("sqlx::types::Json<T>", "json"),
    ("sqlx::types::Json<T>", "jsonb"),
    ("u8", "char"),
];

/// Whether messages leave a pair out where they list those of a library: the same with other parameters says enough.
pub(super) fn is_rare(pair: &Pair) -> bool {
    let is_naive =
        pair.pg.starts_with("tstz") && ["NaiveDateTime", "PrimitiveDateTime"].iter().any(has(pair));
    is_naive || ["<Local>", "<FixedOffset>", "::PgDate>", "::PgTimestamp>"].iter().any(has(pair))
}

fn has(pair: &Pair) -> impl Fn(&&str) -> bool {
    let rust = pair.rust;
    move |part| rust.contains(part)
}

/// The features of libraries.
#[cfg(test)]
pub(super) const FEATURES: &[&str] = &["diesel", "diesel_json", "sea-orm", "sqlx"];

/// The library of a pair whose Rust type is not the library's own, in the words of a message.
pub(super) fn alone(pair: &Pair) -> Option<&'static str> {
    let By::Libraries(&[library]) = pair.by else { return None };
    let is_own = pair.rust.starts_with(&library.name().replace('-', "_"));
    let needs_it = pair.features.contains(&library.name());
    (needs_it && !is_own).then(|| library.name())
}
