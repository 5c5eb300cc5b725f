//! `check`, `verify` and `manifest` on built programs.

use crate::support::{MAIN, Project, SCHEMA, database, one_at_a_time};

#[test]
fn a_program_is_checked_and_verified() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(MAIN), database(SCHEMA));
    project.snapshot(&database);
    project.tool(&["check"]).expect(0, &["1 model (4 columns) agree with `.schemacheck`"]);
    let url = database.url();
    project.tool(&["verify", "--database-url", &url]).expect(0, &["1 model (4 columns) verified"]);
    let from_env = project.tool_with(&["verify"], &[("DATABASE_URL", &url)]);
    from_env.expect(0, &["verified"]);
    project.write(".env", &format!("DATABASE_URL={url}\n"));
    project.tool(&["verify"]).expect(0, &["verified"]);

    // What `manifest` prints, `--manifest` reads.
    let executable = project.executable("app");
    let executable = executable.to_str().unwrap();
    let listed = project.tool(&["manifest", "--format", "json", "--artifact", executable]);
    assert_eq!(listed.json()["manifests"].as_array().unwrap().len(), 2);
    project.write("manifest.json", &listed.stdout);
    project.tool(&["verify", "--manifest", "manifest.json", "--database-url", &url]).expect(0, &[]);
    project.tool(&["check", "--manifest", "manifest.json"]).expect(0, &[]);

    database
        .connect()
        .unwrap()
        .batch_execute("ALTER TABLE users DROP nickname; ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")
        .unwrap();
    let ran = project.tool(&["verify", "--artifact", executable, "--database-url", &url]);
    ran.expect(
        1,
        &[
            "error[missing-column]: cannot find column `nickname` in table `public.users`",
            "--> src/main.rs:11 (`app::User`, field `nickname`)",
            "11 |     pub nickname: Option<String>,\n   |         ^^^^^^^^",
            "error[unknown-label]: cannot find label `sad` in enum `public.mood`",
            "cause: the migration ledger `public._sqlx_migrations` lists `3` as applied",
            "2 errors, 1 warning, 1 info",
        ],
    );
    // No color into a file or a pipe.
    assert!(!ran.all().contains('\u{1b}'));
    let json =
        project.tool(&["verify", "--format", "json", "--artifact", executable, "--database-url", &url]);
    assert_eq!(json.status, 1);
    let json = json.json();
    assert_eq!((&json["version"], &json["command"]), (&1.into(), &"verify".into()));
    assert_eq!(json["checked"], serde_json::json!({"models": 1, "columns": 4, "unjudged": 0}));
    assert_eq!(json["summary"]["error"], 2);
    let findings = json["databases"][0]["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["object"] == "public.users.nickname").unwrap();
    assert_eq!((&finding["code"], &finding["change"]), (&"missing-column".into(), &"missing".into()));
    assert_eq!(finding["rust"][0]["line"], 11);
    assert_eq!(json["databases"][0]["database"], database.name());
    // The snapshot is older than the program now sees.
    project.snapshot(&database);
    project.tool(&["check", "--artifact", executable]).expect(
        1,
        &[
            "error[missing-column]",
            "warning[stale-snapshot]: this program was built from another snapshot of `public.users`",
        ],
    );
    // A build that fails by our own errors is a finding; any other is something that could not be looked at.
    project.tool(&["check"]).expect(1, &["cannot find column `nickname`"]);
    project.write("src/main.rs", "fn main() { nonsense }");
    project.tool(&["check"]).expect(2, &["cannot find value `nonsense`"]);
}

#[test]
fn one_database_that_cannot_be_reached_does_not_hide_the_others() {
    let _turn = one_at_a_time();
    let (project, good) = (Project::package(MAIN), database(SCHEMA));
    project.snapshot(&good);
    let bad = database("CREATE TABLE unrelated ()");
    project.cargo(&["build"]).expect(0, &[]);
    let executable = project.executable("app");
    let gone = good.url().replace(good.name(), "no_such_database");
    let ran = project.tool(&[
        "verify",
        "--artifact",
        executable.to_str().unwrap(),
        "--database-url",
        &gone,
        "--database-url",
        &bad.url(),
        "--database-url",
        &good.url(),
    ]);
    ran.expect(
        2,
        &[
            "error[unreadable]: the database could not be looked at",
            "database \"no_such_database\" does not exist",
            "error[missing-relation]: cannot find relation `public.users`",
            &format!("database `{}`", good.name()),
            "no findings",
        ],
    );
}

#[test]
fn explain_knows_every_code() {
    let project = Project::empty();
    let listed = project.tool(&["explain"]);
    listed.expect(0, &["missing-column", "ledger-stamped"]);
    for line in listed.stdout.lines() {
        let code = line.split_whitespace().next().unwrap();
        project.tool(&["explain", code]).expect(0, &[&format!("# {code}\n")]);
    }
    project
        .tool(&["explain", "missing-colum"])
        .expect(2, &["unknown code `missing-colum`", "`missing-column`"]);
    project.tool(&["completions", "bash"]).expect(0, &["snapshot"]);
}

/// A record as `--manifest` reads it, so that nothing has to be built.
fn record(path: &str, kind: &str, relation: &str) -> String {
    format!(
        "{{\"format\": 1, \"crate\": \"app\", \"path\": \"app::{path}\", \"file\": \"src/main.rs\", \"line\": 1, \
         \"sort\": \"model\", \"kinds\": [\"{kind}\"], \"relation\": \"{relation}\", \"columns\": []}}"
    )
}

