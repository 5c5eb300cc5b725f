//! `snapshot`: the catalog of a database, written into `.schemacheck/`.

use std::path::{Path, PathBuf};

use schemacheck_core::finding::plural;
use schemacheck_core::{Catalog, QualifiedName, Severity, drift, snapshot};
use schemacheck_runtime::introspect::guard::ServerFacts;
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};

use crate::args::{Format, Snapshot};
use crate::config::Config;
use crate::connect::Dial;
use crate::database::Named;
use crate::directory;
use crate::error::{Error, Result};
use crate::migrations;
use crate::report::{self, Database, Outcome, Report};

mod isolation;
mod run;

pub(super) fn run(args: &Snapshot, format: Format) -> Result<Outcome> {
    let root = directory::find_or_default()?;
    let config = Config::read(&root)?;
    let database = args.database.as_deref();
    let named = database.map(|name| Named::new(name, &root, &config));
    let target = snapshot::of_database(&root, database);
    let recorded = if args.check { Some(recorded(&target, named.as_ref())?) } else { None };
    // A snapshot that cannot be read is what this command mends.
    let covered = directory::read_scope(&target).ok().flatten();
    let scope = scope(args, covered.as_ref())?;
    let (mut database, mut catalog) = match &args.run {
        Some(line) => run::run_and_read(args, line.as_deref(), &root, &config, named.as_ref(), &scope)?,
        None => {
            let dial = Dial::new(args.connection.database_url.as_deref(), named.as_ref())?;
            let (server, catalog) = read(&mut dial.connect()?.0, &scope)?;
            let database = Database {
                host: dial.target.host.clone(),
                port: dial.target.port.clone(),
                name: dial.target.database.clone(),
                user: dial.target.user.clone(),
                server: Some(server),
                ..Database::default()
            };
            (database, catalog)
        }
    };
    if let Some(path) = migrations(args, &root, &config, named.as_ref()) {
        migrations::add_order(&mut catalog, &path)?;
    }
    let shown = directory::shown(&target);
    if let Some(recorded) = recorded {
        database.findings = drift::stale(&recorded, &catalog);
        database.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let differs = database.findings.iter().any(|finding| finding.severity > Severity::Info);
        if differs {
            let last = database.findings.last_mut();
            last.into_iter().for_each(|finding| {
                let command = snapshot::command(args.database.as_deref());
                finding.help.push(format!("run `{command}`, build again, and commit the files"));
            });
        }
        let conclusion = format!("`{shown}` agrees with the database");
        let report =
            Report { command: "snapshot", databases: vec![database], conclusion, ..Report::default() };
        return Ok(report.print(format));
    }
    // Of a name that is new here it is said which known one it looks like: a misspelt one would be read by no model.
    if let Some(help) = named.as_ref().and_then(Named::similar) {
        report::remark(Severity::Info, &format!("`{shown}` is new, and {help}"));
    }
    let written = directory::write(&target, &catalog)?;
    let conclusion = format!(
        "`{shown}`: {}, {}; files: {} written, {} removed, {} unchanged",
        plural(catalog.relations.len(), "relation"),
        plural(catalog.types.len(), "type"),
        written.changed,
        written.removed,
        written.same
    );
    let report = Report { command: "snapshot", databases: vec![database], conclusion, ..Report::default() };
    Ok(report.print(format))
}

/// The snapshot that is there.
fn recorded(target: &Path, named: Option<&Named>) -> Result<Catalog> {
    if !target.join(snapshot::CATALOG_FILE).exists() {
        return Err(match named {
            Some(named) => named.no_snapshot(),
            None => Error::new(format!("there is no snapshot in `{}`", directory::shown(target)))
                .help(snapshot::REMEDY),
        });
    }
    directory::read(target, named.map(|named| named.name.as_str()))
}

/// Where the migrations are: as the arguments say, else as the settings do, from the directory above the snapshot's.
fn migrations(args: &Snapshot, root: &Path, config: &Config, named: Option<&Named>) -> Option<PathBuf> {
    let configured = match named {
        Some(named) => named.migrations(),
        None => config.migrations.as_deref(),
    };
    let above = root.parent().unwrap_or(Path::new("."));
    args.migrations.clone().or_else(|| configured.map(|path| above.join(path)))
}

/// What to cover: what the arguments say, else what the last snapshot did, else every schema.
fn scope(args: &Snapshot, recorded: Option<&Catalog>) -> Result<Scope> {
    let schemas = match (args.schemas.as_slice(), recorded) {
        ([], Some(recorded)) if !recorded.every_schema => Some(recorded.schemas.clone()),
        ([], _) => None,
        (schemas, _) => Some(schemas.to_vec()),
    };
    let mut include: Vec<QualifiedName> = recorded.map_or_else(Vec::new, |recorded| recorded.include.clone());
    for name in &args.include {
        let (schema, name) = name
            .split_once('.')
            .filter(|(schema, name)| !schema.is_empty() && !name.is_empty())
            .ok_or_else(|| Error::new(format!("`--include {name}` is no SCHEMA.NAME")))?;
        let name = QualifiedName::new(schema, name);
        if !include.contains(&name) {
            include.push(name);
        }
    }
    include.sort();
    Ok(Scope { schemas, include })
}

fn read(client: &mut postgres::Client, scope: &Scope) -> Result<(ServerFacts, Catalog)> {
    let (server, mut catalog) = introspect::read(client, scope)
        .map_err(|error| Error::because("the catalog cannot be read", &error))?;
    // One ledger goes into the snapshot: of several the one with most to say.
    catalog.ledgers.retain(|ledger| ledger.readable);
    catalog.ledgers.sort_by_key(|ledger| std::cmp::Reverse(ledger.applied.len()));
    Ok((server, catalog))
}
