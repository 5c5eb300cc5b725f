//! Types as written: what can be seen without the compiler. Good for messages, never for a verdict.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

/// A type as the user wrote it, on one line.
pub(crate) fn spell(ty: &Type) -> String {
    let mut text = String::new();
    let is_plain = walk(ty, &mut |piece| match piece {
        Piece::Ident(ident) => text.push_str(&ident.to_string()),
        Piece::Text(piece) => text.push_str(piece),
    });
    if is_plain {
        return text;
    }
    text.clear();
    spell_tokens(ty.to_token_stream(), &mut text);
    text
}

/// A piece of a spelled type.
enum Piece<'a> {
    Ident(&'a Ident),
    Text(&'static str),
}

/// Walks over a type that consists of paths and type arguments alone, as most do, and says whether it is one: every
/// token that is asked of the compiler is a call to it, which costs more than all else here.
fn walk<'a>(ty: &'a Type, visit: &mut impl FnMut(Piece<'a>)) -> bool {
    let path = match ty {
        Type::Path(path) if path.qself.is_none() => &path.path,
        Type::Group(group) => return walk(&group.elem, visit),
        _ => return false,
    };
    if path.leading_colon.is_some() {
        visit(Piece::Text("::"));
    }
    for (at, segment) in path.segments.iter().enumerate() {
        if at > 0 {
            visit(Piece::Text("::"));
        }
        visit(Piece::Ident(&segment.ident));
        let arguments = match &segment.arguments {
            PathArguments::None => continue,
            PathArguments::AngleBracketed(arguments) if arguments.colon2_token.is_none() => arguments,
            _ => return false,
        };
        visit(Piece::Text("<"));
        for (at, argument) in arguments.args.iter().enumerate() {
            if at > 0 {
                visit(Piece::Text(", "));
            }
            let GenericArgument::Type(ty) = argument else { return false };
            if !walk(ty, visit) {
                return false;
            }
        }
        visit(Piece::Text(">"));
    }
    true
}

fn spell_tokens(tokens: TokenStream, text: &mut String) {
    let mut after_word = false;
    let mut after_quote = false;
    for token in tokens {
        let lifetime =
            std::mem::replace(&mut after_quote, matches!(&token, TokenTree::Punct(p) if p.as_char() == '\''));
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                spell_tokens(group.stream(), text);
                text.push_str(close);
                after_word = true;
            }
            TokenTree::Punct(punct) => {
                if matches!(punct.as_char(), ',' | '>') && text.ends_with(' ') {
                    text.pop();
                }
                match punct.as_char() {
                    ',' | ';' => text.extend([punct.as_char(), ' ']),
                    '+' | '=' => text.extend([' ', punct.as_char(), ' ']),
                    other => text.push(other),
                }
                after_word = false;
            }
            word => {
                // `dyn Trait`, `&mut T`: two words in a row need a space, and a lifetime before anything but `,` and `>`.
                if after_word || text.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
                after_word = true;
                if lifetime {
                    text.push(' ');
                    after_word = false;
                }
            }
        }
    }
}

/// Takes off what only wraps: groups, references, `Option`, `Box`, `Cow`.
fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        Type::Reference(reference) => peel(&reference.elem),
        Type::Path(_) => match last_segment(ty) {
            Some((name, Some(inner))) if name == "Option" || name == "Box" || name == "Cow" => peel(inner),
            _ => ty,
        },
        _ => ty,
    }
}

/// The last segment of a path, and its last type argument.
fn last_segment(ty: &Type) -> Option<(&Ident, Option<&Type>)> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let inner = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().rev().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    };
    Some((&segment.ident, inner))
}

/// The innermost type's name as it is spelled, and whether it stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) name: String,
    pub(crate) in_list: bool,
}

/// What the spelling says the type is, as far as it says anything.
pub(crate) fn leaf(ty: &Type) -> Option<Leaf> {
    let peeled = peel(ty);
    let (element, in_list) = match peeled {
        Type::Slice(slice) => (&*slice.elem, true),
        Type::Array(array) => (&*array.elem, true),
        _ => match last_segment(peeled) {
            Some((name, Some(inner))) if name == "Vec" => (inner, true),
            _ => (peeled, false),
        },
    };
    let (name, _) = last_segment(peel(element))?;
    Some(Leaf { name: name.to_string(), in_list })
}

/// Whether the outermost type is spelled `Option`.
pub(crate) fn is_spelled_option(ty: &Type) -> bool {
    inner_of_option(ty).is_some()
}

