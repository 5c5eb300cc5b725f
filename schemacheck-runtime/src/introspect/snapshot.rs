//! The snapshot's requests: everything of some schemas, deparsed, and the catalog that the answers make.
//!
//! They run in one read-only repeatable-read transaction of our own, under an empty `search_path`, so that deparsed
//! texts qualify every name and all facts are of one moment.

use schemacheck_core::catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, Generated, Identity, Index, IndexKey, IndexKeyKind,
    RelKind, Relation, Server,
};
use schemacheck_core::json::{self, Node};
use schemacheck_core::pg_type::{TypeDef, TypeKind};
use schemacheck_core::{PgType, QualifiedName};

#[cfg(feature = "postgres")]
use super::guard::read_ledgers;
use super::guard::{ANSWER, ServerFacts, read_server, read_type};
#[cfg(feature = "postgres")]
use super::sql;
use super::sql::{name_array, statement};
use crate::error::Error;

/// How long a deparse may wait for a lock.
#[cfg(feature = "postgres")]
const LOCK_TIMEOUT: &str = "10s";

/// Which part of a database a snapshot covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// These schemas; nothing for every schema but the system's.
    pub schemas: Option<Vec<String>>,
    /// Single relations besides, from any schema.
    pub include: Vec<QualifiedName>,
}

