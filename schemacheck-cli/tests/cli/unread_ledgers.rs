//! Ledgers that are left unread: said by each command, running nobody's code, and losing nothing of the snapshot.

use schemacheck_scratch::Database;

use crate::support::{Project, database};

const LEDGER: &str = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); \
                      INSERT INTO alembic_version VALUES ('c3'); CREATE TABLE users (id int)";

/// A role of its own plants a ledger whose index calls a function that writes, and holds a lock where it may not.
fn plant(database: &Database<'_>, eve: &str) {
    let planted = format!(
        "CREATE ROLE {eve}; CREATE SCHEMA {eve} AUTHORIZATION {eve}; SET ROLE {eve}; CREATE TABLE {eve}.loot (role text);
         CREATE FUNCTION {eve}.steal() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
             IF current_user <> '{eve}' THEN INSERT INTO {eve}.loot VALUES (current_user); END IF;
             RETURN 1;
         END $$;
         CREATE FUNCTION {eve}.f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN {eve}.steal(); END';
         CREATE TABLE {eve}.alembic_version (version_num varchar(32));
         INSERT INTO {eve}.alembic_version SELECT n::text FROM generate_series(1, 9) n;
         CREATE INDEX ON {eve}.alembic_version (version_num) WHERE {eve}.f(1) = 1; RESET ROLE"
    );
    database.connect().unwrap().batch_execute(&planted).unwrap();
}

#[test]
fn a_planted_ledger_is_named_and_runs_no_code() {
    let database = database(LEDGER);
    let eve = "eve_of_unread_ledgers";
    plant(&database, eve);
    let project = Project::empty();
    let url = database.url();
    let unread = format!(
        "info: the migration ledger `{eve}.alembic_version` was not read: its schema belongs to `{eve}`, a role that is not \
         trusted"
    );
    project.tool(&["snapshot", "--schema", "public", "--database-url", &url]).expect(0, &[&unread]);
    assert_eq!(project.read(".schemacheck/ledger.txt"), "alembic public.alembic_version\nc3\n");
    project.tool(&["snapshot", "--check", "--database-url", &url]).expect(0, &[&unread, "agrees"]);
    let record = "{\"format\": 1, \"crate\": \"app\", \"path\": \"app::User\", \"file\": \"src/main.rs\", \"line\": 1, \
                  \"sort\": \"model\", \"kinds\": [\"read\"], \"relation\": \"users\", \"columns\": [], \
                  \"ledger\": {\"kind\": \"alembic\", \"head\": \"c3\", \"count\": 1}}";
    project.write("m.json", &format!("[{record}]"));
    let verify = ["verify", "--manifest", "m.json", "--database-url", &url];
    project
        .tool(&verify)
        .expect(0, &[&unread.replace("info:", "info[ledger-unread]:"), "help: if it is the ledger"]);
    let strict: Vec<&str> = verify.into_iter().chain(["--strict"]).collect();
    project.tool(&strict).expect(0, &["ledger-unread"]);
    let stolen: i64 = database
        .connect()
        .unwrap()
        .query_one(&format!("SELECT count(*) FROM {eve}.loot"), &[])
        .unwrap()
        .get(0);
    assert_eq!(stolen, 0);
}

/// What the snapshot knows of a ledger is not lost where it cannot be read for a while.
#[test]
fn a_ledger_that_could_not_be_read_stays_in_the_snapshot() {
    let database = database(LEDGER);
    let project = Project::empty();
    let url = database.url();
    project.tool(&["snapshot", "--database-url", &url]).expect(0, &[]);
    let before = project.read(".schemacheck/ledger.txt");
    database
        .connect()
        .unwrap()
        .batch_execute("INSERT INTO alembic_version VALUES ('d4'); CREATE INDEX odd ON alembic_version ((1))")
        .unwrap();
    let stays =
        "the migration ledger `public.alembic_version` could not be read: `ledger.txt` stays as it is";
    project
        .tool(&["snapshot", "--database-url", &url])
        .expect(0, &["was not read: index `odd` has an expression", stays]);
    assert_eq!(project.read(".schemacheck/ledger.txt"), before);
    project.tool(&["snapshot", "--check", "--database-url", &url]).expect(0, &[stays]);
    database.connect().unwrap().batch_execute("DROP INDEX odd").unwrap();
    project.tool(&["snapshot", "--database-url", &url]).expect(0, &[]);
    assert_eq!(project.read(".schemacheck/ledger.txt"), "alembic public.alembic_version\nc3\nd4\n");
}
