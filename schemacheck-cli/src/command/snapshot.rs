//! `snapshot`: the catalog of a database, written into `.schemacheck/`.

use std::path::{Path, PathBuf};

use postgres::error::SqlState;
use schemacheck_core::finding::{merge, plural, wording};
use schemacheck_core::ledger::LedgerColumns;
use schemacheck_core::{Catalog, QualifiedName, Severity, drift, snapshot};
use schemacheck_runtime::introspect::guard::ServerFacts;
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};

use crate::args::{Format, Snapshot};
use crate::artifact;
use crate::built_from::Used;
use crate::config::{Config, ledger_section};
use crate::connect::Dial;
use crate::database::Named;
use crate::directory;
use crate::error::{Error, Result};
use crate::migrations;
use crate::report::{self, Database, Outcome, Report};
use crate::scope::{self, check_not_empty, scope};

mod isolation;
mod run;

pub(super) fn run(args: &Snapshot, format: Format) -> Result<Outcome> {
    let root = directory::find_or_default()?;
    let config = Config::read(&root)?;
    let database_name = args.database.as_deref();
    let named = database_name.map(|name| Named::new(name, &root, &config));
    let target = snapshot::of_database(&root, database_name);
    let (records, artifacts) = artifact::read(&args.artifact)?;
    let mut manifests = records.manifests;
    manifests.retain(|manifest| manifest.database.as_deref() == database_name);
    let recorded = if args.check { Some(recorded(&target, named.as_ref())?) } else { None };
    // A snapshot that cannot be read is what this command fixes.
    let covered = directory::read_scope(&target).unwrap_or_else(|error| {
        let lost = "so what earlier snapshots were told to cover is not known: give `--schema` and `--include` again";
        report::remark(Severity::Warning, &format!("{error}, {lost}"));
        None
    });
    let mut scope = scope(args, covered.as_ref())?;
    let ledger = match &named {
        Some(named) => named.ledger(),
        None => config.ledger.as_ref(),
    };
    scope.ledger = ledger.map(|ledger| (ledger.table.clone(), ledger.columns.clone()));
    let (mut database, mut catalog) = match &args.run {
        Some(line) => run::run_and_read(args, line.as_deref(), &root, &config, named.as_ref(), &scope)?,
        None => {
            let dial = Dial::new(args.connection.database_url.as_deref(), named.as_ref())?;
            let database = Database {
                host: dial.target.host.clone(),
                port: dial.target.port.clone(),
                name: dial.target.database.clone(),
                user: dial.target.user.clone(),
                ..Database::default()
            };
            let mut client = dial.connect()?.0;
            match introspect::read(&mut client, &scope) {
                Ok((server, catalog)) => {
                    scope::check(&mut client, args, &scope, &catalog)?;
                    (Database { server: Some(server), ..database }, catalog)
                }
                Err(error) => return Ok(unread(database, &error, &dial).print(format)),
            }
        }
    };
    choose_ledger(&mut catalog, &target, database_name);
    if let Some((table, columns)) = &scope.ledger {
        named_ledger(&catalog, table, columns)?;
    }
    if let Some(path) = migrations(args, &root, &config, named.as_ref()) {
        migrations::add_order(&mut catalog, &path)?;
    }
    let notes = match catalog.ledgers.first() {
        Some(_) => Vec::new(),
        None => report::no_known_ledger("the database", &ledger_section(args.database.as_deref())),
    };
    let shown = directory::shown(&target);
    let known = match &recorded {
        Some(recorded) => recorded.relations.len(),
        None => directory::relations(&target)?,
    };
    check_not_empty(args, &scope, &catalog, &target, known)?;
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
        let findings = Used { directory: &target, catalog: &recorded }.findings(&manifests);
        let conclusion = format!("`{shown}` agrees with the database");
        let report = Report {
            command: "snapshot",
            databases: vec![database],
            findings: merge(findings),
            artifacts,
            notes,
            conclusion,
            ..Report::default()
        };
        return Ok(report.print(format));
    }
    // Of a name that is new here it is said which known one it looks like: a misspelt one would be read by no model.
    if let Some(help) = named.as_ref().and_then(Named::similar) {
        report::remark(Severity::Info, &format!("`{shown}` is new, and {help}"));
    }
    let written = directory::write(&root, args.database.as_deref(), &catalog)?;
    let conclusion = format!(
        "`{shown}`: {}, {}; files: {} written, {} removed, {} unchanged",
        plural(catalog.relations.len(), "relation"),
        plural(catalog.types.len(), "type"),
        written.changed,
        written.removed,
        written.same
    );
    let report =
        Report { command: "snapshot", databases: vec![database], notes, conclusion, ..Report::default() };
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

