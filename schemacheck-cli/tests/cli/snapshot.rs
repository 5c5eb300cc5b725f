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
        .expect(2, &["`true` succeeded and made no relation"]);
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

/// Alembic's ledger keeps its head alone; its files know the order.
#[test]
fn the_order_of_migrations_comes_from_their_files() {
    let table =
        "CREATE TABLE users (id bigint NOT NULL); CREATE TABLE alembic_version (version_num varchar(32))";
    let at = |head: &str, change: &str| {
        database(&format!("{table}; INSERT INTO alembic_version VALUES ('{head}'); {change}"))
    };
    let (project, newest) = (Project::empty(), at("c3", ""));
    for (id, before) in [("a1", "None"), ("b2", "'a1'"), ("c3", "'b2'")] {
        let text = format!("revision = '{id}'\ndown_revision = {before}\n");
        project.write(&format!("alembic/versions/{id}_x.py"), &text);
    }
    let snapshot = |arguments: &[&str]| {
        project.tool(&[&["snapshot", "--database-url", &newest.url()], arguments].concat())
    };
    snapshot(&[]).expect(0, &[]);
    assert_eq!(project.read(".schemacheck/ledger.txt"), "alembic public.alembic_version\nc3\n");
    snapshot(&["--migrations", "alembic/versions"]).expect(0, &[]);
    let ledger = "alembic public.alembic_version\na1\nb2\nc3 (head)\n";
    assert_eq!(project.read(".schemacheck/ledger.txt"), ledger);
    snapshot(&["--migrations", "nowhere"]).expect(2, &["nowhere"]);
    // Remembered in the settings.
    project.write(".schemacheck/config.toml", "[snapshot]\nmigrations = \"alembic/versions\"\n");
    snapshot(&["--check"]).expect(0, &[]);
    let manifest = r#"{"manifests": [{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
        "sort": "model", "kinds": ["read"], "relation": "users",
        "columns": [{"column": "nickname", "field": "nickname", "line": 2, "type": "String"}]}],
        "ledgers": [{"format": 1, "kind": "alembic", "schema": "public", "table": "alembic_version", "heads": ["c3"]}]}"#;
    project.write("m.json", manifest);
    let verify = |database: &schemacheck_scratch::Database<'_>| {
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &database.url()])
    };
    verify(&at("a1", ""))
        .expect(1, &["the database is 2 migrations behind the build", "alembic upgrade head"]);
    verify(&at("c3", "")).expect(1, &["lists `c3` as applied, but 1 object"]);
    verify(&at("elsewhere", "")).expect(1, &["is at another head than the build"]);
    // An older build, before a database that is ahead of it.
    project.write("m.json", &manifest.replace("\"c3\"", "\"b2\"").replace("nickname", "id"));
    verify(&at("c3", "")).expect(0, &["the database is 1 migration ahead of the build"]);
}

