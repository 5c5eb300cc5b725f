//! The guard's request: one SELECT for the relations and types of some manifests, and its answer.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use super::sql::{Ledgers, int_array, name_array, schema_array, statement};
use crate::error::Error;
use crate::ledger::{MAX_ROWS, Row};
use schemacheck_core::catalog::{Catalog, Column, Generated, Identity, RelKind, Relation, Server};
use schemacheck_core::json::{self, Node};
use schemacheck_core::ledger::{Distrust, Ledger, LedgerKind, SeenLedger, UntrustedLedger};
use schemacheck_core::manifest::{Kind, Sort};
use schemacheck_core::pg_type::{TypeDef, TypeKind, type_word};
use schemacheck_core::{Manifest, PgType, QualifiedName};

mod checks;
pub(crate) mod plain;
mod privileges;
mod promises;

#[doc(hidden)]
pub use plain::type_numbers as plain_type_numbers;

/// What the answer begins with: the number of its form.
const FORMAT: i64 = 8;

/// What errors call the answer.
pub(super) const ANSWER: &str = "the server's answer";

/// What the server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// `server_version_num`, such as 150018.
    pub version_num: u32,
    /// `current_database()`
    pub database: String,
    /// `current_user`
    pub user: String,
    /// `inet_server_addr()`; nothing on a Unix socket.
    pub address: Option<String>,
    /// `inet_server_port()`; nothing on a Unix socket.
    pub port: Option<u16>,
    /// `pg_is_in_recovery()`
    pub in_recovery: bool,
}

/// What is asked for beside relations and types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Ledgers, which are evidence: it does without them if they cannot be read.
    pub(crate) ledgers: bool,
    /// The fingerprint, to look again later.
    pub(crate) fingerprint: bool,
}

/// The text of the request for all relations and types that the manifests name.
pub fn request<'a>(manifests: impl IntoIterator<Item = &'a Manifest>) -> String {
    request_seeing(manifests, None)
}

/// The same for a program whose build saw this ledger.
pub fn request_seeing<'a>(
    manifests: impl IntoIterator<Item = &'a Manifest>,
    seen: Option<&SeenLedger>,
) -> String {
    let manifests: Vec<&Manifest> = manifests.into_iter().collect();
    request_with(&manifests, seen, Beside { ledgers: true, fingerprint: false })
}

pub(crate) fn request_with(manifests: &[&Manifest], seen: Option<&SeenLedger>, beside: Beside) -> String {
    let mut relations = BTreeSet::new();
    let mut types = BTreeSet::new();
    let mut labelled = BTreeSet::new();
    for manifest in manifests {
        let name = (manifest.schema.as_deref(), manifest.relation.as_str());
        if manifest.columns.iter().any(|column| column.labels.is_some()) {
            labelled.insert(name);
        }
        match manifest.sort {
            Sort::Model => relations.insert(name),
            Sort::Enum | Sort::Type => types.insert(name),
        };
    }
    // The places of relations with columns whose labels are to be judged, counted from 1.
    let has_labels = |name: &(Option<&str>, &str)| labelled.contains(name);
    let places = relations.iter().enumerate().filter(|(_, name)| has_labels(name));
    let places: Vec<usize> = places.map(|(at, _)| at + 1).collect();
    // What no model needs is not planned either.
    let labels = match places.is_empty() {
        true => "NULL".to_owned(),
        false => statement(include_str!("../sql/guard_labels.sql"), &[("$labelled$", &int_array(places))]),
    };
    let (type_schemas, type_names) = name_arrays(&types);
    let (relied_schemas, relied_names) = promises::relied(manifests);
    let [read, inserted, updated] = privileges::places(&relations, manifests);
    let near: BTreeSet<&str> = relations.iter().chain(&types).filter_map(|(schema, _)| *schema).collect();
    let ledgers = match beside.ledgers {
        true => Ledgers::of(near, seen).select(),
        false => "NULL".to_owned(),
    };
    let fingerprint = if beside.fingerprint { fingerprint(manifests) } else { "NULL".to_owned() };
    statement(
        include_str!("../sql/guard.sql"),
        &[
            (read.0, &read.1),
            (inserted.0, &inserted.1),
            (updated.0, &updated.1),
            ("$found$", &found(&relations)),
            ("$server$", &server()),
            ("$type_schemas$", &type_schemas),
            ("$type_names$", &type_names),
            ("$relied_schemas$", &relied_schemas),
            ("$relied_names$", &relied_names),
            ("$ledgers$", &ledgers),
            ("$promises$", &promises::select(manifests)),
            ("$labels$", &labels),
            ("$sequences$", &privileges::sequences(manifests)),
            ("$views$", &privileges::views(manifests)),
            ("$fingerprint$", &fingerprint),
        ],
    )
}

