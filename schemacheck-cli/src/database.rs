//! A named database: its settings, the variable with its URL, and what is said of a name that nobody knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schemacheck_core::finding::wording;
use schemacheck_core::snapshot::{self, CATALOG_FILE};

use crate::config::{Config, DatabaseConfig, FILE, LedgerTable};
use crate::directory::shown;
use crate::error::{Error, Result};

/// The database that `--database` names.
pub(crate) struct Named {
    /// The name.
    pub(crate) name: String,
    settings: DatabaseConfig,
    /// The directory of the default database.
    root: PathBuf,
    /// Named databases that are known here, with a snapshot or with settings, and the variable of each.
    known: BTreeMap<String, String>,
}

impl Named {
    /// What is known of a database in a snapshot directory.
    pub(crate) fn new(name: &str, root: &Path, config: &Config) -> Self {
        let settings = |name: &str| config.databases.get(name).cloned().unwrap_or_default();
        let names = with_snapshot(root).into_iter().chain(config.databases.keys().cloned());
        let variable = |name: &str| settings(name).url_var.unwrap_or_else(|| conventional(name));
        let known = names.map(|name| (name.clone(), variable(&name))).collect();
        let settings = settings(name);
        Self { name: name.to_owned(), settings, root: root.to_owned(), known }
    }

    /// The shell line of `--run`, in the settings.
    pub(crate) fn run(&self) -> Option<&str> {
        self.settings.run.as_deref()
    }

    /// Whether that line gets its server over TCP, by the settings.
    pub(crate) fn tcp(&self) -> bool {
        self.settings.tcp
    }

    /// The variables of all named databases that are known, with a snapshot or with settings.
    pub(crate) fn variables(root: &Path, config: &Config) -> Vec<String> {
        // Of no database but those that are known.
        Self::new("", root, config).known.into_values().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Where its migrations are, in the settings.
    pub(crate) fn migrations(&self) -> Option<&Path> {
        self.settings.migrations.as_deref()
    }

    /// Its ledger, in the settings.
    pub(crate) fn ledger(&self) -> Option<&LedgerTable> {
        self.settings.ledger.as_ref()
    }

    /// The variable with its URL: as the settings say, else by convention.
    ///
    /// # Errors
    ///
    /// If it is the variable of another one too: nobody knows whose URL it holds.
    pub(crate) fn variable(&self) -> Result<String> {
        let variable = self.settings.url_var.clone().unwrap_or_else(|| conventional(&self.name));
        let other = self.known.iter().find(|(name, other)| **name != self.name && **other == variable);
        match other {
            Some((other, _)) => Err(Error::new(format!(
                "{variable} is the variable of database `{}` and of database `{other}`",
                self.name
            ))
            .help(self.url_var_help("give each a variable of its own"))),
            None => Ok(variable),
        }
    }

    /// Nothing says where it is.
    pub(crate) fn no_url(&self, variable: &str) -> Error {
        let mut error = Error::new(format!("no URL of database `{}` is known", self.name))
            .help(format!("give `--database-url`, or set {variable} in the environment or in `.env`"));
        if self.settings.url_var.is_none() {
            error = error.help(self.url_var_help("to take another variable"));
        }
        error = error.help("DATABASE_URL and PG* are those of the default database, and are not taken");
        match self.unknown() {
            Some(help) => error.help(help),
            None => error,
        }
    }

    /// Its section in the settings.
    pub(crate) fn section(&self) -> String {
        match self.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            true => format!("[databases.{}]", self.name),
            false => format!("[databases.{:?}]", self.name),
        }
    }

    fn url_var_help(&self, what: &str) -> String {
        let place = shown(&self.root.join(FILE));
        format!("{what}: `{} url_var = \"...\"` in `{place}`", self.section())
    }

    /// There is no snapshot of it.
    pub(crate) fn no_snapshot(&self) -> Error {
        let mut error = Error::new(wording::no_snapshot_of(&self.name));
        error.help.extend(self.similar());
        let root = shown(&self.root);
        let named = with_snapshot(&self.root);
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        let has_default = self.root.join(CATALOG_FILE).is_file();
        error
            .help(format!("run `{}` and commit `{root}`", snapshot::command(Some(&self.name))))
            .help(wording::databases_known(&root, has_default, &named))
    }

