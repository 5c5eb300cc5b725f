//! The crate `serde_json`.

use serde_json::Value;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    Value: Json, Jsonb;
}