/// Two lines of migrations: at first beside each other, then merged.
#[test]
fn branches_of_migrations_are_read_from_their_files() {
    let at = |heads: &[&str]| {
        let rows: Vec<String> = heads.iter().map(|head| format!("('{head}')")).collect();
        let rows = rows.join(", ");
        database(&format!(
            "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES {rows}"
        ))
    };
    let project = Project::empty();
    let revision = |id: &str, before: &str, more: &str| {
        let text = format!(
            "\"\"\"x\n\nRevises: nothing\n\"\"\"\n\nrevision: str = \"{id}\"\ndown_revision = {before}\n{more}"
        );
        project.write(&format!("alembic/versions/{id}_x.py"), &text);
    };
    revision("a1", "None", "branch_labels = None\n");
    revision("b2", "\"a1\"", "");
    revision("c3", "\"a1\"", "depends_on = None\n");
    let snapshot = |heads: &[&str], ledger: &str| {
        let arguments = ["snapshot", "--migrations", "alembic/versions", "--database-url"];
        project.tool(&[&arguments[..], &[&at(heads).url()]].concat()).expect(0, &[]);
        assert_eq!(
            project.read(".schemacheck/ledger.txt"),
            format!("alembic public.alembic_version\n{ledger}")
        );
    };
    let verify = |heads: &[&str]| {
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &at(heads).url()])
    };
    let build = |ledger: &str| {
        let record = format!(
            r#"{{"manifests": [{{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
            "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}}], "ledgers": [{{"format": 1,
            "kind": "alembic", "schema": "public", "table": "alembic_version", "heads": {ledger}}}]}}"#
        );
        project.write("m.json", &record);
    };

    // A build that saw both heads.
    snapshot(&["c3", "b2"], "a1\nb2 (head)\nc3 (follows a1) (head)\n");
    build(r#"["b2", "c3"]"#);
    verify(&["b2", "c3"]).expect(1, &["info[ledger-stamped]", "lists `c3` as applied, but 1 object"]);
    verify(&["c3"])
        .expect(1, &["1 migration behind", "the build saw `b2` and `c3`, the database is at `c3`"]);
    verify(&["b2", "c3", "d4"]).expect(1, &["info[ledger-ahead]: the database is ahead of the build"]);

    // One that saw them merged.
    revision("d4", "(\n    \"b2\",  # one line\n    \"c3\",\n)", "");
    revision("e5", "\"d4\"", "depends_on = \"x1\"\n");
    revision("x1", "None", "branch_labels = (\"shared\",)\n");
    snapshot(
        &["e5"],
        "a1\nb2\nc3 (follows a1)\nd4 (follows b2, c3)\nx1 (follows <base>)\ne5 (follows d4, x1) (head)\n",
    );
    build(r#"["e5"]"#);
    verify(&["e5"]).expect(1, &["info[ledger-stamped]"]);
    verify(&["a1"]).expect(1, &["info[ledger-behind]: the database is 5 migrations behind the build"]);
    // What is not in the files is of another line.
    verify(&["f6"]).expect(1, &["info[ledger-other-head]", "the build saw `e5`, the database is at `f6`"]);
    snapshot(&["b2"], "a1\nb2 (head)\n");
}

/// Two lines of migrations stand one below the other in `ledger.txt`, and none of the two holds the other.
#[test]
fn a_branch_is_neither_behind_nor_ahead_of_the_other() {
    let at = |head: &str| {
        database(&format!(
            "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('{head}')"
        ))
    };
    let project = Project::empty();
    for (id, before) in [("a1", "None"), ("b2", "'a1'"), ("c3", "'a1'"), ("d4", "('b2', 'c3')")] {
        let text = format!("revision = '{id}'\ndown_revision = {before}\n");
        project.write(&format!("alembic/versions/{id}_x.py"), &text);
    }
    let arguments = ["snapshot", "--migrations", "alembic/versions", "--database-url"];
    project.tool(&[&arguments[..], &[&at("d4").url()]].concat()).expect(0, &[]);
    let said = |build: &str, head: &str| {
        let record = format!(
            r#"{{"manifests": [{{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
            "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}}], "ledgers": [{{"format": 1,
            "kind": "alembic", "schema": "public", "table": "alembic_version", "heads": ["{build}"]}}]}}"#
        );
        project.write("m.json", &record);
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &at(head).url()]).all()
    };
    // The database lacks `b2` and `d4`.
    let behind = said("d4", "c3");
    assert!(behind.contains("is 2 migrations behind"), "{behind}");
    for (build, head) in [("b2", "c3"), ("c3", "b2")] {
        let other = said(build, head);
        assert!(!other.contains("ledger-behind") && !other.contains("ledger-ahead"), "{other}");
    }
}

/// A table that no tool made: the settings name it, and the program carries what the build saw of it.
#[test]
fn a_ledger_of_ones_own_is_named_in_the_settings() {
    let schema = "CREATE SCHEMA ops; CREATE TABLE ops.schema_log (version text, installed_at timestamptz); \
                  INSERT INTO ops.schema_log VALUES ('zeta', '2024-01-01'), ('alpha', '2024-02-01')";
    let (own, project) = (database(schema), Project::empty());
    let snapshot =
        |more: &[&str]| project.tool(&[&["snapshot", "--database-url", &own.url()], more].concat());
    snapshot(&[]).expect(0, &["note: the database has no known migration ledger", "`[ledger] table = "]);
    let notes = &snapshot(&["--format", "json"]).json()["notes"];
    assert!(notes[0]["message"].as_str().unwrap().contains("no known migration ledger"), "{notes}");
    assert!(!project.path().join(".schemacheck/ledger.txt").exists());
    let settings = |columns: &str, section: &str| {
        let text = format!("[{section}]\ntable = \"ops.schema_log\"\n{columns}");
        project.write(".schemacheck/config.toml", &text);
    };
    settings("version = \"version\"\norder = \"installed_at\"\n", "ledger");
    let ran = snapshot(&[]);
    ran.expect(0, &[]);
    assert!(!ran.all().contains("no known migration ledger"), "{}", ran.all());
    assert_eq!(
        project.read(".schemacheck/ledger.txt"),
        "custom ops.schema_log (version, installed_at)\nzeta\nalpha\n"
    );
    snapshot(&["--check"]).expect(0, &[]);
    own.connect().unwrap().batch_execute("INSERT INTO ops.schema_log VALUES ('more', '2024-03-01')").unwrap();
    snapshot(&["--check"]).expect(1, &["more"]);
    // A mistake in the settings wipes nothing.
    settings("version = \"versoin\"\n", "ledger");
    snapshot(&[]).expect(
        2,
        &["cannot read the ledger that the settings name: the table `ops.schema_log` with the columns `versoin`"],
    );
    assert!(project.read(".schemacheck/ledger.txt").contains("zeta"));
    // Of a named database in its own section.
    settings("version = \"version\"\n", "databases.billing.ledger");
    snapshot(&["--database", "billing"]).expect(0, &[]);
    assert_eq!(
        project.read(".schemacheck/databases/billing/ledger.txt"),
        "custom ops.schema_log (version)\nalpha\nmore\nzeta\n"
    );
}
