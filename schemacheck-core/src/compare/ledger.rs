//! Why: what the migration ledger says about what is missing. Evidence for the cause, never a verdict.
//!
//! What the build saw of the ledger is compared with what the database lists, name by name. Where that is not known, no
//! cause is given.

use std::collections::{HashMap, HashSet};

use super::elsewhere;
use crate::catalog::Catalog;
use crate::code::{Code, Severity};
use crate::finding::{Finding, wording};
use crate::ident::QualifiedName;
use crate::ledger::{Ledger, LedgerKind, SeenLedger, Step, number};
use crate::manifest::{Manifest, Sort};

/// Adds the ledger's evidence to findings about missing objects and errors about others: as the cause of each, and as a
/// finding of its own. `seen` is what the build saw of the program's ledger. Where nearly everything is missing, says in
/// front that this may be another database, or that the schema of this tenant may be another one.
pub fn causes<'a>(
    manifests: impl IntoIterator<Item = &'a Manifest> + Clone,
    catalog: &Catalog,
    seen: Option<&SeenLedger>,
    tenant: Option<&str>,
    findings: &mut Vec<Finding>,
) {
    for (hiding, message) in hiding(manifests.clone(), catalog) {
        let of_it = |finding: &&mut Finding| is_unfit(finding) && is_within(&finding.object, &hiding);
        for finding in findings.iter_mut().filter(of_it) {
            finding.cause = Some(message.clone());
        }
    }
    let own = seen.and_then(|seen| Some((seen, of_program(catalog, seen)?)));
    let programs = |ledger: &&Ledger| match own {
        Some((seen, own)) => {
            std::ptr::eq(*ledger, own) && (is_near(own, manifests.clone(), catalog) || knows_any(own, seen))
        }
        None => seen.is_none() && is_near(ledger, manifests.clone(), catalog),
    };
    let has_failed = |ledger: &&Ledger| !ledger.failed.is_empty() && programs(ledger);
    let failed: Vec<Finding> =
        catalog.ledgers.iter().filter(has_failed).map(wording::ledger_failed).collect();
    let place = own.and_then(|(seen, ledger)| place(ledger, seen));
    if let Some((seen, ledger)) = own {
        explain(seen, ledger, place.as_ref(), findings);
    } else if let Some(seen) = seen
        && let Some(first) = findings.iter_mut().find(|finding| is_unfit(finding))
    {
        first.notes.push(unread(catalog, seen).unwrap_or_else(|| wording::ledger_absent(seen)));
    }
    findings.extend(failed);
    findings.extend(catalog.untrusted_ledgers.iter().map(wording::ledger_untrusted));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    // A ledger that lists some of what the build saw is this program's, and so is its database: it is merely old.
    let is_behind = matches!(&place, Some(Place::Lacks(lacks)) if lacks.shared > 0);
    let of_tenant = own.is_some_and(|(_, ledger)| tenant.is_none_or(|schema| ledger.table.schema == schema));
    elsewhere::check(manifests, catalog, tenant, is_behind && of_tenant, findings);
}

/// Gives the findings their cause, and adds what the ledger says.
fn explain(seen: &SeenLedger, ledger: &Ledger, place: Option<&Place<'_>>, findings: &mut Vec<Finding>) {
    let objects = |is: fn(&Finding) -> bool| -> Vec<String> {
        findings.iter().filter(|finding| is(finding)).map(|finding| finding.object.clone()).collect()
    };
    let owned = [objects(is_missing), objects(is_unfit), objects(is_lost)];
    let [missing, unfit, lost] = [0, 1, 2].map(|at| owned[at].iter().map(String::as_str).collect::<Vec<_>>());
    let mut because = |is_explained: fn(&Finding) -> bool, evidence: &Finding| {
        for finding in findings.iter_mut().filter(|finding| is_explained(finding)) {
            finding.cause = Some(evidence.message.clone());
        }
    };
    let evidence = match place {
        // Of a head that was not reached nobody knows how much is there. That is the cause then, and no place.
        _ if is_between(ledger) => {
            because(is_unfit, &wording::ledger_failed(ledger));
            None
        }
        None => None,
        // A database that has more than the program needs is said to be ahead all the same.
        Some(Place::Ahead(more)) => Some(wording::ledger_ahead(ledger, seen, more, &missing, &unfit)),
        // What is there and differs is not for want of a migration then.
        Some(Place::Same) if lost.is_empty() => None,
        // All that the build saw has run, and another one failed on its way: nobody need have stamped anything.
        Some(Place::Same) if !ledger.failed.is_empty() => {
            because(is_lost, &wording::ledger_failed(ledger));
            None
        }
        Some(Place::Same) => Some(wording::ledger_stamped(ledger, seen, &lost)),
        // What is older than all that it lists may be in the state that it began with. Where nothing is missing, it is.
        Some(Place::Lacks(lacks)) if lacks.only_before && unfit.is_empty() => None,
        // For code whose SQL is in strings this is the only sign.
        Some(Place::Lacks(lacks)) => Some(wording::ledger_behind(ledger, seen, lacks, unfit.is_empty())),
        _ if unfit.is_empty() => None,
        Some(Place::OtherHead) => Some(wording::ledger_other_head(ledger, seen)),
        Some(Place::Other) => Some(wording::ledger_other(ledger, seen)),
    };
    let Some(evidence) = evidence else { return };
    match evidence.code {
        // It says nothing of why.
        Code::LedgerOther => {}
        Code::LedgerStamped => because(is_lost, &evidence),
        _ => because(is_unfit, &evidence),
    }
    findings.push(evidence);
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

/// The ledger of the program's own tool. Of several, such as those of other tenants or of other applications, first those
/// in a schema that is searched, or where the build saw it; of those one that lists what the build saw; and then the
/// first on the search path.
fn of_program<'a>(catalog: &'a Catalog, seen: &SeenLedger) -> Option<&'a Ledger> {
    let is_alike = |ledger: &&Ledger| is_alike(ledger, seen) && ledger.readable;
    let path = &catalog.search_path;
    let ledgers = catalog.ledgers.iter().filter(is_alike);
    ledgers.min_by_key(|ledger| {
        let on_path = path.iter().position(|schema| *schema == ledger.table.schema);
        let is_near = on_path.is_some() || ledger.table == seen.table;
        let is_others = !ledger.applied.is_empty() && !seen.shares_any(&ledger.applied);
        (!is_near, is_others, on_path.unwrap_or(path.len()))
    })
}

