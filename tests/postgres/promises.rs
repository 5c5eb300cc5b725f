//! Promises on a real server: what fits is no finding, at the build and at the start, and what no longer fits is one;
//! and what PostgreSQL itself says of the same.

use postgres::Client;
use schemacheck::{Guard, Model};
use schemacheck_core::catalog::{Catalog, RelKind};
use schemacheck_core::compare::{Moment, compare};
use schemacheck_core::manifest::{
    ColumnPromises, DefaultPromise, Exact, Expected, Kind, Level, Manifest, Override, Promise, Reference,
};
use schemacheck_core::{Code, pg_type, record};
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};
use schemacheck_scratch::{Database, Server};
use uuid::Uuid;

use crate::support::connect;

/// Derived, so that the promises pass through the compiler and the record.
#[derive(Model)]
#[schemacheck(
    table = "letters",
    read,
    primary_key("id"),
    unique("client_id", "sender_id"),
    unique("sender_id", where = "status = 'draft'"),
    index("status", "created_at"),
    exact(order)
)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Letter {
    id: i64,
    #[schemacheck(references = "users(id)", on_delete = "cascade")]
    sender_id: Uuid,
    #[schemacheck(nullable)]
    client_id: Option<Uuid>,
    #[schemacheck(type = "varchar(20)", default = "'sent'", not_null)]
    status: String,
    #[schemacheck(max_length = 200)]
    subject: Option<String>,
    #[schemacheck(default)]
    created_at: chrono::DateTime<chrono::Utc>,
}

