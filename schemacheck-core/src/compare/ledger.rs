//! Why: what the migration ledger says about what is missing. Evidence for the cause, never a verdict.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::elsewhere;
use crate::catalog::Catalog;
use crate::code::{Code, Severity};
use crate::finding::{Finding, wording};
use crate::ident::QualifiedName;
use crate::ledger::{Ledger, LedgerKind, Stamp, Step, compare_names};
use crate::manifest::{Manifest, Sort};

/// The order of migrations, from a snapshot's `ledger.txt`, for ledgers that keep only their head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerOrder {
    /// Oldest first.
    pub migrations: Vec<String>,
}

/// Adds the ledger's evidence to findings about missing objects and errors about others: as the cause of each, and as a
/// finding of its own. Where nearly everything is missing, says in front that this may be another database, or that the
/// schema of this tenant may be another one.
pub fn causes<'a>(
    manifests: impl IntoIterator<Item = &'a Manifest> + Clone,
    catalog: &Catalog,
    order: Option<&LedgerOrder>,
    tenant: Option<&str>,
    findings: &mut Vec<Finding>,
) {
    for (hiding, message) in hiding(manifests.clone(), catalog) {
        let of_it = |finding: &&mut Finding| is_unfit(finding) && is_within(&finding.object, &hiding);
        for finding in findings.iter_mut().filter(of_it) {
            finding.cause = Some(message.clone());
        }
    }
    let objects = |is: fn(&Finding) -> bool| -> Vec<String> {
        findings.iter().filter(|finding| is(finding)).map(|finding| finding.object.clone()).collect()
    };
    let (missing, unfit, lost) = (objects(is_missing), objects(is_unfit), objects(is_lost));
    let stamp = newest(manifests.clone().into_iter().filter_map(|manifest| manifest.ledger.as_ref()), order);
    let own = stamp.and_then(|stamp| Some((stamp, of_program(catalog, stamp)?)));
    let programs = |ledger: &&Ledger| match own {
        Some((stamp, own)) => {
            std::ptr::eq(*ledger, own)
                && (is_near(own, manifests.clone(), catalog) || knows(own, &stamp.head))
        }
        None => stamp.is_none() && is_near(ledger, manifests.clone(), catalog),
    };
    let has_failed = |ledger: &&Ledger| !ledger.failed.is_empty() && programs(ledger);
    let failed: Vec<Finding> =
        catalog.ledgers.iter().filter(has_failed).map(wording::ledger_failed).collect();
    if let Some((stamp, ledger)) = own {
        let [missing, unfit, lost] =
            [&missing, &unfit, &lost].map(|objects| objects.iter().map(String::as_str).collect::<Vec<_>>());
        let mut explain = |is_explained: fn(&Finding) -> bool, evidence: &Finding| {
            for finding in findings.iter_mut().filter(|finding| is_explained(finding)) {
                finding.cause = Some(evidence.message.clone());
            }
        };
        let evidence = match place(ledger, stamp, order) {
            // Of a head that was not reached nobody knows how much is there. That is the cause then, and no place.
            _ if is_between(ledger) => {
                explain(is_unfit, &wording::ledger_failed(ledger));
                None
            }
            // A database that has more than the program needs is said to be ahead all the same.
            Place::Ahead(by) => Some(wording::ledger_ahead(ledger, stamp, by, &missing, &unfit)),
            // What is there and differs is not for want of a migration then.
            Place::Same if lost.is_empty() => None,
            // All that the build saw has run, and another one failed on its way: nobody need have stamped anything.
            Place::Same if !ledger.failed.is_empty() => {
                explain(is_lost, &wording::ledger_failed(ledger));
                None
            }
            Place::Same => Some(wording::ledger_stamped(ledger, stamp, &lost)),
            _ if unfit.is_empty() => None,
            Place::Behind(pending) => Some(wording::ledger_behind(ledger, stamp, pending)),
            Place::Elsewhere => Some(wording::ledger_other_head(ledger, stamp)),
        };
        if let Some(evidence) = evidence {
            explain(if evidence.code == Code::LedgerStamped { is_lost } else { is_unfit }, &evidence);
            findings.push(evidence);
        }
    } else if let Some(unread) = stamp.and_then(|stamp| unread(catalog, stamp))
        && let Some(first) = findings.iter_mut().find(|finding| is_unfit(finding))
    {
        first.notes.push(unread);
    }
    findings.extend(failed);
    findings.extend(catalog.untrusted_ledgers.iter().map(wording::ledger_untrusted));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    elsewhere::check(manifests, catalog, tenant, findings);
}

