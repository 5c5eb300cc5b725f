//! The command line's words, as clap types.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::examples;

/// Parses the arguments; run by cargo, the first one is the subcommand's own name.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|argument| argument == "schemacheck") {
        arguments.remove(1);
    }
    Cli::try_parse_from(arguments)
}

/// The words under the name of the file that runs: what completes and documents it takes no name with a space.
pub(crate) fn command() -> clap::Command {
    Cli::command().name("cargo-schemacheck")
}

/// Makes a Rust program and its PostgreSQL database agree.
///
/// Exit status: 0 no finding of error severity; 1 some; 2 something could not be looked at.
#[derive(Debug, Parser)]
#[command(name = "cargo schemacheck", bin_name = "cargo schemacheck", version, propagate_version = true)]
#[command(after_long_help = examples::PROGRAM)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How the report on standard output is written
    #[arg(long, value_enum, default_value_t = Format::Human, global = true)]
    pub(crate) format: Format,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// As rustc writes
    Human,
    /// One JSON object
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Creates `.schemacheck/`, and adds the derives to the structs of an existing program
    ///
    /// Structs that are mapped by diesel, sqlx or sea-orm get the derive if the snapshot knows their table, and enums
    /// and types of columns likewise. Without `--write` a diff shows what would be added. What is skipped is listed
    /// with the reason.
    #[command(after_help = examples::INIT)]
    Init(Init),
    /// Writes the catalog of a database into `.schemacheck/`
    #[command(after_help = examples::SNAPSHOT)]
    Snapshot(Snapshot),
    /// Prints what the models of a program expect
    #[command(after_help = examples::MANIFEST)]
    Manifest(Source),
    /// Compares a program with the snapshot, without a database
    #[command(after_help = examples::CHECK)]
    Check(Check),
    /// Compares a program with live databases
    #[command(after_help = examples::VERIFY)]
    Verify(Verify),
    /// Explains a finding: `explain missing-column`
    #[command(after_help = examples::EXPLAIN)]
    Explain(Explain),
    /// Prints completions for a shell
    ///
    /// They complete `cargo-schemacheck`, the command's own name; `cargo schemacheck` is completed by cargo's.
    #[command(after_help = examples::COMPLETIONS)]
    Completions(Completions),
    /// Prints the manual page, in roff
    #[command(after_help = examples::MAN)]
    Man(Man),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Looks at the files below this path only. Without it: below the current directory, or at the whole of the packages
    /// that are named
    pub(crate) path: Option<PathBuf>,

    /// Adds the derives, and the dependency to `Cargo.toml`. Without it: prints the difference and writes no code
    #[arg(long)]
    pub(crate) write: bool,

    /// Looks at this package of the workspace only; can be given several times
    #[arg(short = 'p', long = "package", value_name = "NAME")]
    pub(crate) packages: Vec<String>,

    /// Writes also to files with changes that are not committed
    #[arg(long, requires = "write")]
    pub(crate) allow_dirty: bool,

    /// Writes also where no git repository could bring back what was there
    #[arg(long, requires = "write")]
    pub(crate) allow_no_vcs: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Snapshot {
    #[command(flatten)]
    pub(crate) connection: Connection,

    /// Covers this schema only; can be given several times. Without it: the schemas of the last snapshot, else every
    /// schema but the system's
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,

    /// Covers this relation too, from any schema, and remembers it; can be given several times
    #[arg(long, value_name = "SCHEMA.NAME")]
    pub(crate) include: Vec<String>,

    /// Covers every schema again, where earlier snapshots were narrowed by `--schema`
    #[arg(long, conflicts_with = "schemas")]
    pub(crate) every_schema: bool,

    /// Covers this schema no longer, which an earlier `--schema` named; can be given several times
    #[arg(long, value_name = "SCHEMA", conflicts_with_all = ["schemas", "every_schema"])]
    pub(crate) forget_schema: Vec<String>,

    /// Covers this relation no longer, which an earlier `--include` named; can be given several times
    #[arg(long, value_name = "SCHEMA.NAME")]
    pub(crate) forget_include: Vec<String>,

    /// Takes a database without relations in place of one with some, and covers schemas and relations that are not there
    /// yet. Without it both are errors, and nothing is written
    #[arg(long)]
    pub(crate) allow_empty: bool,

    /// The snapshot of a second, named database: `.schemacheck/databases/NAME`
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) database: Option<String>,

    /// Writes nothing; prints what differs, and exits with status 1 if something does
    #[arg(long)]
    pub(crate) check: bool,

    /// With `--check`: warns where this executable, shared library or rlib was built from another snapshot; can be given
    /// several times
    #[arg(long, value_name = "FILE", requires = "check")]
    pub(crate) artifact: Vec<PathBuf>,

    /// Reads from the migrations' files in which order they come, for ledgers that do not say it: Alembic's `versions`, or
    /// those of golang-migrate. Without it: the directory in `.schemacheck/config.toml`
    #[arg(long, value_name = "DIR")]
    pub(crate) migrations: Option<PathBuf>,

    /// Starts a throwaway PostgreSQL, runs this shell line with DATABASE_URL and PG* set, and takes the snapshot
    /// there. It runs in the directory that holds `.schemacheck`, and gets no variable that names another database.
    /// Without a value: the line in `.schemacheck/config.toml`, of the database that is named
    #[arg(long, value_name = "COMMAND", num_args = 0..=1, conflicts_with = "database_url")]
    #[allow(clippy::option_option, reason = "clap's form of an option whose value can be left out")]
    pub(crate) run: Option<Option<String>>,

    /// With `--run`: the throwaway PostgreSQL listens on a free port of 127.0.0.1 too and asks for a random password;
    /// DATABASE_URL and PG* hold both. For tools that know no Unix sockets
    #[arg(long, requires = "run")]
    pub(crate) tcp: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// The database. Without it: DATABASE_URL, from the environment or `.env`; else PG*. Of `--database NAME`: the
    /// variable in the settings, else `NAME_DATABASE_URL`
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
}

