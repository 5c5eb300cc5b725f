//! One subcommand a file.

use crate::args::{Cli, Command, Format, Source};
use crate::artifact::{self, Artifact, Read, Records};
use crate::build::{self, Built};
use crate::config::Config;
use crate::database::Named;
use crate::directory;
use crate::error::{Error, Result};
use crate::file;
use crate::report::{self, Outcome, Report};

use schemacheck_core::finding::wording;
use schemacheck_core::{Manifest, Severity, record};

mod check;
mod completions;
mod explain;
mod init;
mod man;
mod manifest;
mod snapshot;
mod verify;

/// Runs what the arguments say.
pub(crate) fn run(cli: &Cli) -> Result<Outcome> {
    match &cli.command {
        Command::Init(args) => init::run(args),
        Command::Snapshot(args) => snapshot::run(args, cli.format),
        Command::Manifest(args) => manifest::run(args, cli.format),
        Command::Check(args) => check::run(args, cli.format),
        Command::Verify(args) => verify::run(args, cli.format),
        Command::Explain(args) => explain::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    }
}

/// The records of a source, and the files that they were read from; or what a build that failed comes to.
fn records(source: &Source) -> Result<std::result::Result<Read, Outcome>> {
    let (all, artifacts) = if let Some(path) = &source.manifest {
        let place = directory::shown(path);
        let text = file::text_or_pipe(path)
            .map_err(|error| Error::because(&format!("cannot read `{place}`"), &error))?;
        let all = Records {
            manifests: record::list_from_json(&text, &place)?,
            ledgers: record::ledgers_from_json(&text, &place)?,
        };
        let artifact = Artifact::new(path, &all.manifests);
        (all, vec![artifact])
    } else if !source.artifact.is_empty() {
        artifact::read(&source.artifact)?
    } else {
        let config = match directory::find()? {
            Some(directory) => Config::read(&directory)?,
            None => Config::default(),
        };
        let arguments = if source.cargo.is_empty() { &config.build_args } else { &source.cargo };
        match build::run(arguments)? {
            Built::Records(all, artifacts) => (all, artifacts),
            Built::Failed { ours: true } => return Ok(Err(Outcome::Findings)),
            Built::Failed { ours: false } => return Ok(Err(Outcome::Unreadable)),
        }
    };
    Ok(Ok((artifact::merge(all), artifacts)))
}

/// The database that `--database` names, and the snapshot directory of the default one.
fn named(database: Option<&str>) -> Result<Option<Named>> {
    let Some(name) = database else { return Ok(None) };
    let root = directory::find_or_default()?;
    let config = Config::read(&root)?;
    Ok(Some(Named::new(name, &root, &config)))
}

/// Those of one database, a named one or the default. If there is none, the finding that says so is printed.
fn of_database(
    manifests: Vec<Manifest>,
    database: Option<&str>,
    command: &'static str,
    format: Format,
) -> std::result::Result<Vec<Manifest>, Outcome> {
    let (chosen, left): (Vec<_>, Vec<_>) =
        manifests.into_iter().partition(|manifest| manifest.database.as_deref() == database);
    let mut left: Vec<Option<&str>> = left.iter().map(|manifest| manifest.database.as_deref()).collect();
    left.sort_unstable();
    left.dedup();
    if chosen.is_empty() {
        return Err(no_models(command, database, &left, format));
    }
    let named: Vec<&str> = left.into_iter().flatten().collect();
    // Who names a database knows that there are others.
    if database.is_none() && !named.is_empty() {
        report::remark(Severity::Info, &wording::not_judged(command, &named));
    }
    Ok(chosen)
}

/// Nothing to judge is never "fine".
fn no_models(
    command: &'static str,
    database: Option<&str>,
    others: &[Option<&str>],
    format: Format,
) -> Outcome {
    let finding = wording::no_models(database, others)
        .help("derive `schemacheck::Model` on the structs that read tables")
        .help("in a workspace, build what holds them: `-- --workspace`, or `[build] args` in `.schemacheck/config.toml`");
    let report = Report { command, findings: vec![finding], ..Report::default() };
    report.print(format).max(Outcome::Unreadable)
}
