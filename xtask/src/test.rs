//! `cargo xtask test`: everything.

use std::time::Instant;

use crate::majors;
use crate::postgres;
use crate::shell::{self, Result, cargo};
use crate::targets;

/// Each feature of the facade, tried alone.
const FEATURES: &[&str] = &[
    "derive",
    "postgres",
    "tokio-postgres",
    "bb8",
    "deadpool-postgres",
    "diesel-async",
    "diesel-postgres",
    "r2d2",
    "sea-orm-postgres",
    "tracing",
    "bigdecimal",
    "bit-vec",
    "bstr",
    "bytes",
    "chrono",
    "cidr",
    "eui48",
    "geo-types",
    "ipnet",
    "ipnetwork",
    "jiff",
    "mac_address",
    "ordered-float",
    "pgvector",
    "pgvector-half",
    "rust_decimal",
    "serde_json",
    "serde_json-raw",
    "smol_str",
    "time",
    "uuid",
    "diesel",
    "diesel_json",
    "sea-orm",
    "sqlx",
    "sqlx-0_8",
];

/// Finds or installs a server, then runs every test; with `--pg`, the database tests on these majors. Other arguments
/// go to `cargo test`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (chosen, arguments) = majors::take_option(arguments)?;
    if let Some(chosen) = chosen {
        return majors::run(&chosen, &arguments);
    }
    postgres::find_or_install()?;
    // diesel links it, in `driver-tests` and in an example.
    postgres::find_or_install_libpq()?;
    postgres::find_or_install_pgbouncer()?;
    step("targets of other systems", || {
        targets::add();
        Ok(())
    })?;
    step("each feature alone", || {
        shell::run(cargo().args(["check", "--quiet", "--package", "schemacheck", "--no-default-features"]))?;
        for feature in FEATURES {
            shell::run(cargo().args([
                "check",
                "--quiet",
                "--package",
                "schemacheck",
                "--no-default-features",
                "--features",
                feature,
            ]))?;
        }
        Ok(())
    })?;
    // The end-to-end tests and the ui tests run the tool and the macros that this builds.
    step("the command line", || shell::run(cargo().args(["build", "--package", "schemacheck-cli"])))?;
    step("unit, PostgreSQL, ui and end-to-end tests", || {
        shell::run(cargo().args(["test", "--workspace", "--all-features"]).args(arguments))
    })
}

fn step(what: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("xtask: {what}");
    let begun = Instant::now();
    work()?;
    println!("xtask: {what}: done in {} s", begun.elapsed().as_secs());
    Ok(())
}
