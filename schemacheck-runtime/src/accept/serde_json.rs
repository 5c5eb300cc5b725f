//! The crate `serde_json`.

use serde_json::Value;
use serde_json::value::RawValue;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    Value: Json, Jsonb;
    RawValue: Json, Jsonb;
}
