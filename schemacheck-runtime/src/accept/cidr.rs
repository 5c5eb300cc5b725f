//! The crate `cidr`.

use cidr::{IpCidr, IpInet};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    IpCidr: Cidr;
    IpInet: Inet;
}
