//! Does the column exist?

use crate::catalog::{Column, Relation};
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Manifest};

/// The column that the field means, or a finding.
pub(super) fn check<'a>(
    manifest: &Manifest,
    expected: &Expected,
    relation: &'a Relation,
    findings: &mut Vec<Finding>,
) -> Option<&'a Column> {
    let column = relation.column(&expected.column);
    if column.is_none() {
        findings.push(wording::missing_column(manifest, expected, relation));
    }
    column
}

#[cfg(test)]
mod tests {
    use crate::code::Code;
    use crate::compare::testing::{check, column, model, table};
    use crate::compare::{Moment, compare};
    use crate::manifest::{Level, Override};

    #[test]
    fn every_missing_column_is_reported_at_once() {
        let catalog = table("public.users", &[column("id", "int8"), column("email", "text")]);
        check(
            &model("users", &[("id", "i64"), ("emial", "String"), ("severity", "String")]),
            &catalog,
            Moment::Build,
            &[
                "error[missing-column]: cannot find column `emial` in table `public.users`",
                "error[missing-column]: cannot find column `severity` in table `public.users`",
            ],
        );
    }

    #[test]
    fn extra_columns_are_no_finding() {
        let catalog = table("public.users", &[column("id", "int8"), column("new", "text")]);
        check(&model("users", &[("id", "i64")]), &catalog, Moment::Start { strict: true }, &[]);
    }

    #[test]
    fn case_comes_first_among_the_suggestions() {
        let catalog = table("public.users", &[column("userid", "int8"), column("user_id", "text")]);
        let finding = &compare(&model("users", &[("userId", "i64")]), &catalog, Moment::Build)[0];
        assert_eq!(finding.help, ["a column exists whose name differs only in case: `userid`"]);
    }

    #[test]
    fn the_users_own_level_holds() {
        let catalog = table("public.users", &[column("id", "int8")]);
        let mut model = model("users", &[("gone", "i64")]);
        let level = |level| vec![Override { code: Code::MissingColumn, level, reason: "later".into() }];
        model.columns[0].overrides = level(Level::Allow);
        check(&model, &catalog, Moment::Build, &[]);
        model.columns[0].overrides = level(Level::Warn);
        check(
            &model,
            &catalog,
            Moment::Build,
            &["warning[missing-column]: cannot find column `gone` in table `public.users`"],
        );
        model.columns[0].overrides.clear();
        model.overrides = level(Level::Allow);
        check(&model, &catalog, Moment::Build, &[]);
    }

    #[test]
    fn hostile_names_cannot_break_a_line() {
        let catalog = table("public.users", &[column("id", "int8")]);
        let message =
            &compare(&model("users", &[("a\n`\u{1b}[2J", "i64")]), &catalog, Moment::Build)[0].message;
        assert!(!message.contains(['\n', '\u{1b}']), "{message}");
    }
}
