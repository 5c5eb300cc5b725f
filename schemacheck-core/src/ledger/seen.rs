//! What the build saw of a ledger: the program carries it, so that the cause of what is missing can be named.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::{Ledger, LedgerColumns, LedgerKind, name_key};
use crate::fingerprint::column_hash;
use crate::ident::QualifiedName;

/// Of how many migrations a program carries the names. Of older ones it carries a number of four bytes each, which says
/// whether a ledger lists them, and not their names: a program has several crates of models, and each carries this.
pub const NEWEST: usize = 1_000;

/// A ledger as the snapshot of a build had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenLedger {
    /// The named database whose ledger it is; nothing for the default one.
    pub database: Option<String>,
    /// Whose it is.
    pub kind: LedgerKind,
    /// The table.
    pub table: QualifiedName,
    /// Its columns, where the user's settings name them.
    pub columns: Option<LedgerColumns>,
    /// Where it was, if it keeps only that.
    pub heads: Vec<String>,
    /// What it listed as applied, the newest [`NEWEST`] in its order. For a ledger that keeps only its heads the lines of
    /// what leads to them, as far as the migrations' files said it.
    pub migrations: Vec<String>,
    /// Numbers that stand for those before them.
    pub older: Vec<u32>,
}

impl SeenLedger {
    /// Of a snapshot's ledger.
    pub fn of(database: Option<&str>, ledger: &Ledger) -> Self {
        let (heads, all) = match ledger.kind.keeps_history() {
            true => (Vec::new(), &ledger.applied),
            false => (ledger.applied.clone(), &ledger.order),
        };
        let (older, newest) = all.split_at(all.len().saturating_sub(NEWEST));
        Self {
            database: database.map(str::to_owned),
            kind: ledger.kind,
            table: ledger.table.clone(),
            columns: ledger.columns.clone(),
            heads,
            migrations: newest.to_vec(),
            older: older.iter().map(|name| number(name)).collect(),
        }
    }

    /// How many migrations it has.
    pub fn len(&self) -> usize {
        self.older.len() + self.migrations.len()
    }

    /// Whether the build saw no migration at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.heads.is_empty()
    }

    /// The newest migration; where the tool allows several heads, all of them.
    pub fn newest(&self) -> Vec<&str> {
        match self.kind.keeps_history() {
            true => self.migrations.last().map(String::as_str).into_iter().collect(),
            false => self.heads.iter().map(String::as_str).collect(),
        }
    }

    /// Whether it keeps only where the database is: a tool's that keeps no history, and a table of the user's own with one
    /// row, of which nobody knows.
    pub fn keeps_head_only(&self) -> bool {
        !self.kind.keeps_history() || self.kind == LedgerKind::Custom && self.len() == 1
    }

    /// Whether the build saw any of these migrations.
    pub fn shares_any(&self, applied: &[String]) -> bool {
        let lines: HashSet<&str> = match self.kind.keeps_history() {
            true => self.migrations.iter().map(String::as_str).collect(),
            false => {
                let lines = self.migrations.iter().map(|line| super::Step::read(line).name);
                lines.chain(self.heads.iter().map(String::as_str)).collect()
            }
        };
        let older: HashSet<u32> = self.older.iter().copied().collect();
        applied.iter().any(|name| lines.contains(name.as_str()) || older.contains(&number(name)))
    }

    /// The newest of several: the crates of a program were built at different times, and each saw the ledger of its time.
    pub fn newest_of(seen: Vec<Self>) -> Option<Self> {
        seen.into_iter().max_by(|a, b| {
            let by_name = || match (a.kind.is_numbered() && b.kind.is_numbered(), a.newest(), b.newest()) {
                (true, a, b) if !a.is_empty() && !b.is_empty() => name_key(a[0]).cmp(&name_key(b[0])),
                _ => Ordering::Equal,
            };
            // Whether another's heads lead to these.
            let follows = || b.shares_any(&a.heads).cmp(&a.shares_any(&b.heads)).reverse();
            a.len().cmp(&b.len()).then_with(follows).then_with(by_name)
        })
    }
}

/// What stands for the name of an older migration. That another migration of a ledger has the number of one that is missing
/// there happens once in four hundred thousand times, if the ledger is as long as any.
pub(crate) fn number(name: &str) -> u32 {
    let hash = column_hash(name);
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(kind: LedgerKind, applied: &[&str], order: &[&str]) -> Ledger {
        let strings = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Ledger {
            kind,
            table: QualifiedName::new("public", "ledger"),
            columns: None,
            applied: strings(applied),
            order: strings(order),
            failed: vec![],
            readable: true,
        }
    }

    fn seen(kind: LedgerKind, applied: &[&str]) -> SeenLedger {
        SeenLedger::of(None, &ledger(kind, applied, &[]))
    }

    #[test]
    fn of_many_migrations_the_newest_are_named() {
        let names: Vec<String> = (0..5_000).map(|n| format!("2024{n:010}_migration")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let seen = seen(LedgerKind::Sqlx, &names);
        assert_eq!((seen.migrations.len(), seen.older.len(), seen.len()), (NEWEST, 4_000, 5_000));
        assert_eq!(seen.newest(), [names[4_999]]);
        assert!(seen.shares_any(&[names[0].to_owned()]) && !seen.shares_any(&["x".to_owned()]));
        let numbers: HashSet<u32> = seen.older.iter().copied().collect();
        assert_eq!(numbers.len(), 4_000);
    }

    #[test]
    fn of_several_the_newest_counts() {
        let newest = |several: Vec<SeenLedger>| {
            let newest = SeenLedger::newest_of(several).unwrap();
            newest.newest().join(" ")
        };
        let sqlx = |applied: &[&str]| seen(LedgerKind::Sqlx, applied);
        assert_eq!(newest(vec![sqlx(&["1", "2"]), sqlx(&["1"])]), "2");
        assert_eq!(newest(vec![sqlx(&["1"]), sqlx(&["1", "2"])]), "2");
        for heads in [["9", "10"], ["10", "9"]] {
            let several = heads.map(|head| seen(LedgerKind::GolangMigrate, &[head]));
            assert_eq!(newest(several.to_vec()), "10");
        }
        let with_order = SeenLedger::of(None, &ledger(LedgerKind::Alembic, &["a2"], &["f1", "a2"]));
        let without = seen(LedgerKind::Alembic, &["f1"]);
        assert_eq!(newest(vec![with_order.clone(), without.clone()]), "a2");
        assert_eq!(newest(vec![without, with_order]), "a2");
        assert_eq!(SeenLedger::newest_of(vec![]), None);
    }

    #[test]
    fn one_row_of_a_table_of_ones_own_may_be_where_the_database_is() {
        let custom = |applied: &[&str]| seen(LedgerKind::Custom, applied).keeps_head_only();
        assert!(custom(&["1"]) && !custom(&["1", "2"]));
        assert!(!seen(LedgerKind::Sqlx, &["1"]).keeps_head_only());
    }
}