/// What is inside, if the outermost type is spelled `Option`.
pub(crate) fn inner_of_option(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Group(group) => inner_of_option(&group.elem),
        Type::Paren(paren) => inner_of_option(&paren.elem),
        _ => last_segment(ty).filter(|(name, _)| *name == "Option").and_then(|(_, inner)| inner),
    }
}

/// Whether `Option` is named anywhere in it.
pub(crate) fn mentions_option(ty: &Type) -> bool {
    mentions(ty, &["Option".to_owned()])
}

/// Whether a type names one of these parameters, or `Self`: then it cannot be judged outside of the struct.
pub(crate) fn mentions(ty: &Type, parameters: &[String]) -> bool {
    fn any(tokens: TokenStream, test: &impl Fn(&Ident) -> bool) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => test(&ident),
            TokenTree::Group(group) => any(group.stream(), test),
            _ => false,
        })
    }
    let test = |ident: &Ident| ident == "Self" || parameters.iter().any(|parameter| ident == parameter);
    let mut found = false;
    let is_plain = walk(ty, &mut |piece| {
        if let Piece::Ident(ident) = piece {
            found |= test(ident);
        }
    });
    if is_plain { found } else { any(ty.to_token_stream(), &test) }
}

/// The type with every lifetime replaced by `'static`, for a constant outside of the struct's generics; nothing for
/// a type that binds lifetimes itself.
pub(crate) fn with_static_lifetimes(ty: &Type) -> Option<TokenStream> {
    fn replace(tokens: TokenStream) -> Option<TokenStream> {
        let mut replaced = TokenStream::new();
        let mut after_quote = false;
        for token in tokens {
            let token = match token {
                TokenTree::Ident(ident) if after_quote => {
                    TokenTree::Ident(Ident::new("static", ident.span()))
                }
                TokenTree::Ident(ident) if ident == "for" => return None,
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), replace(group.stream())?);
                    inner.set_span(group.span());
                    TokenTree::Group(inner)
                }
                other => other,
            };
            after_quote =
                matches!(&token, TokenTree::Punct(p) if p.as_char() == '\'' && p.spacing() == Spacing::Joint);
            replaced.extend([token]);
        }
        Some(replaced)
    }
    // Lifetimes are none of what is walked over.
    if walk(ty, &mut |_| {}) { Some(ty.to_token_stream()) } else { replace(ty.to_token_stream()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Type {
        syn::parse_str(text).unwrap()
    }

    #[test]
    fn spells_types_as_people_do() {
        for text in [
            "i32",
            "Option<String>",
            "&'a [Option<i32>]",
            "chrono::DateTime<chrono::Utc>",
            "[u8; 16]",
            "HashMap<String, Vec<u8>>",
            "Box<dyn Error + Send>",
            "::std::option::Option<r#type::Mood>",
            "Cow<'a, [HashMap<K, V>]>",
            "&'a mut str",
            "(i32, String)",
            "<T as Tr>::X",
        ] {
            assert_eq!(spell(&parse(text)), text);
        }
    }

    #[test]
    fn sees_through_wrappers() {
        let leaf_of = |text: &str| leaf(&parse(text)).map(|leaf| (leaf.name, leaf.in_list));
        assert_eq!(leaf_of("Option<Box<std::string::String>>"), Some(("String".into(), false)));
        assert_eq!(leaf_of("&'a [Option<i32>]"), Some(("i32".into(), true)));
        assert_eq!(leaf_of("Cow<'a, str>"), Some(("str".into(), false)));
        assert_eq!(leaf_of("Option<Vec<Option<Mood>>>"), Some(("Mood".into(), true)));
        assert_eq!(leaf_of("(i32, i32)"), None);
        assert!(is_spelled_option(&parse("std::option::Option<i32>")));
        assert!(!is_spelled_option(&parse("MaybeText")));
    }

    #[test]
    fn lifetimes_become_static() {
        let replaced = |text: &str| {
            with_static_lifetimes(&parse(text)).map(|tokens| tokens.to_string().replace(' ', ""))
        };
        assert_eq!(replaced("Cow<'a, str>"), Some("Cow<'static,str>".into()));
        assert_eq!(replaced("&'a [&'b str]"), Some("&'static[&'staticstr]".into()));
        assert_eq!(replaced("for<'a> fn(&'a str)"), None);
    }

    #[test]
    fn parameters_are_found_at_any_depth() {
        let parameters = ["T".to_owned()];
        assert!(mentions(&parse("Vec<Option<T>>"), &parameters));
        assert!(mentions(&parse("[T; 3]"), &parameters));
        assert!(!mentions(&parse("Vec<Tea>"), &parameters));
    }
}
