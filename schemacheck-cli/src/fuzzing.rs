//! The readers of what others wrote, for the fuzz targets in `fuzz/`: built files, and the user's connection strings.

use schemacheck_core::Manifest;
use schemacheck_runtime::guard::Target;

use crate::artifact;
use crate::connect::Dial;

/// The records of a built file's bytes; nothing if it has no section of ours.
///
/// # Errors
///
/// The message, if the file or a record in it cannot be read.
pub fn records(bytes: &[u8]) -> Result<Option<Vec<Manifest>>, String> {
    let records = artifact::records(bytes, "app").map_err(|error| error.message)?;
    Ok(records.map(|records| records.manifests))
}

/// What reports name of a connection string that can be dialled.
///
/// # Errors
///
/// All that the error prints, if it cannot.
pub fn dial(url: &str) -> Result<Target, String> {
    match Dial::of(url, "--database-url") {
        Ok(dial) => Ok(dial.target),
        Err(error) => Err(format!("{}\n{}", error.message, error.help.join("\n"))),
    }
}
