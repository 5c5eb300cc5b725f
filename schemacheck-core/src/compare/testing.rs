//! Small manifests and catalogs for the unit tests of the checks.

use super::{Moment, compare};
use crate::catalog::{
    Catalog, Column, Constraint, ConstraintKind, Index, IndexKey, IndexKeyKind, RelKind, Relation,
};
use crate::manifest::{Built, Expected, Kind, Manifest};
use crate::{PgType, QualifiedName};

/// A nullable column of a built-in type.
pub(crate) fn column(name: &str, ty: &str) -> Column {
    Column {
        name: name.into(),
        ty: PgType::builtin(ty),
        not_null: false,
        default: None,
        identity: None,
        generated: None,
        collation: None,
        filled_by: None,
    }
}

/// The same column, `NOT NULL`.
pub(crate) fn not_null(column: Column) -> Column {
    Column { not_null: true, ..column }
}

/// A catalog of one table, with `public` as search path.
pub(crate) fn table(name: &str, columns: &[Column]) -> Catalog {
    let (schema, name) = name.split_once('.').expect("a dotted name");
    let name = QualifiedName::new(schema, name);
    let relation = Relation {
        name: name.clone(),
        kind: RelKind::Table,
        columns: columns.to_vec(),
        constraints: vec![],
        indexes: vec![],
    };
    Catalog { search_path: vec!["public".into()], relations: [(name, relation)].into(), ..Catalog::default() }
}

/// A model that reads fields, given as column and Rust type, and knows nothing of the build.
pub(crate) fn model(relation: &str, fields: &[(&str, &str)]) -> Manifest {
    let columns = fields.iter().map(|(column, rust_type)| Expected {
        column: (*column).into(),
        field: (*column).into(),
        line: 1,
        rust_type: (*rust_type).into(),
        ..Expected::default()
    });
    Manifest {
        path: "app::Model".into(),
        file: "src/lib.rs".into(),
        line: 1,
        kinds: vec![Kind::Read],
        implied_kind: true,
        relation: relation.into(),
        columns: columns.collect(),
        ..Manifest::default()
    }
}

/// A constraint that holds.
pub(crate) fn constraint(name: &str, kind: ConstraintKind) -> Constraint {
    Constraint {
        name: name.into(),
        kind,
        validated: true,
        enforced: true,
        period: false,
        deferrable: false,
        deferred: false,
    }
}

/// A valid index of `btree` that is not unique.
pub(crate) fn index(name: &str, columns: &[&str]) -> Index {
    let keys = columns.iter().map(|&column| IndexKey {
        what: IndexKeyKind::Column(column.into()),
        descending: false,
        nulls_first: false,
        opclass: None,
        collation: None,
    });
    Index {
        name: name.into(),
        method: "btree".into(),
        keys: keys.collect(),
        include: vec![],
        unique: false,
        nulls_not_distinct: false,
        valid: true,
        predicate: None,
        constraint: None,
    }
}

pub(crate) fn built(ty: PgType, not_null: bool) -> Built {
    Built { ty, base: None, not_null, default: None }
}

/// The headlines of all findings, in order.
#[track_caller]
pub(crate) fn check(manifest: &Manifest, catalog: &Catalog, moment: Moment, expect: &[&str]) {
    let found: Vec<String> = compare(manifest, catalog, moment).iter().map(|f| f.headline()).collect();
    assert_eq!(found, expect);
}
