//! A program with models of several databases.

use schemacheck_core::record::{self, MAGIC};

use super::*;
use crate::Model;

/// A model of a database, in a module of the database's name.
fn model(database: Option<&str>, relation: &str) -> Manifest {
    let module = database.unwrap_or("shop");
    Manifest {
        package: "app".into(),
        path: format!("app::{module}::{relation}"),
        database: database.map(str::to_owned),
        relation: relation.into(),
        ..Manifest::default()
    }
}

/// What is linked: two models of the default database, one of `billing`, one of `audit`.
fn linked() -> Vec<Manifest> {
    vec![
        model(None, "users"),
        model(Some("billing"), "invoices"),
        model(Some("audit"), "events"),
        model(None, "posts"),
    ]
}

fn guard(database: Option<&str>) -> Guard {
    Guard::of(database.map(str::to_owned), Ok(linked())).decided(Policy::Enforce)
}

fn relations(guard: Guard) -> Vec<String> {
    guard.request().unwrap().plan.manifests.iter().map(|manifest| manifest.relation.clone()).collect()
}

/// A record as the derive makes it.
fn section(manifest: &Manifest) -> &'static [u8] {
    let json = record::to_json(manifest);
    let length = u32::try_from(json.len()).unwrap().to_le_bytes();
    Box::leak([&MAGIC[..], &length, json.as_bytes()].concat().into_boxed_slice())
}

struct User;
impl Model for User {
    fn record() -> &'static [u8] {
        section(&model(None, "users"))
    }
}

struct Invoice;
impl Model for Invoice {
    fn record() -> &'static [u8] {
        section(&model(Some("billing"), "invoices"))
    }
}

#[test]
fn a_guard_judges_the_models_of_its_database_only() {
    assert_eq!(relations(guard(None)), ["users", "posts"]);
    assert_eq!(relations(guard(Some("billing"))), ["invoices"]);
    assert_eq!(relations(guard(Some("audit"))), ["events"]);
    assert!(!guard(None).request().unwrap().sql().contains("invoices"));
    assert!(!guard(Some("billing")).request().unwrap().sql().contains("users"));
}

#[test]
fn models_are_chosen_among_those_of_the_database() {
    assert_eq!(relations(guard(None).only::<User>()), ["users"]);
    assert_eq!(relations(guard(Some("billing")).only::<Invoice>()), ["invoices"]);
    assert_eq!(relations(guard(None).only_in("crate::shop")), ["users", "posts"]);
    assert_eq!(relations(guard(None).except::<User>()), ["posts"]);
    // Without a model that is not among them anyway.
    assert_eq!(relations(guard(None).except::<Invoice>()), ["users", "posts"]);
    assert_eq!(relations(guard(Some("billing")).except_in("crate::shop")), ["invoices"]);
    assert_eq!(guard(Some("billing")).only_in("crate::shop").request().unwrap_err().kind(), Kind::NoModels);
}

#[test]
fn a_model_of_another_database_is_never_judged_against_this_one() {
    for (guard, message) in [
        (
            guard(None).only::<Invoice>(),
            "`app::billing::invoices` is a model of database `billing`, but this guard verifies the models of the \
             default database",
        ),
        (
            guard(None).only::<(User, Invoice)>(),
            "`app::billing::invoices` is a model of database `billing`, but this guard verifies the models of the \
             default database",
        ),
        (
            guard(Some("billing")).only::<(Invoice, User)>(),
            "`app::shop::users` is a model of the default database, but this guard verifies database `billing`",
        ),
        (
            guard(Some("audit")).only::<Invoice>(),
            "`app::billing::invoices` is a model of database `billing`, but this guard verifies database `audit`",
        ),
        // Nothing that is said later takes it back.
        (
            guard(None).only::<Invoice>().only::<User>(),
            "`app::billing::invoices` is a model of database `billing`, but this guard verifies the models of the \
             default database",
        ),
    ] {
        let report = guard.request().unwrap_err();
        assert_eq!((report.kind(), report.findings()[0].code), (Kind::OtherDatabase, Code::OtherDatabase));
        assert_eq!(
            report.to_string(),
            format!(
                "nothing was verified: a model of another database was chosen\n  error[other-database]: {message}"
            )
        );
    }
    // The operator can override it, aloud, and nothing is asked.
    assert!(settled(guard(None).only::<Invoice>().decided(Policy::Warn)).is_overridden());
}

