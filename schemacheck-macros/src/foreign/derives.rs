//! The derives that stand below ours: the compiler shows those, and not the ones beside or above it.

use std::collections::BTreeSet;

use schemacheck_core::manifest::Kind;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Path, Token};

/// Their names, without paths.
#[derive(Debug, Default)]
pub(super) struct Derives {
    names: BTreeSet<String>,
    has_sqlx_type: bool,
}

/// What is done with the rows of a struct that has a derive.
const KINDS: &[(Kind, &[&str])] = &[
    (
        Kind::Read,
        &[
            // diesel
            "Queryable",
            "QueryableByName",
            "Selectable",
            "HasQuery",
            // sqlx
            "FromRow",
            // sea-orm
            "DeriveEntityModel",
            "DeriveModelEx",
            "DerivePartialModel",
            "FromQueryResult",
        ],
    ),
    (Kind::Insert, &["Insertable"]),
    // What is not set is left as it is.
    (Kind::Update, &["AsChangeset", "DeriveIntoActiveModel"]),
];

const DIESEL: &[&str] = &[
    "Queryable",
    "QueryableByName",
    "Selectable",
    "HasQuery",
    "Insertable",
    "AsChangeset",
    "Identifiable",
    "Associations",
];

const SEA_ORM: &[&str] =
    &["DeriveEntityModel", "DeriveModelEx", "DerivePartialModel", "DeriveIntoActiveModel", "FromQueryResult"];

impl Derives {
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
        let paths = lists
            .filter_map(|list| list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok())
            .flatten();
        let mut derives = Self::default();
        for path in paths {
            let segments: Vec<String> =
                path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect();
            derives.has_sqlx_type |= segments.ends_with(&["sqlx".into(), "Type".into()]);
            derives.names.extend(segments.last().cloned());
        }
        derives
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether sqlx's `Type` is among them, by its path: others have a derive of that name.
    pub(super) fn has_sqlx_type(&self) -> bool {
        self.has_sqlx_type
    }

    pub(super) fn has_diesel(&self) -> bool {
        DIESEL.iter().any(|name| self.has(name))
    }

    /// Whether a derive of diesel is among them that looks at the names of fields: `Queryable` does not.
    pub(super) fn goes_by_name(&self) -> bool {
        ["Selectable", "QueryableByName", "HasQuery"].iter().any(|name| self.has(name))
    }

    pub(super) fn has_sea_orm(&self) -> bool {
        SEA_ORM.iter().any(|name| self.has(name))
    }

    pub(super) fn kinds(&self) -> Vec<Kind> {
        let does = |names: &[&str]| names.iter().any(|name| self.has(name));
        KINDS.iter().filter(|(_, names)| does(names)).map(|(kind, _)| *kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(derives: &str) -> Vec<Kind> {
        let item: syn::DeriveInput = syn::parse_str(&format!("{derives} struct S;")).unwrap();
        Derives::of(&item.attrs).kinds()
    }

    #[test]
    fn kinds_follow_from_derives() {
        assert_eq!(kinds("#[derive(Clone)]"), []);
        assert_eq!(kinds("#[derive(Debug, diesel::Queryable)] #[derive(Selectable)]"), [Kind::Read]);
        assert_eq!(kinds("#[derive(Insertable)]"), [Kind::Insert]);
        assert_eq!(
            kinds("#[derive(Queryable, AsChangeset, Identifiable, ::diesel::prelude::Insertable,)]"),
            [Kind::Read, Kind::Insert, Kind::Update]
        );
        assert_eq!(kinds("#[derive(sqlx::FromRow)]"), [Kind::Read]);
    }
}
