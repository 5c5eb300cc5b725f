//! The committed snapshot of these tests is what `schema.sql` makes.

use std::path::Path;

use schemacheck_core::snapshot::to_files;
use schemacheck_runtime::introspect::snapshot::{Scope, read};

use crate::support::connect;

#[test]
fn the_committed_snapshot_is_fresh() {
    let (mut client, _database) = connect("");
    let (_, mut catalog) = read(&mut client, &Scope::default()).unwrap();
    // Which server made it is no fact of the schema.
    catalog.server = schemacheck_core::catalog::Server::default();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres/.schemacheck");
    for (path, text) in to_files(&catalog) {
        if path != Path::new("server.json") {
            let committed = std::fs::read_to_string(directory.join(&path)).unwrap_or_default();
            assert_eq!(committed, text, "{} is stale: run `cargo xtask bless`", path.display());
        }
    }
}
