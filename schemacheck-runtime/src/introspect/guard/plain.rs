//! The guard's request where plain tables are all that is expected: a part of the full one, for a third of its cost. What
//! turns out to be anything else is asked for in full.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use schemacheck_core::catalog::{Column, RelKind};
use schemacheck_core::json::{self, Node};
use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::manifest::{ColumnPromises, Kind, Sort};
use schemacheck_core::{Manifest, PgType};

use super::{
    ANSWER, Answer, Beside, ColumnFacts, Fingerprint, Types, catalog_of, facts, found, privileges,
    read_ledgers, read_server, relation, server,
};
use crate::error::Error;
use crate::introspect::sql::{Ledgers, statement};

/// What the answer begins with.
const FORMAT: &str = "plain 2";

/// The server's own types that models use, by number, with the number of their arrays. `pg_type.dat` gives each one that
/// never changes; a type that is not here is asked for in full.
const TYPES: &[(i64, &str, i64)] = &[
    (16, "bool", 1000),
    (17, "bytea", 1001),
    (18, "char", 1002),
    (19, "name", 1003),
    (20, "int8", 1016),
    (21, "int2", 1005),
    (23, "int4", 1007),
    (25, "text", 1009),
    (26, "oid", 1028),
    (114, "json", 199),
    (142, "xml", 143),
    (600, "point", 1017),
    (601, "lseg", 1018),
    (602, "path", 1019),
    (603, "box", 1020),
    (604, "polygon", 1027),
    (628, "line", 629),
    (650, "cidr", 651),
    (700, "float4", 1021),
    (701, "float8", 1022),
    (718, "circle", 719),
    (774, "macaddr8", 775),
    (790, "money", 791),
    (829, "macaddr", 1040),
    (869, "inet", 1041),
    (1042, "bpchar", 1014),
    (1043, "varchar", 1015),
    (1082, "date", 1182),
    (1083, "time", 1183),
    (1114, "timestamp", 1115),
    (1184, "timestamptz", 1185),
    (1186, "interval", 1187),
    (1266, "timetz", 1270),
    (1560, "bit", 1561),
    (1562, "varbit", 1563),
    (1700, "numeric", 1231),
    (2950, "uuid", 2951),
    (3220, "pg_lsn", 3221),
    (3614, "tsvector", 3643),
    (3615, "tsquery", 3645),
    (3802, "jsonb", 3807),
    (3904, "int4range", 3905),
    (3906, "numrange", 3907),
    (3908, "tsrange", 3909),
    (3910, "tstzrange", 3911),
    (3912, "daterange", 3913),
    (3926, "int8range", 3927),
    (4072, "jsonpath", 4073),
];

/// The text of the request; nothing if the models expect more than plain tables.
pub(crate) fn request(manifests: &[Manifest], seen: Option<&SeenLedger>, beside: Beside) -> Option<String> {
    if !manifests.iter().all(is_plain) {
        return None;
    }
    let relations = relations(manifests);
    let [read, _, updated] = privileges::places(&relations, &manifests.iter().collect::<Vec<_>>());
    let near: BTreeSet<&str> = relations.iter().filter_map(|(schema, _)| *schema).collect();
    let ledgers = match beside.ledgers {
        true => Ledgers::of(near, seen).select(),
        false => "NULL".to_owned(),
    };
    Some(statement(
        include_str!("../../sql/guard_plain.sql"),
        &[
            (read.0, &read.1),
            (updated.0, &updated.1),
            ("$found$", &found(&relations)),
            ("$server$", &server()),
            ("$ledgers$", &ledgers),
            ("$fingerprint$", &if beside.fingerprint { fingerprint() } else { "NULL".to_owned() }),
        ],
    ))
}

/// The text of a request whose answer changes whenever that of [`request`] may, except for what ledgers list.
pub(crate) fn fingerprint_request(manifests: &[Manifest]) -> String {
    let (found, fingerprint) = (found(&relations(manifests)), fingerprint());
    format!("SELECT (WITH {found} SELECT {fingerprint})::pg_catalog.text AS schemacheck")
}

