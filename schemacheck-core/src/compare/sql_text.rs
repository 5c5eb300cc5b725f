//! Do two texts of SQL say the same? Defaults and predicates, one as a person wrote it, one as the server deparsed it.
//!
//! Both are brought into one form, word by word; what the server adds by itself falls away: casts of literals, the
//! parentheses that it puts around each operation, schemas of functions. Nothing is evaluated.

use crate::expr::Expr;

/// Whether a partial index with the predicate `there` serves a statement with the condition `promised`: it does if the
/// condition implies the predicate, as far as the two are understood, or is the same, as far as their words say.
pub(super) fn serves_predicate(promised: &str, there: &str) -> bool {
    Expr::parse(promised).implies(&Expr::parse(there)) || form(promised) == form(there)
}

/// Whether two defaults give the same value, as far as their words say.
pub(super) fn same_default(a: &str, b: &str) -> bool {
    form(a) == form(b)
}

/// Whether a deparsed text depends on settings of the session that deparsed it: `DateStyle`, `IntervalStyle`,
/// `bytea_output`, `lc_monetary`, and `standard_conforming_strings` where a backslash is in it.
pub(super) fn depends_on_settings(text: &str) -> bool {
    const PRINTED_BY_SETTINGS: [&str; 6] = ["date", "timestamp", "time", "interval", "bytea", "money"];
    let tokens = tokens(text);
    let cast = |at: usize| match tokens.get(at..at + 3) {
        // Before the type its schema may stand.
        Some([Token::Sign("::"), Token::Word(_), Token::Sign(".")]) => tokens.get(at + 3),
        Some([Token::Sign("::"), ty, _]) => Some(ty),
        _ => tokens.get(at + 1).filter(|_| tokens.get(at) == Some(&Token::Sign("::"))),
    };
    tokens.iter().enumerate().any(|(at, token)| match token {
        Token::Text(text) => {
            text.contains('\\')
                || matches!(cast(at + 1), Some(Token::Word(ty)) if PRINTED_BY_SETTINGS.contains(&ty.as_str()))
        }
        _ => false,
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A key word or a name: folded unless it was quoted.
    Word(String),
    /// A number, written bare or as a text.
    Number(String),
    Text(String),
    /// `::`, or one character.
    Sign(&'static str),
    Other(char),
}

const SIGNS: [(&str, char); 7] =
    [("(", '('), (")", ')'), ("[", '['), ("]", ']'), (",", ','), (".", '.'), ("-", '-')];

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    let part = |c: &char| c.is_alphanumeric() || *c == '_' || *c == '$';
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            // E'...' is told from a name by what follows.
            'e' | 'E' if chars.peek() == Some(&'\'') => {
                chars.next();
                tokens.push(Token::Text(quoted(&mut chars, '\'', true)));
            }
            '\'' => tokens.push(Token::Text(quoted(&mut chars, '\'', false))),
            '"' => tokens.push(Token::Word(quoted(&mut chars, '"', false))),
            ':' if chars.next_if_eq(&':').is_some() => tokens.push(Token::Sign("::")),
            c if c.is_ascii_digit() => {
                let mut number = String::from(c);
                while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '.') {
                    number.push(c.to_ascii_lowercase());
                }
                tokens.push(Token::Number(number));
            }
            c if part(&c) => {
                let mut word = String::from(c.to_ascii_lowercase());
                while let Some(c) = chars.next_if(part) {
                    word.push(c.to_ascii_lowercase());
                }
                tokens.push(Token::Word(word));
            }
            c => tokens.push(match SIGNS.iter().find(|(_, sign)| *sign == c) {
                Some((sign, _)) => Token::Sign(sign),
                None => Token::Other(c),
            }),
        }
    }
    tokens
}

/// What stands in quotes, the first of which was taken.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char, escapes: bool) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            c if c == quote && chars.next_if_eq(&quote).is_none() => break,
            '\\' if escapes => text.extend(chars.next().map(|c| match c {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            })),
            c => text.push(c),
        }
    }
    text
}

/// The form in which texts are compared.
fn form(text: &str) -> Vec<Token> {
    let mut tokens = without_casts(tokens(text));
    without_schemas(&mut tokens);
    numbers(&mut tokens);
    clock(&mut tokens);
    while let Some((open, close)) = needless(&tokens) {
        tokens.remove(close);
        tokens.remove(open);
    }
    // A sign before a number is part of it once nothing stands before the sign.
    numbers(&mut tokens);
    tokens
}

