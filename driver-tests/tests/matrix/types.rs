//! The Rust types: each of the table, some that no column is read into, and the `Vec` of each.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::{NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64};
use std::time::{Duration, SystemTime};

use schemacheck_runtime::{AcceptsColumn, pg};

use crate::Row;
use crate::drivers::{Can, Cannot, Reading};

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
                sqlx: Can::<$rust>::sqlx(),
                sqlx_write: Can::<$rust>::sqlx_write(),
            },
        }
    };
}

macro_rules! rows {
    ($($rust:ty as $spelling:literal;)*) => {
        /// A row each type, and one each list of it.
        pub(crate) fn rows() -> Vec<Row> {
            vec![$(row!($rust as $spelling), row!(Vec<$rust> as concat!($spelling, "[]"))),*]
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
    // What is in no row of the table.
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
    serde_json::Map<String, serde_json::Value> as "serde_json::Map<String, Value>";
    (i32, i32) as "(i32, i32)";
    std::net::Ipv4Addr as "Ipv4Addr";
    std::path::PathBuf as "PathBuf";
}
