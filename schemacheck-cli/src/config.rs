//! The user's settings: `.schemacheck/config.toml`. What the command line says comes first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemacheck_core::QualifiedName;
use schemacheck_core::ledger::LedgerColumns;
use schemacheck_runtime::ledger::Own;
use toml::{Table, Value};

use crate::error::{Error, Result};

/// The file's name.
pub(crate) const FILE: &str = "config.toml";

/// What `init` writes.
pub(crate) const TEMPLATE: &str = "\
# Settings of `cargo schemacheck`. What the command line says comes first.

[snapshot]
# The shell line that `snapshot --run` runs when it is given none.
# run = \"sqlx migrate run\"
# For a tool that knows no Unix sockets: the throwaway server of `--run` listens on 127.0.0.1, with a random password.
# tcp = true
# Where the migrations are, for ledgers that do not keep their order: from the directory above this one.
# migrations = \"alembic/versions\"

[ledger]
# A table of your own that says which migrations were applied, where no known migration tool keeps one: its name with the
# schema, the column of the migration's name, and the column that says the order, unless the names do.
# table = \"ops.schema_log\"
# version = \"version\"
# order = \"installed_at\"

[build]
# Arguments for the `cargo build` of `check`, `verify` and `manifest`.
# args = [\"--workspace\", \"--all-features\"]

# A second database, whose models have `#[schemacheck(database = \"billing\")]`.
# [databases.billing]
# The variable with its URL, in the environment or in `.env`; without it BILLING_DATABASE_URL.
# url_var = \"BILLING_DATABASE_URL\"
# The shell line of `snapshot --database billing --run`.
# run = \"sqlx migrate run --source billing/migrations\"
# Its ledger, as in `[ledger]`.
# ledger = { table = \"ops.schema_log\", version = \"version\" }
";

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// `[snapshot] run`
    pub(crate) run: Option<String>,
    /// `[snapshot] tcp`
    pub(crate) tcp: bool,
    /// `[snapshot] migrations`
    pub(crate) migrations: Option<PathBuf>,
    /// `[ledger]`
    pub(crate) ledger: Option<LedgerTable>,
    /// `[build] args`
    pub(crate) build_args: Vec<String>,
    /// `[databases.NAME]`
    pub(crate) databases: BTreeMap<String, DatabaseConfig>,
}

/// The settings of a named database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DatabaseConfig {
    /// `[databases.NAME] url_var`
    pub(crate) url_var: Option<String>,
    /// `[databases.NAME] run`
    pub(crate) run: Option<String>,
    /// `[databases.NAME] tcp`
    pub(crate) tcp: bool,
    /// `[databases.NAME] migrations`
    pub(crate) migrations: Option<PathBuf>,
    /// `[databases.NAME.ledger]`
    pub(crate) ledger: Option<LedgerTable>,
}

/// A table of the user's own that is the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LedgerTable {
    /// `table`
    pub(crate) table: QualifiedName,
    /// `version` and `order`
    pub(crate) columns: LedgerColumns,
}

/// The section of a ledger, of a named database or of the default one.
pub(crate) fn ledger_section(database: Option<&str>) -> String {
    match database {
        None => "[ledger]".to_owned(),
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') => {
            format!("[databases.{name}.ledger]")
        }
        Some(name) => format!("[databases.{name:?}.ledger]"),
    }
}

impl Config {
    /// Reads the file of a snapshot directory; defaults if there is none.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(FILE);
        match crate::file::text(&path) {
            Ok(text) => Self::parse(&text, &path.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::because(&format!("cannot read `{}`", path.display()), &error)),
        }
    }

    pub(crate) fn parse(text: &str, place: &str) -> Result<Self> {
        let wrong = |problem: String| Error::new(format!("cannot read `{place}`: {problem}"));
        let table: Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        let mut config = Self::default();
        for (section, value) in &table {
            let entries =
                || value.as_table().ok_or_else(|| wrong(format!("`{section}` is no section"))).cloned();
            match section.as_str() {
                "snapshot" => {
                    for (key, value) in &entries()? {
                        match key.as_str() {
                            "run" => config.run = Some(string(value, "snapshot.run").map_err(wrong)?),
                            "tcp" => config.tcp = boolean(value, "snapshot.tcp").map_err(wrong)?,
                            "migrations" => {
                                let path = string(value, "snapshot.migrations").map_err(wrong)?;
                                config.migrations = Some(PathBuf::from(path));
                            }
                            other => {
                                let known = "`run`, `tcp` or `migrations`";
                                return Err(wrong(unknown(&format!("snapshot.{other}"), known)));
                            }
                        }
                    }
                }
                // What is written there and commented out is an empty section.
                "ledger" if entries()?.is_empty() => {}
                "ledger" => config.ledger = Some(ledger("ledger", value).map_err(wrong)?),
                "build" => {
                    for (key, value) in &entries()? {
                        match key.as_str() {
                            "args" => config.build_args = strings(value, "build.args").map_err(wrong)?,
                            other => return Err(wrong(unknown(&format!("build.{other}"), "`args`"))),
                        }
                    }
                }
                "databases" => {
                    for (name, value) in &entries()? {
                        let settings = database(name, value).map_err(wrong)?;
                        config.databases.insert(name.clone(), settings);
                    }
                }
                other => {
                    return Err(wrong(format!(
                        "unknown section `{other}`, expected `snapshot`, `ledger`, `build` or `databases.NAME`"
                    )));
                }
            }
        }
        Ok(config)
    }
}

