//! Looking again: the full answer only when something changed, and never too late.

use postgres::Client;
use schemacheck::guard::Kind;
use schemacheck::{Guard, Policy};
use schemacheck_core::manifest::{
    ColumnPromises, DefaultPromise, Expected, Kind as Does, LabelSet, Manifest, Promise, Sort,
};
use schemacheck_runtime::introspect::guard as introspect;

use crate::support::{connect, database, guard, while_roles_stay};

#[test]
fn drift_and_recovery_are_seen() {
    let (mut client, database) = connect("");
    let verified = guard().verify(&mut client).unwrap();
    assert!(verified.recheck(&mut client).unwrap().findings().is_empty());
    database.connect().unwrap().batch_execute("ALTER TABLE users RENAME COLUMN nickname TO nick").unwrap();
    for _ in 0..2 {
        let report = verified.recheck(&mut client).unwrap_err();
        assert_eq!(report.kind(), Kind::Drift);
        assert!(report.to_string().contains("cannot find column `nickname`"), "{report}");
    }
    database.connect().unwrap().batch_execute("ALTER TABLE users RENAME COLUMN nick TO nickname").unwrap();
    let again = verified.recheck(&mut client).unwrap();
    assert_eq!((again.models(), again.columns()), (verified.models(), verified.columns()));
    // A later proof looks again as well as the first.
    assert!(again.recheck(&mut client).is_ok());
}

#[test]
fn a_program_can_begin_unready() {
    let (mut client, database) = connect("ALTER TABLE users RENAME COLUMN nickname TO nick");
    let readiness = guard().readiness();
    assert!(readiness.recheck(&mut client).is_err());
    assert!(readiness.clone().recheck(&mut client).is_err());
    database.connect().unwrap().batch_execute("ALTER TABLE users RENAME COLUMN nick TO nickname").unwrap();
    assert!(readiness.recheck(&mut client).is_ok());
}

#[test]
fn policies_hold_when_looking_again() {
    let (mut client, _database) = connect("ALTER TABLE users RENAME COLUMN nickname TO nick");
    let warned = guard().policy(Policy::Warn).readiness();
    for _ in 0..2 {
        assert!(warned.recheck(&mut client).unwrap().is_overridden());
    }
    let off = guard().policy(Policy::Off).readiness();
    assert!(off.recheck(&mut client).unwrap().is_overridden());
    let none = guard().only_in("postgres::nowhere").readiness();
    assert_eq!(none.recheck(&mut client).unwrap_err().kind(), Kind::NoModels);
}

#[test]
fn a_lost_connection_is_unreadable_and_forgets_nothing() {
    let (mut client, database) = connect("");
    let readiness = guard().readiness();
    assert!(readiness.recheck(&mut client).is_ok());
    let mut gone = database.connect().unwrap();
    let pid: i32 = gone.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    while gone.simple_query("SELECT 1").is_ok() {}
    assert_eq!(readiness.recheck(&mut gone).unwrap_err().kind(), Kind::Unreadable);
    assert!(readiness.recheck(&mut client).is_ok());
}

#[test]
fn a_fingerprint_needs_no_right_and_waits_for_no_lock() {
    let (mut client, database) = connect("CREATE ROLE bare NOLOGIN");
    let readiness = Guard::new().only::<crate::models::User>().readiness();
    client.batch_execute("SET ROLE bare").unwrap();
    let mut migration = database.connect().unwrap();
    let mut lock = migration.transaction().unwrap();
    lock.batch_execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE").unwrap();
    for _ in 0..2 {
        let verdict = readiness.recheck(&mut client);
        let findings = verdict.map_or_else(|report| report.findings().to_vec(), |v| v.findings().to_vec());
        assert!(
            findings.iter().all(|finding| finding.code == schemacheck::Code::MissingPrivilege),
            "{findings:?}"
        );
    }
    lock.rollback().unwrap();
    client.batch_execute("RESET ROLE; DROP ROLE bare").unwrap();
}

/// Both answers, with what is no part of the fingerprint taken out.
pub(crate) fn answers(client: &mut Client, manifests: &[Manifest]) -> (String, String) {
    let mut ask = |sql: &str| client.query_one(sql, &[]).unwrap().get::<_, String>(0);
    (ask(&introspect::request(manifests)), ask(&introspect::fingerprint_request(manifests)))
}

