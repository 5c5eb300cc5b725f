//! The dependency in `Cargo.toml`: lines are inserted at the places that `toml_edit` finds, and nothing else is touched.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use super::edit::line_ending;

/// The crate.
pub(super) const NAME: &str = "schemacheck";

/// The version that goes with this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What cannot be done here.
pub(super) type Result<T> = std::result::Result<T, String>;

/// Whether the workspace keeps versions that this package uses: `serde = { workspace = true }`.
pub(super) fn inherits(member: &str, root: &str) -> bool {
    let (Ok(member), Ok(root)) = (parse(member), parse(root)) else { return false };
    let has_own = root.get("workspace").and_then(|item| item.get("dependencies")).is_some();
    let dependencies = member.get("dependencies").and_then(Item::as_table_like);
    let inherited = |item: &Item| item.get("workspace").and_then(Item::as_bool) == Some(true);
    has_own && dependencies.is_some_and(|table| table.iter().any(|(_, item)| inherited(item)))
}

/// The workspace's manifest with the version in `[workspace.dependencies]`, if it is not there yet.
pub(super) fn with_workspace_version(text: &str) -> Result<String> {
    let document = parse(text)?;
    let table = document.get("workspace").and_then(|item| item.get("dependencies"));
    if table.and_then(|table| table.get(NAME)).is_some() {
        return Ok(text.to_owned());
    }
    let table = table.and_then(Item::as_table_like);
    insert(text, &["workspace", "dependencies"], table, &format!("{NAME} = \"{VERSION}\""))
}

/// A package's manifest with the dependency, and with these features at least. `key` is the name that it has there.
pub(super) fn with_dependency(
    text: &str,
    key: Option<&str>,
    inherited: bool,
    features: &[&str],
) -> Result<String> {
    let document = parse(text)?;
    let table = document.get("dependencies").and_then(Item::as_table_like);
    if let Some(key) = key {
        let table = table.ok_or_else(|| "has the dependency in a place that is not understood".to_owned())?;
        let item = table.get(key).ok_or_else(|| format!("has no `{key}` in `[dependencies]`"))?;
        return with_features(text, key, item, features);
    }
    let source = if inherited { "workspace = true".to_owned() } else { format!("version = \"{VERSION}\"") };
    let line = match (features, inherited) {
        ([], false) => format!("{NAME} = \"{VERSION}\""),
        ([], true) => format!("{NAME} = {{ {source} }}"),
        _ => format!("{NAME} = {{ {source}, features = [{}] }}", list(features)),
    };
    insert(text, &["dependencies"], table, &line)
}

fn list(features: &[&str]) -> String {
    features.iter().map(|feature| format!("\"{feature}\"")).collect::<Vec<_>>().join(", ")
}

fn parse(text: &str) -> Result<Document<&str>> {
    Document::parse(text).map_err(|error| format!("cannot be read: {}", error.message()))
}

/// An entry of a table that has lines of its own in it.
struct Entry<'a> {
    key: &'a str,
    /// Where its last value ends.
    end: usize,
}

