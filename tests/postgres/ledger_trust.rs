//! Which tables are read as ledgers: none through which somebody else could run code, and none that has to be waited for.

use std::sync::atomic::{AtomicUsize, Ordering};

use postgres::{Client, SimpleQueryMessage};
use schemacheck::Code;
use schemacheck_core::ledger::{Distrust, LedgerKind, SeenLedger};
use schemacheck_core::manifest::Manifest;
use schemacheck_core::{Catalog, QualifiedName};
use schemacheck_runtime::introspect::guard;
use schemacheck_runtime::introspect::snapshot::{self, Scope};
use schemacheck_runtime::ledger::SHAPES;
use schemacheck_scratch::{Database, Options, Server};

use crate::support::{connect, database, guard as all, plain};

/// Roles belong to the server: each test has its own.
fn role(name: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("{name}_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// What `eve` sets up. Whoever else runs `f` writes to `loot`, which is hers; or where nothing may be written holds a lock.
/// `f` says that it is IMMUTABLE, so the planner runs it wherever it meets it with constants.
const TRAP: &str = "
    CREATE ROLE @; CREATE SCHEMA @ AUTHORIZATION @; GRANT @ TO CURRENT_USER; SET ROLE @; GRANT USAGE ON SCHEMA @ TO PUBLIC;
    CREATE TABLE @.loot (role text); GRANT INSERT ON @.loot TO PUBLIC;
    CREATE FUNCTION @.steal(int) RETURNS int VOLATILE LANGUAGE plpgsql AS $$ BEGIN
        IF current_user <> '@' THEN
            PERFORM pg_catalog.pg_advisory_lock(4711);
            BEGIN
                INSERT INTO @.loot VALUES (current_user);
            EXCEPTION WHEN read_only_sql_transaction THEN NULL;
            END;
        END IF;
        RETURN $1;
    END $$;
    CREATE FUNCTION @.f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN @.steal($1); END';
    CREATE DOMAIN @.code AS varchar(32) CHECK (@.f(1) = 1);
    CREATE TYPE @.own AS (x int);
    CREATE FUNCTION @.spell(@.own) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN @.steal(1)::text; END $$;
    CREATE CAST (@.own AS text) WITH FUNCTION @.spell(@.own);
    CREATE COLLATION @.collated FROM pg_catalog.\"C\";
    RESET ROLE; REVOKE @ FROM CURRENT_USER;";

/// Ways to have `f` evaluated by whoever reads `$`, and what makes each no plain table; nothing if it is one all the same.
const WAYS: &[(&str, Option<&str>)] = &[
    ("CREATE INDEX planted ON $ (version_num) WHERE @.f(1) = 1", Some("index `planted` has an expression")),
    ("CREATE INDEX planted ON $ ((@.f(1)))", Some("index `planted` has an expression")),
    (
        "CREATE UNIQUE INDEX planted ON $ ((@.f(length(version_num))))",
        Some("index `planted` has an expression"),
    ),
    (
        "CREATE STATISTICS @.planted ON (@.f(1)), version_num FROM $",
        Some("it has extended statistics, `planted`"),
    ),
    (
        "CREATE POLICY planted ON $ USING (@.f(1) = 1); ALTER TABLE $ ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        Some("it has row security"),
    ),
    ("CREATE RULE planted AS ON INSERT TO $ DO ALSO SELECT @.f(1)", Some("it has rules")),
    ("ALTER TABLE $ ADD COLUMN x int GENERATED ALWAYS AS (@.f(1)) STORED", Some("column `x` is generated")),
    ("ALTER TABLE $ ADD COLUMN x @.code", Some("column `x` is generated, or has a type")),
    ("ALTER TABLE $ ALTER version_num TYPE @.code", Some("column `version_num` is generated, or has a type")),
    (
        "ALTER TABLE $ DROP version_num; ALTER TABLE $ ADD version_num @.own DEFAULT ROW(1)",
        Some("column `version_num` is generated, or has a type"),
    ),
    (
        "ALTER TABLE $ ALTER version_num TYPE text COLLATE @.collated",
        Some("column `version_num` is generated, or has a type or collation"),
    ),
    (
        "CREATE TABLE @.heir () INHERITS ($); CREATE INDEX ON @.heir (version_num) WHERE @.f(1) = 1",
        Some("it is partitioned, inherits"),
    ),
    (
        "CREATE TABLE @.parent (version_num varchar(32)); ALTER TABLE $ INHERIT @.parent",
        Some("it is partitioned, inherits"),
    ),
    (
        "DROP TABLE $; CREATE TABLE $ (version_num varchar(32)) PARTITION BY RANGE ((@.f(length(version_num)))); \
         CREATE TABLE @.part PARTITION OF $ DEFAULT; CREATE INDEX ON @.part (version_num) WHERE @.f(1) = 1",
        Some("it is partitioned, inherits"),
    ),
    (
        "DROP TABLE $; CREATE TABLE @.whole (version_num varchar(32)) PARTITION BY LIST (version_num); \
         CREATE TABLE $ PARTITION OF @.whole (CHECK (@.f(1) = 1)) DEFAULT",
        Some("it is partitioned, inherits"),
    ),
    // Which nobody evaluates who reads all rows, also with constraint_exclusion.
    ("ALTER TABLE $ ADD CHECK (@.f(1) = 1)", None),
    ("ALTER TABLE $ ADD COLUMN x int; ALTER TABLE $ ALTER x SET DEFAULT @.f(1)", None),
    (
        "CREATE FUNCTION @.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM @.f(1); RETURN NEW; END'; \
         CREATE TRIGGER planted BEFORE INSERT OR UPDATE OR DELETE ON $ FOR EACH ROW EXECUTE FUNCTION @.fire()",
        None,
    ),
];

/// A database with a trap of `eve`, and what is done as a superuser behind it.
fn trap(eve: &str, changes: &str) -> Database<'static> {
    let database = database(&TRAP.replace('@', eve));
    let mut client = database.connect().unwrap();
    client.batch_execute(&changes.replace('@', eve)).unwrap();
    client
        .batch_execute(&format!("TRUNCATE {eve}.loot; SELECT pg_catalog.pg_advisory_unlock_all()"))
        .unwrap();
    database
}

/// Whoever looks: superusers and others, each with the settings that let the planner evaluate most.
fn spring(database: &Database<'_>, eve: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let app = role("app");
    let grants = format!(
        "CREATE ROLE {app}; GRANT USAGE ON SCHEMA public, {eve} TO {app}; \
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public, {eve} TO {app}; \
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}"
    );
    database.connect().unwrap().batch_execute(&grants).unwrap();
    for role in ["NONE", &app] {
        for path in ["public".to_owned(), format!("{eve}, public")] {
            let mut client = database.connect().unwrap();
            client
                .batch_execute(&format!(
                    "SET ROLE {role}; SET search_path = {path}; SET constraint_exclusion = on; \
                     SET default_statistics_target = 1000"
                ))
                .unwrap();
            for guard in [all as fn() -> _, plain] {
                let verified = guard().verify(&mut client).unwrap();
                let unread = verified.findings().iter().filter(|finding| finding.code == Code::LedgerUnread);
                seen.extend(unread.map(|finding| finding.message.clone()));
                assert!(verified.recheck(&mut client).is_ok());
                assert!(guard().verify(&mut client.transaction().unwrap()).is_ok());
            }
            snapshot::read(&mut client, &Scope::default()).unwrap();
            let loot = format!("SELECT * FROM {eve}.loot");
            let mut owner = database.connect().unwrap();
            assert!(owner.query(&loot, &[]).unwrap().is_empty(), "{role} ran the code of {eve}: {seen:?}");
            let lock = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 \
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            assert!(owner.query(lock, &[]).unwrap().is_empty(), "{role} ran the code of {eve}: {seen:?}");
        }
    }
    seen.sort();
    seen.dedup();
    seen
}

/// A role that owns a schema plants a ledger in it.
#[test]
fn a_ledger_in_a_strangers_schema_runs_none_of_its_code() {
    for (way, _) in WAYS {
        let eve = role("eve");
        let table = format!("{eve}.alembic_version");
        let plant = "SET ROLE @; CREATE TABLE $ (version_num varchar(32)); INSERT INTO $ VALUES ('b7e1c0ffee01'); \
                     GRANT SELECT ON $ TO PUBLIC; ";
        let way = format!("{plant} {way}; RESET ROLE").replace('$', &table);
        let database = trap(&eve, &way);
        let why = format!("its schema belongs to `{eve}`, a role that is not trusted");
        let unread = format!("the migration ledger `{eve}.alembic_version` was not read: {why}");
        assert_eq!(spring(&database, &eve), [unread], "{way}");
    }
}

/// It may also be that somebody trusted made it, and lets it call what a stranger wrote.
#[test]
fn a_ledger_that_is_no_plain_table_runs_no_code() {
    for (way, why) in WAYS {
        let eve = role("eve");
        let way = way.replace('$', "public.alembic_version");
        let database = trap(&eve, &way);
        match (spring(&database, &eve).as_slice(), why) {
            ([], None) => {}
            ([unread], Some(why)) if unread.contains(why) => {}
            (other, _) => panic!("{way}: {other:?}"),
        }
    }
}

/// Both owners count: a table changes with its own, and with its schema's another takes its place.
#[test]
fn a_strangers_table_and_a_strangers_schema_are_not_read() {
    let eve = role("eve");
    let index = "CREATE INDEX planted ON $ (version_num) WHERE @.f(1) = 1";
    let own = format!("{index}; ALTER TABLE $ OWNER TO @").replace('$', "public.alembic_version");
    let unread =
        format!("`public.alembic_version` was not read: it belongs to `{eve}`, a role that is not trusted");
    assert_eq!(spring(&trap(&eve, &own), &eve), [format!("the migration ledger {unread}")]);
    let eve = role("eve");
    let schema =
        format!("CREATE TABLE $ (version_num varchar(32)); {index}").replace('$', "@.alembic_version");
    let unread = format!(
        "`{eve}.alembic_version` was not read: its schema belongs to `{eve}`, a role that is not trusted"
    );
    assert_eq!(spring(&trap(&eve, &schema), &eve), [format!("the migration ledger {unread}")]);
}

/// What a request for models of `relation`, and without a schema, finds as a role.
fn seen_as(client: &mut Client, role: &str, relation: (Option<&str>, &str)) -> Catalog {
    let model = Manifest {
        schema: relation.0.map(str::to_owned),
        relation: relation.1.to_owned(),
        ..Manifest::default()
    };
    let seen = SeenLedger {
        database: None,
        kind: LedgerKind::Alembic,
        table: QualifiedName::new("nowhere", "alembic_version"),
        columns: None,
        heads: vec!["a1".into()],
        migrations: vec![],
        older: vec![],
    };
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    let text = ask(client, &guard::request_seeing(&[model], Some(&seen))).unwrap();
    client.batch_execute("RESET ROLE").unwrap();
    guard::answer(&text).unwrap().1
}

fn ask(client: &mut Client, request: &str) -> Result<String, postgres::Error> {
    let messages = client.simple_query(request)?;
    let text = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    Ok(text.unwrap())
}

/// Roles of the usual set-ups: `#` migrates, `@` runs the program, `~` is a third one.
struct Roles {
    migrator: String,
    app: String,
    other: String,
}

impl Roles {
    fn new() -> Self {
        Self { migrator: role("migrator"), app: role("app"), other: role("other") }
    }

    fn fill(&self, text: &str) -> String {
        text.replace('#', &self.migrator).replace('@', &self.app).replace('~', &self.other)
    }

    /// A database without a ledger of its own.
    fn connect(&self, changes: &str) -> (Client, Database<'static>) {
        let roles = "DROP TABLE alembic_version; CREATE ROLE #; CREATE ROLE @; CREATE ROLE ~; CREATE SCHEMA meta; \
                     CREATE TABLE meta.alembic_version AS SELECT 'a1'::varchar(32) AS version_num; \
                     GRANT SELECT ON meta.alembic_version TO @; GRANT USAGE ON SCHEMA meta TO @;";
        connect(&self.fill(&format!("{roles} {changes}")))
    }
}

/// The ledger in `meta` is read, or is not for this reason; asked as `@`, for a model of `public.users`.
#[track_caller]
fn check(changes: &str, expect: fn(&Roles) -> Option<Distrust>) {
    check_for((Some("public"), "users"), changes, expect);
}

#[track_caller]
fn check_for(relation: (Option<&str>, &str), changes: &str, expect: fn(&Roles) -> Option<Distrust>) {
    let roles = Roles::new();
    let (mut client, database) = roles.connect(changes);
    let catalog = seen_as(&mut client, &roles.app, relation);
    let reasons: Vec<Distrust> = catalog.untrusted_ledgers.into_iter().map(|ledger| ledger.reason).collect();
    let applied: Vec<Vec<String>> = catalog.ledgers.into_iter().map(|ledger| ledger.applied).collect();
    match expect(&roles) {
        None => assert_eq!((reasons, applied), (vec![], vec![vec!["a1".to_owned()]]), "{changes}"),
        Some(reason) => assert_eq!((reasons, applied), (vec![reason], vec![]), "{changes}"),
    }
    drop(client);
    // The database goes to a role of the test, which goes with it.
    let mut owner = database.connect().unwrap();
    owner.batch_execute(&format!("ALTER DATABASE {} OWNER TO CURRENT_USER", database.name())).unwrap();
}

const GIVE: &str = "ALTER SCHEMA meta OWNER TO #; ALTER TABLE meta.alembic_version OWNER TO #;";

#[test]
fn a_ledger_of_somebody_trusted_is_read() {
    // A superuser's, as it is here.
    check("", |_| None);
    check("ALTER ROLE # SUPERUSER; ALTER SCHEMA meta OWNER TO #", |_| None);
    // The role's own.
    check("ALTER SCHEMA meta OWNER TO @; ALTER TABLE meta.alembic_version OWNER TO @", |_| None);
    // Of a role that it is a member of, also by way of another.
    check(&format!("{GIVE} GRANT # TO @"), |_| None);
    check(&format!("{GIVE} GRANT # TO ~; GRANT ~ TO @"), |_| None);
    // Of the database's owner, to whom `public` belongs from PostgreSQL 15 on.
    let dba = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO #', current_database()); END $$;";
    check(&format!("{GIVE} {dba}"), |_| None);
    check(&format!("{GIVE} ALTER SCHEMA meta OWNER TO pg_database_owner; {dba}"), |_| None);
    // Who migrates owns the models' tables, in a schema of the database's owner or a superuser, and the ledger's schema.
    check(&format!("{GIVE} ALTER TABLE users OWNER TO #"), |_| None);
    check(&format!("{GIVE} ALTER TABLE users OWNER TO #; ALTER SCHEMA meta OWNER TO CURRENT_USER"), |_| None);
    check_for((None, "users"), &format!("{GIVE} ALTER TABLE users OWNER TO #"), |_| None);
}

#[test]
fn a_ledger_of_somebody_else_is_not_read() {
    let schema: fn(&Roles) -> _ = |roles| Some(Distrust::SchemaOwner(roles.migrator.clone()));
    let owner: fn(&Roles) -> _ = |roles| Some(Distrust::Owner(roles.migrator.clone()));
    check(GIVE, schema);
    check("ALTER SCHEMA meta OWNER TO #", schema);
    check("ALTER TABLE meta.alembic_version OWNER TO #", owner);
    // A member of the role is not the role.
    check(&format!("{GIVE} GRANT @ TO #"), schema);
    // The owner of a table that no model names, or whose schema belongs to nobody trusted.
    check(&format!("{GIVE} ALTER TABLE sessions OWNER TO #"), schema);
    let apart = "CREATE SCHEMA apart AUTHORIZATION #; ALTER TABLE users SET SCHEMA apart; ALTER TABLE apart.users OWNER TO #";
    check_for((Some("apart"), "users"), &format!("{GIVE} {apart}"), schema);
    // A relation that was planted earlier on the path has an owner too.
    let planted = "CREATE SCHEMA # AUTHORIZATION #; CREATE TABLE #.users (); ALTER TABLE #.users OWNER TO #; \
                   GRANT USAGE ON SCHEMA # TO @; ALTER ROLE @ SET search_path = #, public; \
                   DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = #, public', current_database()); END $$";
    check_for((None, "users"), &format!("{GIVE} {planted}"), schema);
}

/// `pg_has_role` says that a superuser is a member of everybody.
#[test]
fn a_superuser_trusts_nobody_for_being_one() {
    let roles = Roles::new();
    let (mut client, _database) = roles.connect(GIVE);
    let catalog = seen_as(&mut client, "NONE", (None, "users"));
    assert_eq!(catalog.ledgers, []);
    assert_eq!(catalog.untrusted_ledgers[0].reason, Distrust::SchemaOwner(roles.migrator.clone()));
    client.batch_execute(&roles.fill("ALTER ROLE @ SUPERUSER; GRANT # TO @")).unwrap();
    assert_eq!(seen_as(&mut client, &roles.app, (None, "users")).ledgers.len(), 1);
}

/// PostgreSQL 16 makes whoever creates a role its administrator, which is a membership by name.
#[test]
fn to_administer_a_role_is_not_to_trust_it() {
    let roles = Roles::new();
    let (mut client, database) = roles.connect("");
    if database.server().version_num() < 160_000 {
        return;
    }
    let made = role("made");
    let make = "ALTER ROLE @ CREATEROLE; SET ROLE @; CREATE ROLE !; RESET ROLE; ALTER SCHEMA meta OWNER TO !; \
                ALTER TABLE meta.alembic_version OWNER TO !";
    client.batch_execute(&roles.fill(make).replace('!', &made)).unwrap();
    let member = "SELECT pg_has_role($1, $2, 'MEMBER')";
    assert!(client.query_one(member, &[&roles.app, &made]).unwrap().get::<_, bool>(0));
    let catalog = seen_as(&mut client, &roles.app, (None, "users"));
    assert_eq!(catalog.untrusted_ledgers[0].reason, Distrust::SchemaOwner(made.clone()));
    client.batch_execute(&format!("GRANT {made} TO {} WITH SET TRUE", roles.app)).unwrap();
    assert_eq!(seen_as(&mut client, &roles.app, (None, "users")).ledgers.len(), 1);
}

/// What is left unread is said, and stops nothing: in one round trip, in a refusal, and in a snapshot.
#[test]
fn what_is_left_unread_is_said_and_refuses_no_start() {
    let roles = Roles::new();
    let (mut client, _database) = roles.connect(&format!(
        "{GIVE} GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO @; \
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO @"
    ));
    client.batch_execute(&format!("SET ROLE {}", roles.app)).unwrap();
    for guard in [all as fn() -> _, plain] {
        let verified = guard().verify(&mut client).unwrap();
        let [unread] = verified.findings() else { panic!("{:?}", verified.findings()) };
        assert_eq!((unread.code, unread.object.as_str()), (Code::LedgerUnread, "meta.alembic_version"));
        assert!(verified.to_string().contains("1 info"), "{verified}");
    }
    client.batch_execute("RESET ROLE; DROP TABLE sessions").unwrap();
    client.batch_execute(&format!("SET ROLE {}", roles.app)).unwrap();
    let report = all().verify(&mut client).unwrap_err();
    let note = format!(
        "the migration ledger `meta.alembic_version` was not read, which might say why: its schema belongs to `{}`, a role \
         that is not trusted",
        roles.migrator
    );
    assert!(report.findings()[0].notes.contains(&note), "{report:?}");
    client.batch_execute("RESET ROLE").unwrap();
    let (_, catalog) = snapshot::read(&mut client, &Scope::default()).unwrap();
    assert_eq!((catalog.ledgers.len(), catalog.untrusted_ledgers.len()), (0, 1));
}

/// The request waits for no lock: an error is what comes of waiting.
#[track_caller]
fn wait_for_none(client: &mut Client) -> Catalog {
    client
        .batch_execute("SET lock_timeout = '2s'; SET default_transaction_isolation = 'read committed'")
        .unwrap();
    let catalog = seen_as(client, "NONE", (None, "users"));
    let read = ask(client, &guard::request(&[])).unwrap();
    assert!(guard::answer(&read).is_ok());
    catalog
}

#[test]
fn a_lock_on_a_ledger_its_indexes_or_its_toast_is_not_waited_for() {
    let (mut client, database) = connect("ALTER TABLE alembic_version ADD COLUMN note text");
    assert!(wait_for_none(&mut client).ledgers[0].readable);
    let toast: String = client
        .query_one(
            "SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'alembic_version'::regclass",
            &[],
        )
        .unwrap()
        .get(0);
    let locks = [
        "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE".to_owned(),
        // Which locks the index alone.
        "REINDEX INDEX alembic_version_pkey".to_owned(),
        format!("REINDEX TABLE {toast}"),
    ];
    for lock in locks {
        let mut holder = database.connect().unwrap();
        holder.batch_execute(&format!("BEGIN; {lock}")).unwrap();
        let ledgers = wait_for_none(&mut client).ledgers;
        assert!(!ledgers[0].readable, "{lock}: {ledgers:?}");
        holder.batch_execute("ROLLBACK").unwrap();
        assert!(wait_for_none(&mut client).ledgers[0].readable, "{lock}");
    }
    // What shares the table is no obstacle, but somebody who waits for it alone is: the next one waits behind.
    let mut holder = database.connect().unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE alembic_version IN SHARE ROW EXCLUSIVE MODE").unwrap();
    assert!(wait_for_none(&mut client).ledgers[0].readable);
    let mut waiting = database.connect().unwrap();
    let waiter = std::thread::spawn(move || {
        waiting.batch_execute("BEGIN; LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE; ROLLBACK")
    });
    let waits = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'alembic_version'::regclass";
    while client.query(waits, &[]).unwrap().is_empty() {
        std::thread::yield_now();
    }
    assert!(!wait_for_none(&mut client).ledgers[0].readable);
    holder.batch_execute("ROLLBACK").unwrap();
    waiter.join().unwrap().unwrap();
}

/// Also where the whole table is read by whoever reads it without `ONLY`.
#[test]
fn a_lock_on_a_ledgers_heirs_and_partitions_is_not_waited_for() {
    let heir = "CREATE TABLE heir () INHERITS (alembic_version)";
    let partition = "DROP TABLE alembic_version; CREATE TABLE alembic_version (version_num varchar(32)) \
                     PARTITION BY LIST (version_num); CREATE TABLE heir PARTITION OF alembic_version DEFAULT";
    for changes in [heir, partition] {
        let (mut client, database) = connect(changes);
        let mut holder = database.connect().unwrap();
        holder.batch_execute("BEGIN; LOCK TABLE heir IN ACCESS EXCLUSIVE MODE").unwrap();
        let catalog = wait_for_none(&mut client);
        assert_eq!(catalog.ledgers, []);
        assert_eq!(catalog.untrusted_ledgers[0].reason, Distrust::Kin);
        let mut transaction = client.transaction().unwrap();
        assert!(all().verify(&mut transaction).is_ok());
        holder.batch_execute("ROLLBACK").unwrap();
    }
}

/// A prepared transaction holds its locks without a process.
#[test]
fn a_lock_of_a_prepared_transaction_is_not_waited_for() {
    let server: Server = Options::default().setting("max_prepared_transactions", "2").start().unwrap();
    let database = server.create_database().unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute(include_str!("schema.sql")).unwrap();
    let mut holder = database.connect().unwrap();
    holder
        .batch_execute(
            "BEGIN; LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'held'",
        )
        .unwrap();
    assert!(!wait_for_none(&mut client).ledgers[0].readable);
    holder.batch_execute("ROLLBACK PREPARED 'held'").unwrap();
    assert!(wait_for_none(&mut client).ledgers[0].readable);
}

/// The last row of a migration counts, of as many rows as a ledger can have.
#[test]
fn of_ten_thousand_rows_the_last_of_each_migration_counts() {
    let rows = "SELECT 2 * v - n AS id, v, n FROM generate_series(1, 5000) v, generate_series(0, 1) n";
    let (mut client, _database) = connect(&format!(
        "CREATE TABLE goose_db_version (id int, version_id bigint, is_applied bool); \
         INSERT INTO goose_db_version SELECT id, v, n = 1 OR v % 2 = 1 FROM ({rows}) r; \
         CREATE TABLE flyway_schema_history \
             (installed_rank int, version varchar(50), description varchar(200), type varchar(20), success bool); \
         INSERT INTO flyway_schema_history SELECT id, CASE WHEN v % 5 > 0 THEN v END, v, 'SQL', n = 1 OR v % 2 = 1 \
             FROM ({rows}) r"
    ));
    let text = ask(&mut client, &guard::request(&[])).unwrap();
    let (_, catalog) = guard::answer(&text).unwrap();
    let of = |kind| catalog.ledgers.iter().find(|ledger| ledger.kind == kind).unwrap();
    let numbers = |keep: fn(&u32) -> bool| {
        (1..=5000).filter(keep).map(|number: u32| number.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of(LedgerKind::Goose).applied, numbers(|v| v % 2 == 1));
    assert_eq!(of(LedgerKind::Flyway).applied, numbers(|v| v % 2 == 1 && v % 5 > 0));
    assert_eq!(of(LedgerKind::Flyway).failed, numbers(|v| v % 2 == 0));
}

/// All of the rows that a ledger can have arrive, of each tool.
#[test]
fn ten_thousand_rows_of_each_tool_are_read() {
    for shape in SHAPES {
        let (mut client, _database) =
            connect(&format!("DROP TABLE alembic_version; {}", shape.example(10_000)));
        let text = ask(&mut client, &guard::request(&[])).unwrap();
        let (_, catalog) = guard::answer(&text).unwrap();
        let [ledger] = &catalog.ledgers[..] else { panic!("{:?}: {}", shape.kind, catalog.ledgers.len()) };
        assert_eq!((ledger.kind, ledger.applied.len(), ledger.failed.len()), (shape.kind, 10_000, 0));
    }
}

/// Those of other tools, and of other programs, are none of this one's.
#[test]
fn a_programs_own_ledger_is_read_and_no_other() {
    let example = |kind: LedgerKind| SHAPES.iter().find(|shape| shape.kind == kind).unwrap().example(100);
    let (mut client, _database) = connect(&format!(
        "{}; {}; CREATE SCHEMA zoo; CREATE TABLE zoo.alembic_version AS SELECT 'a1' AS version_num",
        example(LedgerKind::Goose),
        example(LedgerKind::Sqlx)
    ));
    let catalog = seen_as(&mut client, "NONE", (None, "users"));
    let tables: Vec<String> = catalog.ledgers.iter().map(|ledger| ledger.table.to_string()).collect();
    assert_eq!(tables, ["public.alembic_version"]);
    // Where there is none in its schemas, it may be elsewhere.
    client.batch_execute("DROP TABLE alembic_version").unwrap();
    let catalog = seen_as(&mut client, "NONE", (None, "users"));
    let tables: Vec<String> = catalog.ledgers.iter().map(|ledger| ledger.table.to_string()).collect();
    assert_eq!(tables, ["zoo.alembic_version"]);
}

/// A table that the settings name as the ledger is one shape more: the same holds of it.
#[test]
fn a_planted_ledger_of_ones_own_runs_nobodys_function() {
    use schemacheck_core::ledger::LedgerColumns;
    for (way, is_read) in [
        ("CREATE INDEX planted ON @.schema_log (version) WHERE @.f(1) = 1", false),
        ("CREATE STATISTICS @.planted ON (@.f(1)), version FROM @.schema_log", false),
        ("ALTER TABLE @.schema_log ALTER version TYPE @.code", false),
        (
            "ALTER TABLE @.schema_log DROP place; ALTER TABLE @.schema_log ADD place @.own DEFAULT ROW(1)",
            false,
        ),
        ("SELECT 1", true),
    ] {
        let eve = role("eve");
        // Of trusted owners, so that nothing but what was added keeps it from being read.
        let table = "CREATE TABLE @.schema_log (version varchar(32), place int); \
                     INSERT INTO @.schema_log VALUES ('a1', 1); ALTER SCHEMA @ OWNER TO CURRENT_USER";
        let database = trap(&eve, &format!("{table}; {way}"));
        let mut client = database.connect().unwrap();
        let columns = LedgerColumns { version: "version".into(), order: Some("place".into()) };
        let table = QualifiedName::new(&*eve, "schema_log");
        let seen = SeenLedger {
            database: None,
            kind: LedgerKind::Custom,
            table: table.clone(),
            columns: Some(columns.clone()),
            heads: vec![],
            migrations: vec!["a1".into(), "a2".into()],
            older: vec![],
        };
        let text = ask(&mut client, &guard::request_seeing([], Some(&seen))).unwrap();
        let live = guard::answer(&text).unwrap().1;
        let scope = Scope { ledger: Some((table, columns)), ..Scope::default() };
        let taken = snapshot::read(&mut client, &scope).unwrap().1;
        for catalog in [live, taken] {
            assert_eq!(
                (catalog.ledgers.len(), catalog.untrusted_ledgers.len()),
                if is_read { (1, 0) } else { (0, 1) },
                "{way}"
            );
        }
        let loot: i64 = client.query_one(&format!("SELECT count(*) FROM {eve}.loot"), &[]).unwrap().get(0);
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND \
                     database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let locks: i64 = client.query_one(locks, &[]).unwrap().get(0);
        assert_eq!((loot, locks), (0, 0), "{way}");
    }
}
