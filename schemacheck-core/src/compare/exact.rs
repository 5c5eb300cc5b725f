//! `exact`: has every column a field, and do the fields of a model that is read by position stand in its order?

use super::Moment;
use crate::catalog::Relation;
use crate::code::Severity;
use crate::finding::{Finding, wording};
use crate::manifest::{Exact, Manifest};

pub(super) fn check(manifest: &Manifest, relation: &Relation, moment: Moment, findings: &mut Vec<Finding>) {
    let Some(exact) = manifest.exact else { return };
    // While a struct is expanded, the columns of flattened structs are judged by the compiler; here from the record on.
    if !manifest.knows_all_columns() {
        return;
    }
    // A database ahead never stops a service: with drivers that read by name or number, a column at the end of the
    // table is passed over.
    let severity = match moment {
        Moment::Build | Moment::Start { strict: true } => Severity::Error,
        Moment::Start { strict: false } => Severity::Warning,
    };
    let has_field = |name: &str| manifest.columns.iter().any(|expected| expected.column == name);
    for column in relation.columns.iter().filter(|column| !has_field(&column.name)) {
        findings.push(wording::extra_column(manifest, relation, column, severity));
    }
    if exact == Exact::Order {
        order(manifest, relation, moment, findings);
    }
}

/// Columns that are missing were said to be: the others are judged among themselves. At the build a column without a
/// field is an error of its own. At the start it is none, but what stands behind it has another place.
fn order(manifest: &Manifest, relation: &Relation, moment: Moment, findings: &mut Vec<Finding>) {
    let fields: Vec<&str> = manifest
        .columns
        .iter()
        .map(|expected| expected.column.as_str())
        .filter(|name| relation.column(name).is_some())
        .collect();
    let is_whole = fields.len() == manifest.columns.len();
    let judged = |name: &&str| (is_whole && moment != Moment::Build) || fields.contains(name);
    let columns = relation.columns.iter().map(|column| column.name.as_str()).filter(judged);
    let differs = fields.iter().zip(columns).enumerate().find(|(_, (field, column))| *field != column);
    if let Some((at, (field, column))) = differs {
        findings.push(wording::column_order(manifest, relation, at + 1, field, column));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;
    use crate::compare::testing::{check, column, model, table};
    use crate::manifest::Group;

    const START: Moment = Moment::Start { strict: false };
    const STRICT: Moment = Moment::Start { strict: true };
    const EXTRA: &str = "[extra-column]: column `public.t.c` has no field in `app::Model`";

    fn catalog(columns: &[&str]) -> Catalog {
        table("public.t", &columns.iter().map(|name| column(name, "int8")).collect::<Vec<_>>())
    }

    fn exact(exact: Exact, fields: &[&str]) -> Manifest {
        let fields: Vec<_> = fields.iter().map(|&name| (name, "i64")).collect();
        Manifest { exact: Some(exact), ..model("t", &fields) }
    }

    #[test]
    fn a_column_without_a_field_stops_a_build_and_warns_a_service() {
        let manifest = exact(Exact::Columns, &["b", "a"]);
        check(&manifest, &catalog(&["a", "b", "c"]), Moment::Build, &[&format!("error{EXTRA}")]);
        check(&manifest, &catalog(&["a", "b", "c"]), STRICT, &[&format!("error{EXTRA}")]);
        check(&manifest, &catalog(&["a", "b", "c"]), START, &[&format!("warning{EXTRA}")]);
        check(&manifest, &catalog(&["a", "b"]), Moment::Build, &[]);
        check(&manifest, &catalog(&["a", "b"]), STRICT, &[]);
        // Nobody asked.
        check(&model("t", &[("a", "i64")]), &catalog(&["a", "b", "c"]), STRICT, &[]);
    }

    #[test]
    fn another_order_is_an_error_for_what_is_read_by_position() {
        let manifest = exact(Exact::Order, &["b", "a"]);
        let expect =
            "error[column-order]: column 1 of table `public.t` is `a`, but `app::Model` reads `b` there";
        for moment in [Moment::Build, START, STRICT] {
            check(&manifest, &catalog(&["a", "b"]), moment, &[expect]);
            check(&manifest, &catalog(&["b", "a"]), moment, &[]);
        }
    }

    #[test]
    fn a_column_at_the_end_leaves_the_order_and_one_before_does_not() {
        let manifest = exact(Exact::Order, &["a", "b"]);
        let warning = format!("warning{EXTRA}");
        check(&manifest, &catalog(&["a", "b", "c"]), START, &[&warning]);
        let expect =
            "error[column-order]: column 2 of table `public.t` is `c`, but `app::Model` reads `b` there";
        check(&manifest, &catalog(&["a", "c", "b"]), START, &[&warning, expect]);
        // At the build the missing field is the mistake.
        check(&manifest, &catalog(&["a", "c", "b"]), Moment::Build, &[&format!("error{EXTRA}")]);
    }

    #[test]
    fn a_missing_column_is_no_question_of_order() {
        let manifest = exact(Exact::Order, &["a", "gone", "b"]);
        let expect = "error[missing-column]: cannot find column `gone` in table `public.t`";
        for moment in [Moment::Build, START] {
            check(&manifest, &catalog(&["a", "b"]), moment, &[expect]);
        }
    }

    #[test]
    fn flattened_columns_are_judged_once_they_are_known() {
        let mut manifest = exact(Exact::Columns, &["a", "b"]);
        manifest.awaits_columns = true;
        let catalog = catalog(&["a", "b", "c"]);
        check(&manifest, &catalog, Moment::Build, &[]);
        manifest.awaits_columns = false;
        check(&manifest, &catalog, START, &[&format!("warning{EXTRA}")]);
        // Of a type parameter nobody knows what it brings.
        let group = |is_open| Group {
            field: "rest".into(),
            line: 1,
            rust_type: "T".into(),
            is_open,
            none_is_default: false,
            fit: crate::manifest::Fit::Fits,
        };
        manifest.groups = vec![group(true)];
        check(&manifest, &catalog, START, &[]);
        manifest.groups = vec![group(false)];
        check(&manifest, &catalog, Moment::Build, &[&format!("error{EXTRA}")]);
    }
}
