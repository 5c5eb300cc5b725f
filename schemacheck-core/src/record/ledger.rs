//! The record of what the build saw of a ledger: one a crate and database, in the section of the models, with a magic of
//! its own. So a record of a model does not change with each migration.

use super::{FORMAT, HEADER, MAGIC, read_bodies};
use crate::Error;
use crate::ident::QualifiedName;
use crate::json::{self, Node, Object};
use crate::ledger::{LedgerColumns, LedgerKind, SeenLedger};

/// What each record of a ledger begins with.
pub const LEDGER_MAGIC: [u8; 8] = *b"SCHMLDG1";

/// A whole record.
pub fn ledger_to_bytes(seen: &SeenLedger) -> Vec<u8> {
    let json = ledger_json(seen);
    let mut bytes = Vec::with_capacity(HEADER + json.len());
    bytes.extend(LEDGER_MAGIC);
    bytes.extend(u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(json.as_bytes());
    bytes
}

/// Its JSON, as it is in a record and in the output of `cargo schemacheck manifest`.
pub fn ledger_json(seen: &SeenLedger) -> String {
    let opt = |value: Option<&String>| value.map_or("null".to_owned(), |value| json::quote(value));
    let names = |names: &[String]| json::strings(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut object = Object::new()
        .raw("format", &FORMAT.to_string())
        .raw("database", &opt(seen.database.as_ref()))
        .str("kind", seen.kind.word())
        .str("schema", &seen.table.schema)
        .str("table", &seen.table.name);
    if let Some(LedgerColumns { version, order }) = &seen.columns {
        object = object.str("version", version).raw("order", &opt(order.as_ref()));
    }
    if !seen.heads.is_empty() {
        object = object.raw("heads", &names(&seen.heads));
    }
    if !seen.older.is_empty() {
        let older: String = seen.older.iter().map(|number| format!("{number:08x}")).collect();
        object = object.str("older", &older);
    }
    object.raw("migrations", &names(&seen.migrations)).end()
}

/// Reads the records of ledgers in a section; `place` names the section's file in errors.
///
/// # Errors
///
/// As [`super::read_section`].
pub fn read_ledgers(bytes: &[u8], place: &str) -> Result<Vec<SeenLedger>, Error> {
    debug_assert_ne!(LEDGER_MAGIC, MAGIC);
    read_bodies(bytes, LEDGER_MAGIC, place, |text| {
        let value = json::parse(text, place)?;
        read(&Node::root(&value, place))
    })
}

/// Reads the ledgers beside a list of records: what `cargo schemacheck manifest` writes, `{"ledgers": [...]}`. A bare array
/// of records has none.
///
/// # Errors
///
/// If it is not JSON, or a ledger is not one.
pub fn ledgers_from_json(text: &str, place: &str) -> Result<Vec<SeenLedger>, Error> {
    let value = json::parse(text, place)?;
    if value.is_array() {
        return Ok(Vec::new());
    }
    Node::root(&value, place).list("ledgers", read)
}

fn read(node: &Node<'_>) -> Result<SeenLedger, Error> {
    let format: i64 = node.get("format")?.int()?;
    if format != i64::from(FORMAT) {
        return Err(node.error(format!("the record has format {format}, this version reads format {FORMAT}")));
    }
    let kind = node.get("kind")?;
    let word = kind.str()?;
    let version = node.map("version", Node::string)?;
    let order = node.map("order", Node::string)?;
    Ok(SeenLedger {
        database: node.map("database", Node::string)?,
        kind: LedgerKind::from_word(word).ok_or_else(|| kind.error(format!("unknown ledger `{word}`")))?,
        table: QualifiedName::new(node.get("schema")?.str()?, node.get("table")?.str()?),
        columns: version.map(|version| LedgerColumns { version, order }),
        heads: node.list("heads", Node::string)?,
        migrations: node.list("migrations", Node::string)?,
        older: match node.opt("older")? {
            Some(older) => numbers(&older)?,
            None => Vec::new(),
        },
    })
}

/// Numbers of eight hexadecimal digits each.
fn numbers(node: &Node<'_>) -> Result<Vec<u32>, Error> {
    let number = |digits: &[u8]| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    let digits = node.str()?.as_bytes().chunks(8);
    let numbers: Option<Vec<u32>> =
        digits.map(|digits| number(digits).filter(|_| digits.len() == 8 && digits[0] != b'+')).collect();
    numbers.ok_or_else(|| node.error("expected numbers of eight hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::super::{read_section, to_bytes};
    use super::*;
    use crate::Manifest;
    use crate::ledger::{Ledger, NEWEST};

    fn seen(kind: LedgerKind, applied: Vec<String>) -> SeenLedger {
        let columns = LedgerColumns { version: "a \"b\"".into(), order: Some("at".into()) };
        let ledger = Ledger {
            kind,
            table: QualifiedName::new("ops", "log"),
            columns: (kind == LedgerKind::Custom).then_some(columns),
            applied,
            order: vec!["1".into(), "2 (follows 1)".into()],
            failed: vec![],
            readable: true,
        };
        SeenLedger::of(Some("billing"), &ledger)
    }

    #[test]
    fn a_ledger_comes_back_from_a_section_and_from_a_list() {
        let many: Vec<String> = (0..NEWEST + 2).map(|n| n.to_string()).collect();
        let ledgers = [
            seen(LedgerKind::Sqlx, many),
            seen(LedgerKind::Alembic, vec!["1".into()]),
            seen(LedgerKind::Custom, vec!["é\u{7}".into()]),
            seen(LedgerKind::Sqlx, vec![]),
        ];
        assert_eq!((ledgers[0].older.len(), ledgers[1].heads.len()), (2, 1));
        let model = Manifest { path: "app::M".into(), relation: "m".into(), ..Manifest::default() };
        let mut section = to_bytes(&model);
        for ledger in &ledgers {
            section.extend(ledger_to_bytes(ledger));
            section.extend([0; 3]);
        }
        assert_eq!(read_ledgers(&section, "x").unwrap(), ledgers);
        assert_eq!(read_section(&section, "x").unwrap().len(), 1);
        let list: Vec<String> = ledgers.iter().map(ledger_json).collect();
        let list = format!("{{\"manifests\": [], \"ledgers\": [{}]}}", list.join(", "));
        assert_eq!(ledgers_from_json(&list, "x").unwrap(), ledgers);
        assert_eq!(ledgers_from_json("[]", "x").unwrap(), []);
        assert_eq!(ledgers_from_json("{\"manifests\": []}", "x").unwrap(), []);
    }

    #[test]
    fn a_broken_ledger_is_an_error() {
        let whole = ledger_to_bytes(&seen(LedgerKind::Sqlx, vec!["1".into()]));
        for cut in [1, 11, 20, whole.len() - 1] {
            assert!(read_ledgers(&whole[..cut], "x").is_err(), "{cut}");
            assert!(read_section(&whole[..cut], "x").is_err(), "{cut}");
        }
        let json = ledger_json(&seen(LedgerKind::Sqlx, (0..NEWEST + 1).map(|n| n.to_string()).collect()));
        let list = |json: &str| ledgers_from_json(&format!("{{\"ledgers\": [{json}]}}"), "x");
        assert!(list(&json).is_ok());
        let older = json.split("\"older\": \"").nth(1).unwrap()[..8].to_owned();
        for (good, bad) in [
            ("\"format\": 1", "\"format\": 2".to_owned()),
            ("\"sqlx\"", "\"rails\"".to_owned()),
            (older.as_str(), older[..7].to_owned()),
            (older.as_str(), format!("+{}", &older[1..])),
            (older.as_str(), format!("{}g", &older[1..])),
        ] {
            assert!(list(&json.replace(good, &bad)).is_err(), "{bad}");
        }
    }
}
