//! `cargo xtask bench`: what schemacheck costs, beside its peers.
//!
//! Machines are shared and noisy, so a figure means something only beside another of the same run: variants take
//! turns, and medians are compared. The tables go into BENCHMARKS.md, each between its own marks.

use std::time::{Duration, Instant};

use crate::shell::{Result, cargo, root};

mod catalog;
mod clean;
mod compile;
mod guard_peers;
mod models;
mod peers;
mod project;
mod rebuild;
mod service;
mod size;
mod tables;

/// A part of the page and what measures it.
type Section = (&'static str, fn() -> Result<String>);

const SECTIONS: &[Section] = &[
    ("compile", compile::run),
    ("rebuild", rebuild::run),
    ("guard", catalog::guard),
    ("guard-peers", guard_peers::run),
    ("snapshot", catalog::snapshot),
    ("snapshot-peers", peers::run),
    ("size", size::run),
    ("clean", clean::run),
];

const PAGE: &str = "BENCHMARKS.md";

/// Measures the named sections, or all; with `--write` the tables replace those of the page.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let write = arguments.iter().any(|argument| argument == "--write");
    let names: Vec<&str> = arguments.iter().map(String::as_str).filter(|name| *name != "--write").collect();
    if let Some(unknown) = names.iter().find(|name| !SECTIONS.iter().any(|(known, _)| known == *name)) {
        let known: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        return Err(format!("unknown benchmark `{unknown}`, expected some of: {}", known.join(", ")));
    }
    // The guard runs in this very process, and a service is built with optimisation.
    if cfg!(debug_assertions) {
        let again = ["run", "--quiet", "--release", "--package", "xtask", "--", "bench"];
        return crate::shell::run(cargo().args(again).args(arguments));
    }
    crate::postgres::find_or_install()?;
    for (name, measure) in SECTIONS {
        if !names.is_empty() && !names.contains(name) {
            continue;
        }
        println!("xtask: bench {name}");
        let begun = Instant::now();
        let text = format!("{}\n{}", machine()?, measure()?);
        println!("\n{text}\nxtask: bench {name}: took {} s", begun.elapsed().as_secs());
        if write {
            replace(name, &text)?;
        }
    }
    Ok(())
}

/// Puts the text between the section's marks.
fn replace(name: &str, text: &str) -> Result<()> {
    let path = root().join(PAGE);
    let page = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {PAGE}: {error}"))?;
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let lacks = || format!("{PAGE} lacks the marks of `{name}`");
    let (before, rest) = page.split_once(&begin).ok_or_else(lacks)?;
    let (_, after) = rest.split_once(&end).ok_or_else(lacks)?;
    let page = format!("{before}{begin}{}\n{end}{after}", text.trim_end());
    std::fs::write(&path, page).map_err(|error| format!("cannot write {PAGE}: {error}"))
}

/// What the figures were measured with.
fn machine() -> Result<String> {
    let first_line = |program: &str, argument: &str| -> Result<String> {
        let output = std::process::Command::new(program)
            .arg(argument)
            .output()
            .map_err(|error| format!("cannot run {program}: {error}"))?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
    };
    let postgres = schemacheck_scratch::binaries::find().map_err(|error| error.to_string())?.join("postgres");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB"));
    let gib = memory.and_then(|kib| kib.parse::<u64>().ok()).map_or(0, |kib| kib.div_ceil(1024 * 1024));
    Ok(format!(
        "Measured with {}, {}, on {cores} cores and {gib} GiB.\n",
        first_line("rustc", "--version")?,
        first_line(&postgres.display().to_string(), "--version")?
    ))
}

/// How long one run takes.
fn time<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

/// The middle one; of an even number the lower.
fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
