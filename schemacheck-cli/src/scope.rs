//! What a snapshot covers: what is asked for, and what the last one remembers. What of it the database does not have is
//! an error, since a misspelt name would empty the snapshot, and be remembered.

use postgres::Client;
use schemacheck_core::{Catalog, QualifiedName, suggest};
use schemacheck_runtime::introspect::session;
use schemacheck_runtime::introspect::snapshot::Scope;

use crate::args::Snapshot;
use crate::directory::shown;
use crate::error::{Error, Result};

/// What to cover: what the arguments say, else what the last snapshot did, else every schema.
pub(crate) fn scope(args: &Snapshot, recorded: Option<&Catalog>) -> Result<Scope> {
    let mut schemas = match (args.schemas.as_slice(), recorded) {
        ([], Some(recorded)) if !recorded.every_schema && !args.every_schema => {
            Some(recorded.schemas.clone())
        }
        ([], _) => None,
        (schemas, _) => Some(schemas.to_vec()),
    };
    for schema in &args.forget_schema {
        forget_schema(&mut schemas, schema)?;
    }
    let mut include: Vec<QualifiedName> = recorded.map_or_else(Vec::new, |recorded| recorded.include.clone());
    for text in &args.forget_include {
        let name = qualified("--forget-include", text)?;
        let known = include.len();
        include.retain(|known| *known != name);
        if include.len() == known {
            let known: Vec<String> = include.iter().map(ToString::to_string).collect();
            return Err(not_remembered("relation", text, &known));
        }
    }
    for text in &args.include {
        let name = qualified("--include", text)?;
        if !include.contains(&name) {
            include.push(name);
        }
    }
    include.sort();
    Ok(Scope { schemas, include, ledger: None })
}

fn forget_schema(schemas: &mut Option<Vec<String>>, name: &str) -> Result<()> {
    let Some(known) = schemas else {
        return Err(Error::new("the snapshot covers every schema, and remembers none by its name")
            .help("`--schema NAME` covers the named ones only; give it for each one to keep"));
    };
    let Some(at) = known.iter().position(|known| known == name) else {
        return Err(not_remembered("schema", name, known));
    };
    known.remove(at);
    match known.is_empty() {
        true => Err(Error::new(format!("without schema `{name}` the snapshot would cover none"))
            .help("`--every-schema` covers all of them, `--schema NAME` others")),
        false => Ok(()),
    }
}

fn not_remembered(what: &str, name: &str, known: &[String]) -> Error {
    let error = Error::new(format!("the snapshot does not remember {what} `{name}`"));
    match known {
        [] => error,
        known => error.help(format!("it remembers {}", quoted(known))),
    }
}

fn qualified(option: &str, text: &str) -> Result<QualifiedName> {
    text.split_once('.')
        .filter(|(schema, name)| !schema.is_empty() && !name.is_empty())
        .map(|(schema, name)| QualifiedName::new(schema, name))
        .ok_or_else(|| Error::new(format!("`{option} {text}` is no SCHEMA.NAME")))
}

/// Refuses a scope of which the database lacks a part.
pub(crate) fn check(client: &mut Client, args: &Snapshot, scope: &Scope, catalog: &Catalog) -> Result<()> {
    if args.allow_empty {
        return Ok(());
    }
    let wanted = scope.schemas.as_deref().unwrap_or_default();
    let existing = match wanted {
        [] => Vec::new(),
        _ => session::schemas(client).map_err(|error| Error::because("cannot list the schemas", &error))?,
    };
    let schemas = wanted.iter().filter(|schema| !existing.contains(schema));
    let relations = scope.include.iter().filter(|name| !catalog.relations.contains_key(name));
    let (mut missing, mut help) = (Vec::new(), Vec::new());
    for schema in schemas {
        missing.push(format!("schema `{schema}`"));
        let near = suggest::nearest(schema, existing.iter().map(String::as_str));
        help.extend(near.map(|near| format!("a schema with a similar name exists: `{near}`")));
        if !args.schemas.contains(schema) {
            help.push(forget("schema", schema));
        }
    }
    for name in relations {
        missing.push(format!("relation `{name}`"));
        let known: Vec<String> = catalog.relations.keys().map(ToString::to_string).collect();
        let near = suggest::nearest(&name.to_string(), known.iter().map(String::as_str)).map(str::to_owned);
        help.extend(near.map(|near| format!("a relation with a similar name exists: `{near}`")));
        if !args.include.contains(&name.to_string()) {
            help.push(forget("include", &name.to_string()));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let error = Error::new(format!("the database has no {}", missing.join(", and no ")));
    Err(help.into_iter().fold(error, Error::help).help("`--allow-empty` covers what is not there yet"))
}

fn forget(option: &str, name: &str) -> String {
    let name = schemacheck_core::snapshot::shell_word(name);
    format!("an earlier snapshot was told to cover it; if it is gone for good: `--forget-{option} {name}`")
}

/// Refuses an empty catalog where it would empty a snapshot, or agree with one that holds nothing.
pub(crate) fn check_not_empty(
    args: &Snapshot,
    scope: &Scope,
    catalog: &Catalog,
    target: &std::path::Path,
    known: usize,
) -> Result<()> {
    if args.allow_empty || !catalog.relations.is_empty() {
        return Ok(());
    }
    let place = shown(target);
    let within = match scope.schemas.as_deref() {
        None | Some([]) => String::new(),
        Some([schema]) => format!(" in schema `{schema}`"),
        Some(schemas) => format!(" in the schemas {}", quoted(schemas)),
    };
    match (args.check, known) {
        (true, 0) => {
            Err(Error::new(format!("the database has no relation{within}, and neither has `{place}`"))
                .help("nothing was compared; `--allow-empty` if there is nothing to compare yet"))
        }
        // The differences are findings.
        (true, _) | (false, 0) => Ok(()),
        (false, known) => Err(Error::new(format!(
            "the database has no relation{within}, and `{place}` has {known}; nothing was written"
        ))
        .help("make sure that it is the right database, and migrated; `--allow-empty` empties the snapshot")),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