/// Inserts a line into a table: where the alphabet wants it if the table is sorted, else at the end.
fn insert(text: &str, path: &[&str], table: Option<&dyn TableLike>, line: &str) -> Result<String> {
    let header = format!("[{}]", path.join("."));
    let Some(table) = table else { return Ok(append(text, &header, line)) };
    let mut entries: Vec<Entry<'_>> = table
        .iter()
        // `[dependencies.serde]` stands elsewhere.
        .filter(|(_, item)| item.as_table().is_none_or(|table| table.is_dotted()))
        .filter_map(|(key, item)| Some(Entry { key, end: end(item)? }))
        .collect();
    entries.sort_by_key(|entry| entry.end);
    let is_sorted = entries.len() > 1 && entries.is_sorted_by_key(|entry| entry.key);
    let before = if is_sorted { entries.iter().rev().find(|entry| entry.key < NAME) } else { entries.last() };
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
fn checked(text: &str, after: usize, line: &str) -> Result<String> {
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
fn end(item: &Item) -> Option<usize> {
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

/// An entry that is there already, with the features that it lacks.
fn with_features(text: &str, key: &str, item: &Item, features: &[&str]) -> Result<String> {
    let declared = item.get("features").and_then(Item::as_array);
    let has =
        |feature: &str| declared.is_some_and(|list| list.iter().any(|known| known.as_str() == Some(feature)));
    let missing: Vec<&str> = features.iter().copied().filter(|feature| !has(feature)).collect();
    if missing.is_empty() {
        return Ok(text.to_owned());
    }
    let odd = || format!("has `{key}` in a form that is not understood: add the features {}", list(&missing));
    let replaced =
        |span: Range<usize>, new: &str| format!("{}{new}{}", &text[..span.start], &text[span.end..]);
    let edited = if let Some(known) = declared {
        let span = known.span().ok_or_else(odd)?;
        match known.iter().last().and_then(Value::span) {
            Some(last) => {
                // A list with a line for each goes on like that.
                let line = text[..last.start].rfind('\n').map_or(0, |at| at + 1);
                let indent = &text[line..last.start];
                let on_lines = line > span.start && indent.chars().all(char::is_whitespace);
                let separator =
                    if on_lines { format!(",{}{indent}", line_ending(text, last.end)) } else { ", ".into() };
                let added: String = missing.iter().map(|name| format!("{separator}\"{name}\"")).collect();
                replaced(last.end..last.end, &added)
            }
            None => replaced(span, &format!("[{}]", list(&missing))),
        }
    } else {
        let features = format!("features = [{}]", list(&missing));
        match item {
            Item::Value(Value::String(version)) => {
                let span = version.span().ok_or_else(odd)?;
                let written = &text[span.clone()];
                replaced(span, &format!("{{ version = {written}, {features} }}"))
            }
            Item::Value(Value::InlineTable(table)) if table.span().is_some() && !table.is_dotted() => {
                let last = table.iter().filter_map(|(_, value)| value.span().map(|span| span.end)).max();
                let last = last.ok_or_else(odd)?;
                replaced(last..last, &format!(", {features}"))
            }
            Item::Table(table) => {
                let before = if table.is_dotted() { format!("{key}.") } else { String::new() };
                return checked(text, end(item).ok_or_else(odd)?, &format!("{before}{features}"));
            }
            _ => return Err(odd()),
        }
    };
    parse(&edited)?;
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, features: &[&str], expected: &str) {
        let expected = expected.replace("VERSION", VERSION);
        let edited = with_dependency(text, None, false, features).unwrap();
        assert_eq!(edited, expected);
        // Nothing but lines of ours came.
        let rest: String = edited.split_inclusive('\n').filter(|line| !line.starts_with(NAME)).collect();
        assert!(rest.starts_with(text.trim_end_matches('\n')) || text.is_empty() || rest == text, "{rest}");
    }

    #[test]
    fn the_line_comes_last_or_where_the_alphabet_wants_it() {
        check(
            "[dependencies]\nb = \"1\"\na = \"1\" # why\n\n[x]\n",
            &["uuid"],
            "[dependencies]\nb = \"1\"\na = \"1\" # why\nschemacheck = { version = \"VERSION\", features = [\"uuid\"] }\n\n[x]\n",
        );
        check(
            "[dependencies]\nserde = \"1\"\n# About z.\nz = { version = \"1\" }\n",
            &[],
            "[dependencies]\nschemacheck = \"VERSION\"\nserde = \"1\"\n# About z.\nz = { version = \"1\" }\n",
        );
        check(
            "[dependencies]\na = \"1\"\n# About z.\nz = { version = \"1\" }\n",
            &[],
            "[dependencies]\na = \"1\"\nschemacheck = \"VERSION\"\n# About z.\nz = { version = \"1\" }\n",
        );
        check(
            "[dependencies]\na.workspace = true\nz.workspace = true",
            &[],
            "[dependencies]\na.workspace = true\nschemacheck = \"VERSION\"\nz.workspace = true",
        );
        check(
            "[dependencies]\r\na = [\r\n]\r\n[x]\r\n",
            &[],
            "[dependencies]\r\na = [\r\n]\r\nschemacheck = \"VERSION\"\r\n[x]\r\n",
        );
        check("[dependencies]\na = \"1\"", &[], "[dependencies]\na = \"1\"\nschemacheck = \"VERSION\"\n");
    }

    #[test]
    fn a_table_is_made_where_there_is_none() {
        check(
            "[package]\nname = \"a\"\n",
            &[],
            "[package]\nname = \"a\"\n\n[dependencies]\nschemacheck = \"VERSION\"\n",
        );
        check(
            "[dependencies] # none yet\n\n[x]\n",
            &[],
            "[dependencies] # none yet\nschemacheck = \"VERSION\"\n\n[x]\n",
        );
        check(
            "[dependencies.serde]\nversion = \"1\"\n",
            &[],
            "[dependencies.serde]\nversion = \"1\"\n\n[dependencies]\nschemacheck = \"VERSION\"\n",
        );
        check(
            "[dependencies]\na = \"1\"\n[dependencies.serde]\nversion = \"1\"\n",
            &[],
            "[dependencies]\na = \"1\"\nschemacheck = \"VERSION\"\n[dependencies.serde]\nversion = \"1\"\n",
        );
    }

    #[test]
    fn a_workspace_keeps_the_version_if_it_keeps_others() {
        let root = "[workspace]\nmembers = [\"a\"]\n\n[workspace.dependencies]\nserde = \"1\"\n";
        assert!(inherits("[dependencies]\nserde.workspace = true\n", root));
        assert!(inherits("[dependencies]\nserde = { workspace = true }\n", root));
        assert!(!inherits("[dependencies]\nserde = \"1\"\n", root));
        assert!(!inherits("[dependencies]\nserde.workspace = true\n", "[workspace]\n"));
        let with = with_workspace_version(root).unwrap();
        assert_eq!(with, format!("{root}schemacheck = \"{VERSION}\"\n"));
        assert_eq!(with_workspace_version(&with).unwrap(), with);
        let member = "[dependencies]\nserde.workspace = true\n";
        assert_eq!(
            with_dependency(member, None, true, &["uuid"]).unwrap(),
            format!("{member}schemacheck = {{ workspace = true, features = [\"uuid\"] }}\n")
        );
        assert_eq!(
            with_dependency(member, None, true, &[]).unwrap(),
            format!("{member}schemacheck = {{ workspace = true }}\n")
        );
    }

    #[test]
    fn features_are_added_to_what_is_there() {
        let features = ["chrono", "uuid"];
        for (before, after) in [
            (
                "schemacheck = \"0.1\" # ours",
                "schemacheck = { version = \"0.1\", features = [\"chrono\", \"uuid\"] } # ours",
            ),
            (
                "schemacheck = { path = \"x\" }",
                "schemacheck = { path = \"x\", features = [\"chrono\", \"uuid\"] }",
            ),
            (
                "schemacheck = { path = \"x\", features = [] }",
                "schemacheck = { path = \"x\", features = [\"chrono\", \"uuid\"] }",
            ),
            (
                "schemacheck = { features = [\"uuid\"], path = \"x\" }",
                "schemacheck = { features = [\"uuid\", \"chrono\"], path = \"x\" }",
            ),
            (
                "schemacheck = { path = \"x\", features = [\n    \"time\", # t\n    \"uuid\",\n] }",
                "schemacheck = { path = \"x\", features = [\n    \"time\", # t\n    \"uuid\",\n    \"chrono\",\n] }",
            ),
            (
                "schemacheck.workspace = true",
                "schemacheck.workspace = true\nschemacheck.features = [\"chrono\", \"uuid\"]",
            ),
            (
                "schemacheck = { version = \"1\", features = [\"uuid\", \"chrono\"] }",
                "schemacheck = { version = \"1\", features = [\"uuid\", \"chrono\"] }",
            ),
        ] {
            let text = |entry: &str| format!("[dependencies]\na = \"1\"\n{entry}\nz = \"1\"\n");
            let edited = with_dependency(&text(before), Some("schemacheck"), false, &features).unwrap();
            assert_eq!(edited, text(after));
        }
        let table = "[dependencies.sc]\npackage = \"schemacheck\"\nversion = \"1\"\n\n[x]\n";
        assert_eq!(
            with_dependency(table, Some("sc"), false, &["uuid"]).unwrap(),
            "[dependencies.sc]\npackage = \"schemacheck\"\nversion = \"1\"\nfeatures = [\"uuid\"]\n\n[x]\n"
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(
            with_dependency("[dependencies", None, false, &[]).unwrap_err().starts_with("cannot be read: ")
        );
        let elsewhere = "[target.'cfg(unix)'.dependencies]\nschemacheck = \"1\"\n";
        assert!(with_dependency(elsewhere, Some("schemacheck"), false, &[]).is_err());
    }
}