/// The newest stamp of a program: models are compiled at different times, and each saw the ledger of its time. Where each
/// saw but a head, by what is known of the order.
fn newest<'a>(stamps: impl Iterator<Item = &'a Stamp>, order: Option<&LedgerOrder>) -> Option<&'a Stamp> {
    let place = |stamp: &Stamp| {
        order.and_then(|order| order.migrations.iter().position(|line| Step::read(line).name == stamp.head))
    };
    let is_numbered = |stamp: &Stamp| LedgerKind::from_word(&stamp.kind).is_some_and(LedgerKind::is_numbered);
    stamps.max_by(|a, b| {
        let by_name = || match is_numbered(a) && is_numbered(b) {
            true => compare_names(&a.head, &b.head),
            false => Ordering::Equal,
        };
        a.count.cmp(&b.count).then_with(|| place(a).cmp(&place(b))).then_with(by_name)
    })
}

/// The relations that hide the ones in which the build found the names, or may where nobody asked: each with what is said
/// of it. Where they lack something, no migration need be the cause.
fn hiding<'a>(manifests: impl IntoIterator<Item = &'a Manifest>, catalog: &Catalog) -> Vec<(String, String)> {
    let models = manifests.into_iter().filter(|manifest| manifest.sort == Sort::Model);
    let hiding = models.filter_map(|manifest| {
        let (None, Some(built)) = (&manifest.schema, &manifest.resolved) else { return None };
        let found = &catalog.relation(None, &manifest.relation)?.name;
        let hidden = QualifiedName::new(built, &found.name);
        let may_be_there = !catalog.knows_names || catalog.known_relations.contains(&hidden);
        (*built != found.schema && may_be_there)
            .then(|| (found.to_string(), wording::other_schema(manifest, built, found).message))
    });
    hiding.collect()
}

/// Whether an object is a relation, or within it.
fn is_within(object: &str, relation: &str) -> bool {
    object.strip_prefix(relation).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a ledger of heads alone has one that failed or did not end.
fn is_between(ledger: &Ledger) -> bool {
    !ledger.kind.keeps_history() && !ledger.failed.is_empty()
}

fn is_missing(finding: &Finding) -> bool {
    let code = matches!(
        finding.code,
        Code::MissingRelation | Code::MissingColumn | Code::MissingType | Code::UnknownLabel
    );
    code && finding.severity > Severity::Info
}

/// What is missing for a reason that is not known yet.
fn is_lost(finding: &Finding) -> bool {
    is_missing(finding) && finding.cause.is_none()
}

/// What a migration that has not run, or one too many, may be the cause of: what is missing, and any other error about an
/// object.
fn is_unfit(finding: &Finding) -> bool {
    let of_the_schema = !matches!(
        finding.code,
        Code::MissingPrivilege
            | Code::Unreadable
            | Code::OtherDatabase
            | Code::NoModels
            | Code::StaleSnapshot
    );
    let promised =
        matches!(finding.code, Code::MissingIndex | Code::MissingConstraint | Code::MissingDefault);
    is_missing(finding)
        || of_the_schema && finding.severity == Severity::Error
        || promised && finding.severity > Severity::Info
}

/// The ledger of the program's own tool. Of several, such as those of other tenants, the first on the search path; of
/// those beside it, the one that knows the build's head.
fn of_program<'a>(catalog: &'a Catalog, stamp: &Stamp) -> Option<&'a Ledger> {
    let of_kind = |ledger: &&Ledger| ledger.kind.word() == stamp.kind && ledger.readable;
    let schema = |ledger: &&Ledger| {
        let path = &catalog.search_path;
        path.iter().position(|schema| *schema == ledger.table.schema).unwrap_or(path.len())
    };
    let knows_head = |ledger: &&Ledger| ledger.applied.contains(&stamp.head);
    let ledgers = catalog.ledgers.iter().filter(of_kind);
    ledgers.min_by_key(|ledger| (schema(ledger), !knows_head(ledger)))
}

