//! The crate `pgvector`, for the extension `vector`.

#[cfg(feature = "pgvector-half")]
use pgvector::HalfVector;
use pgvector::{Bit, SparseVector, Vector};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    Bit: Bit;
    SparseVector: Sparsevec;
    Vector: Vector;
}

#[cfg(feature = "pgvector-half")]
accepts! {
    HalfVector: Halfvec;
}