/// Each of these changes the answer. Where the fingerprint stays, a drift would be missed until the next start.
const CHANGES: &[&str] = &[
    "ALTER TABLE users ADD COLUMN more text",
    "ALTER TABLE users DROP COLUMN nickname",
    "ALTER TABLE users RENAME COLUMN nickname TO nick",
    "ALTER TABLE notifications ALTER severity TYPE text",
    "ALTER TABLE users ALTER age DROP NOT NULL",
    "ALTER TABLE users ALTER nickname SET NOT NULL",
    "ALTER TABLE users ALTER nickname SET DEFAULT 'x'",
    "DROP TABLE sessions",
    "ALTER TABLE sessions RENAME TO session",
    "ALTER TABLE sessions RENAME TO kept; CREATE VIEW sessions AS SELECT * FROM kept",
    "CREATE SCHEMA app; ALTER TABLE sessions SET SCHEMA app",
    "ALTER SCHEMA public RENAME TO other",
    "CREATE SCHEMA app; CREATE TABLE app.users (id int); SET search_path = app, public",
    "SET search_path = pg_catalog",
    "ALTER TYPE coordinator_action_type ADD VALUE 'closed'",
    "ALTER TYPE coordinator_action_type RENAME VALUE 'created' TO 'made'",
    "ALTER TYPE coordinator_action_type RENAME TO other_type",
    "ALTER TABLE messages DROP CONSTRAINT messages_status_check",
    "SET ROLE fp_reader",
];

