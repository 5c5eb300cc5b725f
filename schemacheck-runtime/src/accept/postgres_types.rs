//! Wrapper types that come with the drivers `postgres` and `tokio-postgres`.

use postgres_types::{Date, Json, PgLsn, Timestamp};

use schemacheck_core::record::REFUSES_NULL;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    PgLsn: PgLsn;
}

// `Json<T>` decodes through serde whatever `T` is.
impl<T> AcceptsColumn<pg::Json> for Json<T> {
    const NULL: u8 = REFUSES_NULL;
}
impl<T> AcceptsColumn<pg::Jsonb> for Json<T> {
    const NULL: u8 = REFUSES_NULL;
}

// With the values `infinity` and `-infinity`.
impl<T: AcceptsColumn<pg::Date>> AcceptsColumn<pg::Date> for Date<T> {
    const NULL: u8 = REFUSES_NULL;
}
impl<T: AcceptsColumn<pg::Timestamp>> AcceptsColumn<pg::Timestamp> for Timestamp<T> {
    const NULL: u8 = REFUSES_NULL;
}
impl<T: AcceptsColumn<pg::Timestamptz>> AcceptsColumn<pg::Timestamptz> for Timestamp<T> {
    const NULL: u8 = REFUSES_NULL;
}
