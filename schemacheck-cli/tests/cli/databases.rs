//! A program with models of two databases: what builds, verifies and starts, and where each database's URL comes from.

use schemacheck_scratch::Database;

use crate::support::{Project, Ran, SCHEMA, database, manifest, one_at_a_time};

/// The second database. Its enum has the name of the first one's, and other labels.
const BILLING: &str = "
    CREATE TYPE mood AS ENUM ('paid', 'due');
    CREATE TABLE invoices (id bigint PRIMARY KEY, note text, mood mood NOT NULL);
    CREATE TABLE users (iban text NOT NULL);
";

/// A service with a guard for each of the two.
const SERVICE: &str = r#"
use schemacheck::{Guard, Model, PgEnum, Verified};

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood { Ok, Sad }

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct User {
    pub nickname: Option<String>,
    pub mood: Mood,
}

pub mod billing {
    use schemacheck::{Model, PgEnum};

    #[derive(PgEnum)]
    #[schemacheck(database = "billing", type = "mood", rename_all = "snake_case")]
    pub enum Mood { Paid, Due }

    #[derive(Model)]
    #[schemacheck(database = "billing", table = "invoices")]
    pub struct Invoice {
        pub id: i64,
        pub note: Option<String>,
        pub mood: Mood,
    }

    #[derive(Model)]
    #[schemacheck(database = "billing", table = "users")]
    pub struct User { pub iban: String }
}

fn verified(guard: Guard, variable: &str) -> Verified {
    let url = std::env::var(variable).unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let verified = guard.target(&url).verify_or_exit(&mut client);
    println!("{verified}");
    verified
}

/// Takes both proofs.
fn run_workers(shop: &Verified, billing: &Verified) {
    assert_eq!((shop.named_database(), billing.named_database()), (None, Some("billing")));
    println!("workers run on {} models", shop.models() + billing.models());
}

fn main() {
    let shop = verified(Guard::new(), "DATABASE_URL");
    let billing = verified(Guard::database("billing"), "BILLING_DATABASE_URL");
    run_workers(&shop, &billing);
}
"#;

fn service() -> Project {
    let project = Project::empty();
    let toml = manifest("app", "edition = \"2021\"", "postgres = \"0.19\"")
        .replace("features = [\"uuid\"]", "features = [\"uuid\", \"postgres\"]");
    project.write("Cargo.toml", &toml);
    project.write("src/main.rs", SERVICE);
    project
}

/// Takes the snapshot of a database as that of `billing`.
#[track_caller]
fn snapshot_billing(project: &Project, database: &Database<'_>) -> Ran {
    let ran = project.tool(&["snapshot", "--database", "billing", "--database-url", &database.url()]);
    ran.expect(0, &["`.schemacheck/databases/billing`: "]);
    ran
}

fn change(database: &Database<'_>, sql: &str) {
    database.connect().unwrap().batch_execute(sql).unwrap();
}

const NOT_JUDGED: &str = "info: the models of database `billing` are not judged in this run: \
                          `cargo schemacheck verify --database billing` judges them\n";

