//! Where lines and values go in a manifest, so that everything else stays as it is.

use toml_edit::{Array, Item, Value};

use super::{Result, parse};
use crate::init::edit::line_ending;

/// An entry of a table that has lines of its own in it.
struct Entry<'a> {
    key: &'a str,
    /// Where its last value ends.
    end: usize,
}

/// Inserts a line into a table: where the alphabet wants it if the table is sorted, else at the end.
pub(super) fn insert(
    text: &str,
    path: &[&str],
    table: Option<&Item>,
    key: &str,
    value: &str,
) -> Result<String> {
    let line = &format!("{key} = {value}");
    let header = format!("[{}]", path.join("."));
    let Some(table) = table else { return Ok(append(text, &header, line)) };
    // `dependencies = { ... }`, or `dependencies.serde = "1"` above the first header.
    let table = table.as_table().filter(|table| !table.is_dotted());
    let Some(table) = table else { return Err(format!("has no line `{header}`")) };
    let mut entries: Vec<Entry<'_>> = table
        .iter()
        // `[dependencies.serde]` stands elsewhere.
        .filter(|(_, item)| item.as_table().is_none_or(|table| table.is_dotted()))
        .filter_map(|(key, item)| Some(Entry { key, end: end(item)? }))
        .collect();
    entries.sort_by_key(|entry| entry.end);
    let is_sorted = entries.len() > 1 && entries.is_sorted_by_key(|entry| entry.key);
    let before = if is_sorted { entries.iter().rev().find(|entry| entry.key < key) } else { entries.last() };
    let after = match before {
        Some(entry) => entry.end,
        None => match header_end(text, &header) {
            Some(end) => end,
            None if entries.is_empty() => return Ok(append(text, &header, line)),
            None => return Err(format!("has no line `{header}`")),
        },
    };
    checked(text, after, line)
}

/// Inserts a line behind the one that ends behind this byte.
pub(super) fn checked(text: &str, after: usize, line: &str) -> Result<String> {
    let edited = match text[after..].find('\n') {
        Some(end) => {
            let at = after + end + 1;
            format!("{}{line}{}{}", &text[..at], line_ending(text, after), &text[at..])
        }
        None => format!("{text}{}{line}{}", line_ending(text, after), line_ending(text, after)),
    };
    parse(&edited)?;
    Ok(edited)
}

/// A new table at the end of the file.
fn append(text: &str, header: &str, line: &str) -> String {
    let end = line_ending(text, text.len());
    let close = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    let gap = if text.trim().is_empty() { "" } else { end };
    format!("{text}{close}{gap}{header}{end}{line}{end}")
}

/// Where the line of a table's header ends.
fn header_end(text: &str, header: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let written: String = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        if written == header {
            return Some(at + line.trim_end_matches(['\r', '\n']).len());
        }
        at += line.len();
    }
    None
}

/// Where the last value of an entry ends.
pub(super) fn end(item: &Item) -> Option<usize> {
    match item {
        Item::Value(value) => value.span().map(|span| span.end).or_else(|| inline_end(value)),
        Item::Table(table) => table.iter().filter_map(|(_, item)| end(item)).max(),
        _ => None,
    }
}

/// Of a value that is spelled with dots: `serde.workspace = true`.
fn inline_end(value: &Value) -> Option<usize> {
    let table = value.as_inline_table()?;
    table
        .iter()
        .filter_map(|(_, value)| value.span().map(|span| span.end).or_else(|| inline_end(value)))
        .max()
}

/// The text with more values at the end of a list.
pub(super) fn push(text: &str, list: &Array, values: &[String]) -> Option<String> {
    let span = list.span()?;
    let Some(last) = list.iter().last().and_then(Value::span) else {
        let values = values.join(", ");
        return Some(format!("{}[{values}]{}", &text[..span.start], &text[span.end..]));
    };
    let line = text[..last.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..last.start];
    let on_lines = line > span.start && indent.chars().all(char::is_whitespace);
    let Some(rest) = text[last.end..span.end].find('\n').filter(|_| on_lines) else {
        let values: String = values.iter().map(|value| format!(", {value}")).collect();
        return Some(format!("{}{values}{}", &text[..last.end], &text[last.end..]));
    };
    // A list with a line for each value goes on like that; a comment stays behind its value.
    let (ending, next) = (line_ending(text, last.end), last.end + rest + 1);
    let comma = list.trailing_comma();
    let close = |at: usize| if comma || at + 1 < values.len() { "," } else { "" };
    let values: String = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!("{indent}{value}{}{ending}", close(at)))
        .collect();
    let open = if comma { "" } else { "," };
    Some(format!("{}{open}{}{values}{}", &text[..last.end], &text[last.end..next], &text[next..]))
}
