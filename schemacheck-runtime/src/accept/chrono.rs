//! The crate `chrono`.

use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    NaiveDateTime: Timestamp;
    DateTime<Utc>: Timestamptz;
    DateTime<Local>: Timestamptz;
    DateTime<FixedOffset>: Timestamptz;
    NaiveDate: Date;
    NaiveTime: Time;
}
