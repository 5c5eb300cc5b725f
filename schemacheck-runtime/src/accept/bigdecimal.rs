//! The crate `bigdecimal`.

use bigdecimal::BigDecimal;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    BigDecimal: Numeric;
}
