//! Types of the standard library.
//!
//! Sources: `postgres-types` 0.2 `src/lib.rs`; `sqlx-postgres` 0.9 `src/types/`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::{NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64};
use std::time::SystemTime;

use schemacheck_core::record::REFUSES_NULL;

use super::{AcceptsColumn, pg};

macro_rules! accepts {
    ($($rust:ty: $($pg:ident),+;)*) => {
        $($(
            impl AcceptsColumn<pg::$pg> for $rust {
                const NULL: u8 = schemacheck_core::record::REFUSES_NULL;
            }
        )+)*
    };
}
#[allow(unused_imports, reason = "with no feature on, only this file uses it")]
pub(super) use accepts;

accepts! {
    bool: Bool;
    i8: Char;
    i16: Int2;
    i32: Int4;
    i64: Int8;
    NonZeroI8: Char;
    NonZeroI16: Int2;
    NonZeroI32: Int4;
    NonZeroI64: Int8;
    u32: Oid;
    f32: Float4;
    f64: Float8;
    str: Text, Varchar, Bpchar, Name, Citext, Ltree, Lquery, Ltxtquery;
    String: Text, Varchar, Bpchar, Name, Citext, Ltree, Lquery, Ltxtquery;
    [u8]: Bytea;
    Vec<u8>: Bytea;
    // `cidr` as sqlx decodes it: an address whose prefix is the whole address.
    IpAddr: Inet, Cidr;
    SystemTime: Timestamp, Timestamptz;
}

impl<const N: usize> AcceptsColumn<pg::Bytea> for [u8; N] {
    const NULL: u8 = REFUSES_NULL;
}
impl<S> AcceptsColumn<pg::Hstore> for HashMap<String, Option<String>, S> {
    const NULL: u8 = REFUSES_NULL;
}
