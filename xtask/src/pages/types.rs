//! `docs/types.md`, made of `schemacheck_core::mapping`.

use schemacheck_core::PgType;
use schemacheck_core::mapping::{By, LIBRARY_PAIRS, PAIRS, Pair, REMARKS};

const HEAD: &str = "\
# Types

<!-- Made by `cargo xtask bless` out of schemacheck-core/src/mapping; do not edit. -->

Which Rust type holds a column is decided by the compiler, through the trait `schemacheck::AcceptsColumn`: so aliases,
newtypes and generic types are judged by what they are, and not by how they are spelled. A pair is accepted if `postgres`
(and `tokio-postgres`, which shares its types) or `sqlx` decodes it; the table says which, and whether `diesel` and
`sea-orm` do. What one library alone decodes comes [with its feature](#types-of-one-library). Widths are exact: an `i32`
does not hold a `bigint`, as no library would read it.

Each pair was read and written on a real server with the library that is named (`driver-tests/` in the repository:
`postgres` 0.19, `sqlx` 0.9 and 0.8, `diesel` 2.3, `sea-orm` 2.0).

| PostgreSQL | Rust | feature of `schemacheck` | decoded by |
|---|---|---|---|
";

const WRAPPERS: &str = "
## What wraps a type

| Rust | holds |
|---|---|
| `Option<T>` | what `T` holds, and NULL |
| `&T`, `Box<T>`, `Rc<T>`, `Arc<T>`, `Cow<'_, T>` | what `T` holds; `str` and `[u8]` are such `T` |
| `Vec<T>`, `[T]`, `[T; N]` | an array, of any number of dimensions, whose element `T` holds; elements may be NULL with or without `Option` |
| `[u8; N]` | `bytea` |
| a Rust enum with `#[derive(PgEnum)]` | the PostgreSQL enum that it names |
| a newtype with `#[derive(PgType)]` and `#[schemacheck(transparent)]` | what the type inside holds |
| a struct with `#[derive(PgType)]` and `#[schemacheck(type = \"...\")]` | the composite type that it names |
| a newtype with `#[derive(PgType)]` and `#[schemacheck(type = \"...\")]` | the domain that it names, and what that is based on |
| `postgres_types::Json<T>` | `json`, `jsonb` (features `postgres` or `tokio-postgres`) |
| `postgres_types::Date<T>`, `postgres_types::Timestamp<T>` | what `T` holds of `date`, `timestamp` and `timestamptz`, and the infinities |

A column of a domain is read as what the domain is based on: that is what the server reports. Of an array it reports the
domain itself, and so within a composite type and of a parameter. `postgres` wants a type that names the domain there;
`sqlx` takes the base type, unless that is a domain again. So a plain type is accepted, and with the feature `postgres` or
`tokio-postgres` the build warns of what `postgres` refuses.

The fields of a struct for a composite type stand in the order of the attributes and have their names: `sqlx` goes by
place, `postgres` by name.

## Types of your own

A type that decodes a column by itself implements the trait:

```rust
struct Email(String);

impl schemacheck::AcceptsColumn<schemacheck::pg::Text> for Email {}
impl schemacheck::AcceptsColumn<schemacheck::pg::Varchar> for Email {}
```

A wrapper around a type of another crate, such as `secrecy::SecretString`, is a newtype with such impls: Rust's orphan
rule asks for a type of your own. A generic wrapper hands on what it wraps:

```rust
use schemacheck::{AcceptsColumn, AcceptsNull};

struct Secret<T>(T);

impl<T: AcceptsColumn<P>, P> AcceptsColumn<P> for Secret<T> {}
impl<T: AcceptsNull> AcceptsNull for Secret<T> {}
```

A type that decodes a composite type or a domain by itself names it: `pg::name` takes schema and name as the catalog has
them. For a domain two impls are needed: columns are reported as what it is based on, all else as the domain.

```rust
use schemacheck::{AcceptsColumn, pg};

/// `CREATE TYPE address AS (street text, zip integer)`
struct Address {
    street: String,
    zip: i32,
}
impl AcceptsColumn<pg::Named<{ pg::name(\"public\", \"address\") }>> for Address {}

/// `CREATE DOMAIN email AS text`
struct Email(String);
impl AcceptsColumn<pg::Text> for Email {}
impl AcceptsColumn<pg::Named<{ pg::name(\"public\", \"email\") }>> for Email {}

// `Option` and `Vec` come of themselves.
fn holds<T: AcceptsColumn<P>, P>() {}
holds::<Option<Vec<Address>>, pg::Array<pg::Named<{ pg::name(\"public\", \"address\") }>>>();
```

Such an impl is a promise that nothing checks. The derive looks at the fields, at the build and at the start.

`#[schemacheck(types = \"off\", reason = \"...\")]` on a field turns the check off where the query casts the column.

## Types of one library

| feature | for | brings |
|---|---|---|
| `sqlx` | `sqlx` 0.9 (Rust 1.94) | its own types |
| `sqlx-0_8` | `sqlx` 0.8, and so `sea-orm` 1 | the same |
| `diesel` | `diesel` 2, from 2.3 on | its own types, ranges and multiranges, and pairs such as `NaiveDateTime` from `timestamptz` |
| `diesel_json` | `diesel_json` 0.3 | its `Json<T>`; and the feature `diesel` |
| `sea-orm` | `sea-orm` 2 (Rust 1.94) | its own types, maps from JSON; and the features `chrono`, `rust_decimal`, `serde_json`, `time` and `uuid`, for what its prelude names by default |

A program that has the library builds no crate more for its feature. One that has not gets about 16 crates with `diesel`,
19 with `diesel_json`, 105 with `sqlx-0_8`, 109 with `sqlx` and 84 with `sea-orm`: no driver's runtime, no TLS, no C
library. Of what the library does with features of its own these turn on: of `sqlx` `postgres` and `json`; of `diesel`
`postgres_backend`; of `sea-orm` `with-chrono`, `with-json`, `with-time` and `with-uuid`, which it has on by default.
Whoever turned them off leaves the feature `sea-orm` out, and names `chrono` and the others one by one.

`sea_orm::prelude` names types of other crates, which need the feature of that crate: `Json` is `serde_json::Value`;
`Date`, `Time`, `DateTime`, `DateTimeUtc`, `DateTimeLocal` and `DateTimeWithTimeZone` are of `chrono`, `TimeDate` and the
like of `time`; `Decimal` is of `rust_decimal`, `BigDecimal` of `bigdecimal`, `Uuid` of `uuid`, `IpNetwork` of `ipnetwork`,
`PgVector` of `pgvector`. `sea-orm` 1 has no types beside them, and needs no feature of its own.

A type that derives `FromJsonQueryResult`, or has `FromSql<Jsonb, Pg>` of its own, decodes JSON by itself, so it implements
the trait for `schemacheck::pg::Json` and `schemacheck::pg::Jsonb`.

| Rust | holds | features of `schemacheck` |
|---|---|---|
";

const REMARKS_HEAD: &str = "
A `Vec` of such a pair of `Bound`s holds the multirange. A list holds what its element holds: so `Vec<u32>` is accepted for
`integer[]`, too, and `sea-orm` refuses it when the program runs.

## Types that no common Rust type holds

Of these, and of `interval`, `point`, `bit` and others that crates of their own decode, a field is judged by name only: its
type may be one that nobody here knows. A plain one, such as `String`, is refused.

| PostgreSQL | |
|---|---|
";

const TAIL: &str = "
Any other type, such as PostGIS's `geometry`, a composite type or a range that a schema defines, is treated the same way;
of what a schema defines a type that derives `PgType` or `PgEnum` for another one is refused too.
";

/// The whole page.
pub(super) fn text() -> String {
    let mut page = HEAD.to_owned();
    // Each type where its first pair is.
    let mut names: Vec<&str> = Vec::with_capacity(PAIRS.len());
    for pair in PAIRS {
        if !names.contains(&pair.pg) {
            names.push(pair.pg);
        }
    }
    for name in names {
        for pair in PAIRS.iter().filter(|pair| pair.pg == name) {
            page.push_str(&row(pair));
        }
    }
    page.push_str(WRAPPERS);
    // Each Rust type where its first pair is, with all that it holds by the same features.
    let mut told: Vec<(&str, &[&str])> = Vec::new();
    for pair in LIBRARY_PAIRS.iter().filter(|pair| !pair.pg.ends_with("multirange")) {
        if !told.contains(&(pair.rust, pair.features)) {
            told.push((pair.rust, pair.features));
            let alike = LIBRARY_PAIRS
                .iter()
                .filter(|other| (other.rust, other.features) == (pair.rust, pair.features));
            let held: Vec<_> = alike.map(|pair| format!("`{}`", spelled(pair.pg))).collect();
            page.push_str(&format!("| `{}` | {} | {} |\n", pair.rust, held.join(", "), features(pair)));
        }
    }
    page.push_str(REMARKS_HEAD);
    for (name, remark) in REMARKS {
        page.push_str(&format!("| `{}` | {remark} |\n", spelled(name)));
    }
    page.push_str(TAIL);
    page
}

fn row(pair: &Pair) -> String {
    format!("| `{}` | `{}` | {} | {} |\n", spelled(pair.pg), pair.rust, features(pair), by(pair))
}

fn features(pair: &Pair) -> String {
    let features: Vec<_> = pair.features.iter().map(|feature| format!("`{feature}`")).collect();
    features.join(", ")
}

fn by(pair: &Pair) -> String {
    match pair.by {
        By::Libraries(libraries) => {
            let names: Vec<_> = libraries.iter().map(|library| format!("`{}`", library.name())).collect();
            names.join(", ")
        }
        By::Program(inner) => format!("the program, from `{inner}`"),
    }
}

/// A type's name as SQL has it.
fn spelled(name: &str) -> String {
    if name == "bpchar" {
        return "character(n)".to_owned();
    }
    PgType::builtin(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_on_the_page() {
        let page = text();
        for (name, _) in schemacheck_core::mapping::markers() {
            assert!(page.contains(&format!("| `{}` |", spelled(name))), "{name}");
        }
    }
}
