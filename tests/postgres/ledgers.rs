//! The ledgers of migration tools: told apart by their shape, read in any schema, and whatever is in them.

use schemacheck::Code;
use schemacheck_core::compare::causes;
use schemacheck_core::ledger::{Ledger, LedgerKind, SeenLedger};
use schemacheck_core::manifest::Manifest;
use schemacheck_runtime::introspect::guard;

use crate::support::{check, connect, guard as all};

/// The ledgers as the guard's own request finds them, on the search path.
fn ledgers(changes: &str) -> Vec<Ledger> {
    ledgers_in(&["public"], changes)
}

/// The ledgers as the request of models in these schemas finds them.
fn ledgers_in(schemas: &[&str], changes: &str) -> Vec<Ledger> {
    let (mut client, _database) = connect(&format!("DROP TABLE alembic_version; {changes}"));
    let models: Vec<Manifest> = schemas
        .iter()
        .map(|schema| Manifest {
            schema: Some((*schema).to_owned()),
            relation: "users".into(),
            ..Manifest::default()
        })
        .collect();
    let request = guard::request(&models);
    let messages = client.simple_query(&request).unwrap();
    let text = messages.iter().find_map(|message| match message {
        postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    guard::answer(&text.unwrap()).unwrap().1.ledgers
}

/// One ledger: its kind, what was applied, what failed.
#[track_caller]
fn one(table: &str, rows: &str, kind: LedgerKind, applied: &[&str], failed: &[&str]) {
    let name = table.split(" (").next().unwrap();
    let found = ledgers_in(
        &["Of a\"tool"],
        &format!(
            "CREATE SCHEMA \"Of a\"\"tool\"; SET search_path = \"Of a\"\"tool\"; CREATE TABLE {table}; INSERT INTO {name} VALUES {rows}"
        ),
    );
    let [ledger] = &found[..] else { panic!("{found:?}") };
    assert_eq!((ledger.kind, ledger.table.schema.as_str()), (kind, "Of a\"tool"));
    assert_eq!(
        (&ledger.applied[..], &ledger.failed[..]),
        (&strings(applied)[..], &strings(failed)[..]),
        "{table}"
    );
    // In one round trip with everything else, and only when its rows may be read.
    assert!(ledger.readable);
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn the_ledger_of_each_tool_is_known_by_its_shape() {
    use LedgerKind::*;
    one("alembic_version (version_num varchar(32))", "('b2'), ('a1')", Alembic, &["a1", "b2"], &[]);
    one(
        "atlas_schema_revisions (version varchar PRIMARY KEY, description varchar, type bigint, applied bigint, \
         total bigint, executed_at timestamptz, error text)",
        "('20240101', '', 2, 3, 3, now(), NULL), ('20240202', '', 2, 1, 3, now(), NULL), \
         ('20240303', '', 2, 0, 1, now(), 'syntax error'), ('20240404', '', 6, 0, 1, now(), 'set since'), \
         ('.atlas_cloud_identifier', 'x', 1, 0, 0, now(), '')",
        Atlas,
        &["20240101", "20240404"],
        &["20240202", "20240303"],
    );
    one(
        "__diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp)",
        "('20240202000000', now()), ('00000000000000', now())",
        Diesel,
        &["00000000000000", "20240202000000"],
        &[],
    );
    // In the order of their rows: each app counts for itself.
    one(
        "django_migrations (id bigint, app varchar(255), name varchar(255), applied timestamptz)",
        "(10, 'auth', '0001_initial', now()), (2, 'shop', '0001_initial', now()), (11, 'shop', '0002_more', now())",
        Django,
        &["shop.0001_initial", "auth.0001_initial", "shop.0002_more"],
        &[],
    );
    one(
        "__drizzle_migrations (id serial, hash text NOT NULL, created_at bigint)",
        "(1, 'abc', 1700000000000), (2, 'def', 1800000000000)",
        Drizzle,
        &["1700000000000", "1800000000000"],
        &[],
    );
    one(
        "\"__EFMigrationsHistory\" (\"MigrationId\" varchar(150), \"ProductVersion\" varchar(32))",
        "('20240101000000_Init', '8.0.0')",
        EfCore,
        &["20240101000000_Init"],
        &[],
    );
    // 1.10 comes behind 1.9; one without a version is repeated; the last row of each counts.
    one(
        "flyway_schema_history (installed_rank int, version varchar(50), description text, type varchar(20), \
         script text, checksum int, installed_by text, installed_on timestamp, execution_time int, success bool)",
        "(1, NULL, 'schema', 'SCHEMA', '', 0, '', now(), 0, true), (2, '1.10', '', 'SQL', '', 0, '', now(), 0, true), \
         (3, '1.9', '', 'SQL', '', 0, '', now(), 0, true), (4, NULL, 'view', 'SQL', '', 0, '', now(), 0, true), \
         (6, NULL, 'mended', 'SQL', '', 0, '', now(), 0, false), (7, NULL, 'mended', 'SQL', '', 0, '', now(), 0, true), \
         (18, NULL, 'broken', 'SQL', '', 0, '', now(), 0, false), \
         (5, '2', '', 'SQL', '', 0, '', now(), 0, true), (16, '2', '', 'UNDO_SQL', '', 0, '', now(), 0, true), \
         (17, '3', '', 'SQL', '', 0, '', now(), 0, false)",
        Flyway,
        &["1.9", "1.10"],
        &["3", "broken"],
    );
    one(
        "schema_migrations (version bigint PRIMARY KEY, dirty boolean)",
        "(12, false)",
        GolangMigrate,
        &["12"],
        &[],
    );
    one(
        "schema_migrations (version bigint PRIMARY KEY, dirty boolean)",
        "(13, true)",
        GolangMigrate,
        &[],
        &["13"],
    );
    // goose notes a way back as a row.
    one(
        "goose_db_version (id serial, version_id bigint, is_applied boolean, tstamp timestamp)",
        "(1, 0, true, now()), (2, 1, true, now()), (3, 2, true, now()), (4, 2, false, now()), (5, 1, false, now()), \
         (16, 1, true, now())",
        Goose,
        &["1"],
        &[],
    );
    one(
        "knex_migrations (id serial, name varchar(255), batch int, migration_time timestamptz)",
        "(1, '20240101_a.js', 1, now())",
        Knex,
        &["20240101_a.js"],
        &[],
    );
    one(
        "databasechangelog (id varchar(255), author varchar(255), filename varchar(255), dateexecuted timestamp, \
         orderexecuted int, exectype varchar(10), md5sum varchar(35))",
        "('b', 'me', 'a.xml', now(), 1, 'EXECUTED', ''), ('a', 'me', 'a.xml', now(), 12, 'MARK_RAN', ''), \
         ('c', 'me', 'a.xml', now(), 3, 'FAILED', ''), ('d', 'me', 'a.xml', now(), 4, 'SKIPPED', '')",
        Liquibase,
        &["a.xml::b::me", "a.xml::a::me"],
        &["a.xml::c::me"],
    );
    one(
        "pgmigrations (id serial, name varchar(255), run_on timestamp)",
        "(1, '1700000000000_a', now())",
        NodePgMigrate,
        &["1700000000000_a"],
        &[],
    );
    one(
        "_prisma_migrations (id text, migration_name text, finished_at timestamptz, rolled_back_at timestamptz, \
         started_at timestamptz)",
        "('', '1_a', now(), NULL, now()), ('', '2', NULL, NULL, now()), ('', '3', NULL, now(), now())",
        Prisma,
        &["1_a"],
        &["2"],
    );
    one(
        "refinery_schema_history (version int4, name varchar(255), applied_on varchar(255), checksum varchar(255))",
        "(10, 'later', '', ''), (9, 'first', '', '')",
        Refinery,
        &["V9__first", "V10__later"],
        &[],
    );
    one(
        "schema_migrations (version varchar PRIMARY KEY)",
        "('20240101000000')",
        SchemaMigrations,
        &["20240101000000"],
        &[],
    );
    one(
        "schema_migrations (version bigint, inserted_at timestamp)",
        "(20240101000000, now())",
        SchemaMigrations,
        &["20240101000000"],
        &[],
    );
    one(
        "seaql_migrations (version varchar PRIMARY KEY, applied_at bigint)",
        "('m20220101_000001_create', 1), ('m20210101_000001_create', 2)",
        SeaOrm,
        &["m20210101_000001_create", "m20220101_000001_create"],
        &[],
    );
    one("\"SequelizeMeta\" (name varchar(255) PRIMARY KEY)", "('2024-a.js')", Sequelize, &["2024-a.js"], &[]);
    one(
        "_sqlx_migrations (version bigint, description text, installed_on timestamptz, success bool, checksum bytea)",
        "(10, '', now(), true, ''), (2, '', now(), true, ''), (11, '', now(), false, '')",
        Sqlx,
        &["2", "10"],
        &["11"],
    );
    one(
        "migrations (id serial, \"timestamp\" bigint, name varchar)",
        "(2, 1700000000000, 'A1700000000000'), (1, 1800000000000, 'B1800000000000')",
        TypeOrm,
        &["1700000000000-A1700000000000", "1800000000000-B1800000000000"],
        &[],
    );
}

#[test]
fn each_tool_has_its_case_above() {
    let source = include_str!("ledgers.rs");
    for kind in LedgerKind::ALL {
        assert!(
            source.contains(&format!("        {kind:?},\n")) || source.contains(&format!(", {kind:?}, &[")),
            "{kind:?}"
        );
    }
}

#[test]
fn tables_of_other_tools_with_these_names_are_no_ledgers() {
    let found = ledgers(
        "CREATE TABLE migrations (id int, migration text, batch int); CREATE TABLE _sqlx_migrations (id int); \
         CREATE TABLE schema_migrations (name text); CREATE VIEW alembic_version AS SELECT 'x' AS version_num; \
         CREATE TEMP TABLE seaql_migrations (version text, applied_at bigint)",
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_ledger_of_that_shape_with_other_types_fails_nothing() {
    // Every column of every ledger, as a type that compares with nothing.
    for ty in ["text", "int", "point", "json", "text[]", "bytea"] {
        let tables: Vec<String> = schemacheck_runtime::ledger::SHAPES
            .iter()
            .enumerate()
            .map(|(at, shape)| {
                let columns: Vec<String> =
                    shape.columns.iter().map(|column| format!("\"{column}\" {ty}")).collect();
                let value = match ty {
                    "text" => "'x'".to_owned(),
                    "int" => "1".to_owned(),
                    "point" => "point(1, 2)".to_owned(),
                    "json" => "'{}'".to_owned(),
                    "text[]" => "'{a,NULL}'".to_owned(),
                    _ => "'\\x00ff'".to_owned(),
                };
                let values = vec![value.as_str(); columns.len()].join(", ");
                format!(
                    "CREATE SCHEMA s{at}; CREATE TABLE s{at}.\"{0}\" ({1}); \
                     INSERT INTO s{at}.\"{0}\" VALUES ({values}), ({values}); INSERT INTO s{at}.\"{0}\" DEFAULT VALUES",
                    shape.table,
                    columns.join(", ")
                )
            })
            .collect();
        let schemas: Vec<String> = (0..tables.len()).map(|at| format!("s{at}")).collect();
        let schemas: Vec<&str> = schemas.iter().map(String::as_str).collect();
        let found = ledgers_in(&schemas, &tables.join(";"));
        assert_eq!(found.len(), schemacheck_runtime::ledger::SHAPES.len(), "{ty}");
    }
}

#[test]
fn a_database_ahead_is_an_information() {
    check(
        "INSERT INTO alembic_version VALUES ('ffff00000000')",
        &["info[ledger-ahead]: the database is ahead of the build, says the ledger `public.alembic_version`"],
    );
}

#[test]
fn a_role_that_may_not_read_a_ledger_is_told_nothing_of_it() {
    check(
        "CREATE TABLE seaql_migrations (version text, applied_at bigint); \
         REVOKE ALL ON seaql_migrations, alembic_version FROM PUBLIC",
        &[],
    );
}

/// What each state of a ledger is called, beside a table that is missing. The build saw `b7e1c0ffee01` of Alembic.
#[test]
fn each_state_of_a_ledger_has_its_finding() {
    let ledger = |state: &str| format!("DROP TABLE sessions; DELETE FROM alembic_version; {state}");
    let missing = "error[missing-relation]: cannot find relation `public.sessions`";
    check(
        &ledger("INSERT INTO alembic_version VALUES ('b7e1c0ffee01')"),
        &[
            missing,
            "info[ledger-stamped]: the migration ledger `public.alembic_version` lists `b7e1c0ffee01` as applied, \
             but 1 object that the program needs is missing",
        ],
    );
    check(
        &ledger("INSERT INTO alembic_version VALUES ('0123456789ab')"),
        &[
            missing,
            "info[ledger-other-head]: the migration ledger `public.alembic_version` is at another head than the build",
        ],
    );
}

/// A failed migration is said of the program's own ledger: that of its tool, or where it knows of none any of its schemas.
#[test]
fn a_failed_migration_of_another_program_is_none_of_this_one() {
    let sqlx = "CREATE TABLE _sqlx_migrations (version bigint, description text, success boolean, checksum bytea); \
                INSERT INTO _sqlx_migrations VALUES (1, 'x', true, ''), (2, 'x', false, '');";
    check(sqlx, &[]);
    let failed = |kind: Option<LedgerKind>, changes: &str| {
        let (mut client, _database) = connect(&format!("{sqlx} {changes}"));
        let seen = |kind: LedgerKind| SeenLedger {
            database: None,
            kind,
            table: schemacheck_core::QualifiedName::new("nowhere", "ledger"),
            columns: None,
            heads: if kind.keeps_history() { vec![] } else { vec!["1".into()] },
            migrations: if kind.keeps_history() { vec!["1".into()] } else { vec![] },
            older: vec![],
        };
        let seen = kind.map(seen);
        let model = Manifest { relation: "users".into(), ..Manifest::default() };
        let request = guard::request_seeing([&model], seen.as_ref());
        let text: String = client.query_one(&request, &[]).unwrap().get(0);
        let mut findings = Vec::new();
        causes([&model], &guard::answer(&text).unwrap().1, seen.as_ref(), None, &mut findings);
        findings.retain(|finding| finding.code == Code::LedgerFailed);
        findings.into_iter().map(|finding| finding.headline()).collect::<Vec<_>>()
    };
    let said = |table: &str| {
        [format!("warning[ledger-failed]: the migration ledger `{table}` lists `2` as failed or unfinished")]
    };
    assert_eq!(failed(Some(LedgerKind::Sqlx), ""), said("public._sqlx_migrations"));
    assert_eq!(failed(None, ""), said("public._sqlx_migrations"));
    assert_eq!(failed(Some(LedgerKind::Alembic), "DELETE FROM alembic_version"), [""; 0]);
    // Elsewhere it is this program's only if it knows what the build saw.
    let apart = "CREATE SCHEMA apart; ALTER TABLE _sqlx_migrations SET SCHEMA apart;";
    assert_eq!(failed(Some(LedgerKind::Sqlx), apart), said("apart._sqlx_migrations"));
    let other = format!("{apart} UPDATE apart._sqlx_migrations SET version = version + 1");
    assert_eq!(failed(Some(LedgerKind::Sqlx), &other), [""; 0]);
    assert_eq!(failed(None, apart), [""; 0]);
}

/// What was applied last says where to look: at its head where a ledger keeps no more.
#[test]
fn a_stamped_ledger_names_what_it_recorded_last() {
    let (mut client, _database) = connect("DROP TABLE sessions");
    let report = all().verify(&mut client).unwrap_err();
    let stamped = report.findings().iter().find(|finding| finding.code == Code::LedgerStamped).unwrap();
    assert_eq!(stamped.object, "public.alembic_version");
    assert_eq!(
        stamped.notes,
        [
            "missing: `public.sessions`",
            "last recorded: `b7e1c0ffee01`",
            "the database may have been stamped (`alembic stamp`) in place of upgraded, or a migration was undone by hand",
        ]
    );
}

/// What reads a ledger is the guard's role: a table that somebody planted must not run its author's functions as that.
#[test]
fn a_planted_ledger_runs_nobodys_function() {
    let trap = "CREATE FUNCTION trap() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ran'; END $$; \
                CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('a'); \
                CREATE POLICY p ON alembic_version USING (trap()); \
                ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY";
    assert_eq!(ledgers(trap), []);
    let cast = "CREATE TYPE own AS (x int); CREATE FUNCTION spell(own) RETURNS text LANGUAGE plpgsql \
                AS $$ BEGIN RAISE EXCEPTION 'ran'; END $$; CREATE CAST (own AS text) WITH FUNCTION spell(own); \
                CREATE TABLE schema_migrations (version own); INSERT INTO schema_migrations VALUES (ROW(1))";
    assert_eq!(ledgers(cast), []);
}

/// Reading locks and takes time, and a thousand tenants may have a ledger each.
#[test]
fn of_others_ledgers_a_few_are_read() {
    let tenants = "DO $$ BEGIN FOR n IN 1..300 LOOP EXECUTE format('CREATE SCHEMA tenant_%s', n); \
                   EXECUTE format('CREATE TABLE tenant_%s.alembic_version (version_num text)', n); END LOOP; END $$; \
                   CREATE TABLE zoo.alembic_version (version_num text); INSERT INTO zoo.alembic_version VALUES ('a1')";
    let (mut client, _database) = connect(&format!("CREATE SCHEMA zoo; {tenants}"));
    let of = |client: &mut postgres::Client, manifests: &[Manifest]| {
        let text: String = client.query_one(&guard::request(manifests), &[]).unwrap().get(0);
        let ledgers = guard::answer(&text).unwrap().1.ledgers;
        assert!(ledgers.len() <= 6, "{}", ledgers.len());
        ledgers.into_iter().map(|ledger| ledger.table.schema).collect::<Vec<_>>()
    };
    let own = of(&mut client, &[]);
    assert!(own.contains(&"public".to_owned()) && !own.contains(&"zoo".to_owned()), "{own:?}");
    let model = Manifest { schema: Some("zoo".into()), relation: "users".into(), ..Manifest::default() };
    let asked = of(&mut client, &[model]);
    assert!(asked.contains(&"public".to_owned()) && asked.contains(&"zoo".to_owned()), "{asked:?}");
}

#[test]
fn a_table_of_more_rows_than_anybody_has_migrations_is_no_ledger() {
    let table = "CREATE TABLE migrations (id int, \"timestamp\" bigint, name text); INSERT INTO migrations SELECT n, n, 'x' FROM ";
    assert_eq!(ledgers(&format!("{table} generate_series(1, 20000) n")), []);
    assert_eq!(ledgers(&format!("{table} generate_series(1, 10000) n"))[0].applied.len(), 10000);
}

/// The ledger is evidence: where it cannot be read, the verdict stands without it.
#[test]
fn a_ledger_that_cannot_be_read_refuses_no_start() {
    let broken = "CREATE FOREIGN DATA WRAPPER broken; CREATE SERVER broken FOREIGN DATA WRAPPER broken; \
                  CREATE FOREIGN TABLE heir () INHERITS (alembic_version) SERVER broken";
    let (mut client, _database) = connect(broken);
    assert!(client.query("SELECT * FROM alembic_version", &[]).is_err());
    // What could fail is known beforehand: within a transaction nothing more could be asked.
    let unread = "info[ledger-unread]: the migration ledger `public.alembic_version` was not read: it is partitioned, \
                  inherits, or is inherited from";
    check(broken, &[unread]);
    assert!(all().verify(&mut client.transaction().unwrap()).is_ok());
    // What cannot be known is asked again without.
    let role = "reader_without_ts_stat";
    let revoked = format!(
        "CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}; \
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}; \
         REVOKE EXECUTE ON FUNCTION pg_catalog.ts_stat(text) FROM PUBLIC"
    );
    let (mut client, database) = connect(&revoked);
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    assert!(all().verify(&mut client).unwrap().findings().is_empty());
    let tenants = all().verify_schemas(&mut client, ["public"]).unwrap();
    assert!(tenants.all_fit(), "{tenants}");
    let readiness = all().readiness();
    assert!(readiness.recheck(&mut client).is_ok() && readiness.recheck(&mut client).is_ok());
    // Within a transaction what is said is what went wrong first.
    let mut transaction = client.transaction().unwrap();
    let report = all().verify(&mut transaction).unwrap_err();
    assert!(report.to_string().contains("ts_stat"), "{report}");
    drop(transaction);
    database.connect().unwrap().batch_execute("DROP TABLE sessions").unwrap();
    let report = all().verify(&mut client).unwrap_err();
    assert_eq!(report.findings()[0].code, Code::MissingRelation);
}
