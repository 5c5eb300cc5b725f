//! The crate `eui48`.

use eui48::MacAddress;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    MacAddress: Macaddr;
}
