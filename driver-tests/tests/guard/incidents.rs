//! The incidents of `tests/postgres/incidents.rs` against the notification service's models, over each driver.

use std::path::Path;
use std::process::Command;

use schemacheck::Guard;
use schemacheck::guard::Kind;
use schemacheck_scratch::{Database, Server};

use crate::drivers::{DRIVERS, Look};

/// A database with the service's migrations and their ledger.
pub(crate) fn database() -> Database<'static> {
    let server = Server::shared().unwrap();
    let apply = |client: &mut postgres::Client| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/notifications/migrations");
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        client.batch_execute(
            "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, \
             installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, \
             execution_time bigint NOT NULL)",
        )?;
        for (at, file) in files.iter().enumerate() {
            client.batch_execute(&std::fs::read_to_string(file).unwrap())?;
            client.batch_execute(&format!(
                "INSERT INTO _sqlx_migrations VALUES ({}, 'x', now(), true, '', 0)",
                at + 1
            ))?;
        }
        Ok::<(), postgres::Error>(())
    };
    server.template("notifications", apply).unwrap();
    server.create_database_from("notifications").unwrap()
}

/// The service's start over a driver: its code, and what it wrote.
fn start(driver: &str, url: &str) -> (Option<i32>, String, String) {
    let service = env!("CARGO_BIN_EXE_service");
    let output = Command::new(service).args([driver, url]).env_remove("SCHEMACHECK_GUARD").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What each driver's guard finds after a change: the headlines of errors, and a line that the whole has to hold. So the
/// service over that driver starts, or ends with the code of a wrong configuration and the report, and no worker ran.
#[track_caller]
fn check(changes: &str, errors: &[&str], part: &str) {
    let database = database();
    database.connect().unwrap().batch_execute(changes).unwrap();
    for (driver, verify) in DRIVERS {
        let (code, out, said) = start(driver, &database.url());
        assert_eq!(code, Some(if errors.is_empty() { 0 } else { 78 }), "{driver}: {said}");
        assert_eq!(out.contains("workers run"), errors.is_empty(), "{driver}: {out}");
        assert!(said.contains(part), "{driver}: `{part}` is not in:\n{said}");
        let guard = Guard::new().target("postgres://app:hunter2-not-real@db.internal:6432/app");
        match verify(Look::Start(Box::new(guard)), &database.url()) {
            Ok(verified) => assert!(errors.is_empty(), "{driver}: {verified}"),
            Err(report) => {
                assert_eq!(report.kind(), Kind::Drift, "{driver}: {report}");
                let text = report.to_string();
                let found: Vec<&str> = text.lines().skip(1).map(str::trim).collect();
                assert_eq!(found, errors, "{driver}");
                let full = format!("{report:?}");
                assert!(full.contains(part), "{driver}: `{part}` is not in:\n{full}");
                assert!(!full.contains("hunter2"), "{driver}");
            }
        }
    }
}

#[test]
fn a_database_that_fits_is_verified_over_each_driver() {
    check("", &[], "");
}

#[test]
fn incident_1_missing_columns() {
    check(
        "ALTER TABLE notifications DROP COLUMN severity, DROP COLUMN source_type",
        &[
            "error[missing-column]: cannot find column `severity` in table `public.notifications`",
            "error[missing-column]: cannot find column `source_type` in table `public.notifications`",
        ],
        "examples/notifications/src/models.rs",
    );
}

#[test]
fn incident_2_stamped_not_applied() {
    check(
        "DROP TABLE notifications",
        &["error[missing-relation]: cannot find relation `public.notifications`"],
        "lists `5` as applied, but 1 object that the program needs is missing",
    );
}

#[test]
fn incident_3_environments_apart() {
    check(
        "ALTER TABLE notifications ALTER severity DROP DEFAULT, ALTER severity TYPE text; DROP TYPE severity; \
         CREATE TYPE severity AS ENUM ('info', 'warning'); \
         ALTER TABLE notifications ALTER severity TYPE severity USING severity::severity; \
         ALTER TABLE users DROP COLUMN updated_at; \
         DELETE FROM _sqlx_migrations WHERE version > 3",
        &[
            "error[missing-column]: cannot find column `updated_at` in table `public.users`",
            "error[unknown-label]: cannot find label `critical` in enum `public.severity`",
        ],
        "the database is 2 migrations behind the build",
    );
}

#[test]
fn incident_4_quoted_names() {
    check(
        "ALTER TABLE notifications RENAME COLUMN source_type TO \"sourceType\"",
        &["error[missing-column]: cannot find column `source_type` in table `public.notifications`"],
        "`sourceType`",
    );
}

#[test]
fn incident_5_wrong_database() {
    let server = Server::shared().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE things ()").unwrap();
    for (driver, verify) in DRIVERS {
        let (code, out, said) = start(driver, &database.url());
        assert_eq!((code, out.as_str()), (Some(78), ""), "{driver}: {said}");
        let guard = Guard::new().target("postgres://app:hunter2-not-real@db.internal:6432/app");
        let full = format!("{:?}", verify(Look::Start(Box::new(guard)), &database.url()).unwrap_err());
        for part in [
            format!("database: database `{}` at db.internal:6432 (as dialled)", database.name()),
            "program:  ".to_owned(),
            "cannot find relation `public.users`".to_owned(),
        ] {
            assert!(full.contains(&part), "{driver}: `{part}` is not in:\n{full}");
        }
        assert!(!full.contains("hunter2"), "{driver}");
    }
}

#[test]
fn what_changes_later_is_seen_over_each_driver() {
    let database = database();
    let mut migration = database.connect().unwrap();
    for (driver, look) in DRIVERS {
        let readiness = Guard::new().readiness();
        let again = || look(Look::Again(&readiness), &database.url());
        assert!(again().is_ok() && again().is_ok(), "{driver}");
        migration.batch_execute("ALTER TABLE users RENAME email TO mail").unwrap();
        for _ in 0..2 {
            let report = again().expect_err(driver);
            assert!(report.to_string().contains("cannot find column `email`"), "{driver}: {report}");
        }
        migration.batch_execute("ALTER TABLE users RENAME mail TO email").unwrap();
        assert!(again().is_ok(), "{driver}");
    }
}
