//! What the server's own functions say of its catalog, and that introspection says the same.

use std::collections::{BTreeMap, BTreeSet};

use postgres::Client;
use schemacheck_core::{Catalog, QualifiedName};
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};

use super::report;
use crate::shell::Result;

/// What another session has of its own while the checks run: the first two would hide tables.
pub(super) const TEMPORARY: &str = "CREATE TEMPORARY TABLE onek (temporary text); CREATE TEMPORARY VIEW tenk1 AS SELECT 1 AS one; \
                         CREATE TEMPORARY TABLE only_temporary (id integer NOT NULL); \
                         CREATE TYPE pg_temp.only_temporary_mood AS ENUM ('ok')";

/// Every relation that can be read like a table and that outlives its session: schema, name, whether a snapshot takes
/// it without being told, and of each column name, type and `attnotnull`.
const FACTS: &str = "\
    SELECT n.nspname::text, c.relname::text, \
           n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT c.relispartition, \
           a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_toast' \
    ORDER BY 1, 2, a.attnum";

/// Every constraint and index of these relations: schema and name of the relation, what it is, its name. Of a foreign
/// key to a partitioned table there is a row for each partition too, below the first.
const PARTS: &str = "\
    SELECT n.nspname::text, c.relname::text, p.what, p.name::text \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    JOIN (SELECT k.conrelid, 'constraint', k.conname FROM pg_catalog.pg_constraint k \
          LEFT JOIN pg_catalog.pg_constraint o ON o.oid = k.conparentid \
          WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND o.conrelid IS DISTINCT FROM k.conrelid \
          UNION ALL \
          SELECT i.indrelid, CASE WHEN i.indisvalid THEN 'index' ELSE 'invalid index' END, x.relname \
          FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid \
    ) AS p(relation, what, name) ON p.relation = c.oid \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_toast'";

/// Every type that a schema defines, but for those of rows and of other sessions.
const TYPES: &str = "\
    SELECT n.nspname::text, t.typname::text \
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid \
    WHERE t.typtype IN ('e', 'd', 'c', 'r') AND (c.oid IS NULL OR c.relkind = 'c') \
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/// A relation as the server's own functions tell of it.
#[derive(Default)]
struct Fact {
    /// Without `--include`.
    covered: bool,
    /// Name, type, `attnotnull`.
    columns: Vec<(String, String, bool)>,
    /// What it is, name.
    parts: BTreeSet<(String, String)>,
}

/// All that is checked, and what is in the catalogs then.
pub(super) struct Facts {
    /// What a snapshot covers without being told.
    pub(super) usual: Catalog,
    /// With partitions and the system's own relations, which are taken on demand.
    pub(super) every: Catalog,
}

/// Reads the catalogs and holds them against the server's word.
pub(super) fn check(client: &mut Client) -> Result<Facts> {
    let facts = facts(client)?;
    let include = facts.iter().filter(|(_, fact)| !fact.covered).map(|(name, _)| name.clone()).collect();
    let usual = read(client, &Scope::default())?;
    let every = read(client, &Scope { include, ..Scope::default() })?;
    agree(&usual, &facts, |fact| fact.covered)?;
    agree(&every, &facts, |_| true)?;
    types(client, &usual)?;
    alone(client, &every)?;
    no_null(client, &every)?;
    Ok(Facts { usual, every })
}

/// Introspects.
pub(super) fn read(client: &mut Client, scope: &Scope) -> Result<Catalog> {
    introspect::read(client, scope).map(|(_, catalog)| catalog).map_err(|error| format!("{error:?}"))
}

fn facts(client: &mut Client) -> Result<BTreeMap<QualifiedName, Fact>> {
    let mut ask = || {
        // `format_type` names every schema then.
        let mut transaction = client.transaction()?;
        transaction.batch_execute("SET LOCAL search_path = ''")?;
        let mut facts: BTreeMap<QualifiedName, Fact> = BTreeMap::new();
        for row in transaction.query(FACTS, &[])? {
            let name = QualifiedName::new(row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?);
            let fact = facts.entry(name).or_default();
            fact.covered = row.try_get(2)?;
            if let Some(column) = row.try_get::<_, Option<String>>(3)? {
                fact.columns.push((column, row.try_get(4)?, row.try_get(5)?));
            }
        }
        for row in transaction.query(PARTS, &[])? {
            let name = QualifiedName::new(row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?);
            facts.entry(name).or_default().parts.insert((row.try_get(2)?, row.try_get(3)?));
        }
        Ok(facts)
    };
    ask().map_err(|error: postgres::Error| format!("cannot read the catalog: {error}"))
}

