//! `allow`, `warn`, `deny`: how grave a finding is here, and why.

use schemacheck_core::manifest::{Level, Override};
use schemacheck_core::{Code, suggest};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token};

use super::value::skip_value;
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
        let first = Ident::parse_any(&content)?;
        if first == REASON && content.peek(Token![=]) {
            content.parse::<Token![=]>()?;
            let literal: LitStr = content.parse()?;
            match literal.value().trim() {
                "" => {
                    empty = true;
                    ctxt.error(&literal, "the reason is empty");
                }
                text => reason = Some(text.to_owned()),
            }
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
    let span = first.span();
    let mut id = first.to_string();
    while content.peek(Token![-]) {
        content.parse::<Token![-]>()?;
        id = format!("{id}-{}", Ident::parse_any(content)?);
    }
    let code = Code::from_id(&id);
    if code.is_none() {
        let ids = Code::ALL.iter().map(|code| code.id());
        let help = match suggest::nearest(&id, ids) {
            Some(nearest) => format!("a code with a similar name exists: `{nearest}`"),
            None => "`cargo schemacheck explain` lists the codes".to_owned(),
        };
        ctxt.error_at(span, format!("unknown code `{id}`\nhelp: {help}"));
    }
    Ok(code)
}
