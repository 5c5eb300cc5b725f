//! `cargo xtask regress`: schemacheck held against the database that PostgreSQL's own regression tests leave.
//!
//! Those tests make every odd shape that a catalog can hold. Run by hand: it fetches PostgreSQL's source, of which
//! nothing is committed. All that it makes lies below the target directory or in the throwaway server.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use schemacheck_core::{Catalog, Relation};

use crate::postgres;
use crate::shell::{Result, cargo, root, run as run_command};

mod changes;
mod facts;
mod models;
mod package;
mod snapshots;
mod source;
mod suite;

pub(crate) fn run() -> Result<()> {
    let binaries = postgres::find_or_install()?;
    let folder = root().join("target/regress");
    let source = source::fetch(&folder, &binaries)?;
    say("building the command line");
    run_command(cargo().args(["build", "--quiet", "--package", "schemacheck-cli"]))?;

    let begun = Instant::now();
    let suite = suite::Suite::start(&binaries, &source)?;
    let ran = suite.run(&folder.join("different"))?;
    say(&format!(
        "PostgreSQL {}: {} of {} files came out as expected, in {} s{}",
        source.version,
        ran.files - ran.different.len(),
        ran.files,
        begun.elapsed().as_secs(),
        if ran.different.is_empty() { String::new() } else { format!("; not {}", ran.different.join(", ")) }
    ));
    // The outcome of a file may hang on the machine. What counts is the database; this many differences are another.
    if ran.different.len() > ran.files / 20 {
        return Err("too many files came out otherwise: the database is not the one to look at".into());
    }

    // Another session has relations of its own all the while.
    let mut other = suite.connect()?;
    other
        .batch_execute(facts::TEMPORARY)
        .map_err(|error| format!("cannot create what is temporary: {error}"))?;
    let facts = facts::check(&mut suite.connect()?)?;
    say(&format!("the snapshot covers {}", size(&facts.usual)));
    say(&format!("with partitions and the system's relations {}", size(&facts.every)));
    snapshots::take(&folder, &suite, &[])?;
    snapshots::restored(&folder, &suite)?;
    let snapshot = snapshots::take(&folder, &suite, &facts.every.include)?;
    let package = package::Package::new(&folder, &snapshot)?;
    let program = package.judge(&facts.every, &suite)?;
    changes::check(&suite, &snapshot, &program, &facts.every)
}

/// What is in a catalog.
fn size(catalog: &Catalog) -> String {
    let sum = |of: fn(&Relation) -> usize| catalog.relations.values().map(of).sum::<usize>();
    format!(
        "{} relations, {} columns, {} types, {} constraints, {} indexes",
        catalog.relations.len(),
        sum(|relation| relation.columns.len()),
        catalog.types.len(),
        sum(|relation| relation.constraints.len()),
        sum(|relation| relation.indexes.len()),
    )
}

fn say(text: &str) {
    println!("xtask: {text}");
}

/// Where cargo puts what is built.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// What a program prints on success; else the error holds its last lines.
fn output(command: &mut Command) -> Result<String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let all = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = all.lines().collect();
    let last = &lines[lines.len().saturating_sub(40)..];
    Err(format!("{command:?} failed ({}):\n{}", output.status, last.join("\n")))
}

/// The start of a message about a file or directory.
fn failed(verb: &str, path: &Path) -> impl FnOnce(std::io::Error) -> String {
    let begin = format!("cannot {verb} {}", path.display());
    move |error| format!("{begin}: {error}")
}

/// Fails with all that is wrong, if anything is.
fn report(what: &str, wrong: &[String]) -> Result<()> {
    if wrong.is_empty() { Ok(()) } else { Err(format!("{what} ({}):\n{}", wrong.len(), wrong.join("\n"))) }
}

/// The lines of the command line's output that say a finding.
fn alarms(said: &str) -> Vec<String> {
    let begins = ["error", "warning", "info"];
    said.lines()
        .filter(|line| begins.iter().any(|begin| line.starts_with(begin)))
        .map(str::to_owned)
        .collect()
}

/// Takes away what would change the outcome.
fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("PG")
            || text.starts_with("SCHEMACHECK_")
            || text == "DATABASE_URL"
            || text == "DOCS_RS"
        {
            command.env_remove(&name);
        }
    }
}
