//! The ledger: the table in which a migration tool writes down what it has applied. Evidence, never a verdict.

use crate::ident::QualifiedName;

mod seen;

pub(crate) use seen::number;
pub use seen::{NEWEST, SeenLedger};

/// The migration tools whose ledgers are read, in the order of the alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerKind {
    /// `alembic_version`: only the current heads.
    Alembic,
    /// `atlas_schema_revisions`
    Atlas,
    /// `__diesel_schema_migrations`
    Diesel,
    /// `django_migrations`
    Django,
    /// `drizzle.__drizzle_migrations`
    Drizzle,
    /// `__EFMigrationsHistory`, of Entity Framework Core.
    EfCore,
    /// `flyway_schema_history`
    Flyway,
    /// `schema_migrations` with `dirty`: only the current version.
    GolangMigrate,
    /// `goose_db_version`
    Goose,
    /// `knex_migrations`
    Knex,
    /// `databasechangelog`
    Liquibase,
    /// `pgmigrations`
    NodePgMigrate,
    /// `_prisma_migrations`
    Prisma,
    /// `refinery_schema_history`
    Refinery,
    /// `schema_migrations` of Rails, dbmate, Ecto and others.
    SchemaMigrations,
    /// `seaql_migrations`
    SeaOrm,
    /// `SequelizeMeta`
    Sequelize,
    /// `_sqlx_migrations`
    Sqlx,
    /// `migrations` with `timestamp`
    TypeOrm,
    /// A table that the user's settings name, with its columns.
    Custom,
}

impl LedgerKind {
    /// Every kind that is known by its shape: all but [`LedgerKind::Custom`].
    pub const ALL: [Self; 19] = [
        Self::Alembic,
        Self::Atlas,
        Self::Diesel,
        Self::Django,
        Self::Drizzle,
        Self::EfCore,
        Self::Flyway,
        Self::GolangMigrate,
        Self::Goose,
        Self::Knex,
        Self::Liquibase,
        Self::NodePgMigrate,
        Self::Prisma,
        Self::Refinery,
        Self::SchemaMigrations,
        Self::SeaOrm,
        Self::Sequelize,
        Self::Sqlx,
        Self::TypeOrm,
    ];

    /// The word in snapshots, records and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alembic => "alembic",
            Self::Atlas => "atlas",
            Self::Diesel => "diesel",
            Self::Django => "django",
            Self::Drizzle => "drizzle",
            Self::EfCore => "ef-core",
            Self::Flyway => "flyway",
            Self::GolangMigrate => "golang-migrate",
            Self::Goose => "goose",
            Self::Knex => "knex",
            Self::Liquibase => "liquibase",
            Self::NodePgMigrate => "node-pg-migrate",
            Self::Prisma => "prisma",
            Self::Refinery => "refinery",
            Self::SchemaMigrations => "schema-migrations",
            Self::SeaOrm => "sea-orm",
            Self::Sequelize => "sequelize",
            Self::Sqlx => "sqlx",
            Self::TypeOrm => "typeorm",
            Self::Custom => "custom",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Custom]).find(|kind| kind.word() == word)
    }

    /// The command that applies what is pending, as the tool's own documentation has it; nothing where several tools share
    /// the table.
    pub fn command(self) -> Option<&'static str> {
        Some(match self {
            Self::Alembic => "alembic upgrade head",
            Self::Atlas => "atlas migrate apply",
            Self::Diesel => "diesel migration run",
            Self::Django => "python manage.py migrate",
            Self::Drizzle => "npx drizzle-kit migrate",
            Self::EfCore => "dotnet ef database update",
            Self::Flyway => "flyway migrate",
            Self::GolangMigrate => "migrate up",
            Self::Goose => "goose up",
            Self::Knex => "npx knex migrate:latest",
            Self::Liquibase => "liquibase update",
            Self::NodePgMigrate => "npx node-pg-migrate up",
            Self::Prisma => "npx prisma migrate deploy",
            Self::Refinery => "refinery migrate",
            Self::SchemaMigrations | Self::Custom => return None,
            Self::SeaOrm => "sea-orm-cli migrate up",
            Self::Sequelize => "npx sequelize-cli db:migrate",
            Self::Sqlx => "sqlx migrate run",
            Self::TypeOrm => "npx typeorm migration:run",
        })
    }

    /// The command that clears the mark of a migration that failed, as the tool's own documentation has it; nothing where
    /// there is none.
    pub fn repair(self) -> Option<&'static str> {
        match self {
            Self::Atlas => Some("atlas migrate set VERSION"),
            Self::Flyway => Some("flyway repair"),
            Self::GolangMigrate => Some("migrate force VERSION"),
            Self::Prisma => Some("npx prisma migrate resolve --rolled-back NAME"),
            _ => None,
        }
    }

    /// Whether the table has a row for each applied migration, and not only for the newest.
    pub fn keeps_history(self) -> bool {
        !matches!(self, Self::Alembic | Self::GolangMigrate)
    }

    /// Whether the names of migrations are in the order in which they are applied: they begin with numbers or times.
    pub fn is_numbered(self) -> bool {
        !matches!(self, Self::Alembic | Self::Django | Self::Liquibase)
    }
}

