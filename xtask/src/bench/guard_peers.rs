//! What verifying models costs the guard and its peers: pgorm's check, SQLAlchemy's inspector and Alembic's compare, each
//! over a warm connection, within its own process. One that cannot be had stands below the table with the reason.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use schemacheck_runtime::Guard;
use schemacheck_scratch::Database;

use super::catalog::{records, verify};
use super::peers::{output, python};
use super::tables::{connect, fill};
use super::{median, ms, project, time};
use crate::shell::{Result, cargo};

/// Tables of the usual database, and models.
const TABLES: usize = 2_000;
const MODELS: usize = 50;
const ROUNDS: usize = 5;
/// Looks of one round, of which the median counts.
const LOOKS: usize = 5;

/// Yields the milliseconds that one look at a database takes.
type Look<'a> = Box<dyn Fn(&Database<'_>) -> Result<f64> + 'a>;

pub(super) fn run() -> Result<String> {
    let place = project::folder("guard-peers");
    std::fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let server = project::server()?;
    let usual = server.create_database().map_err(|error| error.to_string())?;
    let small = server.create_database().map_err(|error| error.to_string())?;
    println!("xtask: creating {TABLES} and {MODELS} tables");
    fill(&mut connect(&usual)?, TABLES)?;
    // The same tables, and no others.
    fill(&mut connect(&small)?, MODELS)?;
    for database in [&usual, &small] {
        let ledger = "CREATE TABLE _sqlx_migrations (version bigint, description text, success boolean, checksum bytea); \
                      INSERT INTO _sqlx_migrations SELECT n, 'x', true, '' FROM generate_series(1, 50) n";
        connect(database)?.batch_execute(ledger).map_err(|error| error.to_string())?;
    }
    let names = |database: &Database<'_>| table_names(database.name() == small.name());
    let guard: Look<'_> = Box::new(|database| {
        let mut client = connect(database)?;
        let section = records(&mut client, &names(database))?;
        looks(|| verify(&mut client, &section))
    });
    let recheck: Look<'_> = Box::new(|database| {
        let mut client = connect(database)?;
        let section = records(&mut client, &names(database))?;
        let readiness = Guard::from_records(&section).readiness();
        looks(|| readiness.recheck(&mut client).map(drop).map_err(|report| report.to_string()))
    });
    let mut readers = vec![("guard".to_owned(), guard), ("guard, looking again".to_owned(), recheck)];
    let mut missing = String::new();
    for (name, peer) in [("pgorm", pgorm(&place.join("pgorm"))), ("SQLAlchemy and Alembic", alembic(&place))]
    {
        match peer {
            Ok(peer) => readers.extend(peer),
            Err(reason) => {
                let _ = writeln!(missing, "\n{name} could not be had: {reason}.");
            }
        }
    }
    let mut times = vec![[Vec::new(), Vec::new()]; readers.len()];
    for _ in 0..ROUNDS {
        for ((_, look), times) in readers.iter().zip(&mut times) {
            for (times, database) in times.iter_mut().zip([&usual, &small]) {
                times.push(look(database)?);
            }
        }
    }
    let middle = |times: &[f64]| {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times[(times.len() - 1) / 2]
    };
    let medians: Vec<[f64; 2]> = times.iter().map(|both| [middle(&both[0]), middle(&both[1])]).collect();
    let mut text = format!(
        "{MODELS} models of 20 columns over a warm connection; the guard with privileges and a ledger of 50 migrations.\n\n\
         | | in {TABLES} tables, ms | to the guard | in {MODELS} tables, ms | to the guard |\n|---|---|---|---|---|\n"
    );
    for ((name, _), [usual, small]) in readers.iter().zip(&medians) {
        let _ = writeln!(
            text,
            "| {name} | {usual:.1} | {:.1} | {small:.1} | {:.1} |",
            usual / medians[0][0],
            small / medians[0][1]
        );
    }
    text.push_str(
        "\nThe bound is 8 for each peer in the large database, and 1 for pgorm in the small one.\n",
    );
    Ok(text + &missing)
}

