//! The verdict of the build: the services, checked by cargo against the snapshot of the changed database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::Client;
use schemacheck::Code;
use schemacheck_core::snapshot::to_files;
use schemacheck_runtime::introspect::snapshot::{Scope, read};

use crate::start::Verdicts;

/// The folder of each service, and its crate.
const SERVICES: &[(&str, &str)] = &[
    ("diesel", "service_diesel"),
    ("sea-orm", "service_sea_orm"),
    ("sqlx", "service_sqlx"),
    ("tokio-postgres", "service_tokio_postgres"),
];

/// Takes a snapshot of the database, builds the services against it, and tells which models have errors.
pub(crate) fn verdicts(client: &mut Client) -> Verdicts {
    let (_, catalog) = read(client, &Scope::default()).expect("the catalog can be read");
    let snapshot = tempfile::tempdir().expect("a folder can be made");
    for (path, text) in to_files(&catalog) {
        let path = snapshot.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
    let output = cargo(snapshot.path()).output().expect("cargo runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let mut verdicts = Verdicts::new();
    let mut places = Places::default();
    for line in stdout.lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("cargo prints JSON");
        let message = &message["message"];
        if message["level"] != "error" {
            continue;
        }
        let rendered = message["rendered"].as_str().unwrap_or_default();
        let codes: Vec<Code> =
            Code::ALL.iter().copied().filter(|code| rendered.contains(&explain(*code))).collect();
        let spans = message["spans"].as_array().into_iter().flatten();
        let Some(span) = spans.into_iter().find(|span| span["is_primary"] == true) else {
            // The count of errors at the end.
            assert!(codes.is_empty(), "an error without a place:\n{rendered}");
            continue;
        };
        assert!(!codes.is_empty(), "an error that is none of schemacheck:\n{rendered}");
        let (file, line) = (span["file_name"].as_str().expect("a file"), span["line_start"].as_u64());
        let model = places.model(Path::new(file), line.expect("a line"));
        verdicts.entry(model).or_default().extend(codes);
    }
    assert_eq!(output.status.success(), verdicts.is_empty(), "cargo failed:\n{stderr}");
    verdicts
}

/// What an error of a code ends with.
fn explain(code: Code) -> String {
    format!("`cargo schemacheck explain {}`", code.id())
}

/// Checks the four libraries, in a target directory of their own: the variable must not touch other builds.
fn cargo(snapshot: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(["check", "--quiet", "--lib", "--keep-going", "--message-format=json"]);
    for (folder, _) in SERVICES {
        command.args(["--package", &format!("service-{folder}")]);
    }
    for name in ["SCHEMACHECK_BUILD", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
        command.env_remove(name);
    }
    command.env("CARGO_TARGET_DIR", root().join("target/tests/services")).env("SCHEMACHECK_DIR", snapshot);
    // The services are checked again and again: it halves the time.
    command.env("CARGO_INCREMENTAL", "1");
    command
}

/// The root of the workspace.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3);
    root.expect("the package lies in the workspace").to_owned()
}

/// Where the models of the sources begin.
#[derive(Default)]
struct Places {
    files: BTreeMap<PathBuf, Vec<(u64, String)>>,
}

impl Places {
    /// The Rust path of the model at a line of a file.
    fn model(&mut self, file: &Path, line: u64) -> String {
        let models = self.files.entry(file.to_owned()).or_insert_with(|| scan(file));
        let model = models.iter().rev().find(|(begin, _)| *begin <= line);
        model.unwrap_or_else(|| panic!("no model at {}:{line}", file.display())).1.clone()
    }
}

/// Each model of a file: the line of its derive, which stands first, and its Rust path.
fn scan(file: &Path) -> Vec<(u64, String)> {
    let inside = file.strip_prefix("examples/services").expect("an error in a service");
    let (_, package) = SERVICES.iter().find(|(folder, _)| inside.starts_with(folder)).expect("a service");
    let modules =
        inside.components().skip(2).map(|part| part.as_os_str().to_string_lossy().replace(".rs", ""));
    let path = std::iter::once((*package).to_owned()).chain(modules).collect::<Vec<_>>().join("::");
    let source = std::fs::read_to_string(root().join(file)).expect("the source can be read");
    // Those within a `macro_rules!` are indented: an error there has no place, and is seen.
    let lines: Vec<&str> = source.lines().collect();
    let begins = lines.iter().enumerate().filter(|(_, line)| line.starts_with("#[derive(schemacheck::"));
    let models = begins.map(|(begin, _)| {
        let name = lines[begin..].iter().find_map(|line| {
            let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
        });
        (begin as u64 + 1, format!("{path}::{}", name.expect("a model has a name")))
    });
    models.collect()
}
