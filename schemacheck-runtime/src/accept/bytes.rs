//! The crate `bytes`. No driver decodes its type; programs make it of a `Vec<u8>`.

use bytes::Bytes;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    Bytes: Bytea;
}
