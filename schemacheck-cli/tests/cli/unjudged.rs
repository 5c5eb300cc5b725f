//! What a build did not check, or let through, is not called verified: not by `check`, not by `verify`, not by the
//! guard.

use schemacheck_scratch::Database;

use crate::support::{Project, Ran, database, manifest, one_at_a_time};

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('ok', 'sad');
    CREATE TYPE place AS (street text, number integer);
    CREATE DOMAIN email AS text;
    CREATE TABLE users (id bigint PRIMARY KEY, name text, email email NOT NULL, mood mood NOT NULL, home place,
        status text NOT NULL CHECK (status IN ('new', 'old')), made timestamptz NOT NULL, note text);
";

/// Fits [`SCHEMA`].
const MODELS: &str = r#"
use schemacheck::{Model, PgEnum, PgType};

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood { Ok, Sad }

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
pub enum Status { New, Old }

#[derive(PgType)]
#[schemacheck(type = "place")]
pub struct Place { pub street: Option<String>, pub number: Option<i32> }

#[derive(PgType)]
#[schemacheck(type = "email")]
pub struct Email(pub String);

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Stamps { pub made: String }

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct User {
    pub id: i64,
    pub name: Option<String>,
    pub email: Email,
    pub mood: Mood,
    pub home: Option<Place>,
    pub status: Status,
    #[schemacheck(flatten)]
    pub stamps: Stamps,
}
"#;

const GUARD: &str = r#"
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut client = postgres::Client::connect(&std::env::var("DATABASE_URL")?, postgres::NoTls)?;
    let mut guard = schemacheck::Guard::new();
    if std::env::var_os("STRICT").is_some() {
        guard = guard.strict();
    }
    let verified = guard.verify_or_exit(&mut client);
    println!("{verified}");
    println!("{}", verified.to_json());
    verified.findings().iter().for_each(|finding| println!("{}\n{:?}", finding.headline(), finding.notes));
    println!("worker runs");
    Ok(())
}
"#;

/// A service with these models.
fn service(models: &str) -> Project {
    let project = Project::empty();
    let toml = manifest("app", "edition = \"2021\"", "postgres = \"0.19\"")
        .replace("features = [\"uuid\"]", "features = [\"postgres\"]");
    project.write("Cargo.toml", &toml);
    project.write("src/main.rs", &(models.to_owned() + GUARD));
    project
}

/// The models with types that nobody accepts for `timestamptz`: of the right ones a feature is off here.
fn fitting() -> String {
    MODELS.replace(
        "pub made: String",
        "#[schemacheck(types = \"off\", reason = \"a test\")]\n    pub made: String",
    )
}

fn build(project: &Project, mode: &str) -> Ran {
    let built = project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", mode)]);
    built.expect(0, &[]);
    built
}

struct Verdicts {
    check: Ran,
    verify: Ran,
    strict: Ran,
    start: Ran,
    strict_start: Ran,
}

/// What all that look at a built program say of it and a database.
fn verdicts(project: &Project, database: &Database<'_>) -> Verdicts {
    let (url, artifact) = (database.url(), project.executable("app"));
    let artifact = artifact.to_str().unwrap();
    let verify = ["verify", "--database-url", &url, "--artifact", artifact];
    let start =
        |more: &[(&str, &str)]| project.program("app", &[&[("DATABASE_URL", url.as_str())], more].concat());
    Verdicts {
        check: project.tool(&["check", "--artifact", artifact]),
        verify: project.tool(&verify),
        strict: project.tool(&[&verify[..], &["--strict"]].concat()),
        start: start(&[]),
        strict_start: start(&[("STRICT", "1")]),
    }
}

