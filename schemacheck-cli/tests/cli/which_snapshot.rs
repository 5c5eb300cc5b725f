//! The build and the command line judge by one snapshot; where they do not, it is said.

use crate::support::{MAIN, Project, SCHEMA, database, one_at_a_time};

const OTHER: &str = "ALTER TABLE users ADD more text";

/// `[env]` of cargo's settings: what cargo tells the compiler, the command line takes too.
#[test]
fn the_directory_in_cargos_settings_is_the_one_that_is_used() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.write(
        ".cargo/config.toml",
        "[env]\nSCHEMACHECK_DIR = { value = \"schema\", relative = true }\nUNRELATED = \"x\"\n",
    );
    project.snapshot(&database);
    assert!(project.path().join("schema/catalog.json").exists());
    assert!(!project.path().join(".schemacheck").exists());
    project.cargo(&["build"]).expect(0, &[]);
    let check = |arguments: &[&str], environment: &[(&str, &str)]| {
        project.tool_with(&[&["check"], arguments].concat(), environment)
    };
    let agrees = check(&[], &[]);
    agrees.expect(0, &["1 model (4 columns) agree with `schema`"]);
    assert!(!agrees.all().contains("stale-snapshot"), "{}", agrees.all());
    // From below, as cargo does.
    project.tool_in("src", &["check"]).expect(0, &["agree with `", "schema`"]);

    // The environment goes before, unless the settings force theirs.
    database.connect().unwrap().batch_execute(OTHER).unwrap();
    project
        .tool_with(&["snapshot", "--database-url", &database.url()], &[("SCHEMACHECK_DIR", "other")])
        .expect(0, &[]);
    let program = project.executable("app");
    let program = ["--artifact", program.to_str().unwrap()];
    let other = [("SCHEMACHECK_DIR", "other")];
    check(&program, &other).expect(0, &["agree with `other`", "warning[stale-snapshot]"]);
    let settings = project.read(".cargo/config.toml");
    project
        .write(".cargo/config.toml", &settings.replace("relative = true", "relative = true, force = true"));
    check(&program, &other).expect(0, &["agree with `schema`"]);

    // The other forms: a bare path is the package's, and of several files the nearest decides.
    project.write(".cargo/config.toml", "[env]\nSCHEMACHECK_DIR = \"other\"\n");
    check(&program, &[]).expect(0, &["agree with `other`"]);
    project.write("deep/.cargo/config", "[env.SCHEMACHECK_DIR]\nvalue = \"schema\"\nrelative = false\n");
    project.tool_in("deep", &[&["check"], &program[..]].concat()).expect(0, &["agree with `", "schema`"]);
    project.write("deep/.cargo/config", "[build]\njobs = 1\n");
    project.tool_in("deep", &[&["check"], &program[..]].concat()).expect(0, &["agree with `", "other`"]);
    let home = project.path().join("home");
    project.write("home/config.toml", "[env]\nSCHEMACHECK_DIR = \"nowhere\"\n");
    let home = [("CARGO_HOME", home.to_str().unwrap())];
    check(&program, &home).expect(0, &["agree with `other`"]);
    std::fs::remove_file(project.path().join(".cargo/config.toml")).unwrap();
    check(&program, &home)
        .expect(2, &["cannot find the snapshot directory `nowhere`, which SCHEMACHECK_DIR names"]);
    // Files that are included stand behind the one that includes them, the last of them first.
    project.write("deep/.cargo/config", "include = [\"a.toml\", { path = \"b.toml\", optional = true }]\n");
    project
        .write("deep/.cargo/a.toml", "[env]\nSCHEMACHECK_DIR = { value = \"../schema\", relative = true }\n");
    let deep = |directory: &str| {
        project.tool_in("deep", &[&["check"], &program[..]].concat()).expect(0, &["agree with `", directory]);
    };
    deep("schema`");
    project.write("deep/.cargo/b.toml", "[env]\nSCHEMACHECK_DIR = \"other\"\n");
    deep("other`");

    for (settings, problem) in [
        ("[env]\nSCHEMACHECK_DIR = 1\n", "`env.SCHEMACHECK_DIR` is not a string"),
        ("[env]\nSCHEMACHECK_DIR = { relative = true }\n", "`env.SCHEMACHECK_DIR` has no `value`"),
        ("[env\n", "TOML"),
        ("include = \"config.toml\"\n", "files include each other"),
    ] {
        project.write(".cargo/config.toml", settings);
        check(&program, &[]).expect(2, &["cannot read `.cargo/config.toml`", problem]);
    }
}

