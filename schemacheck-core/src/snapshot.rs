//! The form of a catalog on disk: one file an object, canonical JSON, one column a line.
//!
//! Pure: [`to_files`] yields names and texts, [`from_files`] takes them back; who reads and writes the disk is up to the
//! caller. The layout is described in the documentation of the snapshot directory.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Server};
use crate::ident::{QualifiedName, escape, quote, unescape};
use crate::json::{self, Document, Node, Object};
use crate::ledger::{Ledger, LedgerColumns, LedgerKind, Step, is_numbered, name_key};
use crate::{Error, Relation};

mod file_name;
mod locate;
mod relation;
mod type_def;
mod workspace;

pub use file_name::{decode as decode_file_name, encode as encode_file_name};
pub use locate::{Files, Located, NotFound, Place, database_names, databases_folder, locate, of_database};

/// The version of the layout; a reader refuses any other.
pub const FORMAT: i64 = 1;

/// The directory's name.
pub const DIRECTORY: &str = ".schemacheck";
/// What the derive always reads: format, search path, schemas, names that are there more than once.
pub const CATALOG_FILE: &str = "catalog.json";
/// Server and extensions, for people and the command line.
pub const SERVER_FILE: &str = "server.json";
/// The ledger's kind and place, then a migration a line.
pub const LEDGER_FILE: &str = "ledger.txt";
/// Makes git merge the ledger line by line, and keep the line ends of all files.
pub const ATTRIBUTES_FILE: &str = ".gitattributes";
/// The text of [`ATTRIBUTES_FILE`].
pub const ATTRIBUTES: &str = "*.json text eol=lf\nledger.txt text eol=lf merge=union\n";
/// Stands in the directory while a write goes on: whoever finds it looks at files of two moments.
pub const UNFINISHED_FILE: &str = "unfinished.txt";

/// What to do about a snapshot that cannot be read.
pub const REMEDY: &str = "run `cargo schemacheck snapshot` and commit the result";

/// [`REMEDY`] for the snapshot of a database.
pub fn remedy(database: Option<&str>) -> String {
    format!("run `{}` and commit the result", command(database))
}

/// The command that takes the snapshot of a database: `cargo schemacheck snapshot --database billing`.
pub fn command(database: Option<&str>) -> String {
    match database {
        Some(name) => format!("cargo schemacheck snapshot --database {}", shell_word(name)),
        None => "cargo schemacheck snapshot".to_owned(),
    }
}

/// What is said of a directory that holds [`UNFINISHED_FILE`]: without the remedy.
pub fn unfinished(directory: &str) -> String {
    format!("the snapshot `{directory}` is unfinished: its files are of two moments")
}

/// What [`unfinished`] comes with: the place that says it, and how that comes to be.
pub fn unfinished_note(directory: &str) -> String {
    format!(
        "`{directory}/{UNFINISHED_FILE}` stands there while a snapshot is written: one is being written now, or was \
         interrupted, or the file was committed"
    )
}

/// A word as a shell takes it, in quotes where it needs them.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./@+=:,".contains(c);
    let shown = crate::ident::printable(word);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => shown,
        false => format!("'{}'", shown.replace('\'', "'\\''")),
    }
}

/// Where a relation's file stands in the snapshot directory.
pub fn relation_file(name: &QualifiedName) -> PathBuf {
    object_file("relations", name)
}

/// Where a type's file stands in the snapshot directory.
pub fn type_file(name: &QualifiedName) -> PathBuf {
    object_file("types", name)
}

fn object_file(folder: &str, name: &QualifiedName) -> PathBuf {
    let file = format!("{}.json", encode_file_name(&name.name));
    Path::new(folder).join(encode_file_name(&name.schema)).join(file)
}

/// The name that a file of `relations/` or `types/` stands for, from its path below that folder.
pub fn name_of_file(path: &Path) -> Option<QualifiedName> {
    let schema = path.parent()?.file_name()?.to_str()?;
    let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
    Some(QualifiedName::new(decode_file_name(schema)?, decode_file_name(name)?))
}

