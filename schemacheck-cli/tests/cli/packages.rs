//! Which snapshot a package is checked against: its own, that of its workspace, and nobody else's.
#![cfg(unix)]

use std::path::{Path, PathBuf};

use crate::init::git;
use crate::support::{Project, Ran, database, manifest, one_at_a_time};

/// A model that a snapshot of `EMAIL` has and one of `OTHER` lacks.
const MODEL: &str = "#[derive(schemacheck::Model)]\n#[schemacheck(table = \"users\")]\npub struct User { pub email: String }\n";
const EMAIL: &str = "CREATE TABLE users (email text NOT NULL)";
const OTHER: &str = "CREATE TABLE users (iban text NOT NULL)";
const MISSING: &str = "cannot find column `email` in table `public.users`";

/// Takes a snapshot of a database with this schema into a directory of the project.
#[track_caller]
fn snapshot(project: &Project, directory: &str, schema: &str) {
    let (database, directory) = (database(schema), project.path().join(directory));
    let environment = [("SCHEMACHECK_DIR", directory.to_str().unwrap())];
    project.tool_with(&["snapshot", "--database-url", &database.url()], &environment).expect(0, &[]);
}

/// A workspace with these members.
fn workspace(members: &[&str]) -> Project {
    let project = Project::empty();
    project.write("Cargo.toml", &format!("[workspace]\nmembers = {members:?}\nresolver = \"2\"\n"));
    project
}

/// Asserts that the records of a program name this file, and no directory of this machine.
#[track_caller]
fn expect_file(project: &Project, program: &str, file: &str) {
    let artifact = project.executable(program);
    let read = project.tool(&["manifest", "--format", "json", "--artifact", artifact.to_str().unwrap()]);
    read.expect(0, &[&format!("\"file\": \"{file}\"")]);
    for folder in [project.path(), Path::new(env!("CARGO_MANIFEST_DIR")), &std::env::temp_dir()] {
        assert!(!read.stdout.contains(folder.to_str().unwrap()), "{}", read.all());
    }
}

