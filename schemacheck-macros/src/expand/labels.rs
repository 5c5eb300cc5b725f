//! Enums in plain columns: what the compiler, which alone knows a field's labels, puts into the record and holds
//! against the column's checks.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use schemacheck_core::catalog::{Catalog, Column, Relation};
use schemacheck_core::expr::{Fold, LabelFacts};
use schemacheck_core::finding::wording::{self, LabelMessage};
use schemacheck_core::fingerprint::column_hash;
use schemacheck_core::manifest::{Built, Expected, Kind, Manifest};
use schemacheck_core::{Code, mapping, record};

use super::check::{How, how, promises, trait_name};
use crate::attr::RenameAll;
use crate::foreign::TEXT;
use crate::input::{Enum, Field, Flattened, Model};
use crate::known;
use crate::mode::Mode;
use crate::rust_type;

/// Of each column whose field may know labels its place, and the expression of the text for the record.
pub(super) fn of_record(
    krate: &TokenStream,
    model: &Model<'_>,
    manifest: &Manifest,
) -> Vec<(usize, TokenStream)> {
    let columns = model.fields.iter().zip(&manifest.columns).enumerate();
    let holes = columns.filter_map(|(at, (field, expected))| {
        let ty = labelled(field, expected.built.as_ref()?)?;
        Some((at, quote!(<#krate::LabelsOf<#ty>>::JSON)))
    });
    holes.collect()
}

/// The same for a struct that is flattened, whose columns are not known: of each field that is not spelled as a type of
/// some column.
pub(super) fn of_embedded(krate: &TokenStream, model: &Model<'_>) -> Vec<(usize, TokenStream)> {
    let fields = model.fields.iter().enumerate();
    let holes = fields.filter_map(|(at, field)| {
        let is_open = rust_type::leaf(field.ty()).is_some_and(|leaf| !mapping::is_listed(&leaf.name));
        let ty = rust_type::with_static_lifetimes(field.ty()).filter(|_| is_open && !field.is_generic)?;
        Some((at, quote!(<#krate::LabelsOf<#ty>>::JSON)))
    });
    holes.collect()
}

/// The labels of the fields of such a struct, as expressions: for each the hash of its column, and the list.
pub(super) fn lists_of_embedded(
    krate: &TokenStream,
    model: &Model<'_>,
    asked: &[(usize, TokenStream)],
) -> Vec<TokenStream> {
    let list = |(at, _): &(usize, TokenStream)| {
        let field = &model.fields[*at];
        let (hash, ty) = (column_hash(&field.column), rust_type::with_static_lifetimes(field.ty()));
        quote!((#hash, <#krate::LabelsOf<#ty>>::LIST))
    };
    asked.iter().map(list).collect()
}

/// The type of a field whose labels only the compiler knows: in a column of text, and not spelled as a type that is
/// known to have none.
fn labelled(field: &Field<'_>, built: &Built) -> Option<TokenStream> {
    let base = built.base_type();
    let leaf = rust_type::leaf(field.ty()).filter(|leaf| !promises(leaf, base));
    if field.is_generic || leaf.is_none() || Fold::of(base).is_none() {
        return None;
    }
    rust_type::with_static_lifetimes(field.ty())
}

/// The check of one field; nothing where there is nothing to judge.
pub(super) fn check(
    krate: &TokenStream,
    owner: &Ident,
    (field, expected): (&Field<'_>, &Expected),
    relation: &Relation,
    catalog: &Catalog,
    manifest: &Manifest,
    mode: Mode,
) -> Option<TokenStream> {
    let ty = labelled(field, expected.built.as_ref()?)?;
    let facts = relation.admitted(relation.column(&expected.column)?, catalog, manifest.writes())?;
    let unknown = how(manifest, expected, Code::UnknownLabel, mode);
    let missing = how(manifest, expected, Code::MissingLabel, mode)
        .filter(|_| facts.admitted.exact && manifest.is(Kind::Read));
    let object = format!("{}.{}", relation.name, expected.column);
    let words = wording::labels_disagree(&object, &field.name, &expected.rust_type, &facts);
    let list = quote!(<#krate::LabelsOf<#ty>>::LIST);
    let names = ["KnownLabels", "AllLabels"].map(|what| trait_name(owner, field, what));
    Some(hold(krate, field.place, names, &list, &facts, &words, [unknown, missing]))
}

/// The same of a column that flattened structs may bring, whose labels are an expression of the compiler's.
pub(super) fn flattened(
    krate: &TokenStream,
    (model, group): (&Model<'_>, &Flattened<'_>),
    parts: &TokenStream,
    column: &Column,
    (relation, catalog): (&Relation, &Catalog),
    manifest: &Manifest,
    mode: Mode,
) -> Option<TokenStream> {
    let facts = relation.admitted(column, catalog, manifest.writes())?;
    let level = |code| how(manifest, &Expected::default(), code, mode);
    let missing = level(Code::MissingLabel).filter(|_| facts.admitted.exact && manifest.is(Kind::Read));
    let object = format!("{}.{}", relation.name, column.name);
    let words = wording::labels_disagree(&object, &group.name, &rust_type::spell(group.ty()), &facts);
    let hash = column_hash(&column.name);
    let list = quote!(#krate::flatten::labels(#parts, #hash));
    let names = ["KnownLabels", "AllLabels"]
        .map(|what| format_ident!("{}{}{what}{hash}", model.ident, RenameAll::Pascal.apply(&group.name)));
    Some(hold(krate, group.place, names, &list, &facts, &words, [level(Code::UnknownLabel), missing]))
}

/// Labels that only the compiler knows, held against those that checks admit.
fn hold(
    krate: &TokenStream,
    place: Span,
    [known, all]: [Ident; 2],
    list: &TokenStream,
    facts: &LabelFacts,
    words: &LabelMessage,
    [unknown, missing]: [Option<How>; 2],
) -> TokenStream {
    let column = |judges_unknown: bool, judges_missing: bool| {
        let words_if = |judges: bool, words: &[String; 3]| match judges {
            true => quote!(::core::option::Option::Some([#(#words),*])),
            false => quote!(::core::option::Option::None),
        };
        let (unknown, missing) =
            (words_if(judges_unknown, &words.unknown), words_if(judges_missing, &words.missing));
        let (labels, notes) = (&facts.admitted.labels, &words.notes);
        let fold = match facts.fold {
            Fold::Nothing => quote!(Nothing),
            Fold::Blanks => quote!(Blanks),
            Fold::Case => quote!(Case),
        };
        quote! {
            #krate::ColumnLabels {
                admitted: &[#(#labels),*],
                fold: #krate::Fold::#fold,
                unknown: #unknown,
                missing: #missing,
                notes: #notes,
            }
        }
    };
    let mut checks = TokenStream::new();
    let (refuses_unknown, refuses_missing) = (unknown == Some(How::Error), missing == Some(How::Error));
    if refuses_unknown || refuses_missing {
        let column = column(refuses_unknown, refuses_missing);
        checks.extend(stops(krate, place, &column, list));
    }
    if unknown == Some(How::Warning) {
        checks.extend(warns(krate, place, &known, &column(true, false), list, &words.unknown_warning));
    }
    if missing == Some(How::Warning) {
        checks.extend(warns(krate, place, &all, &column(false, true), list, &words.missing_warning));
    }
    checks
}

/// An error at the field where the labels do not agree.
fn stops(krate: &TokenStream, place: Span, column: &TokenStream, list: &TokenStream) -> TokenStream {
    // The error underlines the call, so what is called and its brackets stand at the field.
    let hold = quote_spanned!(place=> __Column::hold);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(&#column, #list));
    arguments.set_span(place);
    quote! {
        const _: () = {
            use #krate::{ColumnLabels as __Column, NoLabels as _};
            #hold #arguments
        };
    }
}

/// A warning that appears only where they do not agree, as those of types.
fn warns(
    krate: &TokenStream,
    place: Span,
    name: &Ident,
    column: &TokenStream,
    list: &TokenStream,
    note: &str,
) -> TokenStream {
    // A deprecation within the span of a derive is not reported, so the whole path has the field's.
    let used = quote_spanned!(place=> <#krate::Agree<__AGREE>>::CHECKED);
    quote! {
        {
            use #krate::NoLabels as _;
            const __AGREE: ::core::primitive::bool = #column.agree(#list);
            trait #name {
                #[deprecated(note = #note)]
                const CHECKED: () = ();
            }
            impl<const DO: ::core::primitive::bool> #name for #krate::Agree<DO> {}
            // Where the labels agree, nothing else would use the trait.
            fn mention<T: #name>() {}
            let _ = mention::<#krate::Agree<true>>;
            let _ = #used;
        }
    }
}

/// An enum in plain columns of these types; for those of text with its labels.
pub(crate) fn plain_enum(krate: &TokenStream, item: &Enum<'_>, types: &[&str]) -> TokenStream {
    let name = item.ident;
    let is_text = types.iter().any(|ty| TEXT.contains(ty));
    let like = match types.first() {
        _ if is_text => "String",
        Some(&"int2") => "i16",
        Some(&"int4") => "i32",
        _ => "i64",
    };
    known::add_plain(name, like);
    let accepts = accepts(krate, name, &syn::Generics::default(), types);
    let labels = (is_text && !item.is_by_hand).then(|| {
        let labels: Vec<&str> = item.variants.iter().map(|variant| variant.label.as_str()).collect();
        let non_exhaustive = item.is_open();
        let json = record::labels_json(&labels, non_exhaustive);
        quote! {
            #[automatically_derived]
            impl #krate::Labels for #name {
                const LIST: #krate::LabelList = #krate::LabelList {
                    labels: &[#(#labels),*],
                    non_exhaustive: #non_exhaustive,
                    json: #json,
                };
            }
        }
    });
    quote!(#accepts #labels)
}

/// That columns of these types can be read into a type.
pub(crate) fn accepts(
    krate: &TokenStream,
    name: &Ident,
    generics: &syn::Generics,
    types: &[&str],
) -> TokenStream {
    let (ig, tg, wc) = generics.split_for_impl();
    let marker = |ty: &&str| mapping::markers().find(|(own, _)| own == ty).map(|(_, marker)| marker);
    let markers = types.iter().filter_map(marker).map(|marker| format_ident!("{marker}"));
    quote! {
        #(
            #[automatically_derived]
            impl #ig #krate::AcceptsColumn<#krate::pg::#markers> for #name #tg #wc {}
        )*
    }
}
