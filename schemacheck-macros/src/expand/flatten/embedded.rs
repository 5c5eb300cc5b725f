//! The struct inside: its columns for the records of others, and what it asks of their tables.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use schemacheck_core::Code;
use schemacheck_core::finding::wording::{self, BuildMessage};
use schemacheck_core::fingerprint::column_hash;
use schemacheck_core::manifest::{Level, Manifest};
use schemacheck_core::record::{self, Hole, Holes};
use syn::DeriveInput;

use super::{Place, any, holes, owner_name, parts_of, writes};
use crate::attr::RenameAll;
use crate::expand::check::{escape, how, respan};
use crate::expand::{labels, probe};
use crate::input::{Field, Model};
use crate::mode::Mode;
use crate::{fallback, known, rust_type};

/// What a model of diesel that writes adds to another one that embeds it.
pub(in crate::expand) fn written(
    krate: &TokenStream,
    model: &Model<'_>,
    manifest: &Manifest,
    answers: &[TokenStream],
) -> Option<TokenStream> {
    let table = Literal::u64_suffixed(writes(model, manifest)?);
    let holes = Holes { labels: Vec::new(), ..holes(model, &[]) };
    let (first, rest) = record::embedded(manifest, &holes);
    let parts = parts(krate, model, (&first, &rest), answers, &[], &any(krate));
    Some(quote! {
        const WRITES: (::core::primitive::u64, &'static [#krate::Part]) = (#table, {
            use #krate::CannotHoldNull as _;
            &[#(#parts),*]
        });
    })
}

