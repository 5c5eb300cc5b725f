//! The cases once more, as one cargo project each time: findings as warnings, and clippy's opinion of what is generated.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

#[path = "project/recorded.rs"]
mod recorded;

use recorded::Recorded;

/// The folder of this package.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// What cargo did.
#[derive(Debug)]
struct Built {
    is_success: bool,
    messages: Vec<Message>,
    /// How many targets of the project were built or looked at.
    targets: usize,
}

/// What the compiler said of a target.
#[derive(Debug)]
struct Message {
    target: String,
    level: String,
    /// Where the first of the primary spans begins.
    line: u64,
    rendered: String,
}

/// A workspace of cargo below `target/`.
struct Project {
    folder: PathBuf,
    members: Vec<String>,
    // Two builds at once would be no faster, and cargo would lock one of them out.
    _turn: MutexGuard<'static, ()>,
}

impl Project {
    fn new(name: &str) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder, members: Vec::new(), _turn: turn }
    }

    /// A package of the project. `targets` is what follows `[package]` and `[dependencies]`; `name` is that of the
    /// dependency.
    fn package(&mut self, package: &str, edition: &str, name: &str, targets: &str) {
        let own = std::fs::read_to_string(Path::new(HERE).join("Cargo.toml")).unwrap();
        let mut lines = own.lines();
        let features = lines.find(|line| line.starts_with("schemacheck = ")).unwrap();
        let features = features.split_once("features = ").unwrap().1.trim_end_matches(['}', ' ']);
        let root = Path::new(HERE).parent().unwrap();
        let manifest = format!(
            "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = {edition:?}\npublish = false\n\n\
             [dependencies]\n\
             {name} = {{ package = \"schemacheck\", path = {root:?}, features = {features} }}\n\
             chrono = {{ version = \"0.4\", default-features = false }}\n\
             rust_decimal = {{ version = \"1\", default-features = false }}\n\
             serde_json = {{ version = \"1\", features = [\"raw_value\"] }}\n\
             time = {{ version = \"0.3\", default-features = false }}\n\
             uuid = {{ version = \"1\", default-features = false }}\n\n\
             [features]\ndefault = [\"full\"]\nfull = []\n\n{targets}"
        );
        write(&self.folder.join(package).join("Cargo.toml"), &manifest);
        self.members.push(package.to_owned());
    }

    /// Runs cargo on the whole project.
    fn cargo(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Built {
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = {:?}\n\n[profile.dev]\ndebug = 0\n",
            self.members
        );
        write(&self.folder.join("Cargo.toml"), &manifest);
        // The versions that the workspace has: nothing is fetched.
        let lock = std::fs::read_to_string(Path::new(HERE).parent().unwrap().join("Cargo.lock")).unwrap();
        std::fs::write(self.folder.join("Cargo.lock"), lock).unwrap();
        let output = Command::new(env!("CARGO"))
            .current_dir(&self.folder)
            .args(arguments)
            .args(["--offline", "--workspace", "--message-format=json", "--target-dir", "target"])
            .env_remove("SCHEMACHECK_DIR")
            .env_remove("SCHEMACHECK_BUILD")
            .env_remove("RUSTFLAGS")
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let messages: Vec<Message> = lines.lines().filter_map(message).collect();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            stderr.contains("Finished") || !messages.is_empty(),
            "cargo did not come to the cases:\n{stderr}"
        );
        let own = |line: &&str| {
            let value: Value = serde_json::from_str(line).unwrap_or_default();
            let manifest = value["manifest_path"].as_str().unwrap_or_default();
            value["reason"] == "compiler-artifact" && Path::new(manifest).starts_with(&self.folder)
        };
        let targets = lines.lines().filter(own).count();
        Built { is_success: output.status.success(), messages, targets }
    }
}

/// An unchanged file is not written, so that cargo builds nothing again.
fn write(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A line of cargo's, if it is a message of the compiler about a case.
fn message(line: &str) -> Option<Message> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let said = value.get("message").filter(|_| value["reason"] == "compiler-message")?;
    let spans = said["spans"].as_array().unwrap();
    // "3 warnings emitted" and the like.
    let first = spans.iter().find(|span| span["is_primary"] == true)?;
    Some(Message {
        target: text(&value["target"]["name"]),
        level: text(&said["level"]),
        line: first["line_start"].as_u64().unwrap(),
        rendered: text(&said["rendered"]),
    })
}

/// The cases in a folder, as `folder-name` and path, sorted.
fn cases(folder: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![Path::new(HERE).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let parent = folder.file_name().unwrap().to_str().unwrap();
                found.insert(format!("{parent}-{}", path.file_stem().unwrap().to_str().unwrap()), path);
            }
        }
    }
    found
}

fn binaries(cases: &BTreeMap<String, PathBuf>) -> String {
    let mut text = String::new();
    for (name, path) in cases {
        write!(text, "[[bin]]\nname = {name:?}\npath = {path:?}\n\n").unwrap();
    }
    text
}

/// What is never constructed in a case is its own affair.
const UNUSED: &str = "[lints.rust]\ndead_code = \"allow\"\n";

