//! Where server binaries are looked for.
//!
//! In this order: `SCHEMACHECK_PG_BINDIR`; `PATH`; `pg_config --bindir`; the places of Debian, Red Hat and Homebrew,
//! newest major first; the directory into which `cargo xtask` of this project fetches binaries.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// The environment variable that names a directory with `initdb` and `postgres`.
pub const VARIABLE: &str = "SCHEMACHECK_PG_BINDIR";

/// Folders that hold one folder a version, and where the binaries stand below that.
const VERSIONED: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// The directory with the server binaries to use.
///
/// # Errors
///
/// If `SCHEMACHECK_PG_BINDIR` is set and holds no server, or if none is found anywhere: the error names the command
/// that installs one on this system.
pub fn find() -> Result<PathBuf, Error> {
    if let Some(dir) = std::env::var_os(VARIABLE).filter(|dir| !dir.is_empty()) {
        let dir = PathBuf::from(dir);
        return match has_server(&dir) {
            true => Ok(dir),
            false => Err(Error::new(format!(
                "{VARIABLE} is `{}`, which does not hold both `initdb` and `postgres`",
                dir.display()
            ))),
        };
    }
    candidates().into_iter().find(|dir| has_server(dir)).ok_or_else(|| {
        Error::new(format!(
            "no PostgreSQL server was found in PATH, by `pg_config`, or where packages put it\n\
             help: {}, or set {VARIABLE} to a directory with `initdb` and `postgres`",
            install_command()
        ))
    })
}

/// Every directory to look into, in order.
fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    dirs.extend(pg_config());
    for (parent, prefix, below) in VERSIONED {
        dirs.extend(versions(Path::new(parent), prefix).into_iter().map(|dir| dir.join(below)));
    }
    dirs.extend(fetched().into_iter().flat_map(|parent| versions(&parent, "")).map(|dir| dir.join("bin")));
    dirs
}

/// Where `cargo xtask` puts fetched binaries: one folder a major version.
pub fn fetched() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))?;
    Some(cache.join("schemacheck").join("postgres"))
}

/// Folders named `prefix` and a version, the newest first: 15 before 9.6.
fn versions(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?;
            let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
            Some((numbers?, entry.path()))
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

/// What a person types to get a server, by the package manager that there is.
fn install_command() -> String {
    let managers = [
        ("apt-get", "apt-get install postgresql"),
        ("dnf", "dnf install postgresql-server"),
        ("apk", "apk add postgresql"),
        ("pacman", "pacman -S postgresql"),
        ("zypper", "zypper install postgresql-server"),
        ("brew", "brew install postgresql@17"),
    ];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = |program: &str| std::env::split_paths(&path).any(|dir| is_executable(&dir.join(program)));
    match managers.iter().find(|(program, _)| there(program)) {
        Some((_, command)) => format!("run `{command}`"),
        None => "install PostgreSQL's server package".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_version_first_by_number() {
        let dir = std::env::temp_dir().join(format!("schemacheck-versions-{}", std::process::id()));
        for name in ["pg9.6", "pg15", "pg16", "pgx", "other"] {
            std::fs::create_dir_all(dir.join(name)).unwrap();
        }
        let found = versions(&dir, "pg");
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(found, [dir.join("pg16"), dir.join("pg15"), dir.join("pg9.6")]);
    }
}
