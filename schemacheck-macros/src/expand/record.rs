//! The record: a static in the section that the guard and the command line read.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use schemacheck_core::Manifest;
use schemacheck_core::record::{self, Template};
use syn::Ident;

/// The body of a function that holds the static and returns its bytes. `answers` holds for each column the expression of
/// the answer whether its field can hold NULL. `body` is what else the compiler has to look at: one item a model is cheaper
/// than several. The user's types stand beside our names here, which begin with `__`.
pub(super) fn tokens(
    krate: &TokenStream,
    name: &Ident,
    manifest: &Manifest,
    answers: &[TokenStream],
    body: &TokenStream,
) -> TokenStream {
    let template = record::template(manifest, &[]);
    extended(krate, name, &template, answers, &[], body)
}

/// The same of a record with pieces behind it that only the compiler knows.
pub(super) fn extended(
    krate: &TokenStream,
    name: &Ident,
    template: &Template,
    answers: &[TokenStream],
    extra: &[TokenStream],
    body: &TokenStream,
) -> TokenStream {
    let Template { head, tail } = template;
    let (head_len, tail_len, nulls_len) = (head.len(), tail.len(), answers.len());
    let head = Literal::byte_string(head.as_bytes());
    let tail = Literal::byte_string(tail.as_bytes());
    let answers = quote! {
        {
            use #krate::CannotHoldNull as _;
            [#(#answers),*]
        }
    };
    if extra.is_empty() {
        let ty = quote!(#krate::Record<#head_len, { __PATH.len() }, #tail_len, #nulls_len>);
        let value = quote!(#krate::Record::new(*#head, __PATH, *#tail, #answers));
        return held(name, &quote!(), &ty, &value, body);
    }
    let pieces = quote! {
        const __EXTRA: &[#krate::Extra] = {
            use #krate::NoLabels as _;
            &[#(#extra),*]
        };
    };
    let ty = quote! {
        #krate::ExtendedRecord<
            #head_len, { __PATH.len() }, #tail_len, #nulls_len, { #krate::Extra::len(__EXTRA) }
        >
    };
    let value = quote!(#krate::ExtendedRecord::new(*#head, __PATH, *#tail, #answers, __EXTRA));
    held(name, &pieces, &ty, &value, body)
}

fn held(
    name: &Ident,
    pieces: &TokenStream,
    ty: &TokenStream,
    value: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    // GNU's linker for Windows takes away what nothing refers to, `#[used]` or not, but for a few sections of its own.
    // From one of them, the list of functions that run before `main`, the record is referred to.
    let keep = quote! {
        #[cfg(all(windows, target_env = "gnu"))]
        const _: () = {
            #[used]
            #[unsafe(link_section = ".CRT$XCU")]
            static __KEEP: extern "C" fn() = __keep;
            extern "C" fn __keep() {
                ::core::hint::black_box(&__RECORD);
            }
        };
    };
    let path_end = format!("::{}", syn::ext::IdentExt::unraw(name));
    quote! {
        const __PATH: &::core::primitive::str = ::core::concat!(::core::module_path!(), #path_end);
        #pieces
        #body
        // On wasm and miri there is no section, and the type holds nothing: but the answers are judged.
        #[cfg_attr(not(any(target_family = "wasm", miri)), used)]
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,schemacheck"))]
        #[cfg_attr(windows, unsafe(link_section = ".schmck$m"))]
        #[cfg_attr(
            not(any(target_vendor = "apple", windows, target_family = "wasm", miri)),
            unsafe(link_section = "schemacheck")
        )]
        static __RECORD: #ty = #value;
        #keep
        __RECORD.bytes()
    }
}

/// The answer where the compiler has none.
pub(super) fn unknown() -> TokenStream {
    let unknown = Literal::byte_character(record::UNKNOWN);
    quote!(#unknown)
}