/// Where the models come from.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// Reads the records of this executable, shared library or rlib, without running it
    #[arg(long, value_name = "FILE")]
    pub(crate) artifact: Vec<PathBuf>,

    /// Reads what `manifest --format json` has written
    #[arg(long, value_name = "FILE", conflicts_with = "artifact")]
    pub(crate) manifest: Option<PathBuf>,

    /// Arguments for `cargo build`, which runs if neither of the two is given
    #[arg(last = true, value_name = "CARGO ARGUMENTS")]
    pub(crate) cargo: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) source: Source,

    /// The named database whose models and snapshot are meant. Without it: the models of the default database
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) database: Option<String>,

    /// Treats what the build did not check as an error
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A database to verify against; can be given several times. Without it: DATABASE_URL, from the environment or
    /// `.env`; else PG*. Of `--database NAME`: the variable in the settings, else `NAME_DATABASE_URL`
    #[arg(long = "database-url", value_name = "URL")]
    pub(crate) database_urls: Vec<String>,

    /// Verifies against all databases of this file: `[[target]]` tables with `name`, `url` or `url_var`, and `schema` or
    /// `schema_pattern`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["database_urls", "database"])]
    pub(crate) targets: Option<PathBuf>,

    /// Looks for models that name no schema in this one; can be given several times, for a verdict each
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,

    /// Looks for them in each schema whose name matches, such as `tenant_*`; can be given several times
    #[arg(long = "schema-pattern", value_name = "PATTERN")]
    pub(crate) schema_patterns: Vec<String>,

    #[command(flatten)]
    pub(crate) source: Source,

    /// The named database whose models are meant. Without it: the models of the default database
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) database: Option<String>,

    /// Treats what is merely risky as an error
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code; without one, all are listed
    pub(crate) code: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The subcommand whose page is meant; without one, the page of the whole
    pub(crate) command: Option<String>,
}

#[cfg(test)]
mod tests;
