//! Whatever others plant on the search path, no request of ours runs it: not before `pg_catalog`, and not behind it, where
//! an exact match of the arguments' types would be taken.
//!
//! Everything that is planted says so when it runs: in a table, and in the server's log, which no read-only transaction and
//! no rollback takes back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use postgres::Client;
use schemacheck::{Code, Finding, Guard};
use schemacheck_core::Manifest;
use schemacheck_core::ledger::LedgerColumns;
use schemacheck_runtime::introspect::snapshot::{self, Scope};
use schemacheck_runtime::introspect::{guard as introspect, session};
use schemacheck_scratch::Database;

use crate::support::{database, guard, plain};

/// What a planted object runs.
const SAYS: &str = "CREATE SCHEMA evil; CREATE TABLE evil.ran (what text);
    CREATE FUNCTION evil.says(what text) RETURNS bool LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $body$
    BEGIN
        RAISE LOG 'planted: % in %', what, current_database();
        INSERT INTO evil.ran VALUES (what);
        RETURN true;
    EXCEPTION WHEN read_only_sql_transaction THEN RETURN true;
    END $body$;
    GRANT USAGE ON SCHEMA evil TO PUBLIC; GRANT INSERT ON evil.ran TO PUBLIC";

/// A copy of every function and operator of `pg_catalog` that one can have, by name and arguments, of every relation and
/// of every type.
const EVERYTHING: &str = "DO $do$
    DECLARE it record; made text;
    BEGIN
        FOR it IN
            SELECT p.oid, p.proname, p.proretset, pg_get_function_identity_arguments(p.oid) AS arguments,
                   format_type(p.prorettype, NULL) AS result
            FROM pg_proc p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind IN ('f', 'w', 'a')
        LOOP
            BEGIN
                EXECUTE format(
                    'CREATE FUNCTION evil.%I(%s) RETURNS %s %s LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS %L',
                    it.proname, replace(replace(replace(
                        it.arguments, 'ORDER BY ', ', '), 'VARIADIC \"any\"', 'VARIADIC anycompatiblearray'
                    ), '\"any\"', 'anycompatible'), CASE WHEN it.proretset THEN 'SETOF' ELSE '' END,
                    it.result,
                    format('BEGIN PERFORM evil.says(%L); RETURN%s; END', it.oid::regprocedure::text,
                           CASE WHEN it.proretset OR it.result = 'void' THEN '' ELSE ' NULL' END)
                );
            EXCEPTION WHEN OTHERS THEN NULL; -- of internal types, or of any type
            END;
        END LOOP;
        FOR it IN
            SELECT o.oid, o.oprname, format_type(o.oprleft, NULL) AS l, format_type(o.oprright, NULL) AS r,
                   o.oprleft, format_type(o.oprresult, NULL) AS result
            FROM pg_operator o
            WHERE o.oprnamespace = 'pg_catalog'::regnamespace
        LOOP
            made := 'operator_' || it.oid;
            BEGIN
                EXECUTE format(
                    'CREATE FUNCTION evil.%I(%s %s) RETURNS %s LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS %L',
                    made, CASE WHEN it.oprleft <> 0 THEN it.l || ',' ELSE '' END, it.r, it.result,
                    format('BEGIN PERFORM evil.says(%L); RETURN NULL; END', it.oid::regoperator::text)
                );
                EXECUTE format(
                    'CREATE OPERATOR evil.%s (%s RIGHTARG = %s, FUNCTION = evil.%I)',
                    it.oprname, CASE WHEN it.oprleft <> 0 THEN 'LEFTARG = ' || it.l || ',' ELSE '' END, it.r, made
                );
            EXCEPTION WHEN OTHERS THEN NULL;
            END;
        END LOOP;
        FOR it IN
            SELECT t.typname FROM pg_type t
            WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b' AND t.typelem = 0 AND t.typrelid = 0
        LOOP
            BEGIN
                EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.%1$I CHECK (evil.says(%L))', it.typname, 'type ' || it.typname);
            EXCEPTION WHEN OTHERS THEN NULL;
            END;
        END LOOP;
        FOR it IN
            SELECT c.relname, string_agg(format('x.%I', a.attname), ', ') AS columns
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.atttypid <> ALL ('{anyarray,pg_statistic[]}'::regtype[])
            WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
            GROUP BY c.relname
        LOOP
            EXECUTE format(
                'CREATE VIEW evil.%I AS SELECT %s FROM pg_catalog.%1$I x WHERE evil.says(%3$L)', it.relname, it.columns,
                'relation ' || it.relname
            );
            EXECUTE format('GRANT SELECT ON evil.%I TO PUBLIC', it.relname);
        END LOOP;
    END $do$";