/// What is said of a ledger of the program's own tool of which no more is known than that it is there.
fn unread(catalog: &Catalog, stamp: &Stamp) -> Option<String> {
    let unread = catalog.ledgers.iter().find(|ledger| ledger.kind.word() == stamp.kind && !ledger.readable);
    let mut untrusted = catalog.untrusted_ledgers.iter().filter(|ledger| ledger.kind.word() == stamp.kind);
    unread.map(wording::ledger_unread).or_else(|| untrusted.next().map(wording::ledger_untrusted_note))
}

/// Whether a ledger is in a schema that holds a model's relation, or on the search path.
fn is_near<'a>(
    ledger: &Ledger,
    manifests: impl IntoIterator<Item = &'a Manifest>,
    catalog: &Catalog,
) -> bool {
    let schema = Some(ledger.table.schema.as_str());
    catalog.search_path.iter().any(|known| Some(known.as_str()) == schema)
        || manifests.into_iter().any(|manifest| manifest.schema.as_deref() == schema)
}

fn knows(ledger: &Ledger, migration: &String) -> bool {
    ledger.applied.contains(migration) || ledger.failed.contains(migration)
}

/// Where a ledger stands beside what the build saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Same,
    /// It lacks so many migrations.
    Behind(u32),
    /// It has more; how many, where that is known.
    Ahead(Option<u32>),
    /// On another line, or on this one at a place that nobody here knows.
    Elsewhere,
}

fn place(ledger: &Ledger, stamp: &Stamp, order: Option<&LedgerOrder>) -> Place {
    let by_order = order.and_then(|order| match ledger.kind.keeps_history() {
        true => history_on(ledger, stamp, &order.migrations),
        false => head_on(ledger, stamp, &order.migrations),
    });
    by_order.unwrap_or_else(|| match ledger.kind.keeps_history() {
        true => history(ledger, stamp),
        false => heads(ledger, stamp),
    })
}

/// A ledger of all that was applied, beside a list of all that there is. Nothing if the list does not know the build's.
fn history_on(ledger: &Ledger, stamp: &Stamp, order: &[String]) -> Option<Place> {
    let end = order.iter().position(|known| *known == stamp.head)?;
    let known: HashSet<&String> = order.iter().collect();
    let applied: HashSet<&String> = ledger.applied.iter().collect();
    let lacking = order[..=end].iter().filter(|migration| !applied.contains(migration)).count();
    let beyond = ledger.applied.len().saturating_sub(end + 1 - lacking);
    Some(match (lacking, ledger.applied.iter().all(|migration| known.contains(migration))) {
        (0, _) if beyond == 0 => Place::Same,
        (0, _) => Place::Ahead(u32::try_from(beyond).ok()),
        (_, true) => Place::Behind(u32::try_from(lacking).ok()?),
        // An applied migration that the list does not know: another line of history.
        (_, false) => Place::Elsewhere,
    })
}

/// A ledger of all that was applied, by the names and their number.
fn history(ledger: &Ledger, stamp: &Stamp) -> Place {
    let Ok(applied) = u32::try_from(ledger.applied.len()) else { return Place::Elsewhere };
    let older = |migration: &String| compare_names(migration, &stamp.head).is_lt();
    let knows_head = ledger.applied.contains(&stamp.head);
    match applied.cmp(&stamp.count) {
        Ordering::Equal if knows_head => Place::Same,
        Ordering::Greater if knows_head => Place::Ahead(Some(applied - stamp.count)),
        Ordering::Less if knows_head => Place::Behind(stamp.count - applied),
        // By names that are in the order in which they are applied.
        Ordering::Less if ledger.kind.is_numbered() && ledger.applied.iter().all(older) => {
            Place::Behind(stamp.count - applied)
        }
        _ => Place::Elsewhere,
    }
}

