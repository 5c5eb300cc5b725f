//! A snapshot beside schema changes: it succeeds, and is one that there was.
//!
//! Each of three connections takes its own schema from one state to the next, all of it in one transaction. So what a
//! snapshot says of that schema has to be one of these states to the letter: a mixture never existed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use postgres::Client;
use schemacheck_core::snapshot::to_files;
use schemacheck_runtime::introspect::snapshot::{Scope, read};
use schemacheck_scratch::Server;

/// What each schema is made of, and the steps of a round, which ends where it began.
const FAMILIES: [(&str, &str, &[&str]); 3] = [
    // Everything that a text can name has one name or the other.
    (
        "renamed",
        "CREATE SCHEMA renamed;
         CREATE FUNCTION renamed.made_0(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
         CREATE TYPE renamed.mood_0 AS ENUM ('ok_0', 'sad');
         CREATE SEQUENCE renamed.numbers_0;
         CREATE TABLE renamed.one (
             id bigint DEFAULT nextval('renamed.numbers_0'), a_0 text DEFAULT renamed.made_0('x'),
             b text GENERATED ALWAYS AS (renamed.made_0(a_0)) STORED, mood renamed.mood_0 DEFAULT 'ok_0',
             CONSTRAINT named CHECK (renamed.made_0(a_0) <> '')
         );
         CREATE INDEX keyed ON renamed.one (renamed.made_0(a_0), id) WHERE mood = 'ok_0';
         CREATE TABLE renamed.two (a_0 text, CONSTRAINT named CHECK (length(a_0) > 1));
         CREATE DOMAIN renamed.word AS text DEFAULT renamed.made_0('y') CHECK (renamed.made_0(VALUE) <> '');
         CREATE TABLE renamed.three (w renamed.word)",
        &[
            "ALTER FUNCTION renamed.made_0 RENAME TO made_1; ALTER TYPE renamed.mood_0 RENAME VALUE 'ok_0' TO 'ok_1';
             ALTER TYPE renamed.mood_0 RENAME TO mood_1; ALTER SEQUENCE renamed.numbers_0 RENAME TO numbers_1;
             ALTER TABLE renamed.one RENAME a_0 TO a_1; ALTER TABLE renamed.two RENAME a_0 TO a_1",
            "ALTER FUNCTION renamed.made_1 RENAME TO made_0; ALTER TYPE renamed.mood_1 RENAME VALUE 'ok_1' TO 'ok_0';
             ALTER TYPE renamed.mood_1 RENAME TO mood_0; ALTER SEQUENCE renamed.numbers_1 RENAME TO numbers_0;
             ALTER TABLE renamed.one RENAME a_1 TO a_0; ALTER TABLE renamed.two RENAME a_1 TO a_0",
        ],
    ),
    // What comes and goes as a whole.
    (
        "made",
        "CREATE SCHEMA made",
        &[
            "CREATE FUNCTION made.f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';
             CREATE TYPE made.kind AS ENUM ('x', 'y');
             CREATE DOMAIN made.short AS text DEFAULT 'd' CHECK (length(VALUE) < made.f(9));
             CREATE TABLE made.one (
                 id serial PRIMARY KEY, n int DEFAULT made.f(1), kind made.kind DEFAULT 'x', word made.short,
                 g int GENERATED ALWAYS AS (n + 1) STORED, CHECK (made.f(n) > 0)
             );
             CREATE INDEX keyed ON made.one (made.f(n), (n + 1)) WHERE kind = 'y';
             CREATE TABLE made.two (id int REFERENCES made.one, n int DEFAULT made.f(2))",
            "DROP TABLE made.two; DROP TABLE made.one; DROP DOMAIN made.short; DROP TYPE made.kind; DROP FUNCTION made.f",
        ],
    ),
    // What changes piece by piece, and types.
    (
        "changed",
        "CREATE SCHEMA changed; CREATE TABLE changed.one (id int, a text); CREATE TABLE changed.two (id int, a text)",
        &[
            "ALTER TABLE changed.one ADD b int DEFAULT 7, ADD CONSTRAINT positive CHECK (b > 0);
             ALTER TABLE changed.two ADD b int DEFAULT 7, ADD CONSTRAINT positive CHECK (b > 0);
             CREATE INDEX lowered ON changed.one (lower(a)) WHERE b > 1; CREATE INDEX lowered_2 ON changed.two (lower(a))",
            "ALTER TABLE changed.one ALTER a TYPE varchar(9), ALTER b SET DEFAULT 8;
             ALTER TABLE changed.two ALTER a TYPE varchar(9), ALTER b SET DEFAULT 8",
            "DROP INDEX changed.lowered; DROP INDEX changed.lowered_2;
             ALTER TABLE changed.one DROP b, ALTER a TYPE text; ALTER TABLE changed.two DROP b, ALTER a TYPE text",
        ],
    ),
];

/// Between two changes of a connection: no migration tool is quicker.
const PAUSE: Duration = Duration::from_millis(20);

/// What a snapshot says of a schema.
type State = BTreeMap<PathBuf, String>;

/// The snapshot, a state a schema.
fn states(client: &mut Client) -> Result<Vec<State>, schemacheck_runtime::error::Error> {
    let (_, catalog) = read(client, &Scope::default())?;
    let files: State = to_files(&catalog).into_iter().collect();
    Ok(FAMILIES
        .iter()
        .map(|(schema, ..)| {
            let of = |path: &PathBuf| path.iter().any(|part| part == *schema);
            files.iter().filter(|(path, _)| of(path)).map(|(p, t)| (p.clone(), t.clone())).collect()
        })
        .collect())
}

#[test]
fn a_snapshot_beside_schema_changes_is_one_that_there_was() {
    let runs: usize = std::env::var("SCHEMACHECK_TEST_RUNS").ok().map_or(30, |runs| runs.parse().unwrap());
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = database.connect().unwrap();
    let usual: String = (0..40)
        .map(|at| {
            format!("CREATE TABLE usual{at} (id serial, at timestamptz DEFAULT now(), CHECK (id > {at}));")
        })
        .collect();
    client.batch_execute(&usual).unwrap();
    let mut known = vec![BTreeSet::new(); FAMILIES.len()];
    for (at, (_, made, steps)) in FAMILIES.iter().enumerate() {
        client.batch_execute(made).unwrap();
        for step in *steps {
            known[at].insert(states(&mut client).unwrap()[at].clone());
            client.batch_execute(step).unwrap();
        }
        assert_eq!(known[at].len(), steps.len(), "each step makes another state");
    }
    let (is_over, changes) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (mut failed, mut torn) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        for (_, _, steps) in FAMILIES {
            let mut changing = database.connect().unwrap();
            let (is_over, changes) = (&is_over, &changes);
            scope.spawn(move || {
                for step in steps.iter().cycle() {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    changing.batch_execute(&format!("BEGIN; {step}; COMMIT")).unwrap();
                    changes.fetch_add(1, Ordering::Relaxed);
                    // Else dead rows of the catalogs make every look slower than the last.
                    std::thread::sleep(PAUSE);
                }
            });
        }
        for run in 0..runs {
            match states(&mut client) {
                Err(error) => failed.push(schemacheck_runtime::error::chain(&error)),
                Ok(states) => {
                    for (state, known) in
                        states.iter().zip(&known).filter(|(state, known)| !known.contains(*state))
                    {
                        torn.push(format!("run {run}: {state:#?} is none of {} states", known.len()));
                    }
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let changes = changes.into_inner();
    println!("{runs} runs beside {changes} changes: {} failed, {} torn", failed.len(), torn.len());
    assert!(torn.is_empty(), "{}", torn.join("\n"));
    // As many as one of a hundred may meet changes five times in a row.
    assert!(failed.len() * 100 <= runs.max(100), "{failed:?}");
    assert!(changes > runs, "nothing changed meanwhile");
}
