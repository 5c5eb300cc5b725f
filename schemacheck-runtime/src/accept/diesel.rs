//! The crate `diesel`: its own types, and what it alone makes of common ones. What it decodes into types of other crates
//! comes with their features.

use std::ops::Bound;

use diesel::data_types::{PgDate, PgInterval, PgLsn, PgMoney, PgNumeric, PgTime, PgTimestamp};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    PgDate: Date;
    PgInterval: Interval;
    PgLsn: PgLsn;
    PgMoney: Money;
    PgNumeric: Numeric;
    PgTime: Time;
    PgTimestamp: Timestamp, Timestamptz;
    // As `CChar`, and as `Char`, which `diesel print-schema` writes, and which is another name of `Text`.
    u8: Char;
    str: Char;
    String: Char;
    [u8; 6]: Macaddr;
    [u8; 8]: Macaddr8;
}
#[cfg(feature = "chrono")]
accepts! {
    chrono::Duration: Interval;
    chrono::NaiveDateTime: Timestamptz;
}
#[cfg(feature = "time")]
accepts! {
    time::PrimitiveDateTime: Timestamptz;
}

/// Ranges and multiranges of an element.
macro_rules! ranges {
    ($($element:ty: $($range:ident $multirange:ident),+;)*) => {
        accepts! {
            $(
                (Bound<$element>, Bound<$element>): $($range),+;
                Vec<(Bound<$element>, Bound<$element>)>: $($multirange),+;
            )*
        }
    };
}

ranges! {
    i32: Int4range Int4multirange;
    i64: Int8range Int8multirange;
    PgDate: Daterange Datemultirange;
    PgTimestamp: Tsrange Tsmultirange, Tstzrange Tstzmultirange;
}
#[cfg(feature = "bigdecimal")]
ranges! {
    bigdecimal::BigDecimal: Numrange Nummultirange;
}
#[cfg(feature = "chrono")]
ranges! {
    chrono::NaiveDate: Daterange Datemultirange;
    chrono::NaiveDateTime: Tsrange Tsmultirange, Tstzrange Tstzmultirange;
    chrono::DateTime<chrono::Local>: Tstzrange Tstzmultirange;
    chrono::DateTime<chrono::Utc>: Tstzrange Tstzmultirange;
}
#[cfg(feature = "time")]
ranges! {
    time::Date: Daterange Datemultirange;
    time::PrimitiveDateTime: Tsrange Tsmultirange, Tstzrange Tstzmultirange;
    time::OffsetDateTime: Tstzrange Tstzmultirange;
}