/// The tables that have a model.
fn table_names(is_small: bool) -> Vec<String> {
    let step = if is_small { 1 } else { TABLES / MODELS };
    (0..MODELS).map(|at| format!("t{}", at * step)).collect()
}

/// The median of some looks, after one that does not count.
fn looks(mut look: impl FnMut() -> Result<()>) -> Result<f64> {
    look()?;
    let mut times: Vec<Duration> = (0..LOOKS).map(|_| time(&mut look)).collect::<Result<_>>()?;
    Ok(ms(median(&mut times)))
}

/// Runs a peer, which prints its milliseconds.
fn ask(command: &mut Command, database: &Database<'_>, names: &[String]) -> Result<f64> {
    let text = output(crate::shell::lead_to(command.args(names), database))?;
    text.trim().parse().map_err(|_| format!("`{text}` is no number"))
}

fn pgorm<'a>(place: &Path) -> Result<Vec<(String, Look<'a>)>> {
    println!("xtask: pgorm, with cargo build");
    let manifest = "[package]\nname = \"bench-pgorm\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\npgorm = \"0.3\"\n\
         tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\ntokio-postgres = \"0.7\"\n";
    project::write(&place.join("Cargo.toml"), manifest)?;
    let mut source = String::from(
        "use pgorm::{FromRow, Model, PgClient};\nuse std::time::SystemTime;\n\
         /// What stands for a crate of decimal numbers, which only queries would need.\n\
         #[derive(Debug)]\nstruct Numeric;\n\
         impl<'a> tokio_postgres::types::FromSql<'a> for Numeric {\n\
         fn from_sql(_: &tokio_postgres::types::Type, _: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> { Ok(Self) }\n\
         fn accepts(_: &tokio_postgres::types::Type) -> bool { true }\n}\n",
    );
    // The models of the one database and of the other.
    for name in table_names(false).into_iter().chain(table_names(true)) {
        if source.contains(&format!("\"{name}\"")) {
            continue;
        }
        let _ = writeln!(
            source,
            "#[derive(Debug, FromRow, Model)]\n#[orm(table = \"{name}\")]\n#[allow(dead_code)]\nstruct {} {{ #[orm(id)] id: i64, \
             parent: Option<i64>, plain0: Option<String>, plain1: i32, plain2: Option<SystemTime>, plain3: Option<String>, \
             plain4: i32, plain5: Option<SystemTime>, plain6: Option<String>, plain7: i32, plain8: Option<SystemTime>, \
             given0: Option<String>, given1: Numeric, given2: Option<String>, given3: Numeric, given4: Option<String>, \
             given5: Numeric, given6: Option<String>, given7: Numeric, state: String }}",
            name.to_uppercase()
        );
    }
    let models = |is_small| table_names(is_small).join(", ").to_uppercase();
    let _ = write!(
        source,
        "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), pgorm::OrmError> {{\n\
         let url = std::env::var(\"DATABASE_URL\").unwrap();\n\
         let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();\n\
         tokio::spawn(connection);\nlet pg = PgClient::new(client);\n\
         let is_small = std::env::args().nth(2).as_deref() == Some(\"t1\");\nlet mut times = Vec::new();\n\
         for look in 0..={LOOKS} {{\nlet begun = std::time::Instant::now();\n\
         let results = if is_small {{ pgorm::check_models_db!(pg, {}).await? }} else {{ pgorm::check_models_db!(pg, {}).await? }};\n\
         assert!(results.iter().all(|result| result.is_valid()), \"{{results:?}}\");\n\
         if look > 0 {{ times.push(begun.elapsed().as_secs_f64() * 1000.0); }}\n}}\n\
         times.sort_by(f64::total_cmp);\nprintln!(\"{{}}\", times[(times.len() - 1) / 2]);\nOk(())\n}}\n",
        models(true),
        models(false)
    );
    project::write(&place.join("src/main.rs"), &source)?;
    let target = place.join("target");
    let clang = libclang(&place.join("clang"))?;
    let in_place = |command: &mut Command| {
        output(command.current_dir(place).env("CARGO_TARGET_DIR", &target).envs(clang.clone()))
    };
    in_place(cargo().args(["build", "--quiet", "--release"]))?;
    let version = in_place(cargo().args(["pkgid", "pgorm"]))?;
    let version = version.rsplit(['@', '#']).next().unwrap_or_default().to_owned();
    let program = target.join("release/bench-pgorm");
    let look =
        move |database: &Database<'_>| ask(&mut Command::new(&program), database, &table_names_of(database)?);
    Ok(vec![(format!("pgorm {version} `check_models_db!`, names only"), Box::new(look))])
}