/// The words of all our requests: what they may name is among them.
fn words() -> BTreeSet<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemacheck-runtime/src");
    let mut texts = vec![fs::read_to_string(directory.join("driver.rs")).unwrap()];
    for folder in ["sql", "introspect", "introspect/guard", "introspect/snapshot"] {
        for entry in fs::read_dir(directory.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    texts.push(fs::read_to_string(directory.join("ledger.rs")).unwrap());
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    texts.iter().flat_map(|text| text.split(|c| !is_word(c))).map(str::to_owned).collect()
}

/// In `public`, behind `pg_catalog`: for each function that our requests may name one of exactly these types, for each pair
/// of the types that catalogs are made of; and the operators that they have, likewise.
fn exact_matches() -> String {
    let words: Vec<String> = words().into_iter().map(|word| format!("'{word}'")).collect();
    format!(
        "SET search_path = pg_catalog;
        DO $do$
        DECLARE it record; types text[] := '{{name,text,oid,\"\\\"char\\\"\",bool,int2,int4,int8,json,_name,_text,_int2}}'; a text; b text; n int := 0;
        BEGIN
            FOR it IN
                SELECT DISTINCT p.proname AS name FROM pg_proc p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN ({words})
            LOOP
                FOREACH a IN ARRAY types LOOP
                    FOREACH b IN ARRAY types || ''::text LOOP
                        EXECUTE format(
                            'CREATE FUNCTION public.%I(%s) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS %L',
                            it.name, concat_ws(',', a, nullif(b, '')),
                            format('BEGIN PERFORM evil.says(%L); RETURN NULL; END', format('%s(%s,%s)', it.name, a, b))
                        );
                    END LOOP;
                END LOOP;
            END LOOP;
            FOR it IN SELECT DISTINCT o.oprname AS name FROM pg_operator o WHERE o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '~', '!~', '~~', '&', '+', '-', '%', '||') LOOP
                FOREACH a IN ARRAY types LOOP
                    FOREACH b IN ARRAY types LOOP
                        n := n + 1;
                        EXECUTE format(
                            'CREATE FUNCTION public.%I(%s, %s) RETURNS bool LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS %L',
                            'operator_' || n, a, b,
                            format('BEGIN PERFORM evil.says(%L); RETURN true; END', format('%s %s %s', a, it.name, b))
                        );
                        EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.%I)', it.name, a, b, 'operator_' || n);
                    END LOOP;
                END LOOP;
            END LOOP;
        END $do$;
        RESET search_path",
        words = words.join(",")
    )
}