/// What is said of a ledger of the program's own tool of which no more is known than that it is there.
fn unread(catalog: &Catalog, seen: &SeenLedger) -> Option<String> {
    let unread = catalog.ledgers.iter().find(|ledger| is_alike(ledger, seen) && !ledger.readable);
    let is_own = |kind, table: &QualifiedName| is_of(kind, table, seen);
    let mut untrusted = catalog.untrusted_ledgers.iter().filter(|ledger| is_own(ledger.kind, &ledger.table));
    unread.map(wording::ledger_unread).or_else(|| untrusted.next().map(wording::ledger_untrusted_note))
}

/// Whether a ledger is of the tool whose ledger the build saw.
fn is_alike(ledger: &Ledger, seen: &SeenLedger) -> bool {
    is_of(ledger.kind, &ledger.table, seen)
}

fn is_of(kind: LedgerKind, table: &QualifiedName, seen: &SeenLedger) -> bool {
    kind == seen.kind && (kind != LedgerKind::Custom || table.name == seen.table.name)
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

/// Whether a ledger lists something that the build saw, as applied or as failed.
fn knows_any(ledger: &Ledger, seen: &SeenLedger) -> bool {
    seen.shares_any(&ledger.applied) || seen.shares_any(&ledger.failed)
}

/// Where a ledger stands beside what the build saw.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place<'a> {
    Same,
    /// It lacks migrations.
    Lacks(Lacks<'a>),
    /// It has more; which, where that is known.
    Ahead(Option<Vec<&'a str>>),
    /// Of a ledger of heads alone: on another line, or on this one at a place that nobody here knows.
    OtherHead,
    /// It lists migrations, and none that the build saw.
    Other,
}

/// What a ledger lacks of what the build saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacks<'a> {
    /// The names, oldest first.
    pub names: Vec<&'a str>,
    /// How many more there are, older ones whose names are not known.
    pub unnamed: usize,
    /// What the ledger lists that the build did not see.
    pub more: Vec<&'a str>,
    /// How many migrations are in both.
    pub shared: usize,
    /// Whether something that it lacks comes before something that it lists.
    pub is_hole: bool,
    /// Whether all that it lacks comes before all that it lists: it may have begun with a database that had them.
    pub only_before: bool,
}

impl Lacks<'_> {
    /// How many they are.
    pub fn count(&self) -> usize {
        self.names.len() + self.unnamed
    }
}

/// Nothing if the build saw no migration.
fn place<'a>(ledger: &'a Ledger, seen: &'a SeenLedger) -> Option<Place<'a>> {
    if seen.is_empty() {
        return None;
    }
    Some(match seen.kind.keeps_history() {
        true => history(ledger, seen),
        false => heads_on(ledger, seen).unwrap_or_else(|| heads(ledger, seen)),
    })
}