/// `[databases.NAME]`
fn database(name: &str, value: &Value) -> std::result::Result<DatabaseConfig, String> {
    let section = format!("databases.{name}");
    let entries = value.as_table().ok_or_else(|| {
        format!("`{section}` is no section: a database has one of its own, `[databases.billing]`")
    })?;
    if name.is_empty() {
        return Err("a database has an empty name".to_owned());
    }
    let mut settings = DatabaseConfig::default();
    for (key, value) in entries {
        let place = format!("{section}.{key}");
        match key.as_str() {
            "url_var" => {
                let variable = string(value, &place)?;
                // A URL here would be a password in a committed file.
                if variable.is_empty() || !variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    return Err(format!(
                        "`{place}` is no name of a variable: it names the variable that holds the URL, such as \
                         BILLING_DATABASE_URL"
                    ));
                }
                settings.url_var = Some(variable);
            }
            "run" => settings.run = Some(string(value, &place)?),
            "tcp" => settings.tcp = boolean(value, &place)?,
            "migrations" => settings.migrations = Some(PathBuf::from(string(value, &place)?)),
            "ledger" => settings.ledger = Some(ledger(&place, value)?),
            _ => return Err(unknown(&place, "`url_var`, `run`, `tcp`, `migrations` or `ledger`")),
        }
    }
    Ok(settings)
}

/// `[ledger]`
fn ledger(section: &str, value: &Value) -> std::result::Result<LedgerTable, String> {
    let entries = value.as_table().ok_or_else(|| format!("`{section}` is no section"))?;
    let (mut table, mut version, mut order) = (None, None, None);
    for (key, value) in entries {
        let place = format!("{section}.{key}");
        let setting = match key.as_str() {
            "table" => &mut table,
            "version" => &mut version,
            "order" => &mut order,
            _ => return Err(unknown(&place, "`table`, `version` or `order`")),
        };
        *setting = Some(string(value, &place)?);
    }
    let needed =
        |setting: Option<String>, key: &str| setting.ok_or_else(|| format!("`{section}` has no `{key}`"));
    let (name, version) = (needed(table, "table")?, needed(version, "version")?);
    let (schema, name) = name
        .split_once('.')
        .ok_or_else(|| format!("`{section}.table` is `{name}`, without its schema: SCHEMA.TABLE"))?;
    let ledger =
        LedgerTable { table: QualifiedName::new(schema, name), columns: LedgerColumns { version, order } };
    if !(Own { table: &ledger.table, columns: &ledger.columns }).is_spellable() {
        return Err(format!(
            "`{section}` has an empty name, one of more than 63 bytes, or one with a comma or a control character"
        ));
    }
    Ok(ledger)
}

fn unknown(setting: &str, known: &str) -> String {
    format!("unknown setting `{setting}`, expected {known}")
}

fn string(value: &Value, place: &str) -> std::result::Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("`{place}` is no string"))
}

fn boolean(value: &Value, place: &str) -> std::result::Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("`{place}` is neither `true` nor `false`"))
}

