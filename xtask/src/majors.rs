//! `cargo xtask test --pg 14,18`: the database tests on chosen majors, each on binaries of its own.

use std::time::{Duration, Instant};

use schemacheck_scratch::binaries;

use crate::fetch::{self, Fetched};
use crate::postgres;
use crate::shell::{self, Result, cargo};

/// Every test target that starts a server.
const TARGETS: &[&str] = &["postgres", "cli", "matrix", "composite", "guard", "server", "endings"];

/// What became of one major.
struct Outcome {
    major: u32,
    server: Result<Fetched>,
    tests: Result<()>,
    took: Duration,
}

/// Takes `--pg LIST` off the arguments; nothing if it is not among them.
pub(crate) fn take_option(arguments: &[String]) -> Result<(Option<Vec<u32>>, Vec<String>)> {
    let mut majors = None;
    let mut rest = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let list = match argument.strip_prefix("--pg") {
            Some("") => arguments.next().map(String::as_str).unwrap_or_default(),
            Some(list) if list.starts_with('=') => &list[1..],
            _ => {
                rest.push(argument.clone());
                if argument == "--" {
                    rest.extend(arguments.by_ref().cloned());
                }
                continue;
            }
        };
        if majors.replace(parse(list, &fetch::majors())?).is_some() {
            return Err("`--pg` is there twice; write the majors as one list, such as `--pg 14,18`".into());
        }
    }
    Ok((majors, rest))
}

/// Reads a list of majors.
fn parse(list: &str, known: &[u32]) -> Result<Vec<u32>> {
    if list.is_empty() || list.starts_with('-') {
        return Err("`--pg` needs majors, such as `--pg 14,18`".into());
    }
    let mut majors = Vec::new();
    for word in list.split(',') {
        let major = word.parse().map_err(|_| {
            format!("`{word}` in `--pg {list}` is no major version; write them as in `--pg 14,18`")
        })?;
        if !known.contains(&major) {
            let known: Vec<String> = known.iter().map(u32::to_string).collect();
            return Err(format!("PostgreSQL {major} is not tested; the majors are {}", known.join(", ")));
        }
        if majors.contains(&major) {
            return Err(format!("`--pg {list}` names {major} twice"));
        }
        majors.push(major);
    }
    Ok(majors)
}

/// Runs the database tests on each major. One that fails, or cannot be had, does not keep the others from running.
pub(crate) fn run(majors: &[u32], arguments: &[String]) -> Result<()> {
    postgres::find_or_install_client()?;
    postgres::find_or_install_pgbouncer()?;
    postgres::find_or_install_libpq()?;
    // Once for all: what differs between majors is an environment variable.
    shell::run(test().arg("--no-run"))?;
    let outcomes: Vec<Outcome> = majors.iter().map(|major| on(*major, arguments)).collect();
    println!("\n{}", summary(&outcomes));
    let bad: Vec<String> = outcomes.iter().filter_map(complaint).collect();
    if bad.is_empty() { Ok(()) } else { Err(bad.join("\nxtask: ")) }
}

fn on(major: u32, arguments: &[String]) -> Outcome {
    let begun = Instant::now();
    let server = fetch::major(major);
    let tests = match &server {
        Ok(fetched) => {
            println!("\nxtask: PostgreSQL {major}: {} in {}", fetched.version, fetched.bin.display());
            shell::run(test().arg("--no-fail-fast").args(arguments).env(binaries::VARIABLE, &fetched.bin))
        }
        Err(reason) => {
            println!("\nxtask: PostgreSQL {major} cannot be had: {reason}");
            Ok(())
        }
    };
    let took = begun.elapsed();
    println!("xtask: PostgreSQL {major}: done in {} s", took.as_secs());
    Outcome { major, server, tests, took }
}

/// The whole workspace with all features, as in `cargo xtask test`, so that nothing is built twice.
fn test() -> std::process::Command {
    let mut command = cargo();
    command.args(["test", "--workspace", "--all-features"]);
    command.args(TARGETS.iter().flat_map(|target| ["--test", target]));
    command
}

fn complaint(outcome: &Outcome) -> Option<String> {
    match (&outcome.server, &outcome.tests) {
        (Err(reason), _) => Some(format!("PostgreSQL {} cannot be had: {reason}", outcome.major)),
        (_, Err(_)) => Some(format!("the database tests failed on PostgreSQL {}", outcome.major)),
        _ => None,
    }
}

