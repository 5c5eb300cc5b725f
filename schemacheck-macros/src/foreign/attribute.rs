//! `#[library(word, word = value, word(...))]`, read leniently.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Path, Token};

/// Calls `read` for each word of each attribute of a library, with what follows the word. `known` are the words of the
/// library: a comma ends a value where one of them follows, since values may hold commas. An attribute that cannot be read
/// any further is left at that.
pub(super) fn each(
    attributes: &[Attribute],
    library: &str,
    known: &[&str],
    mut read: impl FnMut(&str, ParseStream<'_>) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(library)) {
        if !matches!(attribute.meta, Meta::List(_)) {
            continue;
        }
        let words = |input: ParseStream<'_>| {
            while !input.is_empty() {
                read(&input.call(Ident::parse_any)?.unraw().to_string(), input)?;
                while !input.is_empty() && !ends_value(input, known) {
                    input.parse::<TokenTree>()?;
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        // Whatever is wrong with it, the library's own derive says so.
        let _ = attribute.parse_args_with(words);
    }
}

/// Whether a comma stands here that ends a value.
fn ends_value(input: ParseStream<'_>, known: &[&str]) -> bool {
    let next = input.fork();
    if next.parse::<Token![,]>().is_err() {
        return false;
    }
    if next.is_empty() {
        return true;
    }
    let Ok(word) = next.call(Ident::parse_any) else { return false };
    let follows = next.is_empty()
        || next.peek(Token![=]) && !next.peek(Token![==])
        || next.peek(Token![,])
        || next.peek(syn::token::Paren);
    follows && known.contains(&word.unraw().to_string().as_str())
}

/// The string of an attribute that stands by itself, `#[word = "..."]`, and where it stands.
pub(super) fn alone(attributes: &[Attribute], word: &str) -> Option<LitStr> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if attribute.path().is_ident(word) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    })
}

/// The value of `word = value`.
pub(super) fn value<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// The string of `word = "..."`.
pub(super) fn text(input: ParseStream<'_>) -> syn::Result<LitStr> {
    value(input)
}

/// The names of `word(name = value, ...)`, without `r#`.
pub(super) fn names_of_list(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let list;
    syn::parenthesized!(list in input);
    let pairs = list.parse_terminated(Meta::parse, Token![,])?;
    let names = pairs.iter().filter_map(|pair| pair.path().get_ident());
    Ok(names.map(|name| name.unraw().to_string()).collect())
}

/// Whether the word has a value.
pub(super) fn has_value(input: ParseStream<'_>) -> bool {
    input.peek(Token![=])
}

/// The segments of `word = some::path` or `word = "some::path"`, without `r#`, and where the last one stands.
pub(super) fn path(input: ParseStream<'_>) -> syn::Result<(Vec<String>, Span)> {
    input.parse::<Token![=]>()?;
    let path: Path = match input.peek(LitStr) {
        true => input.parse::<LitStr>()?.parse_with(Path::parse_mod_style)?,
        false => input.call(Path::parse_mod_style)?,
    };
    let span = path.segments.last().map_or_else(|| input.span(), |segment| segment.ident.span());
    Ok((path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect(), span))
}

/// The name of `word = name` or `word = "name"`, to the letter, and where it stands.
pub(super) fn name(input: ParseStream<'_>) -> syn::Result<(String, Span)> {
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return Ok((text.value(), text.span()));
    }
    let ident = input.call(Ident::parse_any)?;
    Ok((ident.unraw().to_string(), ident.span()))
}

/// The type of `word = some::Type` or `word = "some::Type"`.
pub(super) fn ty(input: ParseStream<'_>) -> syn::Result<syn::Type> {
    input.parse::<Token![=]>()?;
    match input.peek(LitStr) {
        true => input.parse::<LitStr>()?.parse(),
        false => input.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(item: &str, known: &[&str]) -> Vec<String> {
        let input: syn::DeriveInput = syn::parse_str(item).unwrap();
        let mut words = Vec::new();
        each(&input.attrs, "lib", known, |word, input| {
            let text =
                if has_value(input) && input.peek2(LitStr) { text(input)?.value() } else { String::new() };
            words.push(format!("{word}:{text}"));
            Ok(())
        });
        words
    }

    #[test]
    fn values_end_where_a_word_follows() {
        let item = "#[lib(a = \"x\", expr = f::<A, B>(1, 2), b, c(d, e), r#type = 5)] #[other(a)] #[lib(f)] struct S;";
        assert_eq!(
            words(item, &["a", "expr", "b", "c", "type", "f"]),
            ["a:x", "expr:", "b:", "c:", "type:", "f:"]
        );
    }

    #[test]
    fn what_is_no_list_of_words_is_passed_over() {
        assert_eq!(words("#[lib] #[lib = \"x\"] #[lib(5, a)] #[lib(a, = 3)] struct S;", &["a"]), ["a:"]);
    }
}