/// What a name is sorted by, as bytes, with the numbers in it as numbers: `2` before `10`, `V1.9` before `V1.10`.
pub fn name_key(name: &str) -> Vec<u8> {
    // A number comes before any text, and where a name ends it comes before a longer one. What is written otherwise is told
    // apart last: `01` before `1`.
    const END: u8 = 0;
    const NUMBER: u8 = 1;
    let mut key = Vec::with_capacity(2 * name.len() + 12);
    let mut rest = name.as_bytes();
    while let Some(first) = rest.first() {
        let is_number = first.is_ascii_digit();
        let end = rest.iter().position(|byte| byte.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        if is_number {
            let zeros = part.iter().take_while(|digit| **digit == b'0').count();
            let digits = &part[zeros..];
            key.push(NUMBER);
            key.extend(u32::try_from(digits.len()).unwrap_or(u32::MAX).to_be_bytes());
            key.extend(digits);
        } else {
            key.extend(part);
        }
    }
    key.push(END);
    key.extend(name.as_bytes());
    key
}

/// The columns of a table that is a ledger since the user's settings say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerColumns {
    /// Holds the migration's name.
    pub version: String,
    /// Holds its place in the order; nothing where the names are in order.
    pub order: Option<String>,
}

/// A ledger as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Whose it is.
    pub kind: LedgerKind,
    /// The table.
    pub table: QualifiedName,
    /// Its columns, where the user's settings name them.
    pub columns: Option<LedgerColumns>,
    /// What it lists as applied, in its order; for one without history, the heads.
    pub applied: Vec<String>,
    /// For one without history: what leads to the heads, oldest first, as far as the migrations' files say it.
    pub order: Vec<String>,
    /// What it lists as failed or begun and not ended.
    pub failed: Vec<String>,
    /// Whether the rows could be read: not without the privilege, nor while the table is locked.
    pub readable: bool,
}

impl Ledger {
    /// The newest applied migration.
    pub fn head(&self) -> Option<&str> {
        self.applied.last().map(String::as_str)
    }

    /// Whether the names alone say the order: they begin with numbers or times.
    pub fn is_numbered(&self) -> bool {
        is_numbered(self.kind, self.columns.as_ref())
    }
}

/// A table that looks like a ledger and was left unread: what reads it might run somebody else's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntrustedLedger {
    /// Whose it looks like.
    pub kind: LedgerKind,
    /// The table.
    pub table: QualifiedName,
    /// Why it was left unread.
    pub reason: Distrust,
}

/// What keeps a table from being read as a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// The owner of its schema, who can put another table in its place.
    SchemaOwner(String),
    /// Its own owner.
    Owner(String),
    /// It is partitioned, a partition, inherits or is inherited from.
    Kin,
    /// It has rules.
    Rules,
    /// It has row security.
    RowSecurity,
    /// Its table access method is not the server's own.
    Storage,
    /// A column that is generated, or has a type or a collation that is not the server's own.
    Column(String),
    /// An index with an expression, a predicate, or an operator class that is not the server's own.
    Index(String),
    /// Extended statistics.
    Statistics(String),
}

/// [`Ledger::is_numbered`] of a ledger of this kind, with these columns.
pub fn is_numbered(kind: LedgerKind, columns: Option<&LedgerColumns>) -> bool {
    kind.is_numbered() && columns.is_none_or(|columns| columns.order.is_none())
}

/// A line of an order of migrations: a name, and where that is not the line before it, what it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The migration.
    pub name: &'a str,
    /// What it follows; nothing for the line before it.
    pub follows: Option<Vec<&'a str>>,
}

const FOLLOWS: &str = " (follows ";
/// What the first of all follows, as Alembic writes it.
const BASE: &str = "<base>";

impl<'a> Step<'a> {
    /// Reads a line.
    pub fn read(line: &'a str) -> Self {
        let parts = line.strip_suffix(')').and_then(|line| line.rsplit_once(FOLLOWS));
        let Some((name, follows)) = parts else { return Self { name: line, follows: None } };
        Self { name, follows: Some(follows.split(", ").filter(|name| *name != BASE).collect()) }
    }

    /// The line of a migration behind another, or the first.
    pub fn line(name: &str, follows: &[&str], before: Option<&str>) -> String {
        match (follows, before) {
            ([], None) => name.to_owned(),
            ([one], Some(before)) if *one == before => name.to_owned(),
            ([], Some(_)) => format!("{name}{FOLLOWS}{BASE})"),
            (follows, _) => format!("{name}{FOLLOWS}{})", follows.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_one_kinds() {
        for kind in LedgerKind::ALL {
            assert_eq!(LedgerKind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(LedgerKind::from_word(LedgerKind::Custom.word()), Some(LedgerKind::Custom));
        assert_eq!(LedgerKind::from_word("rails"), None);
    }

    #[test]
    fn a_step_says_what_it_follows_where_that_is_not_the_line_before() {
        for (name, follows, before, line) in [
            ("a1", &[][..], None, "a1"),
            ("b2", &["a1"], Some("a1"), "b2"),
            ("c3", &["a1"], Some("b2"), "c3 (follows a1)"),
            ("d4", &["b2", "c3"], Some("c3"), "d4 (follows b2, c3)"),
            ("x1", &[], Some("d4"), "x1 (follows <base>)"),
        ] {
            assert_eq!(Step::line(name, follows, before), line);
            let follows = line.contains(' ').then(|| follows.to_vec());
            assert_eq!(Step::read(line), Step { name, follows });
        }
    }

    #[test]
    fn numbers_in_names_are_numbers() {
        for (smaller, greater) in [
            ("2", "10"),
            ("V1.9", "V1.10"),
            ("20240101_a", "20240202_a"),
            ("20240101_a", "20240101_b"),
            ("a", "a1"),
            ("a1", "ab"),
            ("a1b", "a1b2"),
            ("a01b", "a1c"),
            ("1", "a"),
            ("99999999999999999999999999999999999999999", "100000000000000000000000000000000000000000"),
            // Equal numbers are told apart by how they are written.
            ("01", "1"),
        ] {
            assert!(name_key(smaller) < name_key(greater), "{smaller} {greater}");
        }
    }
}
