//! The dependency in `Cargo.toml`: lines are inserted at the places that `toml_edit` finds, and nothing else is touched.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Document, Item, Value};

mod place;

/// The crate.
pub(super) const NAME: &str = "schemacheck";

/// The version that goes with this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What cannot be done here.
pub(super) type Result<T> = std::result::Result<T, String>;

/// Whether a package that gets the dependency takes its version from the workspace: that keeps one, or those of others
/// that this package uses, as in `serde = { workspace = true }`.
pub(super) fn inherits(member: &str, root: &str) -> bool {
    let (Ok(member), Ok(root)) = (parse(member), parse(root)) else { return false };
    let Some(of_workspace) = workspace_dependencies(&root) else { return false };
    let dependencies = member.get("dependencies").and_then(Item::as_table_like);
    let inherited = |item: &Item| item.get("workspace").and_then(Item::as_bool) == Some(true);
    of_workspace.get(NAME).is_some()
        || dependencies.is_some_and(|table| table.iter().any(|(_, item)| inherited(item)))
}

fn workspace_dependencies<'a>(root: &'a Document<&str>) -> Option<&'a Item> {
    root.get("workspace").and_then(|item| item.get("dependencies"))
}

/// The features of the workspace's entry, and whether it has those that are on by default.
pub(super) fn of_workspace(root: &str) -> (Vec<String>, bool) {
    let Ok(root) = parse(root) else { return (Vec::new(), true) };
    let entry = workspace_dependencies(&root).and_then(|table| table.get(NAME));
    let features = entry.and_then(|entry| entry.get("features")).and_then(Item::as_array);
    let features = features.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let by_default = entry.and_then(|entry| entry.get("default-features")).and_then(Item::as_bool);
    (features, by_default != Some(false))
}

/// The workspace's manifest with the version in `[workspace.dependencies]`, if it is not there yet.
pub(super) fn with_workspace_version(text: &str) -> Result<String> {
    let document = parse(text)?;
    let table = workspace_dependencies(&document);
    if table.and_then(|table| table.get(NAME)).is_some() {
        return Ok(text.to_owned());
    }
    place::insert(text, &["workspace", "dependencies"], table, NAME, &format!("\"{VERSION}\""))
}

/// A new dependency of a package.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct New {
    /// Whether the workspace keeps the version.
    pub(super) inherited: bool,
    /// Whether a feature of the package turns it on.
    pub(super) optional: bool,
}

/// A package's manifest with a new dependency.
pub(super) fn with_dependency(text: &str, new: New, features: &[&str]) -> Result<String> {
    let document = parse(text)?;
    let mut words = match new.inherited {
        true => vec!["workspace = true".to_owned()],
        false => vec![format!("version = \"{VERSION}\"")],
    };
    if new.optional {
        words.push("optional = true".to_owned());
    }
    if !features.is_empty() {
        words.push(format!("features = [{}]", list(features)));
    }
    let value = match &words[..] {
        [_] if !new.inherited => format!("\"{VERSION}\""),
        words => format!("{{ {} }}", words.join(", ")),
    };
    place::insert(text, &["dependencies"], document.get("dependencies"), NAME, &value)
}

/// A package's manifest in which a dependency that it has gets these features at least. `key` is the name that it has
/// there.
pub(super) fn with_features(text: &str, key: &str, features: &[&str]) -> Result<String> {
    let document = parse(text)?;
    let table = document.get("dependencies").and_then(Item::as_table_like);
    let table = table.ok_or_else(|| "has the dependency in a place that is not understood".to_owned())?;
    let item = table.get(key).ok_or_else(|| format!("has no `{key}` in `[dependencies]`"))?;
    with_features_of(text, key, item, features)
}

/// A package's manifest whose own features turn on more. `implied` is what one turns on by itself that stands nowhere:
/// an optional dependency is a feature too.
pub(super) fn with_own_features(
    text: &str,
    more: &BTreeMap<String, Vec<String>>,
    implied: impl Fn(&str) -> Vec<String>,
) -> Result<String> {
    let mut edited = text.to_owned();
    for (feature, values) in more {
        let text = &*edited;
        let document = parse(text)?;
        let table = document.get("features");
        let quoted = |values: &[String]| -> Vec<String> {
            values.iter().map(|value| format!("\"{value}\"")).collect()
        };
        edited = match table.and_then(|table| table.get(feature)) {
            None => {
                let all = [implied(feature), values.clone()].concat();
                let list = format!("[{}]", quoted(&all).join(", "));
                place::insert(text, &["features"], table, feature, &list)?
            }
            Some(item) => {
                let known =
                    item.as_array().ok_or_else(|| format!("has no list for the feature `{feature}`"))?;
                let is_known = |value: &String| known.iter().any(|known| known.as_str() == Some(value));
                let missing: Vec<String> = values.iter().filter(|value| !is_known(value)).cloned().collect();
                if missing.is_empty() {
                    continue;
                }
                place::push(text, known, &quoted(&missing))
                    .ok_or_else(|| format!("has the feature `{feature}` in a form that is not understood"))?
            }
        };
        parse(&edited)?;
    }
    Ok(edited)
}

