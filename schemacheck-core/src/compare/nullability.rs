//! Can the column be NULL where the field cannot?

use super::Moment;
use crate::catalog::{Catalog, Column, Relation};
use crate::code::Code;
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Kind, Manifest};

pub(super) fn check(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) {
    // What PostgreSQL cannot say, the model may: `nullable` on a view's column. A broken `not_null` is said elsewhere.
    let can_be_null = match (relation.kind.has_nullability(), expected.promises.not_null) {
        (true, Some(true)) | (false, Some(true) | None) => false,
        (true, _) => !catalog.refuses_null(column),
        (false, Some(false)) => true,
    };
    // `Option` on a NOT NULL column is never a finding of a reader: LEFT JOIN makes any column NULL. A writer that never
    // writes NULL is fine.
    if !manifest.is(Kind::Read) || expected.accepts_null != Some(false) || !can_be_null {
        return;
    }
    let Some(built) = &expected.built else { return };
    // Dropping NOT NULL is a legitimate first step of a rollout: the rows that are there still have values.
    let severity = moment.known_risk();
    let mut finding = wording::nullable(manifest, expected, relation, built.not_null, severity);
    if !built.not_null {
        finding.notes.extend(wording::let_through(manifest, expected, Code::NullableColumn));
    }
    findings.push(finding);
}

#[cfg(test)]
mod tests {
    use crate::compare::testing::{built, check, column, model, table};
    use crate::compare::{Moment, compare};
    use crate::manifest::{BuildMode, Kind};
    use crate::pg_type::{PgType, TypeDef, TypeKind};
    use crate::{Manifest, QualifiedName, RelKind};

    const START: Moment = Moment::Start { strict: false };
    const DROPPED: &str = "column `public.users.c` is nullable, but this program was built for `NOT NULL`";

    fn expecting(accepts_null: Option<bool>, not_null: bool) -> Manifest {
        let mut model = model("users", &[("c", "String")]);
        model.columns[0].built = Some(built(PgType::builtin("text"), not_null));
        model.columns[0].accepts_null = accepts_null;
        model
    }

    #[test]
    fn a_dropped_not_null_warns_at_start_and_stops_a_build() {
        let catalog = table("public.users", &[column("c", "text")]);
        let model = expecting(Some(false), true);
        check(&model, &catalog, START, &[&format!("warning[nullable-column]: {DROPPED}")]);
        check(
            &model,
            &catalog,
            Moment::Start { strict: true },
            &[&format!("error[nullable-column]: {DROPPED}")],
        );
        check(&model, &catalog, Moment::Build, &[&format!("error[nullable-column]: {DROPPED}")]);
    }

    #[test]
    fn what_the_build_let_through_is_repeated_until_the_column_refuses_null() {
        let mut catalog = table("public.users", &[column("c", "text")]);
        let mut model = expecting(Some(false), false);
        model.mode = BuildMode::Warn;
        let finding = compare(&model, &catalog, START).remove(0);
        assert_eq!(
            (finding.headline().as_str(), finding.notes.as_slice()),
            (
                "warning[nullable-column]: column `public.users.c` is nullable, but field `c` is `String`",
                &["the build let it through: `SCHEMACHECK_BUILD=warn`".to_owned()][..]
            )
        );
        // A `NOT NULL` that was dropped since is no mismatch of the build.
        model.columns[0].built.as_mut().unwrap().not_null = true;
        assert!(compare(&model, &catalog, START)[0].notes.is_empty());
        model.columns[0].built.as_mut().unwrap().not_null = false;
        catalog.relations.values_mut().next().unwrap().columns[0].not_null = true;
        check(&model, &catalog, Moment::Start { strict: true }, &[]);
    }

    #[test]
    fn what_can_hold_null_or_is_unknown_is_no_finding() {
        let catalog = table("public.users", &[column("c", "text")]);
        check(&expecting(Some(true), true), &catalog, START, &[]);
        check(&expecting(None, true), &catalog, START, &[]);
        let mut not_null = catalog;
        not_null.relations.values_mut().next().unwrap().columns[0].not_null = true;
        check(&expecting(Some(false), true), &not_null, START, &[]);
        check(&expecting(Some(true), true), &not_null, START, &[]);
    }

    #[test]
    fn a_writer_that_never_writes_null_is_no_finding() {
        let catalog = table("public.users", &[column("c", "text")]);
        let mut model = expecting(Some(false), true);
        model.kinds = vec![Kind::Insert, Kind::Update];
        check(&model, &catalog, Moment::Build, &[]);
        model.kinds.push(Kind::Read);
        check(&model, &catalog, Moment::Build, &[&format!("error[nullable-column]: {DROPPED}")]);
    }

    #[test]
    fn views_are_not_judged() {
        for kind in [RelKind::View, RelKind::MaterializedView, RelKind::ForeignTable] {
            let mut catalog = table("public.users", &[column("c", "text")]);
            catalog.relations.values_mut().next().unwrap().kind = kind;
            check(&expecting(Some(false), true), &catalog, START, &[]);
        }
    }

    #[test]
    fn a_model_may_say_what_a_view_cannot() {
        let mut catalog = table("public.users", &[column("c", "text")]);
        catalog.relations.values_mut().next().unwrap().kind = RelKind::View;
        let mut model = expecting(Some(false), false);
        model.columns[0].promises.not_null = Some(false);
        let expect =
            "warning[nullable-column]: column `public.users.c` is nullable, but field `c` is `String`";
        check(&model, &catalog, START, &[expect]);
        model.columns[0].accepts_null = Some(true);
        check(&model, &catalog, START, &[]);
        model.columns[0].accepts_null = Some(false);
        model.columns[0].promises.not_null = Some(true);
        check(&model, &catalog, START, &[]);
    }

    #[test]
    fn a_domain_of_a_domain_can_refuse_null() {
        let mut catalog = table("public.users", &[column("c", "text")]);
        catalog.relations.values_mut().next().unwrap().columns[0].ty = PgType::named("public", "outer");
        for (name, base, not_null) in
            [("outer", PgType::named("public", "inner"), false), ("inner", PgType::builtin("text"), true)]
        {
            let name = QualifiedName::new("public", name);
            let kind = TypeKind::Domain { base, not_null, default: None, checks: vec![] };
            catalog.types.insert(name.clone(), TypeDef { name, kind });
        }
        let mut model = expecting(Some(false), true);
        model.columns[0].built.as_mut().unwrap().ty = PgType::named("public", "outer");
        model.columns[0].built.as_mut().unwrap().base = Some(PgType::builtin("text"));
        check(&model, &catalog, START, &[]);
    }
}