#[test]
fn a_database_without_models_says_which_there_are() {
    let report = guard(Some("biling")).request().unwrap_err();
    assert_eq!(report.kind(), Kind::NoModels);
    assert_eq!(report.named_database(), Some("biling"));
    let full = format!("{report:?}");
    for part in [
        "nothing was verified: this program has no models of database `biling`\n",
        "error[no-models]: no model of database `biling` is linked into this program, so nothing was verified\n",
        "note: the models that are linked belong to the default database, database `audit` and database `billing`\n",
        "help: a database with a similar name exists: `billing`\n",
    ] {
        assert!(full.contains(part), "{part} is not in:\n{full}");
    }
    // All belong to named databases, and the guard is the one of the default.
    let named = Guard::of(None, Ok(vec![model(Some("billing"), "invoices")]));
    let full = format!("{:?}", named.decided(Policy::Enforce).request().unwrap_err());
    for part in [
        "error[no-models]: no model of the default database is linked into this program, so nothing was verified\n",
        "note: the models that are linked belong to database `billing`\n",
        "help: verify each named database with a guard of its own: `Guard::database(\"billing\")`",
    ] {
        assert!(full.contains(part), "{part} is not in:\n{full}");
    }
    // A program without any hears nothing of databases.
    let none = Guard::of(None, Ok(Vec::new())).decided(Policy::Enforce);
    assert!(!format!("{:?}", none.request().unwrap_err()).contains("default database"));
}

#[test]
fn proof_and_refusal_name_the_database_of_the_models() {
    let request = guard(Some("billing")).request().unwrap();
    let report = request.judge(NO_ROWS).unwrap_err();
    assert_eq!(
        report.to_string(),
        "database `app` does not match the schema of `billing` this program was built against (1 finding)\n  \
         error[missing-relation]: cannot find relation `invoices`"
    );
    let full = format!("{report:?}");
    assert!(
        full.contains(
            "\ndatabase: database `app` at 127.0.0.1:5432 (as the server reports)\nmodels:   those of `billing`\n"
        ),
        "{full}"
    );
    let unreadable = request.judge("").unwrap_err();
    assert!(
        unreadable.to_string().starts_with("the database was not verified for the models of `billing`\n"),
        "{unreadable}"
    );
    let mut warned = guard(Some("billing"));
    warned = warned.decided(Policy::Warn);
    let verified = warned.request().unwrap().judge(NO_ROWS).unwrap();
    assert_eq!(verified.named_database(), Some("billing"));
    assert!(
        verified.to_string().contains(": 1 model (0 columns) of `billing` against database `app` at"),
        "{verified}"
    );
    let mut off = guard(Some("billing"));
    off = off.decided(Policy::Off);
    let verified = settled(off);
    assert_eq!(verified.to_string(), "database `billing` not verified (SCHEMACHECK_GUARD=off)");
    // Of the default database nothing is added.
    let report = guard(None).request().unwrap().judge(NO_ROWS).unwrap_err();
    assert!(!format!("{report:?}").contains("models: "));
    assert_eq!(report.named_database(), None);
}

/// Each database has a ledger of its own.
#[test]
fn a_guard_knows_the_ledger_of_its_own_database() {
    use schemacheck_core::QualifiedName;
    use schemacheck_core::ledger::{LedgerKind, SeenLedger};
    let seen = |database: Option<&str>, migrations: &[&str]| SeenLedger {
        database: database.map(str::to_owned),
        kind: LedgerKind::Sqlx,
        table: QualifiedName::new("public", "_sqlx_migrations"),
        columns: None,
        heads: vec![],
        migrations: migrations.iter().map(|&name| name.to_owned()).collect(),
        older: vec![],
    };
    let all = [seen(None, &["1"]), seen(Some("billing"), &["1", "2", "3"]), seen(None, &["1", "2"])];
    let count = |database: Option<&str>| {
        let guard = Guard::of(database.map(str::to_owned), Ok(linked())).seen(Ok(all.to_vec()));
        guard.options.seen.map(|seen| seen.len())
    };
    assert_eq!(count(None), Some(2));
    assert_eq!(count(Some("billing")), Some(3));
    assert_eq!(count(Some("audit")), None);
}