/// What lets pgorm's parser of SQL be built: clang as a library, out of a Python package, with the compiler's headers.
fn libclang(place: &Path) -> Result<Vec<(&'static str, String)>> {
    let python = python(place, &["libclang==18.1.1"])?;
    let library = "import clang, os; print(os.path.join(os.path.dirname(clang.__file__), 'native'))";
    let library = output(Command::new(python).args(["-c", library]))?;
    let headers = output(Command::new("cc").arg("-print-file-name=include"))?;
    Ok(vec![("LIBCLANG_PATH", library), ("BINDGEN_EXTRA_CLANG_ARGS", format!("-I{headers}"))])
}

/// The tables that have a model, by what there is.
fn table_names_of(database: &Database<'_>) -> Result<Vec<String>> {
    let count = "SELECT count(*) FROM pg_catalog.pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]+$'";
    let row = connect(database)?.query_one(count, &[]).map_err(|error| error.to_string())?;
    Ok(table_names(row.get::<_, i64>(0) == MODELS as i64))
}

const COMPARE: &str = "\
import statistics
import sys
import time

import alembic
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

if sys.argv[1] == 'version':
    print(sqlalchemy.__version__, alembic.__version__)
    sys.exit()
names = set(sys.argv[2:])
engine = sqlalchemy.create_engine('postgresql+psycopg://')
found = sqlalchemy.MetaData()
found.reflect(engine, only=names, resolve_fks=False)
# The same without foreign keys: most refer to tables that have no model.
metadata = sqlalchemy.MetaData()
for table in found.tables.values():
    columns = [
        sqlalchemy.Column(column.name, column.type, nullable=column.nullable, primary_key=column.primary_key)
        for column in table.columns
    ]
    model = sqlalchemy.Table(table.name, metadata, *columns)
    for index in table.indexes:
        sqlalchemy.Index(index.name, *[model.c[column.name] for column in index.columns], unique=index.unique)


def inspect(connection):
    inspector = sqlalchemy.inspect(connection)
    for name in names:
        assert len(inspector.get_columns(name)) == 20
        inspector.get_pk_constraint(name)
        inspector.get_foreign_keys(name)
        inspector.get_indexes(name)


def compare(connection):
    def wanted(name, kind, parents):
        return kind != 'table' or name in names
    context = MigrationContext.configure(connection, opts={'include_name': wanted, 'compare_type': True})
    compare_metadata(context, metadata)


work = {'inspect': inspect, 'compare': compare}[sys.argv[1]]
times = []
with engine.connect() as connection:
    for look in range(6):
        begun = time.perf_counter()
        work(connection)
        if look:
            times.append(time.perf_counter() - begun)
print(statistics.median(times) * 1000)
";

fn alembic<'a>(place: &Path) -> Result<Vec<(String, Look<'a>)>> {
    println!("xtask: SQLAlchemy and Alembic, with pip");
    let python: PathBuf =
        python(&place.join("python"), &["sqlalchemy>=2,<3", "alembic>=1,<2", "psycopg[binary]>=3.2,<4"])?;
    let script = place.join("compare.py");
    project::write(&script, COMPARE)?;
    let versions = output(Command::new(&python).arg(&script).arg("version"))?;
    let (sqlalchemy, alembic) = versions.split_once(' ').ok_or("no versions")?;
    let look = |work: &'static str| -> Look<'a> {
        let (python, script) = (python.clone(), script.clone());
        Box::new(move |database| {
            ask(Command::new(&python).arg(&script).arg(work), database, &table_names_of(database)?)
        })
    };
    Ok(vec![
        (format!("SQLAlchemy {sqlalchemy} inspector"), look("inspect")),
        (format!("Alembic {alembic} `compare_metadata`"), look("compare")),
    ])
}
