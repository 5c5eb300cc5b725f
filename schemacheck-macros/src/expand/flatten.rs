//! Flattened structs: what the struct inside asks of a table, and what the struct outside says of its own.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use schemacheck_core::catalog::Column;
use schemacheck_core::compare::{refuses_none, refuses_writes};
use schemacheck_core::finding::wording::{self, BuildMessage};
use schemacheck_core::fingerprint::column_hash;
use schemacheck_core::manifest::{Built, Exact, Expected, Kind, Level, Manifest};
use schemacheck_core::record::{self, Hole, Holes};
use schemacheck_core::{Code, Relation, Severity};

use super::check::{How, agrees, escape, how, marker_text, respan};
use super::labels;
use super::record::Extra;
use crate::attr::RenameAll;
use crate::input::{Field, Flattened, Model};
use crate::mode::Mode;
use crate::snapshot::Snapshot;
use crate::{fallback, known, rust_type};
use syn::DeriveInput;

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

/// What a model of diesel that writes adds to another one that embeds it.
pub(super) fn written(
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
        extra.add_group(krate, at, group.before, &parts_of(krate, group, place));
    }
    extra
}

/// The columns of a flattened field.
fn parts_of(krate: &TokenStream, group: &Flattened<'_>, place: &Place) -> TokenStream {
    let ty = rust_type::with_static_lifetimes(group.ty());
    let Place { table, join, is_narrow, writes } = place;
    let asked = if *is_narrow { asked(group) } else { None };
    if let Some(written) = writes {
        let written = Literal::u64_suffixed(*written);
        let own = parts_of(krate, group, &Place { writes: None, ..place.clone() });
        return quote! {
            #krate::flatten::written(#written, #own, <#ty as #krate::flatten::EmbeddedIn<#krate::flatten::AnyTable, #join>>::WRITES)
        };
    }
    match asked {
        Some(columns) => {
            let asks = known::asks(&columns);
            let any = quote!(<#ty as #krate::flatten::EmbeddedIn<#krate::flatten::AnyTable, #join>>::ASKS);
            let table = quote!(<#krate::Agree<{ #any == #asks }> as #krate::flatten::Choose<#table>>::Table);
            quote!(<#ty as #krate::flatten::EmbeddedIn<#table, #join>>::PARTS)
        }
        None => quote!(<#ty as #krate::flatten::EmbeddedIn<#table, #join>>::PARTS),
    }
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
        let answer = super::probe(krate, field);
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
    quote! {
        const _: () = {
            use #outside::{self as __sc};
            #traits
            impl #table_ig #embedded_in for #name #tg #table_wc {
                const PARTS: &'static [#krate::Part] = {
                    use #krate::{CannotHoldNull as _, NoLabels as _};
                    &[#(#parts),*]
                };
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

/// A struct's name as the begin of a type's.
fn owner_name(owner: &Ident) -> String {
    RenameAll::Pascal.apply(&syn::ext::IdentExt::unraw(owner).to_string())
}

/// How a model's flattened fields are judged.
#[derive(Debug)]
pub(super) struct Judged {
    /// The table's type, where what does not fit is an error.
    pub(super) table: TokenStream,
    /// Its name; any table's where nothing is judged.
    pub(super) place: Place,
    /// Statements that warn.
    pub(super) warnings: TokenStream,
}

/// By what a model's flattened fields are judged.
pub(super) fn judge(
    krate: &TokenStream,
    model: &Model<'_>,
    manifest: &Manifest,
    snapshot: Option<&Snapshot>,
    mode: Mode,
) -> Judged {
    let place = Place { writes: writes(model, manifest), ..any(krate) };
    let mut judged = Judged { table: TokenStream::new(), place, warnings: TokenStream::new() };
    let groups: Vec<&Flattened<'_>> = model.groups.iter().filter(|group| is_known(group)).collect();
    let Some((snapshot, relation)) = snapshot
        .and_then(|snapshot| relation(manifest, snapshot).map(|relation| (snapshot, relation)))
        .filter(|_| !groups.is_empty())
    else {
        return judged;
    };
    // A flattened column has only the struct's own ways out.
    let [missing, types, nulls] = [Code::MissingColumn, Code::TypeMismatch, Code::NullableColumn]
        .map(|code| how(manifest, &Expected::default(), code, mode));
    let is_error = |how: Option<How>| how == Some(How::Error);
    let owner = owner_name(model.ident);
    if is_error(missing) {
        // Each column that the table says costs the user's build, so if all structs are known by name, it says only theirs.
        let asked: Option<Vec<Vec<String>>> = groups.iter().map(|group| asked(group)).collect();
        let (table, name) =
            table(manifest, relation, snapshot, is_error(types), is_error(nulls), asked.as_deref());
        judged.table = table;
        judged.place = Place { table: name, is_narrow: asked.is_some(), ..judged.place };
    }
    // Without its columns a struct fits no table, whatever they are.
    let warned = [
        (Code::MissingColumn, missing, false, false),
        (Code::TypeMismatch, types, true, false),
        (Code::NullableColumn, nulls, false, true),
    ];
    for (code, how, with_types, with_nulls) in warned {
        // What is no error of its own is judged here: all that only warns, and types and NULL beside columns that may be
        // missing.
        let Some(how) = how.filter(|how| *how == How::Warning || !is_error(missing)) else { continue };
        let (own, name) = table(manifest, relation, snapshot, with_types, with_nulls, None);
        let (names_only, names) = table(manifest, relation, snapshot, false, false, None);
        let fits = |ty: &TokenStream, table: &TokenStream, name: &TokenStream| {
            quote! {{
                #table
                <#krate::flatten::Flattened<#ty, #name>>::FITS
            }}
        };
        for group in &groups {
            let ty = rust_type::with_static_lifetimes(group.ty()).unwrap_or_default();
            let fits_it = fits(&ty, &own, &name);
            let condition = match code {
                Code::MissingColumn => fits_it,
                _ => {
                    let has_names = fits(&ty, &names_only, &names);
                    quote!(!#has_names || #fits_it)
                }
            };
            let text = wording::flattened_unfit(&rust_type::spell(group.ty()), relation, code);
            let rule = format_ident!("{}{}{code:?}", owner, RenameAll::Pascal.apply(&group.name));
            let condition = quote!({ use #krate::flatten::Unfit as _; #condition });
            judged.warnings.extend(agrees(krate, &rule, &condition, group.place, &text, how));
        }
    }
    judged
}

/// The type that stands for a table, with what it says of each column, or of those that are asked for.
fn table(
    manifest: &Manifest,
    relation: &Relation,
    snapshot: &Snapshot,
    with_types: bool,
    with_nulls: bool,
    asked: Option<&[Vec<String>]>,
) -> (TokenStream, TokenStream) {
    // The compiler prints it as the table's name. It stands in a module, since a struct may have that name too.
    let table = &relation.name.name;
    let name = match is_plain_name(table) {
        true => Ident::new(table, Span::call_site()),
        false => {
            let plain: String =
                RenameAll::Pascal.apply(table).chars().filter(char::is_ascii_alphanumeric).collect();
            format_ident!("Table{plain}")
        }
    };
    let catalog = &snapshot.catalog;
    // Parsed by the compiler at once: tokens made here one by one take several times as long.
    let mut text = format!("mod __table {{ pub enum {name} {{}} }}");
    let is_asked =
        |name: &String| asked.is_none_or(|asked| asked.iter().any(|columns| columns.contains(name)));
    for column in relation.columns.iter().filter(|column| is_asked(&column.name)) {
        let base = catalog.base_type(&column.ty);
        let def = catalog.types.get(&base.qualified_name());
        // Of a type that is not closed only what is certainly wrong is refused, which shows in the spelling alone.
        let marker = marker_text("__sc::pg", base, def).filter(|_| with_types);
        let nullable = relation.kind.has_nullability() && !catalog.refuses_null(column);
        let judged = match (marker, nullable && with_nulls && manifest.is(Kind::Read)) {
            (None, false) => "__sc::flatten::Unjudged".to_owned(),
            (None, true) => "__sc::flatten::UnjudgedNullable".to_owned(),
            (Some(marker), true) => format!("__sc::pg::Nullable<{marker}>"),
            (Some(marker), false) => format!("__sc::pg::NotNull<{marker}>"),
        };
        let hash = column_hash(&column.name);
        text.push_str(&format!(
            "impl __sc::flatten::HasColumn<{hash}> for __table::{name} {{ type Column = {judged}; }}"
        ));
    }
    let tokens = text.parse().expect("types and names are tokens");
    (tokens, quote!(__table::#name))
}

/// Whether a name can stand for a type as it is, in every edition.
fn is_plain_name(name: &str) -> bool {
    const RESERVED: [&str; 54] = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
        "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
        "Self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe",
        "unsized", "use", "virtual", "where", "while", "yield", "_",
    ];
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(is_word)
        && !RESERVED.contains(&name)
}

/// What is judged of all columns together, where only the compiler knows them.
pub(super) fn whole(
    krate: &TokenStream,
    model: &Model<'_>,
    manifest: &Manifest,
    snapshot: &Snapshot,
    mode: Mode,
) -> TokenStream {
    let groups: Vec<&Flattened<'_>> = model.groups.iter().filter(|group| is_known(group)).collect();
    let has_unknown = groups.len() < model.groups.len();
    let any = any(krate);
    let written = Place { writes: writes(model, manifest), ..any.clone() };
    let all_parts: Vec<TokenStream> = groups.iter().map(|group| parts_of(krate, group, &written)).collect();
    let supplies = |hash: &Literal| quote!(#(#krate::flatten::may_supply(#all_parts, #hash))||*);
    let has = |hash: &Literal| quote!(#(#krate::flatten::may_have(#all_parts, #hash))||*);
    let Some(relation) = relation(manifest, snapshot).filter(|_| !groups.is_empty()) else {
        return TokenStream::new();
    };
    let catalog = &snapshot.catalog;
    let level = |code| how(manifest, &Expected::default(), code, mode);
    let is_own = |name: &str| manifest.columns.iter().any(|expected| expected.column == name);
    let mut checks = TokenStream::new();
    let mut refused = TokenStream::new();
    let mut number = 0_usize;
    let mut judge = |condition: TokenStream, place: Span, text: &str, how: How| {
        number += 1;
        let name = format_ident!("{}Rule{}", owner_name(model.ident), number);
        checks.extend(agrees(krate, &name, &condition, place, text, how));
    };
    let insert = model.attrs.insert.span().unwrap_or_else(Span::call_site);
    for column in relation.columns.iter().filter(|column| !is_own(&column.name)) {
        let hash = Literal::u64_suffixed(column_hash(&column.name));
        let required = manifest.is(Kind::Insert)
            && relation.kind.has_nullability()
            && catalog.requires_value(column)
            && !manifest.is_optional(&column.name);
        if let (true, false, Some(how)) = (required, has_unknown, level(Code::MissingRequiredColumn)) {
            let finding = wording::missing_required(manifest, relation, column, Severity::Error);
            judge(supplies(&hash), insert, &finding.lines(), how);
        }
    }
    if let (Some(exact), false) = (manifest.exact, has_unknown) {
        let place = model.attrs.exact.span().unwrap_or_else(Span::call_site);
        for column in relation.columns.iter().filter(|column| !is_own(&column.name)) {
            if let Some(how) = level(Code::ExtraColumn) {
                let hash = Literal::u64_suffixed(column_hash(&column.name));
                let text = wording::extra_column(manifest, relation, column, Severity::Error).lines();
                judge(has(&hash), place, &text, how);
            }
        }
        if let (Exact::Order, Some(how)) = (exact, level(Code::ColumnOrder)) {
            let table = relation.columns.iter().map(|column| column_hash(&column.name));
            let text = wording::column_order_lines(&manifest.path, relation);
            let fields = in_order(krate, model, &any);
            judge(quote!(#krate::flatten::is_in_order(&[#(#fields),*], &[#(#table),*])), place, &text, how);
        }
    }
    for group in &groups {
        let parts = parts_of(krate, group, &any);
        for column in brought(group, relation) {
            let place = (relation, catalog);
            refused.extend(labels::flattened(krate, (model, group), &parts, column, place, manifest, mode));
        }
        let refusals = refusals(model, manifest, relation, snapshot, group, mode);
        let of = |how: How| refusals.iter().filter(move |refusal| refusal.how == how);
        for refusal in of(How::Warning) {
            let Refusal { column, fields, text, .. } = refusal;
            let condition =
                quote!(!#krate::flatten::breaks(#parts, #column, #krate::flatten::Fields::#fields));
            judge(condition, group.place, text, How::Warning);
        }
        let rules: Vec<TokenStream> = of(How::Error)
            .map(|Refusal { column, fields, text, .. }| quote!((#column, #krate::flatten::Fields::#fields, #text)))
            .collect();
        if !rules.is_empty() {
            let place = group.place.resolved_at(Span::call_site());
            let judged = respan(quote!(#krate::flatten::obey(&__SAID)), place);
            refused.extend(quote! {{
                const __RULES: &[#krate::flatten::Rule] = &[#(#rules),*];
                const __SAID: [::core::primitive::u8; #krate::flatten::said_len(#parts, __RULES)] =
                    #krate::flatten::said(#parts, __RULES);
                const _: () = #judged;
            }});
        }
    }
    quote!(#checks #refused)
}

/// The columns of all fields, in their order.
fn in_order(krate: &TokenStream, model: &Model<'_>, any: &Place) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut begin = 0;
    let own = |begin: usize, end: usize| {
        let hashes = model.fields[begin..end].iter().map(|field| column_hash(&field.column));
        quote!(#krate::Part { columns: &[#(#hashes),*], ..#krate::Part::text("") })
    };
    for group in &model.groups {
        parts.push(own(begin, group.before));
        begin = group.before;
        let inner = parts_of(krate, group, any);
        parts.push(quote!(#krate::Part { inner: #inner, ..#krate::Part::text("") }));
    }
    parts.push(own(begin, model.fields.len()));
    parts
}

/// A column that refuses what a flattened field would write.
struct Refusal {
    /// The hash of its name.
    column: Literal,
    /// Which fields it refuses, as the name of a variant.
    fields: Ident,
    text: String,
    how: How,
}

/// Those of a flattened field's columns, as far as the model writes.
fn refusals(
    model: &Model<'_>,
    manifest: &Manifest,
    relation: &Relation,
    snapshot: &Snapshot,
    group: &Flattened<'_>,
    mode: Mode,
) -> Vec<Refusal> {
    let catalog = &snapshot.catalog;
    let level = |code| how(manifest, &Expected::default(), code, mode);
    let all_default = model.none_is_default();
    let mut refusals = Vec::new();
    for column in brought(group, relation) {
        let mut add = |code, fields: &str, text: String| {
            let (column, fields) =
                (Literal::u64_suffixed(column_hash(&column.name)), format_ident!("{fields}"));
            refusals.extend(level(code).map(|how| Refusal { column, fields, text, how }));
        };
        let expected = |none_is_default| Expected {
            column: column.name.clone(),
            field: group.name.clone(),
            none_is_default,
            none_is_null: model.foreign.none_is_null,
            ..Expected::default()
        };
        if let Some(what) = refuses_writes(manifest, &expected(false), relation, column) {
            let text = wording::generated_written(manifest, &expected(false), relation, what).lines();
            add(Code::GeneratedColumnWritten, "Any", text);
            continue;
        }
        // A field of the struct inside may say for itself that DEFAULT is written.
        let object = format!("{}.{}", relation.name, column.name);
        let refuses =
            |none_is_default| refuses_none(manifest, &expected(none_is_default), relation, column, catalog);
        let lines =
            |none_is_default, by| wording::null_written_lines(&object, &expected(none_is_default), by);
        if let Some(by) = refuses(true) {
            add(Code::NotNullColumn, "NullOrDefault", lines(all_default, by));
        } else if let (Some(by), false) = (refuses(false), all_default) {
            add(Code::NotNullColumn, "Null", lines(false, by));
        }
    }
    refusals
}
