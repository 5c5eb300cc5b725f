//! Wrapper types that come with the drivers `postgres` and `tokio-postgres`.

#[cfg(feature = "serde_json")]
use postgres_types::Json;
use postgres_types::{Date, PgLsn, Timestamp};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    PgLsn: PgLsn;
}

// `Json<T>` decodes through serde whatever `T` is.
#[cfg(feature = "serde_json")]
impl<T> AcceptsColumn<pg::Json> for Json<T> {}
#[cfg(feature = "serde_json")]
impl<T> AcceptsColumn<pg::Jsonb> for Json<T> {}

// With the values `infinity` and `-infinity`.
impl<T: AcceptsColumn<pg::Date>> AcceptsColumn<pg::Date> for Date<T> {}
impl<T: AcceptsColumn<pg::Timestamp>> AcceptsColumn<pg::Timestamp> for Timestamp<T> {}
impl<T: AcceptsColumn<pg::Timestamptz>> AcceptsColumn<pg::Timestamptz> for Timestamp<T> {}