impl Scope {
    /// The condition on `n.nspname` of a relation or type.
    fn condition(&self) -> String {
        match &self.schemas {
            Some(schemas) => {
                format!("n.nspname = ANY ({})", name_array(schemas.iter().map(|s| Some(s.as_str()))))
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
#[cfg(feature = "postgres")]
pub fn read(client: &mut postgres::Client, scope: &Scope) -> Result<(ServerFacts, Catalog), Error> {
    let mut transaction = client
        .build_transaction()
        .isolation_level(postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .map_err(Error::query)?;
    let mut ask = |request: &str| -> Result<Vec<String>, Error> {
        let messages = transaction.simple_query(request).map_err(Error::query)?;
        let rows = messages.into_iter().filter_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => {
                row.try_get(crate::driver::COLUMN).ok().flatten().map(str::to_owned)
            }
            _ => None,
        });
        Ok(rows.collect())
    };
    let first = ask(&server_request())?;
    let first = first.first().ok_or_else(|| Error::answer("the server sent no row"))?;
    let (facts, mut catalog) = server_answer(first, scope)?;
    // The planner takes catalog queries for expensive ones, and compiling them takes longer than running them.
    ask(&format!(
        "SET LOCAL search_path = ''; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'; SET LOCAL jit = off"
    ))?;
    for row in ask(&relations_request(scope, &facts))? {
        let relation = relation_answer(&row)?;
        catalog.relations.insert(relation.name.clone(), relation);
    }
    for row in ask(&types_request(scope))? {
        let def = type_answer(&row)?;
        catalog.types.insert(def.name.clone(), def);
    }
    if let Some(row) = ask(&format!("SELECT ({})::text AS schemacheck", sql::ledgers()))?.first() {
        let value = json::parse(row, ANSWER)?;
        catalog.ledgers = read_ledgers(&Node::root(&value, ANSWER))?;
    }
    transaction.rollback().map_err(Error::query)?;
    Ok((facts, catalog))
}

/// The request to send first, before the search path is emptied.
pub fn server_request() -> String {
    statement(include_str!("../sql/snapshot_server.sql"), &[])
}

/// Reads its answer: a catalog without objects.
///
/// # Errors
///
/// If it is no such answer, the server is too old, or a schema of the scope does not exist.
pub fn server_answer(text: &str, scope: &Scope) -> Result<(ServerFacts, Catalog), Error> {
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

/// The request for relations: a row each.
pub fn relations_request(scope: &Scope, server: &ServerFacts) -> String {
    let include_schemas = name_array(scope.include.iter().map(|name| Some(name.schema.as_str())));
    let include_names = name_array(scope.include.iter().map(|name| Some(name.name.as_str())));
    // What a column of the catalogs says since a version, and what holds before it.
    let since = |major: u32, column, before| {
        if server.version_num >= major * 10_000 { column } else { before }
    };
    statement(
        include_str!("../sql/snapshot_relations.sql"),
        &[
            ("$scope$", &scope.condition()),
            ("$types$", &types_view()),
            ("$include_schemas$", &include_schemas),
            ("$include_names$", &include_names),
            ("$nulls_not_distinct$", since(15, "i.indnullsnotdistinct", "false")),
            ("$delete_columns$", since(15, "k.confdelsetcols", "NULL::int2[]")),
            ("$enforced$", since(18, "k.conenforced", "true")),
            ("$period$", since(18, "k.conperiod", "false")),
        ],
    )
}

/// The request for types: a row each.
pub fn types_request(scope: &Scope) -> String {
    let values = [("$scope$", scope.condition()), ("$types$", types_view())];
    statement(include_str!("../sql/snapshot_types.sql"), &values.each_ref().map(|(k, v)| (*k, v.as_str())))
}

fn types_view() -> String {
    statement(include_str!("../sql/types_view.sql"), &[])
}

/// Reads a row of [`relations_request`].
///
/// # Errors
///
/// If it is no such row.
pub fn relation_answer(text: &str) -> Result<Relation, Error> {
    let value = json::parse(text, ANSWER)?;
    let parts = Node::root(&value, ANSWER).tuple(6)?;
    Ok(Relation {
        name: QualifiedName::new(parts[0].str()?, parts[1].str()?),
        kind: RelKind::from_relkind(parts[2].str()?)
            .ok_or_else(|| Error::answer("unknown kind of relation"))?,
        columns: parts[3].rows()?.iter().map(read_column).collect::<Result<_, _>>()?,
        constraints: parts[4].rows()?.iter().map(read_constraint).collect::<Result<_, _>>()?,
        indexes: parts[5].rows()?.iter().map(read_index).collect::<Result<_, _>>()?,
    })
}

fn read_column(row: &Node<'_>) -> Result<Column, Error> {
    let parts = row.tuple(12)?;
    let expression = parts[7].opt_string()?;
    let (default, generated) = match parts[9].str()? {
        "" => (expression, None),
        letter => {
            (None, Some(Generated { stored: letter == "s", expression: expression.unwrap_or_default() }))
        }
    };
    Ok(Column {
        name: parts[0].string()?,
        ty: read_type(&parts[1..6])?,
        not_null: parts[6].bool()?,
        default,
        identity: Identity::from_letter(parts[8].str()?),
        generated,
        collation: read_pair(&parts[10], &parts[11])?,
    })
}

/// A name in two parts, either of which is null if there is none.
fn read_pair(schema: &Node<'_>, name: &Node<'_>) -> Result<Option<QualifiedName>, Error> {
    match (schema.opt_string()?, name.opt_string()?) {
        (Some(schema), Some(name)) => Ok(Some(QualifiedName { schema, name })),
        _ => Ok(None),
    }
}

fn read_constraint(row: &Node<'_>) -> Result<Constraint, Error> {
    let parts = row.tuple(17)?;
    let names = |node: &Node<'_>| -> Result<Vec<String>, Error> {
        Ok(node.rows()?.iter().map(Node::string).collect::<Result<_, _>>()?)
    };
    let action = |node: &Node<'_>| -> Result<Action, Error> {
        Action::from_letter(node.str()?).ok_or_else(|| Error::answer("unknown referential action"))
    };
    let kind = match parts[1].str()? {
        "p" => ConstraintKind::PrimaryKey(names(&parts[5])?),
        "u" => ConstraintKind::Unique {
            columns: names(&parts[5])?,
            nulls_not_distinct: !parts[13].is_null() && parts[13].bool()?,
        },
        "f" => ConstraintKind::ForeignKey {
            columns: names(&parts[5])?,
            target: read_pair(&parts[6], &parts[7])?
                .ok_or_else(|| Error::answer("a foreign key without target"))?,
            target_columns: names(&parts[8])?,
            on_update: action(&parts[9])?,
            on_delete: action(&parts[10])?,
            match_full: parts[11].str()? == "f",
            delete_columns: names(&parts[16])?,
        },
        "c" => ConstraintKind::Check(parts[12].string()?),
        "x" => ConstraintKind::Exclusion(parts[12].string()?),
        other => {
            return Err(Error::answer(format!("unknown kind of constraint `{other}`")));
        }
    };
    Ok(Constraint {
        name: parts[0].string()?,
        kind,
        validated: parts[2].bool()?,
        enforced: parts[14].bool()?,
        period: parts[15].bool()?,
        deferrable: parts[3].bool()?,
        deferred: parts[4].bool()?,
    })
}

fn read_index(row: &Node<'_>) -> Result<Index, Error> {
    let parts = row.tuple(8)?;
    let mut index = Index {
        name: parts[0].string()?,
        method: parts[1].string()?,
        keys: Vec::new(),
        include: Vec::new(),
        unique: parts[2].bool()?,
        nulls_not_distinct: parts[3].bool()?,
        valid: parts[4].bool()?,
        predicate: parts[5].opt_string()?,
        constraint: parts[6].opt_string()?,
    };
    for key in parts[7].rows()? {
        let key = key.tuple(8)?;
        let column = key[1].opt_string()?;
        match (key[0].bool()?, column) {
            (false, column) => index.include.extend(column),
            (true, column) => index.keys.push(IndexKey {
                what: match column {
                    Some(column) => IndexKeyKind::Column(column),
                    None => IndexKeyKind::Expression(key[2].string()?),
                },
                descending: key[3].bool()?,
                nulls_first: key[4].bool()?,
                opclass: key[5].opt_string()?,
                collation: read_pair(&key[6], &key[7])?,
            }),
        }
    }
    Ok(index)
}

/// Reads a row of [`types_request`].
///
/// # Errors
///
/// If it is no such row.
pub fn type_answer(text: &str) -> Result<TypeDef, Error> {
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
