//! The fuzz targets: one function a target. `cargo fuzz` runs them for as long as one likes (`fuzz_targets/`), and
//! `schemacheck-cli/tests/fuzz/` runs the same functions on stable Rust, on the seeds and a fixed number of mutations.
//!
//! Each asserts more than that nothing panics: what was read, written and read again is equal; no password is in a
//! message; memory is in proportion to the input.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use schemacheck_cli::fuzzing;
use schemacheck_core::compare::{Moment, compare_all};
use schemacheck_core::ledger::{Ledger, SeenLedger};
use schemacheck_core::manifest::{Expected, Manifest};
use schemacheck_core::snapshot::{self, CATALOG_FILE, LEDGER_FILE};
use schemacheck_core::{Catalog, QualifiedName, drift, record};
use schemacheck_runtime::guard::target;

mod memory;

/// A target: it panics where a reader fails.
pub type Target = fn(&[u8]);

/// Every target, by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("artifact", artifact),
    ("connection", connection),
    ("file_name", file_name),
    ("ledger", ledger),
    ("record", record),
    ("snapshot", snapshot),
];

/// Bytes that reading may take besides what is in proportion to the input.
const BASE: usize = 1 << 18;
/// Bytes that reading may take for each byte of input. JSON is the dearest: a value of two characters (`1,`) becomes
/// one of 32 bytes in a growing vector, and a node with its path.
const FACTOR: usize = 256;

/// Runs a reader on an input of `size` bytes, and asserts that its memory is in proportion.
fn bounded<T>(size: usize, read: impl FnOnce() -> T) -> T {
    let (value, peak) = memory::peak(read);
    assert!(peak <= BASE + FACTOR * size, "{peak} bytes were taken for an input of {size}");
    value
}

/// What a reader returned, if it could read; of an error the text is made, as a user would see it.
fn read<T, E: ToString>(result: Result<T, E>, size: usize) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() <= 1024 + 16 * size, "an error of {} bytes", text.len());
            None
        }
    }
}

#[track_caller]
fn same<T: PartialEq + Debug>(again: &T, first: &T) {
    assert!(again == first, "what was written reads otherwise:\n{again:#?}\nis not\n{first:#?}");
}

/// A snapshot directory as one text: a line `=== path` before each file.
pub fn snapshot(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut files = BTreeMap::new();
    for part in text.split("=== ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        files.insert(Path::new(path), text);
    }
    let files = files.into_iter();
    let result = bounded(data.len(), || snapshot::from_files(".schemacheck", files));
    let Some(catalog) = read(result, data.len()) else { return };
    let written = snapshot::to_files(&catalog);
    let texts = written.iter().map(|(path, text)| (path.as_path(), text.as_str()));
    let again = snapshot::from_files(".schemacheck", texts)
        .unwrap_or_else(|error| panic!("{error}\nin {written:#?}"));
    same(&again, &catalog);
    same(&snapshot::to_files(&again), &written);
    agrees_with_itself(&catalog);
}

/// A catalog differs in nothing from itself, and models made from it have no finding, at build and at start.
fn agrees_with_itself(catalog: &Catalog) {
    let differences = drift::differences(catalog, catalog);
    assert!(differences.is_empty(), "{differences:#?}");
    let manifests: Vec<Manifest> =
        catalog.relations.values().map(|relation| model(catalog, relation)).collect();
    for moment in [Moment::Build, Moment::Start { strict: true }] {
        let findings = compare_all(&manifests, catalog, moment);
        assert!(findings.is_empty(), "{findings:#?}");
    }
}

/// The model that fits a relation.
fn model(catalog: &Catalog, relation: &schemacheck_core::Relation) -> Manifest {
    let columns = relation.columns.iter().map(|column| Expected {
        column: column.name.clone(),
        field: column.name.clone(),
        accepts_null: Some(!catalog.refuses_null(column)),
        ..Expected::default()
    });
    let mut model = Manifest {
        schema: Some(relation.name.schema.clone()),
        relation: relation.name.name.clone(),
        columns: columns.collect(),
        ..Manifest::default()
    };
    model.add_facts(catalog);
    model
}

/// `ledger.txt`
pub fn ledger(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let result = bounded(data.len(), || snapshot::read_ledger(text, LEDGER_FILE));
    let Some(Some(ledger)) = read(result, data.len()) else { return };
    same(&written_and_read(&ledger), &Some(ledger));
}

fn written_and_read(ledger: &Ledger) -> Option<Ledger> {
    let catalog = Catalog { ledgers: vec![ledger.clone()], ..Catalog::default() };
    let files = snapshot::to_files(&catalog);
    let (_, text) = files.iter().find(|(path, _)| path == Path::new(LEDGER_FILE)).expect("a ledger's file");
    snapshot::read_ledger(text, LEDGER_FILE).unwrap_or_else(|error| panic!("{error}\nin {text:?}"))
}

/// A file's name that is decoded, and a catalog's name that is encoded; a line break parts schema and name.
pub fn file_name(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(name) = bounded(data.len(), || snapshot::decode_file_name(text)) {
        same(&snapshot::encode_file_name(&name).as_str(), &text);
    }
    let encoded = snapshot::encode_file_name(text);
    assert!(is_safe(&encoded), "{encoded:?}");
    same(&snapshot::decode_file_name(&encoded).as_deref(), &Some(text));
    let (schema, name) = text.split_once('\n').unwrap_or(("public", text));
    let name = QualifiedName::new(schema, name);
    let path: PathBuf = snapshot::relation_file(&name);
    assert_eq!(path.components().count(), 3, "{path:?}");
    same(&snapshot::name_of_file(&path), &Some(name));
    assert_ne!(path, Path::new(CATALOG_FILE));
}

