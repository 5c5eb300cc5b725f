//! What reading a whole database costs the snapshot and its peers: `pg_dump`, SQLAlchemy, diesel's `print-schema` and
//! sea-schema. Those that are no part of the system are had below the target directory; one that cannot be had stands in
//! the table with the reason.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use schemacheck_scratch::Database;

use super::project::{self, write};
use super::tables::{connect, fill, pg_dump};
use super::{median, ms, time};
use crate::shell::{Result, cargo, run as run_to_its_end};

/// Tables of the small database, which all read, and of the large one, which the quadratic ones are spared.
const TABLES: [usize; 2] = [500, 2_000];

type Read<'a> = Box<dyn Fn(&Database<'_>) -> Result<()> + 'a>;

/// One that reads a database.
struct Reader<'a> {
    what: String,
    /// How often each database is read for the table.
    rounds: [usize; 2],
    read: Read<'a>,
}

/// A reader from elsewhere, or why it cannot be had.
type Peer<'a> = (&'static str, Result<Vec<Reader<'a>>>);

pub(super) fn run() -> Result<String> {
    let place = project::folder("peers");
    std::fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let tool = project::tool()?;
    let snapshot = place.join("snapshot");
    let dump = ["-f".to_owned(), place.join("dump.sql").display().to_string()];
    let peers: [Peer<'_>; 3] = [
        ("SQLAlchemy", sqlalchemy(&place.join("python"))),
        ("diesel", diesel(&place.join("diesel"))),
        ("sea-schema", sea_schema(&place.join("sea-schema"))),
    ];
    let mut readers = vec![
        Reader {
            what: "`cargo schemacheck snapshot`, written anew".to_owned(),
            rounds: [5, 5],
            read: Box::new(|database| {
                let _ = std::fs::remove_dir_all(&snapshot);
                std::fs::create_dir_all(&snapshot).map_err(|error| error.to_string())?;
                project::snapshot(&tool, database, &snapshot)
            }),
        },
        Reader {
            what: "`pg_dump --schema-only`".to_owned(),
            rounds: [5, 5],
            read: Box::new(|database| pg_dump(database, &dump)),
        },
    ];
    let mut missing = String::new();
    for (name, peer) in peers {
        match peer {
            Ok(peer) => readers.extend(peer),
            Err(reason) => {
                let _ = writeln!(missing, "\n{name} could not be had: {reason}.");
            }
        }
    }

    let server = project::server()?;
    let mut columns = Vec::new();
    for (nth, tables) in TABLES.into_iter().enumerate() {
        println!("xtask: creating {tables} tables");
        let database = server.create_database().map_err(|error| error.to_string())?;
        fill(&mut connect(&database)?, tables)?;
        columns.push(medians(&readers, nth, &database)?);
    }
    let mut text = String::from(
        "A whole database, each a process of its own; tables of 20 columns, 4 indexes, a foreign key, a check and 8 \
         defaults. The quadratic ones are spared the large database.\n\n| |",
    );
    for tables in TABLES {
        let _ = write!(text, " {tables} tables, ms | of the snapshot |");
    }
    text.push_str(" rounds |\n|---|---|---|---|---|---|\n");
    for (at, reader) in readers.iter().enumerate() {
        let _ = write!(text, "| {} |", reader.what);
        for column in &columns {
            let _ = match (column[at], column[0]) {
                (Some(median), Some(snapshot)) => write!(text, " {median:.0} | {:.2} |", median / snapshot),
                _ => write!(text, " | |"),
            };
        }
        let _ = writeln!(text, " {} |", reader.rounds[0]);
    }
    Ok(text + &missing)
}

