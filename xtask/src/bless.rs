//! `cargo xtask bless`: refreshes what tests hold against the code. Read the difference before you commit it.

use crate::pages;
use crate::postgres;
use crate::shell::{self, Result, cargo, root};

/// Each committed snapshot, its named database if it is that of one, and the shell line that makes its schema: it runs in
/// the directory above the snapshot's.
const SNAPSHOTS: &[(&str, Option<&str>, &str)] = &[
    ("tests/postgres/.schemacheck", None, "psql -q -X -v ON_ERROR_STOP=1 -f schema.sql"),
    ("tests/postgres/.schemacheck", Some("billing"), "psql -q -X -v ON_ERROR_STOP=1 -f billing.sql"),
    ("ui-tests/.schemacheck", None, "psql -q -X -v ON_ERROR_STOP=1 -f schema.sql"),
    ("ui-tests/.schemacheck", Some("billing"), "psql -q -X -v ON_ERROR_STOP=1 -f billing.sql"),
    ("examples/notifications/.schemacheck", None, "./migrate.sh"),
    ("examples/services/.schemacheck", None, "psql -q -X -v ON_ERROR_STOP=1 -f schema.sql"),
    // The one for the examples of README and of the crate's page.
    (".schemacheck", None, "examples/notifications/migrate.sh"),
];

/// Refreshes everything.
pub(crate) fn run() -> Result<()> {
    pages::write()?;
    postgres::find_or_install()?;
    shell::run(cargo().args(["build", "--package", "schemacheck-cli"]))?;
    for (directory, database, line) in SNAPSHOTS {
        println!("xtask: {directory}{}", database.map_or(String::new(), |name| format!(", database {name}")));
        std::fs::create_dir_all(root().join(directory))
            .map_err(|error| format!("cannot create {directory}: {error}"))?;
        shell::run(
            cargo()
                .args(["run", "--quiet", "--package", "schemacheck-cli", "--", "snapshot", "--run", line])
                .args(database.iter().flat_map(|name| ["--database", name]))
                .env("SCHEMACHECK_DIR", root().join(directory)),
        )?;
    }
    println!("xtask: fuzz/seeds");
    shell::run(
        cargo()
            .args(["test", "--package", "schemacheck-cli", "--test", "fuzz", "seeds_are_fresh"])
            .env("SCHEMACHECK_BLESS", "1"),
    )?;
    println!("xtask: ui-tests");
    shell::run(cargo().args(["test", "--package", "ui-tests", "--test", "ui"]).env("TRYBUILD", "overwrite"))
}
