//! The ledgers, as the snapshot reads them.

use schemacheck_core::Catalog;
use schemacheck_core::json::{self, Node};

use super::super::guard::{ANSWER, read_ledgers};
use super::super::sql::Ledgers;
use super::attempt::Connection;
use crate::error::Error;
use crate::ledger::Own;

/// What stands for bytes that are no text, until the row with them is left out: no character, and in no name.
const NO_TEXT: char = '\u{ffff}';

/// Reads the ledgers into a catalog; `server` is the answer to `snapshot_server.sql`, and `own` a table of the user's own.
///
/// A database of the encoding `SQL_ASCII` holds any bytes, and the server refuses to send those that are no text: so there
/// they come as hexadecimal digits, and a row with such bytes is left out.
pub(super) fn read(
    connection: &mut Connection<'_>,
    server: &str,
    own: Option<Own<'_>>,
    catalog: &mut Catalog,
) -> Result<(), Error> {
    let server = json::parse(server, ANSWER)?;
    let has_any_bytes = Node::root(&server, ANSWER).tuple(12)?[11].str()? == "SQL_ASCII";
    let results = connection.ask(&[request(own, has_any_bytes)])?;
    let row = results.rows(0).next().ok_or_else(|| Error::silent("the server sent no row"))?;
    // Of no ledger at all SQL makes NULL.
    let Some(text) = row.opt(0)? else { return Ok(()) };
    let text = if has_any_bytes { readable(text)? } else { text.to_owned() };
    let value = json::parse(&text, ANSWER)?;
    read_ledgers(&Node::root(&value, ANSWER), catalog)?;
    if has_any_bytes {
        for ledger in &mut catalog.ledgers {
            for names in [&mut ledger.applied, &mut ledger.order, &mut ledger.failed] {
                names.retain(|name| !name.contains(NO_TEXT));
            }
        }
    }
    Ok(())
}

pub(super) fn request(own: Option<Own<'_>>, has_any_bytes: bool) -> String {
    let ledgers = format!("({})::pg_catalog.text", Ledgers::All { own }.select());
    match has_any_bytes {
        true => format!(
            "SELECT pg_catalog.encode(pg_catalog.convert_to({ledgers}, 'SQL_ASCII'), 'hex') AS schemacheck"
        ),
        false => format!("SELECT {ledgers} AS schemacheck"),
    }
}

/// The text of some bytes.
fn readable(hex: &str) -> Result<String, Error> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(byte).collect();
    let bytes = bytes.ok_or_else(|| Error::answer("bytes that are no hexadecimal digits"))?;
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(NO_TEXT);
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_told_from_those_that_are() {
        assert_eq!(readable("61c3bc").unwrap(), "aü");
        assert_eq!(readable("61fc62").unwrap(), "a\u{ffff}b");
        assert!(readable("6").is_err() && readable("zz").is_err());
    }
}