#[test]
fn a_build_that_looked_at_nothing_is_not_called_verified() {
    let _turn = one_at_a_time();
    let (project, database) = (service(&fitting()), database(SCHEMA));
    build(&project, "off");
    project.snapshot(&database);
    let expected = "the build of `app` did not check types and NULL of 7 columns and 3 Rust types";
    let Verdicts { check, verify, strict, start, strict_start } = verdicts(&project, &database);
    for ran in [&check, &verify] {
        ran.expect(
            0,
            &[
                &format!("warning[unjudged]: {expected}"),
                "(`app::User`, field `id`)",
                "more places",
                "note: it was built with `SCHEMACHECK_BUILD=off`",
                "help: build it without `SCHEMACHECK_BUILD=off`",
                "1 model (7 columns, 7 unjudged)",
            ],
        );
    }
    strict.expect(1, &[&format!("error[unjudged]: {expected}")]);
    start.expect(
        0,
        &[
            "verified 1 model (7 columns, 7 unjudged) against",
            ", 1 warning",
            "\"unjudged\": 7",
            "worker runs",
        ],
    );
    strict_start
        .expect(78, &["was not verified: the build did not check", &format!("error[unjudged]: {expected}")]);
    assert!(!strict_start.all().contains("worker runs") && !strict_start.all().contains("does not match"));
}

#[test]
fn a_build_that_warned_for_want_of_a_snapshot_is_not_called_verified() {
    let _turn = one_at_a_time();
    let (project, database) = (service(&fitting()), database(SCHEMA));
    build(&project, "warn");
    project.snapshot(&database);
    let Verdicts { check, verify, strict, start, strict_start } = verdicts(&project, &database);
    for ran in [&check, &verify, &start] {
        ran.expect(0, &["7 unjudged"]);
    }
    verify.expect(0, &["note: the build found no snapshot of `public.email`, `public.mood`, `public.place` and `public.users`"]);
    verify.expect(0, &["help: run `cargo schemacheck snapshot`, commit the result, and build again"]);
    strict.expect(1, &["error[unjudged]"]);
    strict_start.expect(78, &["error[unjudged]"]);
    let artifact = project.executable("app");
    project
        .tool(&["check", "--strict", "--artifact", artifact.to_str().unwrap()])
        .expect(1, &["error[unjudged]"]);
    let json = project.tool(&["check", "--format", "json", "--artifact", artifact.to_str().unwrap()]).json();
    assert_eq!((&json["checked"]["columns"], &json["checked"]["unjudged"]), (&7.into(), &7.into()), "{json}");
    // What `manifest` writes keeps it.
    let printed = project.tool(&["manifest", "--format", "json", "--artifact", artifact.to_str().unwrap()]);
    project.write("records.json", &printed.stdout);
    project.tool(&["check", "--manifest", "records.json"]).expect(0, &["warning[unjudged]", "7 unjudged"]);
}

