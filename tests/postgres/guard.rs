//! Rules of the guard, each tested both ways.

use schemacheck::guard::{Kind, hints_at_drift};
use schemacheck::{Code, Guard, Severity};
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};
use schemacheck_scratch::Server;

use crate::models::{ActiveUser, Notification, User};
use crate::support::{check, connect, database, guard, structs};

#[test]
fn a_database_that_fits_is_verified() {
    let (mut client, database) = connect("");
    let verified = guard().target(&database.url()).verify(&mut client).unwrap();
    assert_eq!((verified.models(), verified.columns()), (6, 20));
    assert!(verified.findings().is_empty(), "{:?}", verified.findings());
    let line = verified.to_string();
    let server = schemacheck_scratch::Server::shared().unwrap();
    let socket = format!("{}/.s.PGSQL.{}", server.socket_dir().display(), server.port());
    let start = format!(
        "verified 6 models (20 columns) against database `{}` at the socket `{socket}` (as dialled) in ",
        database.name()
    );
    assert!(line.starts_with(&start) && !line.contains('\n'), "{line}");
}

#[test]
fn more_than_the_program_needs_is_no_finding() {
    check("CREATE TABLE more (id int); ALTER TABLE users ADD COLUMN more text NOT NULL DEFAULT 'x'", &[]);
}

#[test]
fn every_gap_is_reported_at_once() {
    check(
        "ALTER TABLE users DROP COLUMN nickname; ALTER TABLE users RENAME COLUMN tags TO tag; DROP TABLE sessions",
        &[
            "error[missing-column]: cannot find column `nickname` in table `public.users`",
            "error[missing-column]: cannot find column `tags` in table `public.users`",
            "error[missing-relation]: cannot find relation `public.sessions`",
            "info[ledger-stamped]: the migration ledger `public.alembic_version` lists `b7e1c0ffee01` as applied, \
             but 3 objects that the program needs are missing",
        ],
    );
}

#[test]
fn types_are_judged_by_class() {
    check(
        "ALTER TABLE notifications ALTER severity TYPE text",
        &["info[type-mismatch]: column `public.notifications.severity` is `text`, \
           but this program was built for `character varying(20)`"],
    );
    check(
        "DROP VIEW active_users; ALTER TABLE users ALTER age TYPE bigint",
        &[
            "error[type-mismatch]: column `public.users.age` is `bigint`, but this program was built for `integer`",
            "error[missing-relation]: cannot find relation `public.active_users`",
            "info[ledger-stamped]: the migration ledger `public.alembic_version` lists `b7e1c0ffee01` as applied, \
             but 1 object that the program needs is missing",
        ],
    );
    check(
        "ALTER TABLE users ALTER settings DROP DEFAULT, ALTER settings TYPE json",
        &[
            "warning[type-mismatch]: column `public.users.settings` is `json`, but this program was built for `jsonb`",
        ],
    );
}

#[test]
fn a_dropped_not_null_warns_and_with_strict_refuses() {
    let headline = "[nullable-column]: column `public.sessions.token` is nullable, \
                    but this program was built for `NOT NULL`";
    check("ALTER TABLE sessions ALTER token DROP NOT NULL", &[&format!("warning{headline}")]);
    let (mut client, _database) = connect("ALTER TABLE sessions ALTER token DROP NOT NULL");
    let report = guard().strict().verify(&mut client).unwrap_err();
    assert_eq!(report.findings()[0].headline(), format!("error{headline}"));
}

#[test]
fn a_column_that_became_not_null_is_no_finding() {
    check("ALTER TABLE users ALTER nickname SET NOT NULL", &[]);
}

#[test]
fn a_new_label_warns_and_a_missing_one_refuses() {
    check(
        "ALTER TYPE coordinator_action_type ADD VALUE 'closed'",
        &[
            "warning[missing-label]: label `closed` of enum `public.coordinator_action_type` has no variant in \
           `postgres::models::ActionKind`",
        ],
    );
}

#[test]
fn a_table_that_became_a_view_serves_readers() {
    check(
        "ALTER TABLE sessions RENAME TO kept; CREATE VIEW sessions AS SELECT * FROM kept",
        &["info[relation-kind]: `public.sessions` is a view, at the build it was a table"],
    );
}

#[test]
fn models_can_be_chosen() {
    let (mut client, _database) = connect("DROP TABLE sessions");
    assert!(Guard::new().only::<User>().verify(&mut client).is_ok());
    assert!(Guard::new().only::<(User, Notification)>().verify(&mut client).is_ok());
    assert!(Guard::new().except::<crate::models::Session>().verify(&mut client).is_ok());
    assert!(Guard::new().only_in("postgres::models").verify(&mut client).is_err());
    assert!(structs().verify(&mut client).is_err());
    let report = Guard::new().only_in("postgres::nowhere").verify(&mut client).unwrap_err();
    assert_eq!((report.kind(), report.findings()[0].code), (Kind::NoModels, Code::NoModels));
}

