//! A folder outside of the repository, a project in it, and the tool run there.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use schemacheck_scratch::{Database, Server};
use tempfile::TempDir;

/// What ran, and what it said.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let ran = Self {
            status: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        // Every run of every test: no password, whatever happened.
        assert!(!ran.all().contains("hunter2"), "a password was printed:\n{}", ran.all());
        ran
    }

    pub(crate) fn all(&self) -> String {
        format!("status {}\n{}\n{}", self.status, self.stdout, self.stderr)
    }

    /// Asserts the exit status, and that both outputs together hold these texts.
    #[track_caller]
    pub(crate) fn expect(&self, status: i32, texts: &[&str]) -> &Self {
        assert_eq!(self.status, status, "{}", self.all());
        for text in texts {
            assert!(self.all().contains(text), "`{text}` is not in:\n{}", self.all());
        }
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", self.all()))
    }
}

/// A folder that is a repository of its own, so that no snapshot above it is found.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::Builder::new().prefix("schemacheck-test").tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        Self { folder }
    }

    /// A package with this source, depending on the facade.
    pub(crate) fn package(main: &str) -> Self {
        let project = Self::empty();
        project.write("Cargo.toml", &manifest("app", "edition = \"2021\"", ""));
        project.write("src/main.rs", main);
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            let is_database = name.starts_with("PG") || name.ends_with("_DATABASE_URL");
            if is_database || name.starts_with("SCHEMACHECK_") && name != "SCHEMACHECK_PG_BINDIR" {
                command.env_remove(name);
            }
        }
        // What the test run's own cargo sets would make these builds look like its own.
        for name in [
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "DATABASE_URL",
            "DOCS_RS",
        ] {
            command.env_remove(name);
        }
        command.env("CARGO_TARGET_DIR", target()).env("CARGO_TERM_COLOR", "never");
        command
    }

    /// Runs the tool.
    pub(crate) fn tool(&self, arguments: &[&str]) -> Ran {
        self.tool_with(arguments, &[])
    }

    pub(crate) fn tool_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_cargo-schemacheck"), arguments);
        Ran::new(&command.envs(environment.iter().copied()).output().unwrap())
    }

    /// The tool, not yet started.
    pub(crate) fn command_for_tool(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_cargo-schemacheck"), arguments)
    }

    /// Starts the tool and leaves it running, with its messages in a file of the project.
    pub(crate) fn start(&self, arguments: &[&str], messages: &str) -> Child {
        let messages = std::fs::File::create(self.path().join(messages)).unwrap();
        self.command(env!("CARGO_BIN_EXE_cargo-schemacheck"), arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(messages)
            .spawn()
            .unwrap()
    }

    /// In a folder of the project.
    pub(crate) fn tool_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_cargo-schemacheck"), arguments);
        Ran::new(&command.current_dir(self.path().join(folder)).output().unwrap())
    }

    /// Runs cargo.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Ran {
        self.cargo_with(arguments, &[])
    }

    pub(crate) fn cargo_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo, arguments);
        Ran::new(&command.envs(environment.iter().copied()).output().unwrap())
    }

    /// Runs the compiler, without cargo.
    pub(crate) fn rustc(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = self.command(rustc, arguments);
        Ran::new(&command.envs(environment.iter().copied()).output().unwrap())
    }

    /// Runs a built program of the project.
    pub(crate) fn program(&self, name: &str, environment: &[(&str, &str)]) -> Ran {
        let mut command = self.command(self.executable(name), &[]);
        Ran::new(&command.envs(environment.iter().copied()).output().unwrap())
    }

    /// Takes the snapshot of a database.
    #[track_caller]
    pub(crate) fn snapshot(&self, database: &Database<'_>) {
        self.tool(&["snapshot", "--database-url", &database.url()]).expect(0, &[]);
    }

    /// A built executable of the project.
    pub(crate) fn executable(&self, name: &str) -> PathBuf {
        target().join("debug").join(name)
    }
}

/// One target directory for all projects: what they depend on is built once.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects")
}

/// Tests that build a package of one name take turns.
pub(crate) fn one_at_a_time() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A manifest with the facade as dependency.
pub(crate) fn manifest(name: &str, package: &str, dependencies: &str) -> String {
    let facade = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n{package}\n\n[dependencies]\n\
         schemacheck = {{ path = {facade:?}, features = [\"uuid\"] }}\nuuid = \"1\"\n{dependencies}\n"
    )
}

/// A database with a schema.
pub(crate) fn database(schema: &str) -> Database<'static> {
    let database = Server::shared().unwrap().create_database().unwrap();
    database.connect().unwrap().batch_execute(schema).unwrap();
    database
}

/// Two tables, an enum, and an sqlx ledger at its third migration.
pub(crate) const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('ok', 'sad');
    CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL, nickname text, mood mood NOT NULL);
    CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL);
    CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, success bool NOT NULL,
        checksum bytea NOT NULL);
    INSERT INTO _sqlx_migrations SELECT v, '', true, '' FROM generate_series(1, 3) v;
";

/// A program that fits [`SCHEMA`].
pub(crate) const MAIN: &str = r#"
#[derive(schemacheck::PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood { Ok, Sad }

#[derive(schemacheck::Model)]
#[schemacheck(table = "users")]
pub struct User {
    pub id: uuid::Uuid,
    pub email: String,
    pub nickname: Option<String>,
    pub mood: Mood,
}

fn main() {
    let _ = std::mem::size_of::<User>();
    println!("{}", std::mem::size_of::<Mood>());
    assert!(schemacheck::Guard::new().request().is_ok());
}
"#;

/// Takes every connection, and never says a word.
pub(crate) struct Mute(std::net::TcpListener);

impl Mute {
    pub(crate) fn new() -> Self {
        // The system takes connections for a listener; nobody has to.
        Self(std::net::TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }
}
