//! Stage 4: find, read and cache the snapshot. The only place of an expansion that reads files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use schemacheck_core::ledger::SeenLedger;
use schemacheck_core::pg_type::TypeKind;
use schemacheck_core::snapshot::{self, CATALOG_FILE, LEDGER_FILE, UNFINISHED_FILE};
use schemacheck_core::{Catalog, PgType, QualifiedName, Relation, fingerprint};

mod databases;
mod directory;

/// What a message about a missing snapshot ends with.
const WITHOUT: &str = "SCHEMACHECK_BUILD=off builds without a snapshot, and checks nothing";

/// What an expansion knows of the snapshot: the part of the catalog that it asked for.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The directory of the default database, which holds those of the others.
    root: PathBuf,
    directory: PathBuf,
    /// The directory as errors name it: relative to the package or above it, so that messages do not differ between
    /// machines.
    shown: String,
    /// Format, search path, schemas, and what was loaded.
    pub(crate) catalog: Catalog,
    /// The files that were read, for cargo.
    pub(crate) tracked: Vec<PathBuf>,
    /// The digest of the relation that was loaded: of its text, which is canonical.
    pub(crate) digest: Option<String>,
    /// What it says of the migration ledger.
    pub(crate) ledger: Option<SeenLedger>,
    /// The named database; nothing for the default one.
    database: Option<String>,
    /// Other databases that have what this one lacks.
    pub(crate) elsewhere: Vec<Option<String>>,
}

impl Snapshot {
    /// Finds the directory of a database and reads what every expansion needs. The error is a message.
    pub(crate) fn open(database: Option<&str>) -> Result<Self, String> {
        let (root, shown_root) = directory::locate(database)?;
        let directory = snapshot::of_database(&root, database);
        let shown = snapshot::of_database(Path::new(&shown_root), database).display().to_string();
        // Not tracked: it is there while the build fails, and gone when it does not.
        if directory.join(UNFINISHED_FILE).exists() {
            return Err(format!(
                "{}\nhelp: {}\nnote: {}",
                snapshot::unfinished(&shown),
                snapshot::remedy(database),
                snapshot::unfinished_note(&shown)
            ));
        }
        let path = directory.join(CATALOG_FILE);
        let place = format!("{shown}/{CATALOG_FILE}");
        let catalog = match read(&path, &place, database)? {
            Some(text) => snapshot::read_catalog(&text, &place).map_err(|error| message(error, database))?,
            None => return Err(databases::no_catalog(&root, &shown_root, database)),
        };
        let (ledger, ledger_file) = ledger(&directory, &shown, database);
        Ok(Self {
            root,
            directory,
            shown,
            catalog,
            tracked: [path].into_iter().chain(ledger_file).collect(),
            digest: None,
            ledger,
            database: database.map(str::to_owned),
            elsewhere: Vec::new(),
        })
    }

    /// Loads the relation that a name means, and the types of the columns that are asked for; on a miss the names of
    /// all relations.
    pub(crate) fn load_relation(
        &mut self,
        schema: Option<&str>,
        name: &str,
        is_asked: impl Fn(&str) -> bool,
    ) -> Result<(), String> {
        for schema in self.schemas(schema) {
            let wanted = QualifiedName::new(schema, name);
            let file = snapshot::relation_file(&wanted);
            let place = format!("{}/{}", self.shown, file.display());
            let Some(text) = read(&self.directory.join(&file), &place, self.database())? else {
                continue;
            };
            let relation = snapshot::read_relation(&file, &text, &place)
                .map_err(|error| message(error, self.database()))?;
            self.digest = Some(fingerprint::digest(&text));
            self.tracked.push(self.directory.join(&file));
            self.load_types(&relation, is_asked)?;
            self.catalog.relations.insert(wanted, relation);
            return Ok(());
        }
        self.catalog.known_relations = self.names("relations");
        self.elsewhere = self.databases_with(schema, name, snapshot::relation_file);
        Ok(())
    }

    /// Loads the type that a name means, and those of its attributes; on a miss the names of all types.
    pub(crate) fn load_type(&mut self, schema: Option<&str>, name: &str) -> Result<(), String> {
        for schema in self.schemas(schema) {
            let ty = PgType::named(schema, name);
            if self.load_def(&ty)? {
                return self.load_attributes(&ty);
            }
        }
        self.catalog.known_types = self.names("types");
        self.elsewhere = self.databases_with(schema, name, snapshot::type_file);
        Ok(())
    }

    /// Whether a name means a relation.
    pub(crate) fn has_relation(&self, schema: Option<&str>, name: &str) -> bool {
        self.has(schema, name, snapshot::relation_file)
    }

    /// Whether a name means a type.
    pub(crate) fn has_type(&self, schema: Option<&str>, name: &str) -> bool {
        self.has(schema, name, snapshot::type_file)
    }

    fn has(&self, schema: Option<&str>, name: &str, file: impl Fn(&QualifiedName) -> PathBuf) -> bool {
        let files = self.schemas(schema).into_iter().map(|schema| file(&QualifiedName::new(schema, name)));
        files.into_iter().any(|file| self.directory.join(file).is_file())
    }

