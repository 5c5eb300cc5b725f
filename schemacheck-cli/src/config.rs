//! The user's settings: `.schemacheck/config.toml`. What the command line says comes first.

use std::path::Path;

use toml::Table;

use crate::error::{Error, Result};

/// The file's name.
pub(crate) const FILE: &str = "config.toml";

/// What `init` writes.
pub(crate) const TEMPLATE: &str = "\
# Settings of `cargo schemacheck`. What the command line says comes first.

[snapshot]
# The shell line that `snapshot --run` runs when it is given none.
# run = \"sqlx migrate run\"

[build]
# Arguments for the `cargo build` of `check`, `verify` and `manifest`.
# args = [\"--workspace\", \"--all-features\"]
";

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// `[snapshot] run`
    pub(crate) run: Option<String>,
    /// `[build] args`
    pub(crate) build_args: Vec<String>,
}

impl Config {
    /// Reads the file of a snapshot directory; defaults if there is none.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let path = directory.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::because(&format!("cannot read `{}`", path.display()), &error)),
        }
    }

    fn parse(text: &str, place: &str) -> Result<Self> {
        let wrong = |problem: String| Error::new(format!("cannot read `{place}`: {problem}"));
        let table: Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        let mut config = Self::default();
        for (section, value) in &table {
            let known: &[&str] = match section.as_str() {
                "snapshot" => &["run"],
                "build" => &["args"],
                other => {
                    return Err(wrong(format!("unknown section `{other}`, expected `snapshot` or `build`")));
                }
            };
            let entries = value.as_table().ok_or_else(|| wrong(format!("`{section}` is no section")))?;
            for (key, value) in entries {
                match (section.as_str(), key.as_str()) {
                    ("snapshot", "run") => {
                        let run =
                            value.as_str().ok_or_else(|| wrong("`snapshot.run` is no string".into()))?;
                        config.run = Some(run.to_owned());
                    }
                    ("build", "args") => {
                        let words = value.as_array().map(|items| items.iter().map(|item| item.as_str()));
                        let words: Option<Vec<&str>> = words.and_then(Iterator::collect);
                        let words =
                            words.ok_or_else(|| wrong("`build.args` is no list of strings".into()))?;
                        config.build_args = words.into_iter().map(str::to_owned).collect();
                    }
                    (_, other) => {
                        let known = known.join("`, `");
                        return Err(wrong(format!(
                            "unknown setting `{section}.{other}`, expected `{known}`"
                        )));
                    }
                }
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        assert_eq!(Config::parse(TEMPLATE, "x").unwrap(), Config::default());
        let text = TEMPLATE.replace("# run", "run").replace("# args", "args");
        let config = Config::parse(&text, "x").unwrap();
        assert_eq!(config.run.as_deref(), Some("sqlx migrate run"));
        assert_eq!(config.build_args, ["--workspace", "--all-features"]);
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = Config::parse("[snapshot]\nrum = \"x\"\n", "c.toml").unwrap_err();
        assert_eq!(error.message, "cannot read `c.toml`: unknown setting `snapshot.rum`, expected `run`");
        assert!(
            Config::parse("[snapshots]\n", "c").unwrap_err().message.contains("unknown section `snapshots`")
        );
        assert!(
            Config::parse("[build]\nargs = 1\n", "c").unwrap_err().message.contains("no list of strings")
        );
        assert!(Config::parse("[", "c").is_err());
    }
}
