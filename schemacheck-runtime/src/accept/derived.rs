//! What a derive says of its type beside what it holds: that nothing else decodes it.
//!
//! Of a column of a composite type nobody knows what Rust types decode it, so a type of the user's own is taken at its
//! word there. A type that derives `PgType` or `PgEnum` gave its word already.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use super::{AcceptsColumn, NotAccepted};

/// A type whose derive says which PostgreSQL type it stands for; or one of a library that nobody else can make decode
/// another.
pub trait Derived {}

impl<T: Derived> Derived for Option<T> {}
impl<T: Derived + ?Sized> Derived for &T {}
impl<T: Derived + ?Sized> Derived for Box<T> {}
impl<T: Derived + ?Sized> Derived for Rc<T> {}
impl<T: Derived + ?Sized> Derived for Arc<T> {}
impl<T: Derived + ToOwned + ?Sized> Derived for Cow<'_, T> {}
impl<T: Derived> Derived for Vec<T> {}
impl<T: Derived> Derived for [T] {}
impl<T: Derived, const N: usize> Derived for [T; N] {}

/// Answers with a constant whether a type is [`Derived`]: the inherent constant exists only where the bound holds, and
/// wins over the trait's.
#[derive(Debug)]
pub struct IsDerived<T: ?Sized>(PhantomData<T>);

impl<T: Derived + ?Sized> IsDerived<T> {
    /// Yes.
    pub const ANSWER: bool = true;
}

/// The other answer.
pub trait IsNotDerived {
    /// No.
    const ANSWER: bool = false;
}

impl<T: ?Sized> IsNotDerived for IsDerived<T> {}

/// The answer as a type.
#[derive(Debug)]
pub enum Answer<const DERIVED: bool> {}

/// Holds for every type that is not derived, and for a derived one that can be read from `P`.
pub trait AcceptsIfDerived<P: ?Sized, D> {}

impl<T: ?Sized, P: ?Sized> AcceptsIfDerived<P, Answer<false>> for T {}
impl<T: AcceptsColumn<P> + ?Sized, P: ?Sized> AcceptsIfDerived<P, Answer<true>> for T {}

/// Carries a warning, as [`Accepted`](super::Accepted) does.
#[derive(Debug)]
pub struct AcceptedIfDerived<T: ?Sized, P: ?Sized, D: ?Sized>(PhantomData<(*const T, *const P, *const D)>);

impl<T: ?Sized, P: ?Sized> AcceptedIfDerived<T, P, Answer<false>> {
    /// Accepted.
    pub const CHECKED: () = ();
    /// The answer for the record.
    pub const HOLDS: bool = true;
}

impl<T: AcceptsColumn<P> + ?Sized, P: ?Sized> AcceptedIfDerived<T, P, Answer<true>> {
    /// Accepted.
    pub const CHECKED: () = ();
    /// The answer for the record.
    pub const HOLDS: bool = true;
}

impl<T: ?Sized, P: ?Sized, D: ?Sized> NotAccepted for AcceptedIfDerived<T, P, D> {}

/// Carries the warning that a driver does not bind a parameter of the domain `P` to the type. `postgres` and
/// `tokio-postgres` do not, unless the type names the domain; where neither is there nothing is wrong.
#[derive(Debug)]
pub struct Bound<T: ?Sized, P: ?Sized>(PhantomData<(*const T, *const P)>);

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl<T: AcceptsColumn<P> + ?Sized, P: ?Sized> Bound<T, P> {
    /// Accepted.
    pub const CHECKED: () = ();
}

#[cfg(not(any(feature = "postgres", feature = "tokio-postgres")))]
impl<T: ?Sized, P: ?Sized> Bound<T, P> {
    /// Accepted.
    pub const CHECKED: () = ();
}