/// Every file of a catalog's snapshot, by its path below the directory, sorted.
pub fn to_files(catalog: &Catalog) -> Vec<(PathBuf, String)> {
    let mut files = vec![
        (PathBuf::from(ATTRIBUTES_FILE), ATTRIBUTES.to_owned()),
        (PathBuf::from(CATALOG_FILE), catalog_text(catalog)),
        (PathBuf::from(SERVER_FILE), server_text(&catalog.server)),
    ];
    if let Some(ledger) = catalog.ledgers.first() {
        files.push((PathBuf::from(LEDGER_FILE), ledger_text(ledger)));
    }
    files.extend(
        catalog.relations.values().map(|relation| (relation_file(&relation.name), relation_text(relation))),
    );
    files.extend(catalog.types.values().map(|def| (type_file(&def.name), type_def::to_text(def))));
    files.sort();
    files
}

/// Whether two texts of a file say the same: line ends may differ, as checkouts make them.
pub fn is_same_text(a: &str, b: &str) -> bool {
    a == b || a.replace("\r\n", "\n") == b.replace("\r\n", "\n")
}

/// Whether the text of a file is what is written for what it says, so that nobody has changed it. The path is that below
/// the directory; of `catalog.json` it cannot be said, which depends on the other files.
pub fn is_as_written(path: &Path, text: &str) -> bool {
    let place = path.display().to_string();
    let mut folders = path.components().map(|part| part.as_os_str().to_string_lossy());
    let written = match (folders.next().as_deref(), folders.next()) {
        (Some("relations"), Some(_)) => read_relation(path, text, &place).map(|def| relation_text(&def)),
        (Some("types"), Some(_)) => read_type(path, text, &place).map(|def| type_def::to_text(&def)),
        (Some(SERVER_FILE), None) => read_server(text, &place).map(|server| server_text(&server)),
        (Some(LEDGER_FILE), None) => {
            let Ok(Some(ledger)) = read_ledger(text, &place) else { return false };
            let written = ledger_text(&ledger);
            // A merge leaves lines twice, and in another order.
            return lines(&written) == lines(text);
        }
        _ => return false,
    };
    written.is_ok_and(|written| is_same_text(&written, text))
}

fn lines(text: &str) -> HashSet<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The text of [`ATTRIBUTES_FILE`] in place of a known one, whose other lines stay.
pub fn attributes(known: Option<&str>) -> String {
    /// What it said before it had line ends.
    const BEFORE: &str = "ledger.txt merge=union\n";
    let Some(known) = known.filter(|known| !is_same_text(known, BEFORE)) else {
        return ATTRIBUTES.to_owned();
    };
    let mut text = known.to_owned();
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    for line in ATTRIBUTES.lines().filter(|line| !lines(known).contains(line)) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(end);
        }
        text.push_str(line);
        text.push_str(end);
    }
    text
}

/// The text of one relation's file.
pub fn relation_text(relation: &Relation) -> String {
    relation::to_text(relation)
}

fn catalog_text(catalog: &Catalog) -> String {
    let include: Vec<String> = catalog
        .include
        .iter()
        .map(|name| Object::new().str("schema", &name.schema).str("name", &name.name).end())
        .collect();
    let mut document = Document::default()
        .raw("format", &FORMAT.to_string())
        .raw("search_path", &json::strings(&catalog.search_path))
        .raw("schemas", &json::strings(&catalog.schemas));
    if catalog.every_schema {
        document = document.raw("every_schema", "true");
    }
    if !include.is_empty() {
        document = document.lines("include", &include);
    }
    // Not read again: the files say it too. It is there for cargo, which watches this file for every crate of models, and
    // the file of the relation that a name means, but not that of another one which comes to hide it.
    let ambiguous = ambiguous(catalog);
    if !ambiguous.is_empty() {
        document = document.lines("ambiguous", &ambiguous);
    }
    document.end()
}

/// The names that more than one schema has, a line each, with the schema that the search path finds first.
fn ambiguous(catalog: &Catalog) -> Vec<String> {
    let of = |kind, names: Vec<&QualifiedName>| -> Vec<String> {
        let mut schemas: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        names.iter().for_each(|name| schemas.entry(&name.name).or_default().push(&name.schema));
        let several = schemas.into_iter().filter(|(_, schemas)| schemas.len() > 1);
        let line = |(name, schemas): (&str, Vec<&str>)| {
            let first = catalog.search_path.iter().find(|schema| schemas.contains(&schema.as_str()));
            Object::new().str(kind, name).opt_str("means", first.map(String::as_str)).end()
        };
        several.map(line).collect()
    };
    let mut lines = of("relation", catalog.relations.keys().collect());
    lines.extend(of("type", catalog.types.keys().collect()));
    lines
}

