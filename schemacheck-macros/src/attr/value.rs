//! The values of words: `word`, `word = "..."`, `word = 20`, `word("...", "...")`.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Ident, LitInt, LitStr, Token};

use super::Slot;
use crate::ctxt::Ctxt;

/// The word as it is spelled, without `r#`; nothing for a path of several.
pub(super) fn word_of(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map(|ident| ident.unraw().to_string()).unwrap_or_default()
}

/// Where the word stands.
pub(super) fn word_span(meta: &ParseNestedMeta<'_>) -> Span {
    meta.path.segments.first().map_or_else(Span::call_site, |segment| segment.ident.span())
}

/// Passes over the value of a word that is not understood, up to the next comma.
pub(super) fn skip_value(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// What `syn` says of an attribute that is no list of words, as we say it.
pub(super) fn in_our_words(error: syn::Error) -> syn::Error {
    let text = match error.to_string() {
        text if text.contains("#[schemacheck(...)]") => "expected `#[schemacheck(...)]`",
        text if text.starts_with("unexpected literal") => "expected a word, such as in `table = \"...\"`",
        _ => return error,
    };
    syn::Error::new(error.span(), text)
}

/// The text behind a word in parentheses: `reason = "..."`. Blank or no text is a mistake, and nothing.
pub(super) fn text_of(ctxt: &Ctxt, content: ParseStream<'_>, word: &str) -> syn::Result<Option<String>> {
    content.parse::<Token![=]>()?;
    if !content.peek(LitStr) {
        ctxt.error_at(content.span(), format!("expected a string: `{word} = \"...\"`"));
        skip_value(content)?;
        return Ok(None);
    }
    let literal: LitStr = content.parse()?;
    match literal.value().trim() {
        "" => {
            ctxt.error(&literal, format!("`{word}` is empty"));
            Ok(None)
        }
        text => Ok(Some(text.to_owned())),
    }
}

/// The string of `word = "..."`; anything else is a mistake, and nothing.
pub(super) fn string(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<LitStr>> {
    let word = word_of(meta);
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

/// The number of `word = 20`, at least 1.
pub(super) fn set_number(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Slot<u32>) -> syn::Result<()> {
    let word = word_of(meta);
    let wrong = || format!("expected a number of 1 or more: `{word} = 20`");
    if !meta.input.peek(Token![=]) {
        ctxt.error(&meta.path, wrong());
        return skip_value(meta.input);
    }
    let value = meta.value()?;
    let span = value.span();
    let number = if value.peek(LitInt) { value.parse::<LitInt>()?.base10_parse().ok() } else { None };
    match number {
        Some(number) if number > 0 => slot.set(ctxt, span, number),
        _ => ctxt.error_at(span, wrong()),
    }
    skip_value(meta.input)
}

/// A catalog name: not empty, and without the one character that PostgreSQL cannot store.
pub(super) fn set_name(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Slot<String>) -> syn::Result<()> {
    if let Some(literal) = string(ctxt, meta)?
        && let Some(name) = name(ctxt, &literal, &format!("`{}`", slot.word))
    {
        slot.set(ctxt, literal.span(), name);
    }
    Ok(())
}

fn name(ctxt: &Ctxt, literal: &LitStr, what: &str) -> Option<String> {
    let value = literal.value();
    if value.is_empty() {
        ctxt.error(literal, format!("{what} is empty"));
        None
    } else if value.contains('\0') {
        ctxt.error(literal, "a name of PostgreSQL cannot hold a NUL character");
        None
    } else {
        Some(value)
    }
}

/// A text that is not blank.
pub(super) fn set_text(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Slot<String>) -> syn::Result<()> {
    if let Some(literal) = string(ctxt, meta)? {
        match literal.value().trim() {
            "" => ctxt.error(&literal, format!("`{}` is empty", slot.word)),
            text => slot.set(ctxt, literal.span(), text.to_owned()),
        }
    }
    Ok(())
}

/// A word that takes no value.
pub(super) fn flag(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, slot: &mut Slot<()>) -> syn::Result<()> {
    if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        ctxt.error(&meta.path, format!("`{}` takes no value", slot.word));
        return skip_value(meta.input);
    }
    slot.set(ctxt, word_span(meta), ());
    Ok(())
}

/// Names in parentheses, and one named text among them.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    /// The value of the text, such as that of `reason = "..."`.
    pub(super) text: Option<String>,
    /// Whether something was said to be wrong already.
    pub(super) is_broken: bool,
}

/// Reads `word("a", "b", text = "...")`, where `text` is the one named text that may stand there.
pub(super) fn names(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    text: Option<&str>,
) -> syn::Result<Option<Names>> {
    let word = word_of(meta);
    let example = match text {
        Some("reason") => format!("{word}(\"column\", reason = \"...\")"),
        Some(_) | None => format!("{word}(\"column\")"),
    };
    if !meta.input.peek(syn::token::Paren) {
        ctxt.error(&meta.path, format!("expected `{example}`"));
        skip_value(meta.input)?;
        return Ok(None);
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let mut read = Names { names: Vec::new(), text: None, is_broken: false };
    while !content.is_empty() {
        if content.peek(LitStr) {
            let literal: LitStr = content.parse()?;
            match name(ctxt, &literal, "the name of a column") {
                Some(name) if read.names.contains(&name) => {
                    read.is_broken = true;
                    ctxt.error(&literal, format!("`{word}` names `{name}` twice"));
                }
                Some(name) => read.names.push(name),
                None => read.is_broken = true,
            }
        } else {
            let span = content.span();
            let named =
                content.call(Ident::parse_any).ok().filter(|ident| Some(ident.to_string().as_str()) == text);
            match named {
                Some(_) if content.peek(Token![=]) => {
                    read.text = text_of(ctxt, &content, text.unwrap_or_default())?;
                    read.is_broken |= read.text.is_none();
                }
                _ => {
                    read.is_broken = true;
                    ctxt.error_at(span, format!("expected the name of a column in quotes: `{example}`"));
                    skip_value(&content)?;
                }
            }
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    if read.names.is_empty() && !read.is_broken {
        read.is_broken = true;
        ctxt.error(&meta.path, format!("`{word}` names no column\nhelp: write `{example}`"));
    }
    Ok(Some(read))
}
