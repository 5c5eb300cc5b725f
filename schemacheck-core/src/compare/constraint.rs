//! Are the primary key and the unique indexes there that the model relies on?

use std::collections::BTreeSet;

use super::sql_text::serves_predicate;
use crate::catalog::{Constraint, ConstraintKind, Index, IndexKeyKind, RelKind, Relation};
use crate::finding::wording::Nearest;
use crate::finding::{Finding, wording};
use crate::manifest::{Manifest, Promise};

pub(super) fn check(manifest: &Manifest, relation: &Relation, findings: &mut Vec<Finding>) {
    missing_columns(manifest, relation, findings);
    for promise in manifest.promises.iter().filter(|promise| has_columns(promise, relation)) {
        match promise {
            Promise::PrimaryKey(_) => primary_key(manifest, promise, relation, findings),
            Promise::Unique { .. } => unique(manifest, promise, relation, findings),
            Promise::Index(_) => {}
        }
    }
}

/// Whether every column of a promise exists: else that is what is wrong with it.
pub(super) fn has_columns(promise: &Promise, relation: &Relation) -> bool {
    promise.columns().iter().all(|column| relation.column(column).is_some())
}

/// Every column that a promise names and that does not exist, once, unless a field says so already.
fn missing_columns(manifest: &Manifest, relation: &Relation, findings: &mut Vec<Finding>) {
    let mut said: BTreeSet<&str> = manifest.columns.iter().map(|column| column.column.as_str()).collect();
    for promise in &manifest.promises {
        for column in promise.columns() {
            if relation.column(column).is_none() && said.insert(column) {
                findings.push(wording::promised_column(manifest, promise, column, relation));
            }
        }
    }
}

fn set(columns: &[String]) -> BTreeSet<&str> {
    columns.iter().map(String::as_str).collect()
}

/// The columns of an index's key; nothing if one of its keys is an expression.
pub(super) fn key_columns(index: &Index) -> Option<Vec<&str>> {
    let keys = index.keys.iter().map(|key| match &key.what {
        IndexKeyKind::Column(name) => Some(name.as_str()),
        IndexKeyKind::Expression(_) => None,
    });
    keys.collect()
}

/// Whether an index is on exactly these columns, in any order.
fn is_on(index: &Index, columns: &[String]) -> bool {
    key_columns(index).is_some_and(|keys| keys.into_iter().collect::<BTreeSet<_>>() == set(columns))
}

fn constraint_of<'a>(index: &Index, relation: &'a Relation) -> Option<&'a Constraint> {
    let name = index.constraint.as_ref()?;
    relation.constraints.iter().find(|constraint| constraint.name == *name)
}

/// Unique in each of its columns together: a key `WITHOUT OVERLAPS` is an exclusion constraint in truth.
fn is_unique(index: &Index, relation: &Relation) -> bool {
    index.unique && !constraint_of(index, relation).is_some_and(|constraint| constraint.period)
}

/// The order of its columns says nothing to a program.
fn primary_key(manifest: &Manifest, promise: &Promise, relation: &Relation, findings: &mut Vec<Finding>) {
    let there = relation.constraints.iter().find_map(|constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey(columns) => Some((constraint, columns)),
        _ => None,
    });
    let served = |constraint: &Constraint| {
        relation.indexes.iter().find(|index| index.constraint.as_ref() == Some(&constraint.name))
    };
    // Until each partition has its part, the key of a partitioned table is there and not valid.
    let invalid = there.and_then(|(constraint, _)| served(constraint)).filter(|index| !index.valid);
    let nearest = match there {
        Some((_, columns)) if set(columns) == set(promise.columns()) => match invalid {
            None => return,
            Some(index) => Some(Nearest::Invalid(index)),
        },
        Some(_) => None,
        None => relation
            .indexes
            .iter()
            .find(|index| is_on(index, promise.columns()) && !is_unique(index, relation))
            .map(Nearest::NotUnique),
    };
    let there = there.map(|(_, columns)| columns.as_slice());
    findings.push(wording::missing_primary_key(manifest, promise, relation, there, nearest));
}

