//! What wraps a type holds what the type holds. Every plain pair is held against the drivers and the mapping in the
//! package `driver-tests`.

use super::{AcceptsColumn, AcceptsNull, pg};

#[test]
fn wrappers_hold_what_they_wrap() {
    fn holds<T: AcceptsColumn<P> + ?Sized, P>() {}
    holds::<Option<i32>, pg::Int4>();
    holds::<&str, pg::Text>();
    holds::<Box<str>, pg::Varchar>();
    holds::<std::borrow::Cow<'_, str>, pg::Text>();
    holds::<&[Option<i32>], pg::Array<pg::Int4>>();
    holds::<Option<Vec<Option<String>>>, pg::Array<pg::Varchar>>();
    holds::<[f64; 3], pg::Array<pg::Float8>>();
    holds::<[u8; 16], pg::Bytea>();
    holds::<Box<[u8]>, pg::Bytea>();
    holds::<Vec<Vec<u8>>, pg::Array<pg::Bytea>>();
    holds::<std::sync::Arc<str>, pg::Citext>();
    holds::<std::rc::Rc<[Option<i64>]>, pg::Array<pg::Int8>>();
}

#[test]
fn what_points_to_an_option_holds_null() {
    fn holds<T: AcceptsNull + ?Sized>() {}
    holds::<Option<i32>>();
    holds::<&Option<i32>>();
    holds::<Box<Option<i32>>>();
    holds::<std::sync::Arc<Option<i32>>>();
    holds::<std::rc::Rc<Option<i32>>>();
}

/// A wrapper such as `secrecy` has, with the impls that its crate would write.
struct Secret<T>(#[allow(dead_code, reason = "only its type is of interest")] T);
impl<T: AcceptsColumn<P>, P> AcceptsColumn<P> for Secret<T> {}
impl<T: AcceptsNull> AcceptsNull for Secret<T> {}

#[test]
fn a_wrapper_of_ones_own_is_like_what_it_wraps() {
    fn holds<T: AcceptsColumn<P> + ?Sized, P>() {}
    fn holds_null<T: AcceptsNull + ?Sized>() {}
    holds::<Secret<String>, pg::Varchar>();
    holds::<Option<Secret<Vec<i32>>>, pg::Array<pg::Int4>>();
    holds_null::<Secret<Option<String>>>();
}

/// On a column of a composite type or a range of one's own they are no types that anything might decode.
#[cfg(all(feature = "sea-orm", feature = "sqlx"))]
#[test]
fn types_of_libraries_say_what_they_are() {
    use super::derived::{IsDerived, IsNotDerived as _};
    const OWN: [bool; 4] = [
        IsDerived::<sqlx::postgres::types::PgInterval>::ANSWER,
        IsDerived::<Option<sqlx::types::Json<String>>>::ANSWER,
        IsDerived::<Vec<sqlx::postgres::types::PgRange<i32>>>::ANSWER,
        IsDerived::<sea_orm::value::TextUuid>::ANSWER,
    ];
    assert_eq!(OWN, [true; 4]);
    // A program can give these a `FromSql` for a SQL type of its own.
    const OPEN: [bool; 2] =
        [IsDerived::<(std::ops::Bound<f64>, std::ops::Bound<f64>)>::ANSWER, IsDerived::<u32>::ANSWER];
    assert_eq!(OPEN, [false; 2]);
}