#[test]
fn each_database_is_judged_at_build_release_and_start() {
    let _turn = one_at_a_time();
    let (project, shop, billing) = (service(), database(SCHEMA), database(BILLING));
    project.snapshot(&shop);
    // Without its snapshot nothing of it is known, and the other one is not taken in its place.
    project.cargo(&["build"]).expect(
        101,
        &["error: cannot find the snapshot of database `billing`\n       \
             help: run `cargo schemacheck snapshot --database billing` and commit `.schemacheck`\n       \
             note: looked for `.schemacheck/databases/billing`\n       \
             note: `.schemacheck` holds the default database only\n"],
    );
    snapshot_billing(&project, &billing);
    project.cargo(&["build"]).expect(0, &[]);
    let executable = project.executable("app");
    let tool = |arguments: &[&str], environment: &[(&str, &str)]| {
        let artifact = ["--artifact", executable.to_str().unwrap()];
        project.tool_with(&[arguments, &artifact].concat(), environment)
    };
    let (shop_url, billing_url) = (shop.url(), billing.url());
    let both = [("DATABASE_URL", shop_url.as_str()), ("BILLING_DATABASE_URL", billing_url.as_str())];
    // What is there is judged, each database by itself.
    tool(&["check"], &[]).expect(0, &["1 model (2 columns) agree with `.schemacheck`\n"]);
    tool(&["check", "--database", "billing"], &[])
        .expect(0, &["2 models (4 columns) agree with `.schemacheck/databases/billing`\n"]);
    let verify = || tool(&["verify"], &both);
    let verify_billing = || tool(&["verify", "--database", "billing"], &both);
    verify().expect(0, &["1 model (2 columns) verified\n", NOT_JUDGED]);
    let ran = verify_billing();
    ran.expect(0, &[billing.name(), "2 models (4 columns) of database `billing` verified\n"]);
    assert!(!ran.all().contains("not judged"), "{}", ran.all());
    tool(&["manifest"], &[]).expect(
        0,
        &[
            "app::User (src/main.rs:10) reads public.users\n",
            "app::billing::User (src/main.rs:32) reads public.users of database `billing`\n",
            "app::billing::Mood (src/main.rs:20) is public.mood of database `billing`\n",
        ],
    );
    let start = || project.program("app", &both);
    start().expect(
        0,
        &[
            &format!("verified 1 model (2 columns) against database `{}`", shop.name()),
            &format!("verified 2 models (4 columns) of `billing` against database `{}`", billing.name()),
            "workers run on 3 models\n",
        ],
    );

    // A column goes from the second one.
    change(&billing, "ALTER TABLE invoices DROP note");
    verify().expect(0, &["1 model (2 columns) verified\n"]);
    verify_billing().expect(
        1,
        &[
            "error[missing-column]: cannot find column `note` in table `public.invoices`",
            "(`app::billing::Invoice`, field `note`)",
        ],
    );
    let refused = start();
    refused.expect(
        78,
        &[
            &format!("verified 1 model (2 columns) against database `{}`", shop.name()),
            &format!(
                "database `{}` does not match the schema of `billing` this program was built against (1 finding)\n",
                billing.name()
            ),
            "\nmodels:   those of `billing`\n",
        ],
    );
    assert!(!refused.stdout.contains("workers"), "{}", refused.all());
    // The connections are mixed up: no table of one is found in the other by chance.
    let mixed = [("DATABASE_URL", billing_url.as_str()), ("BILLING_DATABASE_URL", shop_url.as_str())];
    project
        .program("app", &mixed)
        .expect(78, &["cannot find column `nickname` in table `public.users`", "cannot find label `ok`"]);

    // The build hears of it with the next snapshot, and only where the models of `billing` stand.
    let check = ["snapshot", "--check", "--database", "billing", "--database-url", &billing_url];
    project.tool(&check).expect(
        1,
        &[
            "column `public.invoices.note` is in the snapshot, not in the database",
            "help: run `cargo schemacheck snapshot --database billing`, build again, and commit the files",
        ],
    );
    project.tool(&["snapshot", "--check", "--database-url", &shop_url]).expect(0, &["`.schemacheck` agrees"]);
    snapshot_billing(&project, &billing);
    tool(&["check"], &[]).expect(0, &[]);
    tool(&["check", "--database", "billing"], &[]).expect(
        1,
        &["error[missing-column]", "this program was built from another snapshot of `public.invoices`"],
    );
    let failed = project.cargo(&["build"]);
    failed.expect(
        101,
        &["error: cannot find column `note` in table `public.invoices`\n       \
             note: judged against the snapshot of database `billing`\n"],
    );
    assert_eq!(failed.stderr.matches("\nerror: ").count(), 2, "one, and rustc's last line: {}", failed.all());
    project.write("src/main.rs", &SERVICE.replace("        pub note: Option<String>,\n", ""));
    project.cargo(&["build"]).expect(0, &[]);
    start().expect(0, &["workers run on 3 models\n"]);

    // The other way round.
    change(&shop, "ALTER TABLE users DROP nickname");
    verify().expect(1, &["cannot find column `nickname`"]);
    verify_billing().expect(0, &["verified"]);
    let refused = start();
    refused.expect(78, &["does not match the schema this program was built against"]);
    assert!(!refused.stdout.contains("verified"), "{}", refused.all());
}