/// What the guard says of it after `changes`: severities, codes and objects.
#[track_caller]
fn after(changes: &str, expect: &[&str]) {
    let (mut client, _database) = connect(changes);
    let guard = Guard::new().only::<Letter>();
    let findings = match guard.verify(&mut client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    let found: Vec<String> =
        findings.iter().map(|f| format!("{}[{}] {}", f.severity, f.code, f.object)).collect();
    assert_eq!(found, expect, "{changes}");
}

#[test]
fn a_database_that_keeps_every_promise_is_verified() {
    after("", &[]);
    // More than was promised.
    after("CREATE INDEX more ON letters (subject); ALTER TABLE letters ADD UNIQUE (id, status)", &[]);
    after(
        "ALTER TABLE letters ALTER subject TYPE varchar(200)",
        &["info[type-mismatch] public.letters.subject"],
    );
}

#[test]
fn a_promise_that_is_broken_after_the_build_refuses() {
    let unique = "error[missing-constraint] public.letters(client_id, sender_id)";
    after("ALTER TABLE letters DROP CONSTRAINT letters_client", &[unique]);
    after("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'letters_client'::regclass", &[unique]);
    after(
        "ALTER TABLE letters DROP CONSTRAINT letters_client; \
         CREATE UNIQUE INDEX ON letters (sender_id, client_id) WHERE subject IS NULL",
        &[unique],
    );
    after(
        "ALTER TABLE letters DROP CONSTRAINT letters_client; \
         ALTER TABLE letters ADD UNIQUE (sender_id, client_id) DEFERRABLE",
        &[unique],
    );
    after(
        "ALTER TABLE letters DROP CONSTRAINT letters_client; CREATE UNIQUE INDEX ON letters (client_id, sender_id)",
        &[],
    );
    after(
        "ALTER TABLE letters DROP CONSTRAINT letters_pkey",
        &["error[missing-constraint] public.letters primary key (id)"],
    );
    after(
        "ALTER TABLE letters DROP CONSTRAINT letters_pkey, ADD PRIMARY KEY (id, created_at)",
        &["error[missing-constraint] public.letters primary key (id)"],
    );
    after(
        "DROP INDEX letters_draft",
        &["error[missing-constraint] public.letters(sender_id) where status = 'draft'"],
    );
    after("DROP INDEX letters_draft; CREATE UNIQUE INDEX ON letters (sender_id)", &[]);
    let index = "warning[missing-index] public.letters(status, created_at)";
    after("DROP INDEX letters_by_status", &[index]);
    after("DROP INDEX letters_by_status; CREATE INDEX ON letters (created_at, status)", &[index]);
    after("DROP INDEX letters_by_status; CREATE INDEX ON letters (status, created_at DESC, id)", &[]);
    after(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'letters_by_status'::regclass",
        &[index],
    );
}

#[test]
fn what_a_field_promises_is_held_against_the_live_column() {
    let key = "error[missing-constraint] public.letters.sender_id";
    let drop = "ALTER TABLE letters DROP CONSTRAINT letters_sender_id_fkey";
    after(drop, &[key]);
    after(&format!("{drop}, ADD FOREIGN KEY (sender_id) REFERENCES users ON DELETE SET NULL"), &[key]);
    after(&format!("{drop}, ADD FOREIGN KEY (sender_id) REFERENCES users ON DELETE CASCADE NOT VALID"), &[]);
    let default = "error[missing-default] public.letters.status";
    after("ALTER TABLE letters ALTER status DROP DEFAULT", &[default]);
    after("ALTER TABLE letters ALTER status SET DEFAULT 'new'", &[default]);
    after(
        "ALTER TABLE letters ALTER created_at DROP DEFAULT",
        &["error[missing-default] public.letters.created_at"],
    );
    after("ALTER TABLE letters ALTER created_at SET DEFAULT '2020-01-01'", &[]);
    let ty = "error[type-mismatch] public.letters.status";
    after(
        "DROP INDEX letters_draft; ALTER TABLE letters ALTER status TYPE varchar(10); \
           CREATE UNIQUE INDEX ON letters (sender_id) WHERE status = 'draft'",
        &[ty],
    );
    after(
        "ALTER TABLE letters ALTER subject TYPE varchar(199)",
        &["error[type-mismatch] public.letters.subject"],
    );
    after(
        "ALTER TABLE letters ALTER status DROP NOT NULL",
        &["error[nullable-column] public.letters.status"],
    );
    after(
        "ALTER TABLE letters ALTER client_id SET NOT NULL",
        &["error[not-null-column] public.letters.client_id"],
    );
    after("ALTER TABLE letters ADD COLUMN later int", &["warning[extra-column] public.letters.later"]);
    after(
        "ALTER TABLE letters RENAME subject TO old; ALTER TABLE letters ADD COLUMN subject text; \
         ALTER TABLE letters DROP COLUMN old",
        &["error[column-order] public.letters"],
    );
}

#[test]
fn with_strict_a_column_without_a_field_refuses() {
    let (mut client, _database) = connect("ALTER TABLE letters ADD COLUMN later int");
    assert!(Guard::new().only::<Letter>().verify(&mut client).is_ok());
    let report = Guard::new().only::<Letter>().strict().verify(&mut client).unwrap_err();
    assert_eq!(
        report.findings()[0].headline(),
        "error[extra-column]: column `public.letters.later` has no field in `postgres::promises::Letter`"
    );
}

/// The default's text is printed for the connection: its search path shows or hides schemas, and one of its settings
/// puts every name in quotes.
#[test]
fn a_default_is_the_same_under_any_setting() {
    let (mut client, _database) = connect(
        "CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('sent'); CREATE SEQUENCE app.numbers;
         CREATE FUNCTION app.number() RETURNS int LANGUAGE sql AS 'SELECT 1';
         CREATE DOMAIN app.status AS text DEFAULT 'sent';
         CREATE TABLE app.t (a app.state DEFAULT 'sent', b bigint DEFAULT nextval('app.numbers'), \
           c int DEFAULT app.number(), d date DEFAULT '2020-02-01', e interval DEFAULT '1 day 2 hours', \
           f bytea DEFAULT '\\x01', g text DEFAULT 'a\\b', h app.status, i numeric(10,2) DEFAULT 0, \
           j smallint DEFAULT '-1', k text DEFAULT upper('x') || 'y', l timestamptz DEFAULT CURRENT_TIMESTAMP)",
    );
    let right = [
        ("a", "'sent'"),
        ("b", "nextval('app.numbers')"),
        ("c", "app.number()"),
        ("d", "'2020-02-01'"),
        ("e", "'1 day 02:00:00'"),
        ("f", "'\\x01'"),
        ("g", "'a\\b'"),
        ("h", "'sent'"),
        ("i", "0.00"),
        ("j", "-1"),
        ("k", "UPPER('x') || 'y'"),
        ("l", "now()"),
    ];
    let promise = |(column, text): &(&str, &str)| Expected {
        promises: ColumnPromises {
            default: Some(DefaultPromise::Is((*text).into())),
            ..ColumnPromises::default()
        },
        ..expected(column)
    };
    let manifest = Manifest {
        schema: Some("app".into()),
        columns: right.iter().map(promise).collect(),
        ..manifest("t")
    };
    assert_eq!(at_build(&mut client, &manifest), Vec::<String>::new());
    for setting in [
        "search_path = public",
        "search_path = app, public",
        "search_path = ''",
        "quote_all_identifiers = on",
        "DateStyle = 'SQL, DMY'",
        "IntervalStyle = 'sql_standard'",
        "bytea_output = 'escape'",
        "standard_conforming_strings = off",
    ] {
        client.batch_execute(&format!("SET {setting}")).unwrap();
        assert_eq!(at_start(&mut client, &manifest), Vec::<String>::new(), "{setting}");
    }
    // And what is wrong is found under each of them.
    let wrong = Manifest {
        schema: Some("app".into()),
        columns: [("a", "'seen'"), ("b", "nextval('other')"), ("c", "app.no()"), ("h", "'x'"), ("j", "1")]
            .iter()
            .map(promise)
            .collect(),
        ..manifest.clone()
    };
    let found = at_start(&mut client, &wrong);
    assert_eq!(found.len(), 5, "{found:?}");
    client.batch_execute("RESET ALL").unwrap();
    let found = at_start(&mut client, &wrong);
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(at_build(&mut client, &wrong).len(), 5);
}

fn expected(column: &str) -> Expected {
    Expected {
        column: column.into(),
        field: column.into(),
        rust_type: "T".into(),
        line: 1,
        ..Expected::default()
    }
}

fn manifest(relation: &str) -> Manifest {
    Manifest {
        package: "app".into(),
        path: "app::Model".into(),
        file: "src/lib.rs".into(),
        line: 1,
        kinds: vec![Kind::Read],
        relation: relation.into(),
        // No build saw the columns of these models, and that is not what the tests are about.
        overrides: vec![Override { code: Code::Unjudged, level: Level::Allow, reason: "a test".into() }],
        ..Manifest::default()
    }
}

fn snapshot(client: &mut Client) -> Catalog {
    introspect::read(client, &Scope::default()).unwrap().1
}

/// The letters of a build whose snapshot is taken now.
fn at_build(client: &mut Client, manifest: &Manifest) -> Vec<String> {
    compare(manifest, &snapshot(client), Moment::Build).iter().map(|finding| finding.headline()).collect()
}

/// The letters of a start.
fn at_start(client: &mut Client, manifest: &Manifest) -> Vec<String> {
    let guard = Guard::from_records(&record::to_bytes(manifest));
    let findings = match guard.verify(client) {
        Ok(verified) => verified.findings().to_vec(),
        Err(report) => report.findings().to_vec(),
    };
    findings.iter().map(|finding| finding.headline()).collect()
}

fn empty() -> (Client, Database<'static>) {
    let database = Server::shared().unwrap().create_database().unwrap();
    (database.connect().unwrap(), database)
}

/// Whether the server takes the statement: in a transaction that is rolled back.
fn accepts(client: &mut Client, statement: &str) -> bool {
    let mut transaction = client.transaction().unwrap();
    let accepted = transaction.batch_execute(statement);
    transaction.rollback().unwrap();
    if let Err(error) = &accepted {
        let code = error.code().map(|code| code.code().to_owned()).unwrap_or_default();
        assert!(matches!(code.as_str(), "42P10" | "55000"), "{statement}: {error:?}");
    }
    accepted.is_ok()
}

/// Each way to make a unique index, and the two that the promise means: the server is the judge of the judge.
#[test]
fn a_promise_of_uniqueness_is_what_on_conflict_accepts() {
    let (mut client, _database) = empty();
    let variants = [
        "",
        "CREATE UNIQUE INDEX n ON t (a, b)",
        "CREATE UNIQUE INDEX n ON t (b, a)",
        "CREATE UNIQUE INDEX n ON t (b DESC NULLS FIRST, a)",
        "CREATE UNIQUE INDEX n ON t (a, b) INCLUDE (c)",
        "CREATE UNIQUE INDEX n ON t (a) INCLUDE (b)",
        "CREATE UNIQUE INDEX n ON t (a)",
        "CREATE UNIQUE INDEX n ON t (a, b, c)",
        "CREATE UNIQUE INDEX n ON t (a, b, a)",
        "CREATE UNIQUE INDEX n ON t (a, b, (c + 1))",
        "CREATE UNIQUE INDEX n ON t (a, (b + 0))",
        "CREATE INDEX n ON t (a, b)",
        "CREATE UNIQUE INDEX n ON t (a, b) WHERE c IS NULL",
        "CREATE UNIQUE INDEX n ON t (a, b) WHERE ((c) IS NULL)",
        "CREATE UNIQUE INDEX n ON t (a, b) WHERE c > 0",
        "CREATE UNIQUE INDEX n ON t (a, b) WHERE c > 0; CREATE UNIQUE INDEX m ON t (a, b) WHERE c IS NULL",
        "CREATE UNIQUE INDEX n ON t (a, b); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'n'::regclass",
        "CREATE UNIQUE INDEX n ON t (a, b); CREATE UNIQUE INDEX m ON t (a, b); \
         UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'n'::regclass",
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b)",
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b) DEFERRABLE",
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b) DEFERRABLE; CREATE UNIQUE INDEX m ON t (a, b)",
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b, c) DEFERRABLE; CREATE UNIQUE INDEX m ON t (a, b)",
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b) DEFERRABLE; \
         UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'n'::regclass; CREATE UNIQUE INDEX m ON t (a, b)",
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b) DEFERRABLE; CREATE UNIQUE INDEX m ON t (a, b) WHERE c IS NULL",
        "ALTER TABLE t ADD PRIMARY KEY (b, a)",
        "ALTER TABLE t ADD PRIMARY KEY (a)",
        "ALTER TABLE t ADD EXCLUDE (a WITH =, b WITH =)",
        "DROP TABLE t; CREATE TABLE t (a int, b int, c int) PARTITION BY LIST (a); \
         CREATE TABLE p PARTITION OF t DEFAULT; CREATE UNIQUE INDEX n ON t (a, b)",
        "DROP TABLE t; CREATE TABLE t (a int, b int, c int) PARTITION BY LIST (a); \
         CREATE TABLE p PARTITION OF t DEFAULT; CREATE UNIQUE INDEX n ON ONLY t (a, b)",
        "DROP TABLE t; CREATE TABLE t (a int, b int, c int) PARTITION BY LIST (a); \
         CREATE TABLE p PARTITION OF t DEFAULT; CREATE UNIQUE INDEX n ON p (a, b)",
        "CREATE TABLE child () INHERITS (t); CREATE UNIQUE INDEX n ON child (a, b)",
    ];
    let (mut accepted, mut refused) = (0, 0);
    for variant in variants {
        client.batch_execute("DROP TABLE IF EXISTS t CASCADE; CREATE TABLE t (a int, b int, c int)").unwrap();
        client.batch_execute(variant).unwrap();
        for predicate in [None, Some("c IS NULL")] {
            let columns = vec!["a".to_owned(), "b".to_owned()];
            let promise = Promise::Unique { columns, predicate: predicate.map(str::to_owned) };
            let manifest = Manifest { promises: vec![promise], ..manifest("t") };
            let target = predicate.map(|text| format!(" WHERE {text}")).unwrap_or_default();
            let insert = format!("INSERT INTO t VALUES (1, 1, 1) ON CONFLICT (a, b){target} DO NOTHING");
            let truth = accepts(&mut client, &insert);
            *(if truth { &mut accepted } else { &mut refused }) += 1;
            let build = at_build(&mut client, &manifest);
            assert_eq!(build.is_empty(), truth, "{variant}: {insert}: {build:?}");
            let start = at_start(&mut client, &manifest);
            // At the start a predicate that is not understood is known to be there, and no more.
            let is_unknown =
                predicate.is_some() && variant == "CREATE UNIQUE INDEX n ON t (a, b) WHERE c > 0";
            assert_eq!(start.is_empty(), truth || is_unknown, "{variant}: {insert}: {start:?}");
        }
    }
    assert!(accepted >= 20 && refused >= 20, "{accepted} accepted, {refused} refused");
}