/// A ledger of heads alone, beside a list of what leads to them: by all that each of both sides stands on. Nothing if one of
/// the heads is not in it.
fn head_on(ledger: &Ledger, stamp: &Stamp, order: &[String]) -> Option<Place> {
    let mut follows: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut before = None;
    for line in order {
        let step = Step::read(line);
        follows.insert(step.name, step.follows.unwrap_or_else(|| before.into_iter().collect()));
        before = Some(step.name);
    }
    let wanted = standing_on(stamp.heads().collect(), &follows)?;
    let here = standing_on(ledger.applied.iter().map(String::as_str).collect(), &follows)?;
    Some(match (here.is_subset(&wanted), wanted.is_subset(&here)) {
        (true, true) => Place::Same,
        (true, false) => Place::Behind(u32::try_from(wanted.len() - here.len()).ok()?),
        (false, true) => Place::Ahead(u32::try_from(here.len() - wanted.len()).ok()),
        (false, false) => Place::Elsewhere,
    })
}

/// Some migrations with all that leads to them; nothing if one of them is not known.
fn standing_on<'a>(
    heads: Vec<&'a str>,
    follows: &HashMap<&'a str, Vec<&'a str>>,
) -> Option<HashSet<&'a str>> {
    let (mut all, mut open) = (HashSet::new(), heads);
    while let Some(migration) = open.pop() {
        if all.insert(migration) {
            open.extend(follows.get(migration)?);
        }
    }
    Some(all)
}