#[test]
fn what_a_build_let_through_is_not_forgotten() {
    let _turn = one_at_a_time();
    let models = MODELS
        .replace("pub id: i64", "pub id: i32")
        .replace("pub name: Option<String>", "pub name: String")
        .replace("pub mood: Mood", "pub mood: String")
        .replace("number: Option<i32>", "number: Option<bool>")
        .replace("Email(pub String)", "Email(pub i32)")
        .replace("home: Option<Place>", "home: Option<Email>")
        .replace("New, Old", "New, Gone")
        .replace(
            "pub status: Status,",
            "pub status: Status,\n    pub note: Option<String>,\n    pub later: i64,",
        )
        + "#[derive(Model)]\n#[schemacheck(table = \"absent\")]\npub struct Absent { pub id: i64 }\n";
    let (project, database) = (service(&models), database(SCHEMA));
    project.snapshot(&database);
    project.cargo(&["build"]).expect(101, &[]);
    let built = build(&project, "warn");
    // Each mismatch is warned of once, and what asks for the record warns of nothing.
    assert_eq!(built.all().matches("but field `id` is `i32`").count(), 1, "{}", built.all());
    assert!(!built.all().contains("unused"), "{}", built.all());
    let mismatches = [
        "[type-mismatch]: column `public.users.id` is `bigint`, but field `id` is `i32`",
        "[nullable-column]: column `public.users.name` is nullable, but field `name` is `String`",
        "[type-mismatch]: column `public.users.mood` is `public.mood`, but field `mood` is `String`",
        "[type-mismatch]: column `public.users.home` is `public.place`, but field `home` is `Option<Email>`",
        "[type-mismatch]: attribute `public.place.number` is `integer`, but field `number` is `Option<bool>`",
        "[type-mismatch]: domain `public.email` is based on `text`, but field `0` is `i32`",
        "[type-mismatch]: table `public.users` has columns that their fields in flattened `Stamps` cannot hold",
    ];
    let of = |severity: &str| mismatches.map(|message| format!("{severity}{message}"));
    let missing = ["error[missing-column]", "error[missing-relation]", "cannot find label `gone`"];
    let Verdicts { check, verify, strict, .. } = verdicts(&project, &database);
    for (ran, severity) in [(check, "error"), (verify, "warning"), (strict, "error")] {
        ran.expect(1, &of(severity).each_ref().map(String::as_str)).expect(1, &missing);
        assert!(!ran.all().contains("unjudged"), "what is not there is missing:\n{}", ran.all());
    }

    // What the live database can mend is mended: then the service starts, and says what is left.
    database
        .connect()
        .unwrap()
        .batch_execute(
            "CREATE TABLE absent (id bigint PRIMARY KEY);
             ALTER TABLE users ADD later bigint NOT NULL, ALTER id TYPE integer, ALTER name SET NOT NULL,
                 DROP CONSTRAINT users_status_check, ADD CHECK (status IN ('new', 'gone'))",
        )
        .unwrap();
    let Verdicts { verify, strict, start, strict_start, .. } = verdicts(&project, &database);
    let unjudged = "[unjudged]: the build of `app` did not check types and NULL of 3 columns";
    let notes = [
        "note: the build found no snapshot of `public.absent`",
        "note: not in the snapshot of the build: `public.users.later`",
        "note: did not fit at the build, which let it through, and has another type now: `public.users.id`",
        "note: the build let it through: `SCHEMACHECK_BUILD=warn`",
    ];
    verify.expect(0, &of("warning")[2..].iter().map(String::as_str).collect::<Vec<_>>()).expect(0, &notes);
    verify.expect(0, &[&format!("warning{unjudged}")]);
    assert!(
        !verify.all().contains("public.users.id` is") && !verify.all().contains("users.name"),
        "{}",
        verify.all()
    );
    strict.expect(1, &[&format!("error{unjudged}")]);
    strict.expect(1, &of("error")[2..].iter().map(String::as_str).collect::<Vec<_>>());
    start.expect(0, &["verified 2 models (10 columns, 3 unjudged) against", "worker runs", "6 warnings"]);
    strict_start.expect(78, &["does not match the schema", "type-mismatch"]);
}

#[test]
fn a_flattened_struct_that_lacked_a_column_is_unjudged_as_a_whole() {
    let _turn = one_at_a_time();
    let models = fitting().replace("pub struct Stamps {", "pub struct Stamps { pub later: i64,");
    let (project, database) = (service(&models), database(SCHEMA));
    project.snapshot(&database);
    build(&project, "warn");
    database.connect().unwrap().batch_execute("ALTER TABLE users ADD later text NOT NULL").unwrap();
    let Verdicts { verify, start, .. } = verdicts(&project, &database);
    verify.expect(
        0,
        &[
            "did not check types and NULL of 2 columns",
            "note: not in the snapshot of the build: `public.users.later`",
            "note: in a flattened struct with other columns that the snapshot lacked: `public.users.made`",
        ],
    );
    start.expect(0, &["(8 columns, 2 unjudged)"]);
}

