//! Flattened structs: what the struct inside asks of a table, and what the struct outside says of its own.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use schemacheck_core::Relation;
use schemacheck_core::catalog::Column;
use schemacheck_core::fingerprint::column_hash;
use schemacheck_core::manifest::{Built, Manifest};
use schemacheck_core::record::Holes;

use super::record::Extra;
use crate::attr::RenameAll;
use crate::input::{Flattened, Model};
use crate::snapshot::Snapshot;
use crate::{known, rust_type};

mod embedded;
mod outer;
mod whole;

pub(super) use embedded::written;
pub(crate) use embedded::{embedded, wrapper};
pub(super) use outer::{Judged, judge};
pub(super) use whole::whole;

/// Where the compiler puts the labels of fields' types, and the columns of flattened structs. Those of a type parameter are
/// known to nobody.
fn holes(model: &Model<'_>, labels: &[(usize, TokenStream)]) -> Holes {
    let place = |group: &Flattened<'_>| if is_known(group) { group.before } else { usize::MAX };
    Holes {
        labels: labels.iter().map(|(at, _)| *at).collect(),
        groups: model.groups.iter().map(place).collect(),
    }
}

fn is_known(group: &Flattened<'_>) -> bool {
    !group.is_generic && rust_type::with_static_lifetimes(group.ty()).is_some()
}

/// What the snapshot says of the columns that flattened structs may name.
pub(super) fn facts(
    model: &Model<'_>,
    manifest: &Manifest,
    snapshot: Option<&Snapshot>,
) -> Vec<(String, Built)> {
    let relation =
        snapshot.and_then(|snapshot| relation(manifest, snapshot).map(|relation| (snapshot, relation)));
    let Some((snapshot, relation)) = relation.filter(|_| model.groups.iter().any(is_known)) else {
        return Vec::new();
    };
    let is_own = |name: &str| manifest.columns.iter().any(|expected| expected.column == name);
    let others = relation.columns.iter().filter(|column| !is_own(&column.name));
    others.map(|column| (column.name.clone(), Built::of(column, &snapshot.catalog))).collect()
}

fn relation<'a>(manifest: &Manifest, snapshot: &'a Snapshot) -> Option<&'a Relation> {
    snapshot.catalog.relation(manifest.schema.as_deref(), &manifest.relation)
}

/// The types by which a flattened struct is judged.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What stands for the table.
    pub(super) table: TokenStream,
    /// Whether its row is always there.
    pub(super) join: TokenStream,
    /// Whether the table says only the columns that structs ask for which are known by name.
    pub(super) is_narrow: bool,
    /// The hash of the table, where the model writes to it together with structs of the same table.
    pub(super) writes: Option<u64>,
}

/// The hash of the table that a model of diesel writes to. There a struct with a table of its own can be embedded in one
/// of the same table.
fn writes(model: &Model<'_>, manifest: &Manifest) -> Option<u64> {
    (model.foreign.is_diesel && manifest.writes()).then(|| column_hash(&manifest.object()))
}

/// Any table, where only the columns are asked for.
fn any(krate: &TokenStream) -> Place {
    Place {
        table: quote!(#krate::flatten::AnyTable),
        join: quote!(#krate::pg::Joined),
        is_narrow: false,
        writes: None,
    }
}

/// What only the compiler knows of a record: labels, and the columns of flattened structs. With their columns, those are
/// judged.
pub(super) fn extra(
    krate: &TokenStream,
    model: &Model<'_>,
    labels: &[(usize, TokenStream)],
    place: &Place,
) -> Extra {
    let mut extra = Extra::default();
    for (column, json) in labels {
        extra.add_labels(krate, *column, json);
    }
    for (at, group) in model.groups.iter().enumerate().filter(|(_, group)| is_known(group)) {
        let (named, columns) = if place.writes.is_some() {
            let (name, parts) = (format_ident!("__PARTS{at}"), parts_of(krate, group, place));
            let named = quote!(const #name: &[#krate::Part] = #parts;);
            (named, (quote!(#krate::Part::len(#name)), quote!(#name)))
        } else {
            // Without a constant of its own for each table.
            let ty = rust_type::with_static_lifetimes(group.ty());
            let (table, join) = (chosen(krate, group, place), &place.join);
            let name = format_ident!("__Table{at}");
            let of = quote!(<#ty as #krate::flatten::EmbeddedIn<#name, #join>>);
            (quote!(type #name = #table;), (quote!(#of::LEN), quote!(#of::PARTS)))
        };
        extra.add_group((at, group.before), &named, columns);
    }
    extra
}

/// The columns of a flattened field.
fn parts_of(krate: &TokenStream, group: &Flattened<'_>, place: &Place) -> TokenStream {
    let ty = rust_type::with_static_lifetimes(group.ty());
    let Place { join, writes, .. } = place;
    if let Some(written) = writes {
        let written = Literal::u64_suffixed(*written);
        let own = parts_of(krate, group, &Place { writes: None, ..place.clone() });
        return quote! {
            #krate::flatten::written(#written, #own, <#ty as #krate::flatten::EmbeddedIn<#krate::flatten::AnyTable, #join>>::WRITES)
        };
    }
    let table = chosen(krate, group, place);
    quote!(<#ty as #krate::flatten::EmbeddedIn<#table, #join>>::PARTS)
}

/// The table by which a flattened field is judged: one that says only the columns that the struct asks for is another one
/// where it is another struct of that name.
fn chosen(krate: &TokenStream, group: &Flattened<'_>, place: &Place) -> TokenStream {
    let Place { table, join, is_narrow, .. } = place;
    let Some(columns) = asked(group).filter(|_| *is_narrow) else { return table.clone() };
    let ty = rust_type::with_static_lifetimes(group.ty());
    let asks = known::asks(&columns);
    let any = quote!(<#ty as #krate::flatten::EmbeddedIn<#krate::flatten::AnyTable, #join>>::ASKS);
    quote!(<#krate::Agree<{ #any == #asks }> as #krate::flatten::Choose<#table>>::Table)
}

/// The columns that a flattened struct asks for, as far as its name says.
fn asked(group: &Flattened<'_>) -> Option<Vec<String>> {
    known::embedded(&rust_type::leaf(group.ty())?)
}

/// The columns that a flattened field may bring: each rule about one costs the user's build, so if the struct is known by
/// name, only its own. If it was another struct of that name, no table judges it either.
fn brought<'a>(group: &Flattened<'_>, relation: &'a Relation) -> impl Iterator<Item = &'a Column> {
    let asked = asked(group);
    let may_bring = move |column: &&Column| asked.as_ref().is_none_or(|asked| asked.contains(&column.name));
    relation.columns.iter().filter(may_bring)
}

/// A struct's name as the begin of a type's.
fn owner_name(owner: &Ident) -> String {
    RenameAll::Pascal.apply(&syn::ext::IdentExt::unraw(owner).to_string())
}
