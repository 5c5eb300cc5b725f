//! Real cargo builds: they fail, succeed and run again when they should.

use crate::support::{MAIN, Project, SCHEMA, database, manifest, one_at_a_time};

#[test]
fn incident_1_missing_columns_stop_the_build() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.cargo(&["build"]).expect(
        101,
        &[
            "cannot find a schemacheck snapshot",
            "run `cargo schemacheck snapshot`",
            "looked for `src/.schemacheck`, `.schemacheck`",
        ],
    );
    project.snapshot(&database);
    project.cargo(&["run"]).expect(0, &[]);
    project.write("src/main.rs", &MAIN.replace("pub nickname", "pub severity"));
    project.cargo(&["build"]).expect(101, &["error: cannot find column `severity` in table `public.users`"]);
    // The migration comes, the snapshot is taken again, and the build passes.
    database.connect().unwrap().batch_execute("ALTER TABLE users ADD severity text").unwrap();
    project.snapshot(&database);
    project.cargo(&["run"]).expect(0, &[]);
}

/// Models name columns that were never migrated, and an enum a label that the database refuses: the build says so at
/// the field.
#[test]
fn incident_6_code_first_build_part() {
    let _turn = one_at_a_time();
    let source = "
#[derive(schemacheck::PgEnum)]
#[schemacheck(repr = \"text\", rename_all = \"snake_case\")]
pub enum Status { Sent, Delivered, Seen }

#[derive(schemacheck::Model)]
#[schemacheck(table = \"messages\")]
pub struct Message {
    pub id: i64,
    pub status: Status,
}

#[derive(schemacheck::Model)]
#[schemacheck(table = \"conversations\")]
pub struct Conversation {
    pub id: i64,
    pub car_id: i64,
}

fn main() {}
";
    let database = database(
        "CREATE TABLE messages (id bigint PRIMARY KEY); CREATE TABLE conversations (id bigint PRIMARY KEY)",
    );
    let project = Project::package(source);
    project.snapshot(&database);
    project.cargo(&["build"]).expect(
        101,
        &[
            "error: cannot find column `status` in table `public.messages`",
            "--> src/main.rs:10:9",
            "error: cannot find column `car_id` in table `public.conversations`",
            "--> src/main.rs:17:9",
        ],
    );
    let migrate = |sql: &str| {
        database.connect().unwrap().batch_execute(sql).unwrap();
        project.snapshot(&database);
    };
    // The columns come, and the check lacks a label.
    migrate(
        "ALTER TABLE conversations ADD car_id bigint NOT NULL; \
         ALTER TABLE messages ADD status varchar(20) NOT NULL CHECK (status IN ('sent', 'delivered'))",
    );
    project.cargo(&["build"]).expect(
        101,
        &[
            "cannot find label `seen` in the check of column `public.messages.status`",
            "note: the check admits `delivered` and `sent`",
            "--> src/main.rs:10:9",
        ],
    );
    project.tool(&["check"]).expect(1, &["cannot find label `seen`"]);
    project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "warn")]).expect(
        0,
        &["the enum of field `status` has a label that the check of column `public.messages.status` lacks"],
    );
    migrate(
        "ALTER TABLE messages DROP CONSTRAINT messages_status_check, \
         ADD CHECK (status IN ('sent', 'delivered', 'seen'))",
    );
    project.cargo(&["build"]).expect(0, &[]);
    // What `verify` reads out of the executable knows the labels too.
    let url = database.url();
    let verify = ["verify", "--database-url", &url];
    project.tool(&verify).expect(0, &[]);
    migrate(
        "ALTER TABLE messages DROP CONSTRAINT messages_status_check, ADD CHECK (status IN ('sent', 'seen'))",
    );
    let artifact = project.executable("app");
    let verify = [&verify[..], &["--artifact", artifact.to_str().unwrap()]].concat();
    project.tool(&verify).expect(
        1,
        &["cannot find label `delivered` in the check of column `public.messages.status`", "src/main.rs:10"],
    );
}

#[test]
fn a_build_can_warn_and_can_be_told_not_to_look() {
    let _turn = one_at_a_time();
    let project = Project::package(
        &MAIN.replace("pub nickname", "pub severity").replace("email: String", "email: i32"),
    );
    project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "warn")]).expect(
        0,
        &["warning", "cannot find a schemacheck snapshot", "cargo does not notice a first snapshot"],
    );
    project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "off")]).expect(0, &[]);
    project.snapshot(&database(SCHEMA));
    let ran = project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "warn")]);
    ran.expect(
        0,
        &[
            "cannot find column `severity` in table `public.users`",
            "column `public.users.email` is `text`, but field `email` is `i32`",
        ],
    );
    project.cargo(&["build"]).expect(101, &["error: cannot find column `severity`", "error[E0277]"]);
    project
        .cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "of")])
        .expect(101, &["SCHEMACHECK_BUILD is `of`, expected one of `enforce`, `warn`, `off`"]);
}

