//! Which Rust type holds which PostgreSQL type: the trait impls, the only judge of Rust types.
//!
//! The derive asks these traits for each field; so aliases, newtypes and generic types are judged by what they are and
//! not by how they are spelled. [`schemacheck_core::mapping`] holds the same pairs as data.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use schemacheck_core::record;
#[doc(hidden)]
pub use schemacheck_core::record::{answer_of, group_answer};

#[cfg(feature = "bigdecimal")]
mod bigdecimal;
#[cfg(feature = "bit-vec")]
mod bit_vec;
#[cfg(feature = "bstr")]
mod bstr;
#[cfg(feature = "bytes")]
mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "cidr")]
mod cidr;
#[doc(hidden)]
pub mod derived;
#[cfg(feature = "diesel")]
mod diesel;
#[cfg(feature = "diesel_json")]
mod diesel_json;
#[cfg(feature = "eui48")]
mod eui48;
#[doc(hidden)]
pub mod flatten;
#[cfg(feature = "geo-types")]
mod geo_types;
#[cfg(feature = "ipnet")]
mod ipnet;
#[cfg(feature = "ipnetwork")]
mod ipnetwork;
#[cfg(feature = "jiff")]
mod jiff;
#[doc(hidden)]
pub mod json;
pub mod labels;
#[cfg(feature = "mac_address")]
mod mac_address;
#[cfg(feature = "ordered-float")]
mod ordered_float;
pub mod pg;
#[cfg(feature = "pgvector")]
mod pgvector;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod postgres_types;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "sea-orm")]
mod sea_orm;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "smol_str")]
mod smol_str;
#[cfg(any(feature = "sqlx", feature = "sqlx-0_8"))]
mod sqlx;
mod std_types;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

/// A Rust type that a column of the PostgreSQL type `P` can be read into, `P` being one of the markers in [`pg`].
///
/// Implement it for types of your own that decode a column by themselves:
///
/// ```
/// use schemacheck_runtime::{AcceptsColumn, pg};
///
/// struct Email(String);
/// impl AcceptsColumn<pg::Text> for Email {}
/// impl AcceptsColumn<pg::Varchar> for Email {}
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of this PostgreSQL type cannot be read into `{Self}`",
    label = "cannot hold a column of the type `{P}`",
    note = "types of other crates come with a feature of `schemacheck`, most with the crate's name: docs/types.md \
            lists them",
    note = "`cargo schemacheck explain type-mismatch` tells more"
)]
pub trait AcceptsColumn<P: ?Sized> {
    /// Whether the type can hold NULL, as a record says it: so a derive asks for both with one projection. An impl that
    /// does not say leaves it unknown.
    #[doc(hidden)]
    const NULL: u8 = record::UNKNOWN;
}

/// Both at once, for a nullable column.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a nullable column of this PostgreSQL type cannot be read into `{Self}`",
    label = "cannot hold a nullable column of the type `{P}`",
    note = "types of other crates come with a feature of `schemacheck`, most with the crate's name: docs/types.md \
            lists them",
    note = "`cargo schemacheck explain type-mismatch` tells more"
)]
pub trait AcceptsNullableColumn<P: ?Sized> {
    const NULL: u8 = record::ACCEPTS_NULL;
}

#[diagnostic::do_not_recommend]
impl<T: AcceptsColumn<P> + AcceptsNull + ?Sized, P: ?Sized> AcceptsNullableColumn<P> for T {}

/// A Rust type that can hold SQL's NULL.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot hold NULL", label = "cannot hold NULL")]
pub trait AcceptsNull {
    #[doc(hidden)]
    const OK: () = ();
}

/// A struct with `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no model",
    label = "derives no `schemacheck::Model` with a table",
    note = "derive `schemacheck::Model` on it, with `#[schemacheck(table = \"...\")]`",
    note = "a struct without a table, which is flattened or flattens others, is judged with the models that have one"
)]
pub trait Model {
    /// The record in the binary; empty where none is emitted.
    #[doc(hidden)]
    fn record() -> &'static [u8];
}

/// Carries the checks of a derive: a body that is always type-checked and never dead code.
#[doc(hidden)]
pub trait Check<const DERIVE: usize> {
    fn check();
}

