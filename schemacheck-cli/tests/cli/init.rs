//! `init`: what it adds to programs that use diesel, sqlx and sea-orm, and what it leaves alone.

use std::process::Command;

use crate::support::{Project, database};

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('ok', 'very_sad');
    CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, nickname text, mood mood NOT NULL);
    CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL, user_id bigint NOT NULL REFERENCES users);
    CREATE SCHEMA billing;
    CREATE TABLE billing.invoices (id bigint PRIMARY KEY, amount bigint NOT NULL);
";

/// What git needs to commit, whoever runs the tests.
const AUTHOR: [&str; 4] = ["-c", "user.name=a", "-c", "user.email=a@example.org"];

pub(crate) fn git(project: &Project, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    let output = command.args(AUTHOR).args(arguments).current_dir(project.path()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A repository with these files and a snapshot of [`SCHEMA`], all of it committed.
pub(crate) fn committed(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    for (path, text) in files {
        project.write(path, text);
    }
    project.write(".gitignore", "/target\n");
    project.snapshot(&database(SCHEMA));
    project.write(".schemacheck/config.toml", "");
    git(&project, &["init", "-q"]);
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-q", "-m", "first"]);
    project
}

/// A manifest with these dependencies.
pub(crate) fn package(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n{dependencies}"
    )
}

const DIESEL: &str = "//! Rows.

use diesel::prelude::*;

/// A user.
#[derive(Debug, Queryable, Selectable)] // read
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: UserId,
    pub mood: Mood,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = crate::schema::users)]
pub struct UserForm<'a> {
    pub email: &'a str,
}

mod billing {
    use super::*;

    #[derive(Queryable)]
    #[diesel(table_name = crate::schema::billing::invoices)]
    pub struct Invoice {
        pub id: i64,
    }
}

#[derive(Debug, diesel_derive_newtype::DieselNewType)]
pub struct UserId(i64);

#[derive(Debug, diesel_derive_enum::DbEnum)]
#[ExistingTypePath = \"crate::schema::sql_types::Mood\"]
pub enum Mood {
    Ok,
    VerySad,
}

#[derive(QueryableByName)]
pub struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub n: i64,
}

#[derive(Queryable)]
#[diesel(table_name = crate::schema::comments)]
pub struct Comment {
    pub id: i64,
}

#[derive(Clone)]
pub struct Plain;
";

const DIESEL_SCHEMA: &str = "pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = \"mood\"))]
    pub struct Mood;
}

diesel::table! {
    users (id) { id -> Int8, }
}

pub mod billing {
    diesel::table! {
        billing.invoices (id) { id -> Int8, }
    }
}
";

fn diesel() -> Project {
    let manifest = package("app", "# The library.\ndiesel = { version = \"2\", features = [\"uuid\"] }\n");
    committed(&[
        ("Cargo.toml", &manifest),
        ("src/main.rs", "mod models;\nmod schema;\n\nfn main() {}\n"),
        ("src/models.rs", DIESEL),
        ("src/schema.rs", DIESEL_SCHEMA),
    ])
}

#[test]
fn a_dry_run_prints_what_would_be_written_and_writes_nothing() {
    let project = diesel();
    let dry = project.tool(&["init"]);
    dry.expect(
        0,
        &[
            "--- a/src/models.rs\n+++ b/src/models.rs\n",
            " /// A user.\n+#[derive(schemacheck::Model)]\n #[derive(Debug, Queryable, Selectable)] // read\n",
            "would add derives to 3 structs, 1 enum and 1 type in 2 files; the dependency for `app`",
            "skipped 2 items:\n  src/models.rs:40  Count\n    is the result of a query: its fields have `sql_type`",
            "  src/models.rs:47  Comment\n    the snapshot has no table `comments`",
            "no code was written: `cargo schemacheck init --write` does it",
        ],
    );
    assert_eq!(git(&project, &["status", "--porcelain"]), "");
    assert!(!dry.stdout.contains("Plain"), "{}", dry.all());

    // The diff is one that git understands, and is exactly what is written.
    project.write("target/init.diff", &dry.stdout);
    git(&project, &["apply", "target/init.diff"]);
    let applied = ["Cargo.toml", "src/models.rs"].map(|path| project.read(path));
    git(&project, &["checkout", "-q", "."]);
    project.tool(&["init", "--write"]).expect(
        0,
        &[
            "added derives to 3 structs, 1 enum and 1 type in 2 files; the dependency for `app`:\n",
            "  src/models.rs\n  Cargo.toml\n",
            "SCHEMACHECK_BUILD=warn cargo check",
        ],
    );
    assert_eq!(["Cargo.toml", "src/models.rs"].map(|path| project.read(path)), applied);
    assert_eq!(git(&project, &["status", "--porcelain"]), " M Cargo.toml\n M src/models.rs\n");
}

