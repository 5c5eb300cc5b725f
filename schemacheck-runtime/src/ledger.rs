//! The ledgers that are known, as data: by the shape of the table, in any schema.

use schemacheck_core::QualifiedName;
use schemacheck_core::ident::MAX_IDENT_BYTES;
use schemacheck_core::ledger::{LedgerColumns, LedgerKind, SeenLedger, name_key};

/// Of how many rows a table is no ledger: nobody has as many migrations.
pub(crate) const MAX_ROWS: usize = 10_000;

/// How one tool's ledger is recognised and read.
///
/// The expressions are over these columns of the table, as `own`, and must not fail whatever the columns' types are: hence
/// they cast to `text` what they compare. They run under the caller's `search_path`: each name and operator in them is
/// qualified, and what looks an operator up by its name, such as `CASE x WHEN y` and `IN`, is not written.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Whose it is.
    pub kind: LedgerKind,
    /// The table's name.
    pub table: &'static str,
    /// Columns that it must have: several tools use one name.
    pub columns: &'static [&'static str],
    /// A column that it must not have: another tool's table of that name has it.
    pub without: Option<&'static str>,
    /// An SQL expression for the migration's name.
    pub migration: &'static str,
    /// An SQL expression of the type `bool`: whether it was applied. NULL leaves the row out.
    pub applied: &'static str,
    /// An SQL expression for its place in the order of the rows, where the name does not say that.
    pub rank: Option<&'static str>,
    /// Where several rows can be of one migration: which rows are, and the column by whose number the last one counts.
    /// `applied` finds it by `own."is last"`.
    pub last: Option<(&'static str, &'static str)>,
}

/// What most have.
const PLAIN: Shape = Shape {
    kind: LedgerKind::Sqlx,
    table: "",
    columns: &[],
    without: None,
    migration: "own.name",
    applied: "true",
    rank: None,
    last: None,
};

