//! The record: a static in the section that the guard and the command line read.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use schemacheck_core::Manifest;
use schemacheck_core::ledger::SeenLedger;
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
    extended(krate, name, &template, answers, &Extra::default(), body)
}

/// What stands behind the answers of a record. Each text is an array of its own, so that the compiler has hardly anything
/// to evaluate.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// Items that the pieces name.
    consts: TokenStream,
    /// Each item with the text that begins and the one that ends it.
    items: Vec<(Item, String, &'static str)>,
}

/// What only the compiler knows.
#[derive(Debug)]
enum Item {
    /// A text, by the name of its constant.
    Labels(Ident),
    /// The length of parts, and they themselves.
    Columns(TokenStream, TokenStream),
}

impl Extra {
    /// Adds the labels of a column, an expression of a text.
    pub(super) fn add_labels(&mut self, krate: &TokenStream, column: usize, json: &TokenStream) {
        let name = format_ident!("__LABELS{column}");
        self.consts.extend(quote! {
            const #name: &::core::primitive::str = {
                use #krate::NoLabels as _;
                #json
            };
        });
        self.items.push((Item::Labels(name), record::labels_begin(column), record::LABELS_END));
    }

    /// Adds the columns of a flattened struct: an expression of their length and one of themselves, with the item that both
    /// name.
    pub(super) fn add_group(
        &mut self,
        (group, before): (usize, usize),
        named: &TokenStream,
        (len, parts): (TokenStream, TokenStream),
    ) {
        self.consts.extend(named.clone());
        self.items.push((Item::Columns(len, parts), record::group_begin(group, before), record::GROUP_END));
    }

    /// The type of the whole, and its value; nothing of nothing.
    fn tokens(&self, krate: &TokenStream) -> Option<(TokenStream, TokenStream)> {
        let count = self.items.len();
        let mut whole: Option<(TokenStream, TokenStream)> = None;
        for (at, (item, begin, end)) in self.items.iter().enumerate().rev() {
            let begin = match at {
                0 => format!("{}{begin}", record::EXTRA_BEGIN),
                _ => format!(",{begin}"),
            };
            let end = if at + 1 == count { format!("{end}{}", record::EXTRA_END) } else { (*end).to_owned() };
            let (begin_len, end_len) = (begin.len(), end.len());
            let (begin, end) = (Literal::byte_string(begin.as_bytes()), Literal::byte_string(end.as_bytes()));
            let (ty, value) = match item {
                Item::Labels(name) => (
                    quote!(#krate::LabelsPiece<#begin_len, { #name.len() }, #end_len>),
                    quote!(#krate::LabelsPiece::new(*#begin, #name, *#end)),
                ),
                Item::Columns(len, parts) => (
                    quote!(#krate::ColumnsPiece<#begin_len, { #len }, #end_len>),
                    quote!(#krate::ColumnsPiece::new(*#begin, #parts, *#end)),
                ),
            };
            whole = Some(match whole {
                Some((rest, values)) => {
                    (quote!(#krate::Then<#ty, #rest>), quote!(#krate::Then(#value, #values)))
                }
                None => (ty, value),
            });
        }
        whole
    }
}

/// The same of a record with pieces behind it that only the compiler knows.
pub(super) fn extended(
    krate: &TokenStream,
    name: &Ident,
    template: &Template,
    answers: &[TokenStream],
    extra: &Extra,
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
    let consts = &extra.consts;
    let Some((extra_ty, extra)) = extra.tokens(krate) else {
        let ty = quote!(#krate::Record<#head_len, { __PATH.len() }, #tail_len, #nulls_len>);
        let value = quote!(#krate::Record::new(*#head, __PATH, *#tail, #answers));
        return held(name, &quote!(), &ty, &value, body);
    };
    let ty = quote!(#krate::ExtendedRecord<#head_len, { __PATH.len() }, #tail_len, #nulls_len, #extra_ty>);
    let value = quote!(#krate::ExtendedRecord::new(*#head, __PATH, *#tail, #answers, #extra));
    held(name, consts, &ty, &value, body)
}

fn held(
    name: &Ident,
    pieces: &TokenStream,
    ty: &TokenStream,
    value: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let keep = keep(&format_ident!("__RECORD"));
    let section = section();
    let path_end = format!("::{}", syn::ext::IdentExt::unraw(name));
    quote! {
        const __PATH: &::core::primitive::str = ::core::concat!(::core::module_path!(), #path_end);
        #pieces
        #body
        // On wasm and miri there is no section, and the type holds nothing: but the answers are judged.
        #[cfg_attr(not(any(target_family = "wasm", miri)), used)]
        #section
        static __RECORD: #ty = #value;
        #keep
        __RECORD.bytes()
    }
}

/// The section in which a record lies.
fn section() -> TokenStream {
    quote! {
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,schemacheck"))]
        #[cfg_attr(windows, unsafe(link_section = ".schmck$m"))]
        #[cfg_attr(
            not(any(target_vendor = "apple", windows, target_family = "wasm", miri)),
            unsafe(link_section = "schemacheck")
        )]
    }
}

/// GNU's linker for Windows takes away what nothing refers to, `#[used]` or not, but for a few sections of its own. From
/// one of them, the list of functions that run before `main`, a record is referred to.
fn keep(record: &Ident) -> TokenStream {
    quote! {
        #[cfg(all(windows, target_env = "gnu"))]
        const _: () = {
            #[used]
            #[unsafe(link_section = ".CRT$XCU")]
            static __KEEP: extern "C" fn() = __keep;
            extern "C" fn __keep() {
                ::core::hint::black_box(&#record);
            }
        };
    }
}

/// The record of what the build saw of a ledger. All of it is known here, so it is one literal.
pub(super) fn ledger(seen: &SeenLedger) -> TokenStream {
    let bytes = record::ledger_to_bytes(seen);
    let (len, bytes) = (bytes.len(), Literal::byte_string(&bytes));
    let (section, keep) = (section(), keep(&format_ident!("__LEDGER")));
    quote! {
        #[cfg(not(any(target_family = "wasm", miri)))]
        const _: () = {
            #[used]
            #section
            static __LEDGER: [::core::primitive::u8; #len] = *#bytes;
            #keep
        };
    }
}

/// The answer where the compiler has none.
pub(super) fn unknown() -> TokenStream {
    let unknown = Literal::byte_character(record::UNKNOWN);
    quote!(#unknown)
}