/// A program with one model, `users`, whose build saw this ledger.
fn program(kind: &str, table: &str, of_ledger: &str) -> String {
    format!(
        "{{\"manifests\": [{}], \"ledgers\": [{{\"format\": 1, \"kind\": \"{kind}\", \"schema\": \"public\", \
         \"table\": \"{table}\", {of_ledger}}}]}}",
        record("User", "read", "users")
    )
}

#[test]
fn a_writer_of_a_view_is_warned() {
    let database = database("CREATE VIEW users AS SELECT 1 AS id");
    let project = Project::empty();
    let verify = || project.tool(&["verify", "--manifest", "m.json", "--database-url", &database.url()]);
    project.write("m.json", &format!("[{}]", record("Writer", "insert", "users")));
    verify().expect(0, &["warning[relation-kind]: `public.users` is a view, and `app::Writer` writes to it"]);
    project.write("m.json", &format!("[{}]", record("Reader", "read", "users")));
    verify().expect(0, &["no findings"]);
}

#[test]
fn the_ledger_tells_the_cause_as_far_as_it_is_known() {
    let database = database(
        "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('a1')",
    );
    let project = Project::empty();
    project.write("m.json", &program("alembic", "alembic_version", "\"heads\": [\"c3\"]"));
    let verify = || project.tool(&["verify", "--manifest", "m.json", "--database-url", &database.url()]);
    // Alembic's ledger keeps only the head: which of the two is newer is not known.
    verify().expect(
        1,
        &[
            "error[missing-relation]",
            "info[ledger-other-head]",
            "the build saw `c3`, the database is at `a1`",
        ],
    );
    // With the order of the snapshot's ledger it is.
    project.write(".schemacheck/ledger.txt", "alembic public.alembic_version\na1\nb2\nc3\n");
    verify().expect(
        1,
        &["info[ledger-behind]: the database is 2 migrations behind the build", "pending: `b2` and `c3`"],
    );
}

/// A ledger that shares nothing with what the build saw says nothing of why.
#[test]
fn the_ledger_of_another_application_is_told_from_one_that_is_behind() {
    let ledger = "CREATE TABLE schema_migrations (version varchar PRIMARY KEY); \
                  INSERT INTO schema_migrations SELECT 20230000 + n FROM generate_series(1, 81) n";
    let database = database(ledger);
    let project = Project::empty();
    let built = |migrations: &str| {
        let of_ledger = format!("\"migrations\": [{migrations}]");
        project.write("m.json", &program("schema-migrations", "schema_migrations", &of_ledger));
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &database.url()])
    };
    let said = built("\"20240101\", \"20240202\"");
    said.expect(
        1,
        &["info[ledger-other]: the migration ledger `public.schema_migrations` is of another application"],
    );
    assert!(!said.all().contains("behind") && !said.all().contains("cause:"), "{}", said.all());
    built("\"20230001\", \"20240202\"").expect(1, &["lacks `20240202`, which the build saw"]);
}

/// Nobody can say which migrations are missing where nothing is known of a ledger, and that is said.
#[test]
fn no_known_ledger_is_a_line_of_the_report() {
    let database = database("CREATE TABLE users (id int)");
    let project = Project::empty();
    project.write("m.json", &format!("[{}]", record("User", "read", "users")));
    let verify = |more: &[&str]| {
        let arguments = ["verify", "--manifest", "m.json", "--database-url", &database.url()];
        project.tool(&[&arguments[..], more].concat())
    };
    verify(&[]).expect(
        0,
        &[
            "note: the program has no known migration ledger",
            "= help: name a table of your own: `[ledger] table = \"ops.schema_log\", version = \"version\"`",
        ],
    );
    let json = verify(&["--format", "json"]).json();
    assert_eq!(json["summary"]["info"], 0);
    assert!(json["notes"][0]["message"].as_str().unwrap().contains("no known migration ledger"), "{json}");
    assert!(json["notes"][0]["help"][0].as_str().unwrap().contains("[ledger] table"), "{json}");
    project.write("m.json", &program("sqlx", "_sqlx_migrations", "\"migrations\": [\"1\"]"));
    assert_eq!(verify(&["--format", "json"]).json()["notes"].as_array().unwrap().len(), 0);
}

/// What was applied last says where to look: in the order in which a tool applies, or every head.
#[test]
fn a_stamped_ledger_names_what_it_recorded_last() {
    let project = Project::empty();
    for (ledger, (kind, of_ledger), last) in [
        (
            "CREATE TABLE _sqlx_migrations (version bigint, description text, success bool, checksum bytea); \
             INSERT INTO _sqlx_migrations SELECT v, '', true, '' FROM generate_series(7, 11) v",
            ("sqlx", r#""migrations": ["7", "8", "9", "10", "11"]"#),
            "last recorded: `9`, `10`, `11`",
        ),
        (
            "CREATE TABLE __diesel_schema_migrations (version varchar(50), run_on timestamp); \
             INSERT INTO __diesel_schema_migrations VALUES ('20240202000000', now()), ('00000000000000', now())",
            ("diesel", r#""migrations": ["00000000000000", "20240202000000"]"#),
            "last recorded: `00000000000000`, `20240202000000`",
        ),
        (
            "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('c3'), ('b2')",
            ("alembic", r#""heads": ["b2", "c3"]"#),
            "last recorded: `b2`, `c3`",
        ),
    ] {
        let database = database(ledger);
        project.write("m.json", &program(kind, "ledger", of_ledger));
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &database.url()]).expect(
            1,
            &["info[ledger-stamped]", "as applied, but 1 object that the program needs is missing", last],
        );
    }
}