#[test]
fn only_the_crate_that_uses_a_relation_is_built_again() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"admins\", \"readers\", \"writers\"]\nresolver = \"2\"\n",
    );
    let crates = [("admins", "users", "email"), ("readers", "users", "email"), ("writers", "posts", "title")];
    for (name, table, column) in crates {
        project.write(&format!("{name}/Cargo.toml"), &manifest(name, "edition = \"2021\"", ""));
        let source = format!(
            "#[derive(schemacheck::Model)]\n#[schemacheck(table = {table:?})]\npub struct M {{ pub {column}: String }}\n"
        );
        project.write(&format!("{name}/src/lib.rs"), &source);
    }
    project.snapshot(&database);
    project.cargo(&["build"]).expect(0, &[]);
    let again = project.cargo(&["build"]);
    assert!(!again.stderr.contains("Compiling"), "{}", again.all());
    database.connect().unwrap().batch_execute("ALTER TABLE posts ADD body text").unwrap();
    project.snapshot(&database);
    let again = project.cargo(&["build"]);
    again.expect(0, &["Compiling writers"]);
    assert_eq!(again.stderr.matches("Compiling").count(), 1, "{}", again.all());
    database.connect().unwrap().batch_execute("ALTER TABLE users DROP email").unwrap();
    project.snapshot(&database);
    project.cargo(&["build"]).expect(101, &["cannot find column `email` in table `public.users`"]);
}

/// cargo watches the file of the table that was found, and what decides on another one.
#[test]
fn a_table_or_type_that_comes_to_hide_another_is_seen_by_the_next_build() {
    let _turn = one_at_a_time();
    let database = database(
        "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE users (email text NOT NULL); CREATE SCHEMA app",
    );
    let change = |project: &Project, sql: &str| {
        database.connect().unwrap().batch_execute(sql).unwrap();
        project.snapshot(&database);
    };
    let project = Project::empty();
    project.write("Cargo.toml", "[workspace]\nmembers = [\"readers\", \"moods\"]\nresolver = \"2\"\n");
    for (name, source) in [
        (
            "readers",
            "#[derive(schemacheck::Model)]\n#[schemacheck(table = \"users\")]\npub struct U { pub email: String }\n",
        ),
        (
            "moods",
            "#[derive(schemacheck::PgEnum)]\n#[schemacheck(type = \"mood\", rename_all = \"snake_case\")]\npub enum Mood { Ok, Sad }\n",
        ),
    ] {
        project.write(&format!("{name}/Cargo.toml"), &manifest(name, "edition = \"2021\"", ""));
        project.write(&format!("{name}/src/lib.rs"), source);
    }
    change(&project, &format!("ALTER DATABASE {} SET search_path = app, public", database.name()));
    let build = |crates: usize| {
        let built = project.cargo(&["build"]);
        built.expect(0, &[]);
        assert_eq!(built.stderr.matches("Compiling").count(), crates, "{}", built.all());
    };
    project.cargo(&["build"]).expect(0, &[]);
    change(&project, "CREATE TABLE app.others (id int)");
    build(0);
    change(&project, "CREATE TABLE app.users (iban text NOT NULL)");
    project.cargo(&["build"]).expect(101, &["cannot find column `email` in table `app.users`"]);
    change(&project, "ALTER TABLE app.users RENAME iban TO email");
    project.cargo(&["build"]).expect(0, &[]);
    // A change of one of the two is its crate's affair alone.
    change(&project, "ALTER TABLE app.users ADD iban text");
    build(1);
    change(&project, "ALTER TABLE public.users ADD iban text");
    build(0);
    // It goes again, and with it a file that was watched.
    change(&project, "DROP TABLE app.users; ALTER TABLE users ALTER email DROP NOT NULL");
    project.cargo(&["build"]).expect(101, &["column `public.users.email` is nullable"]);
    change(&project, "ALTER TABLE users ALTER email SET NOT NULL");
    project.cargo(&["build"]).expect(0, &[]);

    change(&project, "CREATE TYPE app.mood AS ENUM ('ok', 'glad')");
    project.cargo(&["build"]).expect(101, &["enum `app.mood`"]);
    change(&project, "DROP TYPE app.mood");
    project.cargo(&["build"]).expect(0, &[]);
    project.snapshot(&database);
    build(0);
}

