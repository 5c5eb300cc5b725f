//! Every Rust type of the tables and some more, against every PostgreSQL type that has a marker and its array, with every
//! library and on a real server.
//!
//! A pair that schemacheck accepts is one that a library reads and writes; a pair that it refuses is one that no library
//! reads. What differs stands in a list, with its reason. So the tables in `schemacheck_core::mapping`, the trait impls
//! and the page about types are held to what the libraries do.

use std::collections::BTreeMap;

use schemacheck_core::mapping::{By, LIBRARY_PAIRS, Library, PAIRS, Pair};

mod diesel;
mod drivers;
mod samples;
mod types;

use drivers::{Connections, Reading};
use samples::{Column, Sample};

/// What a library does with a pair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The library has no impl for the Rust type at all.
    Absent,
    /// It refuses to read the column into it.
    Refused,
    /// It reads it, and cannot write it back: why.
    ReadOnly(String),
    /// It reads it, writes it back, and the server finds both equal.
    RoundTrip,
}

impl Outcome {
    fn reads(&self) -> bool {
        matches!(self, Self::ReadOnly(_) | Self::RoundTrip)
    }
}

/// One Rust type against every column.
struct Row {
    rust: &'static str,
    /// By the column's type, scalars and then arrays: whether schemacheck accepts it.
    accepts: Vec<bool>,
    reading: Reading,
}

/// What each library does with a pair.
struct Outcomes {
    all: [(Library, Outcome); 4],
}

impl Outcomes {
    fn reading(&self) -> Vec<Library> {
        self.all.iter().filter(|(_, outcome)| outcome.reads()).map(|(library, _)| *library).collect()
    }

    fn round_trip(&self) -> bool {
        self.all.iter().any(|(_, outcome)| *outcome == Outcome::RoundTrip)
    }
}

/// Pairs that are accepted and that no library reads, with the reason.
const ACCEPTED_ALL_THE_SAME: &[(&str, &str, &str)] = &[
    ("BTreeMap<K, V>[]", "json[]", NO_ARRAYS),
    ("BTreeMap<K, V>[]", "jsonb[]", NO_ARRAYS),
    ("Box<serde_json::value::RawValue>[]", "json[]", NO_ARRAYS),
    ("Box<serde_json::value::RawValue>[]", "jsonb[]", NO_ARRAYS),
    ("HashMap<K, V>[]", "json[]", NO_ARRAYS),
    ("HashMap<K, V>[]", "jsonb[]", NO_ARRAYS),
    ("NonZeroI8[]", "char[]", NO_ARRAYS),
    ("[u8; 4]", "char[]", NO_ARRAYS),
    ("[u8; 6]", "char[]", NO_ARRAYS),
    ("[u8; 8]", "char[]", NO_ARRAYS),
    ("bstr::BString[]", "bytea[]", NO_ARRAYS),
    ("sea_orm::prelude::ChronoUnixTimestampMillis[]", "int8[]", NO_ARRAYS),
    ("sea_orm::prelude::ChronoUnixTimestamp[]", "int8[]", NO_ARRAYS),
    ("sea_orm::prelude::TextUuid[]", "bpchar[]", NO_ARRAYS),
    ("sea_orm::prelude::TextUuid[]", "citext[]", NO_ARRAYS),
    ("sea_orm::prelude::TextUuid[]", "name[]", NO_ARRAYS),
    ("sea_orm::prelude::TextUuid[]", "text[]", NO_ARRAYS),
    ("sea_orm::prelude::TextUuid[]", "varchar[]", NO_ARRAYS),
    ("sea_orm::prelude::TimeUnixTimestampMillis[]", "int8[]", NO_ARRAYS),
    ("sea_orm::prelude::TimeUnixTimestamp[]", "int8[]", NO_ARRAYS),
    (
        "u32[]",
        "int4[]",
        "sea-orm reads a list of it out of `oid[]` alone; a list holds what its element holds",
    ),
];
const NO_ARRAYS: &str =
    "the library that has it has no arrays of it, so such a field is refused there by the compiler already";

/// Pairs that a library reads and no library writes, with the reason.
const READ_ONLY: &[(&str, &str, &str)] = &[
    ("BTreeMap<K, V>", "json", NO_VALUE),
    ("BTreeMap<K, V>", "jsonb", NO_VALUE),
    ("BTreeMap<K, V>[]", "json", NO_VALUE),
    ("BTreeMap<K, V>[]", "jsonb", NO_VALUE),
    ("HashMap<K, V>", "json", NO_VALUE),
    ("HashMap<K, V>", "jsonb", NO_VALUE),
    ("HashMap<K, V>[]", "json", NO_VALUE),
    ("HashMap<K, V>[]", "jsonb", NO_VALUE),
    ("T: TryGetableFromJson[]", "json", NO_VALUE),
    ("T: TryGetableFromJson[]", "jsonb", NO_VALUE),
];
const NO_VALUE: &str = "sea-orm reads it, and makes no `Value` of it";

