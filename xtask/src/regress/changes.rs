//! The database is changed as a whole, and `verify` finds what has changed, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use postgres::Client;
use schemacheck_core::{Catalog, Column, Relation};
use schemacheck_runtime::introspect::snapshot::Scope;
use serde_json::Value;

use super::facts::read;
use super::snapshots::tool;
use super::suite::Suite;
use super::{report, say};
use crate::shell::Result;

/// A change of every column that it can be made to, and the code of what it leads to.
struct Change {
    what: &'static str,
    /// The statement for the column `r`, and which columns it is tried on.
    alter: &'static str,
    condition: &'static str,
    code: &'static str,
}

const CHANGES: &[Change] = &[
    Change {
        what: "lost their NOT NULL",
        alter: "'ALTER TABLE %I.%I ALTER COLUMN %I DROP NOT NULL', r.nspname, r.relname, r.attname",
        condition: "c.relkind IN ('r', 'p') AND a.attnotnull",
        code: "nullable-column",
    },
    Change {
        what: "have another name",
        alter: "'ALTER TABLE %I.%I RENAME COLUMN %I TO %I', r.nspname, r.relname, r.attname, \
                pg_catalog.concat('renamed_', r.oid, '_', r.attnum)",
        condition: "c.relkind IN ('r', 'p', 'v', 'm', 'f')",
        code: "missing-column",
    },
];

impl Change {
    /// Keys, parents and typed tables keep the server from some; those columns stay as they are.
    fn sql(&self) -> String {
        let Self { alter, condition, .. } = self;
        format!(
            "DO $do$ DECLARE r record; BEGIN \
             FOR r IN SELECT n.nspname, c.relname, c.oid, a.attname, a.attnum FROM pg_catalog.pg_attribute a \
                 JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE {condition} AND a.attnum > 0 AND NOT a.attisdropped AND c.relpersistence <> 't' \
                   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid, a.attnum \
             LOOP BEGIN EXECUTE pg_catalog.format({alter}); EXCEPTION WHEN others THEN NULL; END; END LOOP; \
             END $do$"
        )
    }

    /// Whether the change came upon a column.
    fn met(&self, before: (&Catalog, &Relation, &Column), after: &Catalog) -> bool {
        let (catalog, relation, column) = before;
        let now = after.relations.get(&relation.name).and_then(|relation| relation.column(&column.name));
        match (self.code, now) {
            ("missing-column", now) => now.is_none(),
            (_, Some(now)) => {
                relation.kind.has_nullability() && catalog.refuses_null(column) && !after.refuses_null(now)
            }
            (_, None) => false,
        }
    }
}

/// Changes the database for good; the program's models were made for the catalog.
pub(super) fn check(suite: &Suite, snapshot: &Path, program: &Path, catalog: &Catalog) -> Result<()> {
    let mut client = suite.connect()?;
    for change in CHANGES {
        client
            .batch_execute(&change.sql())
            .map_err(|error| format!("cannot change the database: {error:?}"))?;
        let after = live(&mut client, catalog)?;
        let mut expected = BTreeSet::new();
        for relation in catalog.relations.values() {
            let met =
                relation.columns.iter().filter(|column| change.met((catalog, relation, column), &after));
            expected.extend(met.map(|column| format!("{}.{}", relation.name, column.name)));
        }
        if expected.is_empty() {
            return Err(format!("no columns {}: nothing was looked at", change.what));
        }
        let found = found(suite, snapshot, program, change.code)?;
        let wrong: Vec<String> = expected
            .symmetric_difference(&found)
            .map(|name| {
                let verb = if found.contains(name) { "is found and did not change" } else { "is not found" };
                format!("`{name}` {verb}")
            })
            .collect();
        report(&format!("verify does not say what columns {}", change.what), &wrong)?;
        say(&format!("verify finds the {} columns that {}", expected.len(), change.what));
    }
    Ok(())
}

fn live(client: &mut Client, catalog: &Catalog) -> Result<Catalog> {
    read(client, &Scope { include: catalog.include.clone(), ..Scope::default() })
}

/// The objects of the findings with the code.
fn found(suite: &Suite, snapshot: &Path, program: &Path, code: &str) -> Result<BTreeSet<String>> {
    let mut command = tool(suite, snapshot, &["verify", "--strict", "--format", "json", "--artifact"]);
    let output = command.arg(program).output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let value: Value =
        serde_json::from_str(&said).map_err(|error| format!("verify prints no JSON: {error}"))?;
    let databases = value["databases"].as_array().map(Vec::as_slice).unwrap_or_default();
    let findings =
        databases.iter().flat_map(|database| database["findings"].as_array().into_iter().flatten());
    let findings = findings.filter(|finding| finding["code"] == code && finding["severity"] == "error");
    Ok(findings.filter_map(|finding| finding["object"].as_str().map(str::to_owned)).collect())
}