/// What `ON CONFLICT (columns)` asks for (`infer_arbiter_indexes` in `src/backend/optimizer/util/plancat.c`, PostgreSQL
/// 14 to 18): a unique index whose key is these columns in any order, valid, without expressions, with any operator
/// class and collation, with any columns beside the key. Each such index is an arbiter, and a deferrable one among them
/// is an error when a row is inserted (`ExecCheckIndexConstraints`), whatever others there are.
///
/// A partial index serves if the statement's own `WHERE` implies its predicate. An index without predicate serves with
/// any `WHERE`.
fn unique(manifest: &Manifest, promise: &Promise, relation: &Relation, findings: &mut Vec<Finding>) {
    let columns = promise.columns();
    let serves = |index: &Index| match (&index.predicate, promise.predicate()) {
        (None, _) => true,
        (Some(_), None) => false,
        // At the start an empty one says that there is one, and that it is not understood.
        (Some(there), Some(promised)) => there.is_empty() || serves_predicate(promised, there),
    };
    let on = || relation.indexes.iter().filter(|index| is_on(index, columns));
    let arbiters = || on().filter(|index| is_unique(index, relation) && index.valid && serves(index));
    let deferrable =
        |index: &Index| constraint_of(index, relation).filter(|constraint| constraint.deferrable);
    let nearest = match arbiters().find_map(deferrable) {
        Some(constraint) => Some(Nearest::Deferrable(constraint)),
        None if arbiters().next().is_some() => return,
        None => {
            let invalid = on().find(|index| is_unique(index, relation) && serves(index));
            let partial = || on().find(|index| is_unique(index, relation) && index.predicate.is_some());
            let plain = || on().find(|index| !index.unique);
            invalid
                .map(Nearest::Invalid)
                .or_else(|| partial().map(Nearest::Partial))
                .or_else(|| plain().map(Nearest::NotUnique))
                .or_else(|| other_columns(relation, columns).map(Nearest::OtherColumns))
        }
    };
    let can_have = relation.kind.has_nullability() || relation.kind == RelKind::MaterializedView;
    findings.push(wording::missing_unique(manifest, promise, relation, can_have, nearest));
}

