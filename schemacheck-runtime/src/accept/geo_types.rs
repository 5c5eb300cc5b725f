//! The crate `geo-types`.

use geo_types::{LineString, Point, Rect};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    Point<f64>: Point;
    Rect<f64>: Box;
    LineString<f64>: Path;
}
