//! What the snapshot says of a type that a struct derives: a composite type or a domain.

use super::{Built, Manifest};
use crate::catalog::Catalog;
use crate::pg_type::{PgType, TypeKind};

impl Manifest {
    /// Fills in what the snapshot says of the attributes. A domain has one entry, named and typed as the domain itself.
    pub(super) fn add_type_facts(&mut self, catalog: &Catalog) {
        let Some(def) = catalog.type_def(self.schema.as_deref(), &self.relation) else {
            return;
        };
        self.resolved = Some(def.name.schema.clone());
        match &def.kind {
            TypeKind::Composite { attributes } => {
                for expected in &mut self.columns {
                    let attribute = attributes.iter().find(|(name, _)| *name == expected.column);
                    expected.built = attribute.map(|(_, ty)| {
                        let base = catalog.base_type(ty);
                        Built {
                            ty: ty.clone(),
                            base: (base != ty).then(|| base.clone()),
                            // An attribute cannot refuse NULL, and its domain does not keep it out of all values.
                            not_null: false,
                            default: None,
                        }
                    });
                }
            }
            TypeKind::Domain { default, .. } => {
                if let [expected] = &mut self.columns[..] {
                    let ty = PgType::named(&def.name.schema, &def.name.name);
                    let base = Some(catalog.base_type(&ty).clone());
                    let not_null = catalog.domain_refuses_null(&ty);
                    expected.column.clone_from(&self.relation);
                    expected.built = Some(Built { ty, base, not_null, default: default.clone() });
                }
            }
            TypeKind::Enum { .. } | TypeKind::Range { .. } => {}
        }
    }

    /// What the build saw of the domain that the type stands for; nothing for any other type.
    pub fn built_domain(&self) -> Option<&Built> {
        let [expected] = &self.columns[..] else { return None };
        let built = expected.built.as_ref()?;
        // No composite type has an attribute of its own type.
        let is_itself = self.resolved.as_deref() == Some(&*built.ty.schema)
            && self.relation == built.ty.name
            && !built.ty.is_array();
        is_itself.then_some(built)
    }
}
