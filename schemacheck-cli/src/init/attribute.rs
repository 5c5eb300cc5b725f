//! Attributes of other crates, read leniently: what is not understood is left alone.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// An attribute, or one of those within a `cfg_attr`.
#[derive(Debug)]
pub(super) struct Attribute {
    /// `derive`, `diesel`
    pub(super) path: String,
    /// What stands in its parentheses.
    pub(super) words: Vec<Word>,
    /// What stands behind its `=`.
    pub(super) value: Option<TokenStream>,
    /// The condition of the `cfg_attr` that holds it, as written.
    pub(super) condition: Option<String>,
    /// Where the outermost attribute stands, in bytes.
    pub(super) span: Range<usize>,
}

/// One word of an attribute: `insert`, `table_name = users`, `embed(...)`.
#[derive(Debug)]
pub(super) struct Word {
    /// Its path, `sqlx::FromRow`, without a leading `::`.
    pub(super) path: String,
    /// What stands behind its `=`.
    pub(super) value: Option<TokenStream>,
    /// What stands in its parentheses.
    pub(super) words: Vec<Word>,
}

impl Word {
    /// The last segment of its path.
    pub(super) fn last(&self) -> &str {
        last_segment(&self.path)
    }

    /// The value, if it is a literal text.
    pub(super) fn text(&self) -> Option<String> {
        self.value.as_ref().and_then(text)
    }

    /// The value as the segments of a path; one segment if it is a literal text without `::`.
    pub(super) fn segments(&self) -> Option<Vec<String>> {
        let tokens = self.value.clone()?;
        let path = match text(&tokens) {
            Some(text) => text,
            None => path_of(&tokens.into_iter().collect::<Vec<_>>()).0,
        };
        (!path.is_empty()).then(|| path.split("::").map(str::to_owned).collect())
    }
}

/// The last segment of a path.
pub(super) fn last_segment(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or_default()
}

/// All attributes, those within a `cfg_attr` as attributes of their own.
pub(super) fn read(attributes: &[syn::Attribute], source: &str) -> Vec<Attribute> {
    let mut found = Vec::new();
    for attribute in attributes {
        let span = whole(attribute);
        let (path, tokens, value) = match &attribute.meta {
            syn::Meta::Path(path) => (path, TokenStream::new(), None),
            syn::Meta::List(list) => (&list.path, list.tokens.clone(), None),
            syn::Meta::NameValue(pair) => {
                (&pair.path, TokenStream::new(), Some(quote::ToTokens::to_token_stream(&pair.value)))
            }
        };
        let segments: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        push(segments.join("::"), tokens, value, None, &span, source, &mut found);
    }
    found
}

/// From its `#` to its `]`.
pub(super) fn whole(attribute: &syn::Attribute) -> Range<usize> {
    let start = attribute.pound_token.spans[0].byte_range().start;
    start..attribute.bracket_token.span.close().byte_range().end
}

fn push(
    path: String,
    tokens: TokenStream,
    value: Option<TokenStream>,
    condition: Option<String>,
    span: &Range<usize>,
    source: &str,
    found: &mut Vec<Attribute>,
) {
    if path != "cfg_attr" {
        found.push(Attribute { path, words: words(tokens), value, condition, span: span.clone() });
        return;
    }
    let mut parts = split(tokens).into_iter();
    let Some(own) = parts.next().and_then(|tokens| written(&tokens, source)) else { return };
    let condition = match condition {
        Some(outer) => format!("all({outer}, {own})"),
        None => own,
    };
    for part in parts {
        let (path, rest) = path_of(&part);
        let (tokens, value) = inside(&part[rest..]);
        push(path, tokens, value, Some(condition.clone()), span, source, found);
    }
}

/// The words of a list.
pub(super) fn words(tokens: TokenStream) -> Vec<Word> {
    let word = |part: Vec<TokenTree>| {
        let (path, rest) = path_of(&part);
        let (tokens, value) = inside(&part[rest..]);
        Word { path, value, words: words(tokens) }
    };
    split(tokens).into_iter().map(word).collect()
}

