//! Plain tables are asked for by a request of their own; its verdicts are those of the full one.

use postgres::Client;
use schemacheck::guard::Readiness;
use schemacheck::{Finding, Guard, Model, Report, Verified};
use schemacheck_runtime::introspect::guard::plain_type_numbers;

use crate::readiness::last_question;
use crate::support::{connect, while_roles_stay};

#[derive(Model)]
#[schemacheck(table = "tickets", read, update)]
#[allow(dead_code, reason = "models are judged, not filled")]
struct Ticket {
    id: i32,
    title: String,
}

fn guard() -> Guard {
    Guard::new().only::<Ticket>()
}

/// The headlines of a verdict.
type Said = Result<Vec<String>, Vec<String>>;

fn said(verdict: Result<Verified, Report>) -> Said {
    let headlines = |findings: &[Finding]| findings.iter().map(Finding::headline).collect();
    verdict.map(|v| headlines(v.findings())).map_err(|report| headlines(report.findings()))
}

/// What the adapter finds, what it finds on looking again, and what the full request does.
fn all(client: &mut Client, before: &Readiness) -> [Said; 3] {
    let adapter = said(guard().verify(&mut *client));
    let again = said(before.recheck(&mut *client));
    let request = guard().request().unwrap();
    let answer: String = client.query_one(request.sql(), &[]).unwrap().get(0);
    [adapter, again, said(request.judge(&answer))]
}

