//! The snapshot's requests: everything of some schemas, deparsed, and the catalog that the answers make.
//!
//! They run in one read-only repeatable-read transaction of our own, under an empty `search_path`, so that deparsed
//! texts qualify every name and all facts are of one moment. First come the facts of relations, by number, then what
//! the numbers mean.

use std::collections::BTreeSet;
use std::fmt::Display;

use postgres::Transaction;
use schemacheck_core::catalog::{Catalog, Server};
use schemacheck_core::json::{self, Node};
use schemacheck_core::ledger::{LedgerColumns, LedgerKind};
use schemacheck_core::pg_type::{TypeDef, TypeKind};
use schemacheck_core::{PgType, QualifiedName};

use super::guard::{ANSWER, ServerFacts, read_ledgers, read_server, read_type};
use super::sql::{Ledgers, name_array, statement};
use crate::error::Error;
use crate::ledger::Own;

use facts::{Facts, Names, Oid, Wanted};
use row::Results;

mod facts;
mod row;
mod trigger;

/// How long a deparse may wait for a lock.
const LOCK_TIMEOUT: &str = "10s";

/// How many relations one message asks for, which bounds what an answer takes of memory.
const RELATIONS_A_MESSAGE: usize = 2000;

/// Which part of a database a snapshot covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// These schemas; nothing for every schema but the system's.
    pub schemas: Option<Vec<String>>,
    /// Single relations besides, from any schema.
    pub include: Vec<QualifiedName>,
    /// A table of the user's own that is the ledger.
    pub ledger: Option<(QualifiedName, LedgerColumns)>,
}

impl Scope {
    /// The condition on `n.nspname` of a relation or type.
    fn condition(&self) -> String {
        match &self.schemas {
            Some(schemas) => {
                format!("n.nspname = ANY ({})", name_array(schemas.iter().map(String::as_str)))
            }
            None => r"(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')".to_owned(),
        }
    }
}

/// Reads a catalog over a connection of our own.
///
/// # Errors
///
/// If the server cannot be asked, waits too long for a lock, or is too old; or if a schema of the scope does not exist.
pub fn read(client: &mut postgres::Client, scope: &Scope) -> Result<(ServerFacts, Catalog), Error> {
    let mut transaction = client
        .build_transaction()
        .isolation_level(postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .map_err(Error::query)?;
    let read = read_within(&mut transaction, scope)?;
    transaction.rollback().map_err(Error::query)?;
    Ok(read)
}

fn read_within(transaction: &mut Transaction<'_>, scope: &Scope) -> Result<(ServerFacts, Catalog), Error> {
    let mut ask = |request: &str| transaction.simple_query(request).map(Results::of).map_err(Error::query);
    let first = ask(&statement(include_str!("../sql/snapshot_server.sql"), &[]))?;
    let first = first.rows(0).next().ok_or_else(|| Error::answer("the server sent no row"))?;
    let (server, mut catalog) = server_answer(first.str(0)?, scope)?;
    // The planner takes catalog queries for expensive ones, and compiling them takes longer than running them.
    ask(&format!(
        "SET LOCAL search_path = ''; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'; SET LOCAL jit = off"
    ))?;
    let mut facts = Facts::relations(&ask(&relations_request(scope))?)?;
    for numbers in facts.numbers().chunks(RELATIONS_A_MESSAGE) {
        facts.add(&ask(&facts_request(numbers, &server))?)?;
    }
    let wanted = facts.wanted();
    let names = Names::read(&ask(&names_request(&wanted))?)?;
    for relation in facts.resolve(&names)? {
        catalog.relations.insert(relation.name.clone(), relation);
    }
    let own = scope.ledger.as_ref().map(|(table, columns)| Own { table, columns });
    let ledgers = Ledgers::All { own }.select();
    let last = ask(&format!("{}; SELECT ({ledgers})::text", types_request(scope, &wanted.types)))?;
    for row in last.rows(0) {
        let def = type_answer(row.str(0)?)?;
        catalog.types.insert(def.name.clone(), def);
    }
    // Of no ledger at all SQL makes NULL.
    if let Some(text) = last.rows(1).next().map(|row| row.opt(0)).transpose()?.flatten() {
        let value = json::parse(text, ANSWER)?;
        read_ledgers(&Node::root(&value, ANSWER), &mut catalog)?;
    }
    if let Some((table, columns)) = &scope.ledger {
        // The one that was named, and no other of that name.
        catalog.ledgers.retain(|ledger| ledger.kind == LedgerKind::Custom && ledger.table == *table);
        catalog.untrusted_ledgers.retain(|ledger| ledger.table == *table);
        catalog.ledgers.iter_mut().for_each(|ledger| ledger.columns = Some(columns.clone()));
    }
    Ok((server, catalog))
}

/// Reads the answer to the first request: a catalog without objects.
fn server_answer(text: &str, scope: &Scope) -> Result<(ServerFacts, Catalog), Error> {
    let value = json::parse(text, ANSWER)?;
    let parts = Node::root(&value, ANSWER).tuple(10)?;
    let facts = read_server(&parts)?;
    let is_system = |schema: &str| schema.starts_with("pg_") || schema == "information_schema";
    let existing = parts[7].strings()?;
    let of_extensions: Vec<String> = parts[9].rows()?.iter().map(Node::string).collect::<Result<_, _>>()?;
    let schemas = match &scope.schemas {
        Some(schemas) => schemas.clone(),
        None => existing.into_iter().filter(|s| !is_system(s) && !of_extensions.contains(s)).collect(),
    };
    let extension = |node: &Node<'_>| -> Result<(String, String), Error> {
        let pair = node.tuple(2)?;
        Ok((pair[0].string()?, pair[1].string()?))
    };
    let catalog = Catalog {
        search_path: parts[6].strings()?.into_iter().filter(|s| !s.starts_with("pg_temp_")).collect(),
        schemas,
        every_schema: scope.schemas.is_none(),
        include: scope.include.clone(),
        server: Server {
            major: facts.version_num / 10_000,
            extensions: parts[8].rows()?.iter().map(extension).collect::<Result<_, _>>()?,
        },
        ..Catalog::default()
    };
    Ok((facts, catalog))
}

