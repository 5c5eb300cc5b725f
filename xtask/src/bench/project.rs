//! Crates that are generated to be measured: their files, their snapshot, and the tool that takes it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use schemacheck_scratch::{Database, Server};

use crate::shell::{Result, cargo, root};

/// A place for generated things, below the target directory.
pub(super) fn folder(name: &str) -> PathBuf {
    root().join("target/bench").join(name)
}

/// Writes a file unless it is the same already.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let folder = path.parent().ok_or("no folder")?;
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Makes a source file newer than what was built of it.
pub(super) fn touch(path: &Path) -> Result<()> {
    let file = std::fs::File::options().append(true).open(path).map_err(|error| error.to_string())?;
    file.set_modified(std::time::SystemTime::now()).map_err(|error| error.to_string())
}

/// A server for one section.
pub(super) fn server() -> Result<Server> {
    Server::start().map_err(|error| error.to_string())
}

/// A database with this schema.
pub(super) fn database<'a>(server: &'a Server, schema: &str) -> Result<Database<'a>> {
    let database = server.create_database().map_err(|error| error.to_string())?;
    let mut client = database.connect().map_err(|error| error.to_string())?;
    client.batch_execute(schema).map_err(|error| error.to_string())?;
    Ok(database)
}

/// The command line, built as its users have it.
pub(super) fn tool() -> Result<PathBuf> {
    crate::shell::run(cargo().args(["build", "--quiet", "--release", "--package", "schemacheck-cli"]))?;
    Ok(root().join("target/release/cargo-schemacheck"))
}

/// Takes the snapshot of a database into a folder.
pub(super) fn snapshot(tool: &Path, database: &Database<'_>, folder: &Path) -> Result<()> {
    let mut command = Command::new(tool);
    command.args(["schemacheck", "snapshot", "--database-url", &database.url()]).stdout(Stdio::null());
    crate::shell::run(command.env("SCHEMACHECK_DIR", folder))
}
