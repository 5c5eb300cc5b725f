//! Models over several crates: what one crate says of its structs is judged in another.

use crate::support::{Project, database, manifest, one_at_a_time};

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('ok', 'sad');
    CREATE TABLE users (
        id bigint PRIMARY KEY, nickname text, mood mood NOT NULL,
        created_at bigint NOT NULL, updated_at bigint, state text NOT NULL CHECK (state IN ('new', 'old'))
    );
    CREATE TABLE posts (id bigint PRIMARY KEY, created_at bigint NOT NULL, updated_at bigint);
";

/// Embedded structs, and types for columns. What names a type parameter is judged by name only.
const SHARED: &str = "
use schemacheck::{Model, PgEnum, PgType};

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Times<T> { pub created_at: T, pub updated_at: Option<i64> }

#[derive(Model)]
#[schemacheck(embedded)]
pub struct Person {
    pub nickname: Option<String>,
    pub mood: Mood,
    pub state: State,
    #[schemacheck(flatten)]
    pub times: Times<i64>,
}

#[derive(PgEnum)]
#[schemacheck(type = \"mood\", rename_all = \"snake_case\")]
pub enum Mood { Ok, Sad }

#[derive(PgEnum)]
#[schemacheck(repr = \"text\", rename_all = \"snake_case\")]
pub enum State { New, Old }

#[derive(PgType)]
#[schemacheck(transparent)]
pub struct Id(pub i64);
";

const APP: &str = "
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = \"users\")]
pub struct User {
    pub id: shared::Id,
    #[schemacheck(flatten)]
    pub person: shared::Person,
}

#[derive(Model)]
#[schemacheck(table = \"posts\")]
pub struct Post {
    pub id: i64,
    #[schemacheck(flatten)]
    pub times: Option<shared::Times<i64>>,
}

fn main() {
    let _ = (std::mem::size_of::<User>(), std::mem::size_of::<Post>());
    assert!(schemacheck::Guard::new().request().is_ok());
}
";

fn two_crates() -> Project {
    let project = Project::empty();
    project.write("Cargo.toml", "[workspace]\nmembers = [\"shared\", \"app\"]\nresolver = \"2\"\n");
    project.write("shared/Cargo.toml", &manifest("shared", "edition = \"2024\"", ""));
    project.write("shared/src/lib.rs", SHARED);
    let app = manifest("app", "edition = \"2021\"", "shared = { path = \"../shared\" }");
    project.write("app/Cargo.toml", &app);
    project.write("app/src/main.rs", APP);
    project
}

#[test]
fn a_struct_of_another_crate_is_judged_where_it_is_flattened() {
    let _turn = one_at_a_time();
    let (project, database) = (two_crates(), database(SCHEMA));
    project.snapshot(&database);
    project.cargo(&["run", "-p", "app"]).expect(0, &[]);
    project.tool(&["check"]).expect(0, &["agree with `.schemacheck`"]);

    // Its columns are those of the program's models.
    let artifact = project.executable("app");
    let read = project.tool(&["manifest", "--artifact", artifact.to_str().unwrap()]);
    read.expect(0, &["app::User (app/src/main.rs:", "app::Post (app/src/main.rs:"]);
    let json = ["manifest", "--format", "json", "--artifact", artifact.to_str().unwrap()];
    let read = project.tool(&json);
    read.expect(0, &[]);
    let models: serde_json::Value = serde_json::from_str(&read.stdout).unwrap();
    let text = models.to_string();
    for column in ["nickname", "mood", "state", "created_at", "updated_at"] {
        assert!(text.contains(&format!("\"column\":\"{column}\"")), "{column}: {text}");
    }

    let migrate = |sql: &str| {
        database.connect().unwrap().batch_execute(sql).unwrap();
        project.snapshot(&database);
    };
    // The live database is judged by them too, and a row that a LEFT JOIN may lack is not said to refuse NULL.
    let url = database.url();
    let verify = ["verify", "--database-url", &url, "--artifact", artifact.to_str().unwrap()];
    project.tool(&verify).expect(0, &[]);
    let alter = |sql: &str| database.connect().unwrap().batch_execute(sql).unwrap();
    alter("ALTER TABLE posts DROP updated_at, ALTER created_at DROP NOT NULL");
    let ran = project.tool(&verify);
    ran.expect(
        1,
        &["cannot find column `updated_at` in table `public.posts`", "app::Post", "app/src/main.rs:"],
    );
    assert!(!ran.stdout.contains("nullable-column"), "{}", ran.all());

    // The crate with the struct is built, and the one that flattens it is told.
    migrate("ALTER TABLE users RENAME nickname TO nick");
    let ran = project.cargo(&["build"]);
    ran.expect(
        101,
        &[
            "cannot find column `nickname` in the table of this struct, which flattened `Person` reads into field `nickname`",
            "cannot find column `updated_at` in the table of this struct, which flattened `Times` reads into field `updated_at`",
            "--> app/src/main.rs:9:17",
            "--> app/src/main.rs:17:16",
            "could not compile `app`",
        ],
    );
    assert!(!ran.stderr.contains("could not compile `shared`"), "{}", ran.all());
    project.tool(&["check"]).expect(1, &["cannot find column `nickname` in the table of this struct"]);
    let warned = project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "warn")]);
    warned.expect(
        0,
        &[
            "cannot find all columns of flattened `shared::Person` in table `public.users`",
            "cannot find all columns of flattened `Option<shared::Times<i64>>` in table `public.posts`",
            "`cargo schemacheck explain missing-column` tells more",
        ],
    );

    // Types and NULL, also of what the other crate flattens itself.
    migrate(
        "ALTER TABLE users RENAME nick TO nickname; ALTER TABLE users ALTER updated_at TYPE text, \
         ALTER mood DROP NOT NULL; ALTER TABLE posts ADD updated_at bigint",
    );
    project.cargo(&["build"]).expect(
        101,
        &[
            "field `updated_at` of flattened `Times` is `Option<i64>`, which cannot hold column `updated_at`",
            "column `mood` of this table is nullable, but field `mood` of flattened `Person` is `Mood`",
            "`cargo schemacheck explain type-mismatch` tells more",
            "`cargo schemacheck explain nullable-column` tells more",
            "could not compile `app`",
        ],
    );
    migrate("ALTER TABLE users ALTER updated_at TYPE bigint USING 0, ALTER mood SET NOT NULL");
    project.cargo(&["run", "-p", "app"]).expect(0, &[]);
}
