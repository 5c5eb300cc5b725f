//! The crate `serde_json`.

use serde_json::Value;
#[cfg(feature = "serde_json-raw")]
use serde_json::value::RawValue;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    Value: Json, Jsonb;
}

#[cfg(feature = "serde_json-raw")]
accepts! {
    RawValue: Json, Jsonb;
}