/// The text of a request whose answer changes whenever that of [`request`] may, except for what ledgers list.
pub fn fingerprint_request<'a>(manifests: impl IntoIterator<Item = &'a Manifest>) -> String {
    fingerprint(&manifests.into_iter().collect::<Vec<_>>())
}

fn fingerprint(manifests: &[&Manifest]) -> String {
    let (models, types): (Vec<&Manifest>, Vec<&Manifest>) =
        manifests.iter().partition(|manifest| manifest.sort == Sort::Model);
    let pairs = |manifests: &[&'_ Manifest]| -> (String, String) {
        let names = manifests.iter().map(|manifest| (manifest.schema.as_deref(), manifest.relation.as_str()));
        name_arrays(&names.collect())
    };
    // What no model needs is not planned either.
    let part = |is_wanted: fn(&Manifest) -> bool, text: &str, name: &str| {
        let wanted = models.iter().filter(|manifest| is_wanted(manifest));
        let names: BTreeSet<&str> = wanted.map(|manifest| manifest.relation.as_str()).collect();
        if names.is_empty() {
            return String::new();
        }
        statement(text, &[(name, &name_array(names))])
    };
    let has_labels = |manifest: &Manifest| manifest.columns.iter().any(|column| column.labels.is_some());
    let inserts = |manifest: &Manifest| manifest.is(Kind::Insert);
    let schemas: BTreeSet<&str> =
        manifests.iter().filter_map(|manifest| manifest.schema.as_deref()).collect();
    let (relation_schemas, relation_names) = pairs(&models);
    let (type_schemas, type_names) = pairs(&types);
    statement(
        include_str!("../sql/fingerprint.sql"),
        &[
            ("$schemas$", &name_array(schemas)),
            ("$relation_schemas$", &relation_schemas),
            ("$relation_names$", &relation_names),
            ("$type_schemas$", &type_schemas),
            ("$type_names$", &type_names),
            ("$defaults$", &promises::fingerprint(manifests)),
            ("$labelled$", &part(has_labels, include_str!("../sql/fingerprint_labelled.sql"), "$none$")),
            (
                "$relied$",
                &part(
                    Manifest::relies_on_constraints,
                    include_str!("../sql/fingerprint_relied.sql"),
                    "$relied_names$",
                ),
            ),
            (
                "$inserted$",
                &part(inserts, include_str!("../sql/fingerprint_inserted.sql"), "$inserted_names$"),
            ),
            (
                "$viewed$",
                &part(
                    privileges::may_read_a_view,
                    include_str!("../sql/fingerprint_viewed.sql"),
                    "$viewed_names$",
                ),
            ),
        ],
    )
}

/// What the full request and that for plain tables begin with: the relations of these names.
fn found(relations: &BTreeSet<(Option<&str>, &str)>) -> String {
    let (schemas, names) = name_arrays(relations);
    statement(
        include_str!("../sql/guard_found.sql"),
        &[("$relation_schemas$", &schemas), ("$relation_names$", &names)],
    )
}

/// What both answer first.
fn server() -> String {
    statement(include_str!("../sql/guard_server.sql"), &[])
}

/// The schemas and the names of some relations or types, as two arrays.
fn name_arrays(names: &BTreeSet<(Option<&str>, &str)>) -> (String, String) {
    (schema_array(names.iter().map(|(schema, _)| *schema)), name_array(names.iter().map(|(_, name)| *name)))
}

