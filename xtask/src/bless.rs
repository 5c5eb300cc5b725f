//! `cargo xtask bless`: refreshes what tests hold against the code. Read the difference before you commit it.

use crate::postgres;
use crate::shell::{self, Result, cargo, root};

/// Each committed snapshot, and the schema that it is made from.
const SNAPSHOTS: &[(&str, &str)] = &[
    ("tests/postgres/.schemacheck", "tests/postgres/schema.sql"),
    ("ui-tests/.schemacheck", "ui-tests/schema.sql"),
];

/// Refreshes everything.
pub(crate) fn run() -> Result<()> {
    postgres::find_or_install()?;
    shell::run(cargo().args(["build", "--package", "schemacheck-cli"]))?;
    for (directory, schema) in SNAPSHOTS {
        println!("xtask: {directory}");
        let line = format!("psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --file {schema}");
        std::fs::create_dir_all(root().join(directory))
            .map_err(|error| format!("cannot create {directory}: {error}"))?;
        shell::run(
            cargo()
                .args(["run", "--quiet", "--package", "schemacheck-cli", "--", "snapshot", "--run", &line])
                .env("SCHEMACHECK_DIR", root().join(directory)),
        )?;
    }
    println!("xtask: ui-tests");
    shell::run(cargo().args(["test", "--package", "ui-tests"]).env("TRYBUILD", "overwrite"))
}