/// A ledger of heads alone.
fn heads(ledger: &Ledger, stamp: &Stamp) -> Place {
    let has_all = stamp.heads().all(|head| ledger.applied.iter().any(|applied| applied == head));
    match (has_all, ledger.applied.len() > stamp.heads().count()) {
        (true, false) => Place::Same,
        (true, true) => Place::Ahead(None),
        (false, _) => Place::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::compare::testing::{model, table};
    use crate::compare::{Moment, compare_all};
    use crate::ledger::{Distrust, UntrustedLedger};

    fn stamp(kind: LedgerKind, head: &str, count: u32) -> Stamp {
        Stamp { kind: kind.word().into(), head: head.into(), other_heads: vec![], count }
    }

    fn ledger(kind: LedgerKind, applied: &[&str]) -> Ledger {
        Ledger {
            kind,
            table: QualifiedName::new("public", "ledger"),
            applied: applied.iter().map(|&m| m.into()).collect(),
            order: vec![],
            failed: vec![],
            readable: true,
        }
    }

    fn found(
        kind: LedgerKind,
        applied: &[&str],
        head: &str,
        count: u32,
        order: Option<&[&str]>,
    ) -> Vec<String> {
        let mut catalog = table("public.other", &[]);
        catalog.ledgers = vec![ledger(kind, applied)];
        let mut model = model("users", &[]);
        model.ledger = Some(stamp(kind, head, count));
        let order = order.map(|order| LedgerOrder { migrations: order.iter().map(|&m| m.into()).collect() });
        let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
        causes([&model], &catalog, order.as_ref(), None, &mut findings);
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
    fn another_branch_is_neither_behind_nor_ahead() {
        let order = Some(&["a1", "b2", "c3 (follows a1)", "d4 (follows b2, c3)", "e5"][..]);
        let other = [
            "info[ledger-other-head]: the migration ledger `public.ledger` is at another head than the build",
        ];
        let behind = |n: &str| {
            [format!(
                "info[ledger-behind]: the database is {n} behind the build, says the ledger `public.ledger`"
            )]
        };
        assert_eq!(found(LedgerKind::Alembic, &["c3"], "b2", 1, order), other);
        assert_eq!(found(LedgerKind::Alembic, &["b2"], "c3", 1, order), other);
        assert_eq!(found(LedgerKind::Alembic, &["c3"], "d4", 1, order), behind("2 migrations"));
        assert_eq!(found(LedgerKind::Alembic, &["b2", "c3"], "d4", 1, order), behind("1 migration"));
        assert_eq!(found(LedgerKind::Alembic, &["a1"], "c3", 1, order), behind("1 migration"));
        assert_eq!(found(LedgerKind::Alembic, &[], "e5", 1, order), behind("5 migrations"));
        assert_eq!(
            found(LedgerKind::Alembic, &["e5"], "c3", 1, order),
            [
                "info[ledger-ahead]: the database is 3 migrations ahead of the build, says the ledger `public.ledger`"
            ]
        );
    }

    #[test]
    fn ahead_is_said_with_what_a_later_migration_may_have_removed() {
        let ahead = |by: &str| {
            [format!("info[ledger-ahead]: the database is {by} the build, says the ledger `public.ledger`")]
        };
        assert_eq!(found(LedgerKind::Sqlx, &["1", "2", "3"], "2", 2, None), ahead("1 migration ahead of"));
        assert_eq!(
            found(LedgerKind::Alembic, &["c3"], "a1", 1, Some(&["a1", "b2", "c3"])),
            ahead("2 migrations ahead of")
        );
        assert_eq!(found(LedgerKind::Alembic, &["a1", "x9"], "a1", 1, None), ahead("ahead of"));
        assert_eq!(
            found(LedgerKind::Sqlx, &["1", "2", "9"], "2", 2, Some(&["1", "2"])),
            ahead("1 migration ahead of")
        );
    }

    #[test]
    fn a_gap_before_the_head_is_behind() {
        let behind = [
            "info[ledger-behind]: the database is 1 migration behind the build, says the ledger `public.ledger`",
        ];
        assert_eq!(found(LedgerKind::Diesel, &["1", "3"], "3", 3, None), behind);
        assert_eq!(found(LedgerKind::Diesel, &["1", "3"], "3", 3, Some(&["1", "2", "3"])), behind);
        // Names that are in no order say nothing.
        let other = [
            "info[ledger-other-head]: the migration ledger `public.ledger` is at another head than the build",
        ];
        assert_eq!(found(LedgerKind::Django, &["a.1"], "b.2", 2, None), other);
        assert_eq!(found(LedgerKind::GolangMigrate, &["3"], "4", 1, None), other);
    }

    #[test]
    fn several_heads_are_all_needed() {
        let mut catalog = table("public.other", &[]);
        let ledger = |applied: &[&str]| Ledger {
            kind: LedgerKind::Alembic,
            table: QualifiedName::new("public", "alembic_version"),
            applied: applied.iter().map(|&head| head.into()).collect(),
            order: vec![],
            failed: vec![],
            readable: true,
        };
        let mut model = model("users", &[]);
        model.ledger = Stamp::of(&ledger(&["b2", "c3"]));
        let mut code = |applied: &[&str]| {
            catalog.ledgers = vec![ledger(applied)];
            let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
            causes([&model], &catalog, None, None, &mut findings);
            (findings[1].code, findings[1].notes.iter().find(|note| note.contains("build saw")).cloned())
        };
        assert_eq!(code(&["c3", "b2"]), (Code::LedgerStamped, None));
        let seen = |here: &str| Some(format!("the build saw `b2` and `c3`, the database is at {here}"));
        assert_eq!(code(&["c3"]), (Code::LedgerOtherHead, seen("`c3`")));
        assert_eq!(code(&["b2", "c3", "d4"]), (Code::LedgerAhead, seen("`b2` and `c3` and `d4`")));
    }

    #[test]
    fn of_several_ledgers_the_first_on_the_search_path_counts() {
        let mut catalog = table("public.other", &[]);
        let ledger = |schema: &str, head: &str| Ledger {
            kind: LedgerKind::Sqlx,
            table: QualifiedName::new(schema, "_sqlx_migrations"),
            applied: vec![head.into()],
            order: vec![],
            failed: vec![],
            readable: true,
        };
        let unreadable = Ledger { readable: false, ..ledger("public", "1") };
        catalog.ledgers = vec![ledger("archive", "1"), unreadable, ledger("public", "0")];
        let stamp = stamp(LedgerKind::Sqlx, "1", 1);
        assert_eq!(of_program(&catalog, &stamp).map(|ledger| &*ledger.applied[0]), Some("0"));
        catalog.ledgers.remove(2);
        assert_eq!(of_program(&catalog, &stamp).map(|ledger| &*ledger.table.schema), Some("archive"));
    }

    #[test]
    fn a_ledger_that_was_not_read_is_said_once() {
        let mut catalog = table("public.other", &[]);
        catalog.ledgers = vec![Ledger { readable: false, ..ledger(LedgerKind::Sqlx, &[]) }];
        let mut models = ["users", "posts"].map(|name| model(name, &[]));
        let mut notes = |kind| {
            for model in &mut models {
                model.ledger = Some(stamp(kind, "1", 1));
            }
            let mut findings = compare_all(&models, &catalog, Moment::Start { strict: false });
            causes(&models, &catalog, None, None, &mut findings);
            assert_eq!(findings.len(), 2);
            findings.into_iter().map(|finding| finding.notes).collect::<Vec<_>>()
        };
        let note = "the migration ledger `public.ledger` could not be read, which might say why: the role may not \
                    `SELECT` from it, or somebody holds it `ACCESS EXCLUSIVE`, as a migration may";
        assert_eq!(notes(LedgerKind::Sqlx), [vec![note.to_owned()], vec![]]);
        assert_eq!(notes(LedgerKind::Diesel), [[""; 0]; 2]);
    }

    #[test]
    fn a_ledger_that_is_not_trusted_is_an_info_and_a_note() {
        let mut catalog = table("public.other", &[]);
        catalog.untrusted_ledgers = vec![UntrustedLedger {
            kind: LedgerKind::Sqlx,
            table: QualifiedName::new("eve", "_sqlx_migrations"),
            reason: Distrust::SchemaOwner("eve".into()),
        }];
        let mut model = model("users", &[]);
        let mut found = |kind| {
            model.ledger = Some(stamp(kind, "1", 1));
            let mut findings = compare_all([&model], &catalog, Moment::Start { strict: true });
            causes([&model], &catalog, None, None, &mut findings);
            assert_eq!((findings.len(), findings[1].code), (2, Code::LedgerUnread));
            assert_eq!(findings[1].severity, Severity::Info);
            findings[0].notes.len()
        };
        assert_eq!(found(LedgerKind::Sqlx), 1);
        assert_eq!(found(LedgerKind::Diesel), 0);
    }

    #[test]
    fn only_the_programs_own_ledger_has_failed_migrations() {
        let failed = |kind, schema: &str, applied: &[&str]| Ledger {
            table: QualifiedName::new(schema, "ledger"),
            failed: vec!["9".into()],
            ..ledger(kind, applied)
        };
        let codes = |stamp: Option<Stamp>, ledgers: &[Ledger]| -> Vec<String> {
            let mut catalog = table("public.users", &[]);
            catalog.search_path = vec!["public".into()];
            catalog.ledgers = ledgers.to_vec();
            let mut users = model("users", &[]);
            users.ledger = stamp;
            let mut models = vec![users];
            models.push(Manifest {
                schema: Some("app".into()),
                relation: "posts".into(),
                ..models[0].clone()
            });
            let mut findings = Vec::new();
            causes(&models, &catalog, None, None, &mut findings);
            findings.retain(|finding| finding.code == Code::LedgerFailed);
            findings.into_iter().map(|finding| finding.object).collect()
        };
        use LedgerKind::{Flyway, Sqlx};
        let both = [failed(Flyway, "public", &["1"]), failed(Sqlx, "public", &["1"])];
        assert_eq!(codes(Some(stamp(Sqlx, "1", 1)), &both), ["public.ledger"]);
        assert_eq!(codes(Some(stamp(Sqlx, "1", 1)), &both[..1]), [""; 0]);
        // Another schema counts where a model is in it, or the ledger knows what the build saw.
        assert_eq!(codes(Some(stamp(Sqlx, "1", 1)), &[failed(Sqlx, "app", &["2"])]), ["app.ledger"]);
        assert_eq!(codes(Some(stamp(Sqlx, "1", 1)), &[failed(Sqlx, "far", &["2"])]), [""; 0]);
        assert_eq!(codes(Some(stamp(Sqlx, "1", 1)), &[failed(Sqlx, "far", &["1"])]), ["far.ledger"]);
        assert_eq!(codes(Some(stamp(Sqlx, "9", 1)), &[failed(Sqlx, "far", &[])]), ["far.ledger"]);
        // The build knew of none.
        assert_eq!(codes(None, &both).len(), 2);
        assert_eq!(codes(None, &[failed(Sqlx, "far", &["1"])]), [""; 0]);
    }

    fn unfinished(kind: LedgerKind, applied: &[&str], failed: &str) -> Vec<Finding> {
        let mut catalog = table("public.other", &[]);
        catalog.ledgers = vec![Ledger { failed: vec![failed.into()], ..ledger(kind, applied) }];
        let mut model = model("users", &[]);
        model.ledger = Some(stamp(kind, "3", 3));
        let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
        let order = LedgerOrder { migrations: vec!["1".into(), "2".into(), "3".into()] };
        causes([&model], &catalog, Some(&order), None, &mut findings);
        findings
    }

    #[test]
    fn a_failed_migration_comes_before_those_that_are_pending() {
        let findings = unfinished(LedgerKind::Sqlx, &["1", "2"], "3");
        let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::MissingRelation, Code::LedgerFailed, Code::LedgerBehind]);
        assert_eq!(findings[2].help, ["mend the failed migration first: until then the tool runs no other"]);
        let findings = unfinished(LedgerKind::Sqlx, &[], "1");
        assert_eq!(findings[2].notes, ["the build saw `3`, the ledger lists none as applied"]);
    }

    #[test]
    fn a_head_that_was_not_reached_is_the_cause_and_no_place() {
        for failed in ["3", "2"] {
            let findings = unfinished(LedgerKind::GolangMigrate, &[], failed);
            let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
            assert_eq!(codes, [Code::MissingRelation, Code::LedgerFailed]);
            assert_eq!(findings[0].cause.as_ref(), Some(&findings[1].message));
            assert!(findings[1].help[0].ends_with("by `migrate force VERSION`"), "{findings:?}");
        }
    }

    #[test]
    fn a_later_migration_that_failed_may_have_taken_away_what_is_missing() {
        let codes = |applied: &[&str], failed: &str| -> Vec<Code> {
            let findings = unfinished(LedgerKind::Flyway, applied, failed);
            assert_eq!(findings[0].cause.as_ref(), findings.last().map(|finding| &finding.message));
            findings.iter().map(|finding| finding.code).collect()
        };
        assert_eq!(codes(&["1", "2", "3"], "4"), [Code::MissingRelation, Code::LedgerFailed]);
    }

    #[test]
    fn a_table_that_hides_another_is_the_cause_of_what_it_lacks() {
        let found = |search_path: &[&str], is_hidden: bool, knows_names: bool| {
            let mut catalog = table("app.users", &[]);
            catalog.knows_names = knows_names;
            catalog.relations.extend(table("public.users", &[]).relations);
            catalog.search_path = search_path.iter().map(|&schema| schema.into()).collect();
            catalog.known_relations =
                is_hidden.then(|| QualifiedName::new("public", "users")).into_iter().collect();
            catalog.ledgers = vec![ledger(LedgerKind::Sqlx, &["1"])];
            let mut users = model("users", &[("email", "String")]);
            users.resolved = Some("public".into());
            users.ledger = Some(stamp(LedgerKind::Sqlx, "1", 1));
            let mut posts = model("posts", &[]);
            posts.ledger.clone_from(&users.ledger);
            let mut findings = compare_all([&users, &posts], &catalog, Moment::Start { strict: false });
            causes([&users, &posts], &catalog, None, None, &mut findings);
            findings.into_iter().map(|finding| (finding.object, finding.cause)).collect::<Vec<_>>()
        };
        let stamped =
            |n: &str| Some(format!("the migration ledger `public.ledger` lists `1` as applied, but {n}"));
        let hides = Some("`users` is found in schema `app`, at the build it was `public`".to_owned());
        let of = |found: &[(String, Option<String>)], object: &str| {
            found.iter().find(|(name, _)| name == object).unwrap().1.clone()
        };
        let hidden = found(&["app", "public"], true, true);
        assert_eq!(of(&hidden, "app.users.email"), hides);
        assert_eq!(of(&hidden, "posts"), stamped("1 object that the program needs is missing"));
        assert_eq!(found(&["app", "public"], false, false), hidden);
        // The schema as a whole is another one.
        let moved = found(&["app"], false, true);
        assert_eq!(of(&moved, "app.users.email"), stamped("2 objects that the program needs are missing"));
        let own = found(&["public"], true, true);
        assert_eq!(of(&own, "public.users.email"), stamped("2 objects that the program needs are missing"));
    }

    #[test]
    fn of_several_stamps_the_newest_counts() {
        let head = |kind, heads: &[&str], order: Option<&[&str]>| {
            let stamps: Vec<Stamp> = heads.iter().map(|head| stamp(kind, head, 1)).collect();
            let order =
                order.map(|order| LedgerOrder { migrations: order.iter().map(|&m| m.into()).collect() });
            newest(stamps.iter(), order.as_ref()).unwrap().head.clone()
        };
        for heads in [["9", "10"], ["10", "9"]] {
            assert_eq!(head(LedgerKind::GolangMigrate, &heads, None), "10");
        }
        for heads in [["f1", "a2"], ["a2", "f1"]] {
            assert_eq!(head(LedgerKind::Alembic, &heads, Some(&["f1", "a2"])), "a2");
        }
        let stamps = [stamp(LedgerKind::Sqlx, "2", 2), stamp(LedgerKind::Sqlx, "1", 1)];
        assert_eq!(newest(stamps.iter(), None).unwrap().head, "2");
    }

    /// Another type is as good a sign of a migration that has not run as a missing column is.
    #[test]
    fn what_differs_has_its_cause_too() {
        use crate::compare::testing::{built, column};
        use crate::pg_type::PgType;
        let found = |applied: &[&str], ty: &str| {
            let mut catalog = table("public.users", &[column("id", "int8")]);
            catalog.ledgers = vec![Ledger {
                kind: LedgerKind::Sqlx,
                table: QualifiedName::new("public", "_sqlx_migrations"),
                applied: applied.iter().map(|&m| m.into()).collect(),
                order: vec![],
                failed: vec![],
                readable: true,
            }];
            let mut model = model("users", &[("id", "i64")]);
            model.columns[0].built = Some(built(PgType::builtin(ty), true));
            model.ledger = Some(stamp(LedgerKind::Sqlx, "2", 2));
            let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
            causes([&model], &catalog, None, None, &mut findings);
            findings
        };
        let behind = found(&["1"], "text");
        assert_eq!(
            behind.iter().map(|finding| finding.code).collect::<Vec<_>>(),
            [Code::TypeMismatch, Code::LedgerBehind]
        );
        assert!(behind[0].cause.as_ref().is_some_and(|cause| cause.contains("1 migration behind")));
        assert!(found(&["1"], "int8").is_empty());
        // Ahead, and a later migration changed it; never "all is there" above an error.
        let ahead = found(&["1", "2", "3"], "text");
        assert_eq!(ahead[1].code, Code::LedgerAhead);
        assert!(
            ahead[1].notes.contains(&"does not fit: `public.users.id`".to_owned()),
            "{:?}",
            ahead[1].notes
        );
        assert!(!ahead[1].notes.iter().any(|note| note.contains("is there")), "{:?}", ahead[1].notes);
        let fits = found(&["1", "2", "3"], "int8");
        assert!(fits[0].notes.contains(&"all that the program needs is there".to_owned()), "{fits:?}");
        // At the build's own head the ledger does not explain it.
        let same = found(&["1", "2"], "text");
        assert_eq!((same.len(), &same[0].cause), (1, &None));
    }

    #[test]
    fn the_ledger_never_speaks_when_nothing_is_missing() {
        let mut catalog = table("public.users", &[]);
        catalog.ledgers = vec![Ledger {
            kind: LedgerKind::Sqlx,
            table: QualifiedName::new("public", "_sqlx_migrations"),
            applied: vec!["1".into()],
            order: vec![],
            failed: vec!["2".into()],
            readable: true,
        }];
        let mut model = model("users", &[]);
        model.ledger = Some(stamp(LedgerKind::Sqlx, "3", 3));
        let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
        causes([&model], &catalog, None, None, &mut findings);
        let headlines: Vec<String> = findings.iter().map(Finding::headline).collect();
        assert_eq!(
            headlines,
            [
                "warning[ledger-failed]: the migration ledger `public._sqlx_migrations` lists `2` as failed or unfinished"
            ]
        );
    }
}
