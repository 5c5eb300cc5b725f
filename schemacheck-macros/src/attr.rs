//! Stage 1: attributes to typed slots. Rules that one attribute decides stand here; parsing never stops at a mistake.

use std::cell::RefCell;

use proc_macro2::{Span, TokenTree};
use schemacheck_core::manifest::{Level, Override};
use schemacheck_core::{Code, suggest};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Token};

use crate::ctxt::Ctxt;
use crate::symbol::{
    ALLOW, COLUMN, CRATE, DENY, NULLABILITY, REASON, RENAME, RENAME_ALL, SCHEMA, SCHEMACHECK, SKIP, TABLE,
    TRANSPARENT, TYPE, TYPES, WARN,
};

mod rename;
pub(crate) use rename::RenameAll;

/// A value that may be given once, with its tokens.
pub(crate) struct Slot<T> {
    word: &'static str,
    value: Option<(T, Span)>,
}

impl<T> Slot<T> {
    fn none(word: &'static str) -> Self {
        Self { word, value: None }
    }

    fn set(&mut self, ctxt: &Ctxt, span: Span, value: T) {
        if self.value.is_some() {
            ctxt.error_at(span, format!("duplicate schemacheck attribute `{}`", self.word));
        } else {
            self.value = Some((value, span));
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref().map(|(value, _)| value)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.value.as_ref().map(|(_, span)| *span)
    }
}

/// All slots. Which words are known where is decided by the list that is given to [`Attrs::read`].
pub(crate) struct Attrs {
    pub(crate) table: Slot<String>,
    pub(crate) schema: Slot<String>,
    pub(crate) column: Slot<String>,
    pub(crate) ty: Slot<String>,
    pub(crate) rename: Slot<String>,
    pub(crate) rename_all: Slot<RenameAll>,
    pub(crate) krate: Slot<syn::Path>,
    pub(crate) skip: Slot<()>,
    pub(crate) transparent: Slot<()>,
    pub(crate) overrides: Vec<Override>,
}

impl Attrs {
    /// Reads every `#[schemacheck(...)]` among the attributes.
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute], known: &'static [&'static str]) -> Self {
        let mut attrs = Self {
            table: Slot::none(TABLE),
            schema: Slot::none(SCHEMA),
            column: Slot::none(COLUMN),
            ty: Slot::none(TYPE),
            rename: Slot::none(RENAME),
            rename_all: Slot::none(RENAME_ALL),
            krate: Slot::none(CRATE),
            skip: Slot::none(SKIP),
            transparent: Slot::none(TRANSPARENT),
            overrides: Vec::new(),
        };
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(SCHEMACHECK)) {
            attrs.read_one(ctxt, attribute, known);
        }
        attrs
    }

    fn read_one(&mut self, ctxt: &Ctxt, attribute: &Attribute, known: &'static [&'static str]) {
        // `types` and `nullability` take the reason that stands in the same attribute, before or after them.
        let off: RefCell<Vec<(Code, &str, Span)>> = RefCell::default();
        let mut reason = Slot::none(REASON);
        let result = attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(|ident| ident.unraw().to_string()).unwrap_or_default();
            let span = word_span(&meta);
            if !known.contains(&word.as_str()) {
                ctxt.error(&meta.path, unknown_word(&word, &meta, known));
                return skip_value(meta.input);
            }
            match word.as_str() {
                // #[schemacheck(table = "public.users")]
                TABLE => set_name(ctxt, &meta, &mut self.table),
                // #[schemacheck(schema = "public")]
                SCHEMA => set_name(ctxt, &meta, &mut self.schema),
                // #[schemacheck(column = "source_type")]
                COLUMN => set_name(ctxt, &meta, &mut self.column),
                // #[schemacheck(type = "mood")]
                TYPE => set_name(ctxt, &meta, &mut self.ty),
                // #[schemacheck(rename = "very sad")]
                RENAME => set_name(ctxt, &meta, &mut self.rename),
                // #[schemacheck(rename_all = "camelCase")]
                RENAME_ALL => {
                    if let Some(literal) = string(ctxt, &meta)? {
                        match RenameAll::from_word(&literal.value()) {
                            Some(rule) => self.rename_all.set(ctxt, span, rule),
                            None => ctxt.error(&literal, RenameAll::unknown(&literal.value())),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(crate = "my_crate::schemacheck")]
                CRATE => {
                    if let Some(literal) = string(ctxt, &meta)? {
                        match literal.parse_with(syn::Path::parse_mod_style) {
                            Ok(path) => self.krate.set(ctxt, span, path),
                            Err(_) => ctxt.error(&literal, "expected the path of the crate `schemacheck`"),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(skip)]
                SKIP => flag(ctxt, &meta, &mut self.skip),
                // #[schemacheck(transparent)]
                TRANSPARENT => flag(ctxt, &meta, &mut self.transparent),
                // #[schemacheck(types = "off", reason = "decoded by hand")]
                TYPES | NULLABILITY => {
                    let (code, word) = match word.as_str() {
                        TYPES => (Code::TypeMismatch, TYPES),
                        _ => (Code::NullableColumn, NULLABILITY),
                    };
                    if let Some(literal) = string(ctxt, &meta)? {
                        match literal.value().as_str() {
                            "off" => off.borrow_mut().push((code, word, span)),
                            other => ctxt.error(
                                &literal,
                                format!("unknown value `{other}` of `{word}`, expected `off`"),
                            ),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(types = "off", reason = "decoded by hand")]
                REASON => {
                    if let Some(literal) = string(ctxt, &meta)? {
                        match literal.value().trim() {
                            "" => ctxt.error(&literal, "the reason is empty"),
                            text => reason.set(ctxt, span, text.to_owned()),
                        }
                    }
                    Ok(())
                }
                // #[schemacheck(allow(missing-column, reason = "added by the next release"))]
                ALLOW => self.read_level(ctxt, &meta, Level::Allow),
                WARN => self.read_level(ctxt, &meta, Level::Warn),
                DENY => self.read_level(ctxt, &meta, Level::Deny),
                other => unreachable!("`{other}` is listed as known and has no arm"),
            }
        });
        if let Err(error) = result {
            ctxt.push(error);
        }
        let off = off.into_inner();
        match (off.is_empty(), reason.get()) {
            (true, Some(_)) => {
                let span = reason.span().unwrap_or_else(Span::call_site);
                ctxt.error_at(
                    span,
                    format!("`{REASON}` goes with `{TYPES} = \"off\"` or `{NULLABILITY} = \"off\"`"),
                );
            }
            (true, None) => {}
            (false, reason) => {
                for (code, word, span) in off {
                    // Also without a reason: what it would hide is not the mistake to report.
                    let level = Level::Allow;
                    self.overrides.push(Override {
                        code,
                        level,
                        reason: reason.cloned().unwrap_or_default(),
                    });
                    if reason.is_some() {
                        continue;
                    }
                    ctxt.error_at(
                        span,
                        format!("`{word} = \"off\"` needs a reason\nhelp: add `, reason = \"...\"`"),
                    );
                }
            }
        }
    }

    fn read_level(&mut self, ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, level: Level) -> syn::Result<()> {
        let word = level.word();
        if !meta.input.peek(syn::token::Paren) {
            ctxt.error(&meta.path, format!("expected `{word}(code, reason = \"...\")`"));
            return skip_value(meta.input);
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
        self.overrides.extend(codes.into_iter().map(|code| Override { code, level, reason: reason.clone() }));
        Ok(())
    }
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

fn word_span(meta: &ParseNestedMeta<'_>) -> Span {
    meta.path.segments.first().map_or_else(Span::call_site, |segment| segment.ident.span())
}

fn unknown_word(word: &str, meta: &ParseNestedMeta<'_>, known: &[&str]) -> String {
    let spelled = match word {
        "" => {
            meta.path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::")
        }
        word => word.to_owned(),
    };
    let words: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    let mut message =
        format!("unknown schemacheck attribute `{spelled}`, expected one of {}", words.join(", "));
    if let Some(nearest) = suggest::nearest(&spelled, known.iter().copied()) {
        message.push_str(&format!("\nhelp: a word with a similar name exists: `{nearest}`"));
    }
    message
}

/// Passes over the value of a word that is not understood, up to the next comma.
fn skip_value(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// The string of `word = "..."`; anything else is a mistake, and nothing.
fn string(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<LitStr>> {
    let word = meta.path.get_ident().map(|ident| ident.unraw().to_string()).unwrap_or_default();
    if !meta.input.peek(Token![=]) {
        ctxt.error(&meta.path, format!("expected `{word} = \"...\"`"));
        skip_value(meta.input)?;
        return Ok(None);
    }
    let value = meta.value()?;
    if value.peek(LitStr) {
        return value.parse().map(Some);
    }
    ctxt.error_at(value.span(), format!("expected a string: `{word} = \"...\"`"));
    skip_value(meta.input)?;
    Ok(None)
}

/// A catalog name: not empty, and without the one character that PostgreSQL cannot store.
fn set_name(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Slot<String>) -> syn::Result<()> {
    if let Some(literal) = string(ctxt, meta)? {
        let value = literal.value();
        if value.is_empty() {
            ctxt.error(&literal, format!("`{}` is empty", slot.word));
        } else if value.contains('\0') {
            ctxt.error(&literal, "a name of PostgreSQL cannot hold a NUL character");
        } else {
            slot.set(ctxt, literal.span(), value);
        }
    }
    Ok(())
}

fn flag(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Slot<()>) -> syn::Result<()> {
    if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        ctxt.error(&meta.path, format!("`{}` takes no value", slot.word));
        return skip_value(meta.input);
    }
    slot.set(ctxt, word_span(meta), ());
    Ok(())
}
