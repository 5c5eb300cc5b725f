//! Does the program write what only the server may write, or NULL where it is refused?

use super::Moment;
use crate::catalog::{Catalog, Column, ConstraintKind, Identity, Relation};
use crate::code::Severity;
use crate::finding::{Finding, wording};
use crate::manifest::{Expected, Kind, Manifest};

/// `GENERATED ALWAYS`.
pub(super) fn generated(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    findings: &mut Vec<Finding>,
) {
    if let Some(what) = refuses_writes(manifest, expected, relation, column) {
        findings.push(wording::generated_written(manifest, expected, relation, what));
    }
}

/// Why the column refuses what a field of the model would write, in SQL.
pub fn refuses_writes(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
) -> Option<&'static str> {
    let by_insert = manifest.does(Kind::Insert, expected);
    let by_update = manifest.does(Kind::Update, expected);
    // An update carries the key of its row, which it does not write.
    let is_key = relation.constraints.iter().any(|constraint| {
        matches!(&constraint.kind, ConstraintKind::PrimaryKey(columns) if columns.contains(&column.name))
    });
    // Where no keys were asked for, nobody knows which column is the key. Checks are asked for by themselves.
    let has_keys =
        relation.constraints.iter().any(|constraint| !matches!(constraint.kind, ConstraintKind::Check(_)));
    match (&column.generated, column.identity) {
        (Some(_), _) if by_insert || by_update => Some("GENERATED ALWAYS AS (...)"),
        (None, Some(Identity::Always)) if by_insert || by_update && has_keys && !is_key => {
            Some("GENERATED ALWAYS AS IDENTITY")
        }
        _ => None,
    }
}

/// NULL, which a write sends for `None`.
pub(super) fn null(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    catalog: &Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) {
    if expected.accepts_null != Some(true) {
        return;
    }
    let Some(by) = refuses_none(manifest, expected, relation, column, catalog) else { return };
    let severity = match moment {
        Moment::Build | Moment::Start { strict: true } => Severity::Error,
        // Every row with a value still goes in.
        Moment::Start { strict: false } => Severity::Warning,
    };
    findings.push(wording::null_written(manifest, expected, relation, by, severity));
}

