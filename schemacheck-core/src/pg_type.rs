//! PostgreSQL types: how they are named and printed, and what a change of one means.

use std::borrow::Cow;
use std::fmt;

use crate::ident::{self, QualifiedName};

mod change;
mod spelling;

pub use change::{Change, change};
pub use spelling::{Spelled, spelled};

/// The schema of the server's own types.
const SYSTEM: &str = "pg_catalog";

/// A schema or name as a type holds it. Thousands of columns name the same few types, which cost no allocation.
pub fn type_word(text: &str) -> Cow<'static, str> {
    macro_rules! common {
        ($($word:literal)*) => {
            match text {
                $($word => Cow::Borrowed($word),)*
                _ => Cow::Owned(text.to_owned()),
            }
        };
    }
    common! {
        "text" "int4" "int8" "bool" "varchar" "timestamptz" "uuid" "jsonb" "numeric" "pg_catalog" "public" "timestamp"
        "date" "int2" "float8" "bytea" "json" "float4" "bpchar" "time" "interval" "inet" "name" "char" "oid"
    }
}

/// A column's type as the catalog stores it, without oids.
///
/// For an array, schema, name, `typmod` and `modifier` are those of the element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PgType {
    /// `pg_namespace.nspname` of the type.
    pub schema: Cow<'static, str>,
    /// `pg_type.typname`: `int4`, not `integer`.
    pub name: Cow<'static, str>,
    /// `pg_attribute.atttypmod`: -1 for none; for `varchar` and `numeric` it includes a header of 4 bytes.
    pub typmod: i32,
    /// 0 for a type that is no array, else `pg_attribute.attndims`, at least 1. Never enforced by the server.
    pub dimensions: u32,
    /// What `typmodout` prints for a type that is not the server's own, such as `(Point,4326)`.
    pub modifier: Option<String>,
}

impl PgType {
    /// A type of `pg_catalog` without modifier.
    pub fn builtin(name: impl AsRef<str>) -> Self {
        Self {
            schema: Cow::Borrowed(SYSTEM),
            name: type_word(name.as_ref()),
            typmod: -1,
            dimensions: 0,
            modifier: None,
        }
    }

    /// A type by schema and name, without modifier.
    pub fn named(schema: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        Self { schema: type_word(schema.as_ref()), ..Self::builtin(name) }
    }

    /// The same type with a modifier.
    #[must_use]
    pub fn with_typmod(mut self, typmod: i32) -> Self {
        self.typmod = typmod;
        self
    }

    /// The array of this type.
    #[must_use]
    pub fn array(mut self) -> Self {
        self.dimensions = 1;
        self
    }

    /// The element of an array, or the type itself.
    #[must_use]
    pub fn element(&self) -> Self {
        Self { dimensions: 0, ..self.clone() }
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        self.dimensions > 0
    }

    /// Whether it is one of the server's own.
    pub fn is_builtin(&self) -> bool {
        self.schema == SYSTEM
    }

    /// Its name, for a look-up among the catalog's types.
    pub fn qualified_name(&self) -> QualifiedName {
        QualifiedName::new(&*self.schema, &*self.name)
    }

    /// Of a type of text, how many characters fit, nothing being no limit; nothing at all for any other type. An array
    /// is its element here.
    pub fn text_limit(&self) -> Option<Option<u32>> {
        match &*self.name {
            "text" if self.is_builtin() => Some(None),
            // The typmod includes a header of 4 bytes.
            "varchar" | "bpchar" if self.is_builtin() => Some(u32::try_from(self.typmod - 4).ok()),
            // 63 bytes, which are as many characters at most.
            "name" if self.is_builtin() => Some(Some(63)),
            // An extension's, wherever it is installed.
            "citext" if !self.is_builtin() => Some(None),
            _ => None,
        }
    }

    /// The built-in type of that name, if it is that, array or not.
    fn builtin_name(&self) -> Option<&str> {
        self.is_builtin().then_some(&*self.name)
    }
}

/// As `format_type(atttypid, atttypmod)` prints it under an empty `search_path`.
///
/// Source: `src/backend/utils/adt/format_type.c`, and each type's `typmodout`, PostgreSQL 14 to 18.
impl fmt::Display for PgType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let m = self.typmod;
        match self.builtin_name() {
            Some("bool") => f.write_str("boolean")?,
            Some("int2") => f.write_str("smallint")?,
            Some("int4") => f.write_str("integer")?,
            Some("int8") => f.write_str("bigint")?,
            Some("float4") => f.write_str("real")?,
            Some("float8") => f.write_str("double precision")?,
            Some("json") => f.write_str("json")?,
            // Without a length `bpchar` is not the same as `character`, which means `character(1)`.
            Some("bpchar") if m >= 0 => write!(f, "character({})", m - 4)?,
            Some("varchar") if m >= 0 => write!(f, "character varying({})", m - 4)?,
            Some("varchar") => f.write_str("character varying")?,
            Some("bit") if m >= 0 => write!(f, "bit({m})")?,
            Some("varbit") if m >= 0 => write!(f, "bit varying({m})")?,
            Some("varbit") => f.write_str("bit varying")?,
            Some("numeric") if m >= 0 => write!(f, "numeric({},{})", numeric_precision(m), numeric_scale(m))?,
            Some("numeric") => f.write_str("numeric")?,
            Some("interval") => write!(f, "interval{}", interval_modifier(m))?,
            Some("time") => write!(f, "time{} without time zone", precision(m))?,
            Some("timetz") => write!(f, "time{} with time zone", precision(m))?,
            Some("timestamp") => write!(f, "timestamp{} without time zone", precision(m))?,
            Some("timestamptz") => write!(f, "timestamp{} with time zone", precision(m))?,
            Some(name) => f.write_str(&ident::quote(name))?,
            None => f.write_str(&self.qualified_name().to_sql())?,
        }
        if let Some(modifier) = &self.modifier {
            f.write_str(modifier)?;
        }
        if self.is_array() { f.write_str("[]") } else { Ok(()) }
    }
}

