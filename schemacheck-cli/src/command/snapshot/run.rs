//! `snapshot --run`: the user's own command on a throwaway server, and what it made there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use schemacheck_core::Catalog;
use schemacheck_core::ident::printable_lines;
use schemacheck_runtime::introspect::snapshot::Scope;
use schemacheck_scratch::{Database as Scratch, Options, Server};

use super::isolation::isolate;
use crate::args::Snapshot;
use crate::config::{Config, FILE};
use crate::database::Named;
use crate::directory::shown;
use crate::dotenv;
use crate::error::{Error, Result};
use crate::report::{self, Database};
use crate::signals;

/// A command that migrates, and how it finds its database.
struct Run<'a> {
    line: &'a str,
    /// Where it runs: the directory that holds the snapshot's.
    directory: PathBuf,
    /// Over TCP, with a password.
    tcp: bool,
    /// The variable of the named database whose snapshot this is.
    variable: Option<String>,
    /// Those of the others.
    others: Vec<String>,
}

/// Migrates a throwaway server with the user's own command, and reads that.
pub(super) fn run_and_read(
    args: &Snapshot,
    line: Option<&str>,
    root: &Path,
    config: &Config,
    named: Option<&Named>,
    scope: &Scope,
) -> Result<(Database, Catalog)> {
    let run = Run::new(args, line, root, config, named)?;
    signals::end_servers().map_err(|error| Error::because("cannot wait for signals", &error))?;
    report::progress("starting a throwaway PostgreSQL");
    let password = run.tcp.then(schemacheck_scratch::random_password).transpose().map_err(no_server)?;
    // The log tells whether the command connected at all.
    let mut options = Options::default().setting("log_connections", "on");
    if let Some(password) = &password {
        options = options.password(password);
    }
    let server = options.start().map_err(no_server)?;
    let scratch = server.create_database().map_err(no_server)?;
    run.migrate(&server, &scratch, password.as_deref())?;
    let came = has_connected(&server, &scratch);
    let mut client = scratch.connect().map_err(no_server)?;
    if !args.allow_empty && !has_relations(&mut client)? {
        return Err(run.made_nothing(came));
    }
    let (facts, catalog) = super::read(&mut client, args, scope)?;
    let database =
        Database { name: Some(scratch.name().to_owned()), server: Some(facts), ..Database::default() };
    Ok((database, catalog))
}

fn no_server(error: schemacheck_scratch::Error) -> Error {
    Error::because("no throwaway PostgreSQL can be had", &error)
}

impl<'a> Run<'a> {
    fn new(
        args: &Snapshot,
        line: Option<&'a str>,
        root: &Path,
        config: &'a Config,
        named: Option<&'a Named>,
    ) -> Result<Self> {
        // The line of one database would put its tables into the snapshot of another.
        let (configured, tcp) = match named {
            Some(named) => (named.run(), named.tcp()),
            None => (config.run.as_deref(), config.tcp),
        };
        let section = named.map_or("[snapshot]".to_owned(), Named::section);
        let place = shown(&root.join(FILE));
        let give = format!("give one: `--run 'sqlx migrate run'`, or set `{section} run` in `{place}`");
        let (line, empty) = match (line, configured) {
            (Some(line), _) => (line, "the line of `--run` is empty".to_owned()),
            (None, Some(line)) => (line, format!("`{section} run` is empty")),
            (None, None) => return Err(Error::new("`--run` needs a command").help(give)),
        };
        if line.trim().is_empty() {
            return Err(Error::new(empty).help(give));
        }
        let variable = named.map(Named::variable).transpose()?;
        let others = Named::variables(root, config);
        let is_other = |other: &String| Some(other) != variable.as_ref() && other != "DATABASE_URL";
        let others = others.into_iter().filter(is_other).collect();
        let directory = match root.parent() {
            Some(above) if !above.as_os_str().is_empty() => above.to_owned(),
            _ => PathBuf::from("."),
        };
        if !directory.is_dir() {
            return Err(Error::new(format!("there is no directory `{}`", shown(&directory))).help(
                "`--run` runs in the directory that holds the snapshot's: make it, or set SCHEMACHECK_DIR",
            ));
        }
        Ok(Self { line, directory, tcp: args.tcp || tcp, variable, others })
    }

    /// The line as messages show it.
    fn shown(&self) -> String {
        printable_lines(self.line.trim()).to_string()
    }

