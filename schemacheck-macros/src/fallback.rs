//! Tokens after mistakes: the type still has its traits, so that the rest of the program gets no secondary errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, GenericParam, Generics, Ident, Type};

use crate::expand::if_inner;

/// A model without a record.
pub(crate) fn model(krate: &TokenStream, input: &DeriveInput) -> TokenStream {
    let (ig, tg, wc) = input.generics.split_for_impl();
    let name = &input.ident;
    let embedded = open(krate, input);
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
    embedded_with(krate, input, &TokenStream::new())
}

/// A struct that fits every table, and may have any column.
pub(crate) fn open(krate: &TokenStream, input: &DeriveInput) -> TokenStream {
    let parts = quote! {
        const PARTS: &'static [#krate::Part] = &[#krate::Part { is_open: true, ..#krate::Part::text("") }];
    };
    embedded_with(krate, input, &parts)
}

/// A struct that fits every table, and has these constants.
pub(crate) fn embedded_with(krate: &TokenStream, input: &DeriveInput, parts: &TokenStream) -> TokenStream {
    let mut in_table = input.generics.clone();
    in_table.params.extend::<[GenericParam; 2]>([syn::parse_quote!(__Table), syn::parse_quote!(__Join)]);
    let (table_ig, _, _) = in_table.split_for_impl();
    let (_, tg, wc) = input.generics.split_for_impl();
    let name = &input.ident;
    quote! {
        #[automatically_derived]
        impl #table_ig #krate::flatten::EmbeddedIn<__Table, __Join> for #name #tg #wc {
            #parts
        }
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

/// The same for a struct that perhaps is a newtype: it can hold NULL where the one type inside can.
pub(crate) fn newtype(krate: &TokenStream, input: &DeriveInput) -> TokenStream {
    let types: Vec<&Type> = match &input.data {
        Data::Struct(data) => data.fields.iter().map(|field| &field.ty).collect(),
        Data::Enum(_) | Data::Union(_) => Vec::new(),
    };
    newtype_of(krate, &input.ident, &input.generics, &types)
}

pub(crate) fn newtype_of(
    krate: &TokenStream,
    name: &Ident,
    generics: &Generics,
    types: &[&Type],
) -> TokenStream {
    let accepts = accepts_all(krate, name, generics);
    let accepts_null = match types {
        [inner] => Some(if_inner(generics, inner, &quote!(#krate::AcceptsNull), name)),
        _ => None,
    };
    quote!(#accepts #accepts_null)
}