    /// A name that has neither a snapshot nor settings yet: the one that was probably meant, else those that are known.
    pub(crate) fn unknown(&self) -> Option<String> {
        if self.known.contains_key(&self.name) {
            return None;
        }
        self.similar().or_else(|| {
            let named = with_snapshot(&self.root);
            let named: Vec<&str> = named.iter().map(String::as_str).collect();
            let has_default = self.root.join(CATALOG_FILE).is_file();
            Some(wording::databases_known(&shown(&self.root), has_default, &named))
        })
    }

    /// Whether it has neither a snapshot nor settings, and a name like one that has.
    pub(crate) fn similar(&self) -> Option<String> {
        if self.known.contains_key(&self.name) {
            return None;
        }
        let known: Vec<&str> = self.known.keys().map(String::as_str).collect();
        wording::similar_database(&self.name, &known)
    }
}

/// The variable of a name, by convention: `billing` has `BILLING_DATABASE_URL`.
fn conventional(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let upper: String = name.chars().map(letter).collect();
    // No shell sets a variable that begins with a digit.
    let digit = if upper.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    format!("{digit}{upper}_DATABASE_URL")
}

/// The named databases that have a snapshot.
pub(crate) fn with_snapshot(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(snapshot::databases_folder(root));
    let folders: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|folder| folder.join(CATALOG_FILE).is_file())
        .collect();
    snapshot::database_names(folders.iter().map(PathBuf::as_path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, config: &str) -> Named {
        Named::new(name, Path::new("/nowhere/.schemacheck"), &Config::parse(config, "c").unwrap())
    }

    #[test]
    fn the_variable_goes_by_the_name() {
        for (name, variable) in [
            ("billing", "BILLING_DATABASE_URL"),
            ("eu-west.2", "EU_WEST_2_DATABASE_URL"),
            ("größe", "GR__E_DATABASE_URL"),
            ("2nd", "_2ND_DATABASE_URL"),
        ] {
            assert_eq!(named(name, "").variable().unwrap(), variable);
        }
        assert_eq!(named("billing", "[databases.billing]\nurl_var = \"B\"").variable().unwrap(), "B");
        assert_eq!(
            named("billing", "[databases.other]\nurl_var = \"B\"").variable().unwrap(),
            "BILLING_DATABASE_URL"
        );
    }

    #[test]
    fn one_variable_of_two_databases_is_refused() {
        let config = "[databases.a-b]\n[databases.a_b]\n";
        let error = named("a_b", config).variable().unwrap_err();
        assert_eq!(error.message, "A_B_DATABASE_URL is the variable of database `a_b` and of database `a-b`");
        assert_eq!(
            error.help,
            ["give each a variable of its own: `[databases.a_b] url_var = \"...\"` in \
             `/nowhere/.schemacheck/config.toml`"]
        );
        for (name, variable) in [("a_b", "AB"), ("a-b", "A_B_DATABASE_URL")] {
            let config = "[databases.a-b]\n[databases.a_b]\nurl_var = \"AB\"\n";
            assert_eq!(named(name, config).variable().unwrap(), variable);
        }
        let config = "[databases.a]\nurl_var = \"X\"\n[databases.b]\nurl_var = \"X\"\n";
        assert!(named("a", config).variable().is_err());
    }

    #[test]
    fn nothing_set_is_an_error_that_names_all_ways() {
        let error = named("billing", "[databases.billing]").no_url("BILLING_DATABASE_URL");
        assert_eq!(error.message, "no URL of database `billing` is known");
        assert_eq!(
            error.help,
            [
                "give `--database-url`, or set BILLING_DATABASE_URL in the environment or in `.env`",
                "to take another variable: `[databases.billing] url_var = \"...\"` in \
                 `/nowhere/.schemacheck/config.toml`",
                "DATABASE_URL and PG* are those of the default database, and are not taken",
            ]
        );
        let misspelt = named("biling", "[databases.billing]").no_url("BILING_DATABASE_URL");
        assert_eq!(misspelt.help.last().unwrap(), "a database with a similar name exists: `billing`");
        let unknown = named("x", "[databases.billing]").no_url("X_DATABASE_URL");
        assert_eq!(unknown.help.last().unwrap(), "`/nowhere/.schemacheck` holds no snapshot");
    }
}
