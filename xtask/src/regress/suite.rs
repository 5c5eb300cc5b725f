//! The throwaway server with PostgreSQL's regression database on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postgres::{Client, NoTls};
use schemacheck_scratch::{Options, Server};

use super::source::Source;
use super::{failed, output};
use crate::shell::{Result, status};

/// The name that the tests expect of their database.
const DATABASE: &str = "regression";

/// What became of the files.
pub(super) struct Ran {
    pub(super) files: usize,
    /// Those whose output is none of the expected ones.
    pub(super) different: Vec<String>,
}

pub(super) struct Suite {
    server: Server,
    psql: PathBuf,
    /// The tests, in the server's own directory: its user can read them there, and they go with it.
    tests: PathBuf,
    /// The one that the expected outputs were made in.
    time_zone: &'static str,
}

impl Suite {
    /// Starts the server and makes the database, as `pg_regress` does.
    pub(super) fn start(binaries: &Path, source: &Source) -> Result<Self> {
        let server = Options::default()
            .bin_dir(binaries)
            .setting("max_prepared_transactions", "2")
            // The cluster may lie in memory.
            .setting("max_wal_size", "256MB")
            .start()
            .map_err(|error| error.to_string())?;
        let tests = server.socket_dir().join("regress");
        copy(&source.tests, &tests)?;
        let library = tests.join("regress.so");
        fs::copy(&source.library, &library).map_err(failed("write", &library))?;
        // Some tests load libraries of Debian's package too.
        let program = binaries.join("postgres").canonicalize().map_err(failed("find", binaries))?;
        let installed = program.ancestors().nth(2).unwrap_or(&program).join("lib");
        for name in ["autoinc.so", "refint.so"] {
            if installed.join(name).exists() {
                fs::copy(installed.join(name), tests.join(name)).map_err(failed("write", &tests))?;
            }
        }
        let results = tests.join("results");
        fs::create_dir_all(&results).map_err(failed("create", &results))?;
        // Some tests have the server write there.
        open_up(&results)?;
        let beside = binaries.join("psql");
        let psql = if beside.exists() { beside } else { "psql".into() };
        let path = tests.join("pg_regress.c");
        let driver = fs::read_to_string(&path).map_err(failed("read", &path))?;
        // Which of the two changed within majors.
        let time_zone = if driver.contains("\"PST8PDT\"") { "PST8PDT" } else { "America/Los_Angeles" };
        let suite = Self { server, psql, tests, time_zone };
        let mut client = suite.connect_to("postgres")?;
        for sql in [
            format!("CREATE DATABASE {DATABASE} TEMPLATE template0"),
            format!("ALTER DATABASE {DATABASE} SET lc_messages TO 'C'"),
            format!("ALTER DATABASE {DATABASE} SET lc_monetary TO 'C'"),
            format!("ALTER DATABASE {DATABASE} SET lc_numeric TO 'C'"),
            format!("ALTER DATABASE {DATABASE} SET lc_time TO 'C'"),
            format!("ALTER DATABASE {DATABASE} SET bytea_output TO 'hex'"),
            format!("ALTER DATABASE {DATABASE} SET timezone_abbreviations TO 'Default'"),
        ] {
            client.batch_execute(&sql).map_err(|error| format!("`{sql}` failed: {error}"))?;
        }
        Ok(suite)
    }

    /// Runs the files of the schedule, one after another. What came out otherwise is kept in a folder.
    pub(super) fn run(&self, keep: &Path) -> Result<Ran> {
        let path = self.tests.join("parallel_schedule");
        let schedule = fs::read_to_string(&path).map_err(failed("read", &path))?;
        let mut ran = Ran { files: 0, different: Vec::new() };
        if keep.exists() {
            fs::remove_dir_all(keep).map_err(failed("remove", keep))?;
        }
        fs::create_dir_all(keep).map_err(failed("create", keep))?;
        for name in files(&schedule) {
            ran.files += 1;
            if !self.run_file(name)? {
                ran.different.push(name.to_owned());
                let (file, copy) = (format!("results/{name}.out"), keep.join(format!("{name}.out")));
                fs::copy(self.tests.join(file), &copy).map_err(failed("write", &copy))?;
            }
        }
        Ok(ran)
    }