/// Predicates as people write them, against what the server deparses.
#[test]
fn a_predicate_is_recognised_in_the_servers_words() {
    let (mut client, _database) = empty();
    // The last says whether a condition is understood at the start too, where nothing is deparsed.
    for (written, other, at_start_too) in [
        ("deleted_at is null", "deleted_at is not null", true),
        ("status = 'active'", "status = 'Active'", true),
        ("status in ('active', 'new')", "status in ('active', 'old')", true),
        ("status='active' AND deleted_at IS NULL", "status='active' AND deleted_at IS NOT NULL", true),
        ("NOT done", "done", true),
        ("done", "NOT done", true),
        ("n = 2 and \"Kind\" is not null", "n = 3 and \"Kind\" is not null", true),
        ("n > -1", "n > -2", false),
        ("(n > 0) and (not done or n = 2)", "(n > 0) or (not done and n = 2)", false),
        ("\"Kind\" <> 'x'", "\"Kind\" <> 'X'", true),
        ("lower(status) = 'active'", "upper(status) = 'active'", false),
    ] {
        client
            .batch_execute(&format!(
                "DROP TABLE IF EXISTS t; CREATE TABLE t (a int, status varchar(20), \"Kind\" text, n int, done bool, \
                 deleted_at timestamptz); CREATE UNIQUE INDEX ON t (a) WHERE {written}"
            ))
            .unwrap();
        for (predicate, fits) in [(written, true), (other, false)] {
            let promise = Promise::Unique { columns: vec!["a".into()], predicate: Some(predicate.into()) };
            let manifest = Manifest { promises: vec![promise], ..manifest("t") };
            let insert = format!("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) WHERE {predicate} DO NOTHING");
            assert_eq!(accepts(&mut client, &insert), fits, "{insert}");
            let found = at_build(&mut client, &manifest);
            assert_eq!(found.is_empty(), fits, "{predicate}: {found:?}");
            let found = at_start(&mut client, &manifest);
            assert_eq!(found.is_empty(), fits || !at_start_too, "{predicate} at the start: {found:?}");
        }
    }
}