impl<T> AcceptsNull for Option<T> {}
impl<T: AcceptsNull + ?Sized> AcceptsNull for &T {}
impl<T: AcceptsNull + ?Sized> AcceptsNull for Box<T> {}
impl<T: AcceptsNull + ?Sized> AcceptsNull for Rc<T> {}
impl<T: AcceptsNull + ?Sized> AcceptsNull for Arc<T> {}

impl<T: AcceptsColumn<P>, P> AcceptsColumn<P> for Option<T> {
    const NULL: u8 = record::ACCEPTS_NULL;
}
impl<T: AcceptsColumn<P> + ?Sized, P> AcceptsColumn<P> for &T {
    const NULL: u8 = T::NULL;
}
impl<T: AcceptsColumn<P> + ?Sized, P> AcceptsColumn<P> for Box<T> {
    const NULL: u8 = T::NULL;
}
impl<T: AcceptsColumn<P> + ?Sized, P> AcceptsColumn<P> for Rc<T> {
    const NULL: u8 = T::NULL;
}
impl<T: AcceptsColumn<P> + ?Sized, P> AcceptsColumn<P> for Arc<T> {
    const NULL: u8 = T::NULL;
}
impl<T: AcceptsColumn<P> + ToOwned + ?Sized, P> AcceptsColumn<P> for Cow<'_, T> {
    const NULL: u8 = T::NULL;
}

impl<T: AcceptsColumn<E>, E> AcceptsColumn<pg::Array<E>> for Vec<T> {
    const NULL: u8 = record::REFUSES_NULL;
}
impl<T: AcceptsColumn<E>, E> AcceptsColumn<pg::Array<E>> for [T] {
    const NULL: u8 = record::REFUSES_NULL;
}
impl<T: AcceptsColumn<E>, E, const N: usize> AcceptsColumn<pg::Array<E>> for [T; N] {
    const NULL: u8 = record::REFUSES_NULL;
}

/// Answers with a constant whether a type can hold NULL: the inherent constant exists only where the bound holds, and
/// wins over the trait's.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T: ?Sized>(std::marker::PhantomData<T>);

impl<T: AcceptsNull + ?Sized> Probe<T> {
    #[doc(hidden)]
    pub const ACCEPTS_NULL: u8 = record::ACCEPTS_NULL;
}

#[doc(hidden)]
pub trait CannotHoldNull {
    const ACCEPTS_NULL: u8 = record::REFUSES_NULL;
}

impl<T: ?Sized> CannotHoldNull for Probe<T> {}

/// Carries a warning: the inherent constant, which is not deprecated, exists only where the type is accepted.
#[doc(hidden)]
#[derive(Debug)]
pub struct Accepted<T: ?Sized, P: ?Sized>(std::marker::PhantomData<(*const T, *const P)>);

impl<T: AcceptsColumn<P> + ?Sized, P: ?Sized> Accepted<T, P> {
    #[doc(hidden)]
    pub const CHECKED: () = ();
    #[doc(hidden)]
    pub const HOLDS: bool = true;
}

/// The answer for the record where a type is not accepted, and the build lets it through: the inherent constant wins.
#[doc(hidden)]
pub trait NotAccepted {
    const HOLDS: bool = false;
}

impl<T: ?Sized, P: ?Sized> NotAccepted for Accepted<T, P> {}

/// The same for NULL.
#[doc(hidden)]
#[derive(Debug)]
pub struct Nullable<T: ?Sized>(std::marker::PhantomData<T>);

impl<T: AcceptsNull + ?Sized> Nullable<T> {
    #[doc(hidden)]
    pub const CHECKED: () = ();
}

/// Carries a check whose truth is a constant: a warning as [`Accepted`] does, where it is false.
#[doc(hidden)]
#[derive(Debug)]
pub struct Agree<const AGREES: bool>;

impl Agree<true> {
    #[doc(hidden)]
    pub const CHECKED: () = ();
}

/// The same as an error of the compiler, with this message.
#[doc(hidden)]
#[track_caller]
pub const fn agree(agrees: bool, message: &str) {
    if !agrees {
        panic!("{}", message);
    }
}

#[cfg(test)]
mod tests;