/// A ledger of all that was applied.
fn history<'a>(ledger: &'a Ledger, seen: &'a SeenLedger) -> Place<'a> {
    let applied: HashSet<&str> = ledger.applied.iter().map(String::as_str).collect();
    let known: HashSet<&str> = seen.migrations.iter().map(String::as_str).collect();
    let older: HashSet<u32> = seen.older.iter().copied().collect();
    // Of older ones nobody here knows more than a number.
    let unnamed = ledger.applied.iter().filter(|name| !known.contains(name.as_str()));
    let (of_older, more): (Vec<&str>, Vec<&str>) =
        unnamed.map(String::as_str).partition(|name| older.contains(&number(name)));
    let listed: HashSet<u32> = of_older.iter().map(|name| number(name)).collect();
    let is_listed: Vec<bool> = seen
        .older
        .iter()
        .map(|number| listed.contains(number))
        .chain(seen.migrations.iter().map(|name| applied.contains(name.as_str())))
        .collect();
    let shared = is_listed.iter().filter(|is_listed| **is_listed).count();
    match (shared, is_listed.len() - shared) {
        (_, 0) if more.is_empty() => return Place::Same,
        (_, 0) => return Place::Ahead(Some(more)),
        (0, _) if !ledger.applied.is_empty() && seen.keeps_head_only() => return Place::OtherHead,
        (0, _) if !ledger.applied.is_empty() => return Place::Other,
        _ => {}
    }
    let names = seen.migrations.iter().map(String::as_str).filter(|name| !applied.contains(name));
    let first = is_listed.iter().position(|is_listed| *is_listed);
    let last = is_listed.iter().rposition(|is_listed| *is_listed);
    let lacked = || is_listed.iter().enumerate().filter(|(_, is_listed)| !**is_listed).map(|(at, _)| at);
    Place::Lacks(Lacks {
        names: names.collect(),
        unnamed: seen.older.iter().filter(|number| !listed.contains(number)).count(),
        more,
        shared,
        is_hole: last.is_some_and(|last| lacked().any(|at| at < last)),
        only_before: first.is_some_and(|first| lacked().all(|at| at < first)),
    })
}

/// A ledger of heads alone, by what leads to them: all that each of both sides stands on. Nothing if one of the heads is not
/// known.
fn heads_on<'a>(ledger: &'a Ledger, seen: &'a SeenLedger) -> Option<Place<'a>> {
    let mut follows: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut before = None;
    for line in &seen.migrations {
        let step = Step::read(line);
        follows.insert(step.name, step.follows.unwrap_or_else(|| before.into_iter().collect()));
        before = Some(step.name);
    }
    // Below the lines that a program carries all stand on the same.
    let is_cut = !seen.older.is_empty();
    let standing_on = |heads: &'a [String]| {
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let is_known = heads.iter().all(|head| follows.contains_key(head));
        is_known.then(|| standing_on(heads, &follows, is_cut)).flatten()
    };
    let (wanted, here) = (standing_on(&seen.heads)?, standing_on(&ledger.applied)?);
    let in_order = |of: &HashSet<&str>, without: &HashSet<&str>| -> Vec<&'a str> {
        let names = seen.migrations.iter().map(|line| Step::read(line).name);
        names.filter(|name| of.contains(name) && !without.contains(name)).collect()
    };
    let (names, more) = (in_order(&wanted, &here), in_order(&here, &wanted));
    Some(match (names.is_empty(), more.is_empty()) {
        (true, true) => Place::Same,
        (true, false) => Place::Ahead(Some(more)),
        (false, true) => {
            let shared = wanted.len() - names.len();
            Place::Lacks(Lacks { names, shared, ..Lacks::default() })
        }
        (false, false) => Place::OtherHead,
    })
}

/// Some migrations with all that leads to them; nothing if one of them is not known, unless older ones were cut off.
fn standing_on<'a>(
    heads: Vec<&'a str>,
    follows: &HashMap<&'a str, Vec<&'a str>>,
    is_cut: bool,
) -> Option<HashSet<&'a str>> {
    let (mut all, mut open) = (HashSet::new(), heads);
    while let Some(migration) = open.pop() {
        if all.insert(migration) {
            match follows.get(migration) {
                Some(before) => open.extend(before),
                None if is_cut => {}
                None => return None,
            }
        }
    }
    Some(all)
}

