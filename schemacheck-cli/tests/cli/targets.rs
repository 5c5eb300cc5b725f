//! Builds for other systems: their records are read without a machine that could run them.
//!
//! `cargo xtask test` installs the targets with rustup where it can. A target that is not there is named on standard
//! error; its formats are tested in `src/artifact/tests.rs` all the same.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{MAIN, Project, SCHEMA, database, manifest, one_at_a_time};

/// Whether this compiler can build for a target; says so aloud if it cannot.
fn installed(target: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output().unwrap();
    let libraries = PathBuf::from(String::from_utf8(asked.stdout).unwrap().trim());
    let is_std =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libstd-"));
    let there = std::fs::read_dir(libraries)
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| is_std(&entry.path()))));
    if !there {
        let text = format!(
            "NOT TESTED: the target `{target}` is not installed, so nothing was built for it (`rustup target add {target}`)\n"
        );
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
    there
}

/// A library with the models of [`MAIN`], and the snapshot that they need.
fn library(kind: &str) -> Project {
    let project = Project::empty();
    let toml = manifest("foreign", "edition = \"2021\"", "") + &format!("\n[lib]\ncrate-type = [{kind:?}]\n");
    project.write("Cargo.toml", &toml);
    project.write("src/lib.rs", MAIN.split("fn main()").next().unwrap());
    project.snapshot(&database(SCHEMA));
    project
}

/// What cargo built for a target.
fn built(project: &Project, target: &str, file: &str) -> PathBuf {
    project.cargo(&["build", "--target", target]).expect(0, &[]);
    project.executable(file).ancestors().nth(2).unwrap().join(target).join("debug").join(file)
}

#[test]
fn the_records_of_an_rlib_for_another_system_are_those_of_this_one() {
    let _turn = one_at_a_time();
    let project = library("lib");
    project.cargo(&["build"]).expect(0, &[]);
    let manifest = |artifact: PathBuf| {
        let ran = project.tool(&["manifest", "--format", "json", "--artifact", artifact.to_str().unwrap()]);
        ran.expect(0, &["foreign::User", "foreign::Mood"]);
        ran.json()
    };
    let own = manifest(project.executable("libforeign.rlib"));
    assert_eq!(own["manifests"].as_array().unwrap().len(), 2);
    for target in ["aarch64-apple-darwin", "x86_64-pc-windows-gnu"] {
        if installed(target) {
            assert_eq!(manifest(built(&project, target, "libforeign.rlib")), own, "{target}");
        }
    }
}

/// There they would publish the schema to everybody who loads the page.
#[test]
fn wasm_holds_no_records() {
    let _turn = one_at_a_time();
    let target = "wasm32-unknown-unknown";
    let magic = schemacheck_core::record::MAGIC;
    // The mark of a record, or a column's name from the record's body or from the snapshot.
    let holds = |file: &Path| {
        let bytes = std::fs::read(file).unwrap();
        let has = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
        has(&magic) || has(b"nickname")
    };
    let project = library("cdylib");
    project.cargo(&["build"]).expect(0, &[]);
    assert!(holds(&project.executable("libforeign.so")));
    if installed(target) {
        let module = built(&project, target, "foreign.wasm");
        assert!(!holds(&module));
        let ran = project.tool(&["manifest", "--artifact", module.to_str().unwrap()]);
        ran.expect(2, &["foreign.wasm` is not an executable, shared library or rlib"]);
    }
    let project = library("lib");
    if installed(target) {
        let rlib = built(&project, target, "libforeign.rlib");
        let ran = project.tool(&["manifest", "--artifact", rlib.to_str().unwrap()]);
        ran.expect(2, &["libforeign.rlib` holds no models"]);
        // The build is checked all the same.
        let wrong = MAIN.replace("nickname: Option<String>", "nickname: Option<i32>");
        project.write("src/lib.rs", wrong.split("fn main()").next().unwrap());
        let said = ["column `public.users.nickname` is `text`", "Option<i32>"];
        project.cargo(&["build", "--target", target]).expect(101, &said);
    }
}

/// GNU's linker for Windows takes away what nothing refers to. Models that are only derived have to outlive it.
#[test]
fn a_linked_windows_program_holds_its_records() {
    let _turn = one_at_a_time();
    let (target, linker) = ("x86_64-pc-windows-gnu", "x86_64-w64-mingw32-gcc");
    if !installed(target) {
        return;
    }
    if Command::new(linker).arg("--version").output().is_err() {
        let text = format!("NOT TESTED: there is no `{linker}`, so no program was linked for `{target}`\n");
        return std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
    let project = Project::empty();
    project.write("Cargo.toml", "[workspace]\nmembers = [\"models\", \"service\"]\nresolver = \"2\"\n[profile.release]\nlto = \"fat\"\nstrip = true\n");
    project.write("models/Cargo.toml", &manifest("models", "edition = \"2021\"", ""));
    let post = "#![forbid(unsafe_code)]\n#[derive(schemacheck::Model)]\n#[schemacheck(table = \"posts\")]\npub struct Post { pub id: i64 }\n";
    project.write("models/src/lib.rs", post);
    let service = manifest("service", "edition = \"2021\"", "models = { path = \"../models\" }");
    project.write("service/Cargo.toml", &service);
    project.write("service/src/main.rs", &format!("use models as _;\n{MAIN}"));
    project.snapshot(&database(SCHEMA));
    for (profile, folder) in [("dev", "debug"), ("release", "release")] {
        let linking = [("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", linker)];
        project.cargo_with(&["build", "--target", target, "--profile", profile], &linking).expect(0, &[]);
        let program = project.executable("x").ancestors().nth(2).unwrap().join(target).join(folder);
        let ran = project.tool(&["manifest", "--artifact", program.join("service.exe").to_str().unwrap()]);
        ran.expect(0, &["models::Post", "service::User", "service::Mood"]);
    }
}