/// The tools, each with the source of its shape.
pub const SHAPES: &[Shape] = &[
    // alembic/runtime/migration.py, `MigrationContext._version`
    Shape {
        kind: LedgerKind::Alembic,
        table: "alembic_version",
        columns: &["version_num"],
        migration: "own.version_num",
        ..PLAIN
    },
    // atlas, cmd/atlas/internal/migrate/ent/schema/revision.go. A version that begins with a dot is a note of its own. What
    // `atlas migrate set` resolved has 4 among the bits of its type, and keeps its error.
    Shape {
        kind: LedgerKind::Atlas,
        table: "atlas_schema_revisions",
        columns: &["version", "type", "applied", "total", "error"],
        migration: "own.version",
        applied: "CASE WHEN pg_catalog.left(own.version::pg_catalog.text, 1) OPERATOR(pg_catalog.<>) '.' \
                  THEN pg_catalog.concat(own.type) OPERATOR(pg_catalog.=) ANY ('{4,5,6,7}'::pg_catalog.text[]) \
                  OR pg_catalog.concat(own.error) OPERATOR(pg_catalog.=) '' \
                  AND pg_catalog.concat(own.applied) OPERATOR(pg_catalog.=) pg_catalog.concat(own.total) END",
        ..PLAIN
    },
    // diesel_migrations, `CREATE_MIGRATIONS_TABLE`
    Shape {
        kind: LedgerKind::Diesel,
        table: "__diesel_schema_migrations",
        columns: &["version", "run_on"],
        migration: "own.version",
        ..PLAIN
    },
    // django/db/migrations/recorder.py. Each app has its own order.
    Shape {
        kind: LedgerKind::Django,
        table: "django_migrations",
        columns: &["id", "app", "name", "applied"],
        migration: "pg_catalog.concat(own.app, '.', own.name)",
        rank: Some("own.id"),
        ..PLAIN
    },
    // drizzle-orm, src/pg-core/dialect.ts: `created_at` is the time that its journal has for the migration.
    Shape {
        kind: LedgerKind::Drizzle,
        table: "__drizzle_migrations",
        columns: &["hash", "created_at"],
        migration: "own.created_at",
        ..PLAIN
    },
    // efcore, src/EFCore.Relational/Migrations/HistoryRepository.cs
    Shape {
        kind: LedgerKind::EfCore,
        table: "__EFMigrationsHistory",
        columns: &["MigrationId", "ProductVersion"],
        migration: "own.\"MigrationId\"",
        ..PLAIN
    },
    // flyway-core, JdbcTableSchemaHistory. The last row of a version counts. A migration that is repeated has no version:
    // it is none of those that were applied, and may have failed.
    Shape {
        kind: LedgerKind::Flyway,
        table: "flyway_schema_history",
        columns: &["installed_rank", "version", "description", "type", "success"],
        migration: "CASE WHEN own.version IS NULL THEN own.description::pg_catalog.text \
                    ELSE own.version::pg_catalog.text END",
        applied: "CASE WHEN NOT own.\"is last\" THEN NULL \
                  WHEN own.version IS NULL THEN CASE WHEN NOT ($is_true(success)$) THEN false END \
                  WHEN own.type::pg_catalog.text OPERATOR(pg_catalog.<>) 'DELETE' \
                  AND pg_catalog.left(own.type::pg_catalog.text, 4) OPERATOR(pg_catalog.<>) 'UNDO' \
                  THEN $is_true(success)$ END",
        last: Some((
            "own.version::pg_catalog.text COLLATE pg_catalog.\"C\", \
             CASE WHEN own.version IS NULL THEN own.description::pg_catalog.text END COLLATE pg_catalog.\"C\"",
            "installed_rank",
        )),
        ..PLAIN
    },
    // golang-migrate, database/postgres/postgres.go: one row
    Shape {
        kind: LedgerKind::GolangMigrate,
        table: "schema_migrations",
        columns: &["version", "dirty"],
        migration: "own.version",
        applied: "NOT ($is_true(dirty)$)",
        ..PLAIN
    },
    // goose, internal/dialect/dialectquery/postgres.go. Version 0 is the table's own; the last row of a version counts.
    Shape {
        kind: LedgerKind::Goose,
        table: "goose_db_version",
        columns: &["id", "version_id", "is_applied"],
        migration: "own.version_id",
        applied: "CASE WHEN own.\"is last\" AND own.version_id::pg_catalog.text OPERATOR(pg_catalog.<>) '0' \
                  AND $is_true(is_applied)$ THEN true END",
        last: Some(("own.version_id::pg_catalog.text COLLATE pg_catalog.\"C\"", "id")),
        ..PLAIN
    },
    // knex, lib/migrations/migrate/table-creator.js
    Shape {
        kind: LedgerKind::Knex,
        table: "knex_migrations",
        columns: &["id", "name", "batch", "migration_time"],
        ..PLAIN
    },
    // liquibase-core, CreateDatabaseChangeLogTableGenerator
    Shape {
        kind: LedgerKind::Liquibase,
        table: "databasechangelog",
        columns: &["id", "author", "filename", "orderexecuted", "exectype"],
        migration: "pg_catalog.concat(own.filename, '::', own.id, '::', own.author)",
        applied: "CASE WHEN own.exectype::pg_catalog.text OPERATOR(pg_catalog.=) 'SKIPPED' THEN NULL \
                  ELSE (own.exectype::pg_catalog.text OPERATOR(pg_catalog.=) 'FAILED') IS NOT TRUE END",
        rank: Some("own.orderexecuted"),
        ..PLAIN
    },
    // node-pg-migrate, src/runner.ts
    Shape {
        kind: LedgerKind::NodePgMigrate,
        table: "pgmigrations",
        columns: &["id", "name", "run_on"],
        ..PLAIN
    },
    // prisma-engines, sql-schema-connector `imperative_migration_persistence.rs`
    Shape {
        kind: LedgerKind::Prisma,
        table: "_prisma_migrations",
        columns: &["migration_name", "finished_at", "rolled_back_at"],
        migration: "own.migration_name",
        applied: "CASE WHEN own.rolled_back_at IS NULL THEN own.finished_at IS NOT NULL END",
        ..PLAIN
    },
    // refinery_core, src/traits/mod.rs
    Shape {
        kind: LedgerKind::Refinery,
        table: "refinery_schema_history",
        columns: &["version", "name", "applied_on", "checksum"],
        migration: "pg_catalog.concat('V', own.version, '__', own.name)",
        ..PLAIN
    },
    // Rails' ActiveRecord::SchemaMigration, dbmate's drivers, Ecto.Migration.SchemaMigration
    Shape {
        kind: LedgerKind::SchemaMigrations,
        table: "schema_migrations",
        columns: &["version"],
        without: Some("dirty"),
        migration: "own.version",
        ..PLAIN
    },
    // sea-orm-migration, src/seaql_migrations.rs
    Shape {
        kind: LedgerKind::SeaOrm,
        table: "seaql_migrations",
        columns: &["version", "applied_at"],
        migration: "own.version",
        ..PLAIN
    },
    // umzug, src/storage/sequelize.ts
    Shape { kind: LedgerKind::Sequelize, table: "SequelizeMeta", columns: &["name"], ..PLAIN },
    // sqlx-postgres/src/migrate.rs, `ensure_migrations_table`
    Shape {
        kind: LedgerKind::Sqlx,
        table: "_sqlx_migrations",
        columns: &["version", "description", "success", "checksum"],
        migration: "own.version",
        applied: "$is_true(success)$",
        ..PLAIN
    },
    // typeorm, src/migration/MigrationExecutor.ts: the name of the migration's file
    Shape {
        kind: LedgerKind::TypeOrm,
        table: "migrations",
        columns: &["id", "timestamp", "name"],
        migration: "pg_catalog.concat(own.\"timestamp\", '-', own.name)",
        ..PLAIN
    },
];