/// One enum for both databases is no false alarm: a type goes by its name, and labels are judged where the enum says.
#[test]
fn an_enum_of_one_database_may_stand_in_a_model_of_the_other() {
    let _turn = one_at_a_time();
    let source = SERVICE.replace("        pub mood: Mood,\n", "        pub mood: crate::Mood,\n");
    assert_ne!(source, SERVICE);
    let (project, shop, billing) = (service(), database(SCHEMA), database(BILLING));
    project.write("src/main.rs", &source);
    project.snapshot(&shop);
    snapshot_billing(&project, &billing);
    project.cargo(&["build"]).expect(0, &[]);
    let environment = [("DATABASE_URL", shop.url()), ("BILLING_DATABASE_URL", billing.url())];
    let environment = environment.each_ref().map(|(name, url)| (*name, url.as_str()));
    project.program("app", &environment).expect(0, &["workers run on 3 models\n"]);
    // Its labels are judged in its own database.
    change(&shop, "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'");
    project.program("app", &environment).expect(78, &["cannot find label `sad` in enum `public.mood`"]);
}

#[test]
fn only_the_crate_that_uses_a_relation_of_a_named_database_is_built_again() {
    let _turn = one_at_a_time();
    let (project, shop, billing) = (Project::empty(), database(SCHEMA), database(BILLING));
    project.write("Cargo.toml", "[workspace]\nmembers = [\"members\", \"payers\"]\nresolver = \"2\"\n");
    // One name in both databases.
    for (name, words, column) in [("members", "", "email"), ("payers", "database = \"billing\", ", "iban")] {
        project.write(&format!("{name}/Cargo.toml"), &manifest(name, "edition = \"2021\"", ""));
        let source = format!(
            "#[derive(schemacheck::Model)]\n#[schemacheck({words}table = \"users\")]\n\
             pub struct M {{ pub {column}: String }}\n"
        );
        project.write(&format!("{name}/src/lib.rs"), &source);
    }
    project.snapshot(&shop);
    snapshot_billing(&project, &billing);
    project.cargo(&["build"]).expect(0, &[]);
    change(&billing, "ALTER TABLE users ADD bic text");
    snapshot_billing(&project, &billing).expect(0, &["files: 1 written, 0 removed, "]);
    let again = project.cargo(&["build"]);
    again.expect(0, &["Compiling payers"]);
    assert_eq!(again.stderr.matches("Compiling").count(), 1, "{}", again.all());
    change(&billing, "ALTER TABLE users DROP iban");
    snapshot_billing(&project, &billing);
    project.cargo(&["build"]).expect(101, &["cannot find column `iban` in table `public.users`"]);
}

#[test]
fn a_build_can_warn_of_a_named_database_and_can_be_told_not_to_look() {
    let _turn = one_at_a_time();
    let project = service();
    project.snapshot(&database(SCHEMA));
    let build = |name: &str, value: &str| project.cargo_with(&["build"], &[(name, value)]);
    build("SCHEMACHECK_BUILD", "warn")
        .expect(0, &["warning", "cannot find the snapshot of database `billing`"]);
    let off = build("SCHEMACHECK_BUILD", "off");
    off.expect(0, &[]);
    assert!(!off.stderr.contains("cannot find"), "{}", off.all());
    // As on docs.rs, whose packages may lack one of the two.
    project.write("src/main.rs", &format!("{SERVICE}\n"));
    build("DOCS_RS", "1").expect(0, &[]);
    // The directory is found by the same rules.
    std::fs::rename(project.path().join(".schemacheck"), project.path().join("elsewhere")).unwrap();
    let billing = database(BILLING);
    let snapshot = ["snapshot", "--database", "billing", "--database-url", &billing.url()];
    project
        .tool_with(&snapshot, &[("SCHEMACHECK_DIR", "elsewhere")])
        .expect(0, &["`elsewhere/databases/billing`: 2 relations, 1 type"]);
    build("SCHEMACHECK_DIR", "elsewhere").expect(0, &[]);
}

