//! `allow`, `warn`, `deny`: how grave a finding is here, and why.

use quote::ToTokens;
use schemacheck_core::manifest::{Level, Override};
use schemacheck_core::{Code, suggest};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Ident, Token};

use super::value::{skip_value, text_of};
use crate::ctxt::Ctxt;
use crate::symbol::REASON;

/// Reads `allow(code, code, reason = "...")`.
pub(super) fn read(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, level: Level) -> syn::Result<Vec<Override>> {
    let word = level.word();
    if !meta.input.peek(syn::token::Paren) {
        ctxt.error(&meta.path, format!("expected `{word}(code, reason = \"...\")`"));
        skip_value(meta.input)?;
        return Ok(Vec::new());
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let mut codes = Vec::new();
    let mut named = false;
    let mut reason = None;
    let mut empty = false;
    while !content.is_empty() {
        if !content.peek(Ident::peek_any) {
            named = true;
            let example = format!("{word}(missing-column, reason = \"...\")");
            ctxt.error_at(content.span(), format!("expected a code, without quotes: `{example}`"));
            skip_value(&content)?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
            continue;
        }
        let first = Ident::parse_any(&content)?;
        if first == REASON && content.peek(Token![=]) {
            reason = text_of(ctxt, &content, REASON)?;
            empty |= reason.is_none();
        } else {
            named = true;
            codes.extend(read_code(ctxt, &content, first)?);
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    if !named {
        let example = format!("write `{word}(code, reason = \"...\")`");
        ctxt.error(&meta.path, format!("`{word}` names no code\nhelp: {example}"));
    } else if reason.is_none() && !empty {
        ctxt.error(&meta.path, format!("`{word}` needs a reason\nhelp: add `, reason = \"...\"`"));
    }
    let reason = reason.unwrap_or_default();
    Ok(codes.into_iter().map(|code| Override { code, level, reason: reason.clone() }).collect())
}

/// A code: words joined by hyphens.
fn read_code(ctxt: &Ctxt, content: ParseStream<'_>, first: Ident) -> syn::Result<Option<Code>> {
    let mut id = first.to_string();
    let mut tokens = first.into_token_stream();
    while content.peek(Token![-]) {
        content.parse::<Token![-]>()?.to_tokens(&mut tokens);
        let word = Ident::parse_any(content)?;
        id = format!("{id}-{word}");
        word.to_tokens(&mut tokens);
    }
    let code = Code::from_id(&id);
    if code.is_none() {
        let ids = Code::ALL.iter().map(|code| code.id());
        let help = match suggest::nearest(&id, ids) {
            Some(nearest) => format!("a code with a similar name exists: `{nearest}`"),
            None => "`cargo schemacheck explain` lists the codes".to_owned(),
        };
        ctxt.error(tokens, format!("unknown code `{id}`\nhelp: {help}"));
    }
    Ok(code)
}