/// What fails where it writes `None` into the column: an insert, or an update that writes NULL for it.
pub fn refuses_none(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    column: &Column,
    catalog: &Catalog,
) -> Option<Kind> {
    if !relation.kind.has_nullability() || !catalog.refuses_null(column) || manifest.is_optional(&column.name)
    {
        return None;
    }
    // Where DEFAULT is written, it has to be there.
    let by_insert =
        (!expected.none_is_default || catalog.requires_value(column)) && !catalog.is_filled(column);
    let kinds = [(Kind::Insert, by_insert), (Kind::Update, expected.none_is_null)];
    kinds.into_iter().find(|(kind, fails)| *fails && manifest.does(*kind, expected)).map(|(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Constraint, ConstraintKind, Generated, Identity};
    use crate::compare::Moment;
    use crate::compare::testing::{check, column, model, not_null, table};
    use crate::manifest::{Kind, Optional};
    use crate::{Catalog, Column, Manifest, RelKind};

    const START: Moment = Moment::Start { strict: false };

    fn writing(kinds: &[Kind]) -> Manifest {
        Manifest { kinds: kinds.to_vec(), implied_kind: false, ..model("users", &[("c", "i64")]) }
    }

    fn with(change: impl Fn(&mut Column)) -> Catalog {
        let mut c = column("c", "int8");
        change(&mut c);
        table("public.users", &[c])
    }

    fn key(catalog: &mut Catalog, column: &str) {
        constraint(catalog, "users_pkey", ConstraintKind::PrimaryKey(vec![column.into()]));
    }

    fn constraint(catalog: &mut Catalog, name: &str, kind: ConstraintKind) {
        let constraint = Constraint {
            name: name.into(),
            kind,
            validated: true,
            enforced: true,
            period: false,
            deferrable: false,
            deferred: false,
        };
        catalog.relations.values_mut().next().unwrap().constraints.push(constraint);
    }

    fn message(what: &str) -> String {
        format!(
            "error[generated-column-written]: column `public.users.c` is `GENERATED ALWAYS AS {what}`, \
                 but field `c` writes it"
        )
    }

    #[test]
    fn a_generated_column_is_read_and_never_written() {
        let catalog = with(|c| c.generated = Some(Generated { stored: true, expression: String::new() }));
        check(&writing(&[Kind::Read]), &catalog, Moment::Build, &[]);
        for kinds in [&[Kind::Insert][..], &[Kind::Update], &[Kind::Read, Kind::Update]] {
            check(&writing(kinds), &catalog, Moment::Build, &[&message("(...)")]);
            check(&writing(kinds), &catalog, START, &[&message("(...)")]);
        }
    }

    #[test]
    fn an_identity_that_is_always_generated_is_not_inserted() {
        let always = with(|c| c.identity = Some(Identity::Always));
        check(&writing(&[Kind::Insert]), &always, Moment::Build, &[&message("IDENTITY")]);
        check(&writing(&[Kind::Read]), &always, Moment::Build, &[]);
        let by_default = with(|c| c.identity = Some(Identity::ByDefault));
        check(&writing(&[Kind::Insert, Kind::Update]), &by_default, Moment::Build, &[]);
    }

    #[test]
    fn an_update_carries_the_key_of_its_row() {
        let mut always = with(|c| c.identity = Some(Identity::Always));
        check(&writing(&[Kind::Update]), &always, START, &[]);
        // As the guard's answer is where labels are judged and nothing is promised.
        constraint(&mut always, "users_check", ConstraintKind::Check("CHECK ((c > 0))".into()));
        check(&writing(&[Kind::Update]), &always, START, &[]);
        key(&mut always, "c");
        check(&writing(&[Kind::Update]), &always, Moment::Build, &[]);
        let mut another = with(|c| c.identity = Some(Identity::Always));
        key(&mut another, "id");
        check(&writing(&[Kind::Update]), &another, Moment::Build, &[&message("IDENTITY")]);
    }

    fn none(kinds: &[Kind]) -> Manifest {
        let mut model = writing(kinds);
        model.columns[0].rust_type = "Option<i64>".into();
        model.columns[0].accepts_null = Some(true);
        model
    }

    const NULL: &str = "[not-null-column]: column `public.users.c` refuses NULL, \
                        but an insert sends NULL for `None` in field `c`";

    #[test]
    fn none_is_not_inserted_where_null_is_refused() {
        let catalog = table("public.users", &[not_null(column("c", "int8"))]);
        check(&none(&[Kind::Insert]), &catalog, Moment::Build, &[&format!("error{NULL}")]);
        check(&none(&[Kind::Insert]), &catalog, START, &[&format!("warning{NULL}")]);
        check(&none(&[Kind::Read]), &catalog, Moment::Build, &[]);
        check(&none(&[Kind::Update]), &catalog, Moment::Build, &[]);
        let mut unknown = none(&[Kind::Insert]);
        unknown.columns[0].accepts_null = None;
        check(&unknown, &catalog, Moment::Build, &[]);
        let mut filled = none(&[Kind::Insert]);
        filled.optional = vec![Optional { column: "c".into(), reason: "a trigger".into() }];
        check(&filled, &catalog, Moment::Build, &[]);
    }

    #[test]
    fn none_is_inserted_where_null_is_accepted() {
        check(&none(&[Kind::Insert]), &table("public.users", &[column("c", "int8")]), Moment::Build, &[]);
        let mut view = table("public.users", &[not_null(column("c", "int8"))]);
        view.relations.values_mut().next().unwrap().kind = RelKind::ForeignTable;
        check(&none(&[Kind::Insert]), &view, Moment::Build, &[]);
    }

    #[test]
    fn an_update_may_write_null_for_none() {
        let catalog = table("public.users", &[not_null(column("c", "int8"))]);
        let mut model = none(&[Kind::Update]);
        model.columns[0].none_is_null = true;
        let expect = "error[not-null-column]: column `public.users.c` refuses NULL, \
                      but an update sets it to NULL for `None` in field `c`";
        check(&model, &catalog, Moment::Build, &[expect]);
        check(&model, &table("public.users", &[column("c", "int8")]), Moment::Build, &[]);
        model.columns[0].left_out = vec![Kind::Update];
        check(&model, &catalog, Moment::Build, &[]);
    }

    /// A trigger before the insert puts a value there; an update runs another one, or none.
    #[test]
    fn none_may_be_inserted_where_a_trigger_fills_the_column() {
        let filled = Some("users_c".to_owned());
        let catalog = table("public.users", &[Column { filled_by: filled, ..not_null(column("c", "int8")) }]);
        let mut model = none(&[Kind::Insert]);
        check(&model, &catalog, Moment::Build, &[]);
        model.columns[0].none_is_default = true;
        check(&model, &catalog, Moment::Build, &[]);
        let mut both = none(&[Kind::Insert, Kind::Update]);
        both.columns[0].none_is_null = true;
        let expect = "error[not-null-column]: column `public.users.c` refuses NULL, \
                      but an update sets it to NULL for `None` in field `c`";
        check(&both, &catalog, Moment::Build, &[expect]);
        both.add_facts(&catalog);
        assert_eq!(both.optional, []);
        model.add_facts(&catalog);
        let live = table("public.users", &[not_null(column("c", "int8"))]);
        check(&model, &live, Moment::Start { strict: true }, &[]);
    }

    #[test]
    fn a_kind_that_leaves_the_field_out_writes_nothing() {
        let generated = with(|c| c.generated = Some(Generated { stored: true, expression: String::new() }));
        let mut model = writing(&[Kind::Insert, Kind::Update]);
        model.columns[0].left_out = vec![Kind::Insert, Kind::Update];
        check(&model, &generated, Moment::Build, &[]);
        model.columns[0].left_out = vec![Kind::Insert];
        check(&model, &generated, Moment::Build, &[&message("(...)")]);
        check(&model, &with(|c| c.identity = Some(Identity::Always)), Moment::Build, &[]);
        let catalog = table("public.users", &[not_null(column("c", "int8"))]);
        let mut model = none(&[Kind::Insert]);
        model.columns[0].left_out = vec![Kind::Insert];
        let expect = "error[missing-required-column]: column `public.users.c` is required, \
                      but an insert of `app::Model` supplies no value";
        check(&model, &catalog, Moment::Build, &[expect]);
    }

    #[test]
    fn where_none_is_default_there_has_to_be_one() {
        let mut model = none(&[Kind::Insert]);
        model.columns[0].none_is_default = true;
        let mut catalog = table("public.users", &[not_null(column("c", "int8"))]);
        let expect = "error[not-null-column]: column `public.users.c` refuses NULL and has no default, \
                      but an insert sends DEFAULT for `None` in field `c`";
        check(&model, &catalog, Moment::Build, &[expect]);
        catalog.relations.values_mut().next().unwrap().columns[0].default = Some("7".into());
        check(&model, &catalog, Moment::Build, &[]);
        model.columns[0].none_is_default = false;
        check(&model, &catalog, Moment::Build, &[&format!("error{NULL}")]);
    }
}