fn server_text(server: &Server) -> String {
    let extensions: Vec<String> = server
        .extensions
        .iter()
        .map(|(name, schema)| Object::new().str("name", name).str("schema", schema).end())
        .collect();
    Document::default().raw("major", &server.major.to_string()).lines("extensions", &extensions).end()
}

fn ledger_text(ledger: &Ledger) -> String {
    let mut text = ledger_header(ledger.kind, &ledger.table, ledger.columns.as_ref());
    text.push('\n');
    let is_head = |line: &String| ledger.applied.iter().any(|head| head == Step::read(line).name);
    for migration in if ledger.order.is_empty() { &ledger.applied } else { &ledger.order } {
        text.push_str(&escape(migration));
        if !ledger.order.is_empty() && is_head(migration) {
            text.push_str(HEAD);
        }
        text.push('\n');
    }
    text
}

/// What stands behind the heads, as Alembic writes it, where the file lists more than those.
const HEAD: &str = " (head)";

/// The first line of a ledger's file; characters that would break it are escaped. Of a table of the user's own with its
/// columns: `custom ops.schema_log (version, installed_at)`.
fn ledger_header(kind: LedgerKind, table: &QualifiedName, columns: Option<&LedgerColumns>) -> String {
    let columns = columns.map_or(String::new(), |LedgerColumns { version, order }| {
        let names = [Some(version), order.as_ref()].into_iter().flatten();
        let names: Vec<String> = names.map(|name| quote(name)).collect();
        format!(" ({})", names.join(", "))
    });
    format!("{} {}", kind.word(), escape(&format!("{}{columns}", table.to_sql())))
}

/// A catalog from the texts of a snapshot directory.
///
/// # Errors
///
/// The first text that cannot be understood, with its path and position.
pub fn from_files<'a>(
    directory: &str,
    files: impl IntoIterator<Item = (&'a Path, &'a str)>,
) -> Result<Catalog, Error> {
    let mut catalog = None;
    let mut relations = Vec::new();
    let mut types = Vec::new();
    let mut server = Server::default();
    let mut ledgers = Vec::new();
    for (path, text) in files {
        let place = format!("{directory}/{}", path.display());
        let mut folders = path.components().map(|part| part.as_os_str().to_string_lossy());
        match (folders.next().as_deref(), folders.next()) {
            (Some("relations"), Some(_)) => relations.push(read_relation(path, text, &place)?),
            (Some("types"), Some(_)) => types.push(read_type(path, text, &place)?),
            (Some(CATALOG_FILE), None) => catalog = Some(read_catalog(text, &place)?),
            (Some(SERVER_FILE), None) => server = read_server(text, &place)?,
            (Some(LEDGER_FILE), None) => ledgers.extend(read_ledger(text, &place)?),
            _ => {}
        }
    }
    let mut catalog = catalog.ok_or_else(|| {
        Error::new(format!("{directory}/{CATALOG_FILE}"), "there is no such file").help(REMEDY)
    })?;
    catalog.relations = relations.into_iter().map(|relation| (relation.name.clone(), relation)).collect();
    catalog.types = types.into_iter().map(|def| (def.name.clone(), def)).collect();
    catalog.server = server;
    catalog.ledgers = ledgers;
    Ok(catalog)
}

/// Reads `catalog.json`: a catalog without objects.
///
/// # Errors
///
/// If the text is not that file, or of another format.
pub fn read_catalog(text: &str, place: &str) -> Result<Catalog, Error> {
    let read = || {
        let value = json::parse_file(text, place)?;
        let root = Node::root(&value, place);
        let format: i64 = root.get("format")?.int()?;
        if format != FORMAT {
            return Err(
                root.error(format!("the snapshot has format {format}, this version reads format {FORMAT}"))
            );
        }
        Ok(Catalog {
            search_path: root.get("search_path")?.strings()?,
            schemas: root.get("schemas")?.strings()?,
            every_schema: root.map("every_schema", Node::bool)?.unwrap_or(false),
            include: root.list("include", |node| {
                Ok(QualifiedName::new(node.get("schema")?.str()?, node.get("name")?.str()?))
            })?,
            ..Catalog::default()
        })
    };
    read().map_err(|error: Error| error.help(REMEDY))
}

