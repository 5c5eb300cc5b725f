//! The words of `#[schemacheck(...)]`, each written once.

pub(crate) const SCHEMACHECK: &str = "schemacheck";

pub(crate) const ALLOW: &str = "allow";
pub(crate) const COLUMN: &str = "column";
pub(crate) const COMPUTED: &str = "computed";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DATABASE: &str = "database";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const DENY: &str = "deny";
pub(crate) const EMBEDDED: &str = "embedded";
pub(crate) const EXACT: &str = "exact";
pub(crate) const FLATTEN: &str = "flatten";
pub(crate) const INDEX: &str = "index";
pub(crate) const INSERT: &str = "insert";
pub(crate) const MAX_LENGTH: &str = "max_length";
pub(crate) const NONE: &str = "none";
pub(crate) const NON_EXHAUSTIVE: &str = "non_exhaustive";
pub(crate) const NOT_NULL: &str = "not_null";
pub(crate) const NULLABILITY: &str = "nullability";
pub(crate) const NULLABLE: &str = "nullable";
pub(crate) const ON_DELETE: &str = "on_delete";
pub(crate) const OPTIONAL: &str = "optional";
pub(crate) const ORDER: &str = "order";
pub(crate) const PRIMARY_KEY: &str = "primary_key";
pub(crate) const READ: &str = "read";
pub(crate) const REASON: &str = "reason";
pub(crate) const REFERENCES: &str = "references";
pub(crate) const RENAME: &str = "rename";
pub(crate) const RENAME_ALL: &str = "rename_all";
pub(crate) const REPR: &str = "repr";
pub(crate) const SCHEMA: &str = "schema";
pub(crate) const SKIP: &str = "skip";
pub(crate) const TABLE: &str = "table";
pub(crate) const TRANSPARENT: &str = "transparent";
pub(crate) const TYPE: &str = "type";
pub(crate) const TYPES: &str = "types";
pub(crate) const UNIQUE: &str = "unique";
pub(crate) const UPDATE: &str = "update";
pub(crate) const WARN: &str = "warn";
pub(crate) const WHERE: &str = "where";

/// Words on a struct that derives `Model`.
pub(crate) const MODEL: &[&str] = &[
    TABLE,
    SCHEMA,
    DATABASE,
    READ,
    INSERT,
    UPDATE,
    OPTIONAL,
    NONE,
    EMBEDDED,
    RENAME_ALL,
    PRIMARY_KEY,
    UNIQUE,
    INDEX,
    EXACT,
    CRATE,
    TYPES,
    NULLABILITY,
    ALLOW,
    WARN,
    DENY,
    REASON,
];
/// Words on its fields.
pub(crate) const FIELD: &[&str] = &[
    COLUMN,
    SKIP,
    COMPUTED,
    FLATTEN,
    NONE,
    TYPE,
    MAX_LENGTH,
    DEFAULT,
    REFERENCES,
    ON_DELETE,
    NOT_NULL,
    NULLABLE,
    TYPES,
    NULLABILITY,
    ALLOW,
    WARN,
    DENY,
    REASON,
];
/// Words on an enum that derives `PgEnum`.
pub(crate) const ENUM: &[&str] =
    &[TYPE, SCHEMA, DATABASE, REPR, NON_EXHAUSTIVE, RENAME_ALL, CRATE, ALLOW, WARN, DENY];
/// Words on its variants.
pub(crate) const VARIANT: &[&str] = &[RENAME];
/// Words on a struct that derives `PgType`.
pub(crate) const PG_TYPE: &[&str] =
    &[TRANSPARENT, TYPE, SCHEMA, DATABASE, RENAME_ALL, CRATE, ALLOW, WARN, DENY];
/// Words on its fields.
pub(crate) const PG_TYPE_FIELD: &[&str] = &[SKIP, RENAME, TYPES, ALLOW, WARN, DENY, REASON];

/// The word that renames, where another one of the two was written.
pub(crate) fn synonym(word: &str, known: &[&str]) -> Option<&'static str> {
    let renames: [&'static str; 2] = [COLUMN, RENAME];
    if !renames.contains(&word) {
        return None;
    }
    renames.into_iter().find(|other| known.contains(other))
}

/// Where a word belongs that is not known where it stands.
pub(crate) fn place_of(word: &str) -> Option<&'static str> {
    let places: [(&[&str], &'static str); 5] = [
        (MODEL, "a struct that derives `Model`"),
        (FIELD, "a field of a struct that derives `Model`"),
        (ENUM, "an enum that derives `PgEnum`"),
        (PG_TYPE, "a struct that derives `PgType`"),
        (VARIANT, "a variant of an enum that derives `PgEnum`"),
    ];
    places.into_iter().find(|(words, _)| words.contains(&word)).map(|(_, place)| place)
}