/// A build with warnings passes where a table is missing.
#[test]
fn a_table_that_comes_after_its_warning_is_seen_by_the_next_build() {
    let _turn = one_at_a_time();
    let source = "#[derive(schemacheck::Model)]\n#[schemacheck(table = \"orders\")]\npub struct Order { pub id: i64 }\n\
                  fn main() {}\n";
    let (project, database) = (Project::package(source), database(SCHEMA));
    project.snapshot(&database);
    let build = || project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "warn")]);
    build().expect(0, &["cannot find relation `orders`"]);
    let migration = "CREATE TABLE orders (id bigint NOT NULL); \
                     INSERT INTO _sqlx_migrations VALUES (4, '', true, '')";
    database.connect().unwrap().batch_execute(migration).unwrap();
    project.snapshot(&database);
    let built = build();
    built.expect(0, &["Compiling app"]);
    assert!(!built.stderr.contains("cannot find relation"), "{}", built.all());
}

/// A migration that changes nothing that a model names builds the program again: what is in strings may need it, and that it
/// is pending is all that a start can say.
#[test]
fn a_program_carries_the_migrations_that_its_build_saw() {
    let _turn = one_at_a_time();
    let (project, newest, old) = (Project::package(MAIN), database(SCHEMA), database(SCHEMA));
    let mut client = newest.connect().unwrap();
    let mut migrate = |sql: &str, version: u32| {
        let row = format!("INSERT INTO _sqlx_migrations VALUES ({version}, '', true, '')");
        client.batch_execute(&format!("{sql}; {row}")).unwrap();
        project.snapshot(&newest);
        project.cargo(&["build"])
    };
    migrate("SELECT 1", 4).expect(0, &[]);
    migrate("CREATE TABLE reports (id bigint)", 5).expect(0, &["Compiling app"]);
    assert!(!project.cargo(&["build"]).stderr.contains("Compiling"));
    let artifact = project.executable("app");
    let verify = |url: String| {
        project.tool(&["verify", "--database-url", &url, "--artifact", artifact.to_str().unwrap()])
    };
    verify(newest.url()).expect(0, &["verified\n"]);
    verify(old.url()).expect(
        0,
        &[
            "info[ledger-behind]: the database is 2 migrations behind the build, says the ledger `public._sqlx_migrations`",
            "pending: `4` and `5`",
            "all that the models need is there; SQL in strings is not checked",
            "verified (1 info)",
        ],
    );
    // The same out of what `manifest` writes.
    let listed = project.tool(&["manifest", "--format", "json", "--artifact", artifact.to_str().unwrap()]);
    let json = listed.json();
    assert_eq!(json["ledgers"].as_array().map(Vec::len), Some(1), "{json}");
    assert_eq!(json["ledgers"][0]["migrations"], serde_json::json!(["1", "2", "3", "4", "5"]));
    project.write("m.json", &listed.stdout);
    project
        .tool(&["verify", "--manifest", "m.json", "--database-url", &old.url()])
        .expect(0, &["pending: `4` and `5`"]);
    project
        .tool(&["manifest", "--artifact", artifact.to_str().unwrap()])
        .expect(0, &["ledger (sqlx): public._sqlx_migrations, 5 migrations, at `5`\n"]);
}

/// What several expansions of a crate read is said to cargo by the first of them.
#[test]
fn all_that_the_models_of_one_crate_read_is_watched() {
    let _turn = one_at_a_time();
    let more = "
        #[derive(schemacheck::Model)]
        #[schemacheck(table = \"users\")]
        pub struct Again<T> { pub mood: Mood, pub id: T }
        #[derive(schemacheck::Model)]
        #[schemacheck(table = \"posts\")]
        pub struct Post { pub title: String }
    ";
    let (project, database) =
        (Project::package(&MAIN.replace("fn main()", &format!("{more} fn main()"))), database(SCHEMA));
    project.snapshot(&database);
    project.cargo(&["build"]).expect(0, &[]);
    for change in ["ALTER TABLE users ADD more text", "ALTER TABLE posts ADD more text"] {
        assert!(!project.cargo(&["build"]).stderr.contains("Compiling"));
        database.connect().unwrap().batch_execute(change).unwrap();
        project.snapshot(&database);
        project.cargo(&["build"]).expect(0, &["Compiling app"]);
    }
    database.connect().unwrap().batch_execute("ALTER TYPE mood ADD VALUE 'new'").unwrap();
    project.snapshot(&database);
    project.cargo(&["build"]).expect(101, &["label `new` of enum `public.mood` has no variant"]);
}

