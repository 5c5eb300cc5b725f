//! The crate `bit-vec`: each version that a driver decodes. `sqlx` 0.7 and 0.8 take 0.6, `sqlx` 0.9 takes 0.8; `postgres` takes
//! whichever of its features is on.

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    bit_vec_06::BitVec: Bit, Varbit;
    bit_vec_08::BitVec: Bit, Varbit;
    bit_vec_09::BitVec: Bit, Varbit;
}
