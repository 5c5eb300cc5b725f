//! The crate `mac_address`.

use mac_address::MacAddress;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    MacAddress: Macaddr;
}