#[test]
fn derives_are_added_to_diesels_structs_and_nothing_else_is_touched() {
    let project = diesel();
    project.tool(&["init", "--write"]).expect(0, &[]);
    let expected = DIESEL
        .replace("#[derive(Debug, Queryable, Selectable)]", "#[derive(schemacheck::Model)]\n#[derive(Debug, Queryable, Selectable)]")
        .replace(
            "#[derive(Insertable, AsChangeset)]",
            "#[derive(schemacheck::Model)]\n#[schemacheck(update)]\n#[derive(Insertable, AsChangeset)]",
        )
        .replace(
            "    #[derive(Queryable)]\n    #[diesel(table_name = crate::schema::billing",
            "    #[derive(schemacheck::Model)]\n    #[schemacheck(table = \"billing.invoices\")]\n    \
             #[derive(Queryable)]\n    #[diesel(table_name = crate::schema::billing",
        )
        .replace(
            "#[derive(Debug, diesel_derive_newtype",
            "#[derive(schemacheck::PgType)]\n#[schemacheck(transparent)]\n#[derive(Debug, diesel_derive_newtype",
        )
        .replace(
            "#[derive(Debug, diesel_derive_enum",
            "#[derive(schemacheck::PgEnum)]\n#[schemacheck(type = \"mood\", rename_all = \"snake_case\")]\n\
             #[derive(Debug, diesel_derive_enum",
        );
    assert_eq!(project.read("src/models.rs"), expected);
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        project.read("Cargo.toml").ends_with(&format!(
            "[dependencies]\n# The library.\ndiesel = {{ version = \"2\", features = [\"uuid\"] }}\n\
             schemacheck = {{ version = \"{version}\", features = [\"diesel\", \"uuid\"] }}\n"
        )),
        "{}",
        project.read("Cargo.toml")
    );

    // Once more there is nothing to do, committed or not.
    let again = project.tool(&["init", "--write"]);
    again
        .expect(0, &["nothing to add\n", "skipped 2 items:", "5 items have a derive of schemacheck already"]);
    assert_eq!(project.read("src/models.rs"), expected);
    project.tool(&["init"]).expect(0, &["nothing to add\n"]);
}

#[test]
fn windows_line_ends_tabs_and_other_macros_stay() {
    let text = "\u{feff}//! Größe.\r\n\r\nmod rows {\r\n\t/** A post. */\r\n\t#[allow(dead_code)] /* x */\r\n\
                \t#[derive(Debug,\r\n\t\tsqlx::FromRow)]\r\n\tpub struct Post { pub id: i64, pub r#title: String }\r\n}\r\n\
                macro_rules! row { ($n:ident) => { #[derive(sqlx::FromRow)] pub struct $n { id: i64 } } }\r\n";
    let manifest = package("app", "sqlx = \"0.8\"\r\n").replace("\n\n", "\r\n\r\n");
    let project = committed(&[("Cargo.toml", &manifest), ("src/lib.rs", text)]);
    project.tool(&["init", "--write"]).expect(
        0,
        &["skipped 1 item:\n  src/lib.rs:10  row!\n    is a macro that makes structs or types of rows: write the derive in it"],
    );
    let new = project.read("src/lib.rs");
    let added = "#[derive(schemacheck::Model)]\r\n\t#[schemacheck(table = \"posts\")]\r\n\t";
    assert!(new.contains(&format!("/* x */\r\n\t{added}#[derive(Debug,\r\n")), "{new:?}");
    assert_eq!(new.replace(added, ""), text);
    assert!(project.read("Cargo.toml").ends_with("features = [\"serde_json\", \"sqlx-0_8\"] }\r\n"));
}

const SEA_ORM: &str = "use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = \"billing\", table_name = \"invoices\")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub amount: i64,
}

#[derive(Clone, Debug, PartialEq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = \"mood\")]
pub enum Mood {
    #[sea_orm(string_value = \"ok\")]
    Ok,
}
";