#[test]
fn a_missing_table_gets_advice_from_a_second_request() {
    let (mut client, _database) = connect("ALTER TABLE sessions RENAME TO session");
    let report = guard().verify(&mut client).unwrap_err();
    assert_eq!(report.findings()[0].help, ["a relation with a similar name exists: `public.session`"]);
    let (mut client, _database) = connect("CREATE SCHEMA app; ALTER TABLE users SET SCHEMA app");
    let report = guard().verify(&mut client).unwrap_err();
    let help = &report.findings()[0].help;
    assert_eq!(
        *help,
        [
            "a relation of that name exists where the search path does not lead: `app.users`; the search path is `public`"
        ]
    );
}

/// The program's names, which a second request asks for, stand in other schemas.
#[test]
fn a_database_with_the_names_in_other_schemas_says_which() {
    let (mut client, database) = connect(
        "DROP ROLE IF EXISTS guard_elsewhere; CREATE ROLE guard_elsewhere; CREATE SCHEMA shop; \
         GRANT USAGE ON SCHEMA shop TO guard_elsewhere; CREATE SCHEMA app; CREATE SCHEMA archive; \
         CREATE SCHEMA old; ALTER TABLE users SET SCHEMA app; ALTER TABLE notifications SET SCHEMA app; \
         ALTER TABLE sessions SET SCHEMA app; ALTER TABLE coordinator_actions SET SCHEMA app; \
         ALTER TABLE \"NotificationLog\" SET SCHEMA app; ALTER VIEW active_users SET SCHEMA app; \
         CREATE TABLE archive.users (); CREATE TABLE archive.sessions (); CREATE TABLE old.sessions (); \
         CREATE TABLE old.others ()",
    );
    client.batch_execute("SET ROLE guard_elsewhere; SET search_path = shop, public").unwrap();
    let report = structs().verify(&mut client).unwrap_err();
    assert_eq!((report.kind(), report.findings()[0].code), (Kind::Drift, Code::OtherDatabase));
    assert_eq!(report.findings()[0].code.id(), "other-database");
    let text = report.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let headline =
        format!("database `{}` does not match the schema this program was built against", database.name());
    assert!(lines[0].starts_with(&headline), "{text}");
    assert_eq!(
        lines[1].trim(),
        "error[other-database]: this looks like another database: 6 of the 6 relations that the program needs are \
         missing"
    );
    let full = format!("{report:?}");
    for part in [
        "the role is `guard_elsewhere`, and the search path is `shop` and `public`",
        "schema `app` holds 6 of those names, `archive` 2, `old` 1: if that is meant, `search_path` has to lead there",
        "look at the connection string: the host, database and user that were reached are in this report",
        "user `guard_elsewhere`",
    ] {
        assert!(full.contains(part), "`{part}` is not in:\n{full}");
    }
    // What is said helps: with a path that leads there, the one whose model names its schema is alone in missing.
    client.batch_execute("RESET ROLE; SET search_path = app").unwrap();
    let report = structs().verify(&mut client).unwrap_err();
    let missing = report.findings().iter().filter(|finding| finding.code == Code::MissingRelation);
    assert_eq!(missing.map(|finding| finding.object.as_str()).collect::<Vec<_>>(), ["public.sessions"]);
    assert!(report.findings().iter().all(|finding| finding.code != Code::OtherDatabase), "{report}");
}

/// Of a database with more names than anybody wants to be sent, those that are asked for are.
#[test]
fn the_names_that_are_asked_for_come_first() {
    let (mut client, _database) =
        connect("CREATE SCHEMA many; CREATE SCHEMA zoo; ALTER TABLE users SET SCHEMA zoo");
    // A transaction for some of them: each holds a lock until its end.
    for from in (1..=10_001).step_by(1_000) {
        let tables = "DO $$ BEGIN FOR n IN $1..$1 + 999 LOOP EXECUTE format('CREATE TABLE many.t%s ()', n); \
                      END LOOP; END $$";
        client.batch_execute(&tables.replace("$1", &from.to_string())).unwrap();
    }
    let report = Guard::new().only::<User>().verify(&mut client).unwrap_err();
    assert_eq!(
        report.findings()[0].help,
        [
            "a relation of that name exists where the search path does not lead: `zoo.users`; the search path is `public`"
        ]
    );
}