#[test]
fn whatever_changes_the_answer_changes_the_fingerprint() {
    database("")
        .connect()
        .unwrap()
        .batch_execute("DROP ROLE IF EXISTS fp_reader; CREATE ROLE fp_reader")
        .unwrap();
    let manifests = schemacheck_runtime::registry::manifests().unwrap();
    for change in CHANGES {
        let (mut client, _database) = connect("");
        let before = while_roles_stay(|| {
            let before = answers(&mut client, &manifests);
            (before.1 == answers(&mut client, &manifests).1).then_some(before)
        });
        client.batch_execute(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        let after = answers(&mut client, &manifests);
        assert!(before.0 != after.0, "no change of the answer: {change}");
        assert!(before.1 != after.1, "missed: {change}");
    }
}

/// Both versions of a row have the same xmin then.
#[test]
fn a_second_change_in_one_transaction_changes_the_fingerprint() {
    let manifests = schemacheck_runtime::registry::manifests().unwrap();
    let (mut client, _database) = connect("");
    client.batch_execute("BEGIN; ALTER TABLE users ALTER nickname SET DEFAULT 'a'").unwrap();
    let first = answers(&mut client, &manifests);
    client.batch_execute("ALTER TABLE users ALTER nickname SET NOT NULL").unwrap();
    let second = answers(&mut client, &manifests);
    client.batch_execute("ALTER TABLE users ALTER nickname DROP NOT NULL").unwrap();
    let third = answers(&mut client, &manifests);
    assert!(first.1 != second.1 && second.1 != third.1 && first.1 != third.1);
}

/// Rights come from grants, memberships, role attributes, policies and sequences: a change of each is seen.
#[test]
fn whatever_changes_rights_changes_the_fingerprint() {
    let setup = "DROP ROLE IF EXISTS fp_user, fp_group; CREATE ROLE fp_user; CREATE ROLE fp_group; \
                 GRANT USAGE ON SCHEMA public TO fp_user";
    let manifests = schemacheck_runtime::registry::manifests().unwrap();
    let (mut owner, database) = connect(setup);
    let mut client = database.connect().unwrap();
    client.batch_execute("SET ROLE fp_user").unwrap();
    let (mut before, mut seen) = (answers(&mut client, &manifests), 0);
    for change in [
        "GRANT SELECT ON users TO fp_user",
        "REVOKE SELECT ON users FROM fp_user",
        "GRANT SELECT (id) ON users TO fp_user",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO fp_group",
        "GRANT fp_group TO fp_user",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY everything ON users USING (true)",
        "ALTER POLICY everything ON users TO fp_group",
        "DROP POLICY everything ON users",
        "ALTER ROLE fp_user BYPASSRLS",
        "ALTER ROLE fp_user SUPERUSER",
        "ALTER ROLE fp_user NOSUPERUSER",
        "REVOKE fp_group FROM fp_user",
        "GRANT INSERT ON tickets TO fp_user",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO fp_user",
        "GRANT SELECT ON active_users TO fp_user",
        "ALTER VIEW active_users OWNER TO fp_group",
        "REVOKE SELECT ON users FROM fp_group",
        "GRANT SELECT (email) ON users TO fp_group",
        "REVOKE USAGE ON SCHEMA public FROM fp_user, PUBLIC",
        // From PostgreSQL 14 on the owner of the database is a member of pg_database_owner.
        "GRANT USAGE ON SCHEMA public TO fp_group; \
         DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO fp_user', current_database()); END $$",
    ] {
        owner.batch_execute(change).unwrap();
        let after = answers(&mut client, &manifests);
        seen += usize::from(before.0 != after.0);
        assert!(before.0 == after.0 || before.1 != after.1, "missed: {change}");
        before = after;
    }
    assert!(seen >= 12, "only {seen} changes were seen in the answer");
    let back = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO %I', current_database(), session_user); END $$";
    owner.batch_execute(back).unwrap();
    owner.batch_execute("DROP OWNED BY fp_user, fp_group; DROP ROLE fp_user, fp_group").unwrap();
}

/// A hardened catalog: the fingerprint reads the roles, which the verdict does not need.
#[test]
fn where_the_roles_are_hidden_each_look_is_a_full_one() {
    let (mut owner, database) = connect(
        "DROP ROLE IF EXISTS fp_blind; CREATE ROLE fp_blind; REVOKE SELECT ON pg_catalog.pg_roles FROM PUBLIC; \
         GRANT ALL ON ALL TABLES IN SCHEMA public TO fp_blind; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO fp_blind",
    );
    let mut client = database.connect().unwrap();
    client.batch_execute("SET ROLE fp_blind").unwrap();
    assert!(client.simple_query("SELECT FROM pg_roles").is_err());
    for guard in [guard(), Guard::new().only::<crate::models::User>()] {
        let readiness = guard.readiness();
        for _ in 0..2 {
            assert!(readiness.recheck(&mut client).unwrap().findings().is_empty());
        }
        owner.batch_execute("ALTER TABLE users RENAME COLUMN nickname TO nick").unwrap();
        assert_eq!(readiness.recheck(&mut client).unwrap_err().kind(), Kind::Drift);
        owner.batch_execute("ALTER TABLE users RENAME COLUMN nick TO nickname").unwrap();
        assert!(readiness.recheck(&mut client).is_ok());
    }
    owner.batch_execute("DROP OWNED BY fp_blind; DROP ROLE fp_blind").unwrap();
}

/// A database that is made anew numbers its transactions anew, and two rows of the same version say different things.
#[test]
fn a_fingerprint_holds_for_one_life_of_the_server() {
    let (mut client, _database) = connect("");
    let manifests = schemacheck_runtime::registry::manifests().unwrap();
    let started = "SELECT date_part('epoch', pg_postmaster_start_time())::text";
    let started: String = client.query_one(started, &[]).unwrap().get(0);
    assert!(answers(&mut client, &manifests).1.contains(&started));
}

/// What was asked over a connection last.
pub(crate) fn last_question(client: &mut Client, pid: i32) -> String {
    client.query_one("SELECT query FROM pg_stat_activity WHERE pid = $1", &[&pid]).unwrap().get(0)
}

#[test]
fn while_nothing_changes_a_fingerprint_is_all_that_is_asked_for() {
    let (mut client, database) = connect("");
    let mut observer = database.connect().unwrap();
    let pid: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let (full, print) = ("WITH path AS MATERIALIZED", "WITH place AS MATERIALIZED");
    let readiness = guard().readiness();
    let _ = readiness.recheck(&mut client).unwrap();
    let question = last_question(&mut observer, pid);
    assert!(question.contains(full), "{question}");
    while_roles_stay(|| {
        let _ = readiness.recheck(&mut client).unwrap();
        let question = last_question(&mut observer, pid);
        (question.contains(print) && !question.contains(full)).then_some(())
    });
    observer.batch_execute("ALTER TABLE users ADD COLUMN more text").unwrap();
    let _ = readiness.recheck(&mut client).unwrap();
    let question = last_question(&mut observer, pid);
    assert!(question.contains(full), "{question}");
}

/// The fingerprint of one tenant costs as much as that tenant, and others' migrations do not touch it.
#[test]
fn a_neighbours_change_is_none_of_ours() {
    let (mut client, _database) = connect(
        "CREATE SCHEMA one; CREATE TABLE one.users (LIKE users); CREATE SCHEMA two; CREATE TABLE two.users (LIKE users)",
    );
    let bound =
        vec![Manifest { schema: Some("one".into()), relation: "users".into(), ..Manifest::default() }];
    let open = vec![Manifest { relation: "users".into(), ..Manifest::default() }];
    // Of a change in a schema, whether each fingerprint stays.
    let mut stay = |schema: &str, expect: [bool; 2]| {
        while_roles_stay(|| {
            let before = [answers(&mut client, &bound).1, answers(&mut client, &open).1];
            client.batch_execute(&format!("ALTER TABLE {schema}.users ALTER age SET DEFAULT 1")).unwrap();
            let after = [answers(&mut client, &bound).1, answers(&mut client, &open).1];
            client.batch_execute(&format!("ALTER TABLE {schema}.users ALTER age DROP DEFAULT")).unwrap();
            ([before[0] == after[0], before[1] == after[1]] == expect).then_some(())
        });
    };
    stay("two", [true, true]);
    stay("one", [false, true]);
}

/// What models rely on beside columns and rights: each of these changes the answer too.
#[test]
fn whatever_changes_what_is_promised_changes_the_fingerprint() {
    let setup = "CREATE SCHEMA auth; CREATE TABLE auth.accounts (id bigint PRIMARY KEY); \
                 CREATE SCHEMA app; CREATE SEQUENCE app.numbers; CREATE FUNCTION app.word() RETURNS text LANGUAGE sql \
                 AS $$ SELECT 'x' $$; \
                 CREATE DOMAIN app.mood AS text CHECK (VALUE IN ('good', 'bad')); \
                 CREATE TYPE app.place AS (street text, number int); \
                 CREATE TABLE app.t (id bigint DEFAULT nextval('app.numbers'), word text DEFAULT app.word(), \
                   mood app.mood, place app.place, account bigint REFERENCES auth.accounts, day date NOT NULL, \
                   CONSTRAINT word_unique UNIQUE (word, day)) PARTITION BY RANGE (day); \
                 CREATE TABLE app.t_2020 PARTITION OF app.t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); \
                 CREATE INDEX by_mood ON app.t (mood)";
    let column = |name: &str, default: Option<&str>| Expected {
        column: name.into(),
        field: name.into(),
        rust_type: "T".into(),
        labels: (name == "mood").then(|| LabelSet { labels: vec!["good".into()], non_exhaustive: true }),
        promises: ColumnPromises {
            default: default.map(|text| DefaultPromise::Is(text.into())),
            ..ColumnPromises::default()
        },
        ..Expected::default()
    };
    let model = Manifest {
        schema: Some("app".into()),
        relation: "t".into(),
        kinds: vec![Does::Read, Does::Insert],
        columns: vec![
            column("id", Some("nextval('app.numbers')")),
            column("word", Some("app.word()")),
            column("mood", None),
        ],
        promises: vec![Promise::PrimaryKey(vec!["id".into()])],
        ..Manifest::default()
    };
    assert!(model.relies_on_constraints());
    let place = Manifest {
        sort: Sort::Type,
        schema: Some("app".into()),
        relation: "place".into(),
        ..Manifest::default()
    };
    let manifests = [model, place];
    let (mut client, _database) = connect(setup);
    for change in [
        "ALTER SCHEMA auth RENAME TO identity",
        "ALTER TABLE identity.accounts RENAME COLUMN id TO number",
        "ALTER TABLE identity.accounts RENAME TO people",
        "ALTER SEQUENCE app.numbers RENAME TO ids",
        "ALTER FUNCTION app.word() RENAME TO text",
        "CREATE SCHEMA other; ALTER SEQUENCE app.ids SET SCHEMA other",
        "DROP INDEX app.by_mood",
        "CREATE UNIQUE INDEX by_day ON app.t (day)",
        "ALTER INDEX app.by_day RENAME TO by_days",
        "ALTER TABLE app.t DROP CONSTRAINT word_unique",
        "ALTER TABLE app.t DROP CONSTRAINT t_account_fkey",
        "ALTER DOMAIN app.mood ADD CHECK (VALUE <> 'x')",
        "ALTER TYPE app.place ADD ATTRIBUTE city text",
        "ALTER TYPE app.place RENAME ATTRIBUTE city TO town",
        "ALTER TABLE app.t ADD PRIMARY KEY (id, day)",
        "ALTER TABLE app.t ALTER word SET DEFAULT 'x'",
    ] {
        let before = answers(&mut client, &manifests);
        client.batch_execute(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        let after = answers(&mut client, &manifests);
        assert!(before.0 != after.0, "no change of the answer: {change}");
        assert!(before.1 != after.1, "missed: {change}");
    }
}
