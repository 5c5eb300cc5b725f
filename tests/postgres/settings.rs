//! A snapshot is the same whatever the role, the database or the connection is set to.

use postgres::{Client, NoTls};
use schemacheck_core::snapshot::to_files;
use schemacheck_runtime::introspect::snapshot::{Scope, read};
use schemacheck_scratch::Server;

/// What is printed as the settings say: constants of each such type, names, and texts with backslashes and quotes.
const SCHEMA: &str = r#"
CREATE TYPE "Mood" AS ENUM ('a''b\c');
CREATE DOMAIN span AS interval DEFAULT '1 day 02:03:04' CHECK (VALUE > '-1 mon'::interval);
CREATE DOMAIN moody AS "Mood" DEFAULT 'a''b\c';
CREATE TABLE printed (
    id serial PRIMARY KEY, at timestamptz DEFAULT '2001-02-03 04:05:06+07', day date DEFAULT '2001-02-03',
    local timestamp DEFAULT '2001-02-03 04:05:06', span interval DEFAULT '1 year 2 mons -3 days 04:05:06',
    bytes bytea DEFAULT '\xdeadbeef', words text DEFAULT 'back\slash ''quote''', price money DEFAULT 1234.5,
    ratio float8 DEFAULT '0.12345678901234567'::float8, small float4 DEFAULT 0.3, mood "Mood" DEFAULT 'a''b\c', lasting span,
    many text[] DEFAULT ARRAY['NULL', NULL, 'x'], form xml DEFAULT '<a/>'::xml,
    g text GENERATED ALWAYS AS (words || 'x\y') STORED, CHECK (at > '1999-12-31 23:59:59+00'), CHECK (words <> 'a\b')
);
CREATE INDEX keyed ON printed ((span + '1 mon'::interval), (words || '\')) WHERE at > '2020-01-01 00:00:00+01';
"#;

/// Each setting that a deparsed text depends on, or could, with values that are not ours.
const SETTINGS: &[(&str, &str)] = &[
    ("TimeZone", "Asia/Tokyo"),
    ("DateStyle", "German, DMY"),
    ("DateStyle", "SQL, DMY"),
    ("IntervalStyle", "iso_8601"),
    ("IntervalStyle", "sql_standard"),
    ("bytea_output", "escape"),
    ("standard_conforming_strings", "off"),
    ("quote_all_identifiers", "on"),
    ("extra_float_digits", "-15"),
    ("xmlbinary", "hex"),
    ("xmloption", "document"),
    ("array_nulls", "off"),
    ("backslash_quote", "off"),
    ("transform_null_equals", "on"),
    ("escape_string_warning", "on"),
    ("search_path", "public, pg_catalog"),
    ("default_transaction_isolation", "serializable"),
    ("default_transaction_read_only", "on"),
    ("default_transaction_deferrable", "on"),
    ("lock_timeout", "1ms"),
    ("jit_above_cost", "0"),
    ("max_parallel_workers_per_gather", "2"),
    ("row_security", "off"),
];

fn texts(client: &mut Client) -> Vec<String> {
    let (_, mut catalog) = read(client, &Scope::default()).unwrap();
    // The path is a fact of its own, and may be what is set.
    catalog.search_path = Vec::new();
    to_files(&catalog).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn no_setting_of_role_database_or_connection_changes_a_snapshot() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut admin = database.connect().unwrap();
    admin.batch_execute(SCHEMA).unwrap();
    let usual = texts(&mut admin);
    let (name, role) = (database.name(), format!("set_{}", database.name()));
    admin
        .batch_execute(&format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA public TO {role}"))
        .unwrap();
    let connect = |options: &str| database.config().user(&role).options(options).connect(NoTls).unwrap();
    for (setting, value) in SETTINGS {
        // The administrator's own connections are of another role, and hear of the database's settings at their start.
        let quoted = match *setting {
            "search_path" => (*value).to_owned(),
            _ => format!("'{value}'"),
        };
        for level in
            [format!("ROLE {role}"), format!("DATABASE {name}"), format!("ROLE {role} IN DATABASE {name}")]
        {
            admin.batch_execute(&format!("ALTER {level} SET {setting} = {quoted}")).unwrap();
            assert_eq!(texts(&mut connect("")), usual, "{setting} = {value} of {level}");
            admin.batch_execute(&format!("ALTER {level} RESET {setting}")).unwrap();
        }
        let options = format!("-c {setting}={}", value.replace(' ', "\\ "));
        assert_eq!(texts(&mut connect(&options)), usual, "{options}");
    }
    drop(database);
    Server::shared()
        .unwrap()
        .create_database()
        .unwrap()
        .connect()
        .unwrap()
        .batch_execute(&format!("DROP ROLE {role}"))
        .unwrap();
}

/// A domain keeps the text of its default as it was printed for whoever made it.
#[test]
fn a_domains_default_does_not_depend_on_who_made_it() {
    let made = |settings: &str| {
        let database = Server::shared().unwrap().create_database().unwrap();
        let mut client = database.connect().unwrap();
        let sql = "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('ok'); CREATE DOMAIN app.d AS app.mood DEFAULT 'ok';
                   CREATE DOMAIN app.at AS timestamptz DEFAULT '2001-02-03 04:05:06+00'";
        client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS x; {settings}; {sql}")).unwrap();
        texts(&mut database.connect().unwrap())
    };
    assert_eq!(made("SET search_path = app"), made("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'"));
}
