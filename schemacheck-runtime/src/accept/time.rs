//! The crate `time`.

use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    PrimitiveDateTime: Timestamp;
    OffsetDateTime: Timestamptz;
    Date: Date;
    Time: Time;
}