    /// Runs a file, and says whether it came out as expected.
    fn run_file(&self, name: &str) -> Result<bool> {
        let path = self.tests.join("sql").join(format!("{name}.sql"));
        let script = fs::File::open(&path).map_err(failed("read", &path))?;
        let path = self.tests.join("results").join(format!("{name}.out"));
        let result = fs::File::create(&path).map_err(failed("write", &path))?;
        let errors = result.try_clone().map_err(failed("write", &path))?;
        let mut command = Command::new(&self.psql);
        command.args(["-X", "-a", "-q", "-d", DATABASE, "-v", "HIDE_TABLEAM=on"]);
        command.args(["-v", "HIDE_TOAST_COMPRESSION=on"]).current_dir(&self.tests);
        self.environment(&mut command);
        command
            .env("PGAPPNAME", format!("pg_regress/{name}"))
            .env("PGTZ", self.time_zone)
            .env("PGDATESTYLE", "Postgres, MDY")
            .env("PGOPTIONS", "-c intervalstyle=postgres_verbose")
            .env("LC_MESSAGES", "C")
            .env("PG_ABS_SRCDIR", &self.tests)
            .env("PG_ABS_BUILDDIR", &self.tests)
            .env("PG_LIBDIR", &self.tests)
            .env("PG_DLSUFFIX", ".so");
        // Many files end with an error on purpose; only the text counts.
        status(command.stdin(script).stdout(result).stderr(Stdio::from(errors)))?;
        let result = fs::read(&path).map_err(failed("read", &path))?;
        // `name.out`, `name_1.out`, ...: builds and locales differ.
        let expected =
            (0..10).map(|n| if n == 0 { format!("{name}.out") } else { format!("{name}_{n}.out") });
        let mut expected = expected.map(|name| fs::read(self.tests.join("expected").join(name)));
        Ok(expected.any(|text| text.is_ok_and(|text| bare(&text) == bare(&result))))
    }

    /// Tells a program of the server, and nothing else of the environment's.
    fn environment(&self, command: &mut Command) {
        for (variable, _) in std::env::vars_os() {
            let text = variable.to_string_lossy();
            if text.starts_with("PG") || text.starts_with("LC_") || text.starts_with("LANG") {
                command.env_remove(&variable);
            }
        }
        let server = &self.server;
        command.env("PGHOST", server.socket_dir()).env("PGPORT", server.port().to_string());
        command.env("PGUSER", server.user());
    }

    pub(super) fn connect(&self) -> Result<Client> {
        self.connect_to(DATABASE)
    }

    /// A second database, restored from a dump of the first.
    pub(super) fn restore(&self, dump: &Path) -> Result<String> {
        self.connect_to("postgres")?
            .batch_execute("CREATE DATABASE restored TEMPLATE template0")
            .map_err(|error| format!("cannot create a database: {error}"))?;
        let program = |name: &str| {
            let beside = self.server.bin_dir().join(name);
            let mut command = Command::new(if beside.exists() { beside } else { name.into() });
            self.environment(&mut command);
            command
        };
        output(program("pg_dump").args(["--schema-only", "-f"]).arg(dump).arg(DATABASE))?;
        let mut psql = program("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "restored", "-f"]).arg(dump);
        output(&mut psql)?;
        Ok(self.url_of("restored"))
    }

    fn connect_to(&self, database: &str) -> Result<Client> {
        let mut config = postgres::Config::new();
        config.host_path(self.server.socket_dir()).port(self.server.port()).user(self.server.user());
        config.dbname(database).connect(NoTls).map_err(|error| format!("cannot connect: {error}"))
    }

    /// The database as `--database-url` takes it.
    pub(super) fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    fn url_of(&self, database: &str) -> String {
        let server = &self.server;
        let socket = server.socket_dir().display().to_string().replace('%', "%25").replace('/', "%2F");
        format!("postgresql://{}@localhost:{}/{database}?host={socket}", server.user(), server.port())
    }
}

/// The files of a schedule in order; those that stand in a line are meant to run together.
fn files(schedule: &str) -> impl Iterator<Item = &str> {
    schedule.lines().filter_map(|line| line.strip_prefix("test:")).flat_map(str::split_whitespace)
}

/// Lines without their white space, as `diff -w` compares.
fn bare(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| *byte == b'\n' || !byte.is_ascii_whitespace()).collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(failed("create", to))?;
    for entry in fs::read_dir(from).map_err(failed("read", from))? {
        let path = entry.map_err(failed("read", from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(failed("write", &target))?;
        }
    }
    Ok(())
}

/// Lets the server's user write; the directory above is closed to all others.
#[cfg(unix)]
fn open_up(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o777)).map_err(failed("open", path))
}

#[cfg(not(unix))]
fn open_up(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_line_by_line() {
        let schedule = "# test: no\n\ntest: setup\ntest: a b  c\n";
        assert_eq!(files(schedule).collect::<Vec<_>>(), ["setup", "a", "b", "c"]);
    }

    #[test]
    fn white_space_within_a_line_does_not_count() {
        assert_eq!(bare(b"a  b\t\r\nc\n"), bare(b" a b\nc \n"));
        assert_ne!(bare(b"a\nb\n"), bare(b"ab\n"));
    }
}