/// Reads one relation's file; its contents have to fit its path.
///
/// # Errors
///
/// If the text is not a relation's, or another relation's than the path says.
pub fn read_relation(path: &Path, text: &str, place: &str) -> Result<Relation, Error> {
    let relation = relation::from_text(text, place).map_err(|error| error.help(REMEDY))?;
    same_name(path, &relation.name, place)?;
    Ok(relation)
}

/// Reads one type's file; its contents have to fit its path.
///
/// # Errors
///
/// If the text is not a type's, or another type's than the path says.
pub fn read_type(path: &Path, text: &str, place: &str) -> Result<crate::TypeDef, Error> {
    let def = type_def::from_text(text, place).map_err(|error| error.help(REMEDY))?;
    same_name(path, &def.name, place)?;
    Ok(def)
}

fn same_name(path: &Path, name: &QualifiedName, place: &str) -> Result<(), Error> {
    if name_of_file(path).as_ref() == Some(name) {
        return Ok(());
    }
    Err(Error::new(place, format!("it holds `{name}`, whose file has another name")).help(REMEDY))
}

fn read_server(text: &str, place: &str) -> Result<Server, Error> {
    let read = || {
        let value = json::parse_file(text, place)?;
        let root = Node::root(&value, place);
        Ok(Server {
            major: root.get("major")?.int()?,
            extensions: root.list("extensions", |node| {
                Ok((node.get("name")?.string()?, node.get("schema")?.string()?))
            })?,
        })
    };
    read().map_err(|error: Error| error.help(REMEDY))
}

/// Reads `ledger.txt`. What a merge of two branches leaves is accepted: the first line twice, a migration twice, blank
/// lines; numbered migrations are put in order again.
///
/// # Errors
///
/// If the first line names no ledger that is known.
pub fn read_ledger(text: &str, place: &str) -> Result<Option<Ledger>, Error> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else {
        return Ok(None);
    };
    let wrong = || {
        Error::new(place, format!("the first line is no ledger: `{}`", crate::ident::printable(first)))
            .at("line 1")
            .help(REMEDY)
    };
    let (word, table) = first.split_once(' ').ok_or_else(wrong)?;
    let kind = LedgerKind::from_word(word).ok_or_else(wrong)?;
    let (table, columns) = parse_ledger(&unescape(table)).ok_or_else(wrong)?;
    if columns.is_some() != (kind == LedgerKind::Custom) {
        return Err(wrong());
    }
    let header = ledger_header(kind, &table, columns.as_ref());
    let mut seen = HashSet::new();
    let mut applied: Vec<String> = lines
        .filter(|line| *line != first && *line != header)
        .map(|line| unescape(&line.replace('\r', " ")))
        .filter(|line| seen.insert(line.clone()))
        .collect();
    if is_numbered(kind, columns.as_ref()) {
        applied.sort_by_cached_key(|name| name_key(name));
    }
    let mut order = Vec::new();
    if !kind.keeps_history() && applied.iter().any(|line| line.ends_with(HEAD)) {
        let plain = |line: &String| line.strip_suffix(HEAD).unwrap_or(line).to_owned();
        let name = |line: &String| Step::read(&plain(line)).name.to_owned();
        // After a merge a migration may be there as a head, and as one that is followed.
        let followed: HashSet<String> =
            applied.iter().filter(|line| !line.ends_with(HEAD)).map(name).collect();
        let is_head = |line: &&String| line.ends_with(HEAD) && !followed.contains(&name(line));
        let mut heads: Vec<String> = applied.iter().filter(is_head).map(name).collect();
        if heads.is_empty() {
            // Each is followed by itself, which somebody wrote by hand: then the marks count.
            heads = applied.iter().filter(|line| line.ends_with(HEAD)).map(name).collect();
        }
        let mut seen = HashSet::new();
        order = applied.iter().filter(|line| seen.insert(name(line))).map(plain).collect();
        applied = heads;
    }
    Ok(Some(Ledger { kind, table, columns, applied, order, failed: Vec::new(), readable: true }))
}