    /// Every relation's name, for a struct that names no table.
    pub(crate) fn relation_names(&self) -> Vec<QualifiedName> {
        self.names("relations")
    }

    /// Every type's name.
    pub(crate) fn type_names(&self) -> Vec<QualifiedName> {
        self.names("types")
    }

    fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    fn schemas(&self, schema: Option<&str>) -> Vec<String> {
        schema.map_or_else(|| self.catalog.search_path.clone(), |schema| vec![schema.to_owned()])
    }

    fn load_types(&mut self, relation: &Relation, is_asked: impl Fn(&str) -> bool) -> Result<(), String> {
        for column in relation.columns.iter().filter(|column| is_asked(&column.name)) {
            self.load_def(&column.ty)?;
        }
        Ok(())
    }

    /// Loads the types of a composite type's attributes.
    fn load_attributes(&mut self, ty: &PgType) -> Result<(), String> {
        let attributes = match self.catalog.types.get(&ty.qualified_name()).map(|def| &def.kind) {
            Some(TypeKind::Composite { attributes }) => attributes.clone(),
            _ => Vec::new(),
        };
        attributes.iter().try_for_each(|(_, ty)| self.load_def(ty).map(drop))
    }

    /// Loads a type's file if there is one, and those of the types below a domain.
    fn load_def(&mut self, ty: &PgType) -> Result<bool, String> {
        let name = ty.qualified_name();
        if ty.is_builtin() {
            return Ok(false);
        }
        if self.catalog.types.contains_key(&name) {
            return Ok(true);
        }
        let file = snapshot::type_file(&name);
        let place = format!("{}/{}", self.shown, file.display());
        // A base type of an extension has no file.
        let Some(text) = read(&self.directory.join(&file), &place, self.database())? else {
            return Ok(false);
        };
        let def =
            snapshot::read_type(&file, &text, &place).map_err(|error| message(error, self.database()))?;
        self.tracked.push(self.directory.join(&file));
        let base = match &def.kind {
            TypeKind::Domain { base, .. } => Some(base.clone()),
            _ => None,
        };
        self.catalog.types.insert(name, def);
        if let Some(base) = base {
            self.load_def(&base)?;
        }
        Ok(true)
    }

    fn names(&self, folder: &str) -> Vec<QualifiedName> {
        let entries =
            |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut names: Vec<QualifiedName> = entries(&self.directory.join(folder))
            .flat_map(|schema| entries(&schema).collect::<Vec<_>>())
            .filter_map(|file| snapshot::name_of_file(&file))
            .collect();
        names.sort();
        names
    }
}

/// What an error of core says, with the command that mends the snapshot of this database.
fn message(error: schemacheck_core::Error, database: Option<&str>) -> String {
    error.with_remedy(snapshot::REMEDY, snapshot::remedy(database)).to_string()
}

/// What a file was when it was read: a proc-macro server lives for days and serves many crates.
type Version = (SystemTime, u64);

/// Texts by path, each with the version that was read.
type Texts = HashMap<PathBuf, (Version, Arc<str>)>;

/// The text of a file; nothing if there is none. Cached as long as its length and time of change stay.
fn read(path: &Path, place: &str, database: Option<&str>) -> Result<Option<Arc<str>>, String> {
    static CACHE: OnceLock<Mutex<Texts>> = OnceLock::new();
    let failed = |error: std::io::Error| {
        format!("cannot read `{place}`: {error}\nhelp: {}", snapshot::remedy(database))
    };
    let meta = match std::fs::metadata(path) {
        Ok(meta) if meta.is_file() => meta,
        // A pipe would be waited for.
        Ok(_) => return Err(failed(std::io::Error::other("it is not a file"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let version = meta.modified().ok().map(|modified| (modified, meta.len()));
    let cache = CACHE.get_or_init(Mutex::default);
    if let Some((known, text)) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(path)
        && Some(*known) == version
    {
        return Ok(Some(Arc::clone(text)));
    }
    let text: Arc<str> = std::fs::read_to_string(path).map_err(failed)?.into();
    if let Some(version) = version {
        let entry = (version, Arc::clone(&text));
        cache.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), entry);
    }
    Ok(Some(text))
}

/// What the snapshot says of the ledger, and its file to be watched. A migration that changes no relation of a crate builds
/// it again: for code whose SQL is in strings, that this migration is pending is the only thing that a start can say. A
/// file that cannot be read is watched too, and says nothing: the ledger is evidence, never a verdict.
///
/// It also has cargo look again where a name was missing and the build passed, as with a warning: the file that is to come
/// cannot be tracked, but what brings it is a migration as a rule.
fn ledger(directory: &Path, shown: &str, database: Option<&str>) -> (Option<SeenLedger>, Option<PathBuf>) {
    let (path, place) = (directory.join(LEDGER_FILE), format!("{shown}/{LEDGER_FILE}"));
    let Ok(Some(text)) = read(&path, &place, database) else { return (None, None) };
    let ledger = snapshot::read_ledger(&text, &place).ok().flatten();
    (ledger.map(|ledger| SeenLedger::of(database, &ledger)), Some(path))
}
