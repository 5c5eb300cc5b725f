//! Which Rust type holds which PostgreSQL type, as data: for messages, documentation and inference.
//!
//! The truth is in the trait impls of `schemacheck-runtime`; a test there holds the two together, and the package
//! `driver-tests` holds both against what `postgres`, `sqlx`, `diesel` and `sea-orm` really decode.

use crate::PgType;

mod libraries;
mod markers;
mod pairs;

pub use libraries::{LIBRARY_PAIRS, REMARKS};
pub use pairs::PAIRS;

/// One accepted pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The Rust type as messages spell it.
    pub rust: &'static str,
    /// The PostgreSQL type: `pg_type.typname`.
    pub pg: &'static str,
    /// The features of `schemacheck` that bring the pair, all of them together.
    pub features: &'static [&'static str],
    /// What decodes it.
    pub by: By,
}

/// What decodes a column of the PostgreSQL type into the Rust type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Each of these libraries.
    Libraries(&'static [Library]),
    /// The program, from the Rust type that is named here: the wrapper has no decoder of its own.
    Program(&'static str),
}

/// What decodes columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Library {
    /// `postgres` and `tokio-postgres`, by `postgres-types`.
    Postgres,
    /// `sqlx`.
    Sqlx,
    /// `diesel`.
    Diesel,
    /// `sea-orm` 2.
    SeaOrm,
}

impl Library {
    /// The name of its crate.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::SeaOrm => "sea-orm",
        }
    }
}

/// The marker of a type's element in `schemacheck::pg`; nothing for a type that has none.
pub fn marker(ty: &PgType) -> Option<&'static str> {
    let table = if ty.is_builtin() { markers::BUILTIN } else { markers::EXTENSIONS };
    table.iter().find(|(name, _)| *name == ty.name).map(|(_, marker)| *marker)
}

/// Every marker, with the type's name.
pub fn markers() -> impl Iterator<Item = (&'static str, &'static str)> {
    markers::BUILTIN.iter().chain(markers::EXTENSIONS).copied()
}

/// Whether the table knows all that decodes the type, so that any other Rust type is wrong. Of `interval`, `point`
/// or a range it does not: crates of their own decode those.
pub fn is_closed(ty: &PgType) -> bool {
    ty.is_builtin() && markers::CLOSED.contains(&&*ty.name)
}

/// What Rust types commonly hold a type, as a message lists them: in backticks, `Vec<...>` for arrays, with the features
/// where some are needed.
pub fn accepted(ty: &PgType) -> Vec<String> {
    if marker(ty).is_none() {
        return Vec::new();
    }
    let of_type = |pair: &&Pair| pair.pg == ty.name;
    let common: Vec<_> = PAIRS.iter().filter(of_type).collect();
    // What only one library reads stands beside what every library reads only where it is commonly meant.
    let is_shown = |pair: &&Pair| match common.is_empty() {
        true => !libraries::is_rare(pair),
        false => libraries::SHOWN.contains(&(pair.rust, pair.pg)),
    };
    let of_library = LIBRARY_PAIRS.iter().filter(of_type).filter(is_shown);
    let common = common.iter().copied().filter(|pair| !pairs::RARE.contains(&pair.rust));
    let spelled = common.chain(of_library).map(|pair| {
        let rust = if ty.is_array() { format!("Vec<{}>", pair.rust) } else { pair.rust.to_owned() };
        let features: Vec<_> = pair.features.iter().map(|feature| format!("`{feature}`")).collect();
        let with = libraries::alone(pair).map_or(String::new(), |library| format!(" with {library}"));
        match &*features {
            [] => format!("`{rust}`"),
            [feature] => format!("`{rust}`{with} (feature {feature})"),
            features => format!("`{rust}`{with} (features {})", features.join(", ")),
        }
    });
    spelled.collect()
}

/// What else there is to say of a type that is not read into a common Rust type.
pub fn remark(ty: &PgType) -> Option<&'static str> {
    marker(ty)?;
    REMARKS.iter().find(|(name, _)| *name == ty.name).map(|(_, remark)| *remark)
}

/// Whether the spelling of a field's innermost type, its last path segment, is that of a type which certainly cannot
/// decode a type that is not closed, unless the table says so: a `String` is no `interval`.
///
/// Of a type without a marker only names count that nobody gives to a type of their own: a `Point` on a column of
/// PostGIS may be anything, an `i64` may not.
pub fn is_plain(last_segment: &str, ty: &PgType) -> bool {
    is_listed(last_segment) && (marker(ty).is_some() || !pairs::AMBIGUOUS.contains(&last_segment))
}

/// Whether the spelling is that of a type which holds some PostgreSQL type by itself, or of a number.
pub fn is_listed(last_segment: &str) -> bool {
    let by_table = || PAIRS.iter().any(|pair| last(pair.rust) == last_segment);
    last_segment == "str" || pairs::PRIMITIVES.contains(&last_segment) || by_table()
}

/// Whether the spelling promises that it holds the type.
pub fn promises(last_segment: &str, ty: &PgType) -> bool {
    let segment = match last_segment {
        "str" => "String",
        other => other,
    };
    PAIRS.iter().any(|pair| pair.pg == ty.name && last(pair.rust) == segment)
}

const fn pair(
    rust: &'static str,
    pg: &'static str,
    features: &'static [&'static str],
    by: &'static [Library],
) -> Pair {
    Pair { rust, pg, features, by: By::Libraries(by) }
}