/// What stands in parentheses behind a path, or behind its `=`.
fn inside(rest: &[TokenTree]) -> (TokenStream, Option<TokenStream>) {
    match rest {
        [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Parenthesis => {
            (group.stream(), None)
        }
        [TokenTree::Punct(punct), value @ ..] if punct.as_char() == '=' => {
            (TokenStream::new(), Some(value.iter().cloned().collect()))
        }
        _ => (TokenStream::new(), None),
    }
}

/// Splits at commas, but not at those within `<...>`.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0_usize;
    let mut arrow = false;
    for token in tokens {
        let c = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match c {
            '<' => depth += 1,
            '>' if !arrow => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(Vec::new());
                continue;
            }
            _ => {}
        }
        arrow = matches!(c, '-' | '=');
        parts.last_mut().into_iter().for_each(|part| part.push(token.clone()));
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The path that tokens begin with, and how many tokens it takes.
fn path_of(tokens: &[TokenTree]) -> (String, usize) {
    let mut path = String::new();
    let mut taken = 0;
    let mut wants_name = true;
    while let Some(token) = tokens.get(taken) {
        match token {
            TokenTree::Ident(ident) if wants_name => {
                path.push_str(&plain(ident));
                wants_name = false;
                taken += 1;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                // Both halves of `::`; none of it before the first segment is kept.
                if !path.is_empty() {
                    path.push_str("::");
                }
                wants_name = true;
                taken += 2;
            }
            _ => break,
        }
    }
    (path, taken.min(tokens.len()))
}

/// The name without `r#`.
pub(super) fn plain(ident: &proc_macro2::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// The value of a literal text.
fn text(tokens: &TokenStream) -> Option<String> {
    syn::parse2::<syn::LitStr>(tokens.clone()).ok().map(|literal| literal.value())
}

/// The text of tokens as it stands in the source.
fn written(tokens: &[TokenTree], source: &str) -> Option<String> {
    let start = tokens.first()?.span().byte_range().start;
    let end = tokens.last()?.span().byte_range().end;
    source.get(start..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Vec<Attribute> {
        let item: syn::ItemStruct = syn::parse_str(source).unwrap();
        read(&item.attrs, source)
    }

    #[test]
    fn words_with_values_lists_and_generics() {
        let found =
            of("#[diesel(table_name = crate::schema::r#type, embed, belongs_to(User, foreign_key = a),\n\
                        sql_type = Nullable<A, B>)] struct S;");
        let [attribute] = &found[..] else { panic!("{found:?}") };
        let paths: Vec<&str> = attribute.words.iter().map(|word| word.path.as_str()).collect();
        assert_eq!(paths, ["table_name", "embed", "belongs_to", "sql_type"]);
        assert_eq!(attribute.words[0].segments().unwrap(), ["crate", "schema", "type"]);
        assert_eq!(attribute.words[2].words[1].path, "foreign_key");
        assert_eq!(attribute.words[3].value.as_ref().unwrap().to_string(), "Nullable < A , B >");
    }

    #[test]
    fn a_text_is_read_and_a_path_in_a_text_too() {
        let found = of("#[table_name = \"users\"] #[sea_orm(table_name = \"a b\", x = \"a::b\")] struct S;");
        assert_eq!(found[0].value.as_ref().and_then(text).unwrap(), "users");
        assert_eq!(found[1].words[0].text().unwrap(), "a b");
        assert_eq!(found[1].words[1].segments().unwrap(), ["a", "b"]);
    }

    #[test]
    fn cfg_attr_is_seen_through_with_its_condition_as_written() {
        let source = "#[cfg_attr(all(feature = \"ssr\",  unix), derive(Debug, ::sqlx::FromRow), diesel(table_name = a))]\n\
                      #[cfg_attr(a, cfg_attr(b, derive(C)))] struct S;";
        let found = of(source);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].condition.as_deref(), Some("all(feature = \"ssr\",  unix)"));
        assert_eq!(found[0].words[1].path, "sqlx::FromRow");
        assert_eq!(found[0].words[1].last(), "FromRow");
        assert_eq!(found[0].span, found[1].span);
        assert_eq!(&source[found[0].span.clone()][..12], "#[cfg_attr(a");
        assert!(source[found[0].span.clone()].ends_with("a))]"));
        assert_eq!(found[2].condition.as_deref(), Some("all(a, b)"));
    }
}
