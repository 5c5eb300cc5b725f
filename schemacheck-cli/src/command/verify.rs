//! `verify`: a program against live databases, and schemas of one shape in them. One that cannot be reached does not hide
//! the others.

use std::collections::HashSet;
use std::time::Duration;

use postgres::Client;
use schemacheck_core::finding::wording;
use schemacheck_core::ledger::{Ledger, SeenLedger, Step};
use schemacheck_core::{Finding, Manifest, Severity};
use schemacheck_runtime::guard::{Guard, Policy, Report as Refusal, Verified, tenants_at_once};

use super::{named, of_database, records};
use crate::args::{Format, Verify};
use crate::built_from::Used;
use crate::deadline::within;
use crate::directory;
use crate::error::{Error, Result};
use crate::report::{self, Database, Outcome, Report, size};
use crate::targets::{Schemas, Target};

/// How long one query may take on the server.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) fn run(args: &Verify, format: Format) -> Result<Outcome> {
    let database = args.database.as_deref();
    let targets = Target::all(args, named(database)?.as_ref())?;
    if let Some(root) = directory::find()? {
        directory::refuse_unfinished(&schemacheck_core::snapshot::of_database(&root, database), database)?;
    }
    let (manifests, mut ledgers, artifacts) = match records(&args.source)? {
        Ok((records, artifacts)) => (records.manifests, records.ledgers, artifacts),
        Err(outcome) => return Ok(outcome),
    };
    let manifests = match of_database(manifests, database, "verify", format) {
        Ok(manifests) => manifests,
        Err(outcome) => return Ok(outcome),
    };
    ledgers.retain(|ledger| ledger.database.as_deref() == database);
    let seen = SeenLedger::newest_of(ledgers).map(|seen| in_order(seen, database));
    let notes = match &seen {
        Some(_) => Vec::new(),
        None => report::no_known_ledger("the program", &crate::config::ledger_section(database)),
    };
    let program = Program { seen, manifests, strict: args.strict };
    let of = database.map_or(String::new(), |name| format!(" of {}", wording::database_phrase(Some(name))));
    let mut databases = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        if targets.len() > 1 {
            report::progress(&format!("verifying {} of {}: {}", at + 1, targets.len(), target.name));
        }
        databases.extend(program.verify(target));
    }
    let report = Report {
        command: "verify",
        databases,
        findings: built_from(&program.manifests, database).into_iter().collect(),
        artifacts,
        notes,
        checked: Some(size(&program.manifests)),
        conclusion: format!("{of} verified"),
    };
    Ok(report.print(format))
}

/// What is verified.
struct Program {
    manifests: Vec<Manifest>,
    /// What the build saw of the migration ledger.
    seen: Option<SeenLedger>,
    strict: bool,
}

impl Program {
    /// A target's verdicts: one, or one a schema.
    fn verify(&self, target: &Target) -> Vec<Database> {
        let connected = target.dial.as_ref().map_err(Clone::clone).and_then(|dial| dial.connect());
        let (connected, target) = match connected {
            Ok((client, reached)) => (Ok(client), Target { dial: Ok(reached), ..target.clone() }),
            Err(error) => (Err(error), target.clone()),
        };
        let target = &target;
        let found = connected.and_then(|client| self.schemas(target, client));
        match found {
            Ok((client, None)) => {
                let guard = self.guard();
                vec![match asked(client, move |client| guard.verify(client)) {
                    Ok((_, verdict)) => judged(target, verdict),
                    Err(error) => unread(target, None, &error),
                }]
            }
            Ok((client, Some(schemas))) => self.verify_schemas(target, client, &schemas),
            Err(error) => vec![unread(target, None, &error)],
        }
    }

    /// The verdicts of a target's schemas, some at a time: so that one can see how far it is, and that an end comes.
    fn verify_schemas(&self, target: &Target, mut client: Client, schemas: &[String]) -> Vec<Database> {
        let mut verdicts = Vec::new();
        let size = tenants_at_once(self.manifests.len());
        for (at, some) in schemas.chunks(size).enumerate() {
            if schemas.len() > size {
                let (first, last) = (at * size + 1, at * size + some.len());
                report::progress(&format!("schemas {first} to {last} of {}", schemas.len()));
            }
            let (guard, names) = (self.guard(), some.to_vec());
            match asked(client, move |client| guard.verify_schemas(client, names)) {
                Ok((kept, Ok(tenants))) => {
                    client = kept;
                    verdicts.extend(tenants.into_iter().map(|tenant| Database {
                        schema: Some(tenant.schema),
                        ..judged(target, tenant.verdict)
                    }));
                }
                Ok((_, Err(refusal))) => {
                    verdicts.push(judged(target, Err(refusal)));
                    return verdicts;
                }
                // The connection is of no use any more.
                Err(error) => {
                    let rest = schemas[at * size..].iter();
                    verdicts.extend(rest.map(|schema| unread(target, Some(schema.clone()), &error)));
                    return verdicts;
                }
            }
        }
        verdicts
    }