const SEA_ORM_2: &str = "use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = \"posts\")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(belongs_to, from = \"user_id\", to = \"id\")]
    pub user: HasOne<super::user::Entity>,
}
";

#[test]
fn entities_of_sea_orm_get_the_derive() {
    let project = committed(&[
        ("Cargo.toml", &package("app", "sea-orm = { version = \"2\", default-features = false }\n")),
        ("src/lib.rs", "pub mod entity;\n"),
        ("src/entity/mod.rs", "pub mod invoice;\npub mod post;\n"),
        ("src/entity/invoice.rs", SEA_ORM),
        ("src/entity/post.rs", SEA_ORM_2),
    ]);
    project
        .tool(&["init", "--write"])
        .expect(0, &["2 structs and 1 enum in 3 files; the dependency for `app`"]);
    assert_eq!(
        project.read("src/entity/invoice.rs"),
        SEA_ORM
            .replace(
                "#[derive(Clone, Debug, PartialEq, D",
                "#[derive(schemacheck::Model)]\n#[derive(Clone, Debug, PartialEq, D"
            )
            .replace(
                "#[derive(Clone, Debug, PartialEq, E",
                "#[derive(schemacheck::PgEnum)]\n#[derive(Clone, Debug, PartialEq, E"
            )
    );
    // The attribute macro makes two structs, and only the one with the columns is a model.
    assert_eq!(
        project.read("src/entity/post.rs"),
        SEA_ORM_2.replace("#[derive(", "#[sea_orm(model_attrs(derive(schemacheck::Model)))]\n#[derive(")
    );
    assert!(project.read("Cargo.toml").ends_with("features = [\"sea-orm\"] }\n"));
    project.tool(&["init"]).expect(0, &["nothing to add\n", "3 items have a derive"]);
}

#[test]
fn what_is_not_committed_is_not_overwritten() {
    let project = diesel();
    project.write("src/models.rs", &format!("{DIESEL}// More.\n"));
    let refused = project.tool(&["init", "--write"]);
    refused.expect(
        2,
        &["error: `src/models.rs` has changes that are not committed", "`--allow-dirty` writes all the same"],
    );
    assert_eq!(project.read("src/models.rs"), format!("{DIESEL}// More.\n"));
    // Changes elsewhere are no reason.
    project.tool(&["init", "--write", "--allow-dirty"]).expect(0, &["added derives to"]);
    assert!(project.read("src/models.rs").ends_with("// More.\n"));

    let project = diesel();
    project.write("src/schema.rs", &format!("{DIESEL_SCHEMA}// More.\n"));
    project.tool(&["init", "--write"]).expect(0, &["added derives to"]);

    // Neither is a file that git does not hold.
    let project = diesel();
    git(&project, &["rm", "-q", "--cached", "src/models.rs", "Cargo.toml"]);
    project
        .tool(&["init", "--write"])
        .expect(2, &["`src/models.rs`", "`Cargo.toml`", "have changes that are not committed"]);
}

#[test]
fn without_version_control_it_is_said() {
    let project = Project::empty();
    project.write("Cargo.toml", &package("app", "sqlx = \"0.9\"\n"));
    project.write("src/lib.rs", "#[derive(sqlx::FromRow)]\nstruct Post {\n    id: i64,\n}\n");
    project.snapshot(&database(SCHEMA));
    let refused = project.tool(&["init", "--write"]);
    refused.expect(2, &["no git repository holds this project", "`--allow-no-vcs` writes all the same"]);
    assert!(!project.read("src/lib.rs").contains("schemacheck"));
    project.tool(&["init", "--write", "--allow-no-vcs"]).expect(0, &["added derives to 1 struct"]);
    assert!(
        project
            .read("src/lib.rs")
            .starts_with("#[derive(schemacheck::Model)]\n#[schemacheck(table = \"posts\")]\n")
    );
    project.tool(&["init", "--allow-dirty"]).expect(2, &["--write"]);
}

#[test]
fn without_a_snapshot_the_first_step_is_said() {
    let project = Project::empty();
    project.write("Cargo.toml", &package("app", ""));
    project.write("src/lib.rs", "#[derive(sqlx::FromRow)]\nstruct Post {\n    id: i64,\n}\n");
    let first = project.tool(&["init"]);
    first.expect(
        0,
        &[
            "created `.schemacheck/config.toml`",
            "no snapshot in `.schemacheck` yet",
            "cargo schemacheck snapshot --run",
        ],
    );
    project
        .tool(&["init", "--write"])
        .expect(2, &["error: there is no snapshot in `.schemacheck`", "cargo schemacheck snapshot --run"]);
    assert!(!project.read("src/lib.rs").contains("schemacheck"));
}