/// The text of the request for names, sent after a refusal; those of the manifests come first.
pub fn names_request(manifests: &[Manifest]) -> String {
    let names = |of_models: bool| {
        let wanted = manifests.iter().filter(|manifest| (manifest.sort == Sort::Model) == of_models);
        let names: BTreeSet<&str> = wanted.map(|manifest| manifest.relation.as_str()).collect();
        name_array(names)
    };
    statement(
        include_str!("../sql/names.sql"),
        &[("$relation_names$", &names(true)), ("$type_names$", &names(false))],
    )
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) server: ServerFacts,
    pub(crate) catalog: Catalog,
    /// The fingerprint, if it was asked for.
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// What tells whether an answer still holds, and which request to compare it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fingerprint {
    /// Of [`fingerprint_request`].
    Full(String),
    /// Of [`plain::fingerprint_request`].
    Plain(String),
}

impl Fingerprint {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Full(text) | Self::Plain(text) => text,
        }
    }
}

/// Reads the answer to [`request`].
///
/// # Errors
///
/// If it is no such answer, or was torn by a schema change at the same time ([`Error::is_torn`]).
pub fn answer(text: &str) -> Result<(ServerFacts, Catalog), Error> {
    read(text).map(|answer| (answer.server, answer.catalog))
}

/// Reads the answer to [`request_with`]. Errors as [`answer`].
pub(crate) fn read(text: &str) -> Result<Answer, Error> {
    let value = json::parse(text, ANSWER)?;
    let root = Node::root(&value, ANSWER);
    let parts = root.tuple(12)?;
    if parts[0].int::<i64>()? != FORMAT {
        return Err(Error::answer("it has another format"));
    }
    let server = parts[1].tuple(6)?;
    let facts = read_server(&server)?;
    let mut catalog = catalog_of(&facts, &parts[2])?;
    let types = Types::read(&parts[4], &parts[5])?;
    for row in parts[3].rows()? {
        let row = row.tuple(5)?;
        let relation = read_relation(&row[..4], &types)?;
        if !row[4].bool()? {
            catalog.unpopulated.insert(relation.name.clone());
        }
        catalog.relations.insert(relation.name.clone(), relation);
    }
    for row in parts[6].rows()? {
        if let Some(def) = read_type_def(&row, &types)? {
            catalog.types.insert(def.name.clone(), def);
        }
    }
    read_ledgers(&parts[7], &mut catalog)?;
    promises::add(&parts[8], &mut catalog)?;
    if !parts[9].is_null() {
        let labels = parts[9].tuple(3)?;
        checks::read(&labels[0], &labels[1], &labels[2], &mut catalog)?;
    }
    if !parts[10].is_null() {
        privileges::read(&parts[10], &facts.user, &mut catalog)?;
    }
    let fingerprint = parts[11].opt_string()?.map(Fingerprint::Full);
    Ok(Answer { server: facts, catalog, fingerprint })
}

/// Reads what the server says of itself, in the order of [`ServerFacts`], and refuses one that is too old.
pub(super) fn read_server(parts: &[Node<'_>]) -> Result<ServerFacts, Error> {
    let facts = ServerFacts {
        version_num: parts[0]
            .str()?
            .parse()
            .map_err(|_| Error::answer("the server's version is no number"))?,
        database: parts[1].string()?,
        user: parts[2].string()?,
        address: parts[3].opt_string()?,
        port: if parts[4].is_null() { None } else { Some(parts[4].int()?) },
        in_recovery: parts[5].bool()?,
    };
    if facts.version_num < 130_000 { Err(Error::version(facts.version_num)) } else { Ok(facts) }
}

/// Adds the names of an answer to [`names_request`] to a catalog.
///
/// # Errors
///
/// If it is no such answer.
pub fn add_names(text: &str, catalog: &mut Catalog) -> Result<(), Error> {
    let value = json::parse(text, ANSWER)?;
    let root = Node::root(&value, ANSWER);
    let parts = root.tuple(4)?;
    let names = |part: &Node<'_>| -> Result<Vec<QualifiedName>, Error> {
        part.rows()?
            .iter()
            .map(|row| {
                let name = row.tuple(2)?;
                Ok(QualifiedName::new(name[0].str()?, name[1].str()?))
            })
            .collect()
    };
    catalog.known_relations = names(&parts[0])?;
    catalog.knows_names = true;
    catalog.known_types = names(&parts[1])?;
    let named = privileges::named_on_path(parts[2].str()?, &catalog.privileges.role);
    let closed: Vec<String> = parts[3].rows()?.iter().map(Node::string).collect::<Result<_, _>>()?;
    catalog.privileges.closed_schemas = named.into_iter().filter(|name| closed.contains(name)).collect();
    Ok(())
}

