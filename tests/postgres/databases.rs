//! Models of a second database in the same binary: `Guard::database` judges them, and no other guard does.

use std::path::Path;

use postgres::Client;
use schemacheck::guard::Kind;
use schemacheck::{Code, Guard, Model, PgEnum};
use schemacheck_core::snapshot::{of_database, to_files};
use schemacheck_runtime::introspect::snapshot::{Scope, read};
use schemacheck_scratch::{Database, Server};

use crate::support::{connect, guard};

#[derive(PgEnum)]
#[schemacheck(database = "billing", type = "currency", rename_all = "snake_case")]
#[expect(dead_code, reason = "nothing reads rows here")]
enum Currency {
    Eur,
    Usd,
}

#[derive(Model)]
#[schemacheck(database = "billing", table = "invoices")]
#[expect(dead_code, reason = "nothing reads rows here")]
struct Invoice {
    id: i64,
    amount: i64,
    currency: Currency,
    note: Option<String>,
}

#[derive(Model)]
#[schemacheck(database = "billing", table = "public.users")]
#[expect(dead_code, reason = "nothing reads rows here")]
struct Payer {
    iban: String,
}

/// A database with `billing.sql`, and `changes` on top.
fn billing(changes: &str) -> (Client, Database<'static>) {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute(include_str!("billing.sql")).unwrap();
    client.batch_execute(changes).unwrap();
    (client, database)
}

#[test]
fn each_database_has_a_guard_and_a_proof_of_its_own() {
    let (mut shop, _shop) = connect("");
    let (mut client, database) = billing("");
    let verified = Guard::database("billing").verify(&mut client).unwrap();
    assert_eq!((verified.models(), verified.columns()), (2, 5));
    assert_eq!(verified.named_database(), Some("billing"));
    assert!(verified.findings().is_empty(), "{:?}", verified.findings());
    let start = format!("verified 2 models (5 columns) of `billing` against database `{}`", database.name());
    assert!(verified.to_string().starts_with(&start), "{verified}");
    let verified = guard().verify(&mut shop).unwrap();
    assert_eq!((verified.models(), verified.named_database()), (6, None));
}

#[test]
fn what_is_missing_in_one_refuses_that_one_alone() {
    let (mut shop, _shop) = connect("DROP TABLE sessions");
    let (mut client, _database) =
        billing("ALTER TABLE invoices DROP note; ALTER TYPE currency RENAME VALUE 'usd' TO 'chf'");
    let report = Guard::database("billing").verify(&mut client).unwrap_err();
    let found: Vec<String> = report.findings().iter().map(|finding| finding.headline()).collect();
    assert_eq!(
        found,
        [
            "error[unknown-label]: cannot find label `usd` in enum `public.currency`",
            "error[missing-column]: cannot find column `note` in table `public.invoices`",
            "warning[missing-label]: label `chf` of enum `public.currency` has no variant in \
             `postgres::databases::Currency`",
        ]
    );
    let report = guard().verify(&mut shop).unwrap_err();
    let found: Vec<&str> = report.findings().iter().map(|finding| finding.object.as_str()).collect();
    assert_eq!(found[0], "public.sessions");
    assert!(!report.to_string().contains("invoices"), "{report}");
}

#[test]
fn models_are_chosen_within_a_database() {
    let (mut client, _database) = billing("DROP TABLE users");
    assert!(Guard::database("billing").verify(&mut client).is_err());
    assert!(Guard::database("billing").only::<Invoice>().verify(&mut client).is_ok());
    assert!(Guard::database("billing").except::<Payer>().verify(&mut client).is_ok());
    let verified =
        Guard::database("billing").only_in("crate::databases").except::<Payer>().verify(&mut client);
    assert_eq!(verified.unwrap().models(), 1);
    let report = Guard::database("billing").only_in("crate::models").verify(&mut client).unwrap_err();
    assert_eq!(report.kind(), Kind::NoModels);
    assert!(
        report.to_string().contains("no model of database `billing` is in module `crate::models`"),
        "{report}"
    );
    let report = Guard::database("biling").verify(&mut client).unwrap_err();
    assert_eq!((report.kind(), report.findings()[0].code), (Kind::NoModels, Code::NoModels));
    assert_eq!(report.findings()[0].help[0], "a database with a similar name exists: `billing`");
}

#[test]
fn a_model_of_another_database_is_refused_and_nothing_is_asked() {
    let (mut shop, _shop) = connect("");
    let report = Guard::new().only::<Payer>().verify(&mut shop).unwrap_err();
    assert_eq!(report.kind(), Kind::OtherDatabase);
    assert_eq!(report.database().server, None);
    assert_eq!(
        report.findings()[0].headline(),
        "error[other-database]: `postgres::databases::Payer` is a model of database `billing`, but this guard \
         verifies the models of the default database"
    );
    assert!(format!("{report:?}").contains("--> tests/postgres/databases.rs:"), "{report:?}");
    let report =
        Guard::database("billing").only::<(Payer, crate::models::User)>().verify(&mut shop).unwrap_err();
    assert_eq!(
        report.findings()[0].headline(),
        "error[other-database]: `postgres::models::User` is a model of the default database, but this guard \
         verifies database `billing`"
    );
}

#[test]
fn an_asynchronous_program_verifies_both() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ((_, shop), (_, database)) = (connect(""), billing(""));
    runtime.block_on(async {
        for (guard, database) in [(guard(), &shop), (Guard::database("billing"), &database)] {
            let (client, connection) =
                tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            assert!(guard.verify_async(&client).await.is_ok());
        }
    });
}

#[test]
fn the_committed_snapshot_of_the_second_database_is_fresh() {
    let (mut client, _database) = billing("");
    let (_, catalog) = read(&mut client, &Scope::default()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres/.schemacheck");
    let directory = of_database(&root, Some("billing"));
    for (path, text) in to_files(&catalog) {
        if path != Path::new("server.json") {
            let committed = std::fs::read_to_string(directory.join(&path)).unwrap_or_default();
            assert_eq!(committed, text, "{} is stale: run `cargo xtask bless`", path.display());
        }
    }
}