/// Each ledger that is known, with a row.
const LEDGERS: &str = "CREATE SCHEMA led; SET search_path = led;
    CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('a');
    CREATE TABLE atlas_schema_revisions (version text, type int, applied int, total int, error text);
    INSERT INTO atlas_schema_revisions VALUES ('1', 2, 1, 1, '');
    CREATE TABLE __diesel_schema_migrations (version varchar(50), run_on timestamp); INSERT INTO __diesel_schema_migrations VALUES ('1', now());
    CREATE TABLE django_migrations (id int, app text, name text, applied timestamptz); INSERT INTO django_migrations VALUES (1, 'a', 'b', now());
    CREATE TABLE __drizzle_migrations (id int, hash text, created_at bigint); INSERT INTO __drizzle_migrations VALUES (1, 'h', 2);
    CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" text, \"ProductVersion\" text); INSERT INTO \"__EFMigrationsHistory\" VALUES ('1', '2');
    CREATE TABLE flyway_schema_history (installed_rank int, version text, description text, type text, success bool);
    INSERT INTO flyway_schema_history VALUES (1, '1', 'd', 'SQL', true), (2, NULL, 'r', 'SQL', false);
    CREATE TABLE goose_db_version (id int, version_id bigint, is_applied bool); INSERT INTO goose_db_version VALUES (1, 1, true);
    CREATE TABLE knex_migrations (id int, name text, batch int, migration_time timestamptz); INSERT INTO knex_migrations VALUES (1, 'n', 1, now());
    CREATE TABLE databasechangelog (id text, author text, filename text, orderexecuted int, exectype text);
    INSERT INTO databasechangelog VALUES ('1', 'a', 'f', 1, 'EXECUTED'), ('2', 'a', 'f', 2, 'FAILED');
    CREATE TABLE pgmigrations (id int, name text, run_on timestamp); INSERT INTO pgmigrations VALUES (1, 'n', now());
    CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
    INSERT INTO _prisma_migrations VALUES ('m', now(), NULL);
    CREATE TABLE refinery_schema_history (version int, name text, applied_on text, checksum text);
    INSERT INTO refinery_schema_history VALUES (1, 'n', '', '');
    CREATE TABLE schema_migrations (version bigint, dirty bool); INSERT INTO schema_migrations VALUES (1, false);
    CREATE TABLE seaql_migrations (version text, applied_at bigint); INSERT INTO seaql_migrations VALUES ('m', 1);
    CREATE TABLE \"SequelizeMeta\" (name text); INSERT INTO \"SequelizeMeta\" VALUES ('n');
    CREATE TABLE _sqlx_migrations (version bigint, description text, success bool, checksum bytea);
    INSERT INTO _sqlx_migrations VALUES (1, 'd', true, '');
    CREATE TABLE migrations (id int, timestamp bigint, name text); INSERT INTO migrations VALUES (1, 2, 'n');
    CREATE SCHEMA led2; CREATE TABLE led2.schema_migrations (version text); INSERT INTO led2.schema_migrations VALUES ('1');
    GRANT USAGE ON SCHEMA led, led2 TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA led, led2 TO PUBLIC; RESET search_path";

/// What was planted in a database, and how much of the server's log has been read.
struct Planted<'a> {
    database: &'a Database<'a>,
    read: usize,
}

impl Planted<'_> {
    /// What ran since it was asked for last.
    fn ran(&mut self) -> BTreeSet<String> {
        // On a path that leads to nothing of theirs.
        let mut config = self.database.config();
        let mut client = config.options("-c search_path=pg_catalog").connect(postgres::NoTls).unwrap();
        let rows = client.query("DELETE FROM evil.ran RETURNING what", &[]).unwrap();
        let mut ran: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let log = fs::read(self.database.server().log()).unwrap();
        let new = String::from_utf8_lossy(&log[self.read..]).into_owned();
        self.read = log.len();
        let place = format!(" in {}", self.database.name());
        let said = new.lines().filter_map(|line| line.split_once("planted: ")?.1.strip_suffix(&place));
        ran.extend(said.map(str::to_owned));
        ran
    }
}