/// Two SQL identifiers with a dot between them, and of a table of the user's own one or two columns in brackets.
fn parse_ledger(text: &str) -> Option<(QualifiedName, Option<LedgerColumns>)> {
    let mut parts = vec![(String::new(), '.')];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                parts.last_mut()?.0.push('"');
            }
            '"' => quoted = !quoted,
            '.' | ',' | '(' | ')' if !quoted => parts.push((String::new(), c)),
            ' ' if !quoted => {}
            c => parts.last_mut()?.0.push(c),
        }
    }
    if quoted {
        return None;
    }
    let separators: String = parts.iter().map(|(_, separator)| *separator).collect();
    let mut names = parts.into_iter().map(|(name, _)| name);
    let table = QualifiedName { schema: names.next()?, name: names.next()? };
    let columns = match separators.as_str() {
        ".." => return Some((table, None)),
        "..()" => LedgerColumns { version: names.next()?, order: None },
        "..(,)" => LedgerColumns { version: names.next()?, order: names.next() },
        _ => return None,
    };
    // Nothing stands behind the bracket.
    names.next().filter(String::is_empty).map(|_| (table, Some(columns)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg_type::{TypeDef, TypeKind};

    /// What all crates of models are built again for.
    fn catalog_text_of(search_path: &[&str], relations: &[&str], types: &[&str]) -> String {
        let named = |name: &&str| name.split_once('.').map(|(schema, name)| QualifiedName::new(schema, name));
        let relation = |name: QualifiedName| Relation {
            name,
            kind: crate::RelKind::Table,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
        };
        let def = |name| crate::TypeDef { name, kind: crate::pg_type::TypeKind::Enum { labels: Vec::new() } };
        super::catalog_text(&Catalog {
            search_path: search_path.iter().map(ToString::to_string).collect(),
            relations: relations
                .iter()
                .filter_map(named)
                .map(|name| (name.clone(), relation(name)))
                .collect(),
            types: types.iter().filter_map(named).map(|name| (name.clone(), def(name))).collect(),
            ..Catalog::default()
        })
    }

    #[test]
    fn the_catalogs_file_changes_where_another_relation_hides_one() {
        let text = |search_path: &[&str], relations: &[&str]| catalog_text_of(search_path, relations, &[]);
        let path = ["app", "public"];
        let plain = text(&path, &["public.users"]);
        assert!(!plain.contains("ambiguous"), "{plain}");
        // Another name is nobody's affair.
        assert_eq!(text(&path, &["public.users", "app.posts", "audit.log"]), plain);
        let hidden = text(&path, &["app.users", "public.users"]);
        assert!(
            hidden.contains("\"ambiguous\": [\n    {\"relation\": \"users\", \"means\": \"app\"}\n  ]"),
            "{hidden}"
        );
        // One more that is found later, or nowhere, changes nothing; one that is found first does.
        assert_eq!(text(&path, &["app.users", "audit.users", "public.users"]), hidden);
        assert_ne!(text(&path, &["audit.users", "public.users"]), hidden);
        // Names that the path does not lead to can be found by being the only ones.
        let nowhere = text(&path, &["audit.users", "billing.users"]);
        assert!(nowhere.contains("{\"relation\": \"users\"}"), "{nowhere}");
    }

    #[test]
    fn a_type_hides_another_type_and_no_relation() {
        let path = ["app", "public"];
        let text = catalog_text_of(&path, &["public.mood"], &["app.mood", "public.mood", "app.users"]);
        assert!(
            text.contains("\"ambiguous\": [\n    {\"type\": \"mood\", \"means\": \"app\"}\n  ]"),
            "{text}"
        );
        let read = read_catalog(&text, "c").unwrap();
        assert_eq!(read.search_path, path);
    }

    #[test]
    fn the_remedy_names_the_database() {
        assert_eq!(remedy(None), REMEDY);
        assert_eq!(command(Some("billing")), "cargo schemacheck snapshot --database billing");
        assert_eq!(command(Some("my db")), "cargo schemacheck snapshot --database 'my db'");
        assert_eq!(command(Some("it's")), "cargo schemacheck snapshot --database 'it'\\''s'");
    }

    #[test]
    fn the_users_own_attributes_stay() {
        assert_eq!(attributes(None), ATTRIBUTES);
        assert_eq!(attributes(Some("ledger.txt merge=union\r\n")), ATTRIBUTES);
        for known in
            [ATTRIBUTES.to_owned(), format!("# ours\n{ATTRIBUTES}"), ATTRIBUTES.replace('\n', "\r\n")]
        {
            assert_eq!(attributes(Some(&known)), known);
        }
        assert_eq!(attributes(Some("*.png binary")), format!("*.png binary\n{ATTRIBUTES}"));
        assert_eq!(
            attributes(Some("*.json text eol=lf\r\n*.x -text\r\n")),
            "*.json text eol=lf\r\n*.x -text\r\nledger.txt text eol=lf merge=union\r\n"
        );
    }

    #[test]
    fn a_file_is_as_written_until_somebody_changes_it() {
        let catalog = Catalog {
            schemas: vec!["public".into()],
            ledgers: vec![read_ledger("sqlx public._sqlx_migrations\n1\n2\n", "x").unwrap().unwrap()],
            types: [TypeDef {
                name: QualifiedName::new("public", "mood"),
                kind: TypeKind::Enum { labels: vec!["ok".into(), "sad".into()] },
            }]
            .map(|def| (def.name.clone(), def))
            .into(),
            ..Catalog::default()
        };
        let mut seen = 0;
        let depends = [ATTRIBUTES_FILE, CATALOG_FILE].map(Path::new);
        for (path, text) in to_files(&catalog).iter().filter(|(path, _)| !depends.contains(&path.as_path())) {
            assert!(is_as_written(path, text), "{path:?}");
            assert!(is_as_written(path, &text.replace('\n', "\r\n")), "{path:?}");
            assert!(!is_as_written(Path::new("types/public/other.json"), text), "{path:?}");
            assert!(!is_as_written(path, "{}"), "{path:?}");
            if path != Path::new(LEDGER_FILE) {
                assert!(!is_as_written(path, &text.replacen('{', "{ ", 1)), "{path:?}");
                assert!(!is_as_written(path, &text.replacen('{', "{\"mine\": 1,", 1)), "{path:?}");
            }
            seen += 1;
        }
        assert_eq!(seen, 3);
        let merged = "sqlx public._sqlx_migrations\n2\n1\n2\nsqlx public._sqlx_migrations\n";
        assert!(is_as_written(Path::new(LEDGER_FILE), merged));
        assert!(!is_as_written(Path::new(LEDGER_FILE), "accounts of 2026\n1\n"));
        // Somebody's own, of the same name.
        assert!(!is_as_written(Path::new("types/api/user.json"), "{\n  \"type\": \"object\"\n}\n"));
    }

    #[test]
    fn a_ledger_survives_a_union_merge() {
        let text = "sqlx public._sqlx_migrations\n1\n10\n2\nsqlx public._sqlx_migrations\n10\n\n";
        let ledger = read_ledger(text, "x").unwrap().unwrap();
        assert_eq!(ledger.applied, ["1", "2", "10"]);
        assert_eq!(read_ledger("", "x").unwrap(), None);
        let text = "alembic \"My.App\".alembic_version\nb2\na1\n";
        let ledger = read_ledger(text, "x").unwrap().unwrap();
        assert_eq!(ledger.table, QualifiedName::new("My.App", "alembic_version"));
        assert_eq!(ledger.applied, ["b2", "a1"]);
        assert_eq!(ledger_text(&ledger), text);
    }

    #[test]
    fn a_ledger_of_heads_may_say_what_leads_to_them() {
        let text = "alembic public.alembic_version\na1\nb2\nc3 (head)\n";
        let ledger = read_ledger(text, "x").unwrap().unwrap();
        assert_eq!(
            (&ledger.applied[..], &ledger.order[..]),
            (&["c3".into()][..], &["a1".into(), "b2".into(), "c3".into()][..])
        );
        assert_eq!(ledger_text(&ledger), text);
        // Two branches that go on from one head, and one that is followed in the other.
        let merged = "alembic public.alembic_version\na1\nb2 (head)\nc3 (head)\nb2\nd4 (head)\n";
        let ledger = read_ledger(merged, "x").unwrap().unwrap();
        assert_eq!(ledger.applied, ["c3", "d4"]);
        assert_eq!(ledger.order, ["a1", "b2", "c3", "d4"]);
        let branched = "alembic public.alembic_version\na1\nb2 (head)\nc3 (follows a1) (head)\n";
        let ledger = read_ledger(branched, "x").unwrap().unwrap();
        assert_eq!(ledger.applied, ["b2", "c3"]);
        assert_eq!(ledger.order, ["a1", "b2", "c3 (follows a1)"]);
        assert_eq!(ledger_text(&ledger), branched);
        // Without the order, all lines are heads.
        let ledger = read_ledger("alembic public.alembic_version\nb2\na1\n", "x").unwrap().unwrap();
        assert_eq!((&ledger.applied[..], ledger.order.len()), (&["b2".into(), "a1".into()][..], 0));
    }

    #[test]
    fn a_ledger_in_a_schema_with_a_hostile_name_comes_back() {
        for schema in ["a\nb", "a\r\nb", "a\\nb", "a\"b", "", "a.b", " a", "a "] {
            let ledger = Ledger {
                kind: LedgerKind::Sqlx,
                table: QualifiedName::new(schema, "_sqlx_migrations"),
                columns: None,
                applied: vec!["1".into(), "2".into()],
                order: vec![],
                failed: vec![],
                readable: true,
            };
            assert_eq!(read_ledger(&ledger_text(&ledger), "x").unwrap(), Some(ledger), "{schema:?}");
        }
    }

    #[test]
    fn a_ledger_of_ones_own_keeps_its_columns_and_its_order() {
        for (version, order) in [
            ("version", None),
            ("version", Some("installed_at")),
            ("Ver \"s\", (x)", Some("a.b\n\\")),
            ("", Some("")),
        ] {
            let ledger = Ledger {
                kind: LedgerKind::Custom,
                table: QualifiedName::new("ops", "schema_log"),
                columns: Some(LedgerColumns { version: version.into(), order: order.map(str::to_owned) }),
                applied: vec!["b".into(), "c".into()],
                order: vec![],
                failed: vec![],
                readable: true,
            };
            assert_eq!(read_ledger(&ledger_text(&ledger), "x").unwrap(), Some(ledger));
        }
        let text = "custom ops.schema_log (version, installed_at)\nb\na\n";
        let ledger = read_ledger(text, "x").unwrap().unwrap();
        assert_eq!(ledger.applied, ["b", "a"]);
        assert_eq!(ledger_text(&ledger), text);
        let numbered = read_ledger("custom ops.schema_log (version)\n10\n9\n", "x").unwrap().unwrap();
        assert_eq!(numbered.applied, ["9", "10"]);
        for wrong in [
            "custom ops.schema_log",
            "custom ops.schema_log ()x",
            "custom ops.schema_log (a, b, c)",
            "custom ops.schema_log (a",
            "custom (a)",
            "sqlx public._sqlx_migrations (version)",
        ] {
            assert!(read_ledger(&format!("{wrong}\n1\n"), "x").is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_long_ledger_is_read_in_time_in_proportion() {
        let migrations: String = (0..200_000).map(|n| format!("{n}\n")).collect();
        let text = format!("sqlx public._sqlx_migrations\n{migrations}{migrations}");
        assert_eq!(read_ledger(&text, "x").unwrap().unwrap().applied.len(), 200_000);
    }

    #[test]
    fn an_unknown_ledger_is_an_error_with_its_line() {
        let error = read_ledger("rubbish\n", ".schemacheck/ledger.txt").unwrap_err();
        assert_eq!(
            error.headline(),
            "cannot read `.schemacheck/ledger.txt`: the first line is no ledger: `rubbish` at line 1"
        );
    }

    #[test]
    fn another_format_is_refused_with_the_remedy() {
        let error =
            read_catalog("{\"format\": 2, \"later\": true}", ".schemacheck/catalog.json").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot read `.schemacheck/catalog.json`: the snapshot has format 2, this version reads format 1\n\
             help: run `cargo schemacheck snapshot` and commit the result"
        );
    }
}
