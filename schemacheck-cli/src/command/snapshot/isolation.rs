//! What a command on the throwaway server gets to know of databases: that one, and no other.
//!
//! Variables that name a database are told by what they hold and by what they are called. One too many costs a clear
//! message and a word on the user's line; one too few has migrated production.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::process::Command;

use crate::dotenv::File;

/// Parts of a URL's scheme: `postgresql+psycopg2://`, `pgx5://`. Those of other servers too, since a line may migrate
/// several, and none of them is a throwaway one.
const SCHEMES: &[&str] = &[
    "postgres",
    "postgis",
    "pgsql",
    "psql",
    "pgx",
    "cockroach",
    "redshift",
    "mysql",
    "mariadb",
    "sqlserver",
    "mssql",
    "oracle",
    "mongodb",
    "clickhouse",
];
/// JDBC's and R2DBC's need no `//`.
const PREFIXES: &[&str] = &["jdbc:", "r2dbc:"];
/// What a variable belongs to whose last word is one of [`PLACE`].
const STORES: &[&str] = &[
    "DB",
    "DATABASE",
    "DATABASES",
    "POSTGRES",
    "POSTGRESQL",
    "PGSQL",
    "PSQL",
    "RDS",
    "DATASOURCE",
    "JDBC",
    "R2DBC",
    "FLYWAY",
    "LIQUIBASE",
    "TYPEORM",
    "GOOSE",
    "SQLALCHEMY",
    "DBMATE",
];
/// What says where a database is, or who connects to it.
const PLACE: &[&str] = &[
    "URL", "URI", "DSN", "STRING", "HOST", "HOSTS", "HOSTNAME", "HOSTADDR", "ADDR", "ADDRESS", "ENDPOINT",
    "SERVER", "SOCKET", "PORT", "NAME", "DB", "DATABASE", "DBNAME", "DBSTRING", "SERVICE", "USER",
    "USERNAME", "PASS", "PASSWORD",
];
/// Variables of libpq that lead elsewhere than the PGHOST and its like that are set here, and take nothing for none.
const OF_LIBPQ: &[&str] = &["PGHOSTADDR", "PGOPTIONS", "PGPASSFILE", "PGPASSWORD"];

/// Gives a command these variables, and none that names another database. What its own reading of `.env` would bring is set
/// to nothing: a variable that is set wins there. Returns the names of what it does not get.
pub(super) fn isolate(
    command: &mut Command,
    given: &[(String, String)],
    inherited: impl Iterator<Item = (OsString, OsString)>,
    dotenv: Option<&File>,
) -> BTreeSet<String> {
    let mut removed = BTreeSet::new();
    let is_given = |name: &str| given.iter().any(|(other, _)| other == name);
    for (name, value) in inherited {
        let text = name.to_string_lossy();
        if is_given(&text) {
            continue;
        }
        if text.starts_with("PG") || names_database(&text, &value.to_string_lossy()) {
            command.env_remove(&name);
            removed.insert(text.into_owned());
        }
    }
    for (name, value) in dotenv.iter().flat_map(|file| file.variables()) {
        let of_libpq = OF_LIBPQ.contains(&name);
        if !is_given(name) && (of_libpq || !name.starts_with("PG") && names_database(name, value)) {
            command.env(name, "");
        }
    }
    command.envs(given.iter().map(|(name, value)| (name, value)));
    removed
}

/// Whether a variable says where a database is.
fn names_database(name: &str, value: &str) -> bool {
    is_place(name) || holds_url(value) || is_connection_string(value)
}

/// By its name: `APP__DATABASE__HOST`, `POSTGRES_DB`, `DBHOST`, `DATABASE_URL_FILE`.
fn is_place(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let mut words: Vec<&str> = upper.split(['_', '.', '-']).filter(|word| !word.is_empty()).collect();
    if words.last() == Some(&"FILE") {
        words.pop();
    }
    let Some((last, before)) = words.split_last() else { return false };
    let is_store = |word: &str| STORES.contains(&word);
    let is_both = |word: &str| {
        STORES.iter().any(|store| word.strip_prefix(store).is_some_and(|rest| PLACE.contains(&rest)))
    };
    is_both(last) || PLACE.contains(last) && before.iter().any(|word| is_store(word))
}