/// A partial index serves whatever statement implies its predicate: the server proves it, and so do we, or say less.
#[test]
fn a_predicate_may_follow_from_the_promised_one() {
    let (mut client, _database) = empty();
    let conditions = [
        "status = 'new'",
        "status <> 'old'",
        "status NOT IN ('old', 'gone')",
        "status IN ('new', 'sent')",
        "status IS NOT NULL",
        "kind = 'a'",
        "kind IN ('a', 'b')",
        "kind IS NULL",
        "kind IS NOT NULL",
        "n = 1",
        "n IN (1, 2)",
        "big = 1",
        "big IN (1, 2)",
        "big IS NOT NULL",
        "done",
        "NOT done",
        "done IS NOT NULL",
        "status = 'new' AND kind IS NULL",
        "status = 'new' AND done AND n = 1",
        "status = 'new' OR kind IS NULL",
        "(status = 'new' AND done) OR (kind = 'a' AND done)",
    ];
    let mut followed = 0;
    for there in conditions {
        client
            .batch_execute(&format!(
                "DROP TABLE IF EXISTS t; CREATE TABLE t (a int, status varchar(20), kind text, n int, big bigint, \
                 done bool); CREATE UNIQUE INDEX ON t (a) WHERE {there}"
            ))
            .unwrap();
        for promised in conditions {
            let promise = Promise::Unique { columns: vec!["a".into()], predicate: Some(promised.into()) };
            let manifest = Manifest { promises: vec![promise], ..manifest("t") };
            let insert = format!("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) WHERE {promised} DO NOTHING");
            let accepted = accepts(&mut client, &insert);
            // That two values differ is for their type to say, which is not known here.
            let by_values = there.contains("'old'") && promised.contains("'new'");
            for found in [at_build(&mut client, &manifest), at_start(&mut client, &manifest)] {
                let served = found.is_empty() || accepted && by_values;
                assert_eq!(served, accepted, "{promised} for an index where {there}: {found:?}");
            }
            followed += usize::from(accepted && promised != there);
        }
    }
    assert!(followed >= 20, "{followed} followed");
}

