//! Developer commands: `cargo xtask test | demo | bench | bless | fuzz | regress`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool of the developers, read in their terminal"
)]

use std::process::ExitCode;

mod bench;
mod bless;
mod demo;
mod fetch;
mod fuzz;
mod majors;
mod pages;
mod postgres;
mod regress;
mod shell;
mod targets;
mod test;

const USAGE: &str = "\
usage: cargo xtask <command>

  test [-- ARGS]   all tests: finds a PostgreSQL server or installs one, then runs every test of the workspace
  test --pg 14,18  the database tests alone, on each of these majors; fetches their servers with npm
  demo             the main job, from migration to refusal, on a throwaway PostgreSQL
  bench [--write] [compile | rebuild | guard | snapshot | snapshot-peers | size | clean]...
                   what schemacheck costs, beside its peers; --write puts the tables into BENCHMARKS.md
  bless            refreshes the committed snapshots, the generated pages of docs/, and recorded compiler messages
  fuzz [--seconds N] [TARGET...]
                   each fuzz target under libFuzzer, 10 seconds unless told; needs a nightly toolchain
  regress          snapshot, models and guard against the database of PostgreSQL's own regression tests; fetches
                   their source with apt-get
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", &[][..]),
    };
    let done = match command {
        "test" => test::run(rest),
        "demo" => demo::run(),
        "bench" => bench::run(rest),
        "bless" => bless::run(),
        "fuzz" => fuzz::run(rest),
        "regress" => regress::run(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
