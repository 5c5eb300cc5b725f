//! For a random table and the model that is made from it there is no finding; after one change of the table there is
//! exactly the expected one.
//!
//! `PROPTEST_CASES` says how many tables each change meets, `PROPTEST_RNG_SEED` which.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use postgres::Client;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use schemacheck::guard::Report;
use schemacheck::{Code, Guard, Severity, Verified};
use schemacheck_core::catalog::Catalog;
use schemacheck_core::ident::printable;
use schemacheck_core::{drift, record, snapshot as files};
use schemacheck_runtime::introspect::snapshot::{Scope, read};
use schemacheck_scratch::Server;

mod change;
mod plan;

use crate::readiness::answers;
use change::{CHANGES, Change, RETYPE};
use plan::{Plan, RETYPED, plan, quote};

/// How many tables each change meets, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 4;

/// A finding, as far as it is foretold: code, subject, severity.
type Foretold = BTreeSet<(Code, String, Severity)>;

/// Everything that is there, written to files and read again.
fn snapshot(client: &mut Client) -> Catalog {
    let (_, catalog) = read(client, &Scope::default()).unwrap();
    let written = files::to_files(&catalog);
    let texts = written.iter().map(|(path, text)| (path.as_path(), text.as_str()));
    let again = files::from_files(".schemacheck", texts).unwrap();
    assert_eq!(again, catalog, "the snapshot reads otherwise than it was written");
    assert_eq!(drift::differences(&again, &catalog), []);
    catalog
}

fn found(verdict: Result<Verified, Report>) -> Foretold {
    let findings = match &verdict {
        Ok(verified) => verified.findings(),
        Err(report) => report.findings(),
    };
    let all: Vec<_> = findings.iter().map(|f| (f.code, f.object.clone(), f.severity)).collect();
    let set: Foretold = all.iter().cloned().collect();
    assert_eq!(set.len(), all.len(), "a finding is there twice: {all:?}");
    // Names may be hostile, but no sentence breaks its line or moves the cursor.
    for finding in findings {
        let texts = [finding.headline()].into_iter().chain(finding.notes.clone()).chain(finding.help.clone());
        texts.for_each(|text| assert_eq!(printable(&text), text));
    }
    set
}

/// One plan and one change, in an empty database.
fn run(client: &mut Client, change: &Change, mut plan: Plan) -> Result<(), TestCaseError> {
    let at = plan.pick.index(plan.columns.len());
    (change.prepare)(&mut plan, at);
    let plan = plan.settle();
    let sql = plan.ddl();
    client.batch_execute(&sql).map_err(|error| TestCaseError::fail(format!("{error:?}: {sql}")))?;
    client.batch_execute(&plan.search_path()).unwrap();

    let catalog = snapshot(client);
    let manifests = plan.manifests(&catalog);
    let section: Vec<u8> = manifests.iter().flat_map(record::to_bytes).collect();
    prop_assert_eq!(&record::read_section(&section, "x").unwrap(), &manifests);
    let guard = |strict: bool| {
        let guard = Guard::from_records(&section);
        if strict { guard.strict() } else { guard }
    };
    prop_assert_eq!(found(guard(true).verify(&mut *client)), Foretold::new(), "before the change");

    let before = answers(client, &manifests);
    let sql = (change.ddl)(&plan, at);
    client.batch_execute(&sql).map_err(|error| TestCaseError::fail(format!("{error:?}: {sql}")))?;
    let after = answers(client, &manifests);
    prop_assert!(before.0 == after.0 || before.1 != after.1, "the fingerprint misses {}", sql);
    let foretold = (change.foretold)(&plan, at);
    prop_assert_eq!(found(guard(plan.strict).verify(&mut *client)), foretold, "after {}", sql);
    // The snapshot of the changed database is whole too.
    snapshot(client);
    Ok(())
}

/// Drops every schema that a case has made.
fn clear(client: &mut Client) {
    let rows = client
        .query(
            "SELECT nspname::text FROM pg_catalog.pg_namespace \
             WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')",
            &[],
        )
        .unwrap();
    let schemas: Vec<String> = rows.iter().map(|row| quote(row.get(0))).collect();
    if !schemas.is_empty() {
        let sql = format!("SET client_min_messages = error; DROP SCHEMA {} CASCADE", schemas.join(", "));
        client.batch_execute(&sql).unwrap();
    }
}

#[test]
fn one_change_of_a_random_table_has_exactly_its_finding() {
    let mut config =
        ProptestConfig { failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(1);
    }
    let mut ran: BTreeMap<String, u32> = BTreeMap::new();
    let mut failures = Vec::new();
    let database = Server::shared().unwrap().create_database().unwrap();
    let client = RefCell::new(database.connect().unwrap());
    let changes = CHANGES.iter().flat_map(|change| match change.name {
        RETYPE => RETYPED
            .iter()
            .enumerate()
            .map(|(i, (from, to, _))| (format!("{from} to {to}"), change, i))
            .collect(),
        name => vec![(name.to_owned(), change, 0)],
    });
    for (name, change, pair) in changes {
        // Each change meets tables of its own.
        if let RngSeed::Fixed(seed) = &mut config.rng_seed {
            *seed += 1;
        }
        let count = Cell::new(0);
        let result = TestRunner::new(config.clone()).run(&plan(), |mut plan| {
            let mut client = client.borrow_mut();
            plan.pair = pair;
            clear(&mut client);
            run(&mut client, change, plan)?;
            count.set(count.get() + 1);
            Ok(())
        });
        if let Err(error) = result {
            failures.push(format!("{name}: {error}"));
        }
        ran.insert(name, count.get());
    }
    // Told also where all is well: what a test prints is held back, what is written to standard error is not.
    let told: Vec<String> = ran.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    let total: u32 = ran.values().sum();
    let _ = writeln!(std::io::stderr(), "{total} random tables met one change each ({})", told.join(", "));
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(ran.values().all(|count| *count > 0), "a change was never made: {ran:?}");
}
