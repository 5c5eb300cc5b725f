//! The generated package: what the compiler, the guard and the command line say of its models.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use schemacheck_core::Catalog;

use super::models::{self, Twist};
use super::snapshots::tool;
use super::suite::Suite;
use super::{alarms, clean, failed, output, report, say, target};
use crate::shell::{Result, cargo, root};

/// A package of its own with the models.
pub(super) struct Package<'a> {
    folder: PathBuf,
    snapshot: &'a Path,
}

/// Verifies the database that the models were made for.
const MAIN: &str = r#"
fn main() {
    let url = std::env::args().nth(1).expect("a URL");
    let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("a connection");
    match schemacheck::Guard::new().strict().verify(&mut client) {
        Ok(verified) if verified.findings().is_empty() => println!("{verified}"),
        Ok(verified) => panic!("{:?}", verified.findings()),
        Err(report) => panic!("{report:?}"),
    }
}
"#;

impl<'a> Package<'a> {
    pub(super) fn new(folder: &Path, snapshot: &'a Path) -> Result<Self> {
        let package = Self { folder: folder.join("models"), snapshot };
        package.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"regress-models\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
                 [workspace]\n\n[dependencies]\nschemacheck = {{ path = {:?}, features = {:?} }}\n{}",
                root(),
                models::features(),
                models::DEPENDENCIES
            ),
        )?;
        // The versions that the workspace is tested with.
        let lock = root().join("Cargo.lock");
        package.write("Cargo.lock", &fs::read_to_string(&lock).map_err(failed("read", &lock))?)?;
        Ok(package)
    }

    fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed("create", parent))?;
        }
        fs::write(&path, text).map_err(failed("write", &path))
    }

    /// Builds the models of the catalog, right and wrong; returns the program with the right ones.
    pub(super) fn judge(&self, catalog: &Catalog, suite: &Suite) -> Result<PathBuf> {
        let right = models::write(catalog, Twist::Nothing, MAIN);
        self.write("src/main.rs", &right.text)?;
        let counts = &right.counts;
        say(&format!(
            "models: {} and {} enums; {} columns judged by type, {} by name only; {} in `Option`",
            counts.models, counts.enums, counts.by_type, counts.by_name, counts.options
        ));
        self.expect("build", "regress-models", &[])?;
        say("the models compile without a word");

        let program = target().join("debug/regress-models");
        let mut command = Command::new(&program);
        clean(&mut command);
        say(&format!("guard: {}", output(command.arg(suite.url()))?.trim()));
        let manifest = self.folder.join("models.json");
        let mut command = tool(suite, self.snapshot, &["manifest", "--format", "json", "--artifact"]);
        fs::write(&manifest, output(command.arg(&program))?).map_err(failed("write", &manifest))?;
        for (arguments, file) in [
            (&["verify", "--strict", "--artifact"][..], &program),
            (&["verify", "--strict", "--manifest"], &manifest),
            (&["check", "--artifact"], &program),
        ] {
            let said = output(tool(suite, self.snapshot, arguments).arg(file))?;
            report(&format!("`cargo schemacheck {}` finds something", arguments.join(" ")), &alarms(&said))?;
            say(&format!("{}: {}", arguments.join(" "), said.lines().last().unwrap_or_default()));
        }

        for (twist, name, what) in [
            (Twist::Types, "wrong-types", "a type that holds no column"),
            (Twist::Null, "no-option", "no `Option`"),
            (Twist::Column, "one-more", "a column more"),
        ] {
            let wrong = models::write(catalog, twist, "fn main() {}\n");
            self.write(&format!("src/bin/{name}.rs"), &wrong.text)?;
            self.expect("check", name, &wrong.mistakes)?;
            say(&format!("the compiler underlines all {} fields with {what}", wrong.mistakes.len()));
        }
        Ok(program)
    }

    /// Builds one of the programs: the compiler says something of these lines, and of no others.
    fn expect(&self, command: &str, program: &str, lines: &[usize]) -> Result<()> {
        let mut cargo = cargo();
        clean(&mut cargo);
        cargo.args([command, "--quiet", "--message-format=json", "--bin", program]).current_dir(&self.folder);
        cargo.arg("--target-dir").arg(target()).env("SCHEMACHECK_DIR", self.snapshot);
        let output = cargo.output().map_err(|error| format!("cannot run {cargo:?}: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut said: BTreeMap<usize, String> = BTreeMap::new();
        let mut elsewhere = Vec::new();
        for message in text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()) {
            let message = &message["message"];
            let spans = message["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
            let place = spans.iter().find(|span| span["is_primary"] == true);
            let line = place.and_then(|span| span["line_start"].as_u64());
            let rendered = message["rendered"].as_str().unwrap_or_default();
            match line.and_then(|line| usize::try_from(line).ok()) {
                Some(line) if message["level"] == "error" && !lines.is_empty() => {
                    said.entry(line).or_default().push_str(rendered);
                }
                Some(_) => elsewhere.push(rendered.to_owned()),
                // What only counts the others.
                None => {}
            }
        }
        if output.status.success() != lines.is_empty() && elsewhere.is_empty() && said.is_empty() {
            return Err(format!(
                "cargo {command} of `{program}` ended with {}:\n{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        let expected: BTreeSet<usize> = lines.iter().copied().collect();
        let mut wrong = elsewhere;
        wrong.extend(said.iter().filter(|(line, _)| !expected.contains(line)).map(|(_, text)| text.clone()));
        let silent = expected.iter().filter(|line| !said.contains_key(line));
        wrong.extend(silent.map(|line| format!("nothing is said of line {line} of `{program}`")));
        report("the compiler does not say what it has to", &wrong)
    }
}
