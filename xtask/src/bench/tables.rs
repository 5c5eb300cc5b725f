//! The database of many tables that the sections about catalogs read, and `pg_dump`, which reads it too.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use postgres::Client;
use schemacheck_scratch::Database;

use crate::shell::Result;

/// A table: 20 columns, of which 8 have a default, 3 indexes besides the key, a foreign key, a check.
fn table(at: usize) -> String {
    let mut sql = format!(
        "CREATE TABLE t{at} (id bigint PRIMARY KEY, parent bigint REFERENCES t{}",
        at.saturating_sub(1)
    );
    for column in 0..9 {
        let _ = write!(sql, ", plain{column} {}", ["text", "integer NOT NULL", "timestamptz"][column % 3]);
    }
    for column in 0..8 {
        let _ = write!(
            sql,
            ", given{column} {}",
            ["text DEFAULT 'x'", "numeric(10, 2) NOT NULL DEFAULT 0"][column % 2]
        );
    }
    let _ = write!(
        sql,
        ", state varchar(20) NOT NULL CHECK (state IN ('new', 'sent', 'seen')));\n\
         CREATE INDEX ON t{at} (plain0); CREATE INDEX ON t{at} (plain1, plain2); CREATE INDEX ON t{at} (given0, state);\n"
    );
    sql
}

/// Creates so many tables.
pub(super) fn fill(client: &mut Client, tables: usize) -> Result<()> {
    for first in (0..tables).step_by(250) {
        let sql: String = (first..tables.min(first + 250)).map(table).collect();
        client.batch_execute(&sql).map_err(|error| format!("{error:?}"))?;
    }
    client
        .batch_execute(
            "VACUUM ANALYZE pg_catalog.pg_class, pg_catalog.pg_attribute, pg_catalog.pg_constraint",
        )
        .map_err(|error| error.to_string())
}

pub(super) fn connect(database: &Database<'_>) -> Result<Client> {
    database.connect().map_err(|error| error.to_string())
}

/// Runs `pg_dump --schema-only`, that of the server where it has one.
pub(super) fn pg_dump(database: &Database<'_>, arguments: &[String]) -> Result<()> {
    let beside = database.server().bin_dir().join("pg_dump");
    let program = if beside.exists() { beside } else { PathBuf::from("pg_dump") };
    let mut command = Command::new(program);
    crate::shell::lead_to(&mut command, database);
    command.args(["--schema-only"]).args(arguments).stdout(Stdio::null());
    crate::shell::run(&mut command)
}