/// The medians in milliseconds of the readers, which take turns; nothing for one that is spared this database.
fn medians(readers: &[Reader<'_>], nth: usize, database: &Database<'_>) -> Result<Vec<Option<f64>>> {
    let mut times = vec![Vec::new(); readers.len()];
    let most = readers.iter().map(|reader| reader.rounds[nth]).max().unwrap_or(0);
    for round in 0..most {
        for (reader, times) in readers.iter().zip(&mut times) {
            let rounds = reader.rounds[nth];
            // Files and catalogs come into memory. What runs once takes so long that it does not matter.
            if round == 0 && rounds > 1 {
                (reader.read)(database)?;
            }
            if round < rounds {
                times.push(time(|| (reader.read)(database))?);
            }
        }
    }
    Ok(times.iter_mut().map(|times| (!times.is_empty()).then(|| ms(median(times)))).collect())
}

/// Reflects all tables, or does no more than import what it needs for that.
const REFLECT: &str = "\
import sys
import psycopg
import sqlalchemy

if sys.argv[1:] == ['version']:
    print('SQLAlchemy', sqlalchemy.__version__)
elif sys.argv[1:] == ['reflect']:
    metadata = sqlalchemy.MetaData()
    metadata.reflect(sqlalchemy.create_engine('postgresql+psycopg://'))
    assert len(metadata.tables) >= 500
";

/// A Python of its own with some packages.
pub(super) fn python(place: &Path, packages: &[&str]) -> Result<PathBuf> {
    let python = place.join("bin/python");
    if !python.exists() {
        output(Command::new("python3").args(["-m", "venv"]).arg(place))?;
    }
    output(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
    Ok(python)
}

fn sqlalchemy<'a>(place: &Path) -> Result<Vec<Reader<'a>>> {
    println!("xtask: SQLAlchemy, with pip");
    let python = python(place, &["sqlalchemy>=2,<3", "psycopg[binary]>=3.2,<4"])?;
    let script = place.join("reflect.py");
    write(&script, REFLECT)?;
    let version = output(Command::new(&python).arg(&script).arg("version"))?;
    let reader = |what: String, rounds, argument: &'static str| {
        let (python, script) = (python.clone(), script.clone());
        let read = move |database: &Database<'_>| {
            let mut command = Command::new(&python);
            run_to_its_end(crate::shell::lead_to(command.arg(&script).arg(argument), database))
        };
        Reader { what, rounds, read: Box::new(read) }
    };
    Ok(vec![
        reader(format!("{version} `MetaData.reflect`"), [3, 3], "reflect"),
        reader("Python's start and imports alone".to_owned(), [3, 3], "nothing"),
    ])
}

fn diesel<'a>(place: &Path) -> Result<Vec<Reader<'a>>> {
    let program = place.join("bin/diesel");
    if !program.exists() {
        println!("xtask: diesel_cli, with cargo install");
        crate::postgres::find_or_install_libpq()?;
        let mut command = cargo();
        command.args(["install", "--quiet", "diesel_cli", "--version", "^2.3", "--locked"]);
        command.args(["--no-default-features", "--features", "postgres", "--root"]).arg(place);
        output(&mut command)?;
    }
    let version = output(Command::new(&program).arg("--version"))?;
    let version = version.lines().find_map(|line| line.trim().strip_prefix("Version: ")).unwrap_or_default();
    let schema = place.join("schema.rs");
    let read = move |database: &Database<'_>| {
        let to = std::fs::File::create(&schema).map_err(|error| error.to_string())?;
        let mut command = Command::new(&program);
        // Elsewhere than in the repository, where it would look for a `diesel.toml`.
        command.current_dir(schema.parent().unwrap_or(Path::new("/"))).stdout(to);
        run_to_its_end(command.args(["print-schema", "--database-url", &database.url()]))
    };
    let what = format!("diesel {version} `print-schema`");
    Ok(vec![Reader { what, rounds: [2, 0], read: Box::new(read) }])
}

const DISCOVER: &str = "\
#[tokio::main(flavor = \"current_thread\")]
async fn main() {
    let url = std::env::var(\"DATABASE_URL\").unwrap();
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    let schema = sea_schema::postgres::discovery::SchemaDiscovery::new(pool, \"public\").discover().await.unwrap();
    assert!(schema.tables.len() >= 500);
}
";

fn sea_schema<'a>(place: &Path) -> Result<Vec<Reader<'a>>> {
    println!("xtask: sea-schema, with cargo build");
    let manifest = "[package]\nname = \"bench-sea-schema\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n\
         sea-schema = { version = \"0.18\", default-features = false, features = [\"discovery\", \"runtime-tokio\", \"sqlx-postgres\"] }\n\
         sqlx = { version = \"0.9\", default-features = false, features = [\"postgres\", \"runtime-tokio\"] }\n\
         tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n";
    write(&place.join("Cargo.toml"), manifest)?;
    write(&place.join("src/main.rs"), DISCOVER)?;
    let target = place.join("target");
    let in_place =
        |command: &mut Command| output(command.current_dir(place).env("CARGO_TARGET_DIR", &target));
    in_place(cargo().args(["build", "--quiet", "--release"]))?;
    let version = in_place(cargo().args(["pkgid", "sea-schema"]))?;
    let version = version.rsplit(['@', '#']).next().unwrap_or_default();
    let what = format!("sea-schema {version} `SchemaDiscovery::discover`");
    let program = target.join("release/bench-sea-schema");
    let read = move |database: &Database<'_>| {
        run_to_its_end(crate::shell::lead_to(&mut Command::new(&program), database))
    };
    Ok(vec![Reader { what, rounds: [1, 0], read: Box::new(read) }])
}

/// What a command printed; if it failed, the last line of its complaint.
pub(super) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {}: {error}", command.get_program().display()))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let line =
            complaint.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("no reason given");
        eprintln!("{complaint}");
        return Err(format!("{} failed: {line}", command.get_program().display()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