/// The build used another directory: the record knows it by the digest.
#[test]
fn a_build_from_another_snapshot_is_named() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    let url = database.url();
    let take = |directory: &str| {
        let environment = [("SCHEMACHECK_DIR", directory)];
        project.tool_with(&["snapshot", "--database-url", &url], &environment).expect(0, &[]);
    };
    take("other");
    project.cargo_with(&["build"], &[("SCHEMACHECK_DIR", "other")]).expect(0, &[]);
    database.connect().unwrap().batch_execute(OTHER).unwrap();
    take(".schemacheck");
    let program = project.executable("app");
    let program = ["--artifact", program.to_str().unwrap()];
    let of_relation = "this program was built from another snapshot of `public.users`";
    let what_to_do = ["build the program again", "SCHEMACHECK_DIR"];
    let check = project.tool(&[&["check"], &program[..]].concat());
    check.expect(0, &["warning[stale-snapshot]", of_relation, "`.schemacheck`"]).expect(0, &what_to_do);
    // Both digests, for who compares files.
    assert_eq!(check.all().matches("`1:").count(), 2, "{}", check.all());

    // The live verdict holds whatever the build saw, so there it is no more than an information.
    let verify = project.tool(&[&["verify", "--database-url", &url], &program[..]].concat());
    verify.expect(0, &["1 model (4 columns) verified", "info[stale-snapshot]"]).expect(0, &what_to_do);
    let strict = project.tool(&[&["verify", "--strict", "--database-url", &url], &program[..]].concat());
    strict.expect(0, &["info[stale-snapshot]"]);

    // A snapshot that agrees with the database says nothing about a build that goes by another one.
    project.tool(&["snapshot", "--check", "--database-url", &url]).expect(0, &["agrees with the database"]);
    let snapshot = project.tool(&[&["snapshot", "--check", "--database-url", &url], &program[..]].concat());
    snapshot.expect(0, &["warning[stale-snapshot]", of_relation]).expect(0, &what_to_do);
    project.tool(&[&["snapshot"], &program[..]].concat()).expect(2, &["--check"]);

    // Nothing is said where they are the same, and after a change of what the models do not read.
    database.connect().unwrap().batch_execute("ALTER TABLE posts ADD more text").unwrap();
    take("other");
    project.cargo_with(&["build"], &[("SCHEMACHECK_DIR", "other")]).expect(0, &[]);
    for command in [&["check"][..], &["verify", "--database-url", &url]] {
        let ran = project.tool(&[command, &program].concat());
        ran.expect(0, &[]);
        assert!(!ran.all().contains("stale-snapshot"), "{}", ran.all());
    }
}

/// A nearer directory that came later is not tracked by cargo: the digests tell.
#[test]
fn a_nearer_snapshot_of_the_build_is_named() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.write("Cargo.toml", "[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n");
    project.write("app/Cargo.toml", &crate::support::manifest("app", "edition = \"2021\"", ""));
    project.write("app/src/main.rs", MAIN);
    project.snapshot(&database);
    database.connect().unwrap().batch_execute(OTHER).unwrap();
    let near = [("SCHEMACHECK_DIR", "app/.schemacheck")];
    project.tool_with(&["snapshot", "--database-url", &database.url()], &near).expect(0, &[]);
    // The workspace's is found from here, the package's by the build.
    project
        .tool(&["check"])
        .expect(0, &["agree with `.schemacheck`", "warning[stale-snapshot]", "app/.schemacheck"]);
    project.tool_in("app", &["check"]).expect(0, &["agree with `.schemacheck`"]);
}
