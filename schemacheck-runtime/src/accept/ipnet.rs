//! The crate `ipnet`.

use ipnet::IpNet;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    IpNet: Inet, Cidr;
}
