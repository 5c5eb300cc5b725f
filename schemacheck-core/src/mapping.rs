//! Which Rust type holds which PostgreSQL type, as data: for messages, documentation and inference.
//!
//! The truth is in the trait impls of `schemacheck-runtime`; a test there holds the two together, and the package
//! `driver-tests` holds both against what the drivers `postgres` and `sqlx` really decode.

use crate::PgType;

mod markers;
mod pairs;

pub use pairs::{PAIRS, UNDECODED};

/// One accepted pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The Rust type as messages spell it.
    pub rust: &'static str,
    /// The PostgreSQL type: `pg_type.typname`.
    pub pg: &'static str,
    /// The feature of `schemacheck` that brings the pair.
    pub feature: Option<&'static str>,
    /// What decodes it.
    pub by: By,
}

/// What decodes a column of the PostgreSQL type into the Rust type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// `postgres` and `tokio-postgres`, by `postgres-types`.
    Postgres,
    /// `sqlx`.
    Sqlx,
    /// Each of them.
    Both,
    /// The program, from the Rust type that is named here: the wrapper has no decoder of its own.
    Program(&'static str),
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
    ty.is_builtin() && markers::CLOSED.contains(&ty.name.as_str())
}

/// What Rust types commonly hold a type, as a message lists them: in backticks, `Vec<...>` for arrays, with the feature where
/// one is needed.
pub fn accepted(ty: &PgType) -> Vec<String> {
    let pairs = PAIRS
        .iter()
        .filter(|pair| pair.pg == ty.name && marker(ty).is_some() && !pairs::RARE.contains(&pair.rust));
    let spelled = pairs.map(|pair| {
        let rust = if ty.is_array() { format!("Vec<{}>", pair.rust) } else { pair.rust.to_owned() };
        match pair.feature {
            Some(feature) => format!("`{rust}` (feature `{feature}`)"),
            None => format!("`{rust}`"),
        }
    });
    spelled.collect()
}

/// Why no Rust type of the table holds a type that has a marker, and what to do.
pub fn undecoded(ty: &PgType) -> Option<&'static str> {
    marker(ty)?;
    UNDECODED.iter().find(|(name, _)| *name == ty.name).map(|(_, reason)| *reason)
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
        for pair in PAIRS {
            assert!(markers().any(|(name, _)| name == pair.pg), "{pair:?}");
        }
        for (pg, _) in UNDECODED {
            assert!(markers().any(|(name, _)| name == *pg), "{pg}");
            assert!(!PAIRS.iter().any(|pair| pair.pg == *pg), "{pg} has pairs");
        }
    }

    #[test]
    fn every_type_with_a_marker_has_a_pair_or_says_why_not() {
        for (name, _) in markers() {
            let pairs = PAIRS.iter().any(|pair| pair.pg == name);
            let reason = UNDECODED.iter().any(|(pg, _)| *pg == name);
            assert!(pairs != reason, "{name}");
        }
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
        for rare in pairs::RARE {
            assert!(PAIRS.iter().any(|pair| pair.rust == *rare), "{rare}");
        }
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