/// A type whose feature is off: whichever form the error takes, `check` knows it for ours.
#[test]
fn a_finding_is_a_finding_whatever_was_derived_first() {
    let _turn = one_at_a_time();
    let newtype =
        "#[derive(schemacheck::PgType)]\n#[schemacheck(transparent)]\npub struct Id(pub uuid::Uuid);\n";
    let model =
        "#[derive(schemacheck::Model)]\n#[schemacheck(table = \"users\")]\npub struct User { pub id: Id }\n";
    let project = Project::empty();
    let toml = manifest("app", "edition = \"2021\"", "").replace("features = [\"uuid\"]", "features = []");
    project.write("Cargo.toml", &toml);
    project.write("src/lib.rs", "");
    project.snapshot(&database(SCHEMA));
    for parts in [[newtype, model], [model, newtype]] {
        project.write("src/lib.rs", &parts.concat());
        project.tool(&["check"]).expect(1, &["cargo schemacheck explain type-mismatch"]);
    }
}

#[test]
fn records_survive_release_profiles_and_stripping() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.write(
        "Cargo.toml",
        &(manifest("app", "edition = \"2021\"", "")
            + "\n[profile.release]\nlto = \"fat\"\nstrip = true\npanic = \"abort\"\ncodegen-units = 1\n"),
    );
    project.snapshot(&database);
    // The program itself asserts that the guard finds models.
    project.cargo(&["run", "--release"]).expect(0, &[]);
    let release = project.executable("app").parent().unwrap().with_file_name("release").join("app");
    let ran = project.tool(&["manifest", "--artifact", release.to_str().unwrap()]);
    ran.expect(
        0,
        &[
            "app::User (src/main.rs:8) reads public.users",
            "app::Mood (src/main.rs:4) is public.mood",
            "ledger (sqlx): public._sqlx_migrations, 3 migrations, at `3`",
        ],
    );
}

#[test]
fn a_renamed_dependency_and_a_shared_crate_of_models_work() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.write("Cargo.toml", "[workspace]\nmembers = [\"models\", \"service\"]\nresolver = \"2\"\n");
    let renamed = manifest("models", "edition = \"2024\"", "")
        .replace("schemacheck = {", "sc = { package = \"schemacheck\",");
    project.write("models/Cargo.toml", &renamed);
    project.write(
        "models/src/lib.rs",
        "#[derive(sc::Model)]\n#[schemacheck(table = \"posts\", crate = \"sc\")]\npub struct Post { pub id: i64 }\n",
    );
    project.write(
        "service/Cargo.toml",
        &manifest("service", "edition = \"2021\"", "models = { path = \"../models\" }"),
    );
    let main = "fn main() { assert!(schemacheck::Guard::new().request().is_ok()); }\n";
    project.write("service/src/main.rs", &format!("use models as _;\n{main}"));
    project.snapshot(&database);
    project.cargo(&["run", "-p", "service"]).expect(0, &[]);
    project.tool(&["check"]).expect(0, &["1 model (1 column) agree with `.schemacheck`"]);
    // A dependency that is never named is not linked, and the guard says so.
    project.write("service/src/main.rs", main);
    project.cargo(&["run", "-p", "service"]).expect(101, &["assertion failed"]);
}

#[test]
fn records_are_read_out_of_rlibs_and_shared_libraries() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.write("Cargo.toml", "[workspace]\nmembers = [\"plain\", \"shared\"]\nresolver = \"2\"\n");
    for (name, lib) in [("plain", ""), ("shared", "\n[lib]\ncrate-type = [\"cdylib\"]\n")] {
        project.write(&format!("{name}/Cargo.toml"), &(manifest(name, "edition = \"2021\"", "") + lib));
        let source = "#[derive(schemacheck::Model)]\n#[schemacheck(table = \"posts\")]\npub struct Post { pub id: i64 }\n";
        project.write(&format!("{name}/src/lib.rs"), source);
    }
    project.snapshot(&database);
    // Of a package that has neither executable nor cdylib the rlib is read.
    let ledger = "ledger (sqlx): public._sqlx_migrations, 3 migrations, at `3`";
    let both = project.tool(&["manifest"]);
    both.expect(0, &["plain::Post (plain/src/lib.rs:3)", "shared::Post (shared/src/lib.rs:3)"]);
    // Both crates saw the same.
    assert_eq!(both.stdout.matches(ledger).count(), 1, "{}", both.all());
    for (file, path) in [("libplain.rlib", "plain::Post"), ("libshared.so", "shared::Post")] {
        let artifact = project.executable(file);
        project.tool(&["manifest", "--artifact", artifact.to_str().unwrap()]).expect(0, &[path, ledger]);
    }
}

