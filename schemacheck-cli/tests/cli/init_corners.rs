//! `init` in projects that are not like the others: optional libraries, submodules, links, shared and odd files.

use crate::init::{committed, git, package};
use crate::support::Project;

const POST: &str = "#[derive(sqlx::FromRow)]\npub struct Post {\n    pub id: i64,\n}\n";

#[test]
fn a_library_that_a_feature_turns_on_stays_optional() {
    let row =
        "#[cfg_attr(feature = \"ssr\", derive(sqlx::FromRow))]\npub struct Post {\n    pub id: i64,\n}\n";
    let manifest = |features: &str| {
        format!(
            "{}\n[features]\ndefault = []\nssr = [{features}]\n",
            package("app", "sqlx = { version = \"0.9\", optional = true }\nuuid = \"1\"\n")
        )
    };
    let version = env!("CARGO_PKG_VERSION");

    // All derives are for the server, and so is the crate.
    let project = committed(&[("Cargo.toml", &manifest("\"dep:sqlx\"")), ("src/lib.rs", row)]);
    project.tool(&["init", "--write"]).expect(0, &["1 struct in 2 files; the dependency for `app`"]);
    let after = project.read("Cargo.toml");
    assert!(after.contains("ssr = [\"dep:sqlx\", \"dep:schemacheck\"]\n"), "{after}");
    let line = format!(
        "schemacheck = {{ version = \"{version}\", optional = true, features = [\"serde_json\", \"sqlx\", \"uuid\"] }}\n"
    );
    assert!(after.contains(&line), "{after}");
    assert!(
        project
            .read("src/lib.rs")
            .starts_with("#[cfg_attr(feature = \"ssr\", derive(schemacheck::Model))]\n"),
    );
    project.tool(&["init"]).expect(0, &["nothing to add\n"]);

    // One that is always there keeps the crate, and what it knows of the library comes with the library.
    let project = committed(&[
        ("Cargo.toml", &manifest("\"sqlx\"")),
        (
            "src/lib.rs",
            &format!("{row}#[schemacheck(table = \"users\")]\npub struct User {{\n    pub id: i64,\n}}\n"),
        ),
    ]);
    project.tool(&["init", "--write"]).expect(0, &["2 structs in 2 files"]);
    let after = project.read("Cargo.toml");
    assert!(after.contains("ssr = [\"sqlx\"]\n"), "{after}");
    assert!(
        after.contains("sqlx = [\"dep:sqlx\", \"schemacheck/serde_json\", \"schemacheck/sqlx\"]\n"),
        "{after}"
    );
    assert!(
        after.contains(&format!("schemacheck = {{ version = \"{version}\", features = [\"uuid\"] }}\n")),
        "{after}"
    );
    project.tool(&["init"]).expect(0, &["nothing to add\n"]);
}

#[test]
fn a_library_of_some_systems_is_said() {
    let manifest = format!(
        "{}\n[target.'cfg(not(target_arch = \"wasm32\"))'.dependencies]\nsqlx = \"0.9\"\n",
        package("app", "")
    );
    let project = committed(&[("Cargo.toml", &manifest), ("src/lib.rs", POST)]);
    project.tool(&["init", "--write"]).expect(
        0,
        &[
            "the dependency for `app`",
            "  Cargo.toml\n    has `sqlx` on some systems only: name `schemacheck` in the same table, with the features \
             `serde_json`, `sqlx`",
        ],
    );
    assert!(
        project.read("Cargo.toml").contains("[dependencies]\nschemacheck = \""),
        "{}",
        project.read("Cargo.toml")
    );
}

#[test]
fn a_workspace_that_turns_the_defaults_off_gets_the_derives() {
    let root = "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n\n[workspace.dependencies]\n\
                schemacheck = { version = \"0.1\", default-features = false }\nsqlx = \"0.9\"\n";
    let project = committed(&[
        ("Cargo.toml", root),
        (
            "app/Cargo.toml",
            &package("app", "sqlx = { workspace = true, default-features = false }\n")
                .replace(", default-features = false", ""),
        ),
        ("app/src/lib.rs", POST),
    ]);
    project.tool(&["init", "--write"]).expect(0, &["1 struct in 2 files"]);
    assert_eq!(project.read("Cargo.toml"), root);
    let after = project.read("app/Cargo.toml");
    assert!(
        after.contains(
            "schemacheck = { workspace = true, features = [\"serde_json\", \"sqlx\", \"derive\"] }\n"
        ),
        "{after}"
    );
}

#[test]
fn one_crate_from_two_places_is_refused() {
    let manifest = format!(
        "{}\n[dev-dependencies]\nschemacheck = {{ path = \"sc\" }}\n",
        package("app", "sqlx = \"0.9\"\n")
    );
    let project = committed(&[
        ("Cargo.toml", &manifest),
        ("src/lib.rs", POST),
        ("sc/Cargo.toml", &package("schemacheck", "")),
        ("sc/src/lib.rs", ""),
    ]);
    project.tool(&["init"]).expect(
        2,
        &[
            "`Cargo.toml` has `schemacheck` with a source of its own in `[dev-dependencies]`",
            "name the same one in `[dependencies]`",
        ],
    );
}

#[test]
fn words_without_a_derive_get_one() {
    let text = "use schemacheck::Model as Checked;\n#[derive(Checked)]\n#[schemacheck(table = \"users\")]\nstruct User {\n    id: i64,\n}\n\
                #[schemacheck(table = \"posts\")]\n#[derive(sqlx::FromRow)]\nstruct Row {\n    id: i64,\n}\n";
    let project = committed(&[
        ("Cargo.toml", &package("app", "sqlx = \"0.9\"\nschemacheck = \"0.1\"\n")),
        ("src/lib.rs", text),
    ]);
    project
        .tool(&["init", "--write"])
        .expect(0, &["1 struct in 2 files", "1 item has a derive of schemacheck already"]);
    assert_eq!(
        project.read("src/lib.rs"),
        text.replace("#[derive(sqlx", "#[derive(schemacheck::Model)]\n#[derive(sqlx")
    );
}

