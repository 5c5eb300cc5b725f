//! Stage 7: input to tokens.
//!
//! Everything is spanned at the call site, and only the user's own types are spliced in: so errors underline the
//! type, and no lint of the user's crate looks into generated code.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use proc_macro2::TokenStream;
use quote::quote;
use schemacheck_core::Manifest;
use schemacheck_core::fingerprint::type_hash;
use syn::{DeriveInput, Generics, Ident, Type};

use crate::input::{Enum, Field, Model, Newtype};
use crate::mode::{Mode, VARIABLE};
use crate::snapshot::Snapshot;
use crate::{fallback, known, rust_type};

mod check;
mod flatten;
mod labels;
mod record;
mod typed;

pub(crate) use check::respan;
pub(crate) use typed::typed;

pub(crate) use flatten::{embedded, wrapper};

pub(crate) use labels::{accepts, plain_enum};

/// A model: its record, its checks, and what cargo has to watch.
pub(crate) fn model(
    krate: &TokenStream,
    input: &DeriveInput,
    model: &Model<'_>,
    manifest: &Manifest,
    snapshot: Option<&Snapshot>,
    mode: Mode,
) -> TokenStream {
    let (ig, tg, wc) = model.generics.split_for_impl();
    let name = model.ident;
    let tracking = tracking(snapshot);
    // A name of ours for the crate: it stands in the tokens dozens of times.
    let (outside, krate) = (krate, &quote!(__sc));
    let checks =
        snapshot.map(|snapshot| check::of_model(krate, model, manifest, snapshot, mode)).unwrap_or_default();
    let answers: Vec<TokenStream> = model
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| match checks.answers.get(at) {
            Some(Some(answer)) => answer.clone(),
            _ => probe(krate, field),
        })
        .collect();
    let names = checks.names(outside);
    let statements = checks.statements(model);
    let labels = labels::of_record(krate, model, manifest);
    let flatten::Judged { table, place, warnings, answers: of_groups } =
        flatten::judge(krate, model, manifest, snapshot, mode);
    let whole = snapshot.map(|snapshot| flatten::whole(krate, model, manifest, snapshot, mode));
    let facts = flatten::facts(model, manifest, snapshot);
    let recorded = [checks.recorded(krate, &answers), of_groups].concat();
    let record = record::extended(
        krate,
        name,
        &schemacheck_core::record::template(manifest, &facts),
        &recorded,
        &flatten::extra(krate, model, &labels, &place),
        &quote!(#table #tracking #statements #warnings #whole),
    );
    let checks = checks.item(krate, model);
    let written = flatten::written(krate, model, manifest, &answers);
    let embedded = fallback::embedded_with(krate, input, &written.unwrap_or_default());
    quote! {
        const _: () = {
            #names
            #[automatically_derived]
            impl #ig #krate::Model for #name #tg #wc {
                fn record() -> &'static [::core::primitive::u8] {
                    #record
                }
            }
            #embedded
            #checks
        };
    }
}

/// The question whether a field's type can hold NULL, as the record's answer.
pub(crate) fn probe(krate: &TokenStream, field: &Field<'_>) -> TokenStream {
    let ty = if field.is_generic { None } else { rust_type::with_static_lifetimes(field.ty()) };
    match ty {
        Some(ty) => quote!(<#krate::Probe<#ty>>::ACCEPTS_NULL),
        None => record::unknown(),
    }
}

/// An enum: its record, and that columns of its type can be read into it.
pub(crate) fn pg_enum(
    krate: &TokenStream,
    input: &DeriveInput,
    item: &Enum<'_>,
    manifest: &Manifest,
    snapshot: Option<&Snapshot>,
) -> TokenStream {
    let name = item.ident;
    let tracking = tracking(snapshot);
    let record = record::tokens(krate, name, manifest, &[], &tracking);
    let accepts = match &manifest.resolved {
        Some(schema) => {
            let hash = type_hash(schema, &manifest.relation);
            known::add_named(name, hash);
            quote! {
                #[automatically_derived]
                impl #krate::AcceptsColumn<#krate::pg::Named<#hash>> for #name {}
                #[automatically_derived]
                impl #krate::derived::Derived for #name {}
            }
        }
        // The type is not known, which was said: more errors about its columns would say nothing new.
        None => fallback::accepts_all(krate, name, &input.generics),
    };
    quote! {
        const _: () = {
            const _: fn() -> &'static [::core::primitive::u8] = || {
                #record
            };
            #accepts
        };
    }
}