/// Pairs that are refused although a library reads them, with the reason.
const REFUSED_ALL_THE_SAME: &[(&str, &str, &str)] = &[
    ("T: TryGetableFromJson", "json", OWN),
    ("T: TryGetableFromJson", "jsonb", OWN),
    ("Vec<u8>", "bit", WIRE),
    ("Vec<u8>[]", "bit[]", WIRE),
    ("u8[]", "bit", WIRE),
    ("sqlx::postgres::types::PgTimeTz", "timetz", BY_NAME),
    ("sqlx::postgres::types::PgTimeTz[]", "timetz[]", BY_NAME),
];
const OWN: &str = "a type of the program's own says itself what it holds";
const WIRE: &str =
    "diesel's `Bit` is another name of `Binary`: it hands out what the server sends, with a length before it";
const BY_NAME: &str =
    "the type needs a feature of sqlx that changes what `query!` makes of columns; it is judged by name";

/// Pairs that only one of the two versions of sqlx reads, with the reason.
const VERSIONS_DIFFER: &[(&str, &str, &str)] = &[
    ("Box<serde_json::value::RawValue>", "json", "0.8 reads a `&RawValue` alone, out of a row that is kept"),
    ("Box<serde_json::value::RawValue>", "jsonb", "0.8 reads a `&RawValue` alone, out of a row that is kept"),
    ("pgvector::Bit", "bit", PGVECTOR),
    ("pgvector::Bit[]", "bit[]", PGVECTOR),
    ("pgvector::HalfVector", "halfvec", PGVECTOR),
    ("pgvector::HalfVector[]", "halfvec[]", PGVECTOR),
    ("pgvector::SparseVector", "sparsevec", PGVECTOR),
    ("pgvector::SparseVector[]", "sparsevec[]", PGVECTOR),
    ("pgvector::Vector", "vector", PGVECTOR),
    ("pgvector::Vector[]", "vector[]", PGVECTOR),
];
const PGVECTOR: &str = "a build has pgvector for one of both versions: here for 0.8, as its manifest says";

