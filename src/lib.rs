#![doc = include_str!("../README.md")]

pub use schemacheck_core::{Code, Finding, Severity};
#[doc(inline)]
pub use schemacheck_runtime::{
    AcceptsColumn, AcceptsNull, Guard, Model, Models, Policy, Report, Verified, driver, guard, pg,
};

/// Checks a struct against the relation that it reads, at the build; and puts what it expects into the binary, for the
/// [`Guard`] and for `cargo schemacheck`.
///
/// ```
/// #[derive(schemacheck::Model)]
/// #[schemacheck(table = "users")]
/// struct User {
///     id: i64,
///     email: String,
/// }
/// # fn main() {}
/// ```
///
/// A struct that does not fit does not build:
///
/// ```compile_fail
/// #[derive(schemacheck::Model)]
/// #[schemacheck(table = "users")]
/// struct User {
///     emial: String,
/// }
/// # fn main() {}
/// ```
///
/// Structs of every shape are fine: with lifetimes, generic, tuple structs whose fields name their column. A field
/// whose type names a type parameter is judged by name only. See the [crate page](crate) for the attributes.
#[cfg(feature = "derive")]
pub use schemacheck_macros::Model;

/// Checks an enum against the labels of a PostgreSQL enum, at the build and at the start; and lets columns of that
/// type be read into it.
///
/// ```
/// #[derive(schemacheck::PgEnum)]
/// #[schemacheck(type = "severity", rename_all = "snake_case")]
/// enum Severity {
///     Info,
///     Warning,
///     Critical,
/// }
/// # fn main() {}
/// ```
#[cfg(feature = "derive")]
pub use schemacheck_macros::PgEnum;

/// Lets a newtype hold what the type inside holds, with `transparent`; and checks a struct against a composite type, or a
/// newtype against a domain, with `type = "..."`.
///
/// ```
/// #[derive(schemacheck::PgType)]
/// #[schemacheck(transparent)]
/// struct UserId(i64);
/// # fn main() {}
/// ```
///
/// The fields of a struct for a composite type are judged against its attributes by name, order and type, at the build
/// and at the start; the field of a newtype for a domain against what the domain is based on. The struct then holds
/// columns of that type, and arrays of it.
///
/// ```compile_fail
/// #[derive(schemacheck::PgType)]
/// #[schemacheck(type = "severity")] // an enum
/// struct Severity(String);
/// # fn main() {}
/// ```
#[cfg(feature = "derive")]
pub use schemacheck_macros::PgType;

/// What generated code names. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use schemacheck_runtime::accept::derived;
    pub use schemacheck_runtime::accept::json::FromJson;
    pub use schemacheck_runtime::accept::labels::{
        ColumnLabels, Fold, LabelList, Labels, LabelsOf, NoLabels,
    };
    pub use schemacheck_runtime::accept::{
        Accepted, AcceptsColumn, AcceptsNull, AcceptsNullableColumn, Agree, CannotHoldNull, Check, Model,
        NotAccepted, Nullable, Probe, agree, answer_of, flatten, group_answer, pg,
    };
    pub use schemacheck_runtime::registry::{ColumnsPiece, ExtendedRecord, LabelsPiece, Part, Record, Then};
}

/// The examples of the pages in `docs/`, for the doctests.
#[cfg(doctest)]
#[doc = include_str!("../docs/types.md")]
struct PagesOfTypes;

#[cfg(doctest)]
#[doc = include_str!("../docs/attributes.md")]
struct PagesOfAttributes;