#[test]
fn a_warning_that_an_attribute_asks_for_is_repeated_too() {
    let _turn = one_at_a_time();
    let models = fitting().replace(
        "pub id: i64",
        "#[schemacheck(warn(type-mismatch, reason = \"next week\"))]\n    pub id: i32",
    );
    let (project, database) = (service(&models), database(SCHEMA));
    project.snapshot(&database);
    build(&project, "enforce");
    let Verdicts { start, strict_start, .. } = verdicts(&project, &database);
    start.expect(
        0,
        &[
            "verified 1 model (7 columns) against",
            "column `public.users.id` is `bigint`, but field `id` is `i32`",
        ],
    );
    // The attribute says how grave it is, also where the start is strict.
    strict_start.expect(0, &["the build warned of it, as `warn(type-mismatch)` asks for"]);
}

#[test]
fn of_a_build_that_checked_all_that_it_can_nothing_is_said() {
    let _turn = one_at_a_time();
    // A base type that nobody knows, a type parameter, a view, what is turned off, and what may come later.
    let schema = SCHEMA.to_owned()
        + "CREATE TYPE shape;
           CREATE FUNCTION shape_in(cstring) RETURNS shape LANGUAGE internal IMMUTABLE STRICT AS 'textin';
           CREATE FUNCTION shape_out(shape) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
           CREATE TYPE shape (INPUT = shape_in, OUTPUT = shape_out, LIKE = text);
           CREATE TABLE areas (id bigint PRIMARY KEY, shape shape NOT NULL, made timestamptz NOT NULL, extra jsonb);
           CREATE VIEW names AS SELECT id, name FROM users;";
    let models = fitting()
        + "pub struct Shape;\n\
           #[derive(Model)]\n#[schemacheck(table = \"areas\")]\npub struct Area<'a, T> {\n\
           pub id: i64,\n    pub shape: Shape,\n    pub extra: T,\n    pub name: std::marker::PhantomData<&'a str>,\n\
           #[schemacheck(types = \"off\", nullability = \"off\", reason = \"decoded by hand\")]\n    pub made: Shape,\n\
           #[schemacheck(allow(missing-column, reason = \"next week\"))]\n    pub later: i64,\n}\n\
           #[derive(Model)]\n#[schemacheck(table = \"names\")]\npub struct Name { pub id: i64, pub name: String }\n";
    let models = models.replace(
        "    pub name: std::marker::PhantomData<&'a str>,\n",
        "    #[schemacheck(skip)]\n    pub name: std::marker::PhantomData<&'a str>,\n",
    );
    let (project, database) = (service(&models), database(&schema));
    project.snapshot(&database);
    build(&project, "enforce");
    let Verdicts { check, verify, strict, start, strict_start } = verdicts(&project, &database);
    for ran in [check, verify, strict, start, strict_start] {
        ran.expect(0, &["3 models (14 columns)"]);
        assert!(!ran.all().contains("[unjudged]"), "{}", ran.all());
    }
    // What was to come has come, and only the next build can check it: no start is refused for that.
    database.connect().unwrap().batch_execute("ALTER TABLE areas ADD later text").unwrap();
    let Verdicts { start, strict_start, .. } = verdicts(&project, &database);
    for ran in [start, strict_start] {
        ran.expect(0, &["3 models (14 columns, 1 unjudged)", "1 info"]);
    }
}

#[test]
fn of_two_flattened_structs_of_one_name_both_are_checked() {
    let _turn = one_at_a_time();
    let stamps = |module: &str, field: &str| {
        format!(
            "pub mod {module} {{\n#[derive(schemacheck::Model)]\n#[schemacheck(embedded)]\n\
             pub struct Stamps {{ pub {field} }}\n}}\n"
        )
    };
    let models = stamps("v1", "note: Option<bool>")
        + &stamps("v2", "name: Option<String>")
        + "#[derive(schemacheck::Model)]\n#[schemacheck(table = \"users\")]\npub struct User {\n\
           pub id: i64,\n    #[schemacheck(flatten)]\n    pub stamps: v1::Stamps,\n}\n";
    let (project, database) = (service(&models), database(SCHEMA));
    project.snapshot(&database);
    project.cargo(&["build"]).expect(101, &["field `note` of flattened `Stamps`"]);
}