impl Shape {
    /// `applied` with its shorthand written out: `$is_true(column)$`, whatever type the column has.
    pub(crate) fn applied_sql(&self) -> String {
        let mut sql = self.applied.to_owned();
        while let Some(at) = sql.find("$is_true(") {
            let end = at + sql[at..].find(")$").expect("the shorthand ends");
            let column = &sql[at + "$is_true(".len()..end];
            let value = format!(
                "own.{column}::pg_catalog.text OPERATOR(pg_catalog.=) ANY ('{{t,true,1}}'::pg_catalog.text[])"
            );
            sql.replace_range(at..end + 2, &value);
        }
        sql
    }

    /// Whether a row is the last of its migration, as an SQL expression: by one pass over the rows.
    pub(crate) fn last_sql(&self) -> String {
        self.last.map_or_else(
            || "true".to_owned(),
            |(migration, number)| {
                // Numbers without a sign, as text.
                format!(
                    "pg_catalog.row_number() OVER (PARTITION BY {migration} ORDER BY \
                     pg_catalog.lpad(own.{number}::pg_catalog.text, 20, '0') COLLATE pg_catalog.\"C\" DESC) \
                     OPERATOR(pg_catalog.=) 1"
                )
            },
        )
    }

    /// Statements that make such a table, with so many rows of migrations that were applied: for tests and benchmarks.
    #[doc(hidden)]
    pub fn example(&self, rows: u32) -> String {
        let columns = self.columns.iter().map(|&column| match column {
            "id" | "installed_rank" | "orderexecuted" | "version_id" => (column, "bigint", "n"),
            "success" | "is_applied" => (column, "boolean", "true"),
            "dirty" => (column, "boolean", "false"),
            "type" if self.kind == LedgerKind::Atlas => (column, "bigint", "2"),
            "error" | "rolled_back_at" => (column, "text", "NULL"),
            _ => (column, "varchar(255)", "pg_catalog.concat('2024', pg_catalog.lpad(n::text, 10, '0'))"),
        });
        let columns: Vec<_> = columns.collect();
        let defined: Vec<String> = columns.iter().map(|(name, ty, _)| format!("\"{name}\" {ty}")).collect();
        let values: Vec<&str> = columns.iter().map(|(_, _, value)| *value).collect();
        format!(
            "CREATE TABLE \"{0}\" ({1}); INSERT INTO \"{0}\" SELECT {2} FROM pg_catalog.generate_series(1, {rows}) n",
            self.table,
            defined.join(", "),
            values.join(", ")
        )
    }

    /// The columns, as a select list.
    pub(crate) fn selected_sql(&self) -> String {
        let quoted: Vec<String> = self.columns.iter().map(|column| format!("\"{column}\"")).collect();
        quoted.join(", ")
    }
}

/// A table of the user's own that the settings name as the ledger, with its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own<'a> {
    /// The table.
    pub table: &'a QualifiedName,
    /// Its columns.
    pub columns: &'a LedgerColumns,
}

