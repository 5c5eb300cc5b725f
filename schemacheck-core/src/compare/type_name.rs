//! Does the name of an enum or a type lead to one, and to the one that columns have?

use super::{Moment, relation};
use crate::catalog::Catalog;
use crate::finding::{Finding, wording};
use crate::manifest::Manifest;
use crate::pg_type::TypeDef;

/// The type that the manifest means; what is wrong with its name goes to `findings`.
pub(super) fn check<'a>(
    manifest: &Manifest,
    catalog: &'a Catalog,
    moment: Moment,
    findings: &mut Vec<Finding>,
) -> Option<&'a TypeDef> {
    let Some(def) = catalog.type_def(manifest.schema.as_deref(), &manifest.relation) else {
        findings.push(match relation::closed_on_path(manifest, &catalog.known_types, catalog) {
            Some(name) => wording::closed_on_path(manifest, name, &catalog.privileges.role),
            None => wording::missing_type(manifest, catalog),
        });
        return None;
    };
    if let (None, Some(built), Moment::Start { .. }) = (&manifest.schema, &manifest.resolved, moment)
        && *built != def.name.schema
        && let Some(column) = column_of(built, &manifest.relation, catalog)
    {
        findings.push(wording::type_hidden(manifest, built, &def.name, &column, moment.risk()));
    }
    Some(def)
}

/// The first column that has this type, or an array of it.
fn column_of(schema: &str, name: &str, catalog: &Catalog) -> Option<String> {
    catalog.relations.values().find_map(|relation| {
        let mut columns = relation.columns.iter();
        let column = columns.find(|column| column.ty.schema == schema && column.ty.name == name)?;
        Some(format!("{}.{}", relation.name, column.name))
    })
}

#[cfg(test)]
mod tests {
    use crate::compare::Moment;
    use crate::compare::testing::{check, column, table};
    use crate::manifest::{Level, Override, Sort};
    use crate::pg_type::{PgType, TypeDef, TypeKind};
    use crate::{Catalog, Code, Manifest, QualifiedName};

    const START: Moment = Moment::Start { strict: false };

    fn mood() -> Manifest {
        Manifest {
            path: "app::Mood".into(),
            sort: Sort::Enum,
            relation: "mood".into(),
            resolved: Some("types".into()),
            ..Manifest::default()
        }
    }

    /// Enums of that name in these schemas, which are the search path; one column has that of `types`.
    fn catalog(schemas: &[&str]) -> Catalog {
        let mut catalog = table("app.people", &[column("mood", "mood")]);
        catalog.relations.values_mut().next().unwrap().columns[0].ty = PgType::named("types", "mood").array();
        catalog.search_path = schemas.iter().map(|&schema| schema.into()).collect();
        for schema in schemas {
            let name = QualifiedName::new(*schema, "mood");
            catalog.types.insert(name.clone(), TypeDef { name, kind: TypeKind::Enum { labels: vec![] } });
        }
        catalog
    }

    #[test]
    fn a_name_that_leads_to_another_type_than_the_columns_is_a_risk() {
        let message = "[other-schema]: `mood` is found in schema `app`, at the build it was `types`";
        let hidden = catalog(&["app", "types"]);
        check(&mood(), &hidden, START, &[&format!("warning{message}")]);
        check(&mood(), &hidden, Moment::Start { strict: true }, &[&format!("error{message}")]);
        check(&mood(), &catalog(&["types", "app"]), START, &[]);
        check(&mood(), &hidden, Moment::Build, &[]);
        // Columns and name went to the other schema together, or no column has it.
        let mut moved = hidden.clone();
        moved.relations.values_mut().next().unwrap().columns[0].ty = PgType::named("app", "mood");
        check(&mood(), &moved, START, &[]);
        moved.relations.clear();
        check(&mood(), &moved, START, &[]);
        check(&Manifest { schema: Some("types".into()), ..mood() }, &hidden, START, &[]);
    }

    #[test]
    fn a_type_in_a_schema_that_may_not_be_used_is_not_missing() {
        let mut catalog = Catalog { search_path: vec!["app".into()], ..Catalog::default() };
        catalog.known_types = vec![QualifiedName::new("types", "mood")];
        catalog.privileges.role = "app".into();
        check(&mood(), &catalog, START, &["error[missing-type]: cannot find enum `types.mood`"]);
        catalog.privileges.closed_schemas = vec!["types".into()];
        let expect = "error[missing-privilege]: role `app` may not use schema `types` of the search path";
        check(&mood(), &catalog, START, &[expect]);
        // Who allows a missing grant does not mean that the type may be missing.
        let mut allows = mood();
        let level = |code| vec![Override { code, level: Level::Allow, reason: "later".into() }];
        allows.overrides = level(Code::MissingPrivilege);
        check(&allows, &catalog, START, &[expect]);
        allows.overrides = level(Code::MissingType);
        check(&allows, &catalog, START, &[]);
    }
}
