//! Tokens after mistakes: the type still has its traits, so that the rest of the program gets no secondary errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, GenericParam, Generics, Ident};

/// A model without a record.
pub(crate) fn model(krate: &TokenStream, input: &DeriveInput) -> TokenStream {
    let (ig, tg, wc) = input.generics.split_for_impl();
    let name = &input.ident;
    let embedded = embedded(krate, input);
    quote! {
        #[automatically_derived]
        impl #ig #krate::Model for #name #tg #wc {
            fn record() -> &'static [::core::primitive::u8] {
                &[]
            }
        }
        #embedded
    }
}

/// A struct that fits every table, and adds no column.
pub(crate) fn embedded(krate: &TokenStream, input: &DeriveInput) -> TokenStream {
    let mut in_table = input.generics.clone();
    in_table.params.extend::<[GenericParam; 2]>([syn::parse_quote!(__Table), syn::parse_quote!(__Join)]);
    let (table_ig, _, _) = in_table.split_for_impl();
    let (_, tg, wc) = input.generics.split_for_impl();
    let name = &input.ident;
    quote! {
        #[automatically_derived]
        impl #table_ig #krate::flatten::EmbeddedIn<__Table, __Join> for #name #tg #wc {}
    }
}

/// A type that holds whatever a column has.
pub(crate) fn accepts_all(krate: &TokenStream, name: &Ident, generics: &Generics) -> TokenStream {
    let mut with_type = generics.clone();
    with_type.params.push(syn::parse_quote!(__P));
    let (ig, _, _) = with_type.split_for_impl();
    let (_, tg, wc) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #ig #krate::AcceptsColumn<__P> for #name #tg #wc {}
    }
}
