//! The crate `bstr`.

use bstr::{BStr, BString};

use super::std_types::accepts;
use super::{AcceptsColumn, pg};

accepts! {
    BStr: Bytea;
    BString: Bytea;
}
