//! The guard in a built service: it refuses before its workers run, and can be overridden aloud.

use crate::support::{MAIN, Project, Ran, SCHEMA, database, manifest, one_at_a_time};

/// A service as README tells people to write it, on [`SCHEMA`].
fn service() -> Project {
    let project = Project::empty();
    let dependencies = "postgres = \"0.19\"";
    let toml = manifest("app", "edition = \"2021\"", dependencies)
        .replace("features = [\"uuid\"]", "features = [\"uuid\", \"postgres\"]");
    project.write("Cargo.toml", &toml);
    let main = MAIN.split("fn main()").next().unwrap().to_owned()
        + r#"
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let mut client = postgres::Client::connect(&url, postgres::NoTls)?;
    let verified = schemacheck::Guard::new().target(&url).verify_or_exit(&mut client);
    println!("{verified}");
    println!("{} worker runs", std::mem::size_of::<(User, Mood)>().min(1));
    Ok(())
}
"#;
    project.write("src/main.rs", &main);
    project
}

#[test]
fn incidents_1_2_and_5_a_service_refuses_to_start() {
    let _turn = one_at_a_time();
    let (project, good) = (service(), database(SCHEMA));
    project.snapshot(&good);
    project.cargo(&["build"]).expect(0, &[]);
    let start = |url: &str, guard: &[(&str, &str)]| {
        let environment = [&[("DATABASE_URL", url)], guard].concat();
        project.program("app", &environment)
    };
    start(&good.url(), &[]).expect(0, &["verified 1 model (4 columns) against database", "1 worker runs"]);

    // 1 and 2: a column is gone, and the ledger says that all is applied.
    good.connect().unwrap().batch_execute("ALTER TABLE users DROP nickname").unwrap();
    let refused = start(&good.url(), &[]);
    refused.expect(
        78,
        &[
            "does not match the schema this program was built against (1 finding)",
            "error[missing-column]: cannot find column `nickname` in table `public.users`",
            "--> src/main.rs:11 (`app::User`, field `nickname`)",
            "info[ledger-stamped]: the migration ledger `public._sqlx_migrations` lists `3` as applied",
            "override: SCHEMACHECK_GUARD=warn",
        ],
    );
    assert!(!refused.stdout.contains("worker"), "{}", refused.all());

    // 5: another database. The report names it, the program, and never the password.
    let other = database("CREATE TABLE unrelated ()");
    let url = other.url().replace("postgres@", "postgres:hunter2-not-real@");
    start(&url, &[]).expect(
        78,
        &[
            "error[missing-relation]: cannot find relation `public.users`",
            "error[missing-type]: cannot find enum `public.mood`",
            &format!("database: database `{}` at ", other.name()),
            "program:  app 0.1.0, executable `",
        ],
    );

    // Overrides start it, and say so.
    start(&url, &[("SCHEMACHECK_GUARD", "warn")]).expect(
        0,
        &[
            "schemacheck: SCHEMACHECK_GUARD=warn: this program starts although it should not",
            "cannot find relation `public.users`",
            "refusal overridden (SCHEMACHECK_GUARD=warn): 1 model",
            "1 worker runs",
        ],
    );
    start(&url, &[("SCHEMACHECK_GUARD", "off")]).expect(
        0,
        &[
            "schemacheck: SCHEMACHECK_GUARD=off: the database is not verified",
            "database not verified",
            "worker runs",
        ],
    );
    // A misspelt override opens no door.
    start(&url, &[("SCHEMACHECK_GUARD", "of")]).expect(78, &["is taken as `enforce`"]);

    // Nor is a misspelt form of the log taken silently, and it is said once.
    let misspelt = start(&url, &[("SCHEMACHECK_LOG", "jsno"), ("SCHEMACHECK_GUARD", "warn")]);
    misspelt
        .expect(0, &["SCHEMACHECK_LOG is \"jsno\", which is neither `json` nor `text`", "does not match"]);
    assert_eq!(misspelt.stderr.matches("jsno").count(), 1, "{}", misspelt.all());

    // For machines: one line of JSON each, with all that there is to say.
    for (guard, status, event) in
        [("enforce", 78, "refused"), ("warn", 0, "overridden"), ("off", 0, "skipped")]
    {
        let json = start(&url, &[("SCHEMACHECK_LOG", "JSON"), ("SCHEMACHECK_GUARD", guard)]);
        json.expect(status, &[]);
        let lines: Vec<&str> = json.stderr.trim().lines().collect();
        let [line] = lines[..] else { panic!("{guard}: {lines:?}") };
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["source"], &line["event"]), (&"schemacheck".into(), &event.into()));
        if guard == "off" {
            continue;
        }
        let report = &line["report"];
        assert_eq!((&report["verdict"], &report["kind"]), (&"refused".into(), &"drift".into()));
        assert_eq!(report["database"]["database"], other.name());
        let codes: Vec<&serde_json::Value> =
            report["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
        assert!(codes.contains(&&"missing-relation".into()), "{codes:?}");
        assert!(!json.all().contains("hunter2"));
    }
}