/// The types that columns name by number.
struct Types {
    /// By number: schema, name, and whether it is an array of that.
    names: HashMap<i64, (Cow<'static, str>, Cow<'static, str>, bool)>,
    /// By number and typmod, of types that print their own.
    modifiers: HashMap<(i64, i32), String>,
    /// What stands for any other number; nothing if there can be none.
    unknown: Option<PgType>,
}

impl Types {
    fn read(types: &Node<'_>, modifiers: &Node<'_>) -> Result<Self, Error> {
        let mut read = Self { names: HashMap::new(), modifiers: HashMap::new(), unknown: None };
        for row in types.rows()? {
            let parts = row.tuple(4)?;
            let name = (type_word(parts[1].str()?), type_word(parts[2].str()?), parts[3].bool()?);
            read.names.insert(parts[0].int()?, name);
        }
        for row in modifiers.rows()? {
            let parts = row.tuple(3)?;
            read.modifiers.insert((parts[0].int()?, parts[1].int()?), parts[2].string()?);
        }
        Ok(read)
    }

    fn get(&self, number: i64, typmod: i32, dimensions: u32) -> Result<PgType, Error> {
        let Some((schema, name, is_array)) = self.names.get(&number) else {
            let missing = || Error::answer("a column has a type that is not in the answer");
            return self.unknown.clone().ok_or_else(missing);
        };
        let modifier = self.modifiers.get(&(number, typmod)).filter(|modifier| !modifier.is_empty());
        Ok(PgType {
            schema: schema.clone(),
            name: name.clone(),
            typmod,
            dimensions: if *is_array { dimensions.max(1) } else { 0 },
            modifier: modifier.cloned(),
        })
    }
}

/// A catalog without objects.
fn catalog_of(server: &ServerFacts, path: &Node<'_>) -> Result<Catalog, Error> {
    Ok(Catalog {
        search_path: path.rows()?.iter().map(Node::string).collect::<Result<_, _>>()?,
        server: Server { major: server.version_num / 10_000, ..Server::default() },
        ..Catalog::default()
    })
}

/// Schema, name, kind, and the columns.
fn read_relation(parts: &[Node<'_>], types: &Types) -> Result<Relation, Error> {
    let mut columns = parts[3].each(|column| {
        let [number, ty, typmod, dimensions, not_null, has_default, identity, generated, name] =
            facts(column)?;
        let column = ColumnFacts { ty, typmod, dimensions, not_null, has_default, identity, generated, name };
        Ok::<_, Error>((int::<i16>(number)?, column.read(types)?))
    })?;
    columns.sort_by_key(|(number, _)| *number);
    relation(parts, columns.into_iter().map(|(_, column)| column).collect())
}

/// A relation of schema, name, and kind.
fn relation(parts: &[Node<'_>], columns: Vec<Column>) -> Result<Relation, Error> {
    let name = QualifiedName::new(parts[0].str()?, parts[1].str()?);
    let kind =
        RelKind::from_relkind(parts[2].str()?).ok_or_else(|| Error::answer("unknown kind of relation"))?;
    Ok(Relation { name, kind, columns, constraints: Vec::new(), indexes: Vec::new() })
}

/// The facts of a column, and last its name, in which there may be spaces.
fn facts<'a, const N: usize>(column: &Node<'a>) -> Result<[&'a str; N], Error> {
    let mut parts = column.str()?.splitn(N, ' ');
    let mut facts = [""; N];
    for fact in &mut facts {
        *fact = parts.next().ok_or_else(|| Error::answer("a column has fewer facts than were asked for"))?;
    }
    Ok(facts)
}

/// A column as the server spells it.
struct ColumnFacts<'a> {
    ty: &'a str,
    typmod: &'a str,
    dimensions: &'a str,
    not_null: &'a str,
    has_default: &'a str,
    identity: &'a str,
    generated: &'a str,
    name: &'a str,
}

