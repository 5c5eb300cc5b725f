//! Server binaries: found, or installed by the system's package manager.

use std::path::PathBuf;
use std::process::Command;

use schemacheck_scratch::binaries;

use crate::shell::{Result, run};

/// The directory of server binaries, said aloud. On Debian and its kin a missing server is installed, if that needs
/// nobody's password.
pub(crate) fn find_or_install() -> Result<PathBuf> {
    // The demo's migrations and some tests run `psql`, as users do.
    if let Ok(dir) = binaries::find()
        && has("psql")
    {
        println!("xtask: using the PostgreSQL server binaries in {}", dir.display());
        return Ok(dir);
    }
    if has("apt-get") {
        println!("xtask: no PostgreSQL server, or no psql, found; installing Debian's");
        install("postgresql")?;
    }
    let dir = binaries::find().map_err(|error| error.to_string())?;
    println!("xtask: using the PostgreSQL server binaries in {}", dir.display());
    Ok(dir)
}

/// Makes sure of `psql`, which some database tests run. Fetched servers come without one, and any psql talks to all of
/// them.
pub(crate) fn find_or_install_client() -> Result<()> {
    if !has("psql") && has("apt-get") {
        println!("xtask: no psql found; installing Debian's");
        install("postgresql-client")?;
    }
    if has("psql") { Ok(()) } else { Err("there is no psql, and some database tests run it".into()) }
}

/// Makes sure of libpq with its headers, which comes with `pg_config`.
pub(crate) fn find_or_install_libpq() -> Result<()> {
    if !has("pg_config") && has("apt-get") {
        println!("xtask: no libpq found; installing Debian's");
        install("libpq-dev")?;
    }
    if has("pg_config") { Ok(()) } else { Err("there is no libpq with headers".into()) }
}

/// Makes sure of pgbouncer, which a database test puts in between.
pub(crate) fn find_or_install_pgbouncer() -> Result<()> {
    // Debian keeps it where only an administrator's PATH leads.
    let places =
        ["pgbouncer", "/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];
    let is_here = || places.into_iter().any(has);
    if !is_here() && has("apt-get") {
        println!("xtask: no pgbouncer found; installing Debian's");
        install("pgbouncer")?;
    }
    if is_here() { Ok(()) } else { Err("there is no pgbouncer, and a database test runs it".into()) }
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// Installs a package of Debian's.
fn install(package: &str) -> Result<()> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let apt = |arguments: &[&str]| {
        let mut command = if is_root { Command::new("apt-get") } else { Command::new("sudo") };
        if !is_root {
            command.args(["-n", "apt-get"]);
        }
        run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "-q"])?;
    apt(&["install", "-q", "-y", "--no-install-recommends", package])
}
