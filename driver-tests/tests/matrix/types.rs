//! The Rust types: each of the tables, some that no column is read into, and the `Vec` of each.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::num::{NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64};
use std::ops::Bound;
use std::time::{Duration, SystemTime};

use diesel::data_types::{PgDate, PgTimestamp};
use diesel::sql_types::Array;

use schemacheck_runtime::{AcceptsColumn, pg};

use crate::Row;
use crate::diesel::readings as diesel_readings;
use crate::drivers::{Can, Cannot, Reading};

/// A type that sea-orm reads out of JSON, as those that derive its `FromJsonQueryResult`.
pub(crate) struct Own(serde_json::Value);

impl<'de> serde::Deserialize<'de> for Own {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(Own)
    }
}
impl sea_orm::TryGetableFromJson for Own {}
impl From<Own> for sea_orm::Value {
    fn from(own: Own) -> Self {
        own.0.into()
    }
}

/// The element types of ranges.
mod of {
    pub(super) use bigdecimal::BigDecimal;
    pub(super) use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, Utc};
    pub(super) use rust_decimal::Decimal;
    pub(super) use time::{Date, OffsetDateTime, PrimitiveDateTime};
}

struct Accepts<T, P>(std::marker::PhantomData<(T, P)>);

impl<T: AcceptsColumn<P>, P> Accepts<T, P> {
    const ACCEPTED: bool = true;
}

trait Refused {
    const ACCEPTED: bool = false;
}

impl<T, P> Refused for Accepts<T, P> {}

macro_rules! accepts {
    ($rust:ty; $($marker:ident $typname:literal;)*) => {
        vec![
            $(<Accepts<$rust, pg::$marker>>::ACCEPTED,)*
            $(<Accepts<$rust, pg::Array<pg::$marker>>>::ACCEPTED,)*
        ]
    };
}

macro_rules! row {
    ($rust:ty as $spelling:expr) => {
        Row {
            rust: $spelling,
            accepts: schemacheck_runtime::__every_marker!(accepts! { $rust; }),
            reading: Reading {
                postgres: Can::<$rust>::postgres(),
                postgres_write: Can::<$rust>::postgres_write(),
                sqlx: Can::<$rust>::sqlx_09(),
                sqlx_write: Can::<$rust>::sqlx_09_write(),
                sqlx_08: Can::<$rust>::sqlx_08(),
                sqlx_08_write: Can::<$rust>::sqlx_08_write(),
                diesel: schemacheck_runtime::__every_marker!(diesel_readings! { $rust; }),
                sea_orm: Can::<$rust>::sea_orm(),
                sea_orm_write: Can::<$rust>::sea_orm_write(),
            },
        }
    };
}

macro_rules! rows {
    ($($rust:ty as $spelling:literal;)*) => {
        /// A row each type, and one each list of it.
        pub(crate) fn rows() -> Vec<Row> {
            // A function each: one for all of them has no room on the stack.
            let rows: &[fn() -> Row] =
                &[$(|| row!($rust as $spelling), || row!(Vec<$rust> as concat!($spelling, "[]"))),*];
            rows.iter().map(|row| row()).collect()
        }
    };
}