#[test]
fn every_finding_can_be_a_warning() {
    let mut about_findings = cases("fail");
    // Those hold every sort of mistake, and show that no other one follows.
    about_findings.retain(|name, _| !name.starts_with("usable-"));
    let mut recorded: BTreeMap<String, Vec<Recorded>> = BTreeMap::new();
    about_findings.retain(|name, path| {
        let messages = recorded::read(&std::fs::read_to_string(path.with_extension("stderr")).unwrap());
        let with_code = messages.iter().filter(|message| !message.codes.is_empty()).count();
        assert!(
            with_code == 0 || with_code == messages.len(),
            "{name} mixes findings with mistakes in attributes: nobody can build it with warnings"
        );
        recorded.insert(name.clone(), messages);
        with_code > 0
    });
    assert!(about_findings.len() > 15, "{:?}", about_findings.keys());
    let mut project = Project::new("warnings");
    project.package("findings", "2024", "schemacheck", &(binaries(&about_findings) + UNUSED));
    let Built { is_success, messages, targets } =
        project.cargo(&["build", "--keep-going"], &[("SCHEMACHECK_BUILD", "warn")]);
    let errors: Vec<&str> =
        messages.iter().filter(|said| said.level == "error").map(|said| said.rendered.as_str()).collect();
    assert!(
        is_success && errors.is_empty(),
        "errors in spite of SCHEMACHECK_BUILD=warn:\n{}",
        errors.join("\n")
    );
    assert_eq!(targets, about_findings.len());
    let mut lost = Vec::new();
    for name in about_findings.keys() {
        for message in &recorded[name] {
            let warned = messages.iter().filter(|said| said.target == *name);
            let here: Vec<&Message> = warned.filter(|said| message.lines.contains(&said.line)).collect();
            for said in message.phrases() {
                if !here.iter().any(|warning| warning.rendered.contains(&said)) {
                    lost.push(format!("{name}:{:?}: {said}", message.lines));
                }
            }
        }
    }
    assert!(lost.is_empty(), "no warning says:\n{}\n\nof\n{messages:#?}", lost.join("\n"));
}

#[test]
fn no_lint_of_clippy_fires_in_the_crate_of_a_user() {
    let mut project = Project::new("lints");
    for edition in ["2021", "2024"] {
        project.package(
            &format!("pass-{edition}"),
            edition,
            "schemacheck",
            &(binaries(&cases("pass")) + UNUSED),
        );
        // As the main file of a library, in which what nobody uses would be reported.
        for (name, path) in cases("pass").iter().filter(|(name, _)| name.contains("hygiene")) {
            let library = format!("[lib]\npath = {path:?}\n");
            project.package(&format!("{name}-{edition}"), edition, "schemacheck", &library);
        }
        let renamed = Path::new(HERE).join("renamed/models.rs");
        let library = format!("[lib]\npath = {renamed:?}\n");
        project.package(&format!("renamed-{edition}"), edition, "renamed", &library);
    }
    let Built { is_success, messages, targets } = project.cargo(&["clippy", "--keep-going"], &[]);
    let said: Vec<&str> = messages.iter().map(|message| message.rendered.as_str()).collect();
    assert!(is_success && said.is_empty(), "{} messages:\n{}", said.len(), said.join("\n"));
    let hygienic = cases("pass").keys().filter(|name| name.contains("hygiene")).count();
    assert_eq!(targets, 2 * (cases("pass").len() + hygienic + 1));
}

/// The codes that the comments of a case expect, and those that the compiler named, by their lines. A comment names a
/// code as often as there are messages.
fn expected_and_said(source: &Path, messages: &[Message], level: &str) -> [Vec<(u64, String)>; 2] {
    let text = std::fs::read_to_string(source).unwrap();
    let codes = |(at, line): (usize, &str)| -> Vec<(u64, String)> {
        let comment = line.split_once("// ").filter(|(before, _)| !before.is_empty());
        let words = comment.map_or("", |(_, comment)| comment).split_whitespace();
        words.map(|code| (at as u64 + 1, code.to_owned())).collect()
    };
    let mut expected: Vec<(u64, String)> = text.lines().enumerate().flat_map(codes).collect();
    let name = source.file_stem().unwrap().to_str().unwrap();
    let of_case = messages.iter().filter(|said| said.target == format!("levels-{name}"));
    let mut said: Vec<(u64, String)> = Vec::new();
    for message in of_case {
        assert_eq!(message.level, level, "{}", message.rendered);
        let codes = recorded::codes(&message.rendered);
        assert!(!codes.is_empty(), "{}", message.rendered);
        said.extend(codes.into_iter().map(|code| (message.line, code)));
    }
    expected.sort();
    said.sort();
    [expected, said]
}

#[test]
fn a_level_in_an_attribute_decides_on_each_code() {
    let cases = cases("levels");
    let mut project = Project::new("levels");
    project.package("levels", "2024", "schemacheck", &(binaries(&cases) + UNUSED));
    let Built { messages, targets, .. } = project.cargo(&["build", "--keep-going"], &[]);
    assert_eq!(targets, 1, "the case that warns is built, the case that denies is not");
    for (name, level) in [("warn", "warning"), ("deny", "error")] {
        let [expected, said] = expected_and_said(&cases[&format!("levels-{name}")], &messages, level);
        assert!(!expected.is_empty());
        assert_eq!(expected, said, "{name}");
    }
}