/// Every spelling of a type, in the server's own words.
#[test]
fn a_type_means_what_the_server_takes_it_for() {
    let (mut client, _database) = empty();
    client
        .batch_execute(
            "CREATE SCHEMA app; CREATE TYPE app.\"Mood\" AS ENUM ('x'); CREATE TYPE mood AS ENUM ('x');
             CREATE DOMAIN email AS text; CREATE DOMAIN app.code AS varchar(3)",
        )
        .unwrap();
    let types = "bool|boolean|int|int2|int4|int8|integer|smallint|bigint|real|float4|float8|float|float(1)|float(24)|\
        float(25)|float(53)|double precision|DOUBLE  PRECISION|decimal|decimal(5)|dec|dec(5,1)|numeric|numeric(10)|\
        numeric(10,2)|numeric(1000, 0)|varchar|varchar(20)|VARCHAR (20)|character varying|character varying(20)|char|\
        char(3)|character|character(3)|char varying(4)|nchar|nchar(4)|nchar varying(4)|national character(5)|\
        national character varying(5)|national char(5)|national char varying(6)|bpchar|bpchar(4)|\"char\"|\"bpchar\"|\
        \"varchar\"|\"varchar\"(7)|\"bit\"|\"bit\"(3)|\"numeric\"(4,2)|\"int4\"|\"timestamp\"(3)|\"interval\"|\
        text|TEXT|name|bytea|uuid|json|jsonb|xml|money|oid|inet|cidr|macaddr|macaddr8|point|box|circle|\
        tsvector|tsquery|int4range|tstzrange|regclass|bit|bit(5)|bit varying|bit varying(5)|varbit|varbit(5)|date|time|\
        time(3)|time without time zone|time(3) without time zone|time with time zone|time(3) with time zone|timetz|\
        timetz(0)|timestamp|timestamp(3)|timestamp without time zone|timestamp(3) without time zone|\
        timestamp with time zone|timestamp(6) with time zone|timestamp(9)|timestamptz|timestamptz(3)|interval|\
        interval(3)|interval year|interval month|interval day|interval hour|interval minute|interval second|\
        interval second(3)|interval year to month|interval day to hour|interval day to minute|interval day to second|\
        interval day to second(3)|interval hour to minute|interval hour to second|interval hour to second(0)|\
        interval minute to second|interval minute to second(6)|text[]|text[3]|text[][]|text[3][4]|text array|\
        text ARRAY[4]|varchar(20)[]|numeric(10,2)[]|timestamptz(3)[]|\"char\"[]|pg_catalog.int4|pg_catalog.varchar(9)|\
        pg_catalog.\"char\"|pg_catalog.bpchar|pg_catalog.bpchar(9)|pg_catalog.bit|pg_catalog.bit(4)|pg_catalog.varbit(4)|\
        pg_catalog.numeric(4,1)|pg_catalog.timestamptz|pg_catalog.timestamptz(2)|pg_catalog.time(1)|\
        pg_catalog.interval|pg_catalog.text[]|\"pg_catalog\".\"text\"|app.\"Mood\"|app.\"Mood\"[]|public.mood|\
        PUBLIC.Mood|public.email|app.code|app.code[]|public.email[]";
    let mut judged = 0;
    for text in types.split('|').map(str::trim) {
        client.batch_execute(&format!("DROP TABLE IF EXISTS t; CREATE TABLE t (c {text})")).unwrap();
        let printed = "SELECT set_config('search_path', '', true), format_type(atttypid, atttypmod) \
                       FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attname = 'c'";
        let printed: String = client.query_one(printed, &[]).unwrap().get(1);
        let spelled = pg_type::spelled(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        assert_eq!(spelled.to_string(), printed, "{text}");
        // And the catalog that is read back says the same.
        let catalog = snapshot(&mut client);
        let ty = &catalog.relation(Some("public"), "t").unwrap().columns[0].ty;
        assert!(spelled.is(ty), "{text} is not {ty:?}");
        judged += 1;
    }
    assert!(judged > 140, "{judged}");
    // Names without schema, which `format_type` shows with one.
    for (text, fits) in
        [("mood", true), ("MOOD", true), ("\"Mood\"", false), ("email", false), ("mood[]", false)]
    {
        client.batch_execute("DROP TABLE IF EXISTS t; CREATE TABLE t (c mood)").unwrap();
        let catalog = snapshot(&mut client);
        let ty = &catalog.relation(Some("public"), "t").unwrap().columns[0].ty;
        assert_eq!(pg_type::spelled(text).unwrap().is(ty), fits, "{text}");
    }
    // A serial is its base.
    for (text, base) in [
        ("serial", "integer"),
        ("serial4", "integer"),
        ("bigserial", "bigint"),
        ("serial8", "bigint"),
        ("smallserial", "smallint"),
        ("serial2", "smallint"),
    ] {
        assert_eq!(pg_type::spelled(text).unwrap().to_string(), base);
    }
    // There the number would be a mask of units.
    client.batch_execute("DROP TABLE IF EXISTS t; CREATE TABLE t (c pg_catalog.interval(2))").unwrap();
    assert_eq!(
        snapshot(&mut client).relation(None, "t").unwrap().columns[0].ty.to_string(),
        "interval month"
    );
    assert!(pg_type::spelled("pg_catalog.interval(2)").is_err());
    // What the server refuses as a type is refused here.
    for text in [
        "varchar(",
        "varchar(0)",
        "varchar(-1)",
        "varchar(10485761)",
        "varchar 20",
        "double",
        "float(0)",
        "float(54)",
        "numeric(0)",
        "numeric(1001)",
        "interval year to second",
        "interval second to day",
        "interval day(3)",
        "text[",
        "national text",
        "",
        "bit(0)",
        "timestamp with zone",
    ] {
        let table = format!("CREATE TABLE refused (c {text}, d int)");
        let refused = client.batch_execute(&table).is_err() || text.is_empty();
        assert!(refused, "the server takes {text}");
        assert!(pg_type::spelled(text).is_err(), "{text}");
    }
}

/// What PostgreSQL 18 brought: constraints that are not enforced, and keys over periods.
#[test]
fn a_key_that_is_not_enforced_or_over_periods_keeps_no_promise() {
    let (mut client, _database) = empty();
    let is_new = Server::shared().unwrap().version_num() >= 180_000;
    let (not_enforced, period) = match is_new {
        true => ("NOT ENFORCED", "UNIQUE (r, p WITHOUT OVERLAPS)"),
        false => ("", "EXCLUDE USING gist (r WITH =, p WITH &&)"),
    };
    client
        .batch_execute(&format!(
            "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (u int REFERENCES u {not_enforced}, \
             r int4range, p daterange, {period})"
        ))
        .unwrap();
    let references = Reference { schema: None, relation: "u".into(), column: "id".into(), on_delete: None };
    let promises = ColumnPromises { references: Some(references), ..ColumnPromises::default() };
    let referring = Manifest { columns: vec![Expected { promises, ..expected("u") }], ..manifest("t") };
    let promise = Promise::Unique { columns: vec!["r".into(), "p".into()], predicate: None };
    let unique = Manifest { promises: vec![promise], ..manifest("t") };
    let insert =
        "INSERT INTO t (r, p) VALUES ('[1,2)', '[2020-01-01,2020-01-02)') ON CONFLICT (r, p) DO NOTHING";
    assert!(!accepts(&mut client, insert));
    for judged in [at_build, at_start] {
        assert_eq!(judged(&mut client, &referring).is_empty(), !is_new);
        assert_eq!(judged(&mut client, &unique).len(), 1);
    }
}

/// What is promised of partitioned tables, views and foreign keys over several columns.
#[test]
fn relations_of_every_kind_are_judged() {
    let (mut client, _database) = empty();
    client
        .batch_execute(
            "CREATE TABLE u (id int PRIMARY KEY, tenant int, UNIQUE (tenant, id));
             CREATE TABLE parted (id int, tenant int, u int REFERENCES u, PRIMARY KEY (tenant, id))
                 PARTITION BY LIST (tenant);
             CREATE TABLE part PARTITION OF parted DEFAULT;
             CREATE TABLE pointing (id int, tenant int, FOREIGN KEY (tenant, id) REFERENCES parted);
             CREATE VIEW v AS SELECT * FROM u;
             CREATE MATERIALIZED VIEW m AS SELECT * FROM u; CREATE UNIQUE INDEX ON m (id)",
        )
        .unwrap();
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let relying = |relation: &str, promise| Manifest { promises: vec![promise], ..manifest(relation) };
    let unique = |columns: &[&str]| Promise::Unique { columns: names(columns), predicate: None };
    let both = |client: &mut Client, manifest: &Manifest, fits: bool| {
        for found in [at_build(client, manifest), at_start(client, manifest)] {
            assert_eq!(found.is_empty(), fits, "{manifest:?}: {found:?}");
        }
    };
    both(&mut client, &relying("parted", Promise::PrimaryKey(names(&["id", "tenant"]))), true);
    both(&mut client, &relying("parted", unique(&["id", "tenant"])), true);
    both(&mut client, &relying("parted", Promise::Index(names(&["tenant"]))), true);
    both(&mut client, &relying("parted", Promise::Index(names(&["id"]))), false);
    both(&mut client, &relying("m", unique(&["id"])), true);
    both(&mut client, &relying("m", unique(&["tenant"])), false);
    both(&mut client, &relying("v", unique(&["id"])), false);
    both(&mut client, &relying("v", Promise::PrimaryKey(names(&["id"]))), false);
    let referring = |relation: &str, column: &str, to: &str, target: &str| {
        let references =
            Reference { schema: None, relation: to.into(), column: target.into(), on_delete: None };
        let promises = ColumnPromises { references: Some(references), ..ColumnPromises::default() };
        Manifest { columns: vec![Expected { promises, ..expected(column) }], ..manifest(relation) }
    };
    both(&mut client, &referring("parted", "u", "u", "id"), true);
    // No snapshot holds a partition by itself.
    assert_eq!(at_start(&mut client, &referring("part", "u", "u", "id")), Vec::<String>::new());
    both(&mut client, &referring("pointing", "id", "parted", "id"), false);
    both(&mut client, &referring("parted", "u", "u", "tenant"), false);
    // At the start the other schema must be on the live search path.
    client.batch_execute("CREATE SCHEMA app; ALTER TABLE u SET SCHEMA app").unwrap();
    both(&mut client, &referring("parted", "u", "u", "id"), false);
    client.batch_execute("SET search_path = public, app").unwrap();
    both(&mut client, &referring("parted", "u", "u", "id"), true);
}

/// Not even a table that a migration holds, with all that could be deparsed.
#[test]
fn promises_are_judged_under_access_exclusive() {
    let (mut client, database) = empty();
    client
        .batch_execute(
            "CREATE TABLE u (id int PRIMARY KEY);
             CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';
             CREATE TABLE t (id int PRIMARY KEY, u int REFERENCES u, a int DEFAULT 1,
                 g int GENERATED ALWAYS AS (f(id) + 1) STORED, s text DEFAULT 'x', CHECK (a > 0));
             CREATE UNIQUE INDEX part ON t (a) WHERE s = 'x'; CREATE INDEX expr ON t ((a + 1), f(u))",
        )
        .unwrap();
    let promised = |column: &str, promises| Expected { promises, ..expected(column) };
    let default = |text: &str| ColumnPromises {
        default: Some(DefaultPromise::Is(text.into())),
        ..ColumnPromises::default()
    };
    let references = Reference { schema: None, relation: "u".into(), column: "id".into(), on_delete: None };
    let mut manifest = Manifest {
        promises: vec![
            Promise::PrimaryKey(vec!["id".into()]),
            Promise::Unique { columns: vec!["a".into()], predicate: Some("s = 'x'".into()) },
        ],
        columns: vec![
            promised("u", ColumnPromises { references: Some(references), ..ColumnPromises::default() }),
            promised("a", default("1")),
            promised("s", default("'x'")),
        ],
        exact: None,
        ..manifest("t")
    };
    let mut other = database.connect().unwrap();
    let mut migration = other.transaction().unwrap();
    migration.batch_execute("LOCK TABLE t, u IN ACCESS EXCLUSIVE MODE").unwrap();
    // If anything waited, this would end it, and be a finding of its own.
    client.batch_execute("SET lock_timeout = '1s'").unwrap();
    assert_eq!(at_start(&mut client, &manifest), Vec::<String>::new());
    // A promise that is broken is found all the same; a generated column's expression is left alone.
    manifest.columns.push(promised("g", default("2")));
    manifest.promises.push(Promise::Index(vec!["s".into()]));
    assert_eq!(
        at_start(&mut client, &manifest),
        [
            "error[missing-default]: column `public.t.g` is `GENERATED ALWAYS`, but `app::Model` relies on `2`",
            "warning[missing-index]: cannot find an index on `s` in table `public.t`",
        ]
    );
    drop(migration);
}

/// Whatever stands first in the search path: every name and operator of the request is qualified.
#[test]
fn promises_are_judged_under_a_hostile_search_path() {
    let (mut client, _database) = connect("CREATE SCHEMA evil");
    for ty in ["name", "oid", "\"char\"", "int2", "int4", "int8", "text", "bool"] {
        client
            .batch_execute(&format!(
                "CREATE FUNCTION evil.never({ty}, {ty}) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT false';
                 CREATE OPERATOR evil.= (LEFTARG = {ty}, RIGHTARG = {ty}, FUNCTION = evil.never);
                 CREATE OPERATOR evil.<= (LEFTARG = {ty}, RIGHTARG = {ty}, FUNCTION = evil.never)"
            ))
            .unwrap();
    }
    client
        .batch_execute(
            "CREATE FUNCTION evil.pg_get_expr(pg_node_tree, oid) RETURNS text LANGUAGE sql AS 'SELECT ''1''';
             CREATE FUNCTION evil.to_jsonb(anyelement) RETURNS jsonb LANGUAGE sql AS 'SELECT ''{}''::jsonb';
             CREATE FUNCTION evil.minus(int4, int4) RETURNS int4 LANGUAGE sql AS 'SELECT 0';
             CREATE OPERATOR evil.- (LEFTARG = int4, RIGHTARG = int4, FUNCTION = evil.minus);
             CREATE TABLE evil.pg_index (x int); CREATE TABLE evil.pg_constraint (x int);
             SET search_path = evil, public, pg_catalog",
        )
        .unwrap();
    assert_eq!(Guard::new().only::<Letter>().verify(&mut client).unwrap().findings(), []);
    client.batch_execute("ALTER TABLE public.letters DROP CONSTRAINT letters_client").unwrap();
    let report = Guard::new().only::<Letter>().verify(&mut client).unwrap_err();
    assert_eq!(report.findings().len(), 1, "{report}");
}

/// `exact` with columns that were dropped: their numbers are gaps.
#[test]
fn the_order_is_that_of_the_columns_that_are_left() {
    let (mut client, _database) = empty();
    client.batch_execute("CREATE TABLE t (gone int, a int, b int); ALTER TABLE t DROP gone").unwrap();
    let of = |exact, columns: &[&str]| Manifest {
        exact: Some(exact),
        columns: columns.iter().map(|column| expected(column)).collect(),
        ..manifest("t")
    };
    let nothing = Vec::<String>::new();
    for judged in [at_build, at_start] {
        assert_eq!(judged(&mut client, &of(Exact::Order, &["a", "b"])), nothing);
        assert_eq!(judged(&mut client, &of(Exact::Columns, &["b", "a"])), nothing);
        assert_eq!(judged(&mut client, &of(Exact::Order, &["b", "a"])).len(), 1);
        assert_eq!(judged(&mut client, &of(Exact::Columns, &["a"])).len(), 1);
    }
    assert_eq!(snapshot(&mut client).relation(None, "t").unwrap().kind, RelKind::Table);
}

/// The defaults of domains, and what a column says over them.
#[test]
fn a_domains_default_counts() {
    let (mut client, _database) = empty();
    client
        .batch_execute(
            "CREATE DOMAIN status AS text DEFAULT 'sent'; CREATE DOMAIN inner_status AS status;
             CREATE DOMAIN plain AS text; CREATE DOMAIN dropped AS status; ALTER DOMAIN dropped DROP DEFAULT;
             CREATE TABLE t (a status, b inner_status, c plain, d dropped, e status DEFAULT 'x', f status[])",
        )
        .unwrap();
    for (column, written, truth) in [
        ("a", "'sent'", Some("sent")),
        ("b", "'sent'", Some("sent")),
        ("c", "'sent'", None),
        ("d", "'sent'", None),
        ("e", "'x'", Some("x")),
        ("f", "'sent'", None),
    ] {
        let inserted = format!("INSERT INTO t DEFAULT VALUES RETURNING {column}::text");
        let inserted: Option<String> = client.query_one(&inserted, &[]).unwrap().get(0);
        assert_eq!(inserted.as_deref(), truth, "{column}");
        for promise in [DefaultPromise::Any, DefaultPromise::Is(written.into())] {
            let promises = ColumnPromises { default: Some(promise), ..ColumnPromises::default() };
            let manifest =
                Manifest { columns: vec![Expected { promises, ..expected(column) }], ..manifest("t") };
            for found in [at_build(&mut client, &manifest), at_start(&mut client, &manifest)] {
                assert_eq!(found.is_empty(), truth.is_some(), "{column}: {found:?}");
            }
        }
    }
}
