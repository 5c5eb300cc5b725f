//! Where server binaries are looked for.
//!
//! In this order: `SCHEMACHECK_PG_BINDIR`; `PATH`; `pg_config --bindir`; the places of Debian, Red Hat, Homebrew and
//! Postgres.app, newest major first; the directory into which `cargo xtask` of this project fetches binaries.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Error, error::Kind};

/// The environment variable that names a directory with `initdb` and `postgres`.
pub const VARIABLE: &str = "SCHEMACHECK_PG_BINDIR";

/// Folders that hold one folder a version with `bin` in it, and what its name begins with.
const VERSIONED: &[(&str, &str)] = &[
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

/// Package managers, and how each installs a server.
const MANAGERS: &[(&str, &str)] = &[
    ("apt-get", "apt-get install postgresql"),
    ("dnf", "dnf install postgresql-server"),
    ("apk", "apk add postgresql"),
    ("pacman", "pacman -S postgresql"),
    ("zypper", "zypper install postgresql-server"),
    ("brew", "brew install postgresql@17"),
];

/// The directory with the server binaries to use.
///
/// # Errors
///
/// If `SCHEMACHECK_PG_BINDIR` is set and holds no server, or if none is found anywhere: the error names the places and
/// the command that installs one on this system.
pub fn find() -> Result<PathBuf, Error> {
    if let Some(dir) = variable(VARIABLE) {
        return named(VARIABLE, &dir);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    let fetched = fetched();
    let mut candidates = path.clone();
    candidates.extend(pg_config());
    for (parent, prefix) in VERSIONED {
        candidates.extend(versions(Path::new(parent), prefix));
    }
    candidates.extend(fetched.iter().flat_map(|parent| versions(parent, "")));
    candidates
        .into_iter()
        .find(|dir| has_server(dir))
        .ok_or_else(|| Kind::NotFound { places: places(fetched.as_deref()), remedy: remedy(&path) }.into())
}

/// A directory that somebody named, if it holds a server.
pub(crate) fn named(from: &'static str, dir: &Path) -> Result<PathBuf, Error> {
    // Servers run in another working directory.
    match std::path::absolute(dir) {
        Ok(dir) if has_server(&dir) => Ok(dir),
        _ => Err(Kind::BinDir { from, dir: dir.to_owned() }.into()),
    }
}

/// Where `cargo xtask` puts fetched binaries: one folder a major version, with `bin` in it.
///
/// That is below the user's cache directory; root's is below `/var/cache`, because the server that root starts runs as
/// another user, who cannot look into root's home.
pub fn fetched() -> Option<PathBuf> {
    let cache = variable("XDG_CACHE_HOME").or_else(|| {
        if is_root() { Some("/var/cache".into()) } else { variable("HOME").map(|home| home.join(".cache")) }
    })?;
    Some(cache.join("schemacheck").join("postgres"))
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The `bin` of each folder named `prefix` and a version, the newest first: 15 before 9.6.
fn versions(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(Vec<u32>, PathBuf)> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?;
            let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
            Some((numbers?, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let dir = String::from_utf8(output.stdout).ok()?;
    let dir = dir.trim();
    (output.status.success() && !dir.is_empty()).then(|| PathBuf::from(dir))
}

fn has_server(dir: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|name| is_executable(&dir.join(name)))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.with_extension("exe").is_file()
}

#[cfg(unix)]
fn is_root() -> bool {
    crate::sys::effective_uid() == 0
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Where was looked, for the error.
fn places(fetched: Option<&Path>) -> String {
    let mut places = String::from("`PATH`, by `pg_config`");
    for (parent, prefix) in VERSIONED {
        places.push_str(&format!(", in {parent}/{prefix}*/bin"));
    }
    if let Some(parent) = fetched {
        places.push_str(&format!(", in {}/*/bin", parent.display()));
    }
    places
}

/// What a person types to get a server, by the package manager that there is.
fn remedy(path: &[PathBuf]) -> String {
    let there = |program: &str| path.iter().any(|dir| is_executable(&dir.join(program)));
    let install = match MANAGERS.iter().find(|(program, _)| there(program)) {
        Some((_, command)) => format!("run `{command}`"),
        None => "install PostgreSQL's server package".to_owned(),
    };
    format!("{install}, or set {VARIABLE} to a directory with `initdb` and `postgres`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_version_first_by_number() {
        let dir = std::env::temp_dir().join(format!("scratch-versions-{}", std::process::id()));
        for name in ["pg9.6", "pg15", "pg16", "pgx", "other"] {
            std::fs::create_dir_all(dir.join(name)).unwrap();
        }
        let found = versions(&dir, "pg");
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(found, ["pg16", "pg15", "pg9.6"].map(|name| dir.join(name).join("bin")));
    }

    #[test]
    fn the_error_without_any_server_names_the_places_and_the_remedy() {
        let places = places(Some(Path::new("/cache")));
        let error = Error::from(Kind::NotFound { places, remedy: remedy(&[]) });
        let text = error.to_string();
        assert!(error.is_not_found() && !text.contains('\n'), "{text}");
        for words in
            ["`PATH`", "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/cache/*/bin", "install", VARIABLE]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_remedy_is_that_of_the_package_manager_that_there_is() {
        use std::os::unix::fs::PermissionsExt;
        let dir = std::env::temp_dir().join(format!("scratch-remedy-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for (program, command) in MANAGERS {
            let file = dir.join(program);
            std::fs::write(&file, "").unwrap();
            assert!(!remedy(std::slice::from_ref(&dir)).contains(command), "a file that cannot be run");
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            assert!(remedy(std::slice::from_ref(&dir)).contains(&format!("run `{command}`, or set")));
            std::fs::remove_file(&file).unwrap();
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
