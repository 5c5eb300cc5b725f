//! Why something is missing: what the program carries of the ledger that its build saw, beside what the database lists.

use postgres::Client;
use schemacheck::{Code, Finding, Guard, Severity};
use schemacheck_core::catalog::RelKind;
use schemacheck_core::ledger::{Ledger, LedgerColumns, LedgerKind, SeenLedger};
use schemacheck_core::manifest::Expected;
use schemacheck_core::{Manifest, PgType, QualifiedName, record};
use schemacheck_runtime::introspect::snapshot::{Scope, read};
use schemacheck_scratch::Database;

use crate::support::{connect, guard as all};

/// What a build saw of a ledger in `public`.
fn seen(kind: LedgerKind, table: &str, applied: &[&str]) -> SeenLedger {
    let ledger = Ledger {
        kind,
        table: QualifiedName::new("public", table),
        columns: None,
        applied: applied.iter().map(|&name| name.to_owned()).collect(),
        order: vec![],
        failed: vec![],
        readable: true,
    };
    SeenLedger::of(None, &ledger)
}

fn sqlx(applied: &[&str]) -> SeenLedger {
    seen(LedgerKind::Sqlx, "_sqlx_migrations", applied)
}

/// The records of a program with these tables, all of one column, whose build saw this ledger. Those of plain tables are
/// asked for by a request of its own.
fn program(tables: &[&str], seen: &SeenLedger, is_plain: bool) -> Vec<u8> {
    let model = |table: &&str| Manifest {
        path: format!("app::{table}"),
        relation: (*table).to_owned(),
        relation_kind: is_plain.then_some(RelKind::Table),
        columns: vec![Expected {
            column: "id".into(),
            field: "id".into(),
            accepts_null: Some(true),
            built: Some(schemacheck_core::manifest::Built {
                ty: PgType::builtin("int8"),
                base: None,
                not_null: false,
                default: None,
            }),
            ..Expected::default()
        }],
        ..Manifest::default()
    };
    let mut section: Vec<u8> = tables.iter().map(model).flat_map(|model| record::to_bytes(&model)).collect();
    section.extend(record::ledger_to_bytes(seen));
    section
}

/// A database with tables of that column, and a ledger of sqlx that lists these.
fn sqlx_database(tables: &[&str], applied: &[&str]) -> (Client, Database<'static>) {
    let mut sql = "DROP TABLE alembic_version; \
                   CREATE TABLE _sqlx_migrations (version bigint, description text, success bool, checksum bytea);"
        .to_owned();
    sql.extend(tables.iter().map(|table| format!("CREATE TABLE {table} (id bigint);")));
    sql.extend(
        applied.iter().map(|name| format!("INSERT INTO _sqlx_migrations VALUES ({name}, '', true, '');")),
    );
    connect(&sql)
}

/// What a guard finds, and its one line where it lets the program start.
fn look(section: &[u8], client: &mut Client) -> (Vec<Finding>, Option<String>) {
    match Guard::from_records(section).verify(client) {
        Ok(verified) => (verified.findings().to_vec(), Some(verified.to_string())),
        Err(report) => (report.findings().to_vec(), None),
    }
}

fn headlines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(Finding::headline).collect()
}

const MISSING: &str = "error[missing-relation]: cannot find relation `goods`";

#[test]
fn a_hole_beside_another_branch_is_named_and_not_called_stamped() {
    let built = sqlx(&["20240101", "20240102", "20240103"]);
    let (mut client, _database) = sqlx_database(&[], &["20240101", "20240103", "20240104"]);
    let (findings, _) = look(&program(&["goods"], &built, false), &mut client);
    assert_eq!(
        headlines(&findings),
        [
            MISSING,
            "info[ledger-behind]: the migration ledger `public._sqlx_migrations` lacks `20240102`, which the build saw",
        ]
    );
    assert_eq!(findings[0].cause.as_ref(), Some(&findings[1].message));
    assert!(findings[1].notes.contains(&"it lists, and the build did not see: `20240104`".to_owned()));
    // All of it listed, and the table is missing: that is stamped.
    let (mut client, _database) = sqlx_database(&[], &["20240101", "20240102", "20240103"]);
    let (findings, _) = look(&program(&["goods"], &built, false), &mut client);
    assert_eq!(findings[1].code, Code::LedgerStamped);
}

