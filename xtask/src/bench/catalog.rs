//! What reading a catalog costs: the guard's request and the snapshot, beside `pg_dump` and others.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use postgres::Client;
use schemacheck_core::manifest::{Expected, Kind, Manifest};
use schemacheck_core::{Catalog, record};
use schemacheck_runtime::Guard;
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};
use schemacheck_runtime::ledger::SHAPES;
use schemacheck_scratch::Server;

use super::tables::{connect, fill, pg_dump};
use super::{median, ms, project, time};
use crate::shell::Result;

const ROUNDS: usize = 9;
/// Tables of the usual database and of the large one.
const TABLES: usize = 2_000;
const MANY_TABLES: usize = 20_000;

/// How many models the guard has.
const MODELS: [usize; 3] = [10, 50, 200];

/// The names of some tables, spread over the database, as a service's are.
fn spread(models: usize) -> Vec<String> {
    (0..models).map(|at| format!("t{}", at * (TABLES / models))).collect()
}

/// The records of a model of each of these tables.
pub(super) fn records(client: &mut Client, names: &[String]) -> Result<Vec<u8>> {
    let include = names.iter().map(|name| schemacheck_core::QualifiedName::new("public", name)).collect();
    let scope = Scope { schemas: Some(Vec::new()), include, ledger: None };
    let (_, catalog): (_, Catalog) = introspect::read(client, &scope).map_err(|error| error.to_string())?;
    let mut section = Vec::new();
    for relation in catalog.relations.values() {
        let columns = relation.columns.iter().map(|column| Expected {
            column: column.name.clone(),
            field: column.name.clone(),
            rust_type: "String".into(),
            accepts_null: Some(!column.not_null),
            ..Expected::default()
        });
        let mut manifest = Manifest {
            package: "bench".into(),
            path: format!("bench::{}", relation.name.name),
            file: "src/lib.rs".into(),
            kinds: vec![Kind::Read],
            implied_kind: true,
            relation: relation.name.name.clone(),
            columns: columns.collect(),
            ..Manifest::default()
        };
        manifest.add_facts(&catalog);
        section.extend(record::to_bytes(&manifest));
    }
    Ok(section)
}

pub(super) fn verify(client: &mut Client, section: &[u8]) -> Result<()> {
    Guard::from_records(section).verify(client).map(drop).map_err(|report| report.to_string())
}

/// A bare prototype of the guard's question: names, types and nullability of the columns, keys and indexes of the named
/// tables, as one JSON array; no search path, domains, enums or ledgers.
fn prototype(models: usize) -> String {
    format!(
        "WITH wanted AS MATERIALIZED (SELECT unnest('{{{}}}'::name[]) AS name), rel AS MATERIALIZED (\
         SELECT c.oid, c.relname, c.relkind FROM wanted w JOIN pg_class c ON c.relname = w.name \
         AND c.relnamespace = 'public'::regnamespace) \
         SELECT json_agg(json_build_array(r.relname, r.relkind, \
         (SELECT json_agg(json_build_array(a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
         a.atthasdef, a.attidentity, a.attgenerated) ORDER BY a.attnum) FROM pg_attribute a \
         WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped), \
         (SELECT json_agg(json_build_array(k.conname, k.contype, k.conkey)) FROM pg_constraint k WHERE k.conrelid = r.oid), \
         (SELECT json_agg(json_build_array(i.indexrelid::int8, i.indisunique, i.indisvalid, i.indkey::text)) \
         FROM pg_index i WHERE i.indrelid = r.oid)))::text FROM rel r",
        spread(models).join(",")
    )
}

