//! The crate `ipnetwork`: `sqlx` 0.7 and 0.8 take 0.20, `sqlx` 0.9 takes 0.21.

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    ipnetwork_020::IpNetwork: Inet, Cidr;
    ipnetwork_021::IpNetwork: Inet, Cidr;
}