#[test]
fn modules_are_found_in_macros_and_by_include() {
    let project = committed(&[
        ("Cargo.toml", &package("app", "sqlx = \"0.9\"\n")),
        ("src/lib.rs", "cfg_if::cfg_if! { if #[cfg(unix)] { mod posts; } }\ninclude!(\"users.rs\");\n"),
        ("src/posts.rs", POST),
        ("src/users.rs", "#[derive(sqlx::FromRow)]\npub struct User {\n    pub email: String,\n}\n"),
    ]);
    let ran = project.tool(&["init", "--write"]);
    ran.expect(0, &["2 structs in 3 files"]);
    assert!(!ran.stdout.contains("skipped"), "{}", ran.all());
}

#[test]
fn a_file_of_two_packages_is_changed_once() {
    let with_root = package("outer", "sqlx = \"0.9\"\n") + "\n[workspace]\nmembers = [\"inner\"]\n";
    let project = committed(&[
        ("Cargo.toml", &with_root),
        ("src/lib.rs", "#[path = \"../inner/src/rows.rs\"]\nmod rows;\n"),
        ("inner/Cargo.toml", &package("inner", "sqlx = \"0.9\"\n")),
        ("inner/src/lib.rs", "mod rows;\n"),
        ("inner/src/rows.rs", POST),
    ]);
    project
        .tool(&["init", "--write"])
        .expect(0, &["1 struct in 3 files; the dependency for `outer`, `inner`"]);
    let after = project.read("inner/src/rows.rs");
    assert_eq!(after.matches("schemacheck::Model").count(), 1, "{after}");
}

#[test]
fn a_deep_expression_and_odd_characters_are_read() {
    let sum = vec!["1"; 20_000].join(" + ");
    let text = format!(
        "\u{feff}// \u{c} \u{202e} a\n{POST}\u{c}\nfn f() -> i64 {{\n    {sum}\n}}\nconst S: &str = \"\u{202e}\u{feff}\";\n"
    );
    let project = committed(&[("Cargo.toml", &package("app", "sqlx = \"0.9\"\n")), ("src/lib.rs", &text)]);
    let dry = project.tool(&["init"]);
    dry.expect(0, &["would add derives to 1 struct"]);
    // What is printed for a file is what the file holds.
    project.write("target/init.diff", &dry.stdout);
    git(&project, &["apply", "target/init.diff"]);
    let applied = project.read("src/lib.rs");
    git(&project, &["checkout", "-q", "."]);
    project.tool(&["init", "--write"]).expect(0, &["added derives"]);
    assert_eq!(project.read("src/lib.rs"), applied);
}

#[test]
fn what_git_does_not_hold_and_what_a_submodule_holds_is_told_apart() {
    let project = committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"app\", \"sub\"]\nresolver = \"2\"\n"),
        (".gitignore", "/target\n/app/src/made\n"),
        ("app/Cargo.toml", &package("app", "sqlx = \"0.9\"\n")),
        ("app/src/lib.rs", "mod made;\n"),
    ]);
    let files = [("Cargo.toml", package("sub", "sqlx = \"0.9\"\n")), ("src/lib.rs", POST.to_owned())];
    for (path, text) in &files {
        project.write(&format!("sub/{path}"), text);
    }
    project.write("app/src/made/mod.rs", POST);
    let sub = project.path().join("sub");
    let in_sub = |arguments: &[&str]| {
        let arguments = [&["-C", sub.to_str().unwrap()], arguments].concat();
        git(&project, &arguments);
    };
    in_sub(&["init", "-q"]);
    in_sub(&["add", "-A"]);
    in_sub(&["commit", "-q", "-m", "first"]);
    // As if it were a submodule: the repository around knows of it, and of nothing in it.
    git(&project, &["add", "sub"]);
    git(&project, &["commit", "-q", "-m", "sub"]);
    project.write("sub/src/lib.rs", &format!("{POST}// More.\n"));
    project.tool(&["init", "--write"]).expect(
        2,
        &["git does not hold `app/src/made/mod.rs`, and holds other changes than these of `sub/src/lib.rs`"],
    );
    project
        .tool(&["init", "--write", "sub"])
        .expect(2, &["`sub/src/lib.rs` has changes that are not committed"]);
    project.tool(&["init", "--write", "app"]).expect(2, &["git does not hold `app/src/made/mod.rs`"]);
    project.write("sub/src/lib.rs", POST);
    project.tool(&["init", "--write", "sub"]).expect(0, &["added derives to 1 struct"]);
}

#[cfg(unix)]
#[test]
fn a_manifest_that_is_a_link_stays_one() {
    let manifest = package("app", "sqlx = \"0.9\"\n");
    let project: Project =
        committed(&[("real.toml", &manifest), ("Cargo.toml", &manifest), ("src/lib.rs", POST)]);
    std::fs::remove_file(project.path().join("Cargo.toml")).unwrap();
    std::os::unix::fs::symlink("real.toml", project.path().join("Cargo.toml")).unwrap();
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-q", "-m", "link"]);
    project.tool(&["init", "--write"]).expect(0, &["1 struct in 2 files"]);
    assert!(project.path().join("Cargo.toml").is_symlink());
    assert!(project.read("real.toml").contains("schemacheck"));
}