/// Medians of several works, which take turns.
fn take_turns(works: &mut [Box<dyn FnMut() -> Result<()> + '_>]) -> Result<Vec<Duration>> {
    let mut times = vec![Vec::with_capacity(ROUNDS); works.len()];
    for round in 0..=ROUNDS {
        for (work, times) in works.iter_mut().zip(&mut times) {
            let time = time(work)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.iter_mut().map(|times| median(times)).collect())
}

pub(super) fn guard() -> Result<String> {
    let server = Server::start().map_err(|error| error.to_string())?;
    let usual = server.create_database().map_err(|error| error.to_string())?;
    let large = server.create_database().map_err(|error| error.to_string())?;
    println!("xtask: creating {TABLES} and {MANY_TABLES} tables");
    fill(&mut connect(&usual)?, TABLES)?;
    fill(&mut connect(&large)?, MANY_TABLES)?;
    let mut warm = connect(&usual)?;
    let mut warm_bare = connect(&usual)?;
    let mut warm_large = connect(&large)?;
    let sections = MODELS.map(|models| records(&mut warm, &spread(models)));
    let [ten, fifty, two_hundred] = sections;
    let (ten, fifty, two_hundred) = (ten?, fifty?, two_hundred?);
    let tables: Vec<String> =
        (0..50).flat_map(|at| ["-t".to_owned(), format!("t{}", at * (TABLES / 50))]).collect();
    let bare = prototype(50);
    // Each on its own connection: one is warm when its backend has the catalogs in its cache.
    let (mut warm_ten, mut warm_two_hundred) = (connect(&usual)?, connect(&usual)?);
    let (mut warm_count, mut warm_again) = (connect(&usual)?, connect(&usual)?);
    let ledger = "CREATE TABLE _sqlx_migrations (version bigint, description text, success boolean, checksum bytea); \
                  INSERT INTO _sqlx_migrations SELECT n, 'x', true, '' FROM generate_series(1, 50) n";
    warm.batch_execute(ledger).map_err(|error| error.to_string())?;
    let readiness = Guard::from_records(&ten).readiness();
    let names = [
        "guard, 50 models, connection included",
        "`pg_dump --schema-only`",
        "`pg_dump --schema-only -t` of the 50 tables",
        "guard, 50 models, warm connection",
        "bare prototype, 50 tables, warm connection",
        "guard, 10 models, warm",
        "guard, 200 models, warm",
        "guard, 50 models, 20,000 tables, connection included",
        "guard, 50 models, 20,000 tables, warm",
        "`SELECT count(*) FROM pg_class`, warm",
        "guard, 10 models, looking again, warm",
    ];
    let medians = take_turns(&mut [
        Box::new(|| verify(&mut connect(&usual)?, &fifty)),
        Box::new(|| pg_dump(&usual, &[])),
        Box::new(|| pg_dump(&usual, &tables)),
        Box::new(|| verify(&mut warm, &fifty)),
        Box::new(|| warm_bare.simple_query(&bare).map(drop).map_err(|error| error.to_string())),
        Box::new(|| verify(&mut warm_ten, &ten)),
        Box::new(|| verify(&mut warm_two_hundred, &two_hundred)),
        Box::new(|| verify(&mut connect(&large)?, &fifty)),
        Box::new(|| verify(&mut warm_large, &fifty)),
        Box::new(|| {
            let counted = warm_count.simple_query("SELECT count(*) FROM pg_class");
            counted.map(drop).map_err(|error| error.to_string())
        }),
        Box::new(|| readiness.recheck(&mut warm_again).map(drop).map_err(|report| report.to_string())),
    ])?;
    let mut text = format!(
        "A database of {TABLES} tables of 20 columns, 4 indexes, a foreign key, a check and 8 defaults.\n\n| | ms |\n|---|---|\n"
    );
    for (name, median) in names.iter().zip(&medians) {
        let _ = writeln!(text, "| {name} | {:.1} |", ms(*median));
    }
    let t: Vec<f64> = medians.iter().map(|median| ms(*median)).collect();
    text.push_str("\n| ratio | measured | bound |\n|---|---|---|\n");
    let mut ratio = |what: &str, value: f64, bound: &str| {
        let _ = writeln!(text, "| {what} | {value:.3} | {bound} |");
    };
    ratio("guard of 50 models to `pg_dump` of the database", t[0] / t[1], "0.04");
    ratio("guard of 50 models to `pg_dump -t` of those tables", t[0] / t[2], "0.125");
    ratio("warm guard to the bare prototype", t[3] / t[4], "2.4");
    ratio("20,000 tables to 2,000, connection included", t[7] / t[0], "1.6");
    ratio("20,000 tables to 2,000, warm", t[8] / t[3], "1.6");
    ratio("guard of 10 models to `SELECT count(*) FROM pg_class`", t[5] / t[9], "10");
    ratio("looking again to a full look, 10 models", t[10] / t[5], "0.5");
    ratio(
        "a model more, between 10 and 50, to one between 50 and 200",
        (t[3] - t[5]) / 40.0 / ((t[6] - t[3]) / 150.0),
        "about 1",
    );
    text.push_str(&ledgers(&server)?);
    Ok(text)
}

/// How long the guard's request takes with a ledger of each tool as long as a ledger can be, in a database of its own.
fn ledgers(server: &Server) -> Result<String> {
    const ROWS: u32 = 10_000;
    let mut text = format!("\n| guard of 1 model, warm, with a ledger of {ROWS} rows | ms |\n|---|---|\n");
    let mut slowest = 0.0_f64;
    for shape in SHAPES {
        let database = server.create_database().map_err(|error| error.to_string())?;
        let mut client = connect(&database)?;
        let tables = format!("CREATE TABLE users (id int); {}; ANALYZE", shape.example(ROWS));
        client.batch_execute(&tables).map_err(|error| error.to_string())?;
        let section = records(&mut client, &["users".to_owned()])?;
        let medians = take_turns(&mut [Box::new(|| verify(&mut client, &section))])?;
        slowest = slowest.max(ms(medians[0]));
        let _ = writeln!(text, "| {} | {:.1} |", shape.kind.word(), ms(medians[0]));
    }
    let _ = writeln!(text, "\nThe slowest takes {slowest:.1} ms; the bound is 50 ms for each.");
    Ok(text)
}

pub(super) fn snapshot() -> Result<String> {
    let server = Server::start().map_err(|error| error.to_string())?;
    let database = server.create_database().map_err(|error| error.to_string())?;
    fill(&mut connect(&database)?, TABLES)?;
    let tool = project::tool()?;
    let directory = project::folder("snapshot");
    let _ = std::fs::remove_dir_all(&directory);
    let kept = directory.join("kept");
    std::fs::create_dir_all(&kept).map_err(|error| error.to_string())?;
    let run = |directory: &Path| project::snapshot(&tool, &database, directory);
    let dump = directory.join("dump.sql");
    let dump = ["-f".to_owned(), dump.display().to_string()];
    let mut round = 0;
    let medians = take_turns(&mut [
        // Another directory each time: some file systems are slow where many files were removed a moment ago.
        Box::new(|| {
            round += 1;
            let fresh = directory.join(format!("fresh{round}"));
            std::fs::create_dir_all(&fresh).map_err(|error| error.to_string())?;
            run(&fresh)
        }),
        Box::new(|| run(&kept)),
        Box::new(|| pg_dump(&database, &dump)),
    ])?;
    let t: Vec<f64> = medians.iter().map(|median| ms(*median)).collect();
    let mut text = format!(
        "The whole database of {TABLES} tables, each a process.\n\n| | ms | of `pg_dump` |\n|---|---|---|\n"
    );
    for (name, ms) in [
        "`cargo schemacheck snapshot`, written anew",
        "the same again: no file is touched",
        "`pg_dump --schema-only`",
    ]
    .iter()
    .zip(&t)
    {
        let _ = writeln!(text, "| {name} | {ms:.0} | {:.2} |", ms / t[2]);
    }
    text.push_str("\nThe bound for a snapshot written anew is 0.6.\n");
    Ok(text)
}