#[test]
fn the_ledger_of_another_application_is_no_cause() {
    let rows = "DROP TABLE alembic_version; CREATE TABLE schema_migrations (version varchar PRIMARY KEY); \
                INSERT INTO schema_migrations SELECT 20230000 + n FROM generate_series(1, 81) n";
    let (mut client, _database) = connect(rows);
    let built = seen(LedgerKind::SchemaMigrations, "schema_migrations", &["20240101", "20240202"]);
    let (findings, _) = look(&program(&["goods"], &built, false), &mut client);
    assert_eq!(
        headlines(&findings),
        [
            MISSING,
            "info[ledger-other]: the migration ledger `public.schema_migrations` is of another application: it lists no \
             migration that the build saw",
        ]
    );
    assert_eq!(findings[0].cause, None);
    // An empty one is nobody's: nothing has been applied.
    client.batch_execute("DELETE FROM schema_migrations").unwrap();
    let (findings, _) = look(&program(&["goods"], &built, false), &mut client);
    assert!(findings[1].message.starts_with("the database is 2 migrations behind"), "{findings:?}");
    // Where nothing is missing it is no news.
    client
        .batch_execute("INSERT INTO schema_migrations VALUES ('1'); CREATE TABLE goods (id bigint)")
        .unwrap();
    assert_eq!(look(&program(&["goods"], &built, false), &mut client).0, []);
}

/// For code whose SQL is in strings it is the only sign.
#[test]
fn a_database_that_is_behind_is_said_also_where_no_model_misses_anything() {
    let built = sqlx(&["1", "2", "3"]);
    for is_plain in [true, false] {
        let section = program(&["goods"], &built, is_plain);
        let (mut client, database) = sqlx_database(&["goods"], &["1"]);
        let (findings, line) = look(&section, &mut client);
        assert_eq!(
            headlines(&findings),
            [
                "info[ledger-behind]: the database is 2 migrations behind the build, says the ledger `public._sqlx_migrations`"
            ]
        );
        assert_eq!(
            findings[0].notes,
            [
                "the build saw `3`, the database is at `1`",
                "pending: `2` and `3`",
                "all that the models need is there; SQL in strings is not checked"
            ]
        );
        assert!(line.unwrap().ends_with(", 1 info"));
        drop(client);
        let mut client = database.connect().unwrap();
        client
            .batch_execute("INSERT INTO _sqlx_migrations VALUES (2, '', true, ''), (3, '', true, '')")
            .unwrap();
        assert_eq!(look(&section, &mut client).0, []);
        // A baseline stands for what was there before it.
        client.batch_execute("DELETE FROM _sqlx_migrations WHERE version < 3").unwrap();
        assert_eq!(look(&section, &mut client).0, []);
    }
}

