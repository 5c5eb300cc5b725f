//! The crate `smol_str`, of the version that `postgres` takes.

use smol_str::SmolStr;

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    SmolStr: Text, Varchar, Bpchar, Name, Citext, Ltree, Lquery, Ltxtquery;
}
