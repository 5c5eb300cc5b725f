//! `verify`: a program against live databases. One that cannot be reached does not hide the others.

use std::time::Duration;

use schemacheck_core::compare::{LedgerOrder, Moment, causes, compare_all};
use schemacheck_core::finding::wording;
use schemacheck_core::{Catalog, Code, Manifest};
use schemacheck_runtime::driver::Blocking;
use schemacheck_runtime::error::{Error as DatabaseError, chain};
use schemacheck_runtime::introspect::guard::{self, ServerFacts};

use super::{manifests, named, of_database};
use crate::args::{Format, Verify};
use crate::connect::Dial;
use crate::directory;
use crate::error::Result;
use crate::report::{Database, Outcome, Report, plural, size};

/// How long one query may take on the server.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) fn run(args: &Verify, format: Format) -> Result<Outcome> {
    let database = args.database.as_deref();
    let named = named(database)?;
    let dials = match args.database_urls.as_slice() {
        [] => vec![Dial::new(None, named.as_ref())?],
        urls => urls.iter().map(|url| Dial::new(Some(url), named.as_ref())).collect::<Result<_>>()?,
    };
    let manifests = match manifests(&args.source)? {
        Ok(manifests) => manifests,
        Err(outcome) => return Ok(outcome),
    };
    let manifests = match of_database(manifests, database, "verify", format) {
        Ok(manifests) => manifests,
        Err(outcome) => return Ok(outcome),
    };
    let order = ledger_order(database);
    let moment = Moment::Start { strict: args.strict };
    let (models, columns) = size(&manifests);
    let of = database.map_or(String::new(), |name| format!(" of {}", wording::database_phrase(Some(name))));
    let report = Report {
        command: "verify",
        databases: dials.iter().map(|dial| verify(dial, &manifests, moment, order.as_ref())).collect(),
        checked: Some((models, columns)),
        conclusion: format!("{} ({}){of} verified", plural(models, "model"), plural(columns, "column")),
        ..Report::default()
    };
    Ok(report.print(format))
}

fn verify(dial: &Dial, manifests: &[Manifest], moment: Moment, order: Option<&LedgerOrder>) -> Database {
    let target = &dial.target;
    let mut database = Database {
        host: target.host.clone(),
        port: target.port.clone(),
        name: target.database.clone(),
        user: target.user.clone(),
        ..Database::default()
    };
    let read = dial
        .connect()
        .map_err(|error| error.message)
        .and_then(|mut client| look(&mut &mut client, manifests, moment).map_err(|error| chain(&error)));
    match read {
        Ok((server, catalog)) => {
            database.findings = compare_all(manifests, &catalog, moment);
            causes(manifests, &catalog, order, &mut database.findings);
            database.server = Some(server);
        }
        Err(problem) => {
            database.unreadable = true;
            database.findings = vec![wording::unreadable(&problem)];
        }
    }
    database
}

/// Asks for the catalog; once more if the answer was torn by a schema change, and for names after a miss.
fn look(
    connection: &mut impl Blocking,
    manifests: &[Manifest],
    moment: Moment,
) -> std::result::Result<(ServerFacts, Catalog), DatabaseError> {
    let request = guard::request(manifests);
    let mut ask = |request: &str| connection.ask(request, TIMEOUT).map_err(DatabaseError::query);
    let mut answer = ask(&request).and_then(|text| guard::answer(&text));
    if answer.as_ref().is_err_and(DatabaseError::is_torn) {
        answer = ask(&request).and_then(|text| guard::answer(&text));
    }
    let (server, mut catalog) = answer?;
    let missing = |code| matches!(code, Code::MissingRelation | Code::MissingType);
    if compare_all(manifests, &catalog, moment).iter().any(|finding| missing(finding.code))
        && let Ok(names) = ask(&guard::names_request())
    {
        guard::add_names(&names, &mut catalog)?;
    }
    Ok((server, catalog))
}

/// The order of migrations, if there is a snapshot here that knows it.
fn ledger_order(database: Option<&str>) -> Option<LedgerOrder> {
    let directory = schemacheck_core::snapshot::of_database(&directory::find().ok()??, database);
    let text = std::fs::read_to_string(directory.join(schemacheck_core::snapshot::LEDGER_FILE)).ok()?;
    let ledger = schemacheck_core::snapshot::read_ledger(&text, "ledger.txt").ok()??;
    Some(LedgerOrder { migrations: ledger.applied })
}