fn list(features: &[&str]) -> String {
    features.iter().map(|feature| format!("\"{feature}\"")).collect::<Vec<_>>().join(", ")
}

fn parse(text: &str) -> Result<Document<&str>> {
    Document::parse(text).map_err(|error| format!("cannot be read: {}", error.message()))
}

fn with_features_of(text: &str, key: &str, item: &Item, features: &[&str]) -> Result<String> {
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
        let values: Vec<String> = missing.iter().map(|feature| format!("\"{feature}\"")).collect();
        place::push(text, known, &values).ok_or_else(odd)?
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
                let end = place::end(item).ok_or_else(odd)?;
                return place::checked(text, end, &format!("{before}{features}"));
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
        let edited = with_dependency(text, New::default(), features).unwrap();
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
            with_dependency(member, New { inherited: true, optional: false }, &["uuid"]).unwrap(),
            format!("{member}schemacheck = {{ workspace = true, features = [\"uuid\"] }}\n")
        );
        assert_eq!(
            with_dependency(member, New { inherited: true, optional: false }, &[]).unwrap(),
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
                "schemacheck = { path = \"x\", features = [\n    \"time\",\n    \"jiff\" # why\n] }",
                "schemacheck = { path = \"x\", features = [\n    \"time\",\n    \"jiff\", # why\n    \"chrono\",\n    \"uuid\"\n] }",
            ),
            (
                "schemacheck = { path = \"x\", features = [\n    \"time\", # why\n] }",
                "schemacheck = { path = \"x\", features = [\n    \"time\", # why\n    \"chrono\",\n    \"uuid\",\n] }",
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
            let edited = with_features(&text(before), "schemacheck", &features).unwrap();
            assert_eq!(edited, text(after));
        }
        let table = "[dependencies.sc]\npackage = \"schemacheck\"\nversion = \"1\"\n\n[x]\n";
        assert_eq!(
            with_features(table, "sc", &["uuid"]).unwrap(),
            "[dependencies.sc]\npackage = \"schemacheck\"\nversion = \"1\"\nfeatures = [\"uuid\"]\n\n[x]\n"
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(
            with_dependency("[dependencies", New::default(), &[])
                .unwrap_err()
                .starts_with("cannot be read: ")
        );
        let elsewhere = "[target.'cfg(unix)'.dependencies]\nschemacheck = \"1\"\n";
        assert!(with_features(elsewhere, "schemacheck", &[]).is_err());
    }

    #[test]
    fn dependencies_in_another_form_are_left_to_the_user() {
        for text in [
            "dependencies = { serde = \"1\" }\n[package]\nname = \"a\"\n",
            "dependencies.serde = \"1\"\n[package]\nname = \"a\"\n",
            "dependencies.serde.version = \"1\"\n[package]\nname = \"a\"\n",
        ] {
            let error = with_dependency(text, New::default(), &[]).unwrap_err();
            assert_eq!(error, "has no line `[dependencies]`", "{text}");
        }
    }

    #[test]
    fn a_workspace_may_have_the_crate_already() {
        let root = "[workspace.dependencies]\nschemacheck = { version = \"0.1\", default-features = false, features = [\"uuid\"] }\n";
        assert!(inherits("[dependencies]\nserde = \"1\"\n", root));
        assert_eq!(of_workspace(root), (vec!["uuid".to_owned()], false));
        assert_eq!(of_workspace("[workspace.dependencies]\nschemacheck = \"0.1\"\n"), (Vec::new(), true));
    }

    #[test]
    fn features_of_the_package_turn_on_those_of_the_crate() {
        let more = |feature: &str, values: &[&str]| {
            BTreeMap::from([(feature.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())])
        };
        let implied = |feature: &str| vec![format!("dep:{feature}")];
        for (before, feature, after) in [
            (
                "[features]\nssr = [\"dep:sqlx\"] # server\n",
                "ssr",
                "[features]\nssr = [\"dep:sqlx\", \"schemacheck/sqlx\"] # server\n",
            ),
            (
                "[features]\nssr = [\n  \"dep:sqlx\",\n]\n",
                "ssr",
                "[features]\nssr = [\n  \"dep:sqlx\",\n  \"schemacheck/sqlx\",\n]\n",
            ),
            (
                "[features]\ndefault = []\n\n[x]\n",
                "sqlx",
                "[features]\ndefault = []\nsqlx = [\"dep:sqlx\", \"schemacheck/sqlx\"]\n\n[x]\n",
            ),
            ("[x]\n", "sqlx", "[x]\n\n[features]\nsqlx = [\"dep:sqlx\", \"schemacheck/sqlx\"]\n"),
        ] {
            let edited = with_own_features(before, &more(feature, &["schemacheck/sqlx"]), implied).unwrap();
            assert_eq!(edited, after);
            let again = with_own_features(&edited, &more(feature, &["schemacheck/sqlx"]), implied).unwrap();
            assert_eq!(again, after);
        }
        let new = New { inherited: false, optional: true };
        assert_eq!(
            with_dependency("[dependencies]\na = \"1\"\n", new, &[]).unwrap(),
            format!(
                "[dependencies]\na = \"1\"\nschemacheck = {{ version = \"{VERSION}\", optional = true }}\n"
            )
        );
    }
}
