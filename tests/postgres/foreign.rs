//! What the attributes of other libraries say, against a live database.

use schemacheck::{Guard, Model, PgEnum};

use crate::support::check_with as check;

#[derive(PgEnum)]
#[postgres(name = "place_kind", rename_all = "lowercase")]
#[allow(dead_code, reason = "judged, not filled")]
enum Closed {
    Flat,
    House,
}

#[derive(Model)]
#[diesel(table_name = articles, treat_none_as_null = true)]
#[schemacheck(insert, update)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Written {
    title: String,
    #[diesel(skip_insertion)]
    body: Option<String>,
    #[diesel(skip_update)]
    created_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Part {
    title: String,
}

#[derive(Model)]
#[diesel(table_name = articles)]
#[schemacheck(insert)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Whole {
    #[diesel(embed)]
    part: Part,
    body: Option<String>,
}

/// postgres-types refuses every value of an enum whose labels differ: so a label more is no mere risk.
#[test]
fn a_label_more_breaks_an_enum_of_postgres_types() {
    let expect = "error[missing-label]: label `boat` of enum `public.place_kind` has no variant in `postgres::foreign::Closed`";
    check(Guard::new().only_in("crate::foreign"), "ALTER TYPE place_kind ADD VALUE 'boat'", &[expect]);
}

#[test]
fn what_a_write_leaves_out_is_not_judged() {
    let guard = || Guard::new().only::<Written>();
    check(guard(), "", &[]);
    check(
        guard(),
        "ALTER TABLE articles ALTER body SET NOT NULL",
        &[
            "warning[missing-required-column]: column `public.articles.body` is required, \
             but an insert of `postgres::foreign::Written` supplies no value",
            "warning[not-null-column]: column `public.articles.body` refuses NULL, \
             but an update sets it to NULL for `None` in field `body`",
        ],
    );
}

#[test]
fn what_an_embedded_insert_writes_is_supplied() {
    check(Guard::new().only::<Whole>(), "", &[]);
    check(
        Guard::new().only::<Whole>(),
        "ALTER TABLE articles RENAME title TO headline",
        &[
            "error[missing-column]: cannot find column `title` in table `public.articles`",
            "warning[missing-required-column]: column `public.articles.headline` is required, \
             but an insert of `postgres::foreign::Whole` supplies no value",
        ],
    );
}
