//! The impls and `core::mapping` say the same, for every Rust type and every marker, both ways.

use std::net::IpAddr;
use std::time::SystemTime;

use schemacheck_core::mapping;

use super::{AcceptsColumn, pg};

struct Pair<T: ?Sized, P>(std::marker::PhantomData<(P, Box<T>)>);

impl<T: AcceptsColumn<P> + ?Sized, P> Pair<T, P> {
    const ACCEPTED: bool = true;
}

trait Refused {
    const ACCEPTED: bool = false;
}

impl<T: ?Sized, P> Refused for Pair<T, P> {}

macro_rules! matrix {
    ($([$($feature:literal)?] $rust:ty as $spelling:literal;)*) => {{
        type Row = (&'static str, Vec<(&'static str, bool)>);
        let mut rows: Vec<Row> = Vec::with_capacity(32);
        $(
            $(#[cfg(feature = $feature)])?
            rows.push(($spelling, row!($rust)));
        )*
        rows
    }};
}

macro_rules! row {
    ($rust:ty) => {
        vec![
            ("bit", <Pair<$rust, pg::Bit>>::ACCEPTED),
            ("bool", <Pair<$rust, pg::Bool>>::ACCEPTED),
            ("box", <Pair<$rust, pg::Box>>::ACCEPTED),
            ("bpchar", <Pair<$rust, pg::Bpchar>>::ACCEPTED),
            ("bytea", <Pair<$rust, pg::Bytea>>::ACCEPTED),
            ("char", <Pair<$rust, pg::Char>>::ACCEPTED),
            ("cidr", <Pair<$rust, pg::Cidr>>::ACCEPTED),
            ("circle", <Pair<$rust, pg::Circle>>::ACCEPTED),
            ("date", <Pair<$rust, pg::Date>>::ACCEPTED),
            ("float4", <Pair<$rust, pg::Float4>>::ACCEPTED),
            ("float8", <Pair<$rust, pg::Float8>>::ACCEPTED),
            ("inet", <Pair<$rust, pg::Inet>>::ACCEPTED),
            ("int2", <Pair<$rust, pg::Int2>>::ACCEPTED),
            ("int4", <Pair<$rust, pg::Int4>>::ACCEPTED),
            ("int8", <Pair<$rust, pg::Int8>>::ACCEPTED),
            ("interval", <Pair<$rust, pg::Interval>>::ACCEPTED),
            ("json", <Pair<$rust, pg::Json>>::ACCEPTED),
            ("jsonb", <Pair<$rust, pg::Jsonb>>::ACCEPTED),
            ("line", <Pair<$rust, pg::Line>>::ACCEPTED),
            ("lseg", <Pair<$rust, pg::Lseg>>::ACCEPTED),
            ("macaddr", <Pair<$rust, pg::Macaddr>>::ACCEPTED),
            ("macaddr8", <Pair<$rust, pg::Macaddr8>>::ACCEPTED),
            ("money", <Pair<$rust, pg::Money>>::ACCEPTED),
            ("name", <Pair<$rust, pg::Name>>::ACCEPTED),
            ("numeric", <Pair<$rust, pg::Numeric>>::ACCEPTED),
            ("oid", <Pair<$rust, pg::Oid>>::ACCEPTED),
            ("path", <Pair<$rust, pg::Path>>::ACCEPTED),
            ("pg_lsn", <Pair<$rust, pg::PgLsn>>::ACCEPTED),
            ("point", <Pair<$rust, pg::Point>>::ACCEPTED),
            ("polygon", <Pair<$rust, pg::Polygon>>::ACCEPTED),
            ("text", <Pair<$rust, pg::Text>>::ACCEPTED),
            ("tid", <Pair<$rust, pg::Tid>>::ACCEPTED),
            ("time", <Pair<$rust, pg::Time>>::ACCEPTED),
            ("timestamp", <Pair<$rust, pg::Timestamp>>::ACCEPTED),
            ("timestamptz", <Pair<$rust, pg::Timestamptz>>::ACCEPTED),
            ("timetz", <Pair<$rust, pg::Timetz>>::ACCEPTED),
            ("tsquery", <Pair<$rust, pg::Tsquery>>::ACCEPTED),
            ("tsvector", <Pair<$rust, pg::Tsvector>>::ACCEPTED),
            ("uuid", <Pair<$rust, pg::Uuid>>::ACCEPTED),
            ("varbit", <Pair<$rust, pg::Varbit>>::ACCEPTED),
            ("varchar", <Pair<$rust, pg::Varchar>>::ACCEPTED),
            ("xml", <Pair<$rust, pg::Xml>>::ACCEPTED),
            ("citext", <Pair<$rust, pg::Citext>>::ACCEPTED),
            ("lquery", <Pair<$rust, pg::Lquery>>::ACCEPTED),
            ("ltree", <Pair<$rust, pg::Ltree>>::ACCEPTED),
            ("ltxtquery", <Pair<$rust, pg::Ltxtquery>>::ACCEPTED),
        ]
    };
}

