//! Composite types and domains in a real program: what the build warns of, what is printed, and what `verify` finds.

use crate::support::{Project, database, manifest, one_at_a_time};

const SCHEMA: &str = "CREATE DOMAIN email AS text; CREATE TYPE place AS (street text, contact email);
    CREATE TABLE users (email email NOT NULL, place place, emails email[]);";

const MAIN: &str = r#"
use schemacheck::{Model, PgType};

#[derive(PgType)]
#[schemacheck(type = "email")]
pub struct Email(pub String);

#[derive(PgType)]
#[schemacheck(type = "place")]
pub struct Place {
    pub street: Option<String>,
    pub contact: CONTACT,
}

#[derive(Model)]
#[schemacheck(table = "users", insert)]
pub struct NewUser {
    EMAIL
    pub place: Option<Place>,
    pub emails: Option<Vec<CONTACT>>,
}

fn main() {}
"#;

fn source(contact: &str, email: &str) -> String {
    MAIN.replace("CONTACT", contact).replace("EMAIL", email)
}

#[test]
fn what_only_postgres_refuses_is_a_warning_where_postgres_is() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(&source("String", "pub email: String,")), database(SCHEMA));
    project.snapshot(&database);
    let built = project.cargo(&["build"]);
    built.expect(0, &[]);
    assert!(!built.all().contains("schemacheck explain"), "{}", built.all());
    let toml = manifest("app", "edition = \"2021\"", "");
    project.write("Cargo.toml", &toml.replace("features = [\"uuid\"]", "features = [\"postgres\"]"));
    let built = project.cargo(&["build"]);
    built.expect(
        0,
        &[
            "column `public.users.email` is the domain `public.email`, but field `email` is `String`",
            "binds a parameter of a domain only to a type that names it",
            "attribute `public.place.contact` is the domain `public.email`, but field `contact` is `String`",
            "column `public.users.emails` is an array of the domain `public.email`, but field `emails` is \
             `Option<Vec<String>>`",
        ],
    );
    assert_eq!(built.all().matches("`cargo schemacheck explain type-mismatch` tells more").count(), 3);
    // A type that names the domain, and each way out.
    project.write("src/main.rs", &source("Email", "pub email: Email,"));
    let built = project.cargo(&["build"]);
    assert!(!built.expect(0, &[]).all().contains("schemacheck explain"), "{}", built.all());
    for out in ["types = \"off\", reason = \"sqlx\"", "allow(type-mismatch, reason = \"sqlx\")"] {
        project.write("src/main.rs", &source("Email", &format!("#[schemacheck({out})] pub email: String,")));
        let built = project.cargo(&["build"]);
        assert!(!built.expect(0, &[]).all().contains("schemacheck explain"), "{}", built.all());
    }
    // Reading it is right with every driver.
    let read = source("Email", "pub email: String,").replace(", insert)", ")");
    project.write("src/main.rs", &read);
    let built = project.cargo(&["build"]);
    assert!(!built.expect(0, &[]).all().contains("schemacheck explain"), "{}", built.all());
}

#[test]
fn types_are_printed_and_verified() {
    let _turn = one_at_a_time();
    let (project, database) = (Project::package(&source("Email", "pub email: Email,")), database(SCHEMA));
    project.snapshot(&database);
    let printed = project.tool(&["manifest"]);
    printed.expect(
        0,
        &[
            "app::Email (src/main.rs:6) is public.email\n  email  String  <-  public.email, based on text\n",
            "app::Place (src/main.rs:10) is public.place\n  street   Option<String>  <-  text\n  contact  Email  <-  public.email, based on text\n",
        ],
    );
    let url = database.url();
    project.tool(&["verify", "--database-url", &url]).expect(0, &[]);
    database.connect().unwrap().batch_execute("ALTER TYPE place RENAME ATTRIBUTE street TO road").unwrap();
    project.tool(&["verify", "--database-url", &url]).expect(
        1,
        &[
            "error[type-mismatch]: cannot find attribute `street` in composite type `public.place`",
            "the attribute `road` stands in its place",
        ],
    );
}

#[test]
fn mistakes_can_be_warnings() {
    let _turn = one_at_a_time();
    let text = source("Place2", "pub email: Email,").replace("street:", "stret:")
        + "#[derive(PgType)]\n#[schemacheck(type = \"place\")]\n\
           pub struct Place2 { pub street: i32, pub contact: Email }\n";
    let project = Project::package(&text);
    project.snapshot(&database(SCHEMA));
    let warn = [("SCHEMACHECK_BUILD", "warn")];
    project.cargo_with(&["build"], &warn).expect(
        0,
        &[
            "cannot find attribute `stret` in composite type `public.place`",
            "attribute `public.place.street` is `text`, but field `street` is `i32`",
            "attribute `public.place.contact` is `public.email`, but field `contact` is `Place2`",
            "column `public.users.emails` is `public.email[]`, but field `emails` is `Option<Vec<Place2>>`",
        ],
    );
    project.cargo_with(&["build"], &[("SCHEMACHECK_BUILD", "off")]).expect(0, &[]);
    project
        .cargo(&["build"])
        .expect(101, &["error: cannot find attribute `stret`", "error[E0277]: attribute"]);
}