/// The pieces of an embedded struct's text with holes, as expressions of the type `Part`. Each run of columns stands with
/// the text before the hole that ends it.
fn parts(
    krate: &TokenStream,
    model: &Model<'_>,
    (first, rest): (&str, &[(Hole, String)]),
    answers: &[TokenStream],
    labels: &[(usize, TokenStream)],
    place: &Place,
) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut text = first;
    let mut begin = 0;
    for (hole, next) in rest {
        match hole {
            Hole::Group(at) => {
                let group = &model.groups[*at];
                parts.push(run(krate, model, text, answers, begin, group.before));
                begin = group.before;
                let inner = parts_of(krate, group, place);
                parts.push(quote!(#krate::Part { inner: #inner, ..#krate::Part::text("") }));
            }
            Hole::Labels(column) => {
                let json = labels.iter().find(|(at, _)| at == column).map(|(_, json)| json);
                parts.push(quote!(#krate::Part::text(#text)));
                parts.push(quote!(#krate::Part::text(#json)));
            }
        }
        text = next;
    }
    parts.push(run(krate, model, text, answers, begin, model.fields.len()));
    parts
}

/// A text and the columns in it.
fn run(
    krate: &TokenStream,
    model: &Model<'_>,
    text: &str,
    answers: &[TokenStream],
    begin: usize,
    end: usize,
) -> TokenStream {
    let answers = &answers[begin..end];
    let hashes = model.fields[begin..end].iter().map(|field| column_hash(&field.column));
    let exempt = model.fields[begin..end].iter().flat_map(|field| {
        let hash = column_hash(&field.column);
        let own = field.overrides.iter().chain(&model.attrs.overrides);
        let allowed = own.filter(|own| own.level == Level::Allow);
        allowed.filter_map(move |own| match own.code {
            Code::GeneratedColumnWritten => Some(quote!((#hash, true))),
            Code::NotNullColumn => Some(quote!((#hash, false))),
            _ => None,
        })
    });
    // What is left out is not written, and supplies nothing.
    let left_out = model.fields[begin..end].iter().filter(|field| !field.left_out.is_empty());
    let left_out = left_out.flat_map(|field| {
        let hash = column_hash(&field.column);
        [quote!((#hash, true)), quote!((#hash, false))]
    });
    let exempt: Vec<TokenStream> = exempt.chain(left_out).collect();
    let exempt = (!exempt.is_empty()).then(|| quote!(exempt: &[#(#exempt),*],));
    quote! {
        #krate::Part { #exempt nulls: &[#(#answers),*], columns: &[#(#hashes),*], ..#krate::Part::text(#text) }
    }
}

/// A struct without a table: its columns for the records of others, and what its fields ask of their tables.
pub(crate) fn embedded(krate: &TokenStream, model: &Model<'_>, manifest: &Manifest) -> TokenStream {
    let (outside, krate) = (krate, &quote!(__sc));
    let answer = |field: &Field<'_>| {
        let answer = probe(krate, field);
        if field.none_is_default { quote!(#krate::flatten::or_default(#answer)) } else { answer }
    };
    let answers: Vec<TokenStream> = model.fields.iter().map(answer).collect();
    let name = model.ident;
    let (_, tg, _) = model.generics.split_for_impl();
    let labels = labels::of_embedded(krate, model);
    let (first, rest) = record::embedded(manifest, &holes(model, &labels));
    let place = Place { table: quote!(__Table), join: quote!(__Join), is_narrow: false, writes: None };
    let mut parts = parts(krate, model, (&first, &rest), &answers, &labels, &place);
    let lists = labels::lists_of_embedded(krate, model, &labels);
    if !lists.is_empty() {
        parts.push(quote!(#krate::Part { labels: &[#(#lists),*], ..#krate::Part::text("") }));
    }
    let mut in_table = model.generics.clone();
    in_table.params.extend::<[syn::GenericParam; 2]>([syn::parse_quote!(__Table), syn::parse_quote!(__Join)]);
    let (mut traits, mut names) = (TokenStream::new(), Vec::new());
    let mut bounds = in_table.make_where_clause().predicates.clone();
    for (field, expected) in model.fields.iter().zip(&manifest.columns) {
        if how(manifest, expected, Code::MissingColumn, Mode::Enforce).is_none() {
            continue;
        }
        let asks = trait_name(name, field, "Needs", &mut names);
        let hash = column_hash(&field.column);
        let message = wording::flattened_missing_column(&manifest.path, &field.name, &field.column);
        let (attribute, inner) = (on_unimplemented(&message), quote!(#krate::flatten::HasColumn<#hash>));
        traits.extend(quote! {
            #attribute
            pub trait #asks {
                type Column;
            }
            #[diagnostic::do_not_recommend]
            impl<T: #inner> #asks for T {
                type Column = <T as #inner>::Column;
            }
        });
        // rustc points at what a struct asks of a table: at the field, and still with tokens of ours.
        let at = |tokens: TokenStream| respan(tokens, field.place.resolved_at(Span::call_site()));
        let bound = at(quote!(__Table: #asks));
        bounds.push(syn::parse_quote!(#bound));
        if field.is_generic {
            continue;
        }
        let ty = field.ty();
        if how(manifest, expected, Code::TypeMismatch, Mode::Enforce).is_some() {
            let holds = trait_name(name, field, "Holds", &mut names);
            let message = wording::flattened_wrong_type(&manifest.path, &field.name, &field.column);
            let attribute = on_unimplemented(&message);
            traits.extend(quote! {
                #attribute
                pub trait #holds<C> {}
                #[diagnostic::do_not_recommend]
                impl<T: #krate::flatten::Fits<C> + ?::core::marker::Sized, C> #holds<C> for T {}
            });
            let bound = at(quote!(#holds<<__Table as #asks>::Column>));
            bounds.push(syn::parse_quote!(#ty: #bound));
        }
        if how(manifest, expected, Code::NullableColumn, Mode::Enforce).is_some() {
            if rust_type::is_spelled_option(ty) {
                let bound = at(quote!(#krate::flatten::FitsNull<<__Table as #asks>::Column, __Join>));
                bounds.push(syn::parse_quote!(#ty: #bound));
                continue;
            }
            let holds = trait_name(name, field, "HoldsNull", &mut names);
            let message = wording::flattened_cannot_hold_null(
                &manifest.path,
                &field.name,
                &field.column,
                &field.spelled(),
            );
            let attribute = on_unimplemented(&message);
            traits.extend(quote! {
                #attribute
                pub trait #holds<C, J> {}
                #[diagnostic::do_not_recommend]
                impl<T: #krate::flatten::FitsNull<C, J> + ?::core::marker::Sized, C, J> #holds<C, J> for T {}
            });
            let bound = at(quote!(#holds<<__Table as #asks>::Column, __Join>));
            bounds.push(syn::parse_quote!(#ty: #bound));
        }
    }
    for group in model.groups.iter().filter(|group| !group.is_generic) {
        let ty = group.ty();
        let place = group.place.resolved_at(Span::call_site());
        let bound = respan(quote!(#krate::flatten::EmbeddedIn<__Table, __Join>), place);
        bounds.push(syn::parse_quote!(#ty: #bound));
    }
    // Of a struct inside nobody knows here what it asks for.
    let asks = model.groups.is_empty().then(|| {
        let columns: Vec<String> = model.fields.iter().map(|field| field.column.clone()).collect();
        let asks = known::asks(&columns);
        known::add_embedded(name, columns);
        quote!(const ASKS: ::core::primitive::u64 = #asks;)
    });
    in_table.make_where_clause().predicates = bounds;
    let (table_ig, _, table_wc) = in_table.split_for_impl();
    // As if it stood in the source: else rustc takes the bounds for those of a derive, and advises against it.
    let embedded_in = respan(quote!(#krate::flatten::EmbeddedIn<__Table, __Join>), name.span());
    let parts = quote!({
        use #krate::{CannotHoldNull as _, NoLabels as _};
        &[#(#parts),*]
    });
    // The constant of an impl is evaluated for each table anew. What names no parameter and no struct inside is the same for
    // all of them.
    let (once, parts, len) = match model.generics.params.is_empty() && model.groups.is_empty() {
        true => (
            quote! {
                const __PARTS: &[#krate::Part] = #parts;
                const __LEN: ::core::primitive::usize = #krate::Part::len(__PARTS);
            },
            quote!(__PARTS),
            quote!(
                const LEN: ::core::primitive::usize = __LEN;
            ),
        ),
        false => (TokenStream::new(), parts, TokenStream::new()),
    };
    quote! {
        const _: () = {
            use #outside::{self as __sc};
            #traits
            #once
            impl #table_ig #embedded_in for #name #tg #table_wc {
                const PARTS: &'static [#krate::Part] = #parts;
                #len
                #asks
            }
        };
    }
}

/// A struct that only puts structs with tables together, each of which its own derive judges.
pub(crate) fn wrapper(krate: &TokenStream, input: &DeriveInput, model: &Model<'_>) -> TokenStream {
    let name = model.ident;
    let (ig, tg, wc) = model.generics.split_for_impl();
    let embedded = fallback::embedded(krate, input);
    // Of a type parameter nothing is demanded: whoever names it may not know of us.
    let types = model.groups.iter().filter(|group| !group.is_generic).map(|group| group.ty());
    quote! {
        #embedded
        #[automatically_derived]
        impl #ig #krate::flatten::HasTable for #name #tg #wc {}
        #[automatically_derived]
        impl #ig #krate::Check<0> for #name #tg #wc {
            fn check() {
                #(let _ = <#types as #krate::flatten::HasTable>::HAS;)*
            }
        }
    }
}

fn on_unimplemented(message: &BuildMessage) -> TokenStream {
    let text = match message.plain.is_empty() {
        true => format!("{}{{Self}}{}", escape(&message.before), escape(&message.after)),
        false => escape(&message.plain),
    };
    let label = escape(&message.label);
    // The one placeholder of the notes is the type that stands for the column.
    let notes = message.notes.iter().map(|note| escape(note).replace("{{C}}", "{C}"));
    quote!(#[diagnostic::on_unimplemented(message = #text, label = #label, #(note = #notes),*)])
}

/// The name of a field's trait; two fields may differ in underscores alone.
fn trait_name(owner: &Ident, field: &Field<'_>, what: &str, names: &mut Vec<String>) -> Ident {
    let mut name = format!("{}{}{what}", owner_name(owner), RenameAll::Pascal.apply(&field.name));
    while names.contains(&name) {
        name.push('1');
    }
    names.push(name.clone());
    Ident::new(&name, Span::call_site())
}
