//! Models that write, and structs within structs, against a live database.

use chrono::{DateTime, Utc};
use schemacheck::{Guard, Model};

use crate::support::connect;

#[derive(Model)]
#[schemacheck(embedded)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Created {
    created_at: DateTime<Utc>,
}

#[derive(Model)]
#[schemacheck(embedded)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Times {
    #[schemacheck(flatten)]
    created: Created,
    updated_at: Option<DateTime<Utc>>,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Article {
    id: i64,
    #[schemacheck(flatten)]
    times: Times,
    title: String,
    #[schemacheck(flatten)]
    joined: Option<Joined>,
}

#[derive(Model)]
#[schemacheck(embedded)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Joined {
    score: i32,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct NewArticle<'a> {
    title: &'a str,
    body: Option<String>,
    #[schemacheck(flatten)]
    created: Created,
}

#[derive(Model)]
#[schemacheck(table = "articles", update)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Patch {
    id: i64,
    title: Option<String>,
    body: Option<Option<String>>,
}

#[derive(Model)]
#[schemacheck(embedded, allow(missing-column, reason = "added by the next release"))]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Defaults {
    #[schemacheck(none = "default")]
    created_at: Option<DateTime<Utc>>,
    later: String,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct NewDefault {
    title: String,
    body: Option<String>,
    #[schemacheck(flatten)]
    defaults: Defaults,
}

#[derive(Model)]
#[schemacheck(embedded)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct MaybeCreated {
    created_at: Option<DateTime<Utc>>,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, none = "default")]
#[allow(dead_code, reason = "models are judged, not filled")]
struct NewAllDefault {
    title: String,
    body: Option<String>,
    #[schemacheck(flatten)]
    created: MaybeCreated,
}

/// What the guard says of these models, errors first.
#[track_caller]
fn check(changes: &str, strict: bool, expect: &[&str]) {
    let (mut client, _database) = connect(changes);
    let guard = Guard::new().only_in("crate::shapes");
    let guard = if strict { guard.strict() } else { guard };
    let findings = match guard.verify(&mut client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    let found: Vec<String> = findings.iter().map(|finding| finding.headline()).collect();
    assert_eq!(found, expect);
}

#[test]
fn what_fits_is_verified() {
    check("", true, &[]);
    let (mut client, _database) = connect("");
    let verified = Guard::new().only::<Article>().verify(&mut client).unwrap();
    assert_eq!((verified.models(), verified.columns()), (1, 5));
}

#[test]
fn where_none_is_default_there_has_to_be_one_also_in_flattened_structs() {
    let created = "[not-null-column]: column `public.articles.created_at` refuses NULL and has no default, \
                   but an insert sends DEFAULT for `None` in field `defaults.created_at`";
    let dropped = "ALTER TABLE articles ALTER created_at DROP DEFAULT";
    check(dropped, false, &[&format!("warning{created}")]);
}

#[test]
fn flattened_columns_are_judged_with_their_types() {
    check(
        "ALTER TABLE articles RENAME updated_at TO changed_at; ALTER TABLE articles ALTER score TYPE text USING ''; \
         DROP TABLE alembic_version",
        false,
        &[
            "error[missing-column]: cannot find column `updated_at` in table `public.articles`",
            "error[type-mismatch]: column `public.articles.score` is `text`, \
             but this program was built for `public.score`",
        ],
    );
    let (mut client, _database) = connect("ALTER TABLE articles DROP updated_at");
    let report = Guard::new().only::<Article>().verify(&mut client).unwrap_err();
    let place = &report.findings()[0].rust[0];
    assert_eq!(place.field.as_deref(), Some("times.updated_at"));
    let line = include_str!("shapes.rs").lines().position(|line| line == "    times: Times,").unwrap() + 1;
    assert_eq!((place.line as usize, place.file.as_str()), (line, "tests/postgres/shapes.rs"));
}

#[test]
fn null_is_judged_through_a_flattened_struct_but_not_through_an_optional_one() {
    let dropped = "ALTER TABLE articles ALTER created_at DROP NOT NULL, ALTER score TYPE integer, \
                   ALTER score DROP NOT NULL";
    let created = "[nullable-column]: column `public.articles.created_at` is nullable, \
                   but this program was built for `NOT NULL`";
    let score = "info[type-mismatch]: column `public.articles.score` is `integer`, \
                 but this program was built for `public.score`";
    check(dropped, false, &[&format!("warning{created}"), score]);
    check(dropped, true, &[&format!("error{created}"), score]);
}

#[test]
fn a_new_required_column_warns_who_inserts() {
    let slug = "[missing-required-column]: column `public.articles.slug` is required, \
                but an insert of `postgres::shapes::NewArticle` supplies no value";
    let added = "ALTER TABLE articles ADD slug text NOT NULL";
    check(added, false, &[&format!("warning{slug}")]);
    check(added, true, &[&format!("error{slug}")]);
    for supplied in [
        "ALTER TABLE articles ADD slug text NOT NULL DEFAULT ''",
        "ALTER TABLE articles ADD slug text",
        "ALTER TABLE articles ADD slug bigint GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE articles ADD slug integer GENERATED ALWAYS AS (1) STORED",
    ] {
        check(supplied, true, &[]);
    }
}

#[test]
fn what_became_generated_is_not_written() {
    let body = "error[generated-column-written]: column `public.articles.body` is `GENERATED ALWAYS AS (...)`, \
                but field `body` writes it";
    check(
        "ALTER TABLE articles DROP words; ALTER TABLE articles DROP body; \
         ALTER TABLE articles ADD body text GENERATED ALWAYS AS (title) STORED",
        false,
        &[body],
    );
}

#[test]
fn none_that_became_refused_warns_who_inserts() {
    let body = "[not-null-column]: column `public.articles.body` refuses NULL, \
                but an insert sends NULL for `None` in field `body`";
    let set = "ALTER TABLE articles ALTER body SET NOT NULL";
    check(set, false, &[&format!("warning{body}")]);
    check(set, true, &[&format!("error{body}")]);
}

/// The snapshot says that the domain has a default, and so says the server.
#[test]
fn a_default_of_a_domain_supplies_a_value() {
    check(
        "ALTER DOMAIN score DROP DEFAULT",
        false,
        &["warning[missing-required-column]: column `public.articles.score` is required, \
         but an insert of `postgres::shapes::NewArticle` supplies no value"],
    );
}
