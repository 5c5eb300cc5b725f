#![doc = "placeholder"]

#[cfg(feature = "derive")]
pub use schemacheck_macros::{Model, PgEnum, PgType};
pub use schemacheck_runtime::{
    AcceptsColumn, AcceptsNull, Guard, Model, Models, Report, Verified, guard, pg,
};

pub use schemacheck_core::{Code, Finding, Severity};

/// What generated code names. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use schemacheck_core::record::{record, record_len};
    pub use schemacheck_runtime::accept::{
        Accepted, AcceptsColumn, AcceptsNull, CannotHoldNull, Check, Model, Nullable, Probe, pg,
    };
}