/// The fingerprint of what [`found`] finds.
fn fingerprint() -> String {
    statement(include_str!("../../sql/fingerprint_plain.sql"), &[])
}

/// What the manifests of models name.
fn relations(manifests: &[Manifest]) -> BTreeSet<(Option<&str>, &str)> {
    manifests.iter().map(|manifest| (manifest.schema.as_deref(), manifest.relation.as_str())).collect()
}

/// Whether a model expects no more than a table with columns of the server's own types.
fn is_plain(manifest: &Manifest) -> bool {
    manifest.sort == Sort::Model
        && manifest.relation_kind == Some(RelKind::Table)
        && !manifest.is(Kind::Insert)
        && !manifest.relies_on_constraints()
        && manifest.exact.is_none()
        && manifest.columns.iter().all(|column| {
            column.labels.is_none()
                && column.promises == ColumnPromises::default()
                && column.built.as_ref().is_none_or(|built| built.ty.is_builtin() && built.base.is_none())
        })
}

/// Reads the answer to [`request`]; nothing if what is there is not as plain as that.
///
/// # Errors
///
/// If it is no such answer, or was torn by a schema change at the same time.
pub(crate) fn read(text: &str, manifests: &[Manifest]) -> Result<Option<Answer>, Error> {
    let value = json::parse(text, ANSWER)?;
    let root = Node::root(&value, ANSWER);
    let parts = root.tuple(6)?;
    if parts[0].str()? != FORMAT {
        return Err(Error::answer("it has another format"));
    }
    let facts = read_server(&parts[1].tuple(6)?)?;
    let mut catalog = catalog_of(&facts, &parts[2])?;
    let unknown = PgType::named("", "");
    let types = Types { names: builtin(), modifiers: HashMap::new(), unknown: Some(unknown.clone()) };
    for row in parts[3].rows()? {
        let row = row.tuple(5)?;
        // Of a table that went meanwhile nothing is known.
        if row[4].is_null() || !row[4].bool()? {
            return Ok(None);
        }
        let relation = relation(&row, row[3].each(|column| read_column(column, &types))?)?;
        catalog.relations.insert(relation.name.clone(), relation);
    }
    for manifest in manifests {
        let Some(relation) = catalog.relation(manifest.schema.as_deref(), &manifest.relation) else {
            return Ok(None);
        };
        let known = |name: &str| relation.column(name).is_some_and(|column| column.ty != unknown);
        if !manifest.columns.iter().all(|column| known(&column.column)) {
            return Ok(None);
        }
    }
    read_ledgers(&parts[4], &mut catalog)?;
    facts.user.clone_into(&mut catalog.privileges.role);
    let fingerprint = parts[5].opt_string()?.map(Fingerprint::Plain);
    Ok(Some(Answer { server: facts, catalog, fingerprint }))
}

/// Reads a column, whose number of dimensions and default are of no account.
fn read_column(column: &Node<'_>, types: &Types) -> Result<Column, Error> {
    let [ty, typmod, not_null, identity, generated, name] = facts(column)?;
    ColumnFacts { ty, typmod, dimensions: "0", not_null, has_default: "f", identity, generated, name }
        .read(types)
}

/// The types by number, as answers have them.
fn builtin() -> HashMap<i64, (Cow<'static, str>, Cow<'static, str>, bool)> {
    let of = |name: &'static str, is_array| ("pg_catalog".into(), name.into(), is_array);
    let both = |(number, name, array): &(i64, &'static str, i64)| {
        [(*number, of(name, false)), (*array, of(name, true))]
    };
    TYPES.iter().flat_map(both).collect()
}

/// The numbers of the server's own types, for a test that asks a server.
#[doc(hidden)]
pub fn type_numbers() -> impl Iterator<Item = (i64, &'static str, i64)> {
    TYPES.iter().copied()
}