fn workspace() -> Project {
    let post = "#[derive(sqlx::FromRow)]\npub struct Post {\n    pub id: i64,\n}\n";
    let with = |name: &str, dependencies: &str| package(name, dependencies);
    committed(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"api\", \"worker\", \"tools\"]\nresolver = \"2\"\n\n\
             [workspace.dependencies]\nsqlx = \"0.9\"\nuuid = \"1\"\n",
        ),
        ("api/Cargo.toml", &with("api", "sqlx.workspace = true\nuuid = { workspace = true }\n")),
        ("api/src/lib.rs", post),
        ("api/src/orphan.rs", post),
        ("api/tests/rows.rs", post),
        (
            "worker/Cargo.toml",
            &with("worker", "sqlx = \"0.9\"\nsc = { package = \"schemacheck\", version = \"0.1\" }\n"),
        ),
        ("worker/src/main.rs", &format!("{post}\nfn main() {{}}\n\n#[cfg(test)]\nmod tests {{\n{post}}}\n")),
        ("tools/Cargo.toml", &with("tools", "")),
        ("tools/src/main.rs", "fn main() {}\n"),
    ])
}

#[test]
fn every_package_that_gets_a_derive_gets_the_dependency() {
    let project = workspace();
    let version = env!("CARGO_PKG_VERSION");
    project.tool(&["init", "--write"]).expect(
        0,
        &[
            "2 structs in 5 files; the dependency for `api`, `worker`",
            "api/src/orphan.rs:2  Post\n    lies in a file that no `mod` of the package reaches",
            "worker/src/main.rs:11  Post\n    is built for tests only",
        ],
    );
    assert!(
        project
            .read("Cargo.toml")
            .contains(&format!("[workspace.dependencies]\nschemacheck = \"{version}\"\nsqlx = "))
    );
    assert!(
        project.read("api/Cargo.toml").contains(
            "[dependencies]\nschemacheck = { workspace = true, features = [\"serde_json\", \"sqlx\", \"uuid\"] }\nsqlx.workspace"
        ),
        "{}",
        project.read("api/Cargo.toml")
    );
    assert!(
        project
            .read("worker/Cargo.toml")
            .contains("version = \"0.1\", features = [\"serde_json\", \"sqlx\"] }\n")
    );
    assert!(project.read("worker/src/main.rs").starts_with(
        "#[derive(sc::Model)]\n#[schemacheck(table = \"posts\", crate = \"sc\")]\n#[derive(sqlx::FromRow)]\n"
    ));
    assert_eq!(
        git(&project, &["status", "--porcelain", "--", "tools", "api/tests", "api/src/orphan.rs"]),
        ""
    );
    project.tool(&["init"]).expect(0, &["nothing to add\n", "2 items have a derive"]);
}

#[test]
fn packages_and_paths_can_be_chosen() {
    let project = workspace();
    project
        .tool(&["init", "--package", "api"])
        .expect(0, &["1 struct in 3 files; the dependency for `api`\n"]);
    project
        .tool(&["init", "-p", "worker"])
        .expect(0, &["1 struct in 2 files; the dependency for `worker`\n"]);
    project.tool(&["init", "worker/src"]).expect(0, &["1 struct in 2 files; the dependency for `worker`\n"]);
    project.tool(&["init", "tools"]).expect(0, &["nothing to add\n"]);
    // A package that is named is meant as a whole, wherever one stands.
    project
        .tool_in("tools", &["init", "-p", "api"])
        .expect(0, &["1 struct in 3 files; the dependency for `api`\n"]);
    project.tool_in("tools", &["init"]).expect(0, &["nothing to add\n"]);
    project.write("docs/readme.txt", "");
    project.tool(&["init", "docs"]).expect(2, &["no source file of the workspace lies below `docs`"]);
    project.tool(&["init", "-p", "wroker"]).expect(
        2,
        &["cannot find package `wroker` in the workspace", "a package with a similar name exists: `worker`"],
    );
    project.tool(&["init", "nowhere"]).expect(2, &["cannot find `nowhere`"]);
}

