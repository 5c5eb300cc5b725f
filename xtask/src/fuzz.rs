//! `cargo xtask fuzz`: every fuzz target under libFuzzer, for some seconds each.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{self, Result, cargo, root};

/// What each target gets: inputs take well under a millisecond, and memory in proportion to a few kilobytes.
const LIMITS: &[&str] = &["-timeout=5", "-rss_limit_mb=2048", "-malloc_limit_mb=256", "-print_final_stats=1"];

/// Seconds a target without `--seconds`.
const SECONDS: u32 = 10;

/// Runs the targets that are named, or all.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut seconds = SECONDS;
    let mut targets = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => {
                let value = arguments.next().ok_or("--seconds needs a number")?;
                seconds = value.parse().map_err(|_| format!("--seconds is `{value}`, which is no number"))?;
            }
            target => targets.push(target.to_owned()),
        }
    }
    let known = known()?;
    if let Some(unknown) = targets.iter().find(|target| !known.contains(target)) {
        return Err(format!("there is no target `{unknown}`; there are {}", known.join(", ")));
    }
    let targets = if targets.is_empty() { known } else { targets };
    let nightly = Nightly::find()?;
    let tool = find_or_install()?;
    for target in &targets {
        println!("xtask: fuzzing {target} for {seconds} s");
        let corpus = root().join("fuzz/corpus").join(target);
        std::fs::create_dir_all(&corpus)
            .map_err(|error| format!("cannot create {}: {error}", corpus.display()))?;
        let mut command = nightly.command(&tool);
        command.args(["fuzz", "run", target]).arg(&corpus).arg(root().join("fuzz/seeds").join(target));
        command.arg("--").args(LIMITS).arg(format!("-max_total_time={seconds}"));
        shell::run(&mut command)?;
    }
    Ok(())
}

/// The targets, by their files.
fn known() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries =
        std::fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let stem = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| stem(entry.path())).collect();
    names.sort();
    Ok(names)
}

/// How a nightly toolchain is had: the compiler's options that fuzzing needs are unstable.
enum Nightly {
    /// Through rustup.
    Rustup,
    /// The cargo in the path is one.
    Itself,
}

impl Nightly {
    fn find() -> Result<Self> {
        let is_nightly = |command: &mut Command| {
            let output = command.output().ok().filter(|output| output.status.success());
            output.is_some_and(|output| String::from_utf8_lossy(&output.stdout).contains("-nightly"))
        };
        let of_rustup = || is_nightly(Command::new("rustup").args(["run", "nightly", "rustc", "--version"]));
        if of_rustup() {
            return Ok(Self::Rustup);
        }
        if is_nightly(Command::new("rustc").arg("--version")) {
            return Ok(Self::Itself);
        }
        println!("xtask: fuzzing needs a nightly toolchain, and there is none: installing one");
        let install = ["toolchain", "install", "nightly", "--profile", "minimal", "--no-self-update"];
        shell::run(Command::new("rustup").args(install))?;
        if of_rustup() { Ok(Self::Rustup) } else { Err("the nightly toolchain does not run".into()) }
    }

    /// A program that runs with that toolchain.
    fn command(&self, program: &PathBuf) -> Command {
        let mut command = match self {
            Self::Rustup => {
                let mut command = Command::new("rustup");
                command.args(["run", "nightly"]).arg(program);
                command
            }
            Self::Itself => Command::new(program),
        };
        // What the cargo that runs us has set is another toolchain's.
        for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
            command.env_remove(name);
        }
        command.current_dir(root());
        command
    }
}

/// `cargo-fuzz`: in the path, or installed below the target directory, where it stays.
fn find_or_install() -> Result<PathBuf> {
    let works = |path: &PathBuf| {
        Command::new(path).args(["fuzz", "--version"]).output().is_ok_and(|output| output.status.success())
    };
    let in_path = PathBuf::from("cargo-fuzz");
    if works(&in_path) {
        return Ok(in_path);
    }
    let tools = root().join("target/tools");
    let own = tools.join("bin/cargo-fuzz");
    if !works(&own) {
        println!("xtask: installing cargo-fuzz into {}", tools.display());
        shell::run(cargo().args(["install", "cargo-fuzz", "--locked", "--root"]).arg(&tools))?;
    }
    Ok(own)
}