/// `numeric`'s precision, in decimal digits.
fn numeric_precision(typmod: i32) -> i32 {
    ((typmod - 4) >> 16) & 0xffff
}

/// `numeric`'s scale, in decimal digits; 11 bits with sign from PostgreSQL 15 on, and never negative before.
fn numeric_scale(typmod: i32) -> i32 {
    (((typmod - 4) & 0x7ff) ^ 1024) - 1024
}

fn precision(typmod: i32) -> String {
    if typmod < 0 { String::new() } else { format!("({typmod})") }
}

// The fields of an `interval` in its typmod: `INTERVAL_MASK` of the units of `src/include/utils/datetime.h`.
const YEAR: i32 = 1 << 2;
const MONTH: i32 = 1 << 1;
const DAY: i32 = 1 << 3;
const HOUR: i32 = 1 << 10;
const MINUTE: i32 = 1 << 11;
const SECOND: i32 = 1 << 12;

/// Fields and precision of an `interval`, from `intervaltypmodout` (`src/backend/utils/adt/timestamp.c`).
fn interval_modifier(typmod: i32) -> String {
    if typmod < 0 {
        return String::new();
    }
    let fields = match (typmod >> 16) & 0x7fff {
        r if r == YEAR => " year",
        r if r == MONTH => " month",
        r if r == DAY => " day",
        r if r == HOUR => " hour",
        r if r == MINUTE => " minute",
        r if r == SECOND => " second",
        r if r == YEAR | MONTH => " year to month",
        r if r == DAY | HOUR => " day to hour",
        r if r == DAY | HOUR | MINUTE => " day to minute",
        r if r == DAY | HOUR | MINUTE | SECOND => " day to second",
        r if r == HOUR | MINUTE => " hour to minute",
        r if r == HOUR | MINUTE | SECOND => " hour to second",
        r if r == MINUTE | SECOND => " minute to second",
        _ => "",
    };
    match typmod & 0xffff {
        0xffff => fields.to_owned(),
        digits => format!("{fields}({digits})"),
    }
}

/// A type that a schema defines: what the snapshot keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDef {
    /// Schema and name.
    pub name: QualifiedName,
    /// What sort of type it is, with its contents.
    pub kind: TypeKind,
}

/// The sorts of type that a schema defines and that matter to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// An enum and its labels in their sort order.
    Enum {
        /// `pg_enum.enumlabel`, by `enumsortorder`.
        labels: Vec<String>,
    },
    /// A domain.
    Domain {
        /// The type below it, which can be a domain again.
        base: PgType,
        /// Whether it refuses NULL itself.
        not_null: bool,
        /// Its default, deparsed.
        default: Option<String>,
        /// Its checks: name and deparsed definition.
        checks: Vec<(String, String)>,
    },
    /// A composite type made by `CREATE TYPE ... AS (...)`: its attributes in order.
    Composite {
        /// Name and type of each attribute.
        attributes: Vec<(String, PgType)>,
    },
    /// A range type.
    Range {
        /// The type of its bounds.
        subtype: PgType,
    },
}

impl TypeKind {
    /// The word that messages use.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Enum { .. } => "enum",
            Self::Domain { .. } => "domain",
            Self::Composite { .. } => "composite type",
            Self::Range { .. } => "range type",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_format_type_does() {
        let t = |name: &str, typmod| PgType::builtin(name).with_typmod(typmod).to_string();
        assert_eq!(t("varchar", 24), "character varying(20)");
        assert_eq!(t("bpchar", -1), "bpchar");
        assert_eq!(t("numeric", (10 << 16 | 2) + 4), "numeric(10,2)");
        assert_eq!(t("numeric", (3 << 16 | (-2 & 0x7ff)) + 4), "numeric(3,-2)");
        assert_eq!(t("timestamp", 3), "timestamp(3) without time zone");
        assert_eq!(t("char", -1), "\"char\"");
        assert_eq!(t("interval", (8 | 1 << 10 | 1 << 11 | 1 << 12) << 16 | 3), "interval day to second(3)");
        assert_eq!(PgType::builtin("text").array().to_string(), "text[]");
        assert_eq!(PgType::named("app", "Mood").array().to_string(), "app.\"Mood\"[]");
        let point = PgType { modifier: Some("(Point,4326)".into()), ..PgType::named("public", "geometry") };
        assert_eq!(point.to_string(), "public.geometry(Point,4326)");
    }
}