/// A line a major.
fn summary(outcomes: &[Outcome]) -> String {
    let row = |major: &str, server: &str, time: &str, tests: &str, from: &str| {
        format!("{major:<6} {server:<28} {time:>6}  {tests:<15} {from}\n")
    };
    let mut table = row("major", "server", "took", "tests", "from");
    for Outcome { major, server, tests, took } in outcomes {
        let (version, from) = match server {
            Ok(fetched) => (fetched.version.as_str(), format!("npm, {}", fetched.origin)),
            Err(reason) => ("none", reason.clone()),
        };
        let tests = match (server, tests) {
            (Err(_), _) => "cannot be had",
            (_, Err(_)) => "FAILED",
            _ => "passed",
        };
        table += &row(&major.to_string(), version, &format!("{} s", took.as_secs()), tests, &from);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(arguments: &[&str]) -> Result<(Option<Vec<u32>>, Vec<String>)> {
        take_option(&arguments.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn majors_are_taken_off_the_arguments() {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        assert_eq!(take(&["--pg", "14,18"]).unwrap(), (Some(vec![14, 18]), vec![]));
        assert_eq!(take(&["--pg=18,14"]).unwrap(), (Some(vec![18, 14]), vec![]));
        assert_eq!(take(&["a", "--pg", "15", "b"]).unwrap(), (Some(vec![15]), owned(&["a", "b"])));
        assert_eq!(take(&["--", "x"]).unwrap(), (None, owned(&["--", "x"])));
        // What stands behind `--` is for the tests.
        assert_eq!(take(&["--", "--pg", "x"]).unwrap(), (None, owned(&["--", "--pg", "x"])));
    }

    #[test]
    fn bad_majors_are_named() {
        let without = "`--pg` needs majors, such as `--pg 14,18`";
        for (arguments, told) in [
            (&["--pg"][..], without),
            (&["--pg="], without),
            (&["--pg", "--", "x"], without),
            (&["--pg", "13"], "PostgreSQL 13 is not tested; the majors are 14, 15, 16, 17, 18"),
            (&["--pg", "x"], "`x` in `--pg x` is no major version; write them as in `--pg 14,18`"),
            (&["--pg", "15,"], "`` in `--pg 15,` is no major version; write them as in `--pg 14,18`"),
            (&["--pg", "15.2"], "`15.2` in `--pg 15.2` is no major version; write them as in `--pg 14,18`"),
            (&["--pg", "15,15"], "`--pg 15,15` names 15 twice"),
            (
                &["--pg", "15", "--pg=16"],
                "`--pg` is there twice; write the majors as one list, such as `--pg 14,18`",
            ),
        ] {
            assert_eq!(take(arguments).unwrap_err(), told, "{arguments:?}");
        }
        // Another word that only begins like it is for cargo.
        assert_eq!(take(&["--pgx"]).unwrap(), (None, vec!["--pgx".to_owned()]));
    }

    #[test]
    fn the_summary_names_what_could_not_be_had_and_what_failed() {
        let outcome = |major, server: Result<&str>, tests| Outcome {
            major,
            server: server.map(|version| Fetched {
                bin: "/bin".into(),
                origin: format!("p@{version}"),
                version: format!("postgres (PostgreSQL) {version}"),
            }),
            tests,
            took: Duration::from_secs(41),
        };
        let outcomes = [
            outcome(14, Ok("14.23"), Ok(())),
            outcome(16, Err("cannot run npm".into()), Ok(())),
            outcome(18, Ok("18.4"), Err("exit status: 101".into())),
        ];
        assert_eq!(
            summary(&outcomes),
            "major  server                         took  tests           from\n\
             14     postgres (PostgreSQL) 14.23    41 s  passed          npm, p@14.23\n\
             16     none                           41 s  cannot be had   cannot run npm\n\
             18     postgres (PostgreSQL) 18.4     41 s  FAILED          npm, p@18.4\n"
        );
        let bad: Vec<String> = outcomes.iter().filter_map(complaint).collect();
        assert_eq!(
            bad,
            ["PostgreSQL 16 cannot be had: cannot run npm", "the database tests failed on PostgreSQL 18"]
        );
    }

    /// A new file with a server in it must not fall out of the runs on other majors.
    #[test]
    fn every_target_that_starts_a_server_is_run() {
        fn starts_one(path: &std::path::Path) -> bool {
            if path.is_dir() {
                std::fs::read_dir(path).unwrap().any(|entry| starts_one(&entry.unwrap().path()))
            } else {
                path.extension().is_some_and(|extension| extension == "rs")
                    && std::fs::read_to_string(path).unwrap().contains("schemacheck_scratch::")
            }
        }
        let packages = std::fs::read_dir(shell::root()).unwrap().map(|entry| entry.unwrap().path());
        let mut found = Vec::new();
        for tests in packages.chain([shell::root()]).map(|package| package.join("tests")) {
            let entries = std::fs::read_dir(tests).into_iter().flatten().map(|entry| entry.unwrap().path());
            found.extend(
                entries
                    .filter(|path| starts_one(path))
                    .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()),
            );
        }
        found.sort();
        let mut targets = TARGETS.to_vec();
        targets.sort_unstable();
        assert_eq!(found, targets);
    }
}
