//! One tenant of many: the same models in another schema.

use super::{Manifest, Sort};
use crate::catalog::Catalog;
use crate::ident::QualifiedName;
use crate::pg_type::PgType;

impl Manifest {
    /// The manifest as it holds for a tenant: a model that names no schema means the tenant's.
    ///
    /// Types that the build found beside the relation are expected beside the tenant's, if the tenant has its own; one
    /// that tenants share stays where it is.
    #[must_use]
    pub fn in_schema(&self, schema: &str, catalog: &Catalog) -> Self {
        let mut bound = self.clone();
        if self.schema.is_some() {
            return bound;
        }
        let own_type = QualifiedName::new(schema, &self.relation);
        match self.sort {
            Sort::Model => bound.schema = Some(schema.to_owned()),
            Sort::Enum | Sort::Type if catalog.types.contains_key(&own_type) => {
                bound.resolved = bound.resolved.map(|_| schema.to_owned());
            }
            Sort::Enum | Sort::Type => {}
        }
        let Some(home) = &self.resolved else { return bound };
        let own = |ty: &mut PgType| {
            if ty.schema == *home && !ty.is_builtin() {
                let moved = PgType { schema: schema.to_owned().into(), ..ty.clone() };
                if catalog.types.contains_key(&moved.qualified_name()) {
                    *ty = moved;
                }
            }
        };
        for built in bound.columns.iter_mut().filter_map(|column| column.built.as_mut()) {
            own(&mut built.ty);
            if let Some(base) = &mut built.base {
                own(base);
            }
        }
        bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::testing::{built, model};
    use crate::pg_type::{TypeDef, TypeKind};

    #[test]
    fn a_tenants_own_types_are_expected_there_and_shared_ones_stay() {
        let mut catalog = Catalog::default();
        let name = QualifiedName::new("tenant_1", "mood");
        let kind = TypeKind::Enum { labels: vec![] };
        catalog.types.insert(name.clone(), TypeDef { name, kind });
        let mut users = model("users", &[("mood", "Mood"), ("rank", "Rank")]);
        users.resolved = Some("public".into());
        users.columns[0].built = Some(built(PgType::named("public", "mood"), true));
        users.columns[1].built = Some(built(PgType::named("public", "rank"), true));
        let schemas = |manifest: &Manifest| -> Vec<String> {
            manifest
                .columns
                .iter()
                .map(|column| column.built.as_ref().unwrap().ty.schema.to_string())
                .collect()
        };
        let bound = users.in_schema("tenant_1", &catalog);
        assert_eq!(
            (bound.schema.as_deref(), schemas(&bound)),
            (Some("tenant_1"), vec!["tenant_1".into(), "public".into()])
        );
        users.schema = Some("public".into());
        assert_eq!(users.in_schema("tenant_1", &catalog), users);
    }
}