/// The catalog has the relations, the columns in their order, and the types as the server prints them.
fn agree(catalog: &Catalog, facts: &BTreeMap<QualifiedName, Fact>, covered: fn(&Fact) -> bool) -> Result<()> {
    let mut wrong = Vec::new();
    for (name, fact) in facts.iter().filter(|(_, fact)| covered(fact)) {
        let Some(relation) = catalog.relations.get(name) else {
            wrong.push(format!("relation `{name}` is not in the snapshot"));
            continue;
        };
        let types = relation.columns.iter().map(|column| (column.name.clone(), column.ty.to_string()));
        let expected = fact.columns.iter().map(|(column, ty, _)| (column.clone(), ty.clone()));
        let (types, expected): (Vec<_>, Vec<_>) = (types.collect(), expected.collect());
        if types != expected {
            wrong.push(format!(
                "columns of `{name}`: {types:?} in the snapshot, {expected:?} in the database"
            ));
        }
        let constraints =
            relation.constraints.iter().map(|part| ("constraint".to_owned(), part.name.clone()));
        let indexes = relation.indexes.iter().map(|part| {
            let what = if part.valid { "index" } else { "invalid index" };
            (what.to_owned(), part.name.clone())
        });
        let parts: BTreeSet<_> = constraints.chain(indexes).collect();
        if parts != fact.parts {
            let expected = &fact.parts;
            wrong.push(format!("parts of `{name}`: {parts:?} in the snapshot, {expected:?} in the database"));
        }
        // The snapshot may call a column nullable that the server does not, for its reasons; never the other way.
        for (column, (_, _, not_null)) in relation.columns.iter().zip(&fact.columns) {
            if column.not_null && !not_null {
                wrong.push(format!("`{name}.{}` is NOT NULL in the snapshot only", column.name));
            }
        }
    }
    let more = catalog.relations.keys().filter(|name| !facts.get(name).is_some_and(covered));
    wrong.extend(more.map(|name| format!("relation `{name}` is in the snapshot only")));
    report("the snapshot does not say what the server says", &wrong)
}

/// The catalog has every type that somebody made.
fn types(client: &mut Client, catalog: &Catalog) -> Result<()> {
    let mut ask = || {
        let rows = client.query(TYPES, &[])?.into_iter();
        rows.map(|row| Ok(QualifiedName::new(row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?)))
            .collect()
    };
    let there: std::result::Result<BTreeSet<QualifiedName>, postgres::Error> = ask();
    let there = there.map_err(|error| format!("cannot read the types: {error}"))?;
    // Beside them, those of the system that columns use.
    let found = catalog.types.keys().filter(|name| name.schema != "information_schema").cloned().collect();
    let wrong: Vec<String> = there.symmetric_difference(&found).map(ToString::to_string).collect();
    report("types that are in the snapshot only, or in the database only", &wrong)
}

/// A relation reads the same by itself, and has the types of its columns with it.
fn alone(client: &mut Client, every: &Catalog) -> Result<()> {
    let mut wrong = Vec::new();
    for relation in every.relations.values() {
        let scope =
            Scope { schemas: Some(Vec::new()), include: vec![relation.name.clone()], ..Scope::default() };
        let catalog = read(client, &scope)?;
        if catalog.relations.values().ne([relation]) {
            wrong.push(format!("`{}` reads otherwise by itself", relation.name));
        }
        for column in &relation.columns {
            let name = column.ty.qualified_name();
            if catalog.types.get(&name) != every.types.get(&name)
                || catalog.base_type(&column.ty) != every.base_type(&column.ty)
            {
                wrong.push(format!(
                    "the type of `{}.{}` is missing from it alone",
                    relation.name, column.name
                ));
            }
        }
    }
    report("single relations do not read as all of them do", &wrong)
}

/// No column that is said to refuse NULL holds one.
fn no_null(client: &mut Client, catalog: &Catalog) -> Result<()> {
    let mut wrong = Vec::new();
    for relation in catalog.relations.values().filter(|relation| relation.kind.has_nullability()) {
        let columns = relation.columns.iter().filter(|column| catalog.refuses_null(column));
        let columns: Vec<String> = columns.map(|column| quote(&column.name)).collect();
        // A function takes at most 100 arguments.
        for columns in columns.chunks(50) {
            let sql = format!(
                "SELECT count(*) FROM {}.{} WHERE pg_catalog.num_nulls({}) > 0",
                quote(&relation.name.schema),
                quote(&relation.name.name),
                columns.join(", ")
            );
            match client.query_one(&sql, &[]).and_then(|row| row.try_get::<_, i64>(0)) {
                Ok(0) => {}
                Ok(rows) => {
                    wrong.push(format!("`{}`: {rows} rows with NULL in one of {columns:?}", relation.name))
                }
                Err(error) => wrong.push(format!("`{}`: {error:?}", relation.name)),
            }
        }
    }
    report("columns that refuse NULL hold it", &wrong)
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
