//! Builds the user's program with the user's own settings, and finds out what cargo made.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::artifact::{self, Artifact, Records};
use crate::directory::cargo;
use crate::error::{Error, Result};
use crate::report;

/// What a build came to.
pub(crate) enum Built {
    /// The records of everything that was built, and the files that hold some.
    Records(Records, Vec<Artifact>),
    /// It failed, and the compiler's errors were printed; whether errors of ours were among them.
    Failed { ours: bool },
}

/// Runs `cargo build` and reads the records of executables, cdylibs and dylibs; rlibs only of packages without any.
pub(crate) fn run(arguments: &[String]) -> Result<Built> {
    report::progress("building the program");
    let mut child = Command::new(cargo())
        .arg("build")
        .arg("--message-format=json-diagnostic-rendered-ansi")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Error::because("cannot run cargo", &error))?;
    let stdout = child.stdout.take().ok_or_else(|| Error::new("cargo has no output"))?;
    let mut ours = false;
    let mut artifacts: BTreeMap<String, Artifacts> = BTreeMap::new();
    for line in BufReader::new(stdout).lines() {
        let line = line.map_err(|error| Error::because("cannot read cargo's output", &error))?;
        let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
        match message["reason"].as_str() {
            Some("compiler-message") => {
                let rendered = message["message"]["rendered"].as_str().unwrap_or_default();
                ours |= message["message"]["level"] == "error" && is_ours(rendered);
                report::pass_on(rendered);
            }
            Some("compiler-artifact") => {
                let package = message["package_id"].as_str().unwrap_or_default().to_owned();
                artifacts.entry(package).or_default().add(&message);
            }
            _ => {}
        }
    }
    let status = child.wait().map_err(|error| Error::because("cannot wait for cargo", &error))?;
    if !status.success() {
        return Ok(Built::Failed { ours });
    }
    let (mut records, mut read) = (Records::default(), Vec::new());
    for found in artifacts.into_values() {
        let linked = !found.linked.is_empty();
        for path in if linked { &found.linked } else { &found.rlibs } {
            let found = artifact::of_file(path)?.unwrap_or_default();
            if !found.manifests.is_empty() {
                read.push(Artifact::new(path, &found.manifests));
            }
            records.extend(found);
        }
    }
    Ok(Built::Records(artifact::merge(records), read))
}

/// Whether a compiler error is a finding: each ends in a note that names its page.
fn is_ours(rendered: &str) -> bool {
    rendered.contains("cargo schemacheck explain ")
}

/// The files of one package.
#[derive(Debug, Default)]
struct Artifacts {
    linked: Vec<PathBuf>,
    rlibs: Vec<PathBuf>,
}

impl Artifacts {
    fn add(&mut self, message: &Value) {
        let kinds: Vec<&str> =
            message["target"]["kind"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // Tests have models of their own; proc macros and build scripts run elsewhere.
        if message["profile"]["test"] == true
            || kinds.iter().any(|kind| ["test", "bench", "proc-macro", "custom-build"].contains(kind))
        {
            return;
        }
        self.linked.extend(message["executable"].as_str().map(PathBuf::from));
        for file in message["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let path = PathBuf::from(file);
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("so" | "dylib" | "dll")
                    if kinds.iter().any(|kind| ["cdylib", "dylib"].contains(kind)) =>
                {
                    self.linked.push(path)
                }
                Some("rlib") => self.rlibs.push(path),
                _ => {}
            }
        }
    }
}