/// An image holds the program alone: neither a snapshot nor a source file is there to be read.
#[test]
fn expectations_live_inside_the_binary() {
    let _turn = one_at_a_time();
    let (project, database) = (service(), database(SCHEMA));
    project.snapshot(&database);
    project.cargo(&["build"]).expect(0, &[]);
    let image = Project::empty();
    std::fs::copy(project.executable("app"), image.path().join("app")).unwrap();
    drop(project);
    let start = || {
        let mut command = std::process::Command::new(image.path().join("app"));
        command.current_dir(image.path()).env_clear().env("DATABASE_URL", database.url());
        Ran::new(&command.output().unwrap())
    };
    start().expect(0, &["verified 1 model (4 columns) against database", "1 worker runs"]);
    database.connect().unwrap().batch_execute("ALTER TABLE users DROP nickname").unwrap();
    start()
        .expect(78, &["cannot find column `nickname`", "--> src/main.rs:11 (`app::User`, field `nickname`)"]);
}

/// A field may say what a finding about it is worth, and the start keeps to it.
#[test]
fn each_field_can_be_overridden() {
    let _turn = one_at_a_time();
    let (project, database) = (service(), database(SCHEMA));
    let main = project.read("src/main.rs");
    let overridden = [
        ("pub nickname:", "allow(missing-column, reason = \"added by hand\")"),
        ("pub email:", "warn(type-mismatch, reason = \"decoded by hand\")"),
        ("pub mood:", "deny(nullable-column, reason = \"read without asking\")"),
    ];
    let main = overridden.iter().fold(main, |main, (field, level)| {
        main.replace(field, &format!("#[schemacheck({level})]\n    {field}"))
    });
    project.write("src/main.rs", &main);
    project.snapshot(&database);
    project.cargo(&["build"]).expect(0, &[]);
    let start = |change: &str| {
        database.connect().unwrap().batch_execute(change).unwrap();
        project.program("app", &[("DATABASE_URL", &database.url())])
    };
    // Without its override each would be judged the other way.
    start("ALTER TABLE users DROP nickname").expect(0, &["verified 1 model", "1 worker runs"]);
    start("ALTER TABLE users ALTER email TYPE bytea USING ''").expect(0, &["1 warning", "1 worker runs"]);
    start("ALTER TABLE users ALTER mood DROP NOT NULL").expect(
        78,
        &[
            "error[nullable-column]: column `public.users.mood` is nullable",
            "warning[type-mismatch]: column `public.users.email` is `bytea`",
        ],
    );
    // Nothing else of that column is overridden.
    start("ALTER TABLE users ALTER mood SET NOT NULL, DROP email")
        .expect(78, &["error[missing-column]: cannot find column `email` in table `public.users`"]);
}

