//! The record: a static in the section that the guard and the command line read.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use schemacheck_core::{Manifest, record};
use syn::Ident;

/// The static, and `__record()`, which returns it. `probes` holds for each column the type whose nullability the
/// compiler is to fill in; nothing where it cannot say.
pub(super) fn tokens(
    krate: &TokenStream,
    name: &Ident,
    manifest: &Manifest,
    probes: &[Option<TokenStream>],
) -> TokenStream {
    let record::Template { head, tail } = record::template(manifest);
    let (head_len, tail_len, nulls_len) = (head.len(), tail.len(), probes.len());
    let head = Literal::byte_string(head.as_bytes());
    let tail = Literal::byte_string(tail.as_bytes());
    let nulls = probes.iter().map(|probe| match probe {
        Some(ty) => quote!(<#krate::Probe<#ty>>::ACCEPTS_NULL),
        None => {
            let unknown = Literal::byte_character(record::UNKNOWN);
            quote!(#unknown)
        }
    });
    let path_end = format!("::{}", syn::ext::IdentExt::unraw(name));
    quote! {
        #[cfg(not(any(target_family = "wasm", miri)))]
        fn __record() -> &'static [::core::primitive::u8] {
            use #krate::CannotHoldNull as _;
            const PATH: &::core::primitive::str = ::core::concat!(::core::module_path!(), #path_end);
            #[used]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,schemacheck"))]
            #[cfg_attr(windows, unsafe(link_section = ".schmck$m"))]
            #[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = "schemacheck"))]
            static RECORD: #krate::Record<#head_len, { PATH.len() }, #tail_len, #nulls_len> =
                #krate::Record::new(*#head, PATH, *#tail, [#(#nulls),*]);
            RECORD.bytes()
        }
        #[cfg(any(target_family = "wasm", miri))]
        fn __record() -> &'static [::core::primitive::u8] {
            &[]
        }
    }
}
