//! Does the relation exist, where, and is it still of a kind that serves?

use super::Moment;
use crate::catalog::{Catalog, RelKind, Relation};
use crate::finding::{Finding, wording};
use crate::ident::QualifiedName;
use crate::manifest::{Kind, Manifest};

/// The relation that the manifest means; what is wrong with it goes to `findings`.
pub(super) fn check<'a>(
    manifest: &Manifest,
    catalog: &'a Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) -> Option<&'a Relation> {
    let Some(relation) = catalog.relation(manifest.schema.as_deref(), &manifest.relation) else {
        findings.push(match closed_on_path(manifest, &catalog.known_relations, catalog) {
            Some(name) => wording::closed_on_path(manifest, name, &catalog.privileges.role),
            None => wording::missing_relation(manifest, catalog),
        });
        return None;
    };
    if let (None, Some(built), Moment::Start { .. }) = (&manifest.schema, &manifest.resolved, moment)
        && *built != relation.name.schema
    {
        findings.push(wording::other_schema(manifest, built, &relation.name));
    }
    if manifest.is(Kind::Read) && catalog.unpopulated.contains(&relation.name) {
        // The program that fills it may be this one.
        findings.push(wording::unpopulated(manifest, relation, moment.risk()));
    }
    let is_view = matches!(relation.kind, RelKind::View | RelKind::MaterializedView);
    if manifest.writes() && is_view {
        findings.push(wording::unwritable_kind(manifest, relation));
    } else if let Some(built) = manifest.relation_kind
        && built != relation.kind
    {
        findings.push(wording::other_kind(manifest, relation, built));
    }
    Some(relation)
}

/// What of the known names one without schema would mean, if the role might use the schemas of the search path.
pub(super) fn closed_on_path<'a>(
    manifest: &Manifest,
    known: &'a [QualifiedName],
    catalog: &Catalog,
) -> Option<&'a QualifiedName> {
    let within =
        |schema: &String| known.iter().find(|name| name.schema == *schema && name.name == manifest.relation);
    let on_path = catalog.privileges.closed_schemas.iter().filter(|_| manifest.schema.is_none());
    on_path.filter_map(within).next()
}

#[cfg(test)]
mod tests {
    use crate::code::Code;
    use crate::compare::Moment;
    use crate::compare::testing::{check, column, model, table};
    use crate::manifest::{Kind, Level, Override};
    use crate::{Catalog, QualifiedName, RelKind};

    const START: Moment = Moment::Start { strict: false };

    fn catalog() -> Catalog {
        let mut catalog = table("public.users", &[column("id", "int8")]);
        catalog.relations.extend(table("billing.invoices", &[column("id", "int8")]).relations);
        catalog.schemas = vec!["public".into(), "billing".into()];
        catalog
    }

    #[test]
    fn an_existing_relation_is_no_finding() {
        check(&model("users", &[("id", "i64")]), &catalog(), Moment::Build, &[]);
        let mut qualified = model("invoices", &[("id", "i64")]);
        qualified.schema = Some("billing".into());
        check(&qualified, &catalog(), START, &[]);
    }

    #[test]
    fn a_missing_relation_is_an_error_with_the_nearest_name() {
        let expect = "error[missing-relation]: cannot find relation `user`";
        check(&model("user", &[("id", "i64")]), &catalog(), Moment::Build, &[expect]);
        let finding = &crate::compare::compare(&model("user", &[]), &catalog(), Moment::Build)[0];
        assert_eq!(finding.help, ["a relation with a similar name exists: `public.users`"]);
        assert_eq!(
            finding.notes,
            [
                "the snapshot covers the schemas `public` and `billing`, without temporary tables; partitions and relations of extensions need `--include`"
            ]
        );
        let finding = &crate::compare::compare(&model("Users", &[]), &catalog(), Moment::Build)[0];
        assert_eq!(finding.help, ["a relation exists whose name differs only in case: `public.users`"]);
    }

