//! The crate `uuid`.

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    uuid::Uuid: Uuid;
}