#[test]
fn what_was_not_chosen_is_known_and_stays_as_it_is() {
    let post = "#[derive(sqlx::FromRow)]\npub struct Post {\n    pub id: shared::Id,\n    #[sqlx(flatten)]\n    \
                pub of: shared::Of,\n}\n";
    let shared = "#[derive(schemacheck::Model)]\n#[schemacheck(embedded)]\npub struct Of {\n    pub title: String,\n}\n\n\
                  #[derive(sqlx::Type)]\n#[sqlx(transparent)]\npub struct Id(i64);\n";
    let project = committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"app\", \"shared\"]\nresolver = \"2\"\n"),
        ("app/Cargo.toml", &package("app", "sqlx = \"0.9\"\nshared = { path = \"../shared\" }\n")),
        ("app/src/lib.rs", post),
        ("shared/Cargo.toml", &package("shared", "sqlx = \"0.9\"\nschemacheck = \"0.1\"\n")),
        ("shared/src/lib.rs", shared),
    ]);
    for chosen in [&["init", "-p", "app"][..], &["init", "app"]] {
        let ran = project.tool(chosen);
        ran.expect(0, &["would add derives to 1 struct in 2 files; the dependency for `app`\n"]);
        assert!(!ran.stdout.contains("shared/src") && !ran.stdout.contains("skipped"), "{}", ran.all());
    }
    project.tool(&["init"]).expect(0, &["would add derives to 1 struct and 1 type in 4 files"]);
}

#[test]
fn a_file_that_does_not_parse_hides_nothing_else() {
    let post = "#[derive(sqlx::FromRow)]\npub struct Post {\n    pub id: i64,\n}\n";
    let project = committed(&[
        ("Cargo.toml", &package("app", "sqlx = \"0.9\"\n")),
        ("src/lib.rs", &format!("mod broken;\n{post}")),
        ("src/broken.rs", "struct {\n"),
    ]);
    project.tool(&["init"]).expect(
        2,
        &["would add derives to 1 struct", "warning: `src/broken.rs` was not looked at: it does not parse"],
    );
    project.tool(&["init", "--write"]).expect(2, &["added derives to 1 struct"]);
    assert_eq!(project.read("src/broken.rs"), "struct {\n");
}

#[cfg(unix)]
#[test]
fn files_outside_of_the_package_are_left_alone() {
    let post = "#[derive(sqlx::FromRow)]\npub struct Post {\n    pub id: i64,\n}\n";
    let elsewhere = Project::empty();
    elsewhere.write("linked.rs", post);
    let project = committed(&[
        ("Cargo.toml", &package("app", "sqlx = \"0.9\"\n")),
        ("src/lib.rs", "mod linked;\nmod inner;\n"),
        ("src/real.rs", post),
    ]);
    std::os::unix::fs::symlink(elsewhere.path().join("linked.rs"), project.path().join("src/linked.rs"))
        .unwrap();
    std::os::unix::fs::symlink("real.rs", project.path().join("src/inner.rs")).unwrap();
    let place =
        format!("  {}\n    lies outside of the package\n", elsewhere.path().join("linked.rs").display());
    project.tool(&["init", "--write"]).expect(0, &["added derives to 1 struct", "skipped 1 item:\n", &place]);
    assert_eq!(elsewhere.read("linked.rs"), post);
    // Within the package the file itself is written, and the link stays one.
    assert!(project.read("src/real.rs").starts_with("#[derive(schemacheck::Model)]"));
    assert!(project.path().join("src/inner.rs").is_symlink());
}

#[test]
fn the_database_that_has_the_table_is_named() {
    let structs = ["User { email: i32 }", "Bill { total: i32 }", "Zebra { id: i32 }"];
    let structs: String =
        structs.iter().map(|item| format!("#[derive(sqlx::FromRow)]\nstruct {item}\n")).collect();
    let project = committed(&[("Cargo.toml", &package("app", "sqlx = \"0.9\"\n")), ("src/lib.rs", &structs)]);
    let shop = database("CREATE TABLE bills (total integer)");
    project.tool(&["snapshot", "--database", "shop", "--database-url", &shop.url()]).expect(0, &[]);
    project.tool(&["init"]).expect(
        0,
        &[
            "+#[derive(schemacheck::Model)]\n+#[schemacheck(table = \"users\")]\n",
            "+#[derive(schemacheck::Model)]\n+#[schemacheck(database = \"shop\", table = \"bills\")]\n",
            "  src/lib.rs:6  Zebra\n    the snapshot has no table that is named like it",
        ],
    );
}