/// Whether a URL of a database server stands anywhere in a value, be it in other text.
fn holds_url(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_in_scheme = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
    let mut schemes = lower.match_indices("://").map(|(at, _)| {
        let before = &lower[..at];
        &before[before.rfind(|c| !is_in_scheme(c)).map_or(0, |end| end + 1)..]
    });
    let of_java = PREFIXES.iter().any(|prefix| {
        lower.match_indices(prefix).any(|(at, _)| {
            let behind = &lower[at..];
            let scheme = &behind[..behind.find(['/', '?', ' ']).unwrap_or(behind.len())];
            SCHEMES.iter().any(|known| scheme.contains(known))
        })
    });
    of_java || schemes.any(|scheme| SCHEMES.iter().any(|known| scheme.contains(known)))
}

/// `host=... dbname=...` of libpq, `Host=...;Database=...` of .NET, `service=...`.
fn is_connection_string(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let keys: Vec<&str> = lower
        .split(|c: char| c == ';' || c.is_whitespace())
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, _)| key.trim_start_matches(['"', '\'']))
        .collect();
    let has = |known: &[&str]| keys.iter().any(|key| known.contains(key));
    // Of keys with a space the last word stands here.
    let is_somewhere = has(&["host", "hostaddr", "server", "source"]);
    is_somewhere && has(&["dbname", "database", "catalog", "user", "username"])
        || lower.trim_start().starts_with("service=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_database_is_known_by_its_name_or_its_value() {
        for (name, value) in [
            ("DATABASE_URL", "anything"),
            ("APP_DATABASE_URL", ""),
            ("SQLALCHEMY_DATABASE_URI", ""),
            ("APP__DATABASE__HOST", "h"),
            ("db_host", "h"),
            ("DBHOST", "h"),
            ("POSTGRES_DB", "x"),
            ("POSTGRES_PASSWORD_FILE", "/run/secrets/p"),
            ("FLYWAY_URL", "x"),
            ("GOOSE_DBSTRING", "x"),
            ("SPRING_DATASOURCE_USERNAME", "x"),
            ("RDS_HOSTNAME", "x"),
            ("LIQUIBASE_COMMAND_URL", "x"),
            ("X", "postgres://h/d"),
            ("X", "  POSTGRES://h/d"),
            ("X", "postgresql+asyncpg://h/d"),
            ("X", "pgx5://h/d"),
            ("X", "prisma+postgres://h/d"),
            ("X", "jdbc:postgresql:d"),
            ("X", "jdbc:aws-wrapper:postgresql://h/d"),
            ("X", "-Dspring.datasource.url=jdbc:postgresql://h/d -Xmx1g"),
            ("X", "{\"uri\": \"postgres://h/d\"}"),
            ("X", "host=h dbname=d"),
            ("X", "user=me host='h'"),
            ("X", "Host=h;Username=me;Database=d"),
            ("X", "Data Source=h;Initial Catalog=d"),
            ("X", "service=prod"),
            ("X", "mysql://h/d"),
        ] {
            assert!(names_database(name, value), "{name}={value}");
        }
    }

    #[test]
    fn what_names_none_is_left_alone() {
        for (name, value) in [
            ("HOST", "h"),
            ("USER", "me"),
            ("HOSTNAME", "h"),
            ("PATH", "/usr/lib/postgresql/15/bin"),
            ("POSTGRES_VERSION", "16"),
            ("IMAGE", "postgres:16-alpine"),
            ("DB_POOL_SIZE", "5"),
            ("DB_CONNECTION", "pgsql"),
            ("DATABASE_SCHEMA", "app"),
            ("FLYWAY_LOCATIONS", "filesystem:sql"),
            ("FEEDBACK_HOST", "h"),
            ("API_URL", "https://postgres.example/api"),
            ("PROXY", "socks5://h:1"),
            ("LS_COLORS", "rs=0:di=01;34:ln=01;36"),
            ("RUSTFLAGS", "-C link-arg=-fuse-ld=mold"),
            ("SSH", "host=h"),
            ("", ""),
            ("_", "/usr/bin/env"),
        ] {
            assert!(!names_database(name, value), "{name}={value}");
        }
    }
}
