//! What `verify` looks at: databases from the command line, or a file that lists them, and schemas in each.

use std::path::Path;

use postgres::Client;
use schemacheck_runtime::introspect::session;
use toml::{Table, Value};

use crate::args::Verify;
use crate::connect::Dial;
use crate::database::Named;
use crate::error::{Error, Result};
use crate::variable;

/// A database to verify against, and which schemas of it.
#[derive(Clone)]
pub(crate) struct Target {
    /// What people call it.
    pub(crate) name: String,
    /// Whether somebody named it.
    pub(crate) is_named: bool,
    /// How to get there; an error is that target's own, and does not stop the rest.
    pub(crate) dial: Result<Dial>,
    pub(crate) schemas: Schemas,
}

/// Where models without a schema are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Schemas {
    /// As in the service.
    SearchPath,
    /// In each of these.
    Named(Vec<String>),
    /// In each whose name matches one of the first, and in each of the others.
    Matching(Vec<String>, Vec<String>),
}

impl Schemas {
    fn new(names: Vec<String>, patterns: Vec<String>) -> Self {
        match (names.is_empty(), patterns.is_empty()) {
            (true, true) => Self::SearchPath,
            (_, true) => Self::Named(names),
            (_, false) => Self::Matching(patterns, names),
        }
    }
}

impl Target {
    /// All that a command line means.
    pub(crate) fn all(args: &Verify, named: Option<&Named>) -> Result<Vec<Self>> {
        let schemas = Schemas::new(args.schemas.clone(), args.schema_patterns.clone());
        let target = |dial: Dial| {
            let database = dial.target.database.clone().unwrap_or_default();
            let name = format!("`{database}` at {}", dial.target.host_and_port());
            Self { name, is_named: false, dial: Ok(dial), schemas: schemas.clone() }
        };
        if let Some(file) = &args.targets {
            let text = crate::file::text_or_pipe(file)
                .map_err(|error| Error::because(&format!("cannot read `{}`", file.display()), &error))?;
            return parse(&text, file, &schemas);
        }
        match args.database_urls.as_slice() {
            [] => Ok(vec![target(Dial::new(None, named)?)]),
            urls => urls.iter().map(|url| Ok(target(Dial::new(Some(url), named)?))).collect(),
        }
    }
}

/// Reads a file of `[[target]]` tables. What is wrong with the file is an error; a variable that is not set is one of its
/// target alone.
fn parse(text: &str, file: &Path, schemas: &Schemas) -> Result<Vec<Target>> {
    let wrong = |problem: String| {
        Error::new(format!("cannot read `{}`: {problem}", file.display())).help(
            "it lists databases: `[[target]]`, then `name = \"...\"` and `url_var = \"...\"`, a line each",
        )
    };
    // The parser's message quotes the line, which may hold a password.
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        wrong(format!("line {line}: {}", error.message()))
    })?;
    if let Some(key) = table.keys().find(|key| *key != "target") {
        return Err(wrong(format!("unknown section `{key}`, expected `target`")));
    }
    let list = table.get("target").and_then(Value::as_array).filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| wrong("it has no `[[target]]`".to_owned()))?;
    list.iter().enumerate().map(|(at, value)| one(at, value, schemas).map_err(wrong)).collect()
}

fn one(at: usize, value: &Value, schemas: &Schemas) -> std::result::Result<Target, String> {
    let place = |key: &str| format!("target {}: `{key}`", at + 1);
    let table = value.as_table().ok_or_else(|| format!("target {} is no table", at + 1))?;
    let (mut name, mut url, mut variable) = (None, None, None);
    let (mut names, mut patterns) = (Vec::new(), Vec::new());
    for (key, value) in table {
        let text = || value.as_str().map(str::to_owned).ok_or_else(|| format!("{} is no string", place(key)));
        let texts = || match value {
            Value::String(text) => Ok(vec![text.clone()]),
            Value::Array(items) => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                texts
                    .filter(|texts| !texts.is_empty())
                    .ok_or_else(|| format!("{} is no list of names", place(key)))
            }
            _ => Err(format!("{} is neither a name nor a list of names", place(key))),
        };
        match key.as_str() {
            "name" => name = Some(text()?),
            "url" => url = Some(text()?),
            "url_var" => variable = Some(text()?),
            "schema" => names = texts()?,
            "schema_pattern" => patterns = texts()?,
            _ => {
                let known = "`name`, `url`, `url_var`, `schema` or `schema_pattern`";
                return Err(format!("{} is unknown, expected {known}", place(key)));
            }
        }
    }
    let name = name.unwrap_or_else(|| variable.clone().unwrap_or_else(|| format!("target {}", at + 1)));
    let dial =
        match (url, variable) {
            (Some(_), Some(_)) => return Err(format!("{} and `url_var` are both given", place("url"))),
            (None, None) => return Err(format!("{} or `url_var` is missing", place("url"))),
            (Some(url), None) => Dial::of(&url, &format!("the `url` of target `{name}`")),
            (None, Some(variable)) => match variable::url(&variable) {
                Ok(Some(url)) => Dial::of(&url, &variable),
                Err(error) => Err(error),
                Ok(None) => Err(Error::new(format!("{variable} is not set"))
                    .help("set it in the environment or in `.env`")),
            },
        };
    let own = Schemas::new(names, patterns);
    let schemas = if own == Schemas::SearchPath { schemas.clone() } else { own };
    Ok(Target { name, is_named: true, dial, schemas })
}