/// A newtype: it holds what the type inside holds.
pub(crate) fn newtype(krate: &TokenStream, newtype: &Newtype<'_>) -> TokenStream {
    let (name, inner) = (newtype.ident, newtype.inner);
    if newtype.generics.params.is_empty() {
        known::add_newtype(name, inner);
    }
    let mut for_column = newtype.generics.clone();
    for_column.params.push(syn::parse_quote!(__P));
    for_column.make_where_clause().predicates.push(syn::parse_quote!(#inner: #krate::AcceptsColumn<__P>));
    let (column_ig, _, column_wc) = for_column.split_for_impl();
    let is_derived = if_inner(newtype.generics, inner, &quote!(#krate::derived::Derived), name);
    let accepts_null = if_inner(newtype.generics, inner, &quote!(#krate::AcceptsNull), name);
    let (_, tg, _) = newtype.generics.split_for_impl();
    let mut for_labels = newtype.generics.clone();
    for_labels.make_where_clause().predicates.push(syn::parse_quote!(for<'__n> #inner: #krate::Labels));
    let (labels_ig, _, labels_wc) = for_labels.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #column_ig #krate::AcceptsColumn<__P> for #name #tg #column_wc {}
        #accepts_null
        #is_derived
        #[automatically_derived]
        impl #labels_ig #krate::Labels for #name #tg #labels_wc {
            const LIST: #krate::LabelList = <#inner as #krate::Labels>::LIST;
        }
    }
}

/// What a newtype is where the type inside is it.
pub(crate) fn if_inner(generics: &Generics, inner: &Type, bound: &TokenStream, name: &Ident) -> TokenStream {
    let mut generics = generics.clone();
    // The binder keeps rustc from refusing a bound that does not hold: such a newtype just is not.
    generics.make_where_clause().predicates.push(syn::parse_quote!(for<'__n> #inner: #bound));
    let (ig, tg, wc) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #ig #bound for #name #tg #wc {}
    }
}

/// Makes cargo build this crate again when a file or variable changes that the expansion read. The literals are dropped
/// where they stand: a constant would put the bytes into the binary.
fn tracking(snapshot: Option<&Snapshot>) -> TokenStream {
    // What several expansions read is said once a crate: the compiler would read the file for each of them.
    static SAID: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let tracked = snapshot.map_or(&[][..], |snapshot| &snapshot.tracked);
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    // No file has this path: it stands for the variables.
    let is_first = said.insert(PathBuf::new());
    let new: Vec<&PathBuf> = tracked.iter().filter(|path| said.insert((*path).clone())).collect();
    drop(said);
    let variables = is_first.then(|| {
        quote! {
            let _ = ::core::option_env!("SCHEMACHECK_DIR");
            let _ = ::core::option_env!(#VARIABLE);
        }
    });
    let files = new.iter().filter_map(|path| path.to_str());
    let files = files.map(|path| quote!(let _ = ::core::include_bytes!(#path);));
    let ledger = snapshot.and_then(ledger);
    quote! {
        #(#files)*
        #variables
        #ledger
    }
}

/// The record of what the snapshot says of the ledger, once a crate and database.
fn ledger(snapshot: &Snapshot) -> Option<TokenStream> {
    static SAID: Mutex<BTreeSet<Option<String>>> = Mutex::new(BTreeSet::new());
    let seen = snapshot.ledger.as_ref()?;
    let is_first = SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(seen.database.clone());
    // Which unit test comes first is nobody's: they look at the record alone.
    (is_first && !cfg!(test)).then(|| record::ledger(seen))
}

#[cfg(test)]
mod tests;
