//! The incidents that schemacheck exists for, as far as the guard goes. Named as in DESIGN.md.

use schemacheck::guard::Kind;

use crate::support::{connect, database, guard};

/// Code reads `notifications.severity` and `source_type`; the database has neither.
#[test]
fn incident_1_missing_columns() {
    let (mut client, _database) = connect(
        "ALTER TABLE notifications DROP COLUMN severity, DROP COLUMN source_type; DELETE FROM alembic_version",
    );
    let report = guard().verify(&mut client).unwrap_err();
    assert_eq!(report.kind(), Kind::Drift);
    let text = report.to_string();
    for column in ["severity", "source_type"] {
        assert!(
            text.contains(&format!("cannot find column `{column}` in table `public.notifications`")),
            "{text}"
        );
    }
    let full = format!("{report:?}");
    assert!(full.contains("tests/postgres/models.rs:"), "{full}");
    assert!(full.contains("field `source`"), "{full}");
}

/// The ledger says head; the tables were never created. A check that trusts the ledger passes.
#[test]
fn incident_2_stamped_not_applied() {
    let (mut client, _database) = connect("DROP TABLE sessions, notifications");
    let ledger: String = client.query_one("SELECT version_num FROM alembic_version", &[]).unwrap().get(0);
    assert_eq!(ledger, "b7e1c0ffee01");
    let report = guard().verify(&mut client).unwrap_err();
    let full = format!("{report:?}");
    assert!(full.contains("cannot find relation `public.sessions`"), "{full}");
    assert!(full.contains("cannot find relation `public.notifications`"), "{full}");
    assert!(
        full.contains(
            "the migration ledger `public.alembic_version` lists `b7e1c0ffee01` as applied, \
             but 2 objects that the program needs are missing"
        ),
        "{full}"
    );
    assert!(full.contains("alembic stamp"), "{full}");
}

/// Another ledger head is evidence for the cause, and no more: with nothing missing it says nothing.
#[test]
fn incident_2_the_ledger_alone_is_no_verdict() {
    let (mut client, _database) = connect("UPDATE alembic_version SET version_num = '000000000000'");
    assert!(guard().verify(&mut client).unwrap().findings().is_empty());
    client.batch_execute("DROP TABLE sessions").unwrap();
    let full = format!("{:?}", guard().verify(&mut client).unwrap_err());
    assert!(full.contains("at another head than the build"), "{full}");
    assert!(full.contains("the build saw `b7e1c0ffee01`, the database is at `000000000000`"), "{full}");
}

/// Production lacks an enum label.
#[test]
fn incident_3_environments_apart_labels() {
    let database = database("");
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "ALTER TYPE coordinator_action_type RENAME TO old; \
             CREATE TYPE coordinator_action_type AS ENUM ('created', 'assigned'); \
             ALTER TABLE coordinator_actions ALTER kind TYPE coordinator_action_type \
             USING kind::text::coordinator_action_type; DROP TYPE old",
        )
        .unwrap();
    let report = guard().verify(&mut client).unwrap_err();
    assert_eq!(
        report.findings()[0].headline(),
        "error[unknown-label]: cannot find label `stage_changed` in enum `public.coordinator_action_type`"
    );
    assert_eq!(report.findings()[0].rust[0].field.as_deref(), Some("StageChanged"));
}

/// Prisma's names need quotes, and its timestamps have a precision.
#[test]
fn incident_4_quoted_names_and_conventions() {
    let (mut client, _database) = connect("");
    assert!(guard().verify(&mut client).is_ok());
    client.batch_execute("ALTER TABLE \"NotificationLog\" RENAME COLUMN \"userId\" TO userid").unwrap();
    let report = guard().verify(&mut client).unwrap_err();
    let finding = &report.findings()[0];
    assert_eq!(finding.message, "cannot find column `userId` in table `public.NotificationLog`");
    assert_eq!(finding.help, ["a column exists whose name differs only in case: `userid`"]);
}

/// The report names the database that was reached and the binary that asks, and never the password.
#[test]
fn incident_5_wrong_database_or_old_binary() {
    let server = schemacheck_scratch::Server::shared().unwrap();
    let other = server.create_database().unwrap();
    let mut client = other.connect().unwrap();
    let url = format!("postgres://app:hunter2-not-real@db.internal:6432/{}", other.name());
    let report = guard().target(&url).verify(&mut client).unwrap_err();
    let full = format!("{report:?}\n{report}");
    assert!(
        full.contains(&format!("database: database `{}` at db.internal:6432 (as dialled)", other.name())),
        "{full}"
    );
    assert!(full.contains("program:  schemacheck 0.1.0, executable `"), "{full}");
    assert!(full.contains(", snapshot 1:"), "{full}");
    assert!(full.contains("user `postgres`"), "{full}");
    assert!(!full.contains("hunter2"), "{full}");
    let unnamed = format!("{:?}", guard().verify(&mut client).unwrap_err());
    assert!(unnamed.contains("at a Unix socket (as the server reports)"), "{unnamed}");
}

/// Code first: the program knows a label that the database's check was never taught.
#[test]
fn incident_6_code_first_labels() {
    let (mut client, _database) = connect("");
    let guard = || schemacheck::Guard::new().only::<crate::labels::Message<'static>>();
    assert!(guard().verify(&mut client).unwrap().findings().is_empty());
    client
        .batch_execute(
            "ALTER TABLE messages DROP CONSTRAINT messages_status_check, \
             ADD CHECK (status IN ('sent', 'delivered'))",
        )
        .unwrap();
    let report = guard().verify(&mut client).unwrap_err();
    assert_eq!(report.kind(), Kind::Drift);
    assert_eq!(
        report.findings()[0].headline(),
        "error[unknown-label]: cannot find label `seen` in the check of column `public.messages.status`"
    );
    let full = format!("{report:?}");
    for part in ["tests/postgres/labels.rs:", "field `status`", "`Option<Status>`", "`delivered` and `sent`"]
    {
        assert!(full.contains(part), "`{part}` is not in:\n{full}");
    }
}