/// Whether every file system keeps the name as it is: no folding, no normalising, nothing cut off at the ends.
fn is_safe(file: &str) -> bool {
    let plain = |byte: u8| {
        matches!(byte, b' '..=b'~') && !byte.is_ascii_uppercase() && !b"/\\:*?\"<>|".contains(&byte)
    };
    !file.is_empty()
        && file.bytes().all(plain)
        && !file.starts_with(['.', ' '])
        && !file.ends_with(['.', ' '])
}

/// A section of records; the same bytes as the JSON of one and of several.
pub fn record(data: &[u8]) {
    if let Some(manifests) = read(bounded(data.len(), || record::read_section(data, "app")), data.len()) {
        come_back(&manifests);
    }
    let ledgers = read(bounded(data.len(), || record::read_ledgers(data, "app")), data.len());
    ledgers_come_back(&ledgers.unwrap_or_default());
    let Ok(text) = std::str::from_utf8(data) else { return };
    let ledgers = read(bounded(data.len(), || record::ledgers_from_json(text, "app")), data.len());
    ledgers_come_back(&ledgers.unwrap_or_default());
    if let Some(manifest) = read(bounded(data.len(), || record::from_json(text, "app")), data.len()) {
        come_back(&[manifest]);
    }
    if let Some(manifests) = read(bounded(data.len(), || record::list_from_json(text, "app")), data.len()) {
        come_back(&manifests);
    }
}

/// Writes manifests in both forms, and reads them again.
fn come_back(manifests: &[Manifest]) {
    let texts: Vec<String> = manifests.iter().map(record::to_json).collect();
    let list = format!("{{\"manifests\": [{}]}}", texts.join(", "));
    let again = record::list_from_json(&list, "app").unwrap_or_else(|error| panic!("{error}\nin {list}"));
    same(&again.as_slice(), &manifests);
    let section: Vec<u8> = texts.iter().flat_map(|text| section_record(text)).collect();
    let again = record::read_section(&section, "app").unwrap_or_else(|error| panic!("{error}\nin {list}"));
    same(&again.as_slice(), &manifests);
}

/// The same of what builds saw of ledgers.
fn ledgers_come_back(ledgers: &[SeenLedger]) {
    let texts: Vec<String> = ledgers.iter().map(record::ledger_json).collect();
    let list = format!("{{\"ledgers\": [{}]}}", texts.join(", "));
    let again = record::ledgers_from_json(&list, "app").unwrap_or_else(|error| panic!("{error}\nin {list}"));
    same(&again.as_slice(), &ledgers);
    let section: Vec<u8> = ledgers.iter().flat_map(record::ledger_to_bytes).collect();
    let again = record::read_ledgers(&section, "app").unwrap_or_else(|error| panic!("{error}\nin {list}"));
    same(&again.as_slice(), &ledgers);
}

/// One record as it lies in a section.
pub fn section_record(json: &str) -> Vec<u8> {
    let length = u32::try_from(json.len()).expect("a short record").to_le_bytes();
    [&record::MAGIC[..], &length, json.as_bytes()].concat()
}

/// A built file: executable, shared library or archive, of any object format.
pub fn artifact(data: &[u8]) {
    let result = bounded(data.len(), || fuzzing::records(data));
    if let Some(Some(manifests)) = read(result, data.len()) {
        come_back(&manifests);
    }
}

/// The password that must not be printed.
const SECRET: &str = "hunter2";

/// A connection string, and the same text as a password without any encoding within several.
pub fn connection(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = bounded(data.len(), || (fuzzing::dial(text), target::Target::parse(text)));
    let (before, after) = text.split_once('\n').unwrap_or((text, ""));
    let password = format!("{before}{SECRET}{after}");
    // A password that spells further parameters cannot be told from them.
    if password.contains('=') && password.contains(|c: char| c.is_whitespace() || "?&#'\\".contains(c)) {
        return;
    }
    for text in [
        format!("postgres://me:{password}@db.example:5433/app"),
        format!("postgresql://me:{password}@db.example/app?sslmode=require&schema=public"),
        format!("postgres://me:{password}@db.example/app?sslmode=verify-full&user=a@b"),
        format!("postgresql+psycopg2://me:{password}@db.example/app?sslmode=require"),
        format!("postgres://db.example/app?user=me&password={}", password.replace(['&', '#'], "")),
        format!("host=db.example user=me password={password} dbname=app"),
        format!("host=db.example password = '{}' x=1", password.replace(['\\', '\''], "")),
    ] {
        let target = target::Target::parse(&text);
        silent(&format!("{target:?} {}", target.host_and_port()), &text);
        match fuzzing::dial(&text) {
            Ok(target) => silent(&format!("{target:?} {}", target.host_and_port()), &text),
            Err(error) => silent(&error, &text),
        }
    }
}

#[track_caller]
fn silent(printed: &str, text: &str) {
    assert!(!printed.contains(SECRET), "of {text:?} the password is printed: {printed}");
}