fn read(client: &mut postgres::Client, args: &Snapshot, scope: &Scope) -> Result<(ServerFacts, Catalog)> {
    let (server, catalog) = introspect::read(client, scope)
        .map_err(|error| Error::because("the catalog cannot be read", &error))?;
    scope::check(client, args, scope, &catalog)?;
    Ok((server, catalog))
}

/// One ledger goes into the snapshot: of several the one with most to say. That of the last snapshot stays where it could
/// not be read this time.
fn choose_ledger(catalog: &mut Catalog, target: &Path, database: Option<&str>) {
    for ledger in &catalog.untrusted_ledgers {
        report::remark(Severity::Info, &wording::ledger_untrusted(ledger).message);
    }
    let untrusted = catalog.untrusted_ledgers.iter().map(|ledger| ledger.table.clone());
    let unread = catalog.ledgers.iter().filter(|ledger| !ledger.readable).map(|ledger| ledger.table.clone());
    let unread: Vec<QualifiedName> = untrusted.chain(unread).collect();
    catalog.ledgers.retain(|ledger| ledger.readable);
    catalog.ledgers.sort_by_key(|ledger| std::cmp::Reverse(ledger.applied.len()));
    if unread.is_empty() {
        return;
    }
    let recorded = directory::read(target, database).ok().and_then(|known| known.ledgers.into_iter().next());
    if let Some(recorded) = recorded.filter(|ledger| unread.contains(&ledger.table)) {
        let problem = format!(
            "the migration ledger `{}` could not be read: `{}` stays as it is",
            recorded.table,
            snapshot::LEDGER_FILE
        );
        report::remark(Severity::Warning, &problem);
        catalog.ledgers = vec![recorded];
    }
}

/// Whether the table that the settings name as the ledger was found: else they are wrong, or this is another database.
fn named_ledger(catalog: &Catalog, table: &QualifiedName, columns: &LedgerColumns) -> Result<()> {
    if !catalog.ledgers.is_empty() {
        return Ok(());
    }
    const MENTIONED: &str = "it is the ledger that `.schemacheck/config.toml` names";
    if let Some(untrusted) = catalog.untrusted_ledgers.iter().find(|ledger| ledger.table == *table) {
        let finding = wording::ledger_untrusted(untrusted);
        return Err(Error::new(finding.message).help(MENTIONED));
    }
    let names = [Some(&columns.version), columns.order.as_ref()].into_iter().flatten();
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    Err(Error::new(format!(
        "cannot read the ledger that the settings name: the table `{table}` with the columns {}",
        names.join(" and ")
    ))
    .help("correct the section `ledger` of `.schemacheck/config.toml`, or migrate this database first")
    .help(
        "the role has to have `SELECT` on it, and nobody may hold it `ACCESS EXCLUSIVE`, as a migration may",
    ))
}

/// The report on a database that could not be read. Nothing was written.
fn unread(mut database: Database, error: &schemacheck_runtime::error::Error, dial: &Dial) -> Report {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<postgres::Error>());
    let is_closed = cause.is_some_and(postgres::Error::is_closed);
    let refusal = if is_closed { dial.refusal() } else { None };
    let mut finding = match &refusal {
        Some(words) => wording::unreadable(words),
        None => wording::unreadable(&schemacheck_runtime::error::chain(error)),
    };
    // A pooler ends the connection with its words, which the driver sees in time or not.
    let is_ended = cause
        .and_then(postgres::Error::as_db_error)
        .is_some_and(|words| *words.code() == SqlState::PROTOCOL_VIOLATION);
    if refusal.is_some() || is_ended {
        finding.help.push(
            "a snapshot needs a transaction: connect to the server itself, or through a pool of transactions \
             or sessions (`pool_mode` of pgbouncer)"
                .to_owned(),
        );
    }
    if introspect::is_passing(error) {
        finding
            .help
            .push("schema changes ran at the same time: run the command again when they are over".to_owned());
    }
    database.unreadable = true;
    database.findings.push(finding);
    Report { command: "snapshot", databases: vec![database], ..Report::default() }
}