impl<'a> Own<'a> {
    /// The one that a build saw; nothing of a known tool's, or where the request cannot carry a name.
    pub(crate) fn of(seen: &'a SeenLedger) -> Option<Self> {
        let own = Self { table: &seen.table, columns: seen.columns.as_ref()? };
        own.is_spellable().then_some(own)
    }

    /// Whether its names can stand in a request, where columns are parted by commas, and shapes by control characters.
    pub fn is_spellable(&self) -> bool {
        let LedgerColumns { version, order } = self.columns;
        let mut columns = [Some(version), order.as_ref()].into_iter().flatten();
        let fits = |name: &&String| {
            !name.is_empty() && name.len() <= MAX_IDENT_BYTES && !name.contains(char::is_control)
        };
        [&self.table.schema, &self.table.name].iter().all(fits)
            // The request gives a column of its own this name.
            && columns.all(|name| fits(&name) && !name.contains(',') && name != "is last")
    }

    /// The columns that it must have, each once.
    pub(crate) fn columns(&self) -> Vec<&str> {
        let LedgerColumns { version, order } = self.columns;
        let order = order.as_deref().filter(|order| order != version);
        [Some(version.as_str()), order].into_iter().flatten().collect()
    }

    /// The same as a select list.
    pub(crate) fn selected_sql(&self) -> String {
        self.columns().into_iter().map(quoted).collect::<Vec<_>>().join(", ")
    }

    /// SQL expressions for the migration's name and its place: quoted identifiers, and never SQL that somebody wrote.
    pub(crate) fn expressions(&self) -> [String; 2] {
        let column = |name: &String| format!("own.{}", quoted(name));
        // JSON has times as ISO 8601 does, whatever the session's settings are.
        let place = |name: &String| {
            format!("pg_catalog.to_json({}) OPERATOR(pg_catalog.#>>) '{{}}'::pg_catalog.text[]", column(name))
        };
        let order = self.columns.order.as_ref().map_or("''".to_owned(), place);
        [column(&self.columns.version), order]
    }
}

/// A name as an SQL identifier, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A migration and its place, as the ledger has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) rank: String,
    pub(crate) migration: String,
}

impl Row {
    /// What gives the order in which the tool applies migrations: the place that the ledger has for them, else their names.
    pub(crate) fn key(&self) -> (Vec<u8>, Vec<u8>) {
        // The fraction of a second is no whole number.
        let rank = if is_time(&self.rank) { self.rank.clone().into_bytes() } else { name_key(&self.rank) };
        (rank, name_key(&self.migration))
    }
}

/// Whether a text begins as ISO 8601 writes a time.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[10] == b'T'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_their_place() {
        let in_order = |ranks: &[&str]| {
            let row =
                |(at, rank): (usize, &&str)| Row { rank: (*rank).to_owned(), migration: at.to_string() };
            let rows: Vec<Row> = ranks.iter().enumerate().map(row).collect();
            let mut sorted = rows.clone();
            sorted.sort_by_cached_key(Row::key);
            assert_eq!(sorted, rows);
        };
        in_order(&["9", "10", "11"]);
        in_order(&[
            "2024-01-01T09:00:00+00:00",
            "2024-01-01T10:00:00.123456+00:00",
            "2024-01-01T10:00:00.5+00:00",
        ]);
    }

    #[test]
    fn names_of_ones_own_ledger_cannot_leave_their_quotes() {
        let table = QualifiedName::new("ops", "log");
        let columns = |version: &str, order: Option<&str>| LedgerColumns {
            version: version.into(),
            order: order.map(str::to_owned),
        };
        let hostile = columns("v\" FROM x; --", None);
        let own = Own { table: &table, columns: &hostile };
        assert!(own.is_spellable());
        assert_eq!(own.expressions(), ["own.\"v\"\" FROM x; --\"".to_owned(), "''".to_owned()]);
        for (version, order) in
            [("a,b", None), ("", None), ("a\u{1f}b", None), ("a", Some("b\u{1e}")), ("is last", None)]
        {
            let columns = columns(version, order);
            assert!(!Own { table: &table, columns: &columns }.is_spellable(), "{version:?} {order:?}");
        }
    }
}