    #[test]
    fn a_relation_outside_the_search_path_is_missing() {
        let finding = &crate::compare::compare(&model("invoices", &[]), &catalog(), START)[0];
        assert_eq!(
            finding.help,
            [
                "a relation of that name exists where the search path does not lead: `billing.invoices`; the search path is `public`"
            ]
        );
    }

    #[test]
    fn a_relation_in_a_schema_that_may_not_be_used_is_not_missing() {
        let mut catalog = catalog();
        catalog.known_relations = vec![QualifiedName::new("billing", "invoices")];
        catalog.privileges.role = "app".into();
        catalog.privileges.closed_schemas = vec!["billing".into()];
        let expect = "error[missing-privilege]: role `app` may not use schema `billing` of the search path";
        check(&model("invoices", &[]), &catalog, START, &[expect]);
        let expect = "error[missing-relation]: cannot find relation `payments`";
        check(&model("payments", &[]), &catalog, START, &[expect]);
    }

    #[test]
    fn the_schema_searched_first_is_judged() {
        let mut catalog = catalog();
        catalog.relations.extend(table("tenant.users", &[column("other", "int8")]).relations);
        catalog.search_path = vec!["tenant".into(), "public".into()];
        let mut model = model("users", &[("id", "i64")]);
        model.resolved = Some("public".into());
        check(
            &model,
            &catalog,
            START,
            &[
                "info[other-schema]: `users` is found in schema `tenant`, at the build it was `public`",
                "error[missing-column]: cannot find column `id` in table `tenant.users`",
            ],
        );
    }

    #[test]
    fn a_view_serves_readers_and_warns_writers() {
        let mut catalog = catalog();
        let name = QualifiedName::new("public", "users");
        catalog.relations.get_mut(&name).unwrap().kind = RelKind::View;
        let mut model = model("users", &[("id", "i64")]);
        check(&model, &catalog, START, &[]);
        model.relation_kind = Some(RelKind::Table);
        check(
            &model,
            &catalog,
            START,
            &["info[relation-kind]: `public.users` is a view, at the build it was a table"],
        );
        model.relation_kind = Some(RelKind::View);
        check(&model, &catalog, START, &[]);
        model.kinds = vec![Kind::Insert];
        check(
            &model,
            &catalog,
            START,
            &["warning[relation-kind]: `public.users` is a view, and `app::Model` writes to it"],
        );
    }

    #[test]
    fn a_view_without_data_warns_who_reads_it() {
        let mut catalog = catalog();
        let name = QualifiedName::new("public", "users");
        catalog.relations.get_mut(&name).unwrap().kind = RelKind::MaterializedView;
        let mut model = model("users", &[("id", "i64")]);
        check(&model, &catalog, START, &[]);
        catalog.unpopulated.insert(name);
        let message =
            "[unpopulated-view]: materialized view `public.users` is not populated: no query can read it";
        check(&model, &catalog, START, &[&format!("warning{message}")]);
        check(&model, &catalog, Moment::Start { strict: true }, &[&format!("error{message}")]);
        model.kinds.clear();
        check(&model, &catalog, START, &[]);
    }

    #[test]
    fn the_users_own_level_holds_for_the_relation_too() {
        let mut catalog = catalog();
        catalog.relations.get_mut(&QualifiedName::new("public", "users")).unwrap().kind = RelKind::View;
        let mut model = model("users", &[("id", "i64")]);
        model.kinds = vec![Kind::Insert];
        let level = |level| vec![Override { code: Code::RelationKind, level, reason: "a trigger".into() }];
        model.overrides = level(Level::Allow);
        check(&model, &catalog, START, &[]);
        model.overrides = level(Level::Deny);
        let expect = "error[relation-kind]: `public.users` is a view, and `app::Model` writes to it";
        check(&model, &catalog, START, &[expect]);
    }
}
