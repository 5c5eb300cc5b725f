//! `SCHEMACHECK_DIR` as cargo tells it the compiler: `[env]` of cargo's settings, which no other program gets from it.
//! `cargo config get` would say it, but not on stable.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::directory::shown;
use crate::error::{Error, Result};
use crate::file;

/// The variable.
const VARIABLE: &str = "SCHEMACHECK_DIR";

/// How deep files include each other: cargo refuses circles.
const DEPTH: usize = 8;

/// The value that a build here sees; nothing if there is none, or an empty one.
pub(crate) fn snapshot_directory(here: &Path) -> Result<Option<PathBuf>> {
    let own = std::env::var_os(VARIABLE).map(PathBuf::from);
    let configured = configured(here)?;
    // One that is set goes before, an empty one too, unless cargo is told otherwise.
    let value = match (own, configured) {
        (Some(own), configured) if !configured.as_ref().is_some_and(|configured| configured.force) => {
            Some(own)
        }
        (_, configured) => configured.map(|configured| configured.value),
    };
    Ok(value.filter(|value| !value.as_os_str().is_empty()))
}

/// What a file of settings says.
struct Configured {
    value: PathBuf,
    /// Whether it goes before the environment.
    force: bool,
}

/// The nearest file of settings that says it: from here upward, then in cargo's home.
fn configured(here: &Path) -> Result<Option<Configured>> {
    let home = std::env::var_os("CARGO_HOME").map(|home| here.join(home));
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    for folder in here.ancestors().map(|folder| folder.join(".cargo")).chain(home) {
        // Of both cargo takes the older name.
        let files = ["config", "config.toml"].map(|name| folder.join(name));
        let Some(path) = files.into_iter().find(|path| path.is_file()) else { continue };
        if let Some(found) = in_file(&path, DEPTH)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What a file says, or else those that it includes, the last of them first.
fn in_file(path: &Path, depth: usize) -> Result<Option<Configured>> {
    let wrong = |problem: String| Error::new(format!("cannot read `{}`: {problem}", shown(path)));
    let text = file::text(path).map_err(|error| wrong(error.to_string()))?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
    if let Some(value) = table.get("env").and_then(|env| env.get(VARIABLE)) {
        return read(value, path).map(Some).map_err(wrong);
    }
    let includes = match table.get("include") {
        Some(Value::Array(includes)) => includes.iter().collect(),
        Some(include) => vec![include],
        None => Vec::new(),
    };
    for include in includes.into_iter().rev() {
        let name = include.as_str().or_else(|| include.get("path")?.as_str());
        let name = name.ok_or_else(|| wrong("`include` is not a path".to_owned()))?;
        let is_optional = include.get("optional").and_then(Value::as_bool).unwrap_or(false);
        let included = path.parent().unwrap_or(Path::new("")).join(name);
        if is_optional && !included.exists() {
            continue;
        }
        let deeper = depth.checked_sub(1).ok_or_else(|| wrong("files include each other".to_owned()))?;
        if let Some(found) = in_file(&included, deeper)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// `"DIR"`, or `{ value = "DIR", relative = true, force = true }`.
fn read(value: &Value, path: &Path) -> std::result::Result<Configured, String> {
    let text = match value {
        Value::Table(table) => table.get("value").ok_or(format!("`env.{VARIABLE}` has no `value`"))?,
        value => value,
    };
    let text = text.as_str().ok_or(format!("`env.{VARIABLE}` is not a string"))?;
    let is_set = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    // As cargo has it: from the folder that holds `.cargo`.
    let base = path.parent().and_then(Path::parent).filter(|_| is_set("relative"));
    let value = base.map_or_else(|| PathBuf::from(text), |base| base.join(text));
    Ok(Configured { value, force: is_set("force") })
}
