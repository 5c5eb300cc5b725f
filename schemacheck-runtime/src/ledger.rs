//! The ledgers that are known, as data: by the shape of the table, in any schema.

use schemacheck_core::ledger::{Ledger, LedgerKind};

/// How one tool's ledger is recognised and read.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Whose it is.
    pub kind: LedgerKind,
    /// The table's name.
    pub table: &'static str,
    /// Columns that it must have: several tools use one name.
    pub columns: &'static [&'static str],
    /// An SQL expression for the migration's name, over the columns.
    pub migration: &'static str,
    /// An SQL expression of the type `bool` that cannot fail: whether it was applied. NULL leaves the row out.
    pub applied: &'static str,
}

/// The tools, each with the source of its shape.
pub const SHAPES: &[Shape] = &[
    // alembic/runtime/migration.py, `MigrationContext._version`
    Shape {
        kind: LedgerKind::Alembic,
        table: "alembic_version",
        columns: &["version_num"],
        migration: "version_num",
        applied: "true",
    },
    // sqlx-postgres/src/migrate.rs, `ensure_migrations_table`
    Shape {
        kind: LedgerKind::Sqlx,
        table: "_sqlx_migrations",
        columns: &["version", "description", "success", "checksum"],
        migration: "version",
        // As text: a table of that shape whose `success` is no boolean must not fail the guard.
        applied: "success::pg_catalog.text OPERATOR(pg_catalog.=) ANY ('{t,true,1}'::pg_catalog.text[])",
    },
    // diesel_migrations, `CREATE_MIGRATIONS_TABLE`
    Shape {
        kind: LedgerKind::Diesel,
        table: "__diesel_schema_migrations",
        columns: &["version", "run_on"],
        migration: "version",
        applied: "true",
    },
    // prisma-engines, sql-schema-connector `imperative_migration_persistence.rs`
    Shape {
        kind: LedgerKind::Prisma,
        table: "_prisma_migrations",
        columns: &["migration_name", "finished_at", "rolled_back_at"],
        migration: "migration_name",
        applied: "CASE WHEN rolled_back_at IS NULL THEN finished_at IS NOT NULL END",
    },
];

/// Puts the migrations of a ledger in the order in which the tool applies them.
pub(crate) fn sort(ledger: &mut Ledger) {
    let number = |migration: &String| migration.parse::<u128>();
    for list in [&mut ledger.applied, &mut ledger.failed] {
        if list.iter().all(|migration| number(migration).is_ok()) {
            list.sort_by_key(|migration| number(migration).unwrap_or(0));
        } else {
            list.sort();
        }
    }
}
