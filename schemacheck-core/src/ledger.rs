//! The ledger: the table in which a migration tool writes down what it has applied. Evidence, never a verdict.

use crate::ident::QualifiedName;

/// The migration tools whose ledgers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerKind {
    /// `alembic_version`: only the current heads.
    Alembic,
    /// `_sqlx_migrations`
    Sqlx,
    /// `__diesel_schema_migrations`
    Diesel,
    /// `_prisma_migrations`
    Prisma,
}

impl LedgerKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Alembic, Self::Sqlx, Self::Diesel, Self::Prisma];

    /// The word in snapshots, records and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alembic => "alembic",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::Prisma => "prisma",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether the table has a row for each applied migration, and not only for the newest.
    pub fn keeps_history(self) -> bool {
        !matches!(self, Self::Alembic)
    }
}

/// A ledger as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Whose it is.
    pub kind: LedgerKind,
    /// The table.
    pub table: QualifiedName,
    /// What it lists as applied, in its order; for one without history, the heads.
    pub applied: Vec<String>,
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
}

/// What a record keeps of the ledger that the build's snapshot had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// [`LedgerKind::word`]
    pub kind: String,
    /// The newest migration.
    pub head: String,
    /// How many there were.
    pub count: u32,
}
