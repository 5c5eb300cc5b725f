//! The committed snapshot of the services is what `schema.sql` makes.

use std::path::Path;

use schemacheck_core::catalog::Server;
use schemacheck_core::snapshot::to_files;
use schemacheck_runtime::introspect::snapshot::{Scope, read};

use crate::changes::CHANGES;

#[test]
fn the_committed_snapshot_is_fresh() {
    let database = crate::database(&CHANGES[0]);
    let (_, mut catalog) =
        read(&mut database.connect().expect("a connection"), &Scope::default()).expect("it can be read");
    // Which server made it is no fact of the schema.
    catalog.server = Server::default();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.schemacheck");
    for (path, text) in to_files(&catalog) {
        if path != Path::new("server.json") {
            let committed = std::fs::read_to_string(directory.join(&path)).unwrap_or_default();
            assert_eq!(committed, text, "{} is stale: run `cargo xtask bless`", path.display());
        }
    }
}
