//! The crate `jiff`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    DateTime: Timestamp;
    Timestamp: Timestamptz;
    Date: Date;
    Time: Time;
}
