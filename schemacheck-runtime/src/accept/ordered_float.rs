//! The crate `ordered-float`. No driver decodes its types; programs make them of floats.

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    ordered_float_4::OrderedFloat<f32>: Float4;
    ordered_float_4::OrderedFloat<f64>: Float8;
    ordered_float_4::NotNan<f32>: Float4;
    ordered_float_4::NotNan<f64>: Float8;
    ordered_float_5::OrderedFloat<f32>: Float4;
    ordered_float_5::OrderedFloat<f64>: Float8;
    ordered_float_5::NotNan<f32>: Float4;
    ordered_float_5::NotNan<f64>: Float8;
}
