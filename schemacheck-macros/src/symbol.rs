//! The words of `#[schemacheck(...)]`, each written once.

pub(crate) const SCHEMACHECK: &str = "schemacheck";

pub(crate) const ALLOW: &str = "allow";
pub(crate) const COLUMN: &str = "column";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DENY: &str = "deny";
pub(crate) const NULLABILITY: &str = "nullability";
pub(crate) const REASON: &str = "reason";
pub(crate) const RENAME: &str = "rename";
pub(crate) const RENAME_ALL: &str = "rename_all";
pub(crate) const SCHEMA: &str = "schema";
pub(crate) const SKIP: &str = "skip";
pub(crate) const TABLE: &str = "table";
pub(crate) const TRANSPARENT: &str = "transparent";
pub(crate) const TYPE: &str = "type";
pub(crate) const TYPES: &str = "types";
pub(crate) const WARN: &str = "warn";

/// Words on a struct that derives `Model`.
pub(crate) const MODEL: &[&str] =
    &[TABLE, SCHEMA, RENAME_ALL, CRATE, TYPES, NULLABILITY, ALLOW, WARN, DENY, REASON];
/// Words on its fields.
pub(crate) const FIELD: &[&str] = &[COLUMN, SKIP, TYPES, NULLABILITY, ALLOW, WARN, DENY, REASON];
/// Words on an enum that derives `PgEnum`.
pub(crate) const ENUM: &[&str] = &[TYPE, SCHEMA, RENAME_ALL, CRATE, ALLOW, WARN, DENY];
/// Words on its variants.
pub(crate) const VARIANT: &[&str] = &[RENAME];
/// Words on a struct that derives `PgType`.
pub(crate) const PG_TYPE: &[&str] = &[TRANSPARENT, CRATE];
/// Words on its fields.
pub(crate) const PG_TYPE_FIELD: &[&str] = &[SKIP];
