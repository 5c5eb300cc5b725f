//! Rolling deploys: an old and a new binary, beside the old schema, one that is half-way, and the new one.

use schemacheck::Guard;
use schemacheck_core::manifest::{Expected, Kind, Manifest};
use schemacheck_core::{Catalog, record};
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};
use schemacheck_scratch::{Database, Server};

/// A table as one version of the program has it.
fn manifest(table: &str, columns: &[&str], catalog: &Catalog) -> Manifest {
    let expected = |name: &&str| Expected {
        column: (*name).to_owned(),
        field: (*name).to_owned(),
        rust_type: "String".into(),
        accepts_null: Some(true),
        ..Expected::default()
    };
    let mut manifest = Manifest {
        package: "shop".into(),
        path: format!("shop::{table}"),
        file: "src/models.rs".into(),
        kinds: vec![Kind::Read, Kind::Insert],
        relation: table.into(),
        columns: columns.iter().map(expected).collect(),
        ..Manifest::default()
    };
    manifest.add_facts(catalog);
    manifest
}

fn database(schema: &[&str]) -> Database<'static> {
    let database = Server::shared().unwrap().create_database().unwrap();
    database.connect().unwrap().batch_execute(&schema.join(";")).unwrap();
    database
}

/// The records of a binary that was built against a schema.
fn binary(schema: &[&str], tables: &[(&str, &[&str])]) -> Vec<u8> {
    let built = database(schema);
    let (_, catalog) = introspect::read(&mut built.connect().unwrap(), &Scope::default()).unwrap();
    tables.iter().flat_map(|(table, columns)| record::to_bytes(&manifest(table, columns, &catalog))).collect()
}

/// Whether each of two binaries starts on each of three schemas: the old one, half of the migration, all of it.
#[track_caller]
fn check(old: &[&str], migration: [&str; 2], binaries: [&[(&str, &[&str])]; 2], expect: [[bool; 3]; 2]) {
    let half = [old, &migration[..1]].concat();
    let new = [old, &migration[..]].concat();
    let schemas = [old, &half, &new];
    let built = [binary(old, binaries[0]), binary(&new, binaries[1])];
    for (binary, expect) in built.iter().zip(expect) {
        let starts = schemas.map(|schema| {
            Guard::from_records(binary).verify(&mut database(schema).connect().unwrap()).is_ok()
        });
        assert_eq!(starts, expect, "{migration:?}");
    }
}

const OLD: &[&str] = &["CREATE TABLE orders (id text, note text)"];
const ORDERS: &[(&str, &[&str])] = &[("orders", &["id", "note"])];

#[test]
fn an_additive_change_refuses_no_binary_that_has_all_it_needs() {
    check(
        OLD,
        [
            "ALTER TABLE orders ADD COLUMN state text DEFAULT 'new'",
            "CREATE TABLE invoices (id text, order_id text)",
        ],
        [ORDERS, &[("orders", &["id", "note", "state"]), ("invoices", &["id", "order_id"])]],
        [[true, true, true], [false, false, true]],
    );
    // A type that only grew, an index, a label's room.
    check(
        &["CREATE TABLE orders (id text, note varchar(20))"],
        ["ALTER TABLE orders ALTER note TYPE varchar(50)", "CREATE INDEX ON orders (note)"],
        [ORDERS, ORDERS],
        [[true, true, true], [true, true, true]],
    );
}

#[test]
fn a_removal_refuses_the_binary_that_still_needs_it() {
    check(
        &["CREATE TABLE orders (id text, note text, old text)"],
        ["ALTER TABLE orders ADD COLUMN new text", "ALTER TABLE orders DROP COLUMN old"],
        [&[("orders", &["id", "note", "old"])], &[("orders", &["id", "note", "new"])]],
        [[true, true, false], [false, true, true]],
    );
}

#[test]
fn a_rename_refuses_on_either_side_of_it() {
    check(
        OLD,
        ["ALTER TABLE orders RENAME COLUMN note TO remark", "SELECT 1"],
        [ORDERS, &[("orders", &["id", "remark"])]],
        [[true, false, false], [false, true, true]],
    );
}

/// A new required column breaks the old binary's inserts: said, and no reason to refuse, since reads go on.
#[test]
fn a_new_required_column_warns_the_old_binary() {
    let built = binary(OLD, ORDERS);
    let new = database(&[OLD[0], "ALTER TABLE orders ADD COLUMN state text NOT NULL"]);
    let verified = Guard::from_records(&built).verify(&mut new.connect().unwrap()).unwrap();
    assert_eq!(verified.findings()[0].code, schemacheck::Code::MissingRequiredColumn);
    assert!(Guard::from_records(&built).strict().verify(&mut new.connect().unwrap()).is_err());
}