fn strings(value: &Value, place: &str) -> std::result::Result<Vec<String>, String> {
    let words = value.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)));
    words.and_then(Iterator::collect).ok_or_else(|| format!("`{place}` is no list of strings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(table: &str, order: Option<&str>) -> LedgerTable {
        let (schema, name) = table.split_once('.').unwrap();
        LedgerTable {
            table: QualifiedName::new(schema, name),
            columns: LedgerColumns { version: "version".into(), order: order.map(str::to_owned) },
        }
    }

    #[test]
    fn a_ledger_of_ones_own_is_a_table_and_its_columns() {
        let ledger = |text: &str| Config::parse(text, "c").map(|config| config.ledger);
        let text = "[ledger]\ntable = \"ops.log\"\nversion = \"version\"\n";
        assert_eq!(ledger(text).unwrap(), Some(own("ops.log", None)));
        assert_eq!(ledger("[ledger]\n").unwrap(), None);
        for (text, problem) in [
            (
                "[ledger]\ntable = \"log\"\nversion = \"v\"",
                "`ledger.table` is `log`, without its schema: SCHEMA.TABLE",
            ),
            ("[ledger]\ntable = \"ops.log\"", "`ledger` has no `version`"),
            ("[ledger]\nversion = \"v\"", "`ledger` has no `table`"),
            (
                "[ledger]\ntabel = \"x\"",
                "unknown setting `ledger.tabel`, expected `table`, `version` or `order`",
            ),
            ("[ledger]\ntable = 1", "`ledger.table` is no string"),
            ("ledger = 1", "`ledger` is no section"),
            (
                "[ledger]\ntable = \"ops.log\"\nversion = \"a,b\"",
                "`ledger` has an empty name, one of more than 63 bytes, or one with a comma or a control character",
            ),
            ("[databases.a.ledger]\ntable = \"x.y\"", "`databases.a.ledger` has no `version`"),
        ] {
            assert_eq!(ledger(text).unwrap_err().message, format!("cannot read `c`: {problem}"));
        }
    }

    #[test]
    fn reads_what_it_writes() {
        assert_eq!(Config::parse(TEMPLATE, "x").unwrap(), Config::default());
        let text = TEMPLATE
            .replace("# run", "run")
            .replace("# args", "args")
            .replace("# url_var", "url_var")
            .replace("# table", "table")
            .replace("# version", "version")
            .replace("# order", "order")
            .replace("# ledger", "ledger")
            .replace("# [databases", "[databases");
        let config = Config::parse(&text, "x").unwrap();
        assert_eq!(config.run.as_deref(), Some("sqlx migrate run"));
        assert_eq!(config.build_args, ["--workspace", "--all-features"]);
        let billing = DatabaseConfig {
            url_var: Some("BILLING_DATABASE_URL".into()),
            run: Some("sqlx migrate run --source billing/migrations".into()),
            tcp: false,
            migrations: None,
            ledger: Some(own("ops.schema_log", None)),
        };
        assert_eq!(config.ledger, Some(own("ops.schema_log", Some("installed_at"))));
        assert_eq!(config.databases, BTreeMap::from([("billing".to_owned(), billing)]));
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = Config::parse("[snapshot]\nrum = \"x\"\n", "c.toml").unwrap_err();
        assert_eq!(
            error.message,
            "cannot read `c.toml`: unknown setting `snapshot.rum`, expected `run`, `tcp` or `migrations`"
        );
        assert!(
            Config::parse("[snapshots]\n", "c").unwrap_err().message.contains("unknown section `snapshots`")
        );
        assert!(
            Config::parse("[build]\nargs = 1\n", "c").unwrap_err().message.contains("no list of strings")
        );
        assert!(Config::parse("[", "c").is_err());
    }

    #[test]
    fn a_database_has_settings_of_its_own() {
        let config = Config::parse("[databases.a]\n[databases.\"my db\"]\nrun = \"x\"\n", "c").unwrap();
        assert_eq!(config.databases.keys().collect::<Vec<_>>(), ["a", "my db"]);
        assert_eq!(config.databases["my db"].run.as_deref(), Some("x"));
        assert_eq!(config.databases["a"], DatabaseConfig::default());
        for (text, problem) in [
            (
                "[databases.a]\nurl = \"x\"",
                "unknown setting `databases.a.url`, expected `url_var`, `run`, `tcp`, `migrations` or `ledger`",
            ),
            ("[databases.a]\nrun = 1", "`databases.a.run` is no string"),
            ("[databases.a]\ntcp = \"yes\"", "`databases.a.tcp` is neither `true` nor `false`"),
            ("[snapshot]\ntcp = 1", "`snapshot.tcp` is neither `true` nor `false`"),
            (
                "[databases]\nurl_var = \"X\"",
                "`databases.url_var` is no section: a database has one of its own, `[databases.billing]`",
            ),
            ("databases = 1", "`databases` is no section"),
            ("[databases.\"\"]", "a database has an empty name"),
        ] {
            assert_eq!(Config::parse(text, "c").unwrap_err().message, format!("cannot read `c`: {problem}"));
        }
        // What is written there in error may hold a password.
        let url = "[databases.a]\nurl_var = \"postgres://me:hunter2@h/d\"";
        let error = Config::parse(url, "c").unwrap_err();
        assert!(
            error.message.contains("`databases.a.url_var` is no name of a variable"),
            "{}",
            error.message
        );
        assert!(!error.message.contains("hunter2"));
    }
}
