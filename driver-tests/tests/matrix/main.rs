//! Every Rust type of the table and some more, against every PostgreSQL type that has a marker and its array, on both
//! drivers and a real server.
//!
//! A pair that schemacheck accepts is one that a driver reads and writes; a pair that it refuses is one that no driver
//! reads. What differs stands in a list, with its reason. So the table in `schemacheck_core::mapping`, the trait impls
//! and the page about types are held to what the drivers do.

use std::collections::BTreeMap;

use schemacheck_core::mapping::{self, By, PAIRS, Pair};

mod drivers;
mod samples;
mod types;

use drivers::{Connections, Reading};
use samples::Sample;

/// What a driver does with a pair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The driver has no impl for the Rust type at all.
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

/// Pairs that are accepted and that no driver reads and writes, with the reason.
const ACCEPTED_ALL_THE_SAME: &[(&str, &str, &str)] = &[
    ("NonZeroI8[]", "char[]", NO_ARRAYS),
    ("Box<serde_json::value::RawValue>[]", "json[]", NO_ARRAYS),
    ("Box<serde_json::value::RawValue>[]", "jsonb[]", NO_ARRAYS),
];
const NO_ARRAYS: &str = "sqlx has no arrays of it, so such a field is refused there by the compiler already";

/// Pairs that are refused although a driver reads them, with the reason.
const REFUSED_ALL_THE_SAME: &[(&str, &str, &str)] = &[];

#[test]
fn drivers_mapping_and_impls_agree() {
    let samples = samples::all();
    let mut connections = Connections::open(&samples);
    // Of a crate with several versions in use there is a row each; a driver takes one of them.
    let mut types: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for row in types::rows() {
        types.entry(row.rust).or_default().push(row);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (rust, rows) in &types {
        for (at, sample) in samples.iter().enumerate() {
            let accepted = rows[0].accepts[at];
            assert!(rows.iter().all(|row| row.accepts[at] == accepted), "{rust} for {}", sample.name);
            let mut best = |outcome: fn(&mut Connections, &Reading, &Sample) -> Outcome| {
                let outcomes = rows.iter().map(|row| outcome(&mut connections, &row.reading, sample));
                outcomes.max().expect("each type has a row")
            };
            let by_postgres = best(Connections::try_postgres);
            let by_sqlx = best(Connections::try_sqlx);
            if let Some(problem) = judge(rust, sample, accepted, &by_postgres, &by_sqlx) {
                wrong.push(problem);
            }
            *counts.entry(count_as(accepted, &by_postgres, &by_sqlx)).or_default() += 1;
        }
    }
    println!("{} Rust types x {} column types, on postgres and sqlx:", types.len(), samples.len());
    for (what, count) in &counts {
        println!("{count:6} {what}");
    }
    assert!(wrong.is_empty(), "{} pairs are wrong:\n{}", wrong.len(), wrong.join("\n"));
    for pair in PAIRS {
        assert!(types.contains_key(pair.rust), "{pair:?} has no row here");
    }
    for reason in ACCEPTED_ALL_THE_SAME.iter().chain(REFUSED_ALL_THE_SAME) {
        assert!(
            types.contains_key(reason.0) && samples.iter().any(|sample| sample.name == reason.1),
            "{reason:?} is about nothing"
        );
    }
}

fn count_as(accepted: bool, postgres: &Outcome, sqlx: &Outcome) -> &'static str {
    match (accepted, postgres.reads(), sqlx.reads()) {
        (true, true, true) => "accepted, both drivers read it",
        (true, true, false) => "accepted, postgres reads it",
        (true, false, true) => "accepted, sqlx reads it",
        (true, false, false) => "accepted, converted by the program",
        (false, false, false) => "refused, as by both drivers",
        (false, ..) => "refused for a stated reason",
    }
}

/// What is wrong with a pair, if anything.
fn judge(rust: &str, sample: &Sample, accepted: bool, postgres: &Outcome, sqlx: &Outcome) -> Option<String> {
    let stated = |list: &[(&str, &str, &str)]| list.iter().any(|(r, pg, _)| *r == rust && *pg == sample.name);
    let seen = format!("{rust} for {}: postgres {postgres:?}, sqlx {sqlx:?}", sample.name);
    let listed = listed(rust, sample);
    if accepted != listed.is_some() {
        let word = if accepted { "accept" } else { "refuse" };
        return Some(format!("{seen}, but the trait impls {word} it and the mapping does not"));
    }
    let Some(pair) = listed else {
        let read = postgres.reads() || sqlx.reads();
        return (read != stated(REFUSED_ALL_THE_SAME)).then(|| format!("{seen}, but it is refused"));
    };
    if stated(ACCEPTED_ALL_THE_SAME) {
        let round = *postgres == Outcome::RoundTrip || *sqlx == Outcome::RoundTrip;
        return round.then(|| format!("{seen}, and needs no reason"));
    }
    let expected = match pair.by {
        // What the program makes the value of is itself a pair, and tried as such.
        By::Program(_) => {
            return (postgres.reads() || sqlx.reads()).then(|| format!("{seen}, but {:?}", pair.by));
        }
        By::Postgres => (true, false),
        By::Sqlx => (false, true),
        By::Both => (true, true),
    };
    // sqlx takes some arrays only of its own wrapper types, such as those of `citext`.
    let read = (postgres.reads(), sqlx.reads());
    if read != expected && !(sample.is_array && read == (expected.0, false) && expected.0) {
        return Some(format!("{seen}, but the mapping says {:?}", pair.by));
    }
    let round = *postgres == Outcome::RoundTrip || *sqlx == Outcome::RoundTrip;
    (!round).then(|| format!("{seen}, but no value makes the round trip"))
}

/// The pair of the mapping; of an array that of its element.
fn listed(rust: &str, sample: &Sample) -> Option<&'static Pair> {
    let rust = match (rust.strip_suffix("[]"), sample.is_array) {
        (None, false) => rust,
        (Some(element), true) => element,
        _ => return None,
    };
    mapping::PAIRS.iter().find(|pair| pair.rust == rust && pair.pg == sample.typname)
}