/// Everything that asks a server, over a connection with that path.
fn ask_everything(client: &mut Client) {
    fn readable(findings: &[Finding]) {
        assert!(findings.iter().all(|finding| finding.code != Code::Unreadable), "{findings:#?}");
    }
    let of = |module: &'static str| move || Guard::new().only_in(module);
    let guards: [Box<dyn Fn() -> Guard>; 4] =
        [Box::new(guard), Box::new(plain), Box::new(of("crate::promises")), Box::new(of("crate::labels"))];
    for guard in guards {
        match guard().verify(&mut *client) {
            Ok(verified) => readable(verified.findings()),
            Err(report) => readable(report.findings()),
        }
        let readiness = guard().readiness();
        for _ in 0..2 {
            if let Err(report) = readiness.recheck(&mut *client) {
                readable(report.findings());
            }
        }
    }
    for tenant in guard().verify_schemas(&mut *client, ["public", "led", "nowhere"]).unwrap() {
        if let Err(report) = tenant.verdict {
            readable(report.findings());
        }
    }
    // Of nothing that is there: asks for names.
    let absent = Manifest { relation: "userz".into(), ..Manifest::default() };
    let asked: String = client
        .simple_query(&introspect::names_request(&[absent]))
        .unwrap()
        .iter()
        .find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .unwrap();
    assert!(asked.contains("users"), "{asked}");
    for scope in [
        Scope::default(),
        Scope {
            schemas: Some(vec!["public".into(), "led".into()]),
            include: vec![schemacheck_core::QualifiedName::new("led2", "schema_migrations")],
            ..Scope::default()
        },
        Scope {
            ledger: Some((
                schemacheck_core::QualifiedName::new("led", "_sqlx_migrations"),
                LedgerColumns { version: "version".into(), order: Some("description".into()) },
            )),
            ..Scope::default()
        },
    ] {
        let (_, catalog) = snapshot::read(client, &scope).unwrap();
        assert!(catalog.relations.keys().any(|name| name.name == "users"), "{:?}", catalog.relations.keys());
    }
    assert!(!session::session(client).unwrap().is_standby);
    assert!(session::schemas(client).unwrap().contains(&"evil".to_owned()));
}

#[test]
fn nothing_that_is_planted_before_the_catalog_runs() {
    let database = database(LEDGERS);
    let mut client = database.connect().unwrap();
    let mut planted = Planted { database: &database, read: 0 };
    client.batch_execute(SAYS).unwrap();
    client.batch_execute(EVERYTHING).unwrap();
    // It stands in front of the server's own, and runs where somebody names it.
    let functions: i64 = client
        .query_one("SELECT count(*) FROM pg_proc WHERE pronamespace = 'evil'::regnamespace", &[])
        .unwrap()
        .get(0);
    assert!(functions > 3000, "{functions} functions");
    let path = "SET search_path = evil, pg_catalog, public, led";
    client.batch_execute(&format!("ALTER DATABASE {} {path}", database.name())).unwrap();
    let mut victim = database.connect().unwrap();
    victim.batch_execute("SELECT 1 = 1, lower('x'), 'x'::text FROM pg_class LIMIT 1").unwrap();
    let named = planted.ran();
    for what in ["=(integer,integer)", "lower(text)", "relation pg_class", "type text"] {
        assert!(named.contains(what), "{what} is not in {named:?}");
    }
    ask_everything(&mut victim);
    assert_eq!(planted.ran(), BTreeSet::new());
    // As somebody who owns nothing.
    client.batch_execute("DROP ROLE IF EXISTS planted_guard; CREATE ROLE planted_guard").unwrap();
    victim.batch_execute("SET ROLE planted_guard").unwrap();
    ask_everything(&mut victim);
    assert_eq!(planted.ran(), BTreeSet::new());
}

/// CVE-2018-1058: what is public, and in a schema that anybody could write into before version 15.
#[test]
fn nothing_that_is_planted_behind_the_catalog_runs() {
    let database = database(LEDGERS);
    let mut client = database.connect().unwrap();
    let mut planted = Planted { database: &database, read: 0 };
    client.batch_execute(SAYS).unwrap();
    client.batch_execute(&exact_matches()).unwrap();
    client.batch_execute("SELECT json_build_array('a'::name, 'b'::name), 'a'::name = 1::oid").unwrap();
    let named = planted.ran();
    for what in ["json_build_array(name,name)", "name = oid"] {
        assert!(named.contains(what), "{what} is not in {named:?}");
    }
    ask_everything(&mut client);
    assert_eq!(planted.ran(), BTreeSet::new());
}
