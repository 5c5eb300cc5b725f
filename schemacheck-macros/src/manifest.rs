//! Stage 5: the input as a core manifest, still without what the snapshot says of it.

use schemacheck_core::Relation;
use schemacheck_core::manifest::{Expected, Fit, Group, Kind, Label, Manifest, Optional, Sort};

use crate::check::Named;
use crate::input::{Enum, Field, Model, Typed};
use crate::rust_type;
use crate::source::{file, line};

/// What every manifest of this crate has.
fn common(ident: &syn::Ident, (schema, relation): Named) -> Manifest {
    let env = |name: &str| std::env::var(name).unwrap_or_default();
    Manifest {
        package: env("CARGO_PKG_NAME"),
        version: env("CARGO_PKG_VERSION"),
        // For messages of the build; the record gets the real path from the compiler.
        path: ident.to_string(),
        file: file(),
        line: line(ident.span()),
        schema,
        relation,
        ..Manifest::default()
    }
}

/// The manifest of a model, without facts of the snapshot.
pub(crate) fn of_model(model: &Model<'_>, named: Named) -> Manifest {
    let columns = model.fields.iter().map(|field| {
        let mut expected = expected(field);
        // What flattens an embedded struct takes over its columns, and nothing that is said of the whole.
        if model.attrs.embedded.get().is_some() {
            expected.overrides.extend(model.attrs.overrides.iter().cloned());
        }
        expected
    });
    let groups = model.groups.iter().map(|group| Group {
        field: group.name.clone(),
        line: line(group.place),
        rust_type: rust_type::spell(group.ty()),
        is_open: group.is_generic,
        none_is_default: model.none_is_default(),
        fit: Fit::Fits,
    });
    let attrs = &model.attrs;
    let kinds = model.kinds();
    Manifest {
        sort: Sort::Model,
        implied_kind: kinds.is_empty(),
        kinds: if kinds.is_empty() { vec![Kind::Read] } else { kinds },
        database: attrs.database.get().cloned(),
        columns: columns.collect(),
        awaits_columns: !model.groups.is_empty(),
        groups: groups.collect(),
        optional: attrs.optional.iter().map(|(optional, _)| optional.clone()).collect(),
        promises: attrs.promises.iter().map(|(promise, _)| promise.clone()).collect(),
        exact: attrs.exact.get().copied(),
        overrides: model.attrs.overrides.clone(),
        ..common(model.ident, named)
    }
}

/// The columns that a library writes beside the model's fields: of a misspelt one that library says so.
pub(crate) fn supplied(model: &Model<'_>, relation: Option<&Relation>) -> Vec<Optional> {
    let supplied = model.foreign.supplied.iter();
    let known = supplied.filter(|column| relation.is_some_and(|relation| relation.column(column).is_some()));
    known.map(|column| Optional { column: column.clone(), reason: "written by `set`".to_owned() }).collect()
}

fn expected(field: &Field<'_>) -> Expected {
    Expected {
        column: field.column.clone(),
        field: field.name.clone(),
        line: line(field.place),
        rust_type: field.spelled(),
        none_is_default: field.none_is_default,
        none_is_null: field.none_is_null,
        left_out: field.left_out.clone(),
        promises: field.promises.clone(),
        overrides: field.overrides.clone(),
        ..Expected::default()
    }
}

/// The manifest of a composite type or a domain.
pub(crate) fn of_typed(typed: &Typed<'_>, named: Named) -> Manifest {
    Manifest {
        sort: Sort::Type,
        database: typed.attrs.database.get().cloned(),
        columns: typed.fields.iter().map(expected).collect(),
        overrides: typed.attrs.overrides.clone(),
        ..common(typed.ident, named)
    }
}

/// The manifest of an enum.
pub(crate) fn of_enum(item: &Enum<'_>, named: Named) -> Manifest {
    let labels = item.variants.iter().map(|variant| Label {
        label: variant.label.clone(),
        variant: variant.name.clone(),
        line: line(variant.place),
    });
    Manifest {
        sort: Sort::Enum,
        database: item.attrs.database.get().cloned(),
        non_exhaustive: item.is_open(),
        labels: labels.collect(),
        overrides: item.overrides(),
        ..common(item.ident, named)
    }
}