#[test]
fn verdicts_are_those_of_the_full_request() {
    let (mut client, _database) = connect("");
    let version = "SELECT current_setting('server_version_num')::int";
    // From 18 on an heir keeps what it inherits, and a constraint can be NOT VALID.
    let nullable_heir = match client.query_one(version, &[]).unwrap().get::<_, i32>(0) {
        180_000.. => {
            "ALTER TABLE tickets ALTER title DROP NOT NULL, ADD CONSTRAINT later NOT NULL title NOT VALID"
        }
        _ => "CREATE TABLE heir () INHERITS (tickets); ALTER TABLE heir ALTER title DROP NOT NULL",
    };
    let fits = [
        "SELECT 1",
        "ALTER TABLE tickets ADD COLUMN mood coordinator_action_type",
        "ALTER TABLE tickets ALTER title TYPE varchar(50)",
        "CREATE TABLE heir () INHERITS (tickets)",
        "ALTER TABLE tickets ENABLE ROW LEVEL SECURITY",
        "CREATE ROLE plain_reader; GRANT SELECT, UPDATE ON tickets TO plain_reader; SET ROLE plain_reader",
        "CREATE ROLE plain_columns; GRANT SELECT (id, title), UPDATE (title) ON tickets TO plain_columns; SET ROLE plain_columns",
        "CREATE SCHEMA app; SET search_path = app, public",
        "CREATE TEMP TABLE tickets AS SELECT * FROM public.tickets",
    ];
    let unfit = [
        "ALTER TABLE tickets DROP COLUMN title",
        "ALTER TABLE tickets ALTER title TYPE bytea USING ''",
        "ALTER TABLE tickets ALTER id TYPE text",
        "ALTER TABLE tickets RENAME TO ticket",
        "ALTER TABLE tickets ALTER title DROP NOT NULL",
        nullable_heir,
        "ALTER TABLE tickets ALTER title TYPE coordinator_action_type USING 'created'",
        "CREATE DOMAIN word AS text; ALTER TABLE tickets ALTER title TYPE word",
        "CREATE ROLE plain_none; SET ROLE plain_none",
        "CREATE ROLE plain_half; GRANT SELECT ON tickets TO plain_half; SET ROLE plain_half",
        "CREATE ROLE plain_rls; GRANT ALL ON tickets TO plain_rls; ALTER TABLE tickets ENABLE ROW LEVEL SECURITY; SET ROLE plain_rls",
        "SET search_path = ''",
        "CREATE SCHEMA app; CREATE TABLE app.tickets (id int); SET search_path = app, public",
        "ALTER TABLE tickets RENAME TO kept; CREATE VIEW tickets AS SELECT * FROM kept",
        "CREATE SCHEMA app; CREATE SEQUENCE app.tickets; SET search_path = app, public",
        "CREATE SCHEMA app; CREATE TYPE app.tickets AS (id int); SET search_path = app, public",
        "UPDATE alembic_version SET version_num = 'elsewhere'; ALTER TABLE tickets DROP COLUMN title",
    ];
    let mut seen = 0;
    for change in fits.iter().chain(&unfit) {
        let (mut client, _database) = connect("");
        let readiness = guard().readiness();
        assert_eq!(said(readiness.recheck(&mut client)), Ok(vec![]));
        client.batch_execute(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        let [adapter, again, full] = all(&mut client, &readiness);
        assert_eq!(adapter, full, "{change}");
        assert_eq!(again, full, "{change}, looking again");
        seen += usize::from(full != Ok(vec![]));
    }
    assert!(seen >= 13, "only {seen} changes were of any account");
}

#[test]
fn what_a_ledger_lists_is_no_part_of_looking_again() {
    let listed = "INSERT INTO alembic_version VALUES ('ffff00000000')";
    while_roles_stay(|| {
        let (mut client, _database) = connect("");
        let readiness = guard().readiness();
        assert_eq!(said(readiness.recheck(&mut client)), Ok(vec![]));
        client.batch_execute(listed).unwrap();
        let [adapter, again, full] = all(&mut client, &readiness);
        assert_eq!(adapter, full);
        assert_ne!(full, Ok(vec![]));
        (again == Ok(vec![])).then_some(())
    });
}

#[test]
fn while_nothing_changes_the_small_fingerprint_is_all_that_is_asked_for() {
    let (mut client, database) = connect("");
    let mut observer = database.connect().unwrap();
    let pid: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let readiness = guard().readiness();
    let mut asked = |client: &mut Client| {
        assert_eq!(said(readiness.recheck(client)), Ok(vec![]));
        let question = last_question(&mut observer, pid);
        // As much of it as the server keeps.
        let is_fingerprint = question.contains("SELECT (WITH path AS");
        assert!(is_fingerprint || question.contains("; WITH path AS"), "{question}");
        is_fingerprint
    };
    assert!(!asked(&mut client));
    while_roles_stay(|| asked(&mut client).then_some(()));
    database.connect().unwrap().batch_execute("ALTER TABLE tickets ADD COLUMN more text").unwrap();
    assert!(!asked(&mut client));
    while_roles_stay(|| asked(&mut client).then_some(()));
}

/// The server finds the first relation of a name, whatever it is.
#[test]
fn what_hides_a_table_is_said() {
    let (mut client, _database) = connect("CREATE SCHEMA app; CREATE SEQUENCE app.tickets");
    client.batch_execute("SET search_path = app, public").unwrap();
    assert!(client.simple_query("SELECT title FROM tickets").is_err());
    let report = guard().verify(&mut client).unwrap_err();
    let finding = &report.findings()[0];
    let mut notes = finding.notes.iter();
    assert!(notes.any(|note| note.starts_with("`public.tickets` is there, and hidden")), "{report:?}");
    // The search path does lead there.
    assert!(finding.help.iter().all(|help| !help.contains("does not lead")), "{report:?}");
}

#[test]
fn rights_that_change_are_seen_when_looking_again() {
    let setup =
        "DROP ROLE IF EXISTS plain_user, plain_group; CREATE ROLE plain_user; CREATE ROLE plain_group";
    let (mut owner, database) = connect(setup);
    let mut client = database.connect().unwrap();
    client.batch_execute("SET ROLE plain_user").unwrap();
    let readiness = guard().readiness();
    let mut verdicts = vec![said(readiness.recheck(&mut client))];
    for change in [
        "GRANT SELECT, UPDATE ON tickets TO plain_user",
        "REVOKE UPDATE ON tickets FROM plain_user",
        "GRANT UPDATE ON tickets TO plain_group; GRANT plain_group TO plain_user",
        "REVOKE plain_group FROM plain_user",
        "ALTER ROLE plain_user SUPERUSER",
        "ALTER ROLE plain_user NOSUPERUSER",
        "GRANT UPDATE (id, title) ON tickets TO plain_user",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO plain_user",
        "ALTER TABLE tickets ENABLE ROW LEVEL SECURITY",
        "ALTER ROLE plain_user BYPASSRLS",
        "ALTER ROLE plain_user NOBYPASSRLS",
        "CREATE POLICY everything ON tickets USING (true)",
        "ALTER POLICY everything ON tickets TO plain_group",
        "ALTER TABLE tickets DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE tickets OWNER TO plain_user; REVOKE ALL ON tickets FROM plain_user",
    ] {
        owner.batch_execute(change).unwrap();
        let again = said(readiness.recheck(&mut client));
        assert_eq!(again, said(guard().verify(&mut client)), "{change}");
        verdicts.push(again);
    }
    verdicts.dedup();
    assert!(verdicts.len() >= 10, "{verdicts:#?}");
    owner.batch_execute("DROP OWNED BY plain_user, plain_group; DROP ROLE plain_user, plain_group").unwrap();
}

/// The server has to agree on each number.
#[test]
fn the_numbers_of_types_are_the_servers() {
    let (mut client, _database) = connect("");
    for (number, name, array) in plain_type_numbers() {
        let row = client
            .query_one(
                "SELECT t.typname::text, t.typarray::int8 FROM pg_type t WHERE t.oid = $1::int8::oid \
                 AND t.typnamespace = 'pg_catalog'::regnamespace",
                &[&number],
            )
            .unwrap();
        assert_eq!((row.get::<_, String>(0), row.get::<_, i64>(1)), (name.to_owned(), array));
    }
}