/// Without `::type`, the type being a name or the words of SQL, a modifier and brackets.
fn without_casts(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        if token != Token::Sign("::") {
            kept.push(token);
            continue;
        }
        let mut of_relation = false;
        if let Some(Token::Word(first)) = rest.next() {
            of_relation = first == "regclass";
            while rest.next_if_eq(&Token::Sign(".")).is_some() {
                of_relation |= rest.next() == Some(Token::Word("regclass".into()));
            }
            // `character varying`, `double precision`, `timestamp(3) without time zone`.
            let more = |token: &Token| {
                matches!(token, Token::Word(word) if matches!(word.as_str(),
                "varying" | "precision" | "with" | "without" | "time" | "zone"))
            };
            while rest.next_if(more).is_some() {}
            if rest.next_if_eq(&Token::Sign("(")).is_some() {
                for inner in rest.by_ref() {
                    if inner == Token::Sign(")") {
                        break;
                    }
                }
            }
            while rest.next_if(more).is_some() {}
            while rest.next_if_eq(&Token::Sign("[")).is_some() {
                for inner in rest.by_ref() {
                    if inner == Token::Sign("]") {
                        break;
                    }
                }
            }
        }
        // The schema of a relation is shown or not, as the search path is.
        if let (true, Some(Token::Text(name))) = (of_relation, kept.last_mut()) {
            *name = unqualified(name);
        }
    }
    kept
}

/// The last part of a relation's name as SQL spells it, without quotes.
fn unqualified(name: &str) -> String {
    match tokens(name).pop() {
        Some(Token::Word(last)) => last,
        _ => name.to_owned(),
    }
}

/// Functions without their schema; and the sequence of a `nextval` without its own.
fn without_schemas(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at + 2 < tokens.len() {
        match &mut tokens[at..] {
            [Token::Word(_), Token::Sign("."), Token::Word(_), Token::Sign("("), ..] => {
                tokens.drain(at..at + 2);
            }
            [Token::Word(function), Token::Sign("("), Token::Text(name), ..] if function == "nextval" => {
                *name = unqualified(name);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// A number is the same in quotes, with a sign in or before them, and with zeros at the end of its fraction.
fn numbers(tokens: &mut Vec<Token>) {
    for token in tokens.iter_mut() {
        let (Token::Text(text) | Token::Number(text)) = token else { continue };
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.as_str()),
        };
        let plain = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
            && digits.matches('.').count() <= 1;
        if plain {
            let digits = match digits.contains('.') {
                true => digits.trim_end_matches('0').trim_end_matches('.'),
                false => digits,
            };
            *token = Token::Number(format!("{sign}{digits}"));
        }
    }
    let mut at = 0;
    while at + 1 < tokens.len() {
        let begins = at == 0 || matches!(tokens[at - 1], Token::Sign("(" | "," | "[") | Token::Other(_));
        if let (true, [Token::Sign("-"), Token::Number(number)]) = (begins, &tokens[at..at + 2]) {
            let number = format!("-{number}");
            tokens.splice(at..at + 2, [Token::Number(number)]);
        }
        at += 1;
    }
}

/// `CURRENT_TIMESTAMP` without a precision, `now()` and `transaction_timestamp()` are one function.
fn clock(tokens: &mut Vec<Token>) {
    let now = || [Token::Word("now".into()), Token::Sign("("), Token::Sign(")")];
    let mut at = 0;
    while at < tokens.len() {
        if let Token::Word(word) = &tokens[at] {
            let is_call = tokens.get(at + 1) == Some(&Token::Sign("("));
            if word == "current_timestamp" && !is_call {
                tokens.splice(at..=at, now());
            } else if word == "transaction_timestamp" && is_call {
                tokens[at] = Token::Word("now".into());
            }
        }
        at += 1;
    }
}

/// A pair of parentheses that changes nothing: around everything, around one word or number, and around a term of
/// `AND`, `OR` and `NOT`, which bind looser than all that is in it.
fn needless(tokens: &[Token]) -> Option<(usize, usize)> {
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign("(") => open.push(at),
            Token::Sign(")") => {
                let start = open.pop()?;
                if is_needless(tokens, start, at) {
                    return Some((start, at));
                }
            }
            _ => {}
        }
    }
    None
}

