//! Are the indexes there that the model's queries rely on?

use super::constraint::has_columns;
use crate::catalog::{Catalog, Index, IndexKeyKind, RelKind, Relation};
use crate::finding::wording::Nearest;
use crate::finding::{Finding, wording};
use crate::manifest::{Manifest, Promise};
use crate::pg_type::PgType;

/// The server's types whose values stand in a row, and are looked for by `=` and `<`: an index on such a column is one
/// that does that. What is looked for in a document, an array or on a map needs another sort of index, and of an
/// extension's types nobody knows here.
const ORDERED: &[&str] = &[
    "bit",
    "bool",
    "bpchar",
    "bytea",
    "char",
    "cidr",
    "date",
    "float4",
    "float8",
    "inet",
    "int2",
    "int4",
    "int8",
    "interval",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "oid",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "uuid",
    "varbit",
    "varchar",
];

pub(super) fn check(
    manifest: &Manifest,
    relation: &Relation,
    catalog: &Catalog,
    findings: &mut Vec<Finding>,
) {
    let promises = manifest.promises.iter().filter(|promise| matches!(promise, Promise::Index(_)));
    for promise in promises.filter(|promise| has_columns(promise, relation)) {
        let columns = promise.columns();
        let serving = relation.indexes.iter().filter(|index| serves(index, columns, relation, catalog));
        let nearest = match serving.clone().find(|index| !index.valid || index.predicate.is_some()) {
            _ if serving.clone().any(|index| index.valid && index.predicate.is_none()) => continue,
            Some(index) if index.predicate.is_some() => Some(Nearest::Partial(index)),
            Some(index) => Some(Nearest::Invalid(index)),
            None => relation
                .indexes
                .iter()
                .find(|index| {
                    index.method == "btree" && column(index, 0) == columns.first().map(String::as_str)
                })
                .map(Nearest::OtherColumns),
        };
        let can_have = relation.kind.has_nullability() || relation.kind == RelKind::MaterializedView;
        findings.push(wording::missing_index(manifest, promise, relation, can_have, nearest));
    }
}

/// Whether an index begins with these columns, in this order, and finds rows by them: one of `btree`, or of `hash`,
/// which has one column; and any, where the first column is of a type that has no order, such as an array, a document
/// or a place on a map: there the method is a matter of the query.
fn serves(index: &Index, columns: &[String], relation: &Relation, catalog: &Catalog) -> bool {
    let begins = (0..columns.len()).all(|at| column(index, at) == Some(columns[at].as_str()));
    let ordered = || {
        let ty = columns.first().and_then(|first| relation.column(first)).map(|first| &first.ty);
        ty.is_none_or(|ty| is_ordered(catalog.base_type(ty)))
    };
    begins && (matches!(index.method.as_str(), "btree" | "hash") || !ordered())
}

fn is_ordered(ty: &PgType) -> bool {
    ty.is_builtin() && !ty.is_array() && ORDERED.contains(&&*ty.name)
}