#[test]
fn a_database_that_holds_none_of_the_names_is_another_one_or_empty() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = database.connect().unwrap();
    let mut said = |change: &str| {
        client.batch_execute(change).unwrap();
        let report = structs().verify(&mut client).unwrap_err();
        assert_eq!(report.findings()[0].code, Code::OtherDatabase, "{change}");
        (report.to_string().lines().nth(1).unwrap().trim().to_owned(), report.findings()[0].help.clone())
    };
    assert_eq!(
        said(""),
        (
            "error[other-database]: this database is empty: none of the 6 relations that the program needs is there"
                .to_owned(),
            vec![
                "run the migrations, if this is the database that is meant; else mend the connection string"
                    .to_owned()
            ]
        )
    );
    assert_eq!(
        said("CREATE SCHEMA shop; CREATE TABLE shop.orders ()"),
        (
            "error[other-database]: this looks like another database: 6 of the 6 relations that the program needs are \
             missing"
                .to_owned(),
            vec![
                "look at the connection string: the host, database and user that were reached are in this report"
                    .to_owned()
            ]
        )
    );
}

/// PostgreSQL refuses each query of it until it is refreshed.
#[test]
fn a_materialized_view_without_data_is_a_risk_for_who_reads_it() {
    let (mut client, _database) = connect(
        "DROP VIEW active_users; CREATE MATERIALIZED VIEW active_users AS SELECT id, email FROM users WITH NO DATA",
    );
    let views = || Guard::new().only::<(ActiveUser,)>();
    let empty = |findings: &[schemacheck::Finding]| {
        findings.iter().filter(|finding| finding.code == Code::UnpopulatedView).count()
    };
    assert!(client.batch_execute("SELECT id FROM active_users").is_err());
    let verified = views().verify(&mut client).unwrap();
    assert_eq!(
        verified.findings()[0].headline(),
        "warning[unpopulated-view]: materialized view `public.active_users` is not populated: no query can read it"
    );
    assert_eq!(empty(views().strict().verify(&mut client).unwrap_err().findings()), 1);
    // To do what the finding says mends it, and looking again sees it.
    let readiness = verified.readiness();
    assert_eq!(empty(readiness.recheck(&mut client).unwrap().findings()), 1);
    let refresh = verified.findings()[0].help[0].split('`').nth(1).unwrap();
    client.batch_execute(refresh).unwrap();
    assert!(client.batch_execute("SELECT id FROM active_users").is_ok());
    assert_eq!(empty(readiness.recheck(&mut client).unwrap().findings()), 0);
    assert_eq!(empty(views().strict().verify(&mut client).unwrap().findings()), 0);
}

#[test]
fn the_live_search_path_decides_for_names_without_schema() {
    let (mut client, _database) = connect(
        "CREATE SCHEMA tenant; CREATE TABLE tenant.users (LIKE public.users); SET search_path = tenant, public",
    );
    client.batch_execute("SET search_path = tenant, public").unwrap();
    let verified = guard().verify(&mut client).unwrap();
    assert_eq!(
        verified.findings()[0].headline(),
        "info[other-schema]: `users` is found in schema `tenant`, at the build it was `public`"
    );
    assert!(verified.findings().iter().all(|finding| finding.severity == Severity::Info));
}

#[test]
fn temporary_tables_of_others_are_nobodys_business_and_ones_own_hide_the_table() {
    let (mut client, database) = connect("");
    let snapshot = |client: &mut _| {
        let (_, catalog) = introspect::read(client, &Scope::default()).unwrap();
        schemacheck_core::snapshot::to_files(&catalog)
    };
    let before = snapshot(&mut client);
    let mut other = database.connect().unwrap();
    let temporary = "CREATE TEMP TABLE users (x int); CREATE TEMP TABLE passing (x int);
                     CREATE TEMP VIEW sessions AS SELECT * FROM passing";
    other.batch_execute(temporary).unwrap();
    assert_eq!(snapshot(&mut client), before);
    assert_eq!(snapshot(&mut other), before);
    assert!(guard().verify(&mut client).unwrap().findings().is_empty());
    // Queries on this very connection would find the temporary table, and fail.
    let report = guard().verify(&mut other).unwrap_err();
    let missing = report.findings().iter().filter(|finding| finding.code == Code::MissingColumn);
    let objects: Vec<&str> = missing.map(|finding| finding.object.as_str()).collect();
    assert!(
        objects.iter().all(|object| object.starts_with("pg_temp_") && object.contains(".users.")),
        "{report}"
    );
    assert_eq!(objects.len(), 6, "{report}");
}

#[test]
fn an_asynchronous_program_is_verified_the_same_way() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (changes, fits) in [("", true), ("ALTER TABLE notifications DROP COLUMN severity", false)] {
        let database = database(changes);
        runtime.block_on(async {
            let (mut client, connection) =
                tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            assert_eq!(guard().verify_async(&client).await.is_ok(), fits);
            let transaction = client.transaction().await.unwrap();
            assert_eq!(guard().verify_async(&transaction).await.is_ok(), fits);
        });
    }
}