fn relations_request(scope: &Scope) -> String {
    let include_schemas = name_array(scope.include.iter().map(|name| name.schema.as_str()));
    let include_names = name_array(scope.include.iter().map(|name| name.name.as_str()));
    statement(
        include_str!("../sql/snapshot_relations.sql"),
        &[
            ("$scope$", &scope.condition()),
            ("$include_schemas$", &include_schemas),
            ("$include_names$", &include_names),
        ],
    )
}

fn facts_request(relations: &[Oid], server: &ServerFacts) -> String {
    // What a column of the catalogs says since a version, and what holds before it.
    let since = |major: u32, column, before| {
        if server.version_num >= major * 10_000 { column } else { before }
    };
    statement(
        include_str!("../sql/snapshot_facts.sql"),
        &[
            ("$relations$", &numbers(relations, "oid")),
            ("$nulls_not_distinct$", since(15, "i.indnullsnotdistinct", "false")),
            ("$delete_columns$", since(15, "k.confdelsetcols", "NULL::int2[]")),
            ("$enforced$", since(18, "k.conenforced", "true")),
            ("$period$", since(18, "k.conperiod", "false")),
        ],
    )
}

fn names_request(wanted: &Wanted) -> String {
    statement(
        include_str!("../sql/snapshot_names.sql"),
        &[
            ("$types$", &types_view()),
            ("$numbers_of_types$", &numbers(&wanted.types, "oid")),
            ("$modified_types$", &numbers(wanted.modifiers.iter().map(|(ty, _)| ty), "oid")),
            ("$modifiers$", &numbers(wanted.modifiers.iter().map(|(_, typmod)| typmod), "int4")),
            ("$collations$", &numbers(&wanted.collations, "oid")),
            ("$opclasses$", &numbers(&wanted.opclasses, "oid")),
            ("$targets$", &numbers(&wanted.targets, "oid")),
        ],
    )
}

fn types_request(scope: &Scope, used: &BTreeSet<Oid>) -> String {
    let values =
        [("$scope$", scope.condition()), ("$types$", types_view()), ("$used$", numbers(used, "oid"))];
    statement(include_str!("../sql/snapshot_types.sql"), &values.each_ref().map(|(k, v)| (*k, v.as_str())))
}

fn types_view() -> String {
    statement(include_str!("../sql/types_view.sql"), &[])
}

/// An array of numbers as an SQL expression.
fn numbers<T: Display>(numbers: impl IntoIterator<Item = T>, element: &str) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("'{{{}}}'::{element}[]", numbers.join(","))
}

/// Reads a row of `snapshot_types.sql`.
fn type_answer(text: &str) -> Result<TypeDef, Error> {
    let value = json::parse(text, ANSWER)?;
    let parts = Node::root(&value, ANSWER).tuple(10)?;
    let kind = match parts[2].str()? {
        "e" => {
            TypeKind::Enum { labels: parts[7].rows()?.iter().map(Node::string).collect::<Result<_, _>>()? }
        }
        "d" => TypeKind::Domain {
            base: read_type(&parts[3].tuple(5)?)?,
            not_null: parts[4].bool()?,
            default: parts[5].opt_string()?,
            checks: parts[6]
                .rows()?
                .iter()
                .map(|check| {
                    let check = check.tuple(2)?;
                    Ok((check[0].string()?, check[1].string()?))
                })
                .collect::<Result<_, Error>>()?,
        },
        "c" => TypeKind::Composite {
            attributes: parts[8]
                .rows()?
                .iter()
                .map(|attribute| {
                    let parts = attribute.tuple(6)?;
                    Ok((parts[0].string()?, read_type(&parts[1..6])?))
                })
                .collect::<Result<Vec<(String, PgType)>, Error>>()?,
        },
        "r" => TypeKind::Range { subtype: read_type(&parts[9].tuple(5)?)? },
        other => return Err(Error::answer(format!("unknown kind of type `{other}`"))),
    };
    Ok(TypeDef { name: QualifiedName::new(parts[0].str()?, parts[1].str()?), kind })
}