impl ColumnFacts<'_> {
    fn read(&self, types: &Types) -> Result<Column, Error> {
        let generated = match self.generated {
            "" => None,
            letter => Some(Generated { stored: letter == "s", expression: String::new() }),
        };
        let has_default = boolean(self.has_default)? && generated.is_none();
        Ok(Column {
            name: self.name.to_owned(),
            ty: types.get(int(self.ty)?, int(self.typmod)?, int(self.dimensions)?)?,
            not_null: boolean(self.not_null)?,
            default: has_default.then(String::new),
            identity: Identity::from_letter(self.identity),
            generated,
            collation: None,
            filled_by: None,
        })
    }
}

/// A whole number as the server spells it.
pub(super) fn int<T: FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::answer(format!("`{text}` is no number, or out of range")))
}

/// A boolean as the server spells it.
pub(super) fn boolean(text: &str) -> Result<bool, Error> {
    match text {
        "t" => Ok(true),
        "f" => Ok(false),
        other => Err(Error::answer(format!("`{other}` is no boolean"))),
    }
}

/// Schema, name, typmod, dimensions, modifier.
pub(super) fn read_type(parts: &[Node<'_>]) -> Result<PgType, Error> {
    Ok(PgType {
        schema: type_word(parts[0].str()?),
        name: type_word(parts[1].str()?),
        typmod: parts[2].int()?,
        dimensions: parts[3].int()?,
        modifier: parts[4].opt_string()?.filter(|modifier| !modifier.is_empty()),
    })
}

fn read_type_def(row: &Node<'_>, types: &Types) -> Result<Option<TypeDef>, Error> {
    let parts = row.tuple(8)?;
    let name = QualifiedName::new(parts[0].str()?, parts[1].str()?);
    let kind = match parts[2].str()? {
        "e" => {
            TypeKind::Enum { labels: parts[5].rows()?.iter().map(Node::string).collect::<Result<_, _>>()? }
        }
        "d" => TypeKind::Domain {
            base: read_type(&parts[3].tuple(5)?)?,
            not_null: parts[4].bool()?,
            // The server keeps its text beside it.
            default: parts[6].opt_string()?,
            checks: Vec::new(),
        },
        // The attributes of a type that was not asked for by name are left out.
        "c" => TypeKind::Composite {
            attributes: parts[7]
                .rows()?
                .iter()
                .map(|row| read_attribute(row, types))
                .collect::<Result<_, _>>()?,
        },
        // Nothing judges a range's bounds at start-up.
        _ => return Ok(None),
    };
    Ok(Some(TypeDef { name, kind }))
}

/// Name, type, typmod, dimensions.
fn read_attribute(row: &Node<'_>, types: &Types) -> Result<(String, PgType), Error> {
    let parts = row.tuple(4)?;
    Ok((parts[0].string()?, types.get(parts[1].int()?, parts[2].int()?, parts[3].int()?)?))
}

/// Reads what `sql/ledgers.sql` yields.
pub(super) fn read_ledgers(value: &Node<'_>, catalog: &mut Catalog) -> Result<(), Error> {
    for row in value.rows()? {
        let parts = row.tuple(6)?;
        let kind = LedgerKind::from_word(parts[0].str()?).ok_or_else(|| Error::answer("unknown ledger"))?;
        let table = QualifiedName::new(parts[1].str()?, parts[2].str()?);
        if let Some(reason) = read_reason(&parts[3], &parts[4])? {
            catalog.untrusted_ledgers.push(UntrustedLedger { kind, table, reason });
            continue;
        }
        let mut ledger = Ledger {
            kind,
            table,
            columns: None,
            applied: Vec::new(),
            order: Vec::new(),
            failed: Vec::new(),
            readable: parts[3].is_null(),
        };
        let (mut applied, mut failed) = (Vec::new(), Vec::new());
        for word in parts[5].rows()? {
            // Behind the hash.
            let (_, row) = word.str()?.split_once(' ').unwrap_or_default();
            let (state, rest) = row.split_at_checked(1).unwrap_or_default();
            let Some((rank, migration)) = rest.split_once(' ') else {
                return Err(Error::answer("a ledger's row has no place"));
            };
            let row = Row { rank: rank.to_owned(), migration: migration.to_owned() };
            match state {
                "t" => applied.push(row),
                "f" => failed.push(row),
                _ => return Err(Error::answer("a ledger's row has no state")),
            }
        }
        if applied.len() + failed.len() > MAX_ROWS {
            // A table of that name and shape which is none.
            continue;
        }
        let in_order = |mut rows: Vec<Row>| {
            rows.sort_by_cached_key(Row::key);
            rows.into_iter().map(|row| row.migration).collect()
        };
        (ledger.applied, ledger.failed) = (in_order(applied), in_order(failed));
        catalog.ledgers.push(ledger);
    }
    Ok(())
}

/// Why a ledger is not trusted; nothing where that is not why it is left unread.
fn read_reason(reason: &Node<'_>, subject: &Node<'_>) -> Result<Option<Distrust>, Error> {
    let Some(reason) = reason.opt_string()? else { return Ok(None) };
    let subject = || subject.string();
    Ok(Some(match reason.as_str() {
        "privilege" | "unlogged" | "locked" => return Ok(None),
        "schema-owner" => Distrust::SchemaOwner(subject()?),
        "owner" => Distrust::Owner(subject()?),
        "kin" => Distrust::Kin,
        "rules" => Distrust::Rules,
        "row-security" => Distrust::RowSecurity,
        "storage" => Distrust::Storage,
        "column" => Distrust::Column(subject()?),
        "index" => Distrust::Index(subject()?),
        "statistics" => Distrust::Statistics(subject()?),
        other => return Err(Error::answer(format!("unknown reason `{other}` not to read a ledger"))),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_an_error_that_may_be_asked_again() {
        for text in [
            "",
            "x",
            "null",
            "[]",
            "[1,[],[],[],[],[],[],[],[],[],[],[]]",
            "[8,null,null,null,null,null,null,null,null,null,null,null]",
        ] {
            assert!(answer(text).unwrap_err().is_torn(), "{text}");
        }
    }

    #[test]
    fn an_old_server_is_refused_by_name() {
        let text = r#"[8,["120010","app","me",null,null,false],["public"],null,null,null,null,null,null,null,null,null]"#;
        assert_eq!(
            answer(text).unwrap_err().to_string(),
            "the server is PostgreSQL 12, and schemacheck needs 13 or later"
        );
    }

    #[test]
    fn attributes_name_their_types_by_number() {
        let text = r#"[8,["150018","app","me",null,null,false],["public"],null,
            [[25,"pg_catalog","text",false],[1007,"pg_catalog","int4",true],[9,"public","place",false]],null,
            [["public","place","c",null,false,null,null,[["street",25,-1,0],["numbers",1007,-1,0]]],
             ["public","other","c",null,false,null,null,null]],null,null,null,null,null]"#;
        let (_, catalog) = answer(text).unwrap();
        let attributes = |name: &str| match &catalog.type_def(None, name).unwrap().kind {
            TypeKind::Composite { attributes } => attributes.clone(),
            other => panic!("{other:?}"),
        };
        let numbers = PgType::builtin("int4").array();
        assert_eq!(
            attributes("place"),
            [("street".into(), PgType::builtin("text")), ("numbers".into(), numbers)]
        );
        assert!(attributes("other").is_empty());
        assert!(answer(&text.replace("1007,-1", "1008,-1")).unwrap_err().is_torn());
    }

    #[test]
    fn an_empty_answer_is_an_empty_catalog() {
        let text = r#"[8,["150018","app","me","127.0.0.1",5432,false],["public"],null,null,null,null,null,null,null,null,null]"#;
        let (facts, catalog) = answer(text).unwrap();
        assert_eq!(
            (facts.port, catalog.search_path, catalog.relations.len()),
            (Some(5432), vec!["public".into()], 0)
        );
    }
}