#[test]
fn an_old_database_is_not_called_another_one() {
    let tables: Vec<String> = (0..42).map(|n| format!("t{n}")).collect();
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let names: Vec<String> = (1..=30).map(|n| n.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let section = program(&tables, &sqlx(&names), false);
    let codes = |client: &mut Client| {
        let mut codes: Vec<Code> = look(&section, client).0.iter().map(|finding| finding.code).collect();
        codes.dedup();
        codes
    };
    let (mut client, _database) = sqlx_database(&[], &names[..6]);
    assert_eq!(codes(&mut client), [Code::MissingRelation, Code::LedgerBehind]);
    // Another one, and one of which nobody can tell.
    client.batch_execute("UPDATE _sqlx_migrations SET version = version + 1000").unwrap();
    assert_eq!(codes(&mut client), [Code::OtherDatabase, Code::MissingRelation, Code::LedgerOther]);
    client.batch_execute("DELETE FROM _sqlx_migrations").unwrap();
    assert_eq!(codes(&mut client), [Code::OtherDatabase, Code::MissingRelation, Code::LedgerBehind]);
}

/// The record that the derive made of this package's snapshot is in this binary.
#[test]
fn the_derives_record_of_the_ledger_is_linked() {
    let (mut client, _database) =
        connect("DROP TABLE sessions; UPDATE alembic_version SET version_num = '0123456789ab'");
    for guard in [all(), all().only::<crate::models::Session>()] {
        let report = guard.verify(&mut client).unwrap_err();
        let evidence = report.findings().iter().find(|finding| finding.code == Code::LedgerOtherHead);
        let evidence = evidence.unwrap_or_else(|| panic!("{report}"));
        assert_eq!(evidence.expected.as_deref(), Some("b7e1c0ffee01"));
    }
}

fn own(order: Option<&str>) -> (QualifiedName, LedgerColumns) {
    let columns = LedgerColumns { version: "ver\"sion".into(), order: order.map(str::to_owned) };
    (QualifiedName::new("Ops", "schema log"), columns)
}

const OWN: &str = "DROP TABLE alembic_version; CREATE SCHEMA \"Ops\"; \
                   CREATE TABLE \"Ops\".\"schema log\" (\"ver\"\"sion\" text, \"installed at\" timestamptz); \
                   INSERT INTO \"Ops\".\"schema log\" VALUES ('zeta', '2024-01-01 10:00:00.123456+00'), \
                   ('alpha', '2024-01-01 10:00:00.5+00'), ('middle', '2024-02-01 09:00:00+00')";

#[test]
fn a_ledger_of_ones_own_is_read_by_its_columns_in_its_order() {
    let (mut client, _database) = connect(OWN);
    client.batch_execute("SET DateStyle = 'SQL, DMY'; SET TimeZone = 'Asia/Kolkata'").unwrap();
    let mut applied = |order| {
        let scope = Scope { ledger: Some(own(order)), ..Scope::default() };
        let ledgers = read(&mut client, &scope).unwrap().1.ledgers;
        ledgers.into_iter().map(|ledger| (ledger.kind, ledger.columns, ledger.applied)).collect::<Vec<_>>()
    };
    let found = |order, names: [&str; 3]| {
        vec![(LedgerKind::Custom, Some(own(order).1), names.map(str::to_owned).to_vec())]
    };
    assert_eq!(applied(Some("installed at")), found(Some("installed at"), ["zeta", "alpha", "middle"]));
    assert_eq!(applied(None), found(None, ["alpha", "middle", "zeta"]));
    // Columns that are not there make no ledger.
    assert_eq!(applied(Some("installed_at")), []);
}

#[test]
fn the_guard_reads_a_ledger_of_ones_own() {
    let (mut client, _database) = connect(&format!("{OWN}; CREATE TABLE goods (id bigint)"));
    let scope = Scope { ledger: Some(own(Some("installed at"))), ..Scope::default() };
    let catalog = read(&mut client, &scope).unwrap().1;
    let built = SeenLedger::of(None, &catalog.ledgers[0]);
    for is_plain in [true, false] {
        let section = program(&["goods"], &built, is_plain);
        assert_eq!(look(&section, &mut client).0, []);
        let mut transaction = client.transaction().unwrap();
        transaction
            .batch_execute("DELETE FROM \"Ops\".\"schema log\" WHERE \"ver\"\"sion\" = 'middle'")
            .unwrap();
        let verified = Guard::from_records(&section).verify(&mut transaction).unwrap();
        assert_eq!(
            headlines(verified.findings()),
            [
                "info[ledger-behind]: the database is 1 migration behind the build, says the ledger `Ops.schema log`"
            ]
        );
        assert_eq!(verified.findings()[0].help, ["run the migrations"]);
    }
    // A name that tries to leave its quotes is a column that is not there.
    let hostile = LedgerColumns {
        version: "ver\" FROM pg_class; DROP TABLE goods; --".into(),
        order: Some("x'); DROP TABLE goods; --".into()),
    };
    let section = program(&["goods"], &SeenLedger { columns: Some(hostile), ..built }, false);
    assert_eq!(look(&section, &mut client).0, []);
    assert!(client.query("SELECT FROM goods", &[]).is_ok());
}

/// The ledger is evidence: whatever it says, what fits starts.
#[test]
fn no_state_of_a_ledger_refuses_what_fits() {
    let built = sqlx(&["1", "2", "3"]);
    for applied in [&[][..], &["1"], &["2"], &["7"], &["1", "3", "9"], &["1", "2", "3", "4"]] {
        let (mut client, _database) = sqlx_database(&["goods"], applied);
        let (findings, line) = look(&program(&["goods"], &built, true), &mut client);
        assert!(
            line.is_some() && findings.iter().all(|finding| finding.severity == Severity::Info),
            "{findings:?}"
        );
    }
}
