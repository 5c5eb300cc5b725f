//! What cannot be printed: a full disk, or a reader that has gone.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use crate::support::{Project, SCHEMA, database};

const RECORDS: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users",
    "columns": [{"column": "nickname", "field": "nickname", "line": 2, "type": "String"}]}]"#;

#[cfg(target_os = "linux")]
#[test]
fn output_that_nobody_gets_is_not_fine() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    let url = database.url();
    project.write("m.json", RECORDS);
    project.write("Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    project.write("src/lib.rs", "");
    project.snapshot(&database);
    project.tool(&["init"]).expect(0, &[]);
    let check: &[&str] = &["check", "--manifest", "m.json"];
    let verify: &[&str] = &["verify", "--manifest", "m.json", "--database-url", &url];
    let manifest: &[&str] = &["manifest", "--manifest", "m.json"];
    let agrees: &[&str] = &["snapshot", "--check", "--database-url", &url];
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["help", "verify"],
        &["snapshot", "--help"],
        &["explain"],
        &["explain", "missing-column"],
        &["completions", "bash"],
        &["man"],
        &["man", "verify"],
        &["init"],
        &["snapshot", "--database-url", &url],
        agrees,
        &[agrees, &["--format", "json"]].concat(),
        manifest,
        &[manifest, &["--format", "json"]].concat(),
        check,
        &[check, &["--format", "json"]].concat(),
        verify,
        &[verify, &["--format", "json"]].concat(),
    ] {
        let command = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-schemacheck"));
            command.args(arguments).current_dir(project.path()).env_remove("SCHEMACHECK_DIR");
            command
        };
        let plain = command().output().unwrap();
        assert_eq!(plain.status.code(), Some(0), "{arguments:?}: {plain:?}");
        assert!(!plain.stdout.is_empty(), "{arguments:?}");

        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = command().stdout(full).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(
            said.contains("error: cannot write to standard output: No space left"),
            "{arguments:?}: {said}"
        );

        // A pipe whose reader has gone.
        let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
        let pipe = reader.stdin.take().unwrap();
        reader.wait().unwrap();
        let ran = command().stdout(pipe).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(
            said.contains("error: cannot write to standard output: Broken pipe"),
            "{arguments:?}: {said}"
        );
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

/// A warning that nobody gets is lost as well; and an error keeps its status.
#[cfg(target_os = "linux")]
#[test]
fn remarks_that_nobody_gets_are_not_fine() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.snapshot(&database);
    project.write("m.json", RECORDS);
    let run = |arguments: &[&str]| {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-schemacheck"));
        let command = command.args(arguments).current_dir(project.path()).env_remove("SCHEMACHECK_DIR");
        command.stderr(full).output().unwrap().status.code()
    };
    assert_eq!(run(&["check", "--manifest", "m.json"]), Some(0));
    // It says that models of another database were not looked at.
    let other = RECORDS.replace("\"relation\"", "\"database\": \"billing\", \"relation\"");
    project.write("m.json", &format!("{}, {}", RECORDS.trim_end_matches(']'), other.trim_start_matches('[')));
    project.tool(&["check", "--manifest", "m.json"]).expect(0, &["billing"]);
    assert_eq!(run(&["check", "--manifest", "m.json"]), Some(2));
    assert_eq!(run(&["chekc"]), Some(2));
    assert_eq!(run(&["explain", "nothing"]), Some(2));
}
