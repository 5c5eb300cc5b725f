//! The crate `diesel_json`.

use diesel_json::Json;

use schemacheck_core::record::REFUSES_NULL;

use super::{AcceptsColumn, pg};

// It decodes through serde whatever `T` is; `json` it does not.
impl<T> AcceptsColumn<pg::Jsonb> for Json<T> {
    const NULL: u8 = REFUSES_NULL;
}
