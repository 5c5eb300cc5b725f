//! Composite types and domains: what the guard says when one changes, and what it leaves alone.

use schemacheck::{Guard, PgEnum, PgType};

use crate::privileges::{Retitle, Ticket};
use crate::support::{check, check_with, connect};

#[derive(PgType)]
#[schemacheck(type = "place")]
#[allow(dead_code, reason = "types are judged, not filled")]
struct Place {
    street: String,
    number: Option<i32>,
    code: Postcode,
    kinds: Vec<PlaceKind>,
}

#[derive(PgType)]
#[schemacheck(type = "postcode")]
#[allow(dead_code, reason = "types are judged, not filled")]
struct Postcode(String);

#[derive(PgEnum)]
#[schemacheck(type = "place_kind", rename_all = "snake_case")]
#[allow(dead_code, reason = "types are judged, not filled")]
enum PlaceKind {
    Flat,
    House,
}

#[test]
fn types_that_fit_are_no_finding() {
    check("", &[]);
    let (mut client, _database) = connect("");
    let verified = Guard::new().only_in("postgres::types").strict().verify(&mut client).unwrap();
    assert!(verified.findings().is_empty(), "{:?}", verified.findings());
    // What a type that nobody names looks like is nobody's business.
    check("CREATE TYPE other AS (a int); CREATE SCHEMA app; CREATE TYPE app.place AS (a int)", &[]);
}

/// What `postgres` reads through the type's base it does not write so.
#[test]
fn a_domain_over_the_same_type_is_a_risk_for_who_writes() {
    let change = "CREATE DOMAIN label AS text; ALTER TABLE tickets ALTER title TYPE label";
    let message = "[type-mismatch]: column `public.tickets.title` is `public.label`, but this program was built for `text`";
    check_with(Guard::new().only::<(Ticket,)>(), change, &[]);
    let writes = || Guard::new().only::<(Retitle,)>();
    check_with(writes(), "", &[]);
    check_with(writes(), change, &[&format!("warning{message}")]);
    check_with(writes().strict(), change, &[&format!("error{message}")]);
    // As the driver has it.
    let update = "UPDATE tickets SET title = $1";
    let (mut client, _database) = connect("");
    assert!(client.execute(update, &[&"x"]).is_ok());
    client.batch_execute(change).unwrap();
    assert!(client.execute(update, &[&"x"]).is_err());
    assert!(client.query("SELECT title FROM tickets", &[]).is_ok());
}

#[test]
fn an_attribute_that_came_or_went_refuses() {
    check(
        "ALTER TYPE place ADD ATTRIBUTE country text",
        &["error[type-mismatch]: attribute `country` of composite type `public.place` has no field in \
           `postgres::types::Place`"],
    );
    let missing = "error[type-mismatch]: cannot find attribute `number` in composite type `public.place`";
    check("ALTER TYPE place DROP ATTRIBUTE number", &[missing]);
    check("ALTER TYPE place RENAME ATTRIBUTE number TO house", &[missing]);
    let (mut client, _database) = connect("ALTER TYPE place RENAME ATTRIBUTE number TO house");
    let report = Guard::new().verify(&mut client).unwrap_err();
    let finding = &report.findings()[0];
    assert_eq!(finding.help, ["the attribute `house` stands in its place"]);
    assert_eq!(finding.object, "public.place.number");
    assert_eq!(finding.rust[0].field.as_deref(), Some("number"));
}

#[test]
fn an_attribute_that_came_back_stands_at_the_end() {
    check(
        "ALTER TYPE place DROP ATTRIBUTE number; ALTER TYPE place ADD ATTRIBUTE number integer",
        &[
            "error[type-mismatch]: attribute `number` of composite type `public.place` stands behind `code`, but field \
           `number` stands before it",
        ],
    );
}

#[test]
fn the_type_of_an_attribute_is_judged_as_a_columns() {
    let street =
        "attribute `public.place.street` is `character varying(40)`, but this program was built for `text`";
    check(
        "ALTER TYPE place ALTER ATTRIBUTE street TYPE varchar(40)",
        &[&format!("info[type-mismatch]: {street}")],
    );
    check(
        "ALTER TYPE place ALTER ATTRIBUTE number TYPE bigint",
        &[
            "error[type-mismatch]: attribute `public.place.number` is `bigint`, but this program was built for `integer`",
        ],
    );
    check(
        "ALTER TYPE place ALTER ATTRIBUTE kinds TYPE place_kind",
        &["error[type-mismatch]: attribute `public.place.kinds` is `public.place_kind`, but this program \
           was built for `public.place_kind[]`"],
    );
    check(
        "ALTER TYPE place ALTER ATTRIBUTE code TYPE varchar(10)",
        &[
            "info[type-mismatch]: attribute `public.place.code` is `character varying(10)`, but this program was built \
           for `public.postcode`",
        ],
    );
}

#[test]
fn a_domain_is_judged_by_what_it_is_based_on() {
    let again = |base: &str| {
        format!(
            "ALTER TYPE place DROP ATTRIBUTE code, DROP ATTRIBUTE kinds; DROP DOMAIN postcode; {base}; \
             ALTER TYPE place ADD ATTRIBUTE code postcode, ADD ATTRIBUTE kinds place_kind[]"
        )
    };
    check(&again("CREATE DOMAIN postcode AS varchar(10) CHECK (VALUE <> '')"), &[]);
    let domain = "domain `public.postcode` is based on";
    check(
        &again("CREATE DOMAIN postcode AS text"),
        &[
            "info[type-mismatch]: attribute `public.place.code` is `text`, but this program was built for \
             `character varying(10)`",
            &format!(
                "info[type-mismatch]: {domain} `text`, but this program was built for `character varying(10)`"
            ),
        ],
    );
    check(
        &again("CREATE DOMAIN digits AS integer; CREATE DOMAIN postcode AS digits"),
        &[
            "error[type-mismatch]: attribute `public.place.code` is `integer`, but this program was built for \
             `character varying(10)`",
            &format!(
                "error[type-mismatch]: {domain} `integer`, but this program was built for `character varying(10)`"
            ),
        ],
    );
}

#[test]
fn a_missing_type_gets_advice_and_one_of_another_sort_refuses() {
    check(
        "DROP TYPE place; DROP TABLE alembic_version",
        &["error[missing-type]: cannot find type `public.place`"],
    );
    let (mut client, _database) = connect("ALTER TYPE place RENAME TO places");
    let report = Guard::new().verify(&mut client).unwrap_err();
    assert_eq!(report.findings()[0].help, ["a type with a similar name exists: `public.places`"]);
    check(
        "DROP TYPE place; CREATE DOMAIN place AS text",
        &[
            "error[type-mismatch]: `public.place` is a domain, but this program was built for a composite type",
        ],
    );
    check(
        "DROP TYPE place; CREATE TYPE place AS ENUM ('a')",
        &["error[type-mismatch]: `public.place` is an enum, but `postgres::types::Place` derives `PgType`"],
    );
}

#[test]
fn the_live_search_path_decides_which_type_is_meant() {
    let (mut client, _database) = connect(
        "CREATE SCHEMA tenant; \
         CREATE TYPE tenant.place AS (street text, number bigint, code postcode, kinds place_kind[])",
    );
    client.batch_execute("SET search_path = tenant, public").unwrap();
    let report = Guard::new().only_in("postgres::types").verify(&mut client).unwrap_err();
    assert_eq!(
        report.findings()[0].headline(),
        "error[type-mismatch]: attribute `tenant.place.number` is `bigint`, but this program was built for `integer`"
    );
}
