//! SQL text to tokens, as `scan.l` does it.

use std::iter::Peekable;
use std::str::Chars;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, in lower case.
    Word(String),
    /// A quoted name.
    Name(String),
    /// A string's value.
    Str(String),
    /// A number as spelled.
    Number(String),
    /// An operator.
    Op(String),
    /// `(`, `)`, `[`, `]`, `,`, `.`, and `:` for `::`.
    Sign(char),
}

impl Token {
    /// The token in the one spelling that text which is not understood gets.
    pub(super) fn spell(&self) -> String {
        match self {
            Self::Word(text) | Self::Number(text) | Self::Op(text) => text.clone(),
            Self::Name(text) => super::name(text),
            Self::Str(text) => super::Const::Str(text.clone()).to_string(),
            Self::Sign(':') => "::".to_owned(),
            Self::Sign(sign) => sign.to_string(),
        }
    }
}

/// What operators are made of.
const OPERATOR: &str = "+-*/<>=~!@#%^&|`?";

/// The tokens of a text; nothing where it is no SQL.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Some(tokens) };
        if rest.starts_with("--") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        if rest.starts_with("/*") {
            rest = rest.split_once("*/")?.1;
            continue;
        }
        let (token, after) = match first {
            '\'' => {
                let (value, after) = quoted(&rest[1..], '\'')?;
                (Token::Str(value), after)
            }
            '"' => {
                let (value, after) = quoted(&rest[1..], '"')?;
                (Token::Name(value), after)
            }
            'e' | 'E' if rest[1..].starts_with('\'') => {
                let (value, after) = escaped(&rest[2..])?;
                (Token::Str(value), after)
            }
            'u' | 'U' if rest[1..].starts_with("&'") => {
                let (value, after) = quoted(&rest[3..], '\'')?;
                (Token::Str(unicode(&value)?), after)
            }
            '$' => dollar(rest)?,
            '(' | ')' | '[' | ']' | ',' => (Token::Sign(first), &rest[1..]),
            ':' if rest.starts_with("::") => (Token::Sign(':'), &rest[2..]),
            '.' if !rest[1..].starts_with(|c: char| c.is_ascii_digit()) => (Token::Sign('.'), &rest[1..]),
            c if c.is_ascii_digit() || c == '.' => number(rest),
            c if c.is_alphabetic() || c == '_' || !c.is_ascii() => {
                let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
                let end = rest.find(|c: char| !is_part(c) || c.is_whitespace()).unwrap_or(rest.len());
                if end == 0 {
                    return None;
                }
                // As the server does it: ASCII alone is folded.
                (Token::Word(rest[..end].to_ascii_lowercase()), &rest[end..])
            }
            c if OPERATOR.contains(c) => {
                let end = operator(rest);
                (Token::Op(rest[..end].to_owned()), &rest[end..])
            }
            _ => return None,
        };
        tokens.push(token);
        rest = after;
    }
}

/// Up to the closing quote, which is doubled inside.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once(quote)?;
        value.push_str(before);
        match after.strip_prefix(quote) {
            Some(after) => {
                value.push(quote);
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

/// `E'...'`, behind its quote.
fn escaped(text: &str) -> Option<(String, &str)> {
    let mut bytes = Vec::new();
    let mut chars = text.chars().peekable();
    let mut push = |c: char| bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
    loop {
        match chars.next()? {
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
                push('\'');
            }
            '\'' => break,
            '\\' => match chars.next()? {
                'b' => push('\u{8}'),
                'f' => push('\u{c}'),
                'n' => push('\n'),
                'r' => push('\r'),
                't' => push('\t'),
                'x' if chars.peek().is_some_and(char::is_ascii_hexdigit) => {
                    push(char::from(u8::try_from(digits(&mut chars, 16, 2)?).ok().filter(u8::is_ascii)?));
                }
                'u' => push(char::from_u32(digits(&mut chars, 16, 4)?)?),
                'U' => push(char::from_u32(digits(&mut chars, 16, 8)?)?),
                first @ '0'..='7' => {
                    let more = match chars.peek() {
                        Some('0'..='7') => digits(&mut chars, 8, 2)?,
                        _ => {
                            push(char::from_u32(first.to_digit(8)?)?);
                            continue;
                        }
                    };
                    let value = first.to_digit(8)?.checked_mul(64)?.checked_add(more)?;
                    push(char::from(u8::try_from(value).ok().filter(u8::is_ascii)?));
                }
                other => push(other),
            },
            other => push(other),
        }
    }
    let left: usize = chars.map(char::len_utf8).sum();
    Some((String::from_utf8(bytes).ok()?, &text[text.len() - left..]))
}

/// A number of at most `most` digits.
fn digits(chars: &mut Peekable<Chars<'_>>, radix: u32, most: usize) -> Option<u32> {
    let mut value = 0_u32;
    let mut count = 0;
    while count < most {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else { break };
        chars.next();
        value = value.checked_mul(radix)?.checked_add(digit)?;
        count += 1;
    }
    (count > 0).then_some(value)
}

/// The value of `U&'...'` with the usual escape.
fn unicode(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'\\') => {
                chars.next();
                value.push('\\');
            }
            '\\' => {
                let most = if chars.next_if_eq(&'+').is_some() { 6 } else { 4 };
                value.push(char::from_u32(digits(&mut chars, 16, most)?)?);
            }
            other => value.push(other),
        }
    }
    Some(value)
}

/// `$tag$...$tag$`
fn dollar(text: &str) -> Option<(Token, &str)> {
    let end = text[1..].find('$')? + 2;
    let (tag, rest) = text.split_at(end);
    let is_tag = tag[1..end - 1].chars().all(|c| c.is_alphanumeric() || c == '_');
    let (value, after) = rest.split_once(tag).filter(|_| is_tag)?;
    Some((Token::Str(value.to_owned()), after))
}

fn number(text: &str) -> (Token, &str) {
    let digits = |from: usize| {
        text[from..].find(|c: char| !c.is_ascii_digit() && c != '_').map_or(text.len(), |end| from + end)
    };
    let mut end = digits(0);
    if text[end..].starts_with('.') {
        end = digits(end + 1);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    (Token::Number(text[..end].to_ascii_lowercase()), &text[end..])
}

/// Where an operator ends: not within a comment, and not with a sign that belongs to what follows.
fn operator(text: &str) -> usize {
    let mut end = text.find(|c: char| !OPERATOR.contains(c)).unwrap_or(text.len());
    for comment in ["--", "/*"] {
        if let Some(at) = text[..end].find(comment) {
            end = end.min(at.max(1));
        }
    }
    let keeps_sign = text[..end].contains(|c: char| "~!@#%^&|`?".contains(c));
    while end > 1 && !keeps_sign && text[..end].ends_with(['+', '-']) {
        end -= 1;
    }
    end
}
