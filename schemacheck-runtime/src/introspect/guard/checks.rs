//! The checks in the guard's answer: what columns with labels admit.

use schemacheck_core::QualifiedName;
use schemacheck_core::catalog::{Catalog, Constraint, ConstraintKind};
use schemacheck_core::expr::Expr;
use schemacheck_core::json::Node;
use schemacheck_core::pg_type::{TypeDef, TypeKind};

use crate::error::Error;
use crate::introspect::node_tree::{self, Names};

/// Adds the checks of relations and domains to a catalog, worded as the server would deparse them; `citext` holds that
/// type's number, and its operator's.
pub(super) fn read(
    relations: &Node<'_>,
    domains: &Node<'_>,
    citext: &Node<'_>,
    catalog: &mut Catalog,
) -> Result<(), Error> {
    let mut names = Names::default();
    for row in citext.rows()? {
        let parts = row.tuple(2)?;
        names.citext.insert(parts[0].int()?);
        names.citext_equals.insert(parts[1].int()?);
    }
    for row in relations.rows()? {
        let parts = row.tuple(7)?;
        let name = QualifiedName::new(parts[0].str()?, parts[1].str()?);
        let constraint = parts[2].str()?;
        // A tree that is gone already: a check that is being dropped says nothing.
        let (Some(relation), false) = (catalog.relations.get_mut(&name), parts[3].is_null()) else {
            continue;
        };
        // A relation may be wanted twice, with its schema and without.
        if relation.constraints.iter().any(|known| known.name == constraint) {
            continue;
        }
        names.columns.clear();
        for column in parts[6].rows()? {
            let column = column.tuple(2)?;
            names.columns.insert(column[0].int()?, column[1].string()?);
        }
        relation.constraints.push(Constraint {
            name: constraint.to_owned(),
            kind: ConstraintKind::Check(definition(&node_tree::condition(parts[3].str()?, &names))),
            validated: parts[4].bool()?,
            enforced: parts[5].is_null() || parts[5].str()? != "false",
            period: false,
            deferrable: false,
            deferred: false,
        });
    }
    names.columns.clear();
    for row in domains.rows()? {
        let parts = row.tuple(5)?;
        let name = QualifiedName::new(parts[0].str()?, parts[1].str()?);
        let Some(TypeDef { kind: TypeKind::Domain { checks, .. }, .. }) = catalog.types.get_mut(&name) else {
            continue;
        };
        if !parts[3].is_null() {
            let mut text = definition(&node_tree::condition(parts[3].str()?, &names));
            if !parts[4].bool()? {
                text.push_str(" NOT VALID");
            }
            checks.push((parts[2].string()?, text));
        }
    }
    Ok(())
}

fn definition(condition: &Expr) -> String {
    format!("CHECK ({condition})")
}
