//! Why: what the migration ledger says about what is missing. Evidence for the cause, never a verdict.

use crate::catalog::Catalog;
use crate::code::{Code, Severity};
use crate::finding::{Finding, wording};
use crate::ledger::{Ledger, LedgerKind, Stamp};
use crate::manifest::Manifest;

/// The order of migrations, from a snapshot's `ledger.txt`, for ledgers that keep only their head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerOrder {
    /// Oldest first.
    pub migrations: Vec<String>,
}

/// Adds the ledger's evidence to findings about missing objects: as the cause of each, and as a finding of its own.
pub fn causes<'a>(
    manifests: impl IntoIterator<Item = &'a Manifest>,
    catalog: &Catalog,
    order: Option<&LedgerOrder>,
    findings: &mut Vec<Finding>,
) {
    let failed: Vec<Finding> = catalog
        .ledgers
        .iter()
        .filter(|ledger| !ledger.failed.is_empty())
        .map(wording::ledger_failed)
        .collect();
    let missing: Vec<String> =
        findings.iter().filter(|finding| is_missing(finding)).map(|finding| finding.object.clone()).collect();
    // The newest stamp of the program: models are compiled at different times, and each saw the ledger of its time.
    let stamp =
        manifests.into_iter().filter_map(|manifest| manifest.ledger.as_ref()).max_by_key(|stamp| stamp.count);
    if let (false, Some(stamp)) = (missing.is_empty(), stamp) {
        let ledger =
            catalog.ledgers.iter().find(|ledger| ledger.kind.word() == stamp.kind && ledger.readable);
        if let Some(ledger) = ledger {
            let evidence = judge(ledger, stamp, order, &missing);
            for finding in findings.iter_mut().filter(|finding| is_missing(finding)) {
                finding.cause = Some(evidence.message.clone());
            }
            findings.push(evidence);
        }
    }
    findings.extend(failed);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
}

fn is_missing(finding: &Finding) -> bool {
    let code = matches!(
        finding.code,
        Code::MissingRelation | Code::MissingColumn | Code::MissingType | Code::UnknownLabel
    );
    code && finding.severity > Severity::Info
}

fn judge(ledger: &Ledger, stamp: &Stamp, order: Option<&LedgerOrder>, missing: &[String]) -> Finding {
    if ledger.applied.contains(&stamp.head) {
        let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
        return wording::ledger_stamped(ledger, stamp, &missing);
    }
    match pending(ledger, stamp, order) {
        Some(pending) if pending > 0 => wording::ledger_behind(ledger, stamp, pending),
        _ => wording::ledger_other_head(ledger, stamp),
    }
}

/// How many migrations the ledger lacks, where the order is known and the ledger lies on it.
fn pending(ledger: &Ledger, stamp: &Stamp, order: Option<&LedgerOrder>) -> Option<u32> {
    if let Some(order) = order {
        let place = |migration: &str| order.migrations.iter().position(|known| known == migration);
        let end = place(&stamp.head)?;
        if ledger.kind.keeps_history() {
            // An applied migration that the order does not know: another line of history.
            if !ledger.applied.iter().all(|applied| place(applied).is_some()) {
                return None;
            }
            let lacking = order.migrations[..=end].iter().filter(|known| !ledger.applied.contains(known));
            return u32::try_from(lacking.count()).ok();
        }
        let here = match ledger.head() {
            Some(head) => place(head)? + 1,
            None => 0,
        };
        return u32::try_from((end + 1).checked_sub(here)?).ok();
    }
    // Without the list: these tools number their migrations in the order in which they are applied.
    let numbered = matches!(ledger.kind, LedgerKind::Sqlx | LedgerKind::Diesel | LedgerKind::Prisma);
    let older = |applied: &String| compare_numbered(applied, &stamp.head).is_lt();
    if numbered && ledger.applied.iter().all(older) {
        let applied = u32::try_from(ledger.applied.len()).ok()?;
        return stamp.count.checked_sub(applied);
    }
    None
}

