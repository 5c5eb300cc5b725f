//! What schemacheck adds to a clean build of a small service and of an empty program: seconds, crates, and which
//! dependency costs what.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use super::models;
use super::project;
use super::service::{self, Package};
use super::{median, time};
use crate::shell::{Result, cargo};

/// How often each is built from nothing.
const ROUNDS: usize = 3;

const SERVICE: Package =
    Package { name: "service", depends: true, models: 1, has_guard: true, ..Package::PLAIN };
const EMPTY: Package = Package { name: "empty", is_service: false, ..Package::PLAIN };
const ALONE: Package = Package { name: "alone", depends: true, ..EMPTY };

/// Pairs of what is built without schemacheck and with it.
const PAIRS: [(&str, Package, Package); 2] = [
    (
        "a service on tokio and tokio-postgres with chrono, `serde_json` and uuid; a model and the guard",
        Package::PLAIN,
        SERVICE,
    ),
    ("an empty program; the default features", EMPTY, ALONE),
];

pub(super) fn run() -> Result<String> {
    let workspace = project::folder("clean");
    let packages = PAIRS.map(|(_, without, with)| [without, with]).concat();
    service::write_workspace(&workspace, &packages)?;
    let server = project::server()?;
    let database = project::database(&server, &models::schema(1))?;
    project::snapshot(&project::tool()?, &database, &workspace.join(".schemacheck"))?;
    crate::shell::run(cargo().args(["fetch", "--quiet"]).current_dir(&workspace))?;

    let mut text = String::from(
        "`cargo build` into an empty target directory, debug profile, all sources on the machine.\n\n\
         | | without, s | with, s | more, s | crates without | with | more |\n|---|---|---|---|---|---|---|\n",
    );
    for (what, without, with) in PAIRS {
        println!("xtask: building `{}` and `{}` {ROUNDS} times", without.name, with.name);
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (package, times) in [without, with].into_iter().zip(&mut times) {
                empty(&workspace)?;
                times.push(time(|| crate::shell::run(&mut build(&workspace, package)))?);
            }
        }
        let [less, more] = times.map(|mut times| median(&mut times).as_secs_f64());
        let [few, many] = [crates(&workspace, without)?.len(), crates(&workspace, with)?.len()];
        let _ = writeln!(
            text,
            "| {what} | {less:.1} | {more:.1} | {:.1} | {few} | {many} | {} |",
            more - less,
            many - few
        );
    }
    text.push_str(&dependencies(&workspace)?);
    Ok(text)
}

/// A table of each crate that schemacheck brings to the empty program, built one after the other.
fn dependencies(workspace: &Path) -> Result<String> {
    empty(workspace)?;
    crate::shell::run(build(workspace, ALONE).args(["--timings", "--jobs", "1"]))?;
    let seconds = timings(&workspace.join("target/cargo-timings/cargo-timing.html"))?;
    let of_service = crates(workspace, Package::PLAIN)?;
    let mut text = String::from(
        "\nThe crates of the empty program with schemacheck, one job at a time; build scripts are counted with their \
         crate. A crate that the service has anyway costs it nothing, unless schemacheck turns on a feature.\n\n\
         | crate | s | needed by | the service has it |\n|---|---|---|---|\n",
    );
    let parents = parents(workspace, ALONE)?;
    let mut rows: Vec<_> = seconds.into_iter().filter(|((name, _), _)| name != ALONE.name).collect();
    rows.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let mut sum = 0.0;
    for ((name, version), seconds) in rows {
        sum += seconds;
        let needed_by: Vec<&str> = parents.get(&name).into_iter().flatten().map(String::as_str).collect();
        let has = if of_service.contains(&(name.clone(), version.clone())) { "yes" } else { "" };
        let ours = name.starts_with("schemacheck");
        let crate_name = if ours { name } else { format!("{name} {version}") };
        let _ = writeln!(text, "| {crate_name} | {seconds:.2} | {} | {has} |", needed_by.join(", "));
    }
    let _ = writeln!(text, "| together | {sum:.2} | | |");
    Ok(text)
}

fn build(workspace: &Path, package: Package) -> Command {
    let mut command = cargo();
    command
        .args(["build", "--quiet", "--offline", "--package", package.name])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env("SCHEMACHECK_BUILD", "enforce")
        .env_remove("SCHEMACHECK_DIR");
    command
}

/// Forgets everything that was built.
fn empty(workspace: &Path) -> Result<()> {
    match std::fs::remove_dir_all(workspace.join("target")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// What cargo would build for a package, each with its depth in the tree: name, version.
fn tree(workspace: &Path, package: Package, options: &[&str]) -> Result<Vec<(usize, String, String)>> {
    let mut command = cargo();
    command.args(["tree", "--offline", "--edges", "no-dev", "--prefix", "depth", "--package", package.name]);
    let output = command
        .args(options)
        .current_dir(workspace)
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let line = |line: &str| {
        let (name, rest) = line.split_once(' ')?;
        let digits = name.find(|c: char| !c.is_ascii_digit())?;
        let version = rest.split(' ').next()?.trim_start_matches('v');
        Some((name[..digits].parse().ok()?, name[digits..].to_owned(), version.to_owned()))
    };
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(line).collect())
}

/// The crates below a package.
fn crates(workspace: &Path, package: Package) -> Result<BTreeSet<(String, String)>> {
    let lines = tree(workspace, package, &[])?.into_iter();
    Ok(lines.filter(|(depth, ..)| *depth > 0).map(|(_, name, version)| (name, version)).collect())
}

/// For each crate those that name it as a dependency.
fn parents(workspace: &Path, package: Package) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut above: Vec<String> = Vec::new();
    let mut parents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (depth, name, _) in tree(workspace, package, &["--no-dedupe"])? {
        above.truncate(depth);
        if let Some(parent) = above.last().filter(|_| depth > 1) {
            parents.entry(name.clone()).or_default().insert(parent.clone());
        }
        above.push(name);
    }
    Ok(parents)
}

/// The seconds of each crate, by name and version, from the page that `cargo build --timings` writes.
fn timings(page: &Path) -> Result<BTreeMap<(String, String), f64>> {
    let html =
        std::fs::read_to_string(page).map_err(|error| format!("cannot read cargo's timings: {error}"))?;
    let units = html.split_once("const UNIT_DATA = ").and_then(|(_, rest)| rest.split_once("];"));
    let (units, _) = units.ok_or("cargo's page of timings has no UNIT_DATA")?;
    let units: Vec<serde_json::Value> =
        serde_json::from_str(&format!("{units}]")).map_err(|error| format!("cargo's timings: {error}"))?;
    let mut seconds = BTreeMap::new();
    for unit in units {
        let text = |key: &str| unit[key].as_str().unwrap_or_default().to_owned();
        *seconds.entry((text("name"), text("version"))).or_insert(0.0) +=
            unit["duration"].as_f64().unwrap_or(0.0);
    }
    Ok(seconds)
}
