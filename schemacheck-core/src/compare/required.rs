//! Does an insert supply every column that needs a value?

use super::Moment;
use crate::catalog::{Catalog, Relation};
use crate::code::Severity;
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Kind, Manifest};

pub(super) fn check(
    manifest: &Manifest,
    relation: &Relation,
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) {
    // Of views and foreign tables nobody here knows what an insert needs.
    if !manifest.is(Kind::Insert) || !relation.kind.has_nullability() || !manifest.knows_all_columns() {
        return;
    }
    if moment == Moment::Build {
        // Live, a column that is gone is as good as one that need not be supplied.
        for optional in
            manifest.optional.iter().filter(|optional| relation.column(&optional.column).is_none())
        {
            findings.push(wording::optional_column(manifest, relation, &optional.column));
        }
    }
    let severity = match moment {
        Moment::Build | Moment::Start { strict: true } => Severity::Error,
        // What else the program does still works, and a rollout may add the column before its writers.
        Moment::Start { strict: false } => Severity::Warning,
    };
    for column in relation.columns.iter().filter(|column| catalog.requires_value(column)) {
        let supplies =
            |expected: &Expected| expected.column == column.name && manifest.does(Kind::Insert, expected);
        let is_supplied = manifest.columns.iter().any(supplies);
        if !is_supplied && !manifest.is_optional(&column.name) {
            findings.push(wording::missing_required(manifest, relation, column, severity));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Generated, Identity};
    use crate::compare::testing::{check, column, model, not_null, table};
    use crate::compare::{Moment, compare};
    use crate::finding::wording;
    use crate::manifest::{Group, Kind, Optional};
    use crate::pg_type::{PgType, TypeDef, TypeKind};
    use crate::{Catalog, Column, Manifest, QualifiedName, RelKind};

    const START: Moment = Moment::Start { strict: false };
    const STRICT: Moment = Moment::Start { strict: true };

    fn insert(fields: &[(&str, &str)]) -> Manifest {
        Manifest { kinds: vec![Kind::Insert], implied_kind: false, ..model("users", fields) }
    }

    fn users() -> Catalog {
        let optional = |name: &str, change: fn(&mut Column)| {
            let mut column = not_null(column(name, "text"));
            change(&mut column);
            column
        };
        table(
            "public.users",
            &[
                optional("id", |c| c.identity = Some(Identity::Always)),
                not_null(column("email", "text")),
                not_null(column("slug", "text")),
                column("nickname", "text"),
                optional("state", |c| c.default = Some("'new'".into())),
                optional("seq", |c| c.identity = Some(Identity::ByDefault)),
                optional("lower", |c| c.generated = Some(Generated { stored: true, expression: "x".into() })),
            ],
        )
    }

    #[test]
    fn every_required_column_is_named_at_once() {
        let message = |column: &str| {
            format!(
                "[missing-required-column]: column `public.users.{column}` is required, \
                 but an insert of `app::Model` supplies no value"
            )
        };
        let (email, slug) = (message("email"), message("slug"));
        let expect = |severity: &str| [format!("{severity}{email}"), format!("{severity}{slug}")];
        for (moment, severity) in [(Moment::Build, "error"), (STRICT, "error"), (START, "warning")] {
            let expect = expect(severity);
            check(&insert(&[("nickname", "String")]), &users(), moment, &[&expect[0], &expect[1]]);
        }
    }

    #[test]
    fn a_build_says_them_together() {
        let findings = compare(&insert(&[]), &users(), Moment::Build);
        let together = wording::missing_required_together(&findings).unwrap();
        assert_eq!(
            together.lines(),
            "columns `email` and `slug` of `public.users` are required, but an insert of `app::Model` supplies no \
             values\n\
             help: add fields, or defaults in a migration; where a trigger fills them, \
             `#[schemacheck(optional(\"email\", \"slug\", reason = \"...\"))]` says so\n\
             note: column `email` is `text` and `NOT NULL`, without a default\n\
             note: column `slug` is `text` and `NOT NULL`, without a default\n\
             note: `cargo schemacheck explain missing-required-column` tells more"
        );
        assert_eq!(wording::missing_required_together(&findings[1..]).as_ref(), findings.get(1));
        assert_eq!(wording::missing_required_together(&[]), None);
    }

    #[test]
    fn what_is_supplied_or_filled_by_the_server_is_no_finding() {
        check(&insert(&[("email", "String"), ("slug", "String")]), &users(), Moment::Build, &[]);
        let mut by_trigger = insert(&[("email", "String")]);
        by_trigger.optional = vec![Optional { column: "slug".into(), reason: "a trigger".into() }];
        check(&by_trigger, &users(), Moment::Build, &[]);
    }

    #[test]
    fn what_a_trigger_fills_is_no_finding_here_nor_where_the_guard_looks() {
        let filled = |column: &mut Column| column.filled_by = Some("users_slug".into());
        let mut catalog = users();
        let columns = &mut catalog.relations.values_mut().next().unwrap().columns;
        columns.iter_mut().filter(|column| column.name == "slug").for_each(filled);
        let mut model = insert(&[("email", "String")]);
        check(&model, &catalog, Moment::Build, &[]);
        check(
            &model,
            &users(),
            STRICT,
            &["error[missing-required-column]: column `public.users.slug` is required, \
                                           but an insert of `app::Model` supplies no value"],
        );
        model.add_facts(&catalog);
        let reason = "the trigger `users_slug` fills it".to_owned();
        assert_eq!(model.optional, [Optional { column: "slug".into(), reason }]);
        check(&model, &users(), STRICT, &[]);
    }

    /// Of a domain, NULL is refused before a trigger runs.
    #[test]
    fn no_trigger_fills_what_a_domain_refuses() {
        let filled = Some("users_c".to_owned());
        let column = Column { ty: PgType::named("public", "must"), filled_by: filled, ..column("c", "x") };
        let mut catalog = table("public.users", &[not_null(column)]);
        let name = QualifiedName::new("public", "must");
        let kind =
            TypeKind::Domain { base: PgType::builtin("text"), not_null: true, default: None, checks: vec![] };
        catalog.types.insert(name.clone(), TypeDef { name, kind });
        let expect = "error[missing-required-column]: column `public.users.c` is required, \
                      but an insert of `app::Model` supplies no value";
        check(&insert(&[]), &catalog, Moment::Build, &[expect]);
    }

    #[test]
    fn a_field_that_an_insert_leaves_out_supplies_nothing() {
        let mut model = insert(&[("email", "String"), ("slug", "String")]);
        model.columns[1].left_out = vec![Kind::Update];
        check(&model, &users(), Moment::Build, &[]);
        model.columns[1].left_out = vec![Kind::Insert];
        let slug = "error[missing-required-column]: column `public.users.slug` is required, \
                    but an insert of `app::Model` supplies no value";
        check(&model, &users(), Moment::Build, &[slug]);
    }

    #[test]
    fn a_column_that_need_not_be_supplied_exists() {
        let mut misspelt = insert(&[("email", "String"), ("slug", "String")]);
        misspelt.optional = vec![Optional { column: "nick_name".into(), reason: "a trigger".into() }];
        let expect = "error[missing-column]: cannot find column `nick_name` in table `public.users`, \
                      which `app::Model` calls optional";
        check(&misspelt, &users(), Moment::Build, &[expect]);
        let finding = &compare(&misspelt, &users(), Moment::Build)[0];
        assert_eq!(finding.help, ["a column with a similar name exists: `nickname`"]);
        check(&misspelt, &users(), START, &[]);
    }

    #[test]
    fn only_inserts_need_them() {
        for kinds in [vec![Kind::Read], vec![Kind::Update], vec![Kind::Read, Kind::Update]] {
            let model = Manifest { kinds, ..model("users", &[("nickname", "Option<String>")]) };
            check(&model, &users(), Moment::Build, &[]);
        }
    }

    #[test]
    fn nobody_knows_what_a_view_or_a_foreign_table_needs() {
        let mut catalog = users();
        catalog.relations.values_mut().next().unwrap().kind = RelKind::ForeignTable;
        check(&insert(&[("email", "String")]), &catalog, Moment::Build, &[]);
    }

    #[test]
    fn a_domain_can_require_a_value_and_can_supply_one() {
        let mut catalog =
            table("public.users", &[Column { ty: PgType::named("public", "email"), ..column("c", "x") }]);
        let name = QualifiedName::new("public", "email");
        for (default, expect) in [
            (
                None,
                &["error[missing-required-column]: column `public.users.c` is required, \
                      but an insert of `app::Model` supplies no value"][..],
            ),
            (Some(String::new()), &[]),
        ] {
            let base = PgType::builtin("text");
            let kind = TypeKind::Domain { base, not_null: true, default, checks: vec![] };
            catalog.types.insert(name.clone(), TypeDef { name: name.clone(), kind });
            check(&insert(&[]), &catalog, Moment::Build, expect);
        }
        // `DEFAULT NULL` on the column hides the domain's default.
        let message = "error[missing-required-column]: column `public.users.c` is required, \
                       but an insert of `app::Model` supplies no value";
        let relation = catalog.relations.values_mut().next().unwrap();
        relation.columns[0].default = Some("NULL::public.email".into());
        check(&insert(&[]), &catalog, Moment::Build, &[message]);
    }

    #[test]
    fn columns_that_only_the_compiler_knows_are_left_to_it() {
        let mut flattening = insert(&[("email", "String")]);
        flattening.groups = vec![Group {
            field: "rest".into(),
            line: 1,
            rust_type: "Rest".into(),
            is_open: false,
            none_is_default: false,
            fit: crate::manifest::Fit::Fits,
        }];
        flattening.awaits_columns = true;
        check(&flattening, &users(), Moment::Build, &[]);
        flattening.awaits_columns = false;
        let slug = "error[missing-required-column]: column `public.users.slug` is required, \
                    but an insert of `app::Model` supplies no value";
        check(&flattening, &users(), Moment::Build, &[slug]);
        // Of a type parameter nobody knows what it brings.
        flattening.groups[0].is_open = true;
        check(&flattening, &users(), START, &[]);
    }
}