/// The column at a place of the key.
fn column(index: &Index, at: usize) -> Option<&str> {
    match &index.keys.get(at)?.what {
        IndexKeyKind::Column(name) => Some(name),
        IndexKeyKind::Expression(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::testing::{check, column, index, model, table};
    use crate::compare::{Moment, compare};

    const MISSING: &str = "warning[missing-index]: cannot find an index on `a` and `b` in table `public.t`";
    const DOCUMENT: &str = "warning[missing-index]: cannot find an index on `d` in table `public.t`";

    fn catalog(indexes: &[Index]) -> Catalog {
        let columns = [column("a", "int8"), column("b", "text"), column("c", "int8"), column("d", "jsonb")];
        let mut catalog = table("public.t", &columns);
        catalog.relations.values_mut().next().unwrap().indexes = indexes.to_vec();
        catalog
    }

    fn promising(columns: &[&str]) -> Manifest {
        let promise = Promise::Index(columns.iter().map(|&column| column.into()).collect());
        Manifest { promises: vec![promise], ..model("t", &[("a", "i64")]) }
    }

    #[track_caller]
    fn judge(columns: &[&str], indexes: &[Index], expect: &[&str]) {
        check(&promising(columns), &catalog(indexes), Moment::Build, expect);
        check(&promising(columns), &catalog(indexes), Moment::Start { strict: true }, expect);
    }

    #[test]
    fn an_index_that_begins_with_the_columns_serves() {
        judge(&["a", "b"], &[index("i", &["a", "b"])], &[]);
        judge(&["a", "b"], &[index("i", &["a", "b", "c"])], &[]);
        judge(&["a"], &[Index { unique: true, ..index("t_pkey", &["a", "b"]) }], &[]);
        judge(&["a"], &[Index { method: "hash".into(), ..index("i", &["a"]) }], &[]);
        let mut descending = index("i", &["a", "b"]);
        descending.keys[1].descending = true;
        judge(&["a", "b"], &[descending], &[]);
    }

    #[test]
    fn any_other_does_not() {
        judge(&["a", "b"], &[], &[MISSING]);
        judge(&["a", "b"], &[index("i", &["b", "a"])], &[MISSING]);
        judge(&["a", "b"], &[index("i", &["a"])], &[MISSING]);
        judge(&["a", "b"], &[index("i", &["c", "a", "b"])], &[MISSING]);
        judge(&["a", "b"], &[Index { valid: false, ..index("i", &["a", "b"]) }], &[MISSING]);
        judge(
            &["a", "b"],
            &[Index { predicate: Some("(c > 0)".into()), ..index("i", &["a", "b"]) }],
            &[MISSING],
        );
        judge(&["a", "b"], &[Index { method: "brin".into(), ..index("i", &["a", "b"]) }], &[MISSING]);
        let mut expression = index("i", &["a", "b"]);
        expression.keys[0].what = IndexKeyKind::Expression("abs(a)".into());
        judge(&["a", "b"], &[expression], &[MISSING]);
    }

    #[test]
    fn documents_and_arrays_have_indexes_of_their_own() {
        judge(&["d"], &[Index { method: "gin".into(), ..index("i", &["d"]) }], &[]);
        judge(&["d"], &[Index { method: "gin".into(), ..index("i", &["a"]) }], &[DOCUMENT]);
    }

    #[test]
    fn what_comes_nearest_is_said() {
        let help = |indexes: &[Index]| {
            compare(&promising(&["a", "b"]), &catalog(indexes), Moment::Build)[0].help.clone()
        };
        let make = "make it in a migration: `CREATE INDEX CONCURRENTLY ON public.t (a, b)`";
        assert_eq!(help(&[]), [make]);
        assert_eq!(help(&[index("i", &["a", "c"])]), ["the index `i` is on `a` and `c`", make]);
        let invalid = Index { valid: false, ..index("i", &["a", "b"]) };
        assert_eq!(help(&[invalid]), ["the index `i` is not valid: `REINDEX INDEX CONCURRENTLY public.i`"]);
        let partial = Index { predicate: Some("(c > 0)".into()), ..index("i", &["a", "b"]) };
        let is_partial = "the index `i` is partial: `WHERE (c > 0)`";
        assert_eq!(help(std::slice::from_ref(&partial)), [is_partial, make]);
        // To make it valid would not make it serve.
        assert_eq!(help(&[Index { valid: false, ..partial }]), [is_partial, make]);
        // One of another method, and one that begins with another column, are not near.
        assert_eq!(help(&[Index { method: "brin".into(), ..index("i", &["a", "c"]) }]), [make]);
        assert_eq!(help(&[index("i", &["c", "a"])]), [make]);
    }

    #[test]
    fn a_missing_column_is_said_in_its_place() {
        judge(&["gone"], &[], &["error[missing-column]: cannot find column `gone` in table `public.t`"]);
    }
}