#[test]
fn libraries_mapping_and_impls_agree() {
    let samples = samples::all();
    let mut connections = Connections::open(&samples);
    // Of a crate with several versions in use there is a row each; a library takes one of them.
    let mut types: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for row in types::rows() {
        types.entry(row.rust).or_default().push(row);
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (rust, rows) in &types {
        for (at, sample) in samples.iter().enumerate() {
            let accepted = rows[0].accepts[at];
            assert!(rows.iter().all(|row| row.accepts[at] == accepted), "{rust} for {}", sample.name);
            let mut best = |outcome: fn(&mut Connections, &Reading, &Column, &Sample) -> Outcome| {
                let tries =
                    rows.iter().flat_map(|row| sample.columns.iter().map(move |column| (row, column)));
                let outcomes =
                    tries.map(|(row, column)| outcome(&mut connections, &row.reading, column, sample));
                outcomes.max().expect("each type has a row")
            };
            let (sqlx, sqlx_08) = (best(Connections::try_sqlx), best(Connections::try_sqlx_08));
            if (sqlx.reads() != sqlx_08.reads()) != stated(VERSIONS_DIFFER, rust, sample) {
                wrong.push(format!("{rust} for {}: sqlx 0.9 {sqlx:?}, 0.8 {sqlx_08:?}", sample.name));
            }
            let outcomes = Outcomes {
                all: [
                    (Library::Postgres, best(Connections::try_postgres)),
                    (Library::Sqlx, sqlx.max(sqlx_08)),
                    (Library::Diesel, best(Connections::try_diesel)),
                    (Library::SeaOrm, best(Connections::try_sea_orm)),
                ],
            };
            if let Some(problem) = judge(rust, sample, accepted, &outcomes) {
                wrong.push(problem);
            }
            *counts.entry(count_as(accepted, &outcomes)).or_default() += 1;
        }
    }
    println!(
        "{} Rust types x {} column types, with postgres, sqlx, diesel and sea-orm:",
        types.len(),
        samples.len()
    );
    for (what, count) in &counts {
        println!("{count:6} {what}");
    }
    assert!(wrong.is_empty(), "{} pairs are wrong:\n{}", wrong.len(), wrong.join("\n"));
    for pair in PAIRS.iter().chain(LIBRARY_PAIRS) {
        let element = pair.rust.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>'));
        let has_row = types.contains_key(pair.rust)
            || element.is_some_and(|element| types.contains_key(&*format!("{element}[]")));
        assert!(has_row, "{pair:?} has no row here");
    }
    for reason in
        ACCEPTED_ALL_THE_SAME.iter().chain(READ_ONLY).chain(REFUSED_ALL_THE_SAME).chain(VERSIONS_DIFFER)
    {
        assert!(
            types.contains_key(reason.0) && samples.iter().any(|sample| sample.name == reason.1),
            "{reason:?} is about nothing"
        );
    }
}

fn count_as(accepted: bool, outcomes: &Outcomes) -> String {
    let libraries: Vec<_> = outcomes.reading().iter().map(|library| library.name()).collect();
    match (accepted, &*libraries) {
        (true, []) => "accepted, converted by the program, or for a stated reason".to_owned(),
        (true, libraries) => format!("accepted, read by {}", libraries.join(", ")),
        (false, []) => "refused, as by all libraries".to_owned(),
        (false, _) => "refused for a stated reason".to_owned(),
    }
}

fn stated(list: &[(&str, &str, &str)], rust: &str, sample: &Sample) -> bool {
    list.iter().any(|(r, pg, _)| (*r == rust || *r == generic(rust)) && *pg == sample.name)
}

/// The name that the mapping has for maps of all sorts.
fn generic(rust: &str) -> String {
    let map = ["HashMap", "BTreeMap"].into_iter().find(|map| rust.starts_with(&format!("{map}<")));
    let list = if rust.ends_with("[]") { "[]" } else { "" };
    map.map_or(rust.to_owned(), |map| format!("{map}<K, V>{list}"))
}

/// What is wrong with a pair, if anything.
fn judge(rust: &str, sample: &Sample, accepted: bool, outcomes: &Outcomes) -> Option<String> {
    let read = outcomes.reading();
    let seen = format!("{rust} for {}: {:?}", sample.name, outcomes.all);
    if stated(ACCEPTED_ALL_THE_SAME, rust, sample) {
        let needs_it = accepted && read.is_empty();
        return (!needs_it).then(|| format!("{seen}, and needs no reason"));
    }
    let listed = listed(rust, sample);
    if accepted == listed.is_empty() {
        let word = if accepted { "accept" } else { "refuse" };
        return Some(format!("{seen}, but the trait impls {word} it and the mapping does not"));
    }
    if listed.is_empty() {
        let is_stated = stated(REFUSED_ALL_THE_SAME, rust, sample);
        return (read.is_empty() == is_stated).then(|| format!("{seen}, but it is refused"));
    }
    let mut expected = Vec::new();
    for pair in listed {
        match pair.by {
            By::Libraries(libraries) => expected.extend(libraries),
            // What the program makes the value of is itself a pair, and tried as such.
            By::Program(_) => return (!read.is_empty()).then(|| format!("{seen}, but {:?}", pair.by)),
        }
    }
    expected.sort_unstable();
    // Not every library has arrays of all that it has: sqlx takes some only of its own wrapper types.
    let agree = match sample.is_array {
        true => !read.is_empty() && read.iter().all(|library| expected.contains(library)),
        false => read == expected,
    };
    if !agree {
        return Some(format!("{seen}, but the mapping says {expected:?}"));
    }
    (outcomes.round_trip() == stated(READ_ONLY, rust, sample))
        .then(|| format!("{seen}, which is not what is stated of the round trip"))
}

/// The pairs of the mapping; of an array those of its element.
fn listed(rust: &str, sample: &Sample) -> Vec<&'static Pair> {
    // Whatever its length, which only sqlx has.
    const BYTES: &Pair =
        &Pair { rust: "[u8; N]", pg: "bytea", features: &[], by: By::Libraries(&[Library::Sqlx]) };
    let element = rust.strip_suffix("[]").or_else(|| rust.strip_prefix("Vec<")?.strip_suffix('>'));
    let name = match (element, sample.is_array) {
        (None, false) => rust.to_owned(),
        (Some(element), true) => element.to_owned(),
        // One column with a list in it.
        (Some(element), false) => format!("Vec<{element}>"),
        (None, true) => return Vec::new(),
    };
    if name.starts_with("[u8; ") && sample.typname == "bytea" {
        return vec![BYTES];
    }
    // Maps are read out of JSON, and so lists of them.
    let list = element.filter(|element| generic(element).ends_with("<K, V>"));
    let list = list.filter(|_| !sample.is_array).map(|_| "Vec<T: TryGetableFromJson>");
    let is_it = |pair: &&Pair| pair.rust == name || pair.rust == generic(&name) || Some(pair.rust) == list;
    PAIRS.iter().chain(LIBRARY_PAIRS).filter(is_it).filter(|pair| pair.pg == sample.typname).collect()
}