rows! {
    bool as "bool";
    i8 as "i8";
    i16 as "i16";
    i32 as "i32";
    i64 as "i64";
    NonZeroI8 as "NonZeroI8";
    NonZeroI16 as "NonZeroI16";
    NonZeroI32 as "NonZeroI32";
    NonZeroI64 as "NonZeroI64";
    u32 as "u32";
    f32 as "f32";
    f64 as "f64";
    ordered_float_4::OrderedFloat<f32> as "ordered_float::OrderedFloat<f32>";
    ordered_float_4::OrderedFloat<f64> as "ordered_float::OrderedFloat<f64>";
    ordered_float_4::NotNan<f32> as "ordered_float::NotNan<f32>";
    ordered_float_4::NotNan<f64> as "ordered_float::NotNan<f64>";
    ordered_float_5::OrderedFloat<f32> as "ordered_float::OrderedFloat<f32>";
    ordered_float_5::OrderedFloat<f64> as "ordered_float::OrderedFloat<f64>";
    ordered_float_5::NotNan<f32> as "ordered_float::NotNan<f32>";
    ordered_float_5::NotNan<f64> as "ordered_float::NotNan<f64>";
    String as "String";
    smol_str::SmolStr as "smol_str::SmolStr";
    Vec<u8> as "Vec<u8>";
    bstr::BString as "bstr::BString";
    bytes::Bytes as "bytes::Bytes";
    IpAddr as "IpAddr";
    ipnetwork_020::IpNetwork as "ipnetwork::IpNetwork";
    ipnetwork_021::IpNetwork as "ipnetwork::IpNetwork";
    ipnet::IpNet as "ipnet::IpNet";
    cidr::IpInet as "cidr::IpInet";
    cidr::IpCidr as "cidr::IpCidr";
    eui48::MacAddress as "eui48::MacAddress";
    mac_address::MacAddress as "mac_address::MacAddress";
    SystemTime as "SystemTime";
    uuid::Uuid as "uuid::Uuid";
    chrono::NaiveDateTime as "chrono::NaiveDateTime";
    chrono::DateTime<chrono::Utc> as "chrono::DateTime<Utc>";
    chrono::DateTime<chrono::Local> as "chrono::DateTime<Local>";
    chrono::DateTime<chrono::FixedOffset> as "chrono::DateTime<FixedOffset>";
    chrono::NaiveDate as "chrono::NaiveDate";
    chrono::NaiveTime as "chrono::NaiveTime";
    time::PrimitiveDateTime as "time::PrimitiveDateTime";
    time::OffsetDateTime as "time::OffsetDateTime";
    time::Date as "time::Date";
    time::Time as "time::Time";
    jiff::civil::DateTime as "jiff::civil::DateTime";
    jiff::Timestamp as "jiff::Timestamp";
    jiff::civil::Date as "jiff::civil::Date";
    jiff::civil::Time as "jiff::civil::Time";
    serde_json::Value as "serde_json::Value";
    Box<serde_json::value::RawValue> as "Box<serde_json::value::RawValue>";
    rust_decimal::Decimal as "rust_decimal::Decimal";
    bigdecimal::BigDecimal as "bigdecimal::BigDecimal";
    bit_vec_06::BitVec as "bit_vec::BitVec";
    bit_vec_08::BitVec as "bit_vec::BitVec";
    bit_vec_09::BitVec as "bit_vec::BitVec";
    geo_types::Point<f64> as "geo_types::Point<f64>";
    geo_types::Rect<f64> as "geo_types::Rect<f64>";
    geo_types::LineString<f64> as "geo_types::LineString<f64>";
    HashMap<String, Option<String>> as "HashMap<String, Option<String>>";
    pgvector::Vector as "pgvector::Vector";
    pgvector::HalfVector as "pgvector::HalfVector";
    pgvector::SparseVector as "pgvector::SparseVector";
    pgvector::Bit as "pgvector::Bit";
    postgres_types::PgLsn as "postgres_types::PgLsn";
    // What one library decodes.
    sqlx::types::Json<serde_json::Value> as "sqlx::types::Json<T>";
    sqlx_08::types::Json<serde_json::Value> as "sqlx::types::Json<T>";
    sqlx::types::Text<String> as "sqlx::types::Text<T>";
    sqlx_08::types::Text<String> as "sqlx::types::Text<T>";
    sqlx::postgres::types::PgCiText as "sqlx::postgres::types::PgCiText";
    sqlx_08::postgres::types::PgCiText as "sqlx::postgres::types::PgCiText";
    sqlx::postgres::types::Oid as "sqlx::postgres::types::Oid";
    sqlx_08::postgres::types::Oid as "sqlx::postgres::types::Oid";
    sqlx::postgres::types::PgInterval as "sqlx::postgres::types::PgInterval";
    sqlx_08::postgres::types::PgInterval as "sqlx::postgres::types::PgInterval";
    sqlx::postgres::types::PgMoney as "sqlx::postgres::types::PgMoney";
    sqlx_08::postgres::types::PgMoney as "sqlx::postgres::types::PgMoney";
    sqlx::postgres::types::PgLTree as "sqlx::postgres::types::PgLTree";
    sqlx_08::postgres::types::PgLTree as "sqlx::postgres::types::PgLTree";
    sqlx::postgres::types::PgLQuery as "sqlx::postgres::types::PgLQuery";
    sqlx_08::postgres::types::PgLQuery as "sqlx::postgres::types::PgLQuery";
    sqlx::postgres::types::PgHstore as "sqlx::postgres::types::PgHstore";
    sqlx_08::postgres::types::PgHstore as "sqlx::postgres::types::PgHstore";
    sqlx::postgres::types::PgCube as "sqlx::postgres::types::PgCube";
    sqlx_08::postgres::types::PgCube as "sqlx::postgres::types::PgCube";
    sqlx::postgres::types::PgPoint as "sqlx::postgres::types::PgPoint";
    sqlx_08::postgres::types::PgPoint as "sqlx::postgres::types::PgPoint";
    sqlx::postgres::types::PgLine as "sqlx::postgres::types::PgLine";
    sqlx_08::postgres::types::PgLine as "sqlx::postgres::types::PgLine";
    sqlx::postgres::types::PgLSeg as "sqlx::postgres::types::PgLSeg";
    sqlx_08::postgres::types::PgLSeg as "sqlx::postgres::types::PgLSeg";
    sqlx::postgres::types::PgBox as "sqlx::postgres::types::PgBox";
    sqlx_08::postgres::types::PgBox as "sqlx::postgres::types::PgBox";
    sqlx::postgres::types::PgPath as "sqlx::postgres::types::PgPath";
    sqlx_08::postgres::types::PgPath as "sqlx::postgres::types::PgPath";
    sqlx::postgres::types::PgPolygon as "sqlx::postgres::types::PgPolygon";
    sqlx_08::postgres::types::PgPolygon as "sqlx::postgres::types::PgPolygon";
    sqlx::postgres::types::PgCircle as "sqlx::postgres::types::PgCircle";
    sqlx_08::postgres::types::PgCircle as "sqlx::postgres::types::PgCircle";
    sqlx::postgres::types::PgRange<i32> as "sqlx::postgres::types::PgRange<i32>";
    sqlx_08::postgres::types::PgRange<i32> as "sqlx::postgres::types::PgRange<i32>";
    sqlx::postgres::types::PgRange<i64> as "sqlx::postgres::types::PgRange<i64>";
    sqlx_08::postgres::types::PgRange<i64> as "sqlx::postgres::types::PgRange<i64>";
    sqlx::postgres::types::PgRange<of::Decimal> as "sqlx::postgres::types::PgRange<rust_decimal::Decimal>";
    sqlx_08::postgres::types::PgRange<of::Decimal> as "sqlx::postgres::types::PgRange<rust_decimal::Decimal>";
    sqlx::postgres::types::PgRange<of::BigDecimal> as "sqlx::postgres::types::PgRange<bigdecimal::BigDecimal>";
    sqlx_08::postgres::types::PgRange<of::BigDecimal> as "sqlx::postgres::types::PgRange<bigdecimal::BigDecimal>";
    sqlx::postgres::types::PgRange<of::NaiveDate> as "sqlx::postgres::types::PgRange<chrono::NaiveDate>";
    sqlx_08::postgres::types::PgRange<of::NaiveDate> as "sqlx::postgres::types::PgRange<chrono::NaiveDate>";
    sqlx::postgres::types::PgRange<of::Date> as "sqlx::postgres::types::PgRange<time::Date>";
    sqlx_08::postgres::types::PgRange<of::Date> as "sqlx::postgres::types::PgRange<time::Date>";
    sqlx::postgres::types::PgRange<of::NaiveDateTime> as "sqlx::postgres::types::PgRange<chrono::NaiveDateTime>";
    sqlx_08::postgres::types::PgRange<of::NaiveDateTime> as "sqlx::postgres::types::PgRange<chrono::NaiveDateTime>";
    sqlx::postgres::types::PgRange<of::PrimitiveDateTime> as "sqlx::postgres::types::PgRange<time::PrimitiveDateTime>";
    sqlx_08::postgres::types::PgRange<of::PrimitiveDateTime> as "sqlx::postgres::types::PgRange<time::PrimitiveDateTime>";
    sqlx::postgres::types::PgRange<of::DateTime<of::Utc>> as "sqlx::postgres::types::PgRange<chrono::DateTime<Utc>>";
    sqlx_08::postgres::types::PgRange<of::DateTime<of::Utc>> as "sqlx::postgres::types::PgRange<chrono::DateTime<Utc>>";
    sqlx::postgres::types::PgRange<of::DateTime<of::Local>> as "sqlx::postgres::types::PgRange<chrono::DateTime<Local>>";
    sqlx_08::postgres::types::PgRange<of::DateTime<of::Local>> as "sqlx::postgres::types::PgRange<chrono::DateTime<Local>>";
    sqlx::postgres::types::PgRange<of::DateTime<of::FixedOffset>> as "sqlx::postgres::types::PgRange<chrono::DateTime<FixedOffset>>";
    sqlx_08::postgres::types::PgRange<of::DateTime<of::FixedOffset>> as "sqlx::postgres::types::PgRange<chrono::DateTime<FixedOffset>>";
    sqlx::postgres::types::PgRange<of::OffsetDateTime> as "sqlx::postgres::types::PgRange<time::OffsetDateTime>";
    sqlx_08::postgres::types::PgRange<of::OffsetDateTime> as "sqlx::postgres::types::PgRange<time::OffsetDateTime>";
    u8 as "u8";
    [u8; 6] as "[u8; 6]";
    [u8; 8] as "[u8; 8]";
    diesel::data_types::PgInterval as "diesel::data_types::PgInterval";
    diesel::data_types::PgMoney as "diesel::data_types::PgMoney";
    diesel::data_types::PgLsn as "diesel::data_types::PgLsn";
    diesel::data_types::PgNumeric as "diesel::data_types::PgNumeric";
    diesel::data_types::PgDate as "diesel::data_types::PgDate";
    diesel::data_types::PgTime as "diesel::data_types::PgTime";
    diesel::data_types::PgTimestamp as "diesel::data_types::PgTimestamp";
    (Bound<i32>, Bound<i32>) as "(Bound<i32>, Bound<i32>)";
    (Bound<i64>, Bound<i64>) as "(Bound<i64>, Bound<i64>)";
    (Bound<of::BigDecimal>, Bound<of::BigDecimal>) as "(Bound<bigdecimal::BigDecimal>, Bound<bigdecimal::BigDecimal>)";
    (Bound<of::NaiveDate>, Bound<of::NaiveDate>) as "(Bound<chrono::NaiveDate>, Bound<chrono::NaiveDate>)";
    (Bound<of::Date>, Bound<of::Date>) as "(Bound<time::Date>, Bound<time::Date>)";
    (Bound<PgDate>, Bound<PgDate>) as "(Bound<diesel::data_types::PgDate>, Bound<diesel::data_types::PgDate>)";
    (Bound<of::NaiveDateTime>, Bound<of::NaiveDateTime>) as "(Bound<chrono::NaiveDateTime>, Bound<chrono::NaiveDateTime>)";
    (Bound<of::PrimitiveDateTime>, Bound<of::PrimitiveDateTime>) as "(Bound<time::PrimitiveDateTime>, Bound<time::PrimitiveDateTime>)";
    (Bound<PgTimestamp>, Bound<PgTimestamp>) as "(Bound<diesel::data_types::PgTimestamp>, Bound<diesel::data_types::PgTimestamp>)";
    (Bound<of::DateTime<of::Utc>>, Bound<of::DateTime<of::Utc>>) as "(Bound<chrono::DateTime<Utc>>, Bound<chrono::DateTime<Utc>>)";
    (Bound<of::DateTime<of::Local>>, Bound<of::DateTime<of::Local>>) as "(Bound<chrono::DateTime<Local>>, Bound<chrono::DateTime<Local>>)";
    (Bound<of::OffsetDateTime>, Bound<of::OffsetDateTime>) as "(Bound<time::OffsetDateTime>, Bound<time::OffsetDateTime>)";
    diesel_json::Json<serde_json::Value> as "diesel_json::Json<T>";
    sea_orm::prelude::TextUuid as "sea_orm::prelude::TextUuid";
    sea_orm::prelude::ChronoUnixTimestamp as "sea_orm::prelude::ChronoUnixTimestamp";
    sea_orm::prelude::ChronoUnixTimestampMillis as "sea_orm::prelude::ChronoUnixTimestampMillis";
    sea_orm::prelude::TimeUnixTimestamp as "sea_orm::prelude::TimeUnixTimestamp";
    sea_orm::prelude::TimeUnixTimestampMillis as "sea_orm::prelude::TimeUnixTimestampMillis";
    uuid::fmt::Hyphenated as "uuid::fmt::Hyphenated";
    uuid::fmt::Simple as "uuid::fmt::Simple";
    uuid::fmt::Urn as "uuid::fmt::Urn";
    uuid::fmt::Braced as "uuid::fmt::Braced";
    HashMap<String, serde_json::Value> as "HashMap<K, V>";
    BTreeMap<String, serde_json::Value> as "BTreeMap<K, V>";
    Own as "T: TryGetableFromJson";
    // What is in no row of the tables.
    (Bound<f64>, Bound<f64>) as "(Bound<f64>, Bound<f64>)";
    (Bound<of::DateTime<of::FixedOffset>>, Bound<of::DateTime<of::FixedOffset>>) as "(Bound<chrono::DateTime<FixedOffset>>, ..)";
    (Bound<SystemTime>, Bound<SystemTime>) as "(Bound<SystemTime>, Bound<SystemTime>)";
    sqlx::postgres::types::PgRange<f64> as "sqlx::postgres::types::PgRange<f64>";
    sqlx::postgres::types::PgRange<i16> as "sqlx::postgres::types::PgRange<i16>";
    sqlx::postgres::types::PgTimeTz<chrono::NaiveTime, chrono::FixedOffset> as "sqlx::postgres::types::PgTimeTz";
    sqlx_08::postgres::types::PgTimeTz<chrono::NaiveTime, chrono::FixedOffset> as "sqlx::postgres::types::PgTimeTz";
    [u8; 4] as "[u8; 4]";
    u16 as "u16";
    u64 as "u64";
    usize as "usize";
    char as "char";
    Duration as "Duration";
    chrono::Duration as "chrono::Duration";
    time::Duration as "time::Duration";
    jiff::Span as "jiff::Span";
    std::ops::Range<i32> as "Range<i32>";
    std::ops::RangeInclusive<i32> as "RangeInclusive<i32>";
    HashMap<String, String> as "HashMap<String, String>";
    BTreeMap<String, Option<String>> as "BTreeMap<String, Option<String>>";
    serde_json::Map<String, serde_json::Value> as "serde_json::Map<String, Value>";
    (i32, i32) as "(i32, i32)";
    std::net::Ipv4Addr as "Ipv4Addr";
    std::path::PathBuf as "PathBuf";
}
