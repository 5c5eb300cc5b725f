//! `snapshot`: what it writes, what it leaves alone, `--check`, `--run`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::support::{Project, SCHEMA, database};

/// Every file of the snapshot with its time of change.
fn files(project: &Project) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    let mut folders = vec![project.path().join(".schemacheck")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let meta = entry.metadata().unwrap();
            if meta.is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path().strip_prefix(project.path()).unwrap().to_owned();
                found.insert(path, meta.modified().unwrap());
            }
        }
    }
    found
}

#[test]
fn a_second_run_without_a_change_touches_no_file() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.snapshot(&database);
    let before = files(&project);
    let names: Vec<&str> = before.keys().map(|path| path.to_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            ".schemacheck/.gitattributes",
            ".schemacheck/catalog.json",
            ".schemacheck/ledger.txt",
            ".schemacheck/relations/public/_sqlx_migrations.json",
            ".schemacheck/relations/public/posts.json",
            ".schemacheck/relations/public/users.json",
            ".schemacheck/server.json",
            ".schemacheck/types/public/mood.json",
        ]
    );
    assert_eq!(project.read(".schemacheck/ledger.txt"), "sqlx public._sqlx_migrations\n1\n2\n3\n");
    project.snapshot(&database);
    assert_eq!(files(&project), before);
    database
        .connect()
        .unwrap()
        .batch_execute("ALTER TABLE posts ADD body text; DROP TABLE users; DROP TYPE mood")
        .unwrap();
    project.snapshot(&database);
    let after = files(&project);
    let changed: Vec<&str> = after
        .iter()
        .filter(|(path, time)| before.get(*path) != Some(time))
        .map(|(path, _)| path.to_str().unwrap())
        .collect();
    assert_eq!(changed, [".schemacheck/relations/public/posts.json"]);
    assert!(!project.path().join(".schemacheck/relations/public/users.json").exists());
    assert!(!project.path().join(".schemacheck/types").join("public").exists());
}

#[test]
fn check_names_what_differs_and_writes_nothing() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    let check = || project.tool(&["snapshot", "--check", "--database-url", &database.url()]);
    check().expect(2, &["there is no snapshot in `.schemacheck`", "run `cargo schemacheck snapshot`"]);
    project.snapshot(&database);
    check().expect(0, &["`.schemacheck` agrees with the database"]);
    let before = files(&project);
    database
        .connect()
        .unwrap()
        .batch_execute(
            "ALTER TABLE posts ALTER id TYPE int; ALTER TABLE users DROP nickname; CREATE TABLE more (); \
             ALTER TYPE mood ADD VALUE 'so_so'; CREATE INDEX later ON posts (lower(title)); \
             INSERT INTO _sqlx_migrations VALUES (4, '', true, '')",
        )
        .unwrap();
    let ran = check();
    ran.expect(
        1,
        &[
            "error[stale-snapshot]: column `public.posts.id` has another type: `bigint` in the snapshot, `integer` in the database",
            "error[stale-snapshot]: column `public.users.nickname` is in the snapshot, not in the database",
            "error[stale-snapshot]: table `public.more` is in the database, not in the snapshot",
            "error[stale-snapshot]: index `public.posts.later` is in the database, not in the snapshot",
            "error[stale-snapshot]: migration `public._sqlx_migrations: 4` is in the database, not in the snapshot",
            "`enum (ok, sad)` in the snapshot, `enum (ok, sad, so_so)` in the database",
            "run `cargo schemacheck snapshot`, build again, and commit the files",
        ],
    );
    assert_eq!(files(&project), before);
    let json = project.tool(&["snapshot", "--check", "--format", "json", "--database-url", &database.url()]);
    assert_eq!(json.json()["summary"]["error"], 6, "{}", json.all());
}

#[test]
fn run_migrates_a_throwaway_server_with_the_users_own_command() {
    let project = Project::empty();
    project.write("schema.sql", SCHEMA);
    let line = "psql \"$DATABASE_URL\" --quiet --no-psqlrc --set ON_ERROR_STOP=1 --file schema.sql";
    project.tool(&["snapshot", "--run", line]).expect(0, &["3 relations, 1 type"]);
    assert!(project.read(".schemacheck/relations/public/users.json").contains("\"nickname\""));
    project.tool(&["snapshot", "--check", "--run", line]).expect(0, &["agrees with the database"]);
    // By PG* alone, and from the settings.
    project.write(".schemacheck/config.toml", "[snapshot]\nrun = \"psql -q -X -f schema.sql\"\n");
    project
        .tool(&["snapshot", "--check", "--run"])
        .expect(0, &["running `psql -q -X -f schema.sql`", "agrees"]);
    project.tool(&["snapshot", "--run", "echo on its way; exit 7"]).expect(
        2,
        &["on its way", "`echo on its way; exit 7` failed (exit status: 7)", "nothing was written"],
    );
    project
        .tool(&["snapshot", "--check", "--run", "true"])
        .expect(1, &["`true` succeeded and made no relation"]);
}

#[test]
fn schemas_are_remembered_and_single_relations_included() {
    let database = database(
        "CREATE SCHEMA billing; CREATE SCHEMA other; CREATE TABLE billing.a (); CREATE TABLE other.b (); CREATE TABLE c ()",
    );
    let (project, url) = (Project::empty(), database.url());
    let there = |path: &str| project.path().join(".schemacheck/relations").join(path).exists();
    project.tool(&["snapshot", "--database-url", &url]).expect(0, &[]);
    assert!(there("billing/a.json") && there("other/b.json") && there("public/c.json"));
    project.tool(&["snapshot", "--database-url", &url, "--schema", "billing"]).expect(0, &[]);
    assert!(there("billing/a.json") && !there("other/b.json") && !there("public/c.json"));
    project.tool(&["snapshot", "--database-url", &url, "--include", "other.b"]).expect(0, &[]);
    assert!(there("billing/a.json") && there("other/b.json") && !there("public/c.json"));
    // Both are reused by a run without them.
    project.tool(&["snapshot", "--check", "--database-url", &url]).expect(0, &[]);
    project
        .tool(&["snapshot", "--database-url", &url, "--include", "nodot"])
        .expect(2, &["is no SCHEMA.NAME"]);
    project
        .tool(&["snapshot", "--database-url", &url, "--database", "second"])
        .expect(0, &[".schemacheck/databases/second"]);
    assert!(project.path().join(".schemacheck/databases/second/catalog.json").exists());
}

#[test]
fn the_directory_is_made_at_the_workspace_root() {
    let (project, database) = (Project::empty(), database("CREATE TABLE t ()"));
    project.write("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nresolver = \"3\"\n");
    project.write("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    project.write("a/src/lib.rs", "");
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-schemacheck"))
        .args(["schemacheck", "snapshot", "--database-url", &database.url()])
        .current_dir(project.path().join("a"))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(project.path().join(".schemacheck/relations/public/t.json").exists());
    assert!(!project.path().join("a/.schemacheck").exists());
}