/// An asynchronous program may verify on any thread of its runtime.
#[test]
fn the_future_can_be_sent_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let database = database("");
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let verifying = guard().verify_async(&client);
        is_send(&verifying);
        assert!(verifying.await.is_ok());
    });
}

#[test]
fn any_driver_can_send_the_request() {
    let (mut client, _database) = connect("ALTER TABLE users DROP COLUMN age CASCADE");
    let request = guard().request().unwrap();
    let answer: String = client.query_one(request.sql(), &[]).unwrap().get("schemacheck");
    let report = request.judge(&answer).unwrap_err();
    assert!(report.to_string().contains("cannot find column `age`"), "{report}");
}

#[test]
fn reading_is_fine_for_a_role_without_any_grant() {
    let (mut client, _database) =
        connect("DROP ROLE IF EXISTS nobody_here; CREATE ROLE nobody_here; SET ROLE nobody_here");
    client.batch_execute("SET ROLE nobody_here").unwrap();
    // What it may not do is said, and what there is was seen all the same.
    let verified = structs().verify(&mut client).unwrap();
    let codes = verified.findings().iter().map(|finding| finding.code);
    assert!(codes.clone().all(|code| code == Code::MissingPrivilege), "{:?}", verified.findings());
    assert_eq!(codes.count(), 6);
}

/// Queries of a service that meet another schema, and what its driver says of them.
#[test]
fn each_error_that_drift_gives_a_query_is_due() {
    let raised = |before: &str, change: &str, query: &str| {
        let (mut client, database) = connect("");
        client.batch_execute(before).unwrap();
        database.connect().unwrap().batch_execute(change).unwrap();
        let error = client.batch_execute(query).unwrap_err();
        let state = error.code().unwrap_or_else(|| panic!("{query}: {error}")).code().to_owned();
        (state, client, database)
    };
    let promises = || Guard::new().only_in("crate::promises");
    let tickets = || Guard::new().only_in("crate::privileges");
    let upsert = "INSERT INTO letters (sender_id, client_id) VALUES (gen_random_uuid(), gen_random_uuid()) \
                  ON CONFLICT (sender_id, client_id) DO NOTHING";
    let to_integer = "ALTER TABLE users ALTER nickname TYPE integer USING 0";
    let drifts: [(&str, &str, &str, Guard); 8] = [
        ("42703", "ALTER TABLE users DROP nickname", "SELECT nickname FROM users", guard()),
        ("42P01", "DROP TABLE sessions", "SELECT token FROM sessions", guard()),
        (
            "42704",
            "ALTER TYPE coordinator_action_type RENAME TO action_type",
            "SELECT 'created'::coordinator_action_type",
            guard(),
        ),
        (
            "42501",
            "DROP ROLE IF EXISTS guard_due; CREATE ROLE guard_due",
            "SET ROLE guard_due; SELECT title FROM tickets",
            tickets(),
        ),
        ("42P10", "ALTER TABLE letters DROP CONSTRAINT letters_client", upsert, promises()),
        ("42804", to_integer, "UPDATE users SET nickname = 'x'::text", guard()),
        ("42883", to_integer, "SELECT FROM users WHERE nickname = 'x'::text", guard()),
        // As drivers cache them: they name no column that is gone, and their result has another shape.
        ("0A000", "ALTER TABLE users DROP nickname", "EXECUTE of_before", guard()),
    ];
    for (expect, change, query, guard) in drifts {
        let (state, mut client, _kept) = raised("PREPARE of_before AS SELECT * FROM users", change, query);
        assert_eq!(state, expect, "{query}");
        let readiness = guard.readiness();
        assert!(hints_at_drift(&state) && readiness.is_due(&state), "{state}");
        // And looking again says why.
        client.batch_execute(query.split_once("; ").map_or("", |(role, _)| role)).unwrap();
        assert_eq!(readiness.recheck(&mut client).unwrap_err().kind(), Kind::Drift, "{state}");
    }
    // What goes wrong with a schema that fits.
    for (expect, query) in [
        ("22012", "SELECT 1 / 0"),
        ("23505", "INSERT INTO alembic_version VALUES ('b7e1c0ffee01')"),
        ("22P02", "SELECT 'nonsense'::coordinator_action_type"),
        ("42601", "SELECT FROM FROM"),
        ("40001", "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"),
    ] {
        let (state, ..) = raised("", "", query);
        assert_eq!(state, expect, "{query}");
        assert!(!hints_at_drift(&state) && !guard().readiness().is_due(&state), "{state}");
    }
}