    /// Runs the command.
    fn migrate(&self, server: &Server, scratch: &Scratch<'_>, password: Option<&str>) -> Result<()> {
        let environment = |database: &Scratch<'_>| match password {
            Some(password) => database.tcp_environment(password).unwrap_or_default(),
            None => database.environment(),
        };
        let mut given: Vec<(String, String)> =
            environment(scratch).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let url = given.iter().find(|(name, _)| name == "DATABASE_URL").map(|(_, url)| url.clone());
        given.extend(self.variable.iter().cloned().zip(url));
        // A line that migrates them all is to find an empty database for each, and to put into this one what is its own.
        let mut theirs = Vec::new();
        for variable in &self.others {
            let database = server.create_database().map_err(no_server)?;
            let url = environment(&database).into_iter().find(|(name, _)| *name == "DATABASE_URL");
            given.extend(url.map(|(_, url)| (variable.clone(), url)));
            theirs.push(database);
        }
        let mut command = shell(self.line);
        // What is wrong with the file is for who reads it to say.
        let file = dotenv::File::find(&self.directory).ok().flatten();
        let removed = isolate(&mut command, &given, std::env::vars_os(), file.as_ref());
        if !removed.is_empty() {
            let names: Vec<String> = removed.iter().map(|name| printable_lines(name).to_string()).collect();
            let names = names.join(", ");
            report::progress(&format!("not passed on to the command, for they name a database: {names}"));
        }
        let place = shown(&self.directory);
        let at = if place == "." { String::new() } else { format!(" in `{place}`") };
        report::progress(&format!("running `{}`{at}", self.shown()));
        command.current_dir(&self.directory).stdin(Stdio::null());
        // Standard output is for the report.
        command.stdout(std::io::stderr());
        let ended = schemacheck_scratch::run(&mut command);
        let status =
            ended.map_err(|error| Error::because(&format!("cannot run `{}`", self.shown()), &error))?;
        if status.success() {
            return Ok(());
        }
        let urls = self.urls();
        let error = Error::new(format!("`{}` failed ({status})", self.shown()))
            .help(format!("it ran against an empty database, whose URL is in {urls}; nothing was written"));
        Err(self.other_ways(error))
    }

    /// It has succeeded, and there is nothing.
    fn made_nothing(&self, came: bool) -> Error {
        let why = match came {
            false => "it did not connect to the throwaway database, so it may have gone to another one",
            true => "it connected to the throwaway database and made nothing there",
        };
        let error =
            Error::new(format!("`{}` succeeded and made no relation: {why}", self.shown())).help(format!(
                "the URL of the database that it is to migrate is in {}; nothing was written",
                self.urls()
            ));
        match came {
            true => {
                error.help("if it is to make none, `--allow-empty` takes the snapshot of an empty database")
            }
            false => self.other_ways(error),
        }
    }

    /// What to do for tools that take the database from elsewhere, or cannot reach it.
    fn other_ways(&self, error: Error) -> Error {
        let error = error.help(
            "a tool with a variable of its own gets it on the line: `--run 'MY_APP_DB=$DATABASE_URL ./migrate.sh'`",
        );
        if self.tcp {
            return error;
        }
        error.help(
            "a tool that knows no Unix sockets, such as refinery, Flyway, Drizzle or anything on JDBC, tries \
             `localhost:1` and fails: `--tcp` gives it a port and a password",
        )
    }

    /// The variables with the URL.
    fn urls(&self) -> String {
        match &self.variable {
            Some(variable) => format!("DATABASE_URL and {variable}"),
            None => "DATABASE_URL".to_owned(),
        }
    }
}

/// The shell with a line as it is, after what has a pipe fail with any of its commands. A shell without that, such as dash,
/// would end at the word, so it is tried apart; and the line finds the status 0.
fn shell(line: &str) -> Command {
    if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", line]);
        return command;
    }
    let mut command = Command::new("sh");
    let pipefail = "if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi;";
    command.arg("-c").arg(format!("{pipefail} {line}"));
    command
}

/// Whether somebody has connected to a database, by the server's log, before we do.
fn has_connected(server: &Server, scratch: &Scratch<'_>) -> bool {
    let log = std::fs::read(server.log()).unwrap_or_default();
    let words = format!(" database={}", scratch.name());
    String::from_utf8_lossy(&log)
        .lines()
        .filter(|line| line.contains("connection authorized: "))
        .any(|line| line.contains(&words))
}

/// Whether there is any relation that is not the server's own: those have lower ids (`FirstNormalObjectId`,
/// `access/transam.h`).
fn has_relations(client: &mut postgres::Client) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.>=) 16384 \
        AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog.\"char\"[]))";
    let row = client.query_one(SQL, &[]);
    row.and_then(|row| row.try_get(0))
        .map_err(|error| Error::because("the throwaway database cannot be read", &error))
}
