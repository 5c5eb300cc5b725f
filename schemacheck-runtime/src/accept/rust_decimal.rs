//! The crate `rust_decimal`.

use rust_decimal::Decimal;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    Decimal: Numeric;
}