fn is_needless(tokens: &[Token], open: usize, close: usize) -> bool {
    let word = |at: usize| match &tokens[at] {
        Token::Word(word) => Some(word.as_str()),
        _ => None,
    };
    let inside = &tokens[open + 1..close];
    let before = open.checked_sub(1);
    let joins = |at: usize| matches!(word(at), Some("and" | "or" | "not"));
    // Behind another word they are a call's, or a list's: `lower(x)`, `IN (1)`, `ANY (x)`.
    let called = before.is_some_and(|at| word(at).is_some() && !joins(at));
    if called || inside.is_empty() {
        return false;
    }
    if inside.len() == 1 {
        return true;
    }
    let free = |token: Option<&Token>, bracket: &str| match token {
        None => true,
        Some(Token::Sign(sign)) => *sign == bracket,
        Some(Token::Word(word)) => matches!(word.as_str(), "and" | "or"),
        Some(_) => false,
    };
    let is_whole = before.is_none() && close + 1 == tokens.len();
    let mut depth = 0;
    let has_joined = inside.iter().any(|token| {
        match token {
            Token::Sign("(") => depth += 1,
            Token::Sign(")") => depth -= 1,
            _ => {}
        }
        let joined = match token {
            Token::Word(word) => matches!(word.as_str(), "and" | "or" | "case"),
            token => *token == Token::Sign(","),
        };
        depth == 0 && joined
    });
    let is_negated = before.is_some_and(|at| word(at) == Some("not"));
    let is_term = (free(before.map(|at| &tokens[at]), "(") || is_negated)
        && free(tokens.get(close + 1), ")")
        && !has_joined;
    is_whole || is_term
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn default(written: &str, deparsed: &str, expect: bool) {
        assert_eq!(same_default(written, deparsed), expect, "{:?} and {:?}", form(written), form(deparsed));
    }

    #[test]
    fn what_the_server_adds_to_a_default_is_no_difference() {
        default("'sent'", "'sent'::text", true);
        default("'sent'", "'sent'::character varying", true);
        default("'sent'", "'sent'::app.\"Status\"", true);
        default("'{}'", "'{}'::text[]", true);
        default("NOW()", "now()", true);
        default("now()", "\"now\"()", true);
        default("now()", "CURRENT_TIMESTAMP", true);
        default("current_timestamp", "transaction_timestamp()", true);
        default("CURRENT_TIMESTAMP(3)", "CURRENT_TIMESTAMP(3)", true);
        default("now()::date", "(now())::date", true);
        default("now() + '1 day'", "(now() + '1 day'::interval)", true);
        default("nextval('x_seq')", "nextval('public.x_seq'::regclass)", true);
        default("nextval('public.\"X\"'::regclass)", "nextval('\"X\"'::regclass)", true);
        default("gen_random_uuid()", "public.gen_random_uuid()", true);
        default("0", "'0'::smallint", true);
        default("-1", "'-1'::integer", true);
        default("(-1)", "'-1'::integer", true);
        default("0", "0.00", true);
        default("TRUE", "true", true);
        default("E'x\\ny'", "'x\ny'::text", true);
        default("'it''s'", "'it''s'::text", true);
        default("upper('x') || 'y'", "(upper('x'::text) || 'y'::text)", true);
        default("'a'::time(3) without time zone", "'a'", true);
    }

    #[test]
    fn another_default_is_another() {
        default("'sent'", "'Sent'::text", false);
        default("'sent'", "'seen'::text", false);
        default("'sent'", "sent", false);
        default("now()", "CURRENT_TIMESTAMP(3)", false);
        default("now()", "clock_timestamp()", false);
        default("now()", "CURRENT_DATE", false);
        default("0", "1", false);
        default("1", "'-1'::integer", false);
        default("10", "1", false);
        default("0", "NULL", false);
        default("2 - 1", "(2 - '-1'::integer)", false);
        default("nextval('x_seq')", "nextval('y_seq'::regclass)", false);
        default("lower('x')", "upper('x'::text)", false);
        default("(1 + 2) * 3", "(1 + (2 * 3))", false);
        default("'a b'", "'ab'::text", false);
    }

    #[track_caller]
    fn predicate(written: &str, deparsed: &str, expect: bool) {
        assert_eq!(
            serves_predicate(written, deparsed),
            expect,
            "{:?} and {:?}",
            form(written),
            form(deparsed)
        );
    }

    #[test]
    fn what_the_server_adds_to_a_predicate_is_no_difference() {
        predicate("deleted_at is null", "(deleted_at IS NULL)", true);
        predicate("status = 'active'", "((status)::text = 'active'::text)", true);
        predicate("a IS NULL AND b > 0", "((a IS NULL) AND (b > 0))", true);
        predicate("not done or n = 1", "((NOT done) OR (n = 1))", true);
        predicate("NOT (a > 0)", "(NOT (a > 0))", true);
        predicate("\"userId\" > 0", "(\"userId\" > 0)", true);
    }

    #[test]
    fn another_predicate_is_another() {
        predicate("deleted_at IS NULL", "(deleted_at IS NOT NULL)", false);
        predicate("status = 'active'", "((status)::text = 'Active'::text)", false);
        predicate("a > 0 OR b > 0", "((a > 0) AND (b > 0))", false);
        predicate("a > 0 AND (b > 0 OR c)", "(((a > 0) AND (b > 0)) OR c)", false);
        predicate("NOT (a AND b)", "((NOT a) AND b)", false);
        predicate("userId > 0", "(\"userId\" > 0)", false);
        predicate("lower(a) = 'x'", "(a = 'x'::text)", false);
    }

    #[test]
    fn broken_texts_are_compared_all_the_same() {
        for text in ["", "(", ")", "((", "'", "\"", "::", "a::", "a::b(", "E'\\", "-", "x.", "nextval('"] {
            assert!(same_default(text, text), "{text}");
        }
        default("(", ")", false);
    }

    #[test]
    fn what_settings_print_is_known() {
        for text in [
            "'2020-01-01'::date",
            "(now() + '1 day'::interval)",
            "'x'::pg_catalog.bytea",
            "'a\\b'::text",
            "'2020-01-01 00:00:00'::timestamp without time zone",
        ] {
            assert!(depends_on_settings(text), "{text}");
        }
        for text in ["now()", "'sent'::text", "(now())::date", "'0'::smallint", "'x'::app.date_kind"] {
            assert!(!depends_on_settings(text), "{text}");
        }
    }
}
