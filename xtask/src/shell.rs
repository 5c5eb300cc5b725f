//! Running programs, and where things are.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use schemacheck_scratch::Database;

pub(crate) type Result<T> = std::result::Result<T, String>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command to its end; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed ({status})")) }
}

/// Runs a command to its end.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().map_err(|error| format!("cannot run {command:?}: {error}"))
}

/// Has a command find this database, and no other that the environment names by libpq's variables: a service comes before
/// a host.
pub(crate) fn lead_to<'a>(command: &'a mut Command, database: &Database<'_>) -> &'a mut Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
        command.env_remove(name);
    }
    command.envs(database.environment())
}