/// A pair whose Rust type the program makes of another one.
const fn made(
    rust: &'static str,
    pg: &'static str,
    features: &'static [&'static str],
    inner: &'static str,
) -> Pair {
    Pair { rust, pg, features, by: By::Program(inner) }
}

/// The last segment of a spelled path, without its arguments; of a `Box` that of what is inside.
fn last(rust: &str) -> &str {
    let inner = rust.strip_prefix("Box<").and_then(|inner| inner.strip_suffix('>')).unwrap_or(rust);
    let path = inner.split('<').next().unwrap_or(inner);
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_marker() {
        for pair in PAIRS.iter().chain(LIBRARY_PAIRS) {
            assert!(markers().any(|(name, _)| name == pair.pg), "{pair:?}");
        }
        for (pg, _) in REMARKS {
            assert!(markers().any(|(name, _)| name == *pg), "{pg}");
            assert!(!PAIRS.iter().any(|pair| pair.pg == *pg), "{pg} has pairs");
        }
    }

    #[test]
    fn every_type_with_a_marker_has_a_pair_or_says_why_not() {
        for (name, _) in markers() {
            let pairs = PAIRS.iter().chain(LIBRARY_PAIRS).any(|pair| pair.pg == name);
            let remark = REMARKS.iter().any(|(pg, _)| *pg == name);
            assert!(pairs || remark, "{name}");
        }
    }

    /// What one library reads needs its feature, and promises nothing to those who use another one.
    #[test]
    fn pairs_of_one_library_need_its_feature() {
        for pair in LIBRARY_PAIRS {
            let By::Libraries(&[library]) = pair.by else { panic!("{pair:?}") };
            let of_libraries = pair.features.iter().filter(|feature| libraries::FEATURES.contains(feature));
            let of_libraries: Vec<_> = of_libraries.copied().collect();
            let is_its = |feature: &&str| feature.starts_with(library.name());
            assert!(!of_libraries.is_empty() && of_libraries.iter().all(is_its), "{pair:?}");
            assert!(!PAIRS.iter().any(|common| (common.rust, common.pg) == (pair.rust, pair.pg)), "{pair:?}");
        }
        for pair in PAIRS {
            assert!(!pair.features.iter().any(|feature| libraries::FEATURES.contains(feature)), "{pair:?}");
        }
        for (rust, pg) in libraries::SHOWN {
            assert!(LIBRARY_PAIRS.iter().any(|pair| pair.rust == *rust && pair.pg == *pg), "{rust}, {pg}");
        }
        assert!(!promises("NaiveDateTime", &PgType::builtin("timestamptz")));
        assert!(!is_plain("PgInterval", &PgType::builtin("interval")));
        assert!(!is_plain("Duration", &PgType::builtin("interval")));
    }

    #[test]
    fn closed_types_have_pairs() {
        for name in markers::CLOSED {
            assert!(PAIRS.iter().any(|pair| pair.pg == *name), "{name}");
            assert!(is_closed(&PgType::builtin(*name)) && !is_closed(&PgType::named("public", *name)));
        }
    }

    #[test]
    fn messages_list_what_is_accepted() {
        assert_eq!(accepted(&PgType::builtin("int8")), ["`i64`"]);
        assert_eq!(accepted(&PgType::builtin("uuid").array()), ["`Vec<uuid::Uuid>` (feature `uuid`)"]);
        assert_eq!(accepted(&PgType::named("public", "citext")), ["`String`"]);
        assert!(accepted(&PgType::named("public", "text")).is_empty());
        assert_eq!(accepted(&PgType::builtin("int4")), ["`i32`"]);
        assert_eq!(accepted(&PgType::builtin("char")), ["`i8`", "`u8` with diesel (feature `diesel`)"]);
        assert_eq!(
            accepted(&PgType::builtin("interval").array()),
            [
                "`Vec<sqlx::postgres::types::PgInterval>` (feature `sqlx`)",
                "`Vec<diesel::data_types::PgInterval>` (feature `diesel`)",
                "`Vec<chrono::Duration>` with diesel (features `diesel`, `chrono`)"
            ]
        );
        for rare in pairs::RARE {
            assert!(PAIRS.iter().any(|pair| pair.rust == *rare), "{rare}");
        }
        assert_eq!(
            accepted(&PgType::builtin("tstzrange")),
            [
                "`sqlx::postgres::types::PgRange<chrono::DateTime<Utc>>` (features `sqlx`, `chrono`)",
                "`sqlx::postgres::types::PgRange<time::OffsetDateTime>` (features `sqlx`, `time`)",
                "`(Bound<chrono::DateTime<Utc>>, Bound<chrono::DateTime<Utc>>)` with diesel (features `diesel`, `chrono`)",
                "`(Bound<time::OffsetDateTime>, Bound<time::OffsetDateTime>)` with diesel (features `diesel`, `time`)",
            ]
        );
        assert!(promises("DateTime", &PgType::builtin("timestamptz")));
        assert!(!promises("Uuid", &PgType::builtin("timestamp")));
    }

    #[test]
    fn only_plain_names_are_held_against_types_that_others_decode() {
        let (interval, point) = (PgType::builtin("interval"), PgType::builtin("point"));
        let geometry = PgType::named("public", "geometry");
        assert!(is_plain("String", &interval) && is_plain("u64", &interval) && is_plain("Uuid", &geometry));
        assert!(!is_plain("PgInterval", &interval) && !is_plain("Mood", &geometry));
        assert!(is_plain("Point", &point) && !is_plain("Point", &geometry));
        assert!(is_closed(&PgType::builtin("text")) && !is_closed(&interval));
    }
}