/// Every file below the snapshot directory, with its text.
fn files(project: &Project, below: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![project.path().join(".schemacheck").join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path().strip_prefix(project.path()).unwrap().to_str().unwrap().to_owned();
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => found.push((path.clone(), project.read(&path))),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_snapshots_of_two_databases_leave_each_other_alone() {
    let (project, shop, billing) = (Project::empty(), database(SCHEMA), database(BILLING));
    // The named one first: it needs no default one.
    snapshot_billing(&project, &billing);
    let billings = files(&project, "databases/billing");
    let names: Vec<&str> = billings.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        names,
        [
            ".schemacheck/databases/billing/.gitattributes",
            ".schemacheck/databases/billing/catalog.json",
            ".schemacheck/databases/billing/relations/public/invoices.json",
            ".schemacheck/databases/billing/relations/public/users.json",
            ".schemacheck/databases/billing/server.json",
            ".schemacheck/databases/billing/types/public/mood.json",
        ]
    );
    assert_eq!(files(&project, ""), billings);
    let ran = project.tool(&["snapshot", "--database-url", &shop.url()]);
    ran.expect(0, &["3 relations, 1 type; files: 8 written, 0 removed, 0 unchanged"]);
    assert_eq!(files(&project, "databases"), billings);
    let both = files(&project, "");
    // An emptied database takes its own files along, and no other's.
    change(&shop, "DROP TABLE users, posts, _sqlx_migrations; DROP TYPE mood");
    project
        .tool(&["snapshot", "--allow-empty", "--database-url", &shop.url()])
        .expect(0, &["files: 0 written, 5 removed, 3 unchanged"]);
    assert_eq!(files(&project, "databases"), billings);
    change(&shop, SCHEMA);
    project.snapshot(&shop);
    assert_eq!(files(&project, ""), both);
    change(&billing, "DROP TABLE invoices");
    snapshot_billing(&project, &billing).expect(0, &["files: 0 written, 1 removed, 5 unchanged"]);
    let of_default = |files: Vec<(String, String)>| -> Vec<(String, String)> {
        files.into_iter().filter(|(path, _)| !path.contains("/databases/")).collect()
    };
    assert_eq!(of_default(files(&project, "")), of_default(both));
    // `--schema` is remembered for each by itself.
    change(&billing, "CREATE SCHEMA other; CREATE TABLE other.t ()");
    let narrow = ["snapshot", "--database", "billing", "--schema", "other", "--database-url", &billing.url()];
    project.tool(&narrow).expect(0, &["1 relation, 0 types"]);
    snapshot_billing(&project, &billing).expect(0, &["1 relation, 0 types"]);
    project.tool(&["snapshot", "--check", "--database-url", &shop.url()]).expect(0, &["agrees"]);
}

/// Records as `--manifest` reads them, so that nothing has to be built: a model of a database, with one column.
fn records(models: &[(&str, Option<&str>, &str)]) -> String {
    let record = |(path, database, relation): &(&str, Option<&str>, &str)| {
        let database = database.map_or("null".to_owned(), |name| format!("{name:?}"));
        format!(
            "{{\"format\": 1, \"crate\": \"app\", \"path\": \"app::{path}\", \"file\": \"src/main.rs\", \"line\": 1, \
             \"sort\": \"model\", \"kinds\": [\"read\"], \"database\": {database}, \"relation\": \"{relation}\", \
             \"columns\": []}}"
        )
    };
    format!("[{}]", models.iter().map(record).collect::<Vec<_>>().join(", "))
}

/// A project with one model of the default database, and one of `billing`.
fn two_records() -> Project {
    let project = Project::empty();
    project.write("m.json", &records(&[("User", None, "users"), ("Invoice", Some("billing"), "invoices")]));
    project
}

#[test]
fn the_url_of_a_named_database_is_never_that_of_another() {
    let (project, shop, billing) = (two_records(), database(SCHEMA), database(BILLING));
    let verify = |environment: &[(&str, &str)]| {
        project.tool_with(&["verify", "--manifest", "m.json", "--database", "billing"], environment)
    };
    let (shop_url, billing_url) = (shop.url(), billing.url());
    let pg = [
        ("DATABASE_URL", shop_url.as_str()),
        ("PGHOST", "/tmp"),
        ("PGDATABASE", shop.name()),
        ("PGUSER", "postgres"),
    ];
    let none = "error: no URL of database `billing` is known
  = help: give `--database-url`, or set BILLING_DATABASE_URL in the environment or in `.env`
  = help: to take another variable: `[databases.billing] url_var = \"...\"` in `.schemacheck/config.toml`
  = help: DATABASE_URL and PG* are those of the default database, and are not taken
  = help: `.schemacheck` holds no snapshot
";
    assert_eq!((verify(&pg).status, verify(&pg).stderr.as_str()), (2, none));
    // In `.env` neither.
    project.write(".env", &format!("DATABASE_URL={shop_url}\n"));
    assert_eq!(verify(&[]).stderr, none);
    let snapshot = project.tool_with(&["snapshot", "--database", "billing"], &pg);
    assert_eq!((snapshot.status, snapshot.stderr.as_str()), (2, none));
    assert!(!project.path().join(".schemacheck").exists());

    // By the convention, from `.env`, and from a real environment, which wins.
    let verified = ["1 model (0 columns) of database `billing` verified", billing.name()];
    verify(&[("BILLING_DATABASE_URL", &billing_url)]).expect(0, &verified);
    project.write(".env", &format!("DATABASE_URL={shop_url}\nBILLING_DATABASE_URL={billing_url}\n"));
    verify(&[]).expect(0, &verified);
    let refused = "postgres://me:hunter2@127.0.0.1:1/x";
    verify(&[("BILLING_DATABASE_URL", refused)]).expect(2, &["cannot connect to `x` at 127.0.0.1:1"]);
    verify(&[("BILLING_DATABASE_URL", "postgres://me:hunter2@h:port/x")])
        .expect(2, &["BILLING_DATABASE_URL is no URL of a PostgreSQL database"]);
    // An empty one is an error, and is named.
    project.write(".env", "BILLING_DATABASE_URL=\n");
    verify(&[]).expect(2, &["error: BILLING_DATABASE_URL is empty in `.env`, line 1\n"]);
    verify(&[("BILLING_DATABASE_URL", "")]).expect(2, &["error: BILLING_DATABASE_URL is empty\n"]);
    // `--database-url` comes first.
    project
        .tool_with(
            &["verify", "--manifest", "m.json", "--database", "billing", "--database-url", &billing_url],
            &[("BILLING_DATABASE_URL", refused)],
        )
        .expect(0, &verified);

    // A variable of the settings is the only one.
    project.write(".schemacheck/config.toml", "[databases.billing]\nurl_var = \"LEDGER\"\n");
    verify(&[("LEDGER", &billing_url), ("BILLING_DATABASE_URL", refused)]).expect(0, &verified);
    let ran = verify(&[("BILLING_DATABASE_URL", &billing_url)]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (
            2,
            "error: no URL of database `billing` is known
  = help: give `--database-url`, or set LEDGER in the environment or in `.env`
  = help: DATABASE_URL and PG* are those of the default database, and are not taken
"
        )
    );
    project.write(".env", &format!("LEDGER={billing_url}\n"));
    verify(&[]).expect(0, &verified);
    project.tool(&["snapshot", "--database", "billing"]).expect(0, &[billing.name(), "2 relations, 1 type"]);
    project.tool(&["snapshot", "--check", "--database", "billing"]).expect(0, &["agrees"]);

    // One variable cannot be that of two.
    let both = "[databases.billing]\nurl_var = \"X\"\n[databases.audit]\nurl_var = \"X\"\n";
    project.write(".schemacheck/config.toml", both);
    verify(&[("X", &billing_url)])
        .expect(2, &["error: X is the variable of database `billing` and of database `audit`\n"]);
    project.write(".schemacheck/config.toml", "[databases.billing]\nurl = \"x\"\n");
    verify(&[]).expect(
        2,
        &["unknown setting `databases.billing.url`, expected `url_var`, `run`, `tcp`, `migrations` or `ledger`"],
    );
}

#[test]
fn without_the_flag_the_named_database_is_not_touched() {
    let (project, shop) = (two_records(), database(SCHEMA));
    // Nobody listens there: a connection would be an error.
    let nowhere = ("BILLING_DATABASE_URL", "postgres://me:hunter2@127.0.0.1:1/x");
    let environment = [("DATABASE_URL", shop.url())];
    let environment = [(environment[0].0, environment[0].1.as_str()), nowhere];
    let verify = |more: &[&str]| {
        project.tool_with(&[&["verify", "--manifest", "m.json"], more].concat(), &environment)
    };
    let ran = verify(&[]);
    ran.expect(0, &["1 model (0 columns) verified\n"]);
    assert_eq!(ran.stderr, NOT_JUDGED);
    verify(&["--database", "billing"]).expect(2, &["cannot connect to `x` at 127.0.0.1:1"]);
    // The report for machines is as it was.
    let json = verify(&["--format", "json"]);
    assert_eq!(json.status, 0);
    assert_eq!(json.json()["checked"], serde_json::json!({"models": 1, "columns": 0, "unjudged": 0}));
    assert_eq!(json.json()["databases"].as_array().unwrap().len(), 1);
    assert_eq!(json.stderr, NOT_JUDGED);
    // All that are left are named, each once; who has one database hears nothing.
    project.snapshot(&shop);
    let models =
        [("A", None, "users"), ("B", Some("b"), "x"), ("C", Some("my a"), "x"), ("D", Some("b"), "y")];
    project.write("m.json", &records(&models));
    assert_eq!(
        project.tool(&["check", "--manifest", "m.json"]).stderr,
        "info: the models of databases `b` and `my a` are not judged in this run: `cargo schemacheck check \
         --database b` and `cargo schemacheck check --database 'my a'` judge them\n"
    );
    project.write("m.json", &records(&models[..1]));
    assert_eq!(verify(&[]).stderr, "");
}

#[test]
fn a_name_that_nobody_knows_gets_the_known_ones() {
    let (project, shop, billing) = (two_records(), database(SCHEMA), database(BILLING));
    // No snapshot at all.
    let check = |more: &[&str]| project.tool(&[&["check", "--manifest", "m.json"], more].concat());
    check(&["--database", "billing"]).expect(
        2,
        &[
            "error: cannot find a schemacheck snapshot\n  = help: run `cargo schemacheck snapshot --database billing` \
             and commit `.schemacheck`\n",
        ],
    );
    project.snapshot(&shop);
    snapshot_billing(&project, &billing);
    let unknown = "error: cannot find the snapshot of database `biling`
  = help: a database with a similar name exists: `billing`
  = help: run `cargo schemacheck snapshot --database biling` and commit `.schemacheck`
  = help: `.schemacheck` holds the default database and database `billing`
";
    let ran = check(&["--database", "biling"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (2, unknown));
    let ran =
        project.tool(&["snapshot", "--check", "--database", "biling", "--database-url", &billing.url()]);
    assert_eq!((ran.status, ran.stderr.as_str()), (2, unknown));
    project.tool(&["verify", "--manifest", "m.json", "--database", "nope"]).expect(
        2,
        &[
            "no URL of database `nope` is known",
            "help: `.schemacheck` holds the default database and database `billing`",
        ],
    );
    project
        .tool(&["verify", "--manifest", "m.json", "--database", "nope", "--database-url", &billing.url()])
        .expect(
            2,
            &[
                "error[no-models]: no model of database `nope` is linked into this program, so nothing was verified\n",
                "note: the models that are linked belong to the default database and database `billing`\n",
            ],
        );
    // A first snapshot may have any name; one like a known name is said.
    let ran = project.tool(&["snapshot", "--database", "biling", "--database-url", &billing.url()]);
    ran.expect(
        0,
        &["info: `.schemacheck/databases/biling` is new, and a database with a similar name exists: `billing`\n"],
    );
    let ran = project.tool(&["snapshot", "--database", "biling", "--database-url", &billing.url()]);
    assert!(!ran.all().contains("similar"), "{}", ran.all());
    for command in ["snapshot", "check", "verify"] {
        project
            .tool(&[command, "--database", ""])
            .expect(2, &["a value is required for '--database <NAME>'"]);
    }
    // A file that cannot be read is mended by the command for its database.
    project.write(".schemacheck/databases/billing/catalog.json", "{");
    check(&["--database", "billing"]).expect(
        2,
        &[
            "cannot read `.schemacheck/databases/billing/catalog.json`",
            "help: run `cargo schemacheck snapshot --database billing` and commit the result",
        ],
    );
}

#[test]
fn a_program_whose_models_all_belong_to_named_databases_is_never_verified_by_default() {
    let (project, shop, billing) = (two_records(), database(SCHEMA), database(BILLING));
    project.write("m.json", &records(&[("Invoice", Some("billing"), "invoices")]));
    let texts = [
        "error[no-models]: no model of the default database is linked into this program, so nothing was verified\n",
        "note: the models that are linked belong to database `billing`\n",
        "and `--database billing` on the command line\n",
    ];
    project.tool(&["verify", "--manifest", "m.json", "--database-url", &shop.url()]).expect(2, &texts);
    // Whether the default database has a snapshot or not.
    snapshot_billing(&project, &billing);
    project.tool(&["check", "--manifest", "m.json"]).expect(2, &texts);
    project.tool(&["check", "--manifest", "m.json", "--database", "billing"]).expect(0, &["1 model"]);
    project.snapshot(&shop);
    project.tool(&["check", "--manifest", "m.json"]).expect(2, &texts);
}

#[test]
fn a_named_database_is_migrated_by_its_own_line() {
    let project = two_records();
    project.write("shop.sql", SCHEMA);
    project.write("billing.sql", BILLING);
    let snapshot = |more: &[&str]| project.tool(&[&["snapshot", "--database", "billing"], more].concat());
    // The URL is in the variable of the database, and in those that migration tools read.
    let line = "psql \"$BILLING_DATABASE_URL\" -q -X -f billing.sql && test \"$DATABASE_URL\" = \"$BILLING_DATABASE_URL\"";
    snapshot(&["--run", line]).expect(0, &["`.schemacheck/databases/billing`: 2 relations, 1 type"]);
    snapshot(&["--check", "--run", "psql -q -X -f billing.sql"]).expect(0, &["agrees with the database"]);
    // The line of the default database would bring its tables.
    project.write(".schemacheck/config.toml", "[snapshot]\nrun = \"psql -q -X -f shop.sql\"\n");
    let ran = snapshot(&["--run"]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (
            2,
            "error: `--run` needs a command
  = help: give one: `--run 'sqlx migrate run'`, or set `[databases.billing] run` in `.schemacheck/config.toml`
"
        )
    );
    project.write(
        ".schemacheck/config.toml",
        "[snapshot]\nrun = \"psql -q -X -f shop.sql\"\n[databases.billing]\nurl_var = \"LEDGER\"\n\
         run = \"psql $LEDGER -q -X -f billing.sql\"\n",
    );
    snapshot(&["--check", "--run"]).expect(0, &["running `psql $LEDGER -q -X -f billing.sql`", "agrees"]);
    project.tool(&["snapshot", "--run"]).expect(0, &["`.schemacheck`: 3 relations, 1 type"]);
    snapshot(&["--check", "--run", "exit 7"]).expect(
        2,
        &["it ran against an empty database, whose URL is in DATABASE_URL and LEDGER; nothing was written"],
    );
    snapshot(&["--check", "--run", "true"]).expect(
        2,
        &["`true` succeeded and made no relation", "is in DATABASE_URL and LEDGER; nothing was written"],
    );
}
