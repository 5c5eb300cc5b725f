//! What is judged of all columns together, once the compiler knows those of the structs inside.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use schemacheck_core::compare::{refuses_none, refuses_writes};
use schemacheck_core::finding::wording;
use schemacheck_core::fingerprint::column_hash;
use schemacheck_core::manifest::{Exact, Expected, Kind, Manifest};
use schemacheck_core::{Code, Relation, Severity};

use super::{Place, any, brought, is_known, owner_name, parts_of, relation, writes};
use crate::expand::check::{How, agrees, how, respan};
use crate::expand::labels;
use crate::input::{Flattened, Model};
use crate::mode::Mode;
use crate::snapshot::Snapshot;

/// What is judged of all columns together, where only the compiler knows them.
pub(in crate::expand) fn whole(
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
