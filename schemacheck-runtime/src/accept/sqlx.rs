//! The crate `sqlx`: 0.9 with the feature `sqlx`, 0.8 with `sqlx-0_8`. What it decodes into types of other crates comes with
//! their features.
//!
//! Its `PgTimeTz` is there only with its feature `chrono` or `time`, and those decide what `query!` makes of columns: so
//! nothing here turns them on, and `timetz` is judged by name.
//!
//! They count as [`Derived`](super::derived::Derived): a program cannot implement sqlx's traits for them.

/// The impls for one version, whose crate is named.
macro_rules! version {
    ($sqlx:ident) => {
        const _: () = {
            use $sqlx::postgres::types::{
                Oid, PgBox, PgCiText, PgCircle, PgCube, PgHstore, PgInterval, PgLQuery, PgLSeg, PgLTree, PgLine, PgMoney,
                PgPath, PgPoint, PgPolygon, PgRange,
            };
            use $sqlx::types::{Json, Text};

            use schemacheck_core::record::REFUSES_NULL;

            use crate::accept::derived::Derived;
            use crate::accept::std_types::accepts;
            use crate::accept::{AcceptsColumn, pg};

            accepts! {
                Oid: Oid;
                PgBox: Box;
                PgCiText: Text, Varchar, Bpchar, Name, Citext;
                PgCircle: Circle;
                PgCube: Cube;
                PgHstore: Hstore;
                PgInterval: Interval;
                PgLQuery: Lquery;
                PgLSeg: Lseg;
                PgLTree: Ltree;
                PgLine: Line;
                PgMoney: Money;
                PgPath: Path;
                PgPoint: Point;
                PgPolygon: Polygon;
                PgRange<i32>: Int4range;
                PgRange<i64>: Int8range;
            }
            #[cfg(feature = "bigdecimal")]
            accepts! {
                PgRange<bigdecimal::BigDecimal>: Numrange;
            }
            #[cfg(feature = "chrono")]
            accepts! {
                PgRange<chrono::NaiveDate>: Daterange;
                PgRange<chrono::NaiveDateTime>: Tsrange;
                PgRange<chrono::DateTime<chrono::FixedOffset>>: Tstzrange;
                PgRange<chrono::DateTime<chrono::Local>>: Tstzrange;
                PgRange<chrono::DateTime<chrono::Utc>>: Tstzrange;
            }
            #[cfg(feature = "rust_decimal")]
            accepts! {
                PgRange<rust_decimal::Decimal>: Numrange;
            }
            #[cfg(feature = "time")]
            accepts! {
                PgRange<time::Date>: Daterange;
                PgRange<time::PrimitiveDateTime>: Tsrange;
                PgRange<time::OffsetDateTime>: Tstzrange;
            }

            // They decode through serde and `FromStr`, whatever `T` is.
            generic! {
                Json: Json, Jsonb;
                Text: Text, Varchar, Bpchar, Name, Citext;
            }
            impl<T> Derived for PgRange<T> {}
            derived! {
                Oid, PgBox, PgCiText, PgCircle, PgCube, PgHstore, PgInterval, PgLQuery, PgLSeg, PgLTree, PgLine, PgMoney,
                PgPath, PgPoint, PgPolygon
            }
        };
    };
}

/// The impls of wrappers whose PostgreSQL types do not depend on what they wrap.
macro_rules! generic {
    ($($wrapper:ident: $($pg:ident),+;)*) => {
        $(
            $(
                impl<T> AcceptsColumn<pg::$pg> for $wrapper<T> {
                    const NULL: u8 = REFUSES_NULL;
                }
            )+
            impl<T> Derived for $wrapper<T> {}
        )*
    };
}

macro_rules! derived {
    ($($rust:ident),+) => {
        $(impl Derived for $rust {})+
    };
}

#[cfg(feature = "sqlx")]
version!(sqlx);
#[cfg(feature = "sqlx-0_8")]
version!(sqlx_08);
