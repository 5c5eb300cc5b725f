//! `primary_key`, `unique`, `index`, `exact`, `references`, `on_delete`, `default`: what the code relies on.

use proc_macro2::Span;
use schemacheck_core::catalog::Action;
use schemacheck_core::manifest::{DefaultPromise, Exact, Optional, Promise, Reference};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Ident, Token};

use super::Slot;
use super::value::{flag, names, set_text, skip_value, string, word_of, word_span};
use crate::ctxt::Ctxt;
use crate::symbol::{DEFAULT, INDEX, ORDER, PRIMARY_KEY, REASON, WHERE};

/// `primary_key("id")`, `unique("a", "b", where = "...")`, `index("a", "b")`.
pub(super) fn read(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    promises: &mut Vec<(Promise, Span)>,
) -> syn::Result<()> {
    let word = word_of(meta);
    let text = if word == super::UNIQUE { Some(WHERE) } else { None };
    let Some(read) = names(ctxt, meta, text)?.filter(|read| !read.is_broken) else { return Ok(()) };
    let promise = match word.as_str() {
        PRIMARY_KEY => Promise::PrimaryKey(read.names),
        INDEX => Promise::Index(read.names),
        _ => Promise::Unique { columns: read.names, predicate: read.text },
    };
    let again = |(known, _): &(Promise, Span)| match (known, &promise) {
        (Promise::PrimaryKey(_), Promise::PrimaryKey(_)) => true,
        (known, promise) => known == promise,
    };
    match promises.iter().any(again) {
        true => ctxt.error(&meta.path, format!("duplicate schemacheck attribute `{word}`")),
        false => promises.push((promise, word_span(meta))),
    }
    Ok(())
}

/// `optional("a", "b", reason = "a trigger")`.
pub(super) fn read_optional(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    optional: &mut Vec<(Optional, Span)>,
) -> syn::Result<()> {
    let Some(read) = names(ctxt, meta, Some(REASON))? else { return Ok(()) };
    if read.text.is_none() && !read.is_broken {
        ctxt.error(&meta.path, "`optional` needs a reason\nhelp: add `, reason = \"...\"`");
    }
    let reason = read.text.unwrap_or_default();
    for column in read.names {
        optional.push((Optional { column, reason: reason.clone() }, word_span(meta)));
    }
    Ok(())
}

/// `exact` or `exact(order)`.
pub(super) fn read_exact(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Slot<Exact>) -> syn::Result<()> {
    if meta.input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in meta.input);
        let span = content.span();
        match content.call(Ident::parse_any) {
            Ok(word) if word == ORDER && content.is_empty() => slot.set(ctxt, word_span(meta), Exact::Order),
            _ => {
                ctxt.error_at(span, "expected `exact` or `exact(order)`");
                while !content.is_empty() {
                    content.parse::<proc_macro2::TokenTree>()?;
                }
            }
        }
        return Ok(());
    }
    let mut plain = Slot::none(slot.word);
    flag(ctxt, meta, &mut plain)?;
    if let Some(span) = plain.span() {
        slot.set(ctxt, span, Exact::Columns);
    }
    Ok(())
}

/// `default` or `default = "'sent'"`.
pub(super) fn read_default(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    slot: &mut Slot<DefaultPromise>,
) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        let mut text = Slot::none(DEFAULT);
        set_text(ctxt, meta, &mut text)?;
        if let (Some(value), Some(span)) = (text.get(), text.span()) {
            slot.set(ctxt, span, DefaultPromise::Is(value.clone()));
        }
        return Ok(());
    }
    let mut plain = Slot::none(DEFAULT);
    flag(ctxt, meta, &mut plain)?;
    if let Some(span) = plain.span() {
        slot.set(ctxt, span, DefaultPromise::Any);
    }
    Ok(())
}

/// `references = "users(id)"`, `references = "app.users(id)"`.
pub(super) fn read_references(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    slot: &mut Slot<Reference>,
) -> syn::Result<()> {
    let Some(literal) = string(ctxt, meta)? else { return Ok(()) };
    let text = literal.value();
    let parsed = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')).and_then(|(name, column)| {
        let (schema, relation) = match name.split_once('.') {
            Some((schema, relation)) => (Some(schema.to_owned()), relation),
            None => (None, name),
        };
        let is_whole = !relation.is_empty() && !relation.contains('.') && !column.is_empty();
        (is_whole && schema.as_deref() != Some("")).then(|| Reference {
            schema,
            relation: relation.to_owned(),
            column: column.to_owned(),
            on_delete: None,
        })
    });
    match parsed {
        Some(reference) => slot.set(ctxt, literal.span(), reference),
        None => ctxt.error(
            &literal,
            format!("`{text}` is not a table and its column\nhelp: write `references = \"users(id)\"`"),
        ),
    }
    Ok(())
}

/// `on_delete = "set null"`.
pub(super) fn read_action(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    slot: &mut Slot<Action>,
) -> syn::Result<()> {
    let Some(literal) = string(ctxt, meta)? else { return Ok(()) };
    let word = literal.value().to_lowercase().replace('_', " ");
    match Action::from_word(&word) {
        Some(action) => slot.set(ctxt, literal.span(), action),
        None => {
            let known: Vec<String> = Action::ALL.iter().map(|(_, _, word)| format!("`{word}`")).collect();
            let known = known.join(", ");
            ctxt.error(&literal, format!("unknown action `{}`, expected one of {known}", literal.value()));
        }
    }
    skip_value(meta.input)
}
