//! A struct that stands for a composite type or a domain: its record, its checks, and what can be read into it.

use proc_macro2::TokenStream;
use quote::quote;
use schemacheck_core::finding::wording;
use schemacheck_core::fingerprint::type_hash;
use schemacheck_core::manifest::Built;
use schemacheck_core::pg_type::TypeKind;
use schemacheck_core::{Catalog, Code, Manifest, PgType, TypeDef};

use super::{check, if_inner, record, tracking};
use crate::input::Typed;
use crate::mode::Mode;
use crate::snapshot::Snapshot;
use crate::{fallback, known};

/// The tokens of a struct with a `type`. `is_clean` says that nothing is known to be wrong with it.
pub(crate) fn typed(
    krate: &TokenStream,
    typed: &Typed<'_>,
    manifest: &Manifest,
    snapshot: Option<&Snapshot>,
    mode: Mode,
    is_clean: bool,
) -> TokenStream {
    let (ig, tg, wc) = typed.generics.split_for_impl();
    let name = typed.ident;
    let def = snapshot.and_then(|s| s.catalog.type_def(manifest.schema.as_deref(), &manifest.relation));
    let (statements, fits) = snapshot.map(|snapshot| checks(krate, typed, manifest, snapshot, mode)).unzip();
    let answers: Vec<TokenStream> = typed.fields.iter().map(|field| super::probe(krate, field)).collect();
    let answers = check::recorded(krate, &answers, &fits.unwrap_or_default());
    // Each item costs the compiler more than what is in it: the checks stand in a function that is there anyway.
    let (inside, item) = match typed.generics.params.is_empty() {
        true => (statements, None),
        false => (None, statements.filter(|statements| !statements.is_empty())),
    };
    let item = item.map(|statements| {
        quote! {
            #[automatically_derived]
            impl #ig #krate::Check<1> for #name #tg #wc {
                fn check() {
                    #statements
                }
            }
        }
    });
    let tracking = tracking(snapshot);
    let record = record::tokens(krate, name, manifest, &answers, &quote!(#tracking #inside));
    let accepts = match def.filter(|_| is_clean) {
        Some(def) => accepts(krate, typed, def, snapshot),
        None => None,
    };
    // More errors about columns of the type would say nothing new.
    let accepts = accepts.unwrap_or_else(|| {
        let types: Vec<_> = typed.fields.iter().map(|field| field.ty()).collect();
        fallback::newtype_of(krate, name, typed.generics, &types)
    });
    quote! {
        const _: () = {
            const _: fn() -> &'static [::core::primitive::u8] = || {
                #record
            };
            #accepts
            #item
        };
    }
}

/// The types of the fields against those of the attributes, or of what the domain is based on; and for those that are let
/// through, by their place, whether they fit.
fn checks(
    krate: &TokenStream,
    typed: &Typed<'_>,
    manifest: &Manifest,
    snapshot: &Snapshot,
    mode: Mode,
) -> (TokenStream, Vec<(usize, TokenStream)>) {
    let (mut statements, mut fits) = (TokenStream::new(), Vec::new());
    let schema = manifest.resolved.as_deref().unwrap_or_default();
    let is_domain = manifest.built_domain().is_some();
    for (at, (field, expected)) in typed.fields.iter().zip(&manifest.columns).enumerate() {
        let built = expected.built.as_ref().filter(|_| !field.is_generic);
        let (Some(built), Some(how)) = (built, check::how(manifest, expected, Code::TypeMismatch, mode))
        else {
            continue;
        };
        let within = if is_domain { None } else { above_domains(built, &snapshot.catalog) };
        let built = within.as_ref().unwrap_or(built);
        let def = snapshot.catalog.types.get(&built.base_type().qualified_name());
        if !is_domain {
            let subject = ("attribute", format!("{schema}.{}.{}", manifest.relation, expected.column));
            let catalog = &snapshot.catalog;
            statements.extend(check::names_domain(krate, typed.ident, field, built, catalog, true, &subject));
        }
        let judged =
            check::judge_type(
                krate,
                typed.ident,
                field,
                built,
                def,
                how,
                |written, accepted| match is_domain {
                    true => {
                        let object = format!("{schema}.{}", manifest.relation);
                        wording::wrong_base(&object, &field.name, written, built, def, accepted)
                    }
                    false => {
                        let object = format!("{schema}.{}.{}", manifest.relation, expected.column);
                        wording::wrong_attribute_type(&object, &field.name, written, built, def, accepted)
                    }
                },
            );
        statements.extend(judged.statements);
        fits.extend(judged.fits.map(|fits| (at, fits)));
    }
    (statements, fits)
}

/// Within a composite type an attribute is reported as of the domain, and sqlx looks one domain deep: of a domain of a
/// domain what is below them says nothing.
fn above_domains(built: &Built, catalog: &Catalog) -> Option<Built> {
    let below = match &catalog.types.get(&built.ty.qualified_name())?.kind {
        TypeKind::Domain { base, .. } => catalog.types.get(&base.qualified_name())?,
        _ => return None,
    };
    matches!(below.kind, TypeKind::Domain { .. }).then(|| Built { base: None, ..built.clone() })
}

/// What can be read into it; nothing if the type is neither a composite type nor a domain.
fn accepts(
    krate: &TokenStream,
    typed: &Typed<'_>,
    def: &TypeDef,
    snapshot: Option<&Snapshot>,
) -> Option<TokenStream> {
    let (ig, tg, wc) = typed.generics.split_for_impl();
    let name = typed.ident;
    let hash = type_hash(&def.name.schema, &def.name.name);
    let is_generic = !typed.generics.params.is_empty();
    let below = match (&def.kind, &typed.fields[..]) {
        (TypeKind::Composite { .. }, _) => {
            if !is_generic {
                known::add_named(name, hash);
            }
            None
        }
        (TypeKind::Domain { .. }, [field]) => {
            if !is_generic {
                known::add_newtype(name, field.ty());
            }
            let catalog = &snapshot?.catalog;
            let ty = PgType::named(&def.name.schema, &def.name.name);
            let base = catalog.base_type(&ty);
            // A column of the domain itself is reported as what the domain is based on; an element of an array, an
            // attribute and a parameter are not.
            let base = check::marker_of(&quote!(#krate::pg), base, catalog.types.get(&base.qualified_name()));
            let accepts_null = if_inner(typed.generics, field.ty(), &quote!(#krate::AcceptsNull), name);
            Some(quote! {
                #[automatically_derived]
                impl #ig #krate::AcceptsColumn<#base> for #name #tg #wc {}
                #accepts_null
            })
        }
        _ => return None,
    };
    Some(quote! {
        #[automatically_derived]
        impl #ig #krate::AcceptsColumn<#krate::pg::Named<#hash>> for #name #tg #wc {}
        #[automatically_derived]
        impl #ig #krate::derived::Derived for #name #tg #wc {}
        #below
    })
}