    fn guard(&self) -> Guard {
        let mut guard = Guard::of_manifests(self.manifests.clone(), self.seen.clone()).timeout(TIMEOUT);
        if self.strict {
            guard = guard.strict();
        }
        // The environment's override is a service's.
        guard.decided(Policy::Enforce)
    }

    /// The schemas that a target names, or that match its pattern; nothing if the search path decides.
    fn schemas(&self, target: &Target, client: Client) -> Result<(Client, Option<Vec<String>>)> {
        match &target.schemas {
            Schemas::SearchPath => Ok((client, None)),
            Schemas::Named(names) => Ok((client, Some(unique(names.clone())))),
            Schemas::Matching(patterns, names) => {
                let (client, all) = asked(client, crate::targets::schemas)?;
                let (all, mut found) = (all?, Vec::new());
                for pattern in patterns {
                    let matching = crate::targets::matching(&all, pattern);
                    if matching.is_empty() {
                        return Err(Error::new(format!("no schema matches `{pattern}`")));
                    }
                    found.extend(matching);
                }
                // One that is named and not there lacks all tables, and is said to.
                found.extend(names.iter().cloned());
                Ok((client, Some(unique(found))))
            }
        }
    }
}

/// What is asked over a connection, with the connection; an error if no answer comes.
fn asked<T: Send + 'static>(
    mut client: Client,
    ask: impl FnOnce(&mut Client) -> T + Send + 'static,
) -> Result<(Client, T)> {
    // What the server may take for four questions, the most that a look asks, and what the network may take.
    let limit = TIMEOUT * 4 + Duration::from_secs(5);
    within(limit, move || {
        let answer = ask(&mut client);
        (client, answer)
    })
    .ok_or_else(|| Error::new(format!("no answer has come for {} s", limit.as_secs())))
}

/// Each once, in their order.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut known = HashSet::new();
    names.into_iter().filter(|name| known.insert(name.clone())).collect()
}

/// A target, or a schema of it, that could not be looked at.
fn unread(target: &Target, schema: Option<String>, error: &Error) -> Database {
    let mut finding = wording::unreadable(&error.message);
    finding.help.extend(error.help.clone());
    finding.notes.extend(error.notes.clone());
    Database { schema, unreadable: true, findings: vec![finding], ..described(target) }
}

/// What is known of a target before it answers.
fn described(target: &Target) -> Database {
    let dialled = target.dial.as_ref().map(|dial| dial.target.clone()).unwrap_or_default();
    Database {
        target: target.is_named.then(|| target.name.clone()),
        host: dialled.host,
        port: dialled.port,
        name: dialled.database,
        user: dialled.user,
        ..Database::default()
    }
}

fn judged(target: &Target, verdict: std::result::Result<Verified, Refusal>) -> Database {
    let (findings, server, unreadable) = match verdict {
        Ok(verified) => (verified.findings().to_vec(), verified.database().server.clone(), false),
        Err(refusal) => {
            let unreadable = refusal.kind() == schemacheck_runtime::guard::Kind::Unreadable;
            (refusal.findings().to_vec(), refusal.database().server.clone(), unreadable)
        }
    };
    debug_assert!(!unreadable || findings.iter().any(|finding| finding.severity == Severity::Error));
    Database { findings, server, unreadable, ..described(target) }
}

/// Whether the program was built from the snapshot that is here, if there is one: that it is the database's is another
/// question, which is the one that matters here.
fn built_from(manifests: &[Manifest], database: Option<&str>) -> Option<Finding> {
    let directory = schemacheck_core::snapshot::of_database(&directory::find().ok()??, database);
    let catalog = directory::read(&directory, database).ok()?;
    Used { directory: &directory, catalog: &catalog }.remark(manifests)
}

/// What the build saw, of a ledger that keeps only its heads with the order of migrations of a snapshot here: it may have
/// more of them, or the build knew none.
fn in_order(seen: SeenLedger, database: Option<&str>) -> SeenLedger {
    let order = ledger_here(database).filter(|ledger| ledger.kind == seen.kind).map(|ledger| {
        // Where no line is marked as a head, several are a list that somebody wrote.
        if ledger.order.is_empty() { ledger.applied } else { ledger.order }
    });
    let leads_there = |order: &Vec<String>| {
        seen.heads.iter().all(|head| order.iter().any(|line| Step::read(line).name == head))
    };
    match order.filter(|_| !seen.kind.keeps_history()).filter(leads_there) {
        Some(migrations) => SeenLedger { migrations, older: Vec::new(), ..seen },
        None => seen,
    }
}

/// The ledger of the snapshot, if there is one here.
fn ledger_here(database: Option<&str>) -> Option<Ledger> {
    let directory = schemacheck_core::snapshot::of_database(&directory::find().ok()??, database);
    let text = crate::file::text(&directory.join(schemacheck_core::snapshot::LEDGER_FILE)).ok()?;
    schemacheck_core::snapshot::read_ledger(&text, "ledger.txt").ok()?
}