/// The struct stands in the macro's file, and its crate has a snapshot of its own.
#[test]
fn a_struct_from_another_crates_macro_is_checked_against_the_package_that_has_it() {
    let _turn = one_at_a_time();
    let shapes = format!("#[macro_export]\nmacro_rules! user {{ () => {{ {MODEL} }} }}\n");
    let elsewhere = Project::empty();
    elsewhere.write(
        "shapes/Cargo.toml",
        "[package]\nname = \"shapes\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    elsewhere.write("shapes/src/lib.rs", &shapes);
    let inside = workspace(&["app", "shapes"]);
    inside.write("shapes/Cargo.toml", &elsewhere.read("shapes/Cargo.toml"));
    inside.write("shapes/src/lib.rs", &shapes);
    let outside = workspace(&["app"]);
    for (project, shapes, of_shapes) in [
        (&inside, "../shapes".into(), inside.path().join("shapes/.schemacheck")),
        (&outside, elsewhere.path().join("shapes"), elsewhere.path().join("shapes/.schemacheck")),
    ] as [(_, PathBuf, PathBuf); 2]
    {
        let dependency = format!("shapes = {{ path = {shapes:?} }}");
        project.write("app/Cargo.toml", &manifest("app", "edition = \"2021\"", &dependency));
        project.write(
            "app/src/main.rs",
            "shapes::user!();\nfn main() { let _ = std::mem::size_of::<User>(); }\n",
        );
        // The other's snapshot has the column, and is not asked: not even where there is no other.
        snapshot(project, of_shapes.to_str().unwrap(), EMAIL);
        let build = ["build", "-p", "app"];
        project.cargo(&build).expect(
            101,
            &["cannot find a schemacheck snapshot", "looked for `.schemacheck`, `../.schemacheck`"],
        );
        snapshot(project, ".schemacheck", OTHER);
        project.cargo(&build).expect(101, &[MISSING]);
        snapshot(project, "app/.schemacheck", EMAIL);
        snapshot(project, of_shapes.to_str().unwrap(), OTHER);
        project.cargo(&build).expect(0, &[]);
        expect_file(project, "app", "shapes/src/lib.rs");
    }
}

/// The target directory lies at the workspace's root, whose snapshot is nearer to `OUT_DIR` than the member's.
#[test]
fn a_struct_that_a_build_script_writes_is_checked_against_its_package() {
    let _turn = one_at_a_time();
    let project = workspace(&["app"]);
    let build = format!(
        "fn main() {{ let out = std::env::var(\"OUT_DIR\").unwrap(); \
         std::fs::write(format!(\"{{out}}/models.rs\"), {MODEL:?}).unwrap(); }}\n"
    );
    project.write("app/Cargo.toml", &manifest("app", "edition = \"2021\"", ""));
    project.write("app/build.rs", &build);
    let main = "include!(concat!(env!(\"OUT_DIR\"), \"/models.rs\"));\n\
                fn main() { let _ = std::mem::size_of::<User>(); }\n";
    project.write("app/src/main.rs", main);
    let target = project.path().join("target");
    // What the dependencies need was built there before.
    let shared = project.executable("app");
    std::os::unix::fs::symlink(shared.ancestors().nth(2).unwrap(), &target).unwrap();
    let cargo =
        |arguments: &[&str]| project.cargo_with(arguments, &[("CARGO_TARGET_DIR", target.to_str().unwrap())]);
    snapshot(&project, ".schemacheck", EMAIL);
    snapshot(&project, "app/.schemacheck", OTHER);
    cargo(&["build"]).expect(101, &[MISSING]);
    snapshot(&project, ".schemacheck", OTHER);
    snapshot(&project, "app/.schemacheck", EMAIL);
    cargo(&["build"]).expect(0, &[]);
    expect_file(&project, "app", "$OUT_DIR/models.rs");
}

/// A module whose file lies beside the package.
#[test]
fn a_shared_source_file_is_checked_against_the_package_that_includes_it() {
    let _turn = one_at_a_time();
    let project = workspace(&["app"]);
    project.write("app/Cargo.toml", &manifest("app", "edition = \"2021\"", ""));
    project.write("app/src/main.rs", "#[path = \"../../shared/models.rs\"]\nmod models;\nfn main() { let _ = std::mem::size_of::<models::User>(); }\n");
    project.write("shared/models.rs", MODEL);
    snapshot(&project, "shared/.schemacheck", EMAIL);
    snapshot(&project, "app/.schemacheck", OTHER);
    project.cargo(&["build"]).expect(101, &[MISSING]);
    snapshot(&project, "app/.schemacheck", EMAIL);
    snapshot(&project, "shared/.schemacheck", OTHER);
    project.cargo(&["build"]).expect(0, &[]);
}

/// Without cargo there is no package, so a relative directory is one of the working directory.
#[test]
fn a_relative_snapshot_directory_is_tracked_where_it_is_read() {
    let _turn = one_at_a_time();
    let project = Project::package("fn main() {}\n");
    let built = project.cargo(&["build", "--message-format", "json"]);
    built.expect(0, &[]);
    let artifacts =
        built.stdout.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut facade = artifacts.filter(|artifact| artifact["target"]["name"] == "schemacheck");
    let facade = facade.next().unwrap()["filenames"][0].as_str().unwrap().to_owned();
    let dependencies = project.executable("deps");
    project.write("src/models.rs", MODEL);
    snapshot(&project, "db", EMAIL);
    let rustc = |directory| {
        let dependencies = format!("dependency={}", dependencies.display());
        let facade = format!("schemacheck={facade}");
        let models = ["src/models.rs", "--crate-type=lib", "--edition=2021", "--emit=metadata,dep-info"];
        let libraries = ["-L", &dependencies, "--extern", &facade];
        project.rustc(&[&models[..], &libraries].concat(), &[("SCHEMACHECK_DIR", directory)])
    };
    rustc("db").expect(0, &[]);
    let (here, tracked) = (project.path().canonicalize().unwrap(), project.read("models.d"));
    for file in ["db/catalog.json", "db/relations/public/users.json"] {
        assert!(tracked.contains(here.join(file).to_str().unwrap()), "{tracked}");
    }
    snapshot(&project, "db", OTHER);
    rustc("db").expect(1, &[MISSING]);
    rustc("none").expect(1, &["cannot find the snapshot directory that SCHEMACHECK_DIR names"]);
}

/// A manifest of a crate that can be published.
fn published(name: &str) -> String {
    format!(
        "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2021\"\nlicense = \"MIT\"\n\
         description = \"models\"\n\n[dependencies]\nschemacheck = {:?}\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// Takes the facade from here in place of a registry.
fn patch() -> String {
    let facade = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    format!("[patch.crates-io]\nschemacheck = {{ path = {facade:?} }}\n")
}

/// A workspace with a crate of models, and the snapshot at its root.
fn models() -> Project {
    let project = workspace(&["models"]);
    project.write("models/Cargo.toml", &published("models"));
    project.write("models/src/lib.rs", MODEL);
    project.write(".cargo/config.toml", &patch());
    project.write(".gitignore", "target\n");
    snapshot(&project, ".schemacheck", EMAIL);
    project
}

/// Makes a project a repository, and commits what is in it.
fn commit(project: &Project) {
    git(project, &["init", "--quiet"]);
    git(project, &["add", "."]);
    git(project, &["commit", "--quiet", "-m", "x"]);
}

/// A snapshot in the package itself, which cargo packages.
fn link_snapshot(project: &Project) {
    std::os::unix::fs::symlink("../.schemacheck", project.path().join("models/.schemacheck")).unwrap();
}

const NO_SNAPSHOT: &str = "cannot find the schemacheck snapshot of package `models`";

#[test]
fn a_packaged_crate_is_not_verified_against_the_snapshot_of_its_workspace() {
    let _turn = one_at_a_time();
    for is_repository in [true, false] {
        let project = models();
        if is_repository {
            commit(&project);
        }
        let package = || project.cargo(&["package", "--offline", "--allow-dirty", "-p", "models"]);
        project.cargo(&["build", "--offline"]).expect(0, &[]);
        package().expect(
            101,
            &[
                NO_SNAPSHOT,
                "put `.schemacheck` or a symbolic link to it beside its `Cargo.toml`, and into `include`",
                "failed to verify package tarball",
            ],
        );
        let list = "include = [\"src\", \".schemacheck\"]\n";
        project
            .write("models/Cargo.toml", &published("models").replace("license", &format!("{list}license")));
        package().expect(101, &[NO_SNAPSHOT]);
        link_snapshot(&project);
        package().expect(0, &["Packaged"]);
        // The command line writes through the link.
        let again = database("CREATE TABLE users (email text NOT NULL, more text)");
        project.tool_in("models", &["snapshot", "--database-url", &again.url()]).expect(0, &[]);
        assert!(project.read(".schemacheck/relations/public/users.json").contains("\"more\""));
        package().expect(0, &["Packaged"]);
        // What is packaged is what counts.
        std::fs::remove_file(project.path().join("models/.schemacheck")).unwrap();
        snapshot(&project, "models/.schemacheck", OTHER);
        package().expect(101, &[MISSING]);
    }
}

#[test]
fn a_dependency_is_not_checked_against_the_database_of_who_builds_it() {
    let _turn = one_at_a_time();
    let (models, app) = (models(), Project::empty());
    commit(&models);
    let source = format!("file://{}", models.path().display());
    app.write("Cargo.toml", &format!("{}models = {{ git = {source:?} }}\n\n{}", published("app"), patch()));
    app.write("src/main.rs", "use models as _;\nfn main() {}\n");
    snapshot(&app, ".schemacheck", OTHER);
    // A home of its own for the clone, with what was downloaded.
    let known = std::env::var_os("CARGO_HOME")
        .map_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cargo"), PathBuf::from);
    let home = app.path().join("home");
    std::fs::create_dir(&home).unwrap();
    for name in ["registry", "config.toml"].into_iter().filter(|name| known.join(name).exists()) {
        std::os::unix::fs::symlink(known.join(name), home.join(name)).unwrap();
    }
    let cargo_with = |arguments: &[&str], environment: &[(&str, &str)]| -> Ran {
        let environment = [&[("CARGO_HOME", home.to_str().unwrap())], environment].concat();
        app.cargo_with(arguments, &environment)
    };
    let build = || cargo_with(&["build"], &[]);
    // A git dependency brings its whole repository.
    build().expect(0, &[]);

    let vendor = || {
        app.write(".cargo/config.toml", "");
        cargo_with(&["update", "models"], &[]).expect(0, &[]);
        cargo_with(&["vendor"], &[]).expect(0, &[]);
        let vendored = format!(
            "[source.models]\ngit = {source:?}\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = \"vendor\"\n"
        );
        app.write(".cargo/config.toml", &vendored);
    };
    vendor();
    build().expect(
        101,
        &[
            NO_SNAPSHOT,
            "help: in the repository of `models`, put `.schemacheck` or a symbolic link to it beside its `Cargo.toml`",
            "help: or set SCHEMACHECK_DIR to the snapshot to check its models against",
            "note: cargo packaged, vendored or downloaded `models`, so a snapshot around it is not used",
            "note: looked for `src/.schemacheck`, `.schemacheck`\n",
        ],
    );
    let consumers = app.path().join(".schemacheck");
    let told = || cargo_with(&["build"], &[("SCHEMACHECK_DIR", consumers.to_str().unwrap())]);
    told().expect(101, &[MISSING]);

    // One that brings its own uses that, told or not.
    link_snapshot(&models);
    commit(&models);
    vendor();
    build().expect(0, &[]);
    told().expect(0, &[]);
}

#[test]
fn a_workspace_within_another_uses_its_snapshot_only_if_told() {
    let _turn = one_at_a_time();
    let project = workspace(&["app"]);
    let own = |name: &str, more: &str| manifest(name, "edition = \"2021\"", more);
    project.write("app/Cargo.toml", &own("app", ""));
    project.write("app/src/main.rs", "fn main() {}\n");
    project.write("fuzz/src/lib.rs", MODEL);
    snapshot(&project, ".schemacheck", EMAIL);
    let build = |environment: &[(&str, &str)]| {
        project.cargo_with(&["build", "--manifest-path", "fuzz/Cargo.toml"], environment)
    };
    let exclude = "[workspace]\nmembers = [\"app\"]\nexclude = [\"fuzz\"]\nresolver = \"2\"\n";
    for (root, fuzz) in
        [(project.read("Cargo.toml"), own("fuzz", "\n[workspace]\n")), (exclude.into(), own("fuzz", ""))]
    {
        project.write("Cargo.toml", &root);
        project.write("fuzz/Cargo.toml", &fuzz);
        build(&[]).expect(
            101,
            &[
                "cannot find a schemacheck snapshot",
                "to use `../.schemacheck`, set SCHEMACHECK_DIR, or make `.schemacheck` a symbolic link to it",
                "`../.schemacheck` is not used: this package is not a member of its workspace",
            ],
        );
        build(&[("SCHEMACHECK_DIR", "../.schemacheck")]).expect(0, &[]);
        // The command line agrees.
        project.tool_in("fuzz", &["check"]).expect(2, &["cannot find a schemacheck snapshot"]);
    }
    project.write("Cargo.toml", &exclude.replace("[\"app\"]", "[\"app\", \"fuzz\"]"));
    build(&[]).expect(0, &[]);
    // Beside a package that is no workspace, it is that of what lies in there.
    project.write("Cargo.toml", &own("app", ""));
    project.write("src/main.rs", "fn main() {}\n");
    project.write("fuzz/Cargo.toml", &own("fuzz", "\n[workspace]\n"));
    build(&[]).expect(0, &[]);
    project.tool_in("fuzz", &["check"]).expect(0, &[]);
}