/// Weak dependencies are locked, and default features built, whether anybody wants them or not.
#[test]
fn features_bring_no_crates_that_they_do_not_need() {
    let project = |feature: &str| {
        let project = Project::empty();
        let manifest = manifest("app", "edition = \"2024\"", "");
        project.write("Cargo.toml", &manifest.replace("\"uuid\"", &format!("{feature:?}")));
        project.write("src/lib.rs", "");
        project
    };
    let json = project("serde_json");
    json.cargo(&["generate-lockfile"]).expect(0, &[]);
    let locked = json.read("Cargo.lock");
    assert!(
        locked.contains("name = \"serde_json\"") && !locked.contains("name = \"postgres-types\""),
        "{locked}"
    );
    let features = json.cargo(&["tree", "--edges", "features"]);
    features.expect(0, &["serde_json"]);
    assert!(!features.stdout.contains("raw_value"), "{}", features.all());
    // No sockets of tokio, which are not to be had on wasm.
    let tree = project("tokio-postgres").cargo(&["tree", "--prefix", "none"]);
    tree.expect(0, &["tokio-postgres v"]);
    assert!(!tree.stdout.contains("mio v"), "{}", tree.all());
    // Who has a library builds no crate for its types; and who has not builds no driver for them.
    for (feature, library, most, unwanted) in LIBRARIES {
        let crates = |features: &str, dependency: &str| {
            let project = Project::empty();
            let manifest = manifest("app", "edition = \"2024\"", dependency);
            project.write("Cargo.toml", &manifest.replace("\"uuid\"", features));
            project.write("src/lib.rs", "");
            let tree = project.cargo(&["tree", "--prefix", "none", "--edges", "normal,build"]);
            tree.expect(0, &["schemacheck v"]);
            let packages = tree.stdout.lines().map(|line| line.split(" (").next().unwrap().to_owned());
            packages.collect::<std::collections::BTreeSet<_>>()
        };
        let (without, with) = (crates("", library), crates(&format!("{feature:?}"), library));
        assert_eq!(with, without, "{feature} builds more than {library}");
        let base = crates("", "");
        let alone: Vec<_> = crates(&format!("{feature:?}"), "").difference(&base).cloned().collect();
        println!("{feature}: {} crates", alone.len());
        assert!(alone.len() <= *most, "{feature} brings {} crates: {alone:?}", alone.len());
        for name in *unwanted {
            assert!(
                !alone.iter().any(|package| package.starts_with(&format!("{name} v"))),
                "{feature} brings {name}: {alone:?}"
            );
        }
    }
}

/// The feature of a library; the library as a program has it that uses its types; how many crates may come for the types
/// alone, with what those need; and some that may not.
const LIBRARIES: &[(&str, &str, usize, &[&str])] = &[
    (
        "diesel",
        "diesel = { version = \"2.3\", features = [\"postgres\"] }",
        20,
        &["pq-sys", "serde", "chrono"],
    ),
    (
        "diesel_json",
        "diesel = { version = \"2.3\", features = [\"postgres\"] }\ndiesel_json = \"0.3\"",
        24,
        &["pq-sys", "chrono"],
    ),
    (
        "sqlx",
        "sqlx = { version = \"0.9\", features = [\"postgres\", \"runtime-tokio\"] }",
        120,
        &["tokio", "sqlx-macros", "sqlx-sqlite", "rustls", "chrono", "time"],
    ),
    (
        "sqlx-0_8",
        "sqlx = { version = \"0.8\", features = [\"postgres\", \"runtime-tokio\"] }",
        120,
        &["tokio", "sqlx-macros", "sqlx-sqlite", "rustls", "chrono", "time"],
    ),
    (
        "sea-orm",
        "sea-orm = { version = \"2.0\", features = [\"sqlx-postgres\", \"runtime-tokio\"] }",
        95,
        &["tokio", "sqlx", "sqlx-core", "arrow"],
    ),
];