/// A ledger of heads alone, of which nobody knows what leads to them.
fn heads<'a>(ledger: &'a Ledger, seen: &'a SeenLedger) -> Place<'a> {
    let has_all = seen.heads.iter().all(|head| ledger.applied.contains(head));
    match (has_all, ledger.applied.len() > seen.heads.len()) {
        (true, false) => Place::Same,
        (true, true) => Place::Ahead(None),
        (false, _) => Place::OtherHead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::compare::testing::{model, table};
    use crate::compare::{Moment, compare_all};
    use crate::ledger::{Distrust, LedgerColumns, NEWEST, UntrustedLedger};

    fn ledger(kind: LedgerKind, applied: &[&str]) -> Ledger {
        Ledger {
            kind,
            table: QualifiedName::new("public", "ledger"),
            columns: None,
            applied: applied.iter().map(|&m| m.into()).collect(),
            order: vec![],
            failed: vec![],
            readable: true,
        }
    }

    /// What a build saw: of a tool that keeps only heads these, and the order that leads to them.
    fn seen(kind: LedgerKind, migrations: &[&str], order: &[&str]) -> SeenLedger {
        let order = order.iter().map(|&line| line.into()).collect();
        SeenLedger::of(None, &Ledger { order, ..ledger(kind, migrations) })
    }

    /// All findings about a program whose table is missing, or is there.
    fn findings(live: Vec<Ledger>, seen: Option<&SeenLedger>, is_there: bool) -> Vec<Finding> {
        let mut catalog = table(if is_there { "public.users" } else { "public.other" }, &[]);
        catalog.ledgers = live;
        let model = model("users", &[]);
        let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
        causes([&model], &catalog, seen, None, &mut findings);
        findings
    }

    /// What is said beside a table that is missing, as its cause; and of the same ledgers where nothing is missing.
    #[track_caller]
    fn said(kind: LedgerKind, applied: &[&str], of_build: &[&str], order: &[&str]) -> (String, bool) {
        let seen = seen(kind, of_build, order);
        let missing = findings(vec![ledger(kind, applied)], Some(&seen), false);
        assert_eq!(missing[0].code, Code::MissingRelation);
        let evidence = missing.get(1).unwrap_or_else(|| panic!("{missing:?}"));
        assert_eq!(missing.len(), 2);
        let is_cause = missing[0].cause.as_deref() == Some(evidence.message.as_str());
        assert_eq!(is_cause, evidence.code != Code::LedgerOther, "{missing:?}");
        let fits = findings(vec![ledger(kind, applied)], Some(&seen), true);
        assert!(fits.iter().all(|finding| finding.severity == Severity::Info), "{fits:?}");
        (evidence.headline(), !fits.is_empty())
    }

    fn behind(n: &str) -> String {
        format!("info[ledger-behind]: the database is {n} behind the build, says the ledger `public.ledger`")
    }

    fn lacks(names: &str) -> String {
        format!(
            "info[ledger-behind]: the migration ledger `public.ledger` lacks {names}, which the build saw"
        )
    }

    fn ahead(by: &str) -> String {
        format!("info[ledger-ahead]: the database is {by} the build, says the ledger `public.ledger`")
    }

    const OTHER_HEAD: &str =
        "info[ledger-other-head]: the migration ledger `public.ledger` is at another head than the build";
    const OTHER: &str = "info[ledger-other]: the migration ledger `public.ledger` is of another application: it lists no \
                         migration that the build saw";

    #[test]
    fn a_head_that_is_reached_while_objects_are_missing_was_stamped() {
        let stamped = "info[ledger-stamped]: the migration ledger `public.ledger` lists `b2` as applied, \
                       but 1 object that the program needs is missing";
        assert_eq!(said(LedgerKind::Alembic, &["b2"], &["b2"], &[]), (stamped.into(), false));
        assert_eq!(said(LedgerKind::Sqlx, &["a1", "b2"], &["a1", "b2"], &[]), (stamped.into(), false));
    }

    /// A hole beside a migration of another branch: as many rows as the build saw, its newest among them.
    #[test]
    fn a_hole_beside_another_branch_is_no_stamped_ledger() {
        let seen = seen(LedgerKind::Sqlx, &["20240101_a", "20240102_x", "20240103_b"], &[]);
        let live = ledger(LedgerKind::Sqlx, &["20240101_a", "20240102_y", "20240103_b"]);
        let missing = findings(vec![live.clone()], Some(&seen), false);
        assert_eq!(missing[1].headline(), lacks("`20240102_x`"));
        assert_eq!(missing[0].cause.as_ref(), Some(&missing[1].message));
        assert_eq!(
            missing[1].notes,
            [
                "the build saw `20240103_b`, the database is at `20240103_b`",
                "it lists, and the build did not see: `20240102_y`"
            ]
        );
        assert!(!missing[1].help.iter().any(|help| help.contains("will not run what its ledger lists")));
        assert!(missing[1].help[1].contains("older than the last one it applied"), "{:?}", missing[1].help);
        // For code whose SQL is in strings it is the only sign.
        let fits = findings(vec![live], Some(&seen), true);
        assert_eq!(fits.iter().map(Finding::headline).collect::<Vec<_>>(), [lacks("`20240102_x`")]);
    }

    #[test]
    fn behind_names_what_is_pending_also_where_nothing_is_missing() {
        use LedgerKind::{Diesel, Prisma, Sqlx};
        assert_eq!(said(Sqlx, &["2", "9"], &["2", "9", "10"], &[]), (behind("1 migration"), true));
        assert_eq!(said(Sqlx, &[], &["2", "9", "10"], &[]), (behind("3 migrations"), true));
        assert_eq!(
            said(Prisma, &["20240101_a"], &["20240101_a", "20240202_b"], &[]),
            (behind("1 migration"), true)
        );
        assert_eq!(said(Diesel, &["1", "3"], &["1", "2", "3"], &[]), (lacks("`2`"), true));
        // Behind on a line of its own.
        assert_eq!(said(Sqlx, &["2", "11"], &["2", "9", "10"], &[]), (lacks("`9` and `10`"), true));
        let names: Vec<String> = (1..=30).map(|n| format!("{n:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let seen = seen(Sqlx, &names, &[]);
        let fits = findings(vec![ledger(Sqlx, &names[..10])], Some(&seen), true);
        assert_eq!(fits[0].headline(), behind("20 migrations"));
        assert_eq!(
            fits[0].notes,
            [
                "the build saw `30`, the database is at `10`",
                "pending: `11`, `12`, `13`, `14`, `15`, `16`, `17`, `18` and 12 more",
                "all that the models need is there; SQL in strings is not checked",
            ]
        );
        assert_eq!(fits[0].help, ["run the migrations, such as by `sqlx migrate run`"]);
    }

    #[test]
    fn of_heads_behind_is_said_where_the_order_is_known() {
        let order = &["a1", "b2", "c3"][..];
        assert_eq!(said(LedgerKind::Alembic, &["a1"], &["c3"], order), (behind("2 migrations"), true));
        assert_eq!(said(LedgerKind::GolangMigrate, &["a1"], &["c3"], order), (behind("2 migrations"), true));
        assert_eq!(said(LedgerKind::Alembic, &["a1"], &["b2"], &[]), (OTHER_HEAD.into(), false));
        assert_eq!(said(LedgerKind::Alembic, &["x"], &["c3"], order), (OTHER_HEAD.into(), false));
        assert_eq!(said(LedgerKind::Alembic, &[], &["c3"], &[]), (OTHER_HEAD.into(), false));
        assert_eq!(said(LedgerKind::Alembic, &[], &["c3"], order), (behind("3 migrations"), true));
        assert_eq!(said(LedgerKind::GolangMigrate, &["3"], &["4"], &[]), (OTHER_HEAD.into(), false));
    }

    #[test]
    fn another_branch_is_neither_behind_nor_ahead() {
        let order = &["a1", "b2", "c3 (follows a1)", "d4 (follows b2, c3)", "e5"][..];
        let said = |applied: &[&str], head: &str| said(LedgerKind::Alembic, applied, &[head], order);
        assert_eq!(said(&["c3"], "b2"), (OTHER_HEAD.into(), false));
        assert_eq!(said(&["b2"], "c3"), (OTHER_HEAD.into(), false));
        assert_eq!(said(&["c3"], "d4"), (behind("2 migrations"), true));
        assert_eq!(said(&["b2", "c3"], "d4"), (behind("1 migration"), true));
        assert_eq!(said(&["a1"], "c3"), (behind("1 migration"), true));
        assert_eq!(said(&[], "e5"), (behind("5 migrations"), true));
        assert_eq!(said(&["e5"], "c3"), (ahead("3 migrations ahead of"), true));
    }

    #[test]
    fn ahead_is_said_with_what_a_later_migration_may_have_removed() {
        assert_eq!(
            said(LedgerKind::Sqlx, &["1", "2", "3"], &["1", "2"], &[]),
            (ahead("1 migration ahead of"), true)
        );
        assert_eq!(said(LedgerKind::Alembic, &["a1", "x9"], &["a1"], &[]), (ahead("ahead of"), true));
        // Names in no order at all.
        assert_eq!(
            said(LedgerKind::Django, &["a.1", "b.2"], &["b.2"], &[]),
            (ahead("1 migration ahead of"), true)
        );
    }

    #[test]
    fn a_ledger_that_shares_no_version_is_another_applications() {
        let other: Vec<String> = (1..=81).map(|n| format!("2023{n:04}")).collect();
        let other: Vec<&str> = other.iter().map(String::as_str).collect();
        assert_eq!(said(LedgerKind::SchemaMigrations, &other, &["1", "2"], &[]), (OTHER.into(), false));
        let seen = seen(LedgerKind::SchemaMigrations, &["1", "2"], &[]);
        let found = findings(vec![ledger(LedgerKind::SchemaMigrations, &other)], Some(&seen), false);
        assert_eq!(found[0].cause, None);
        assert_eq!(
            found[1].notes,
            [
                "it lists 81 migrations, last `20230079`, `20230080`, `20230081`; the build saw `2`",
                "why objects are missing is not known"
            ]
        );
        // One in common, and it is ours.
        let mut shared = other;
        shared.push("1");
        assert_eq!(said(LedgerKind::SchemaMigrations, &shared, &["1", "2"], &[]).0, lacks("`2`"));
        // An empty one is nobody's yet.
        assert_eq!(said(LedgerKind::SchemaMigrations, &[], &["1", "2"], &[]).0, behind("2 migrations"));
    }

    /// A database that was there before the tool begins with a migration that stands for all that it had.
    #[test]
    fn a_ledger_that_begins_later_is_no_alarm_where_nothing_is_missing() {
        let built = ["1", "2", "3", "4"];
        assert_eq!(said(LedgerKind::Flyway, &["3", "4"], &built, &[]), (lacks("`1` and `2`"), false));
        assert!(!said(LedgerKind::Prisma, &["0_init", "4"], &built, &[]).1);
        let seen = seen(LedgerKind::Flyway, &built, &[]);
        let missing = findings(vec![ledger(LedgerKind::Flyway, &["3", "4"])], Some(&seen), false);
        assert!(missing[1].notes.iter().any(|note| note.contains("may have begun with")), "{missing:?}");
        // One that is pending too is said.
        assert_eq!(said(LedgerKind::Flyway, &["3"], &built, &[]), (lacks("`1`, `2` and `4`"), true));
    }

    #[test]
    fn of_thousands_of_migrations_the_oldest_are_counted() {
        let names: Vec<String> = (0..NEWEST + 500).map(|n| format!("{n:06}_m")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let seen = seen(LedgerKind::Sqlx, &names, &[]);
        let said = |applied: &[&str]| {
            let found = findings(vec![ledger(LedgerKind::Sqlx, applied)], Some(&seen), true);
            found.iter().map(Finding::headline).collect::<Vec<_>>()
        };
        assert!(said(&names).is_empty());
        let without = |lacking: &[usize]| -> Vec<&str> {
            let kept = names.iter().enumerate().filter(|(at, _)| !lacking.contains(at));
            kept.map(|(_, name)| *name).collect()
        };
        assert_eq!(said(&without(&[7])), [lacks("1 older migration")]);
        assert_eq!(said(&without(&[7, 8, 1400])), [lacks("`001400_m`, and 2 older migrations")]);
        assert_eq!(said(&[]), [behind("1500 migrations")]);
        let more: Vec<&str> = names.iter().copied().chain(["9"]).collect();
        assert_eq!(said(&more), [ahead("1 migration ahead of")]);
    }

    #[test]
    fn of_a_long_order_of_heads_the_oldest_are_what_all_stand_on() {
        let mut order: Vec<String> = (0..NEWEST + 10).map(|n| format!("r{n}")).collect();
        order.push("side (follows r1000)".to_owned());
        let lines: Vec<&str> = order.iter().map(String::as_str).collect();
        let head = format!("r{}", NEWEST + 9);
        let head_and_side = &[head.as_str(), "side"][..];
        assert_eq!(said(LedgerKind::Alembic, &[&head], head_and_side, &lines), (behind("1 migration"), true));
        assert_eq!(said(LedgerKind::Alembic, &["r1000"], &[&head], &lines), (behind("9 migrations"), true));
        assert_eq!(said(LedgerKind::Alembic, &["r0"], &[&head], &lines), (OTHER_HEAD.into(), false));
    }

    #[test]
    fn a_table_of_ones_own_is_read_by_its_name() {
        let columns = LedgerColumns { version: "version".into(), order: None };
        let custom = |table: &str, applied: &[&str]| Ledger {
            table: QualifiedName::new("ops", table),
            columns: Some(columns.clone()),
            ..ledger(LedgerKind::Custom, applied)
        };
        let seen = SeenLedger::of(None, &custom("schema_log", &["1", "2"]));
        let found = |live: Ledger| -> Vec<Code> {
            findings(vec![live], Some(&seen), false).iter().map(|finding| finding.code).collect()
        };
        assert_eq!(found(custom("schema_log", &["1"])), [Code::MissingRelation, Code::LedgerBehind]);
        assert_eq!(found(custom("other_log", &["1"])), [Code::MissingRelation]);
        // One row may be where the database is, and the next migration writes over it.
        let seen = SeenLedger::of(None, &custom("version", &["2"]));
        let found = findings(vec![custom("version", &["1"])], Some(&seen), false);
        assert_eq!(found[1].code, Code::LedgerOtherHead);
    }

    #[test]
    fn where_the_build_or_the_database_has_no_ledger_no_cause_is_given() {
        let empty = seen(LedgerKind::Sqlx, &[], &[]);
        for seen in [None, Some(&empty)] {
            let found = findings(vec![ledger(LedgerKind::Sqlx, &["1"])], seen, false);
            assert_eq!((found.len(), &found[0].cause), (1, &None));
        }
        let seen = seen(LedgerKind::Sqlx, &["1"], &[]);
        let found = findings(vec![ledger(LedgerKind::Diesel, &["1"])], Some(&seen), false);
        assert_eq!((found.len(), &found[0].cause), (1, &None));
        assert_eq!(
            found[0].notes.last().unwrap(),
            "why is not known: the build saw the migration ledger `public.ledger`, and this database has none of that tool"
        );
        assert!(findings(vec![], Some(&seen), true).is_empty());
    }

    #[test]
    fn several_heads_are_all_needed() {
        let code = |applied: &[&str]| {
            let seen = seen(LedgerKind::Alembic, &["b2", "c3"], &[]);
            let found = findings(vec![ledger(LedgerKind::Alembic, applied)], Some(&seen), false);
            (found[1].code, found[1].notes.iter().find(|note| note.contains("build saw")).cloned())
        };
        assert_eq!(code(&["c3", "b2"]), (Code::LedgerStamped, None));
        let seen = |here: &str| Some(format!("the build saw `b2` and `c3`, the database is at {here}"));
        assert_eq!(code(&["c3"]), (Code::LedgerOtherHead, seen("`c3`")));
        assert_eq!(code(&["b2", "c3", "d4"]), (Code::LedgerAhead, seen("`b2` and `c3` and `d4`")));
    }

    #[test]
    fn of_several_ledgers_the_programs_own_counts() {
        let mut catalog = table("public.other", &[]);
        let ledger = |schema: &str, applied: &[&str]| Ledger {
            table: QualifiedName::new(schema, "_sqlx_migrations"),
            ..ledger(LedgerKind::Sqlx, applied)
        };
        let seen = SeenLedger::of(None, &ledger("own", &["0", "1"]));
        let chosen = |live: &[Ledger], path: &[&str]| {
            catalog.ledgers = live.to_vec();
            catalog.search_path = path.iter().map(|&schema| schema.into()).collect();
            of_program(&catalog, &seen).map(|ledger| ledger.table.schema.clone())
        };
        let mut chosen = chosen;
        let unreadable = Ledger { readable: false, ..ledger("public", &["1"]) };
        let all = [ledger("archive", &["1"]), unreadable, ledger("public", &["0"])];
        assert_eq!(chosen(&all, &["public"]).as_deref(), Some("public"));
        assert_eq!(chosen(&all[..2], &["public"]).as_deref(), Some("archive"));
        // Another application's in front of it, and where the build saw it.
        let all = [ledger("app", &["x"]), ledger("public", &["0"])];
        assert_eq!(chosen(&all, &["app", "public"]).as_deref(), Some("public"));
        let all = [ledger("app", &["x"]), ledger("own", &["0"])];
        assert_eq!(chosen(&all, &["app"]).as_deref(), Some("own"));
        // A copy that nobody searches is not the program's.
        let all = [ledger("app", &["x"]), ledger("archive", &["0"])];
        assert_eq!(chosen(&all, &["app"]).as_deref(), Some("app"));
        let tenants = [ledger("b", &["0"]), ledger("a", &["0", "1"])];
        assert_eq!(chosen(&tenants, &["b", "a"]).as_deref(), Some("b"));
    }

    #[test]
    fn a_ledger_that_was_not_read_is_said_once() {
        let mut catalog = table("public.other", &[]);
        catalog.ledgers = vec![Ledger { readable: false, ..ledger(LedgerKind::Sqlx, &[]) }];
        let models = ["users", "posts"].map(|name| model(name, &[]));
        let notes = |kind| {
            let mut findings = compare_all(&models, &catalog, Moment::Start { strict: false });
            causes(&models, &catalog, Some(&seen(kind, &["1"], &[])), None, &mut findings);
            assert_eq!(findings.len(), 2);
            findings.into_iter().map(|finding| finding.notes).collect::<Vec<_>>()
        };
        let note = "the migration ledger `public.ledger` could not be read, which might say why: the role may not \
                    `SELECT` from it, or somebody holds it `ACCESS EXCLUSIVE`, as a migration may";
        assert_eq!(notes(LedgerKind::Sqlx), [vec![note.to_owned()], vec![]]);
        assert!(notes(LedgerKind::Diesel)[0][0].starts_with("why is not known"));
    }

    #[test]
    fn a_ledger_that_is_not_trusted_is_an_info_and_a_note() {
        let mut catalog = table("public.other", &[]);
        catalog.untrusted_ledgers = vec![UntrustedLedger {
            kind: LedgerKind::Sqlx,
            table: QualifiedName::new("eve", "_sqlx_migrations"),
            reason: Distrust::SchemaOwner("eve".into()),
        }];
        let model = model("users", &[]);
        let found = |kind| {
            let mut findings = compare_all([&model], &catalog, Moment::Start { strict: true });
            causes([&model], &catalog, Some(&seen(kind, &["1"], &[])), None, &mut findings);
            assert_eq!((findings.len(), findings[1].code), (2, Code::LedgerUnread));
            assert_eq!(findings[1].severity, Severity::Info);
            findings[0].notes.last().unwrap().contains("was not read, which might say why")
        };
        assert!(found(LedgerKind::Sqlx));
        assert!(!found(LedgerKind::Diesel));
    }

    #[test]
    fn only_the_programs_own_ledger_has_failed_migrations() {
        let failed = |kind, schema: &str, applied: &[&str]| Ledger {
            table: QualifiedName::new(schema, "ledger"),
            failed: vec!["9".into()],
            ..ledger(kind, applied)
        };
        let codes = |seen: Option<SeenLedger>, ledgers: &[Ledger]| -> Vec<String> {
            let mut catalog = table("public.users", &[]);
            catalog.search_path = vec!["public".into()];
            catalog.ledgers = ledgers.to_vec();
            let mut models = vec![model("users", &[])];
            models.push(Manifest {
                schema: Some("app".into()),
                relation: "posts".into(),
                ..models[0].clone()
            });
            let mut findings = Vec::new();
            causes(&models, &catalog, seen.as_ref(), None, &mut findings);
            findings.retain(|finding| finding.code == Code::LedgerFailed);
            findings.into_iter().map(|finding| finding.object).collect()
        };
        use LedgerKind::{Flyway, Sqlx};
        let both = [failed(Flyway, "public", &["1"]), failed(Sqlx, "public", &["1"])];
        assert_eq!(codes(Some(seen(Sqlx, &["1"], &[])), &both), ["public.ledger"]);
        assert_eq!(codes(Some(seen(Sqlx, &["1"], &[])), &both[..1]), [""; 0]);
        // Another schema counts where a model is in it, or the ledger knows what the build saw.
        assert_eq!(codes(Some(seen(Sqlx, &["1"], &[])), &[failed(Sqlx, "app", &["2"])]), ["app.ledger"]);
        assert_eq!(codes(Some(seen(Sqlx, &["1"], &[])), &[failed(Sqlx, "far", &["2"])]), [""; 0]);
        assert_eq!(codes(Some(seen(Sqlx, &["1"], &[])), &[failed(Sqlx, "far", &["1"])]), ["far.ledger"]);
        assert_eq!(codes(Some(seen(Sqlx, &["9"], &[])), &[failed(Sqlx, "far", &[])]), ["far.ledger"]);
        // The build knew of none.
        assert_eq!(codes(None, &both).len(), 2);
        assert_eq!(codes(None, &[failed(Sqlx, "far", &["1"])]), [""; 0]);
    }

    fn unfinished(kind: LedgerKind, applied: &[&str], failed: &str) -> Vec<Finding> {
        let live = Ledger { failed: vec![failed.into()], ..ledger(kind, applied) };
        let seen = match kind.keeps_history() {
            true => seen(kind, &["1", "2", "3"], &[]),
            false => seen(kind, &["3"], &["1", "2", "3"]),
        };
        findings(vec![live], Some(&seen), false)
    }

    #[test]
    fn a_failed_migration_comes_before_those_that_are_pending() {
        let findings = unfinished(LedgerKind::Sqlx, &["1", "2"], "3");
        let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::MissingRelation, Code::LedgerFailed, Code::LedgerBehind]);
        assert_eq!(findings[2].help, ["mend the failed migration first: until then the tool runs no other"]);
        let findings = unfinished(LedgerKind::Sqlx, &[], "1");
        assert_eq!(findings[2].notes[0], "the build saw `3`, the ledger lists none as applied");
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
            let posts = model("posts", &[]);
            let seen = seen(LedgerKind::Sqlx, &["1"], &[]);
            let mut findings = compare_all([&users, &posts], &catalog, Moment::Start { strict: false });
            causes([&users, &posts], &catalog, Some(&seen), None, &mut findings);
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

    /// Another type is as good a sign of a migration that has not run as a missing column is.
    #[test]
    fn what_differs_has_its_cause_too() {
        use crate::compare::testing::{built, column};
        use crate::pg_type::PgType;
        let found = |applied: &[&str], ty: &str| {
            let mut catalog = table("public.users", &[column("id", "int8")]);
            catalog.ledgers = vec![ledger(LedgerKind::Sqlx, applied)];
            let mut model = model("users", &[("id", "i64")]);
            model.columns[0].built = Some(built(PgType::builtin(ty), true));
            let mut findings = compare_all([&model], &catalog, Moment::Start { strict: false });
            causes([&model], &catalog, Some(&seen(LedgerKind::Sqlx, &["1", "2"], &[])), None, &mut findings);
            findings
        };
        let behind = found(&["1"], "text");
        assert_eq!(
            behind.iter().map(|finding| finding.code).collect::<Vec<_>>(),
            [Code::TypeMismatch, Code::LedgerBehind]
        );
        assert!(behind[0].cause.as_ref().is_some_and(|cause| cause.contains("1 migration behind")));
        assert_eq!(found(&["1"], "int8")[0].code, Code::LedgerBehind);
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
    fn a_failed_migration_is_said_also_when_nothing_is_missing() {
        let live = Ledger { failed: vec!["4".into()], ..ledger(LedgerKind::Sqlx, &["1", "2", "3"]) };
        let seen = seen(LedgerKind::Sqlx, &["1", "2", "3"], &[]);
        let found = findings(vec![live], Some(&seen), true);
        let headlines: Vec<String> = found.iter().map(Finding::headline).collect();
        assert_eq!(
            headlines,
            [
                "warning[ledger-failed]: the migration ledger `public.ledger` lists `4` as failed or unfinished"
            ]
        );
    }
}