/// A unique index that shares most columns with the promise, and at least one.
fn other_columns<'a>(relation: &'a Relation, columns: &[String]) -> Option<&'a Index> {
    let wanted = set(columns);
    let shared = |index: &&Index| {
        let names = index.keys.iter().filter_map(|key| match &key.what {
            IndexKeyKind::Column(name) => Some(name.as_str()),
            IndexKeyKind::Expression(_) => None,
        });
        names.filter(|name| wanted.contains(name)).count()
    };
    let unique = relation.indexes.iter().filter(|index| index.unique && index.valid && shared(index) > 0);
    // Of equals the first by name.
    unique.rev().max_by_key(shared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;
    use crate::compare::testing::{check, column, constraint, index, model, table};
    use crate::compare::{Moment, compare};
    use crate::manifest::{Level, Override};

    const START: Moment = Moment::Start { strict: false };
    const UNIQUE: &str =
        "error[missing-constraint]: cannot find a unique index on `a` and `b` in table `public.t`";
    const KEY: &str = "error[missing-constraint]: cannot find a primary key on `a` in table `public.t`";

    fn catalog(change: impl FnOnce(&mut Relation)) -> Catalog {
        let columns = [column("a", "int8"), column("b", "int8"), column("c", "int8")];
        let mut catalog = table("public.t", &columns);
        change(catalog.relations.values_mut().next().unwrap());
        catalog
    }

    fn with_index(change: impl FnOnce(&mut Index)) -> Catalog {
        catalog(|relation| {
            let mut index = Index { unique: true, ..index("t_key", &["b", "a"]) };
            change(&mut index);
            relation.indexes.push(index);
        })
    }

    fn promising(promise: Promise) -> Manifest {
        Manifest { promises: vec![promise], ..model("t", &[("a", "i64")]) }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.into()).collect()
    }

    fn unique(columns: &[&str], predicate: Option<&str>) -> Manifest {
        promising(Promise::Unique { columns: names(columns), predicate: predicate.map(str::to_owned) })
    }

    /// At the build and at the start alike.
    #[track_caller]
    fn both(manifest: &Manifest, catalog: &Catalog, expect: &[&str]) {
        check(manifest, catalog, Moment::Build, expect);
        check(manifest, catalog, START, expect);
    }

    #[track_caller]
    fn helps(manifest: &Manifest, catalog: &Catalog, expect: &[&str]) {
        assert_eq!(compare(manifest, catalog, Moment::Build)[0].help, expect);
    }

    #[test]
    fn a_unique_index_on_these_columns_in_any_order_serves() {
        let manifest = unique(&["a", "b"], None);
        both(&manifest, &with_index(|_| {}), &[]);
        both(&manifest, &with_index(|index| index.include = names(&["c"])), &[]);
        both(&manifest, &with_index(|index| index.nulls_not_distinct = true), &[]);
        both(&manifest, &with_index(|index| index.keys[0].opclass = Some("int8_ops".into())), &[]);
    }

    #[test]
    fn any_other_index_does_not() {
        let manifest = unique(&["a", "b"], None);
        both(&manifest, &catalog(|_| {}), &[UNIQUE]);
        both(&manifest, &with_index(|index| index.unique = false), &[UNIQUE]);
        both(&manifest, &with_index(|index| index.valid = false), &[UNIQUE]);
        both(&manifest, &with_index(|index| index.predicate = Some("(c IS NULL)".into())), &[UNIQUE]);
        both(&manifest, &with_index(|index| index.keys.truncate(1)), &[UNIQUE]);
        both(&manifest, &with_index(|i| i.keys.extend(index("x", &["c"]).keys)), &[UNIQUE]);
        both(
            &manifest,
            &with_index(|index| index.keys[0].what = IndexKeyKind::Expression("lower(b)".into())),
            &[UNIQUE],
        );
    }

    #[test]
    fn what_comes_nearest_is_said() {
        let manifest = unique(&["a", "b"], None);
        let make = "make it in a migration: `CREATE UNIQUE INDEX ON public.t (a, b)`";
        helps(&manifest, &catalog(|_| {}), &[make]);
        helps(
            &manifest,
            &with_index(|index| index.unique = false),
            &["the index `t_key` is on these columns and not unique", make],
        );
        helps(
            &manifest,
            &with_index(|index| index.valid = false),
            &["the index `t_key` is not valid: `REINDEX INDEX CONCURRENTLY public.t_key`"],
        );
        helps(
            &manifest,
            &with_index(|index| index.predicate = Some("(c IS NULL)".into())),
            &["the index `t_key` is partial: `WHERE (c IS NULL)`", make],
        );
        helps(&manifest, &with_index(|index| index.keys.truncate(1)), &["the index `t_key` is on `b`", make]);
        let partial = |index: &mut Index| {
            (index.unique, index.predicate) = (false, Some("(c IS NULL)".into()));
        };
        helps(
            &manifest,
            &with_index(partial),
            &["the index `t_key` is on these columns and not unique", make],
        );
    }

    #[test]
    fn of_other_columns_the_unique_index_that_shares_most_is_said() {
        let manifest = unique(&["a", "b"], None);
        let make = "make it in a migration: `CREATE UNIQUE INDEX ON public.t (a, b)`";
        let with = |indexes: &[(&str, &[&str])], change: fn(&mut Index)| {
            catalog(|relation| {
                for (name, columns) in indexes {
                    let mut index = Index { unique: true, ..index(name, columns) };
                    change(&mut index);
                    relation.indexes.push(index);
                }
            })
        };
        let (one, two) = (("one", &["a"][..]), ("two", &["a", "c", "b"][..]));
        helps(&manifest, &with(&[one, two], |_| {}), &["the index `two` is on `a`, `c` and `b`", make]);
        helps(&manifest, &with(&[one, ("other", &["b"])], |_| {}), &["the index `one` is on `a`", make]);
        helps(&manifest, &with(&[("none", &["c"])], |_| {}), &[make]);
        helps(&manifest, &with(&[one, two], |index| index.unique = false), &[make]);
        helps(&manifest, &with(&[one, two], |index| index.valid = false), &[make]);
    }

    #[test]
    fn a_deferrable_constraint_spoils_even_what_another_index_serves() {
        let catalog = catalog(|relation| {
            let kind = ConstraintKind::Unique { columns: names(&["a", "b"]), nulls_not_distinct: false };
            relation.constraints.push(Constraint { deferrable: true, ..constraint("t_key", kind) });
            let serving =
                Index { unique: true, constraint: Some("t_key".into()), ..index("t_key", &["a", "b"]) };
            relation.indexes.extend([serving, Index { unique: true, ..index("other", &["a", "b"]) }]);
        });
        both(&unique(&["a", "b"], None), &catalog, &[UNIQUE]);
        let help = "the constraint `t_key` is deferrable: make it again with `NOT DEFERRABLE`";
        helps(&unique(&["a", "b"], None), &catalog, &[help]);
    }

    #[test]
    fn a_predicate_is_served_by_its_own_index_and_by_one_without() {
        let partial = with_index(|index| index.predicate = Some("(c IS NULL)".into()));
        both(&unique(&["a", "b"], Some("c is null")), &partial, &[]);
        both(&unique(&["a", "b"], Some("c is null")), &with_index(|_| {}), &[]);
        let other = "error[missing-constraint]: cannot find a unique index on `a` and `b` where `c > 0` in table `public.t`";
        both(&unique(&["a", "b"], Some("c > 0")), &partial, &[other]);
        // At the start the predicate is not known.
        let unknown = with_index(|index| index.predicate = Some(String::new()));
        check(&unique(&["a", "b"], Some("c > 0")), &unknown, START, &[]);
        check(&unique(&["a", "b"], None), &unknown, START, &[UNIQUE]);
    }

    fn keyed(columns: &[&str], change: impl FnOnce(&mut Index)) -> Catalog {
        catalog(|relation| {
            relation.constraints.push(constraint("t_pkey", ConstraintKind::PrimaryKey(names(columns))));
            let mut index =
                Index { unique: true, constraint: Some("t_pkey".into()), ..index("t_pkey", columns) };
            change(&mut index);
            relation.indexes.push(index);
        })
    }

    #[test]
    fn a_primary_key_is_on_exactly_these_columns() {
        both(&promising(Promise::PrimaryKey(names(&["a"]))), &keyed(&["a"], |_| {}), &[]);
        both(&promising(Promise::PrimaryKey(names(&["a", "b"]))), &keyed(&["b", "a"], |_| {}), &[]);
        both(&unique(&["a", "b"], None), &keyed(&["a", "b"], |_| {}), &[]);
        let manifest = promising(Promise::PrimaryKey(names(&["a"])));
        both(&manifest, &keyed(&["a", "b"], |_| {}), &[KEY]);
        helps(&manifest, &keyed(&["a", "b"], |_| {}), &["the primary key is on `a` and `b`"]);
        both(&manifest, &catalog(|_| {}), &[KEY]);
        helps(
            &manifest,
            &catalog(|_| {}),
            &["make it in a migration: `ALTER TABLE public.t ADD PRIMARY KEY (a)`"],
        );
        both(&manifest, &keyed(&["a"], |index| index.valid = false), &[KEY]);
    }

    #[test]
    fn in_place_of_a_primary_key_an_index_that_is_not_unique_is_said() {
        let key = |columns: &[&str]| promising(Promise::PrimaryKey(names(columns)));
        let plain = with_index(|index| index.unique = false);
        let make = "make it in a migration: `ALTER TABLE public.t ADD PRIMARY KEY (a, b)`";
        helps(&key(&["a", "b"]), &plain, &["the index `t_key` is on these columns and not unique", make]);
        helps(&key(&["a", "b"]), &with_index(|_| {}), &[make]);
        helps(&key(&["a"]), &plain, &["make it in a migration: `ALTER TABLE public.t ADD PRIMARY KEY (a)`"]);
    }

    #[test]
    fn a_key_without_overlaps_is_no_arbiter() {
        let mut catalog = keyed(&["a", "b"], |_| {});
        catalog.relations.values_mut().next().unwrap().constraints[0].period = true;
        both(&unique(&["a", "b"], None), &catalog, &[UNIQUE]);
        both(&promising(Promise::PrimaryKey(names(&["a", "b"]))), &catalog, &[]);
    }

    #[test]
    fn a_promised_column_that_is_missing_is_said_once() {
        let missing = "error[missing-column]: cannot find column `gone` in table `public.t`";
        let mut manifest = unique(&["a", "gone"], None);
        manifest.promises.push(Promise::PrimaryKey(names(&["gone"])));
        both(&manifest, &catalog(|_| {}), &[missing]);
        // A field of that column says it.
        manifest.columns[0].column = "gone".into();
        both(&manifest, &catalog(|_| {}), &[missing]);
    }

    #[test]
    fn a_view_has_no_constraints() {
        let catalog = catalog(|relation| relation.kind = RelKind::View);
        let findings = compare(&unique(&["a", "b"], None), &catalog, Moment::Build);
        assert_eq!(findings[0].message, "cannot find a unique index on `a` and `b` in view `public.t`");
        assert_eq!(findings[0].notes, ["a view has none: promise it on a model of the table below"]);
        assert!(findings[0].help.is_empty());
    }

    #[test]
    fn the_users_own_level_holds() {
        let mut manifest = unique(&["a", "b"], None);
        let reason = "added by the next release".to_owned();
        manifest.overrides =
            vec![Override { code: crate::Code::MissingConstraint, level: Level::Allow, reason }];
        both(&manifest, &catalog(|_| {}), &[]);
    }

    #[test]
    fn two_promises_about_the_same_columns_are_two_findings() {
        let mut manifest = unique(&["a"], None);
        manifest.promises.push(Promise::PrimaryKey(names(&["a"])));
        let findings = crate::compare::compare_all([&manifest], &catalog(|_| {}), START);
        let objects: Vec<&str> = findings.iter().map(|finding| finding.object.as_str()).collect();
        assert_eq!(objects, ["public.t(a)", "public.t primary key (a)"]);
    }
}