/// By number where both are numbers (sqlx: `2` before `10`), else as text (Prisma and diesel begin with a time).
fn compare_numbered(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<u128>(), b.parse::<u128>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::compare::testing::{model, table};
    use crate::compare::{Moment, compare_all};

    fn found(
        kind: LedgerKind,
        applied: &[&str],
        head: &str,
        count: u32,
        order: Option<&[&str]>,
    ) -> Vec<String> {
        let mut catalog = table("public.other", &[]);
        catalog.ledgers = vec![Ledger {
            kind,
            table: QualifiedName::new("public", "ledger"),
            applied: applied.iter().map(|&m| m.into()).collect(),
            failed: vec![],
            readable: true,
        }];
        let mut model = model("users", &[]);
        model.ledger = Some(Stamp { kind: kind.word().into(), head: head.into(), count });
        let order = order.map(|order| LedgerOrder { migrations: order.iter().map(|&m| m.into()).collect() });
        let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
        causes([&model], &catalog, order.as_ref(), &mut findings);
        assert_eq!(findings[0].code, Code::MissingRelation);
        assert_eq!(findings[0].cause.as_deref(), findings.get(1).map(|f| f.message.as_str()));
        findings[1..].iter().map(Finding::headline).collect()
    }

    #[test]
    fn a_head_that_is_reached_while_objects_are_missing_was_stamped() {
        assert_eq!(
            found(LedgerKind::Alembic, &["b2"], "b2", 1, None),
            ["info[ledger-stamped]: the migration ledger `public.ledger` lists `b2` as applied, \
              but 1 object that the program needs is missing"]
        );
    }

    #[test]
    fn behind_is_said_only_where_the_order_is_known() {
        let other = [
            "info[ledger-other-head]: the migration ledger `public.ledger` is at another head than the build",
        ];
        let behind = |n| {
            format!(
                "info[ledger-behind]: the database is {n} behind the build, says the ledger `public.ledger`"
            )
        };
        assert_eq!(found(LedgerKind::Alembic, &["a1"], "b2", 1, None), other);
        assert_eq!(
            found(LedgerKind::Alembic, &["a1"], "c3", 1, Some(&["a1", "b2", "c3"])),
            [behind("2 migrations")]
        );
        assert_eq!(found(LedgerKind::Alembic, &["x"], "c3", 1, Some(&["a1", "b2", "c3"])), other);
        assert_eq!(found(LedgerKind::Sqlx, &["2", "9"], "10", 3, None), [behind("1 migration")]);
        assert_eq!(found(LedgerKind::Sqlx, &[], "10", 3, None), [behind("3 migrations")]);
        assert_eq!(found(LedgerKind::Sqlx, &["2", "11"], "10", 3, None), other);
        assert_eq!(
            found(LedgerKind::Prisma, &["20240101_a"], "20240202_b", 2, None),
            [behind("1 migration")]
        );
    }

    #[test]
    fn the_ledger_never_speaks_when_nothing_is_missing() {
        let mut catalog = table("public.users", &[]);
        catalog.ledgers = vec![Ledger {
            kind: LedgerKind::Sqlx,
            table: QualifiedName::new("public", "_sqlx_migrations"),
            applied: vec!["1".into()],
            failed: vec!["2".into()],
            readable: true,
        }];
        let mut model = model("users", &[]);
        model.ledger = Some(Stamp { kind: "sqlx".into(), head: "3".into(), count: 3 });
        let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
        causes([&model], &catalog, None, &mut findings);
        let headlines: Vec<String> = findings.iter().map(Finding::headline).collect();
        assert_eq!(
            headlines,
            [
                "warning[ledger-failed]: the migration ledger `public._sqlx_migrations` lists `2` as failed or unfinished"
            ]
        );
    }
}