/// A schema a tenant, as docs/guard.md tells of: models name none, and the build's snapshot comes from one tenant by the
/// search path, or from migrations that make the tables in `public`.
#[test]
fn a_program_for_tenants_is_built_from_one_of_them() {
    let _turn = one_at_a_time();
    let project = service();
    let main = project
        .read("src/main.rs")
        .replace("Guard::new()", "Guard::new().schema(&std::env::var(\"TENANT\")?)");
    project.write("src/main.rs", &main);
    let tables = SCHEMA.split("CREATE TABLE _sqlx").next().unwrap();
    let live = database(
        &["tenant_1", "tenant_2"]
            .map(|name| format!("CREATE SCHEMA {name}; SET search_path = {name};\n{tables}"))
            .concat(),
    );
    let by_path = format!("{}&options=-c%20search_path%3Dtenant_1,public", live.url());
    let snapshot = |url: &str, more: &[&str]| {
        project.tool(&[&["snapshot", "--database-url", url], more].concat()).expect(0, &[]);
    };
    // The tenants' schemas are covered, and a name without schema does not lead to them.
    let off_path = "exists where the search path does not lead: `tenant_1.users` and `tenant_2.users`; the search path is `public`";
    snapshot(&live.url(), &[]);
    let by_tenant = "`?options=-c%20search_path%3Dtenant_1,public` in its URL";
    project.cargo(&["build"]).expect(101, &["cannot find relation `users`", off_path, by_tenant]);
    // `--schema` narrows what is covered, and is no search path.
    snapshot(&live.url(), &["--schema", "tenant_1", "--schema", "public"]);
    let off_path = off_path.replace(" and `tenant_2.users`", "");
    project.cargo(&["build"]).expect(101, &["cannot find relation `users`", &off_path]);

    let start = |tenant: &str| project.program("app", &[("DATABASE_URL", &live.url()), ("TENANT", tenant)]);
    let fits = || {
        project.cargo(&["build"]).expect(0, &[]);
        for tenant in ["tenant_1", "tenant_2"] {
            start(tenant).expect(0, &[&format!("in schema `{tenant}` against"), "1 worker runs"]);
        }
    };
    snapshot(&by_path, &["--schema", "tenant_1", "--schema", "public"]);
    assert!(project.path().join(".schemacheck/relations/tenant_1/users.json").exists());
    assert!(!project.path().join(".schemacheck/relations/tenant_2").exists());
    fits();
    project.tool(&["snapshot", "--check", "--database-url", &by_path]).expect(0, &[]);
    project.tool(&["snapshot", "--check", "--database-url", &live.url()]).expect(1, &["search_path"]);

    // From migrations that name no schema there is nothing to say.
    std::fs::remove_dir_all(project.path().join(".schemacheck")).unwrap();
    project.write("tenant.sql", tables);
    project.tool(&["snapshot", "--run", "psql --set ON_ERROR_STOP=1 -qf tenant.sql"]).expect(0, &[]);
    fits();

    live.connect().unwrap().batch_execute("ALTER TABLE tenant_2.users DROP nickname").unwrap();
    start("tenant_1").expect(0, &[]);
    start("tenant_2").expect(78, &["cannot find column `nickname` in table `tenant_2.users`"]);
}

/// A program that runs is not said to start.
#[test]
fn an_override_after_the_start_is_said_as_such() {
    let _turn = one_at_a_time();
    let (project, database) = (service(), database(SCHEMA));
    project.snapshot(&database);
    let main = project.read("src/main.rs").replace(
        "    Ok(())\n}\n",
        "    client.batch_execute(\"ALTER TABLE users DROP nickname\")?;\n    \
         for _ in 0..2 {\n        println!(\"{}\", verified.recheck(&mut client)?);\n    }\n    Ok(())\n}\n",
    );
    project.write("src/main.rs", &main);
    project.cargo(&["build"]).expect(0, &[]);
    let start =
        || project.program("app", &[("DATABASE_URL", &database.url()), ("SCHEMACHECK_GUARD", "warn")]);
    let ran = start();
    let goes_on = "schemacheck: SCHEMACHECK_GUARD=warn: this program goes on although it should not";
    ran.expect(0, &["verified 1 model", goes_on, "refusal overridden (SCHEMACHECK_GUARD=warn)"]);
    assert!(!ran.all().contains("this program starts"), "{}", ran.all());
    assert_eq!(ran.stderr.matches("although it should not").count(), 1, "{}", ran.all());
}