#[test]
fn mapping_and_impls_agree() {
    let rows = matrix! {
        [] bool as "bool";
        [] i8 as "i8";
        [] i16 as "i16";
        [] i32 as "i32";
        [] i64 as "i64";
        [] u32 as "u32";
        [] f32 as "f32";
        [] f64 as "f64";
        [] String as "String";
        [] Vec<u8> as "Vec<u8>";
        [] IpAddr as "IpAddr";
        [] SystemTime as "SystemTime";
        ["uuid"] ::uuid::Uuid as "uuid::Uuid";
        ["chrono"] ::chrono::NaiveDateTime as "chrono::NaiveDateTime";
        ["chrono"] ::chrono::DateTime<::chrono::Utc> as "chrono::DateTime<Utc>";
        ["chrono"] ::chrono::DateTime<::chrono::Local> as "chrono::DateTime<Local>";
        ["chrono"] ::chrono::DateTime<::chrono::FixedOffset> as "chrono::DateTime<FixedOffset>";
        ["chrono"] ::chrono::NaiveDate as "chrono::NaiveDate";
        ["chrono"] ::chrono::NaiveTime as "chrono::NaiveTime";
        ["time"] ::time::PrimitiveDateTime as "time::PrimitiveDateTime";
        ["time"] ::time::OffsetDateTime as "time::OffsetDateTime";
        ["time"] ::time::Date as "time::Date";
        ["time"] ::time::Time as "time::Time";
        ["serde_json"] ::serde_json::Value as "serde_json::Value";
        ["rust_decimal"] ::rust_decimal::Decimal as "rust_decimal::Decimal";
    };
    for (rust, row) in &rows {
        assert_eq!(row.len(), mapping::markers().count());
        for (pg, accepted) in row {
            let listed = mapping::PAIRS.iter().any(|pair| pair.rust == *rust && pair.pg == *pg);
            assert_eq!(*accepted, listed, "{rust} for {pg}: the impls say {accepted}, the mapping {listed}");
        }
    }
    // Each listed Rust type is in the matrix, as far as its feature is on.
    for pair in mapping::PAIRS {
        let on = match pair.feature {
            None => true,
            Some("uuid") => cfg!(feature = "uuid"),
            Some("chrono") => cfg!(feature = "chrono"),
            Some("time") => cfg!(feature = "time"),
            Some("serde_json") => cfg!(feature = "serde_json"),
            Some("rust_decimal") => cfg!(feature = "rust_decimal"),
            Some(other) => panic!("the feature {other} has no rows here"),
        };
        assert_eq!(on, rows.iter().any(|(rust, _)| *rust == pair.rust), "{pair:?}");
    }
}

#[test]
fn wrappers_hold_what_they_wrap() {
    fn holds<T: AcceptsColumn<P> + ?Sized, P>() {}
    holds::<Option<i32>, pg::Int4>();
    holds::<&str, pg::Text>();
    holds::<Box<str>, pg::Varchar>();
    holds::<std::borrow::Cow<'_, str>, pg::Text>();
    holds::<&[Option<i32>], pg::Array<pg::Int4>>();
    holds::<Option<Vec<Option<String>>>, pg::Array<pg::Varchar>>();
    holds::<[f64; 3], pg::Array<pg::Float8>>();
    holds::<[u8; 16], pg::Bytea>();
    holds::<Box<[u8]>, pg::Bytea>();
    holds::<Vec<Vec<u8>>, pg::Array<pg::Bytea>>();
}