/// The schemas of a database, in order, without the system's own.
pub(crate) fn schemas(client: &mut Client) -> Result<Vec<String>> {
    let names =
        session::schemas(client).map_err(|error| Error::because("cannot list the schemas", &error))?;
    let is_own = |name: &String| !name.starts_with("pg_") && name != "information_schema";
    let mut found: Vec<String> = names.into_iter().filter(is_own).collect();
    found.sort_by_cached_key(|name| schemacheck_core::ledger::name_key(name));
    Ok(found)
}

/// Those whose names match a pattern.
pub(crate) fn matching(schemas: &[String], pattern: &str) -> Vec<String> {
    schemas.iter().filter(|name| glob(pattern, name)).cloned().collect()
}

/// Whether a name matches: `*` stands for any characters, `?` for one.
fn glob(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut in_name) = (0, 0);
    // Where the last star stood, and how much of the name it takes.
    let mut star = None;
    while in_name < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_name));
                at += 1;
            }
            Some(c) if *c == '?' || *c == name[in_name] => {
                at += 1;
                in_name += 1;
            }
            _ => match star {
                Some((back, taken)) => {
                    star = Some((back, taken + 1));
                    at = back + 1;
                    in_name = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_names() {
        for (pattern, name, expect) in [
            ("tenant_*", "tenant_42", true),
            ("tenant_*", "tenant_", true),
            ("tenant_*", "my_tenant_1", false),
            ("*_1", "a_1_1", true),
            ("t?", "t1", true),
            ("t?", "t", false),
            ("*", "", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("é*", "élan", true),
        ] {
            assert_eq!(glob(pattern, name), expect, "{pattern} {name}");
        }
    }

    fn read(text: &str) -> Result<Vec<Target>> {
        parse(text, Path::new("targets.toml"), &Schemas::SearchPath)
    }

    #[test]
    fn a_file_lists_databases() {
        let text = "
            [[target]]
            name = \"eu\"
            url = \"postgres://eu/app\"
            schema_pattern = \"tenant_*\"
            [[target]]
            url_var = \"SCHEMACHECK_NOT_SET_IN_TESTS\"
            schema = [\"a\", \"b\"]
        ";
        let targets = read(text).unwrap();
        assert_eq!(
            (targets[0].name.as_str(), &targets[0].schemas),
            ("eu", &Schemas::Matching(vec!["tenant_*".into()], vec![]))
        );
        assert_eq!(targets[1].schemas, Schemas::Named(vec!["a".into(), "b".into()]));
        let error = targets[1].dial.as_ref().err().unwrap();
        assert_eq!(error.message, "SCHEMACHECK_NOT_SET_IN_TESTS is not set");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_named_without_a_password() {
        for (text, expect) in [
            ("", "it has no `[[target]]`"),
            ("[[target]]\nname = \"x\"", "target 1: `url` or `url_var` is missing"),
            ("[[target]]\nurl = \"postgres://h\"\nurl_var = \"X\"", "are both given"),
            ("[[target]]\nurl = 1", "target 1: `url` is no string"),
            ("[[target]]\nulr = \"x\"", "target 1: `ulr` is unknown"),
            ("[[targets]]\nurl = \"x\"", "unknown section `targets`"),
            ("[[target]]\nurl = \"postgres://me:hunter2@h\nname = 1", "line 2: "),
            ("[[target]]\nurl = \"x\"\nschema = []", "target 1: `schema` is no list of names"),
        ] {
            let message = read(text).err().expect(text).message;
            assert!(message.contains(expect), "{message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
