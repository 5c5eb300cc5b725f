//! The fuzz targets on stable Rust: each on its committed seeds, and on mutations of them.
//!
//! `cargo xtask fuzz` runs the same functions under libFuzzer, for as long as one likes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

mod mutate;
mod seeds;
#[path = "../../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "a crate of its own for libFuzzer")]
mod targets;
mod watch;

/// How many mutations each target gets.
const MUTATIONS: usize = 10_000;

/// A target's committed seeds, by name.
fn committed(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder(target);
    let mut seeds: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect();
    seeds.sort();
    seeds
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target)
}

#[test]
fn every_target_withstands_its_seeds_and_their_mutations() {
    // Each run takes the same inputs: a failure in CI is a failure at home.
    std::thread::scope(|scope| {
        for (name, target) in targets::TARGETS {
            scope.spawn(move || {
                let seeds: Vec<Vec<u8>> = committed(name).into_iter().map(|(_, seed)| seed).collect();
                assert!(!seeds.is_empty(), "{name} has no seeds");
                let mut mutator = mutate::Mutator::new(name);
                let inputs = (0..MUTATIONS).map(|_| mutator.mutate(&seeds)).collect::<Vec<_>>();
                for input in seeds.iter().chain(&inputs) {
                    watch::run(name, input, *target);
                }
            });
        }
    });
}

/// The seeds are what this version writes; `SCHEMACHECK_BLESS=1` writes them anew.
#[test]
fn seeds_are_fresh() {
    for (target, seeds) in seeds::all() {
        for (name, seed) in &seeds {
            let path = folder(target).join(name);
            if std::env::var_os("SCHEMACHECK_BLESS").is_some() {
                std::fs::create_dir_all(folder(target)).unwrap();
                std::fs::write(&path, seed).unwrap();
            }
            let known = std::fs::read(&path).unwrap_or_default();
            assert!(known == *seed, "{} is stale: run `cargo xtask bless`", path.display());
        }
    }
}

/// Seeds that are refused at once would let the fuzzer start from nothing.
#[test]
fn seeds_are_read() {
    for (name, seed) in committed("artifact") {
        let records = schemacheck_cli::fuzzing::records(&seed).unwrap();
        assert_eq!(
            records.map(|records| records.len()),
            Some(if name == "archive" { 4 } else { 2 }),
            "{name}"
        );
    }
    for (name, seed) in committed("record") {
        let read = match name.as_str() {
            "section" => schemacheck_core::record::read_section(&seed, "x").unwrap().len(),
            "list.json" => schemacheck_core::record::list_from_json(std::str::from_utf8(&seed).unwrap(), "x")
                .unwrap()
                .len(),
            _ => {
                schemacheck_core::record::from_json(std::str::from_utf8(&seed).unwrap(), "x").unwrap();
                1
            }
        };
        assert!(read > 0, "{name}");
    }
    for (name, seed) in committed("ledger") {
        let ledger =
            schemacheck_core::snapshot::read_ledger(std::str::from_utf8(&seed).unwrap(), "x").unwrap();
        assert!(ledger.is_some(), "{name}");
    }
}

/// A file of a megabyte whose headers all name the same bytes: what is read must not be its square.
#[test]
fn sections_and_members_that_overlap_are_refused() {
    for forged in [seeds::overlapping_sections(2_000), seeds::overlapping_members(2_000)] {
        targets::artifact(&forged);
        let error = schemacheck_cli::fuzzing::records(&forged).unwrap_err();
        assert!(error.starts_with("`app` is damaged: its "), "{error}");
    }
}
