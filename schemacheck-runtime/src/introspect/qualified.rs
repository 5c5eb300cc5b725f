//! A test: every request of ours names functions, operators, relations and types with their schema. Who may make a schema,
//! or write into `public`, could put others of the same names on the search path, and they would run as the guard's role.
//!
//! `tests/postgres/planted.rs` runs the requests among such objects. This reads their texts, and so also what no planted
//! object happens to match.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use schemacheck_core::Manifest;

use super::guard;
use super::sql::statement;

/// A piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// A name in quotes.
    Quoted(String),
    Text(String),
    Number,
    Operator(String),
    Mark(char),
}

fn tokens(sql: &str) -> Vec<Token> {
    let chars: Vec<char> = sql.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    let past = |mut at: usize, holds: &dyn Fn(char) -> bool| {
        while chars.get(at).is_some_and(|c| holds(*c)) {
            at += 1;
        }
        at
    };
    while let Some(c) = chars.get(at).copied() {
        let from = at;
        let is_escaped = matches!(c, 'E' | 'e') && chars.get(at + 1) == Some(&'\'');
        match c {
            _ if c.is_whitespace() => at += 1,
            '-' if chars.get(at + 1) == Some(&'-') => at = past(at, &|c| c != '\n'),
            '\'' | '"' | 'E' | 'e' if c == '\'' || c == '"' || is_escaped => {
                at += 1 + usize::from(is_escaped);
                let (end, first) = (chars[at - 1], at);
                loop {
                    match chars.get(at) {
                        Some('\\') if is_escaped => at += 2,
                        Some(c) if *c == end && chars.get(at + 1) == Some(&end) => at += 2,
                        Some(c) if *c == end => break,
                        Some(_) => at += 1,
                        None => panic!("a literal does not end: {sql}"),
                    }
                }
                let text: String = chars[first..at].iter().collect();
                at += 1;
                tokens.push(if end == '"' { Token::Quoted(text) } else { Token::Text(text) });
            }
            // A placeholder stands for an expression or a relation of its own, which is read filled in.
            '$' => {
                at = 1 + past(at + 1, &|c| c != '$');
                tokens.push(Token::Quoted("placeholder".to_owned()));
            }
            _ if c.is_ascii_digit() => {
                at = past(at, &|c| c.is_ascii_alphanumeric() || c == '.');
                tokens.push(Token::Number);
            }
            _ if c.is_alphabetic() || c == '_' => {
                at = past(at, &|c| c.is_alphanumeric() || c == '_');
                tokens.push(Token::Word(chars[from..at].iter().collect::<String>().to_lowercase()));
            }
            ':' if chars.get(at + 1) == Some(&':') => {
                at += 2;
                tokens.push(Token::Operator("::".to_owned()));
            }
            _ if "+-*/<>=~!@#%^&|`?".contains(c) => {
                at = past(at, &|c| "+-*/<>=~!@#%^&|`?".contains(c));
                tokens.push(Token::Operator(chars[from..at].iter().collect()));
            }
            _ => {
                at += 1;
                tokens.push(Token::Mark(c));
            }
        }
    }
    tokens
}

/// What looks an operator or a function up on the path though it names none.
const LOOKING: &[&str] = &[
    "between",
    "in",
    "like",
    "ilike",
    "similar",
    "overlaps",
    "nullif",
    "using",
    "natural",
    "overlay",
    "position",
    "substring",
    "trim",
    "extract",
    "isnull",
    "notnull",
];

/// Key words before a parenthesis that is no function's.
const NO_FUNCTION: &[&str] = &[
    "select",
    "from",
    "join",
    "lateral",
    "where",
    "and",
    "or",
    "not",
    "any",
    "all",
    "some",
    "array",
    "exists",
    "as",
    "in",
    "case",
    "when",
    "then",
    "else",
    "on",
    "by",
    "over",
    "filter",
    "values",
    "union",
    "materialized",
    "partition",
    "with",
    "operator",
    "coalesce",
    "greatest",
    "least",
    "row",
    "recursive",
    "returning",
    "distinct",
    "limit",
    "offset",
    "is",
];

/// The word, the mark at a place.
fn word(tokens: &[Token], at: usize) -> &str {
    match tokens.get(at) {
        Some(Token::Word(word)) => word,
        _ => "",
    }
}

fn mark(tokens: &[Token], at: usize) -> char {
    match tokens.get(at) {
        Some(Token::Mark(mark)) => *mark,
        _ => ' ',
    }
}

/// The names that a text gives to the queries of its WITH.
fn own(tokens: &[Token]) -> BTreeSet<String> {
    let (word, mark) = (|at| word(tokens, at), |at| mark(tokens, at));
    let is_with = |at: usize| {
        let mut next = at + 1;
        if mark(next) == '(' {
            while !matches!(mark(next), ')' | ' ') || !word(next).is_empty() {
                next += 1;
            }
            next += 1;
        }
        word(next) == "as" && (mark(next + 1) == '(' || matches!(word(next + 1), "materialized" | "not"))
    };
    (0..tokens.len())
        .filter(|at| !word(*at).is_empty() && is_with(*at))
        .map(|at| word(at).to_owned())
        .collect()
}

/// What is wrong with a text, which may be a part of one that has more queries in its WITH.
fn wrong(sql: &str, with: &BTreeSet<String>) -> Vec<String> {
    let tokens = tokens(sql);
    let (word, mark) = (|at| word(&tokens, at), |at| mark(&tokens, at));
    let before = |at: usize, back: usize| at.checked_sub(back).unwrap_or(usize::MAX);
    let own = &own(&tokens) | with;
    let mut wrong = Vec::new();
    let mut say = |at: usize, what: String| {
        let place: Vec<String> = tokens[at.saturating_sub(4)..tokens.len().min(at + 5)]
            .iter()
            .map(|token| format!("{token:?}"))
            .collect();
        wrong.push(format!("{what}: ... {} ...", place.join(" ")));
    };
    for (at, token) in tokens.iter().enumerate() {
        let is_qualified = mark(before(at, 1)) == '.' && word(before(at, 2)) == "pg_catalog";
        let has_dot = mark(before(at, 1)) == '.';
        match token {
            // int, text and others that are words of the grammar are the server's own: none is used.
            Token::Operator(operator) if operator == "::" && word(at + 1) == "pg_catalog" => {}
            Token::Operator(operator) if operator == "::" => say(at, "a type without schema".to_owned()),
            Token::Operator(operator) => {
                let is_named = is_qualified && word(before(at, 4)) == "operator";
                // All columns, count(*), and the sign of a number, which the grammar takes into it.
                let is_star = operator == "*"
                    && (has_dot || mark(before(at, 1)) == '(' || word(before(at, 1)) == "select");
                let is_sign = operator == "-"
                    && tokens.get(at + 1) == Some(&Token::Number)
                    && matches!(mark(before(at, 1)), '(' | ',');
                if !is_named && !is_star && !is_sign {
                    say(at, format!("the operator `{operator}` without schema"));
                }
            }
            Token::Word(name) => {
                if LOOKING.contains(&name.as_str()) && !has_dot {
                    say(at, format!("`{name}` looks something up"));
                }
                if name == "case" && word(at + 1) != "when" {
                    say(at, "CASE looks `=` up".to_owned());
                }
                if name == "distinct" && matches!(word(before(at, 1)), "is" | "not") {
                    say(at, "IS DISTINCT FROM looks `=` up".to_owned());
                }
                if mark(at + 1) == '(' && !is_qualified && !NO_FUNCTION.contains(&name.as_str()) {
                    // An alias with columns, or a WITH query's.
                    let is_alias = matches!(word(before(at, 1)), "as") || own.contains(name);
                    if !is_alias {
                        say(at, format!("the function `{name}` without schema"));
                    }
                }
                let is_relation = matches!(name.as_str(), "from" | "join");
                if is_relation && !matches!(word(before(at, 1)), "distinct") {
                    let next = if word(at + 1) == "only" { at + 2 } else { at + 1 };
                    let is_other = mark(next) == '('
                        || matches!(word(next), "pg_catalog" | "lateral" | "rows")
                        || own.contains(word(next));
                    let is_filled = matches!(tokens.get(next), Some(Token::Quoted(_)));
                    if !is_other && !is_filled {
                        say(at, format!("the relation `{}` without schema", word(next)));
                    }
                }
                if name.starts_with("reg")
                    && is_qualified
                    && matches!(tokens.get(before(at, 4)), Some(Token::Text(text)) if !text.starts_with("pg_catalog."))
                {
                    say(at, "a name in a literal without schema".to_owned());
                }
            }
            _ => {}
        }
    }
    wrong
}

#[test]
fn a_name_without_schema_is_found() {
    for bad in [
        "SELECT 1 = 1",
        "SELECT a IN (1, 2)",
        "SELECT a LIKE 'x'",
        "SELECT a BETWEEN 1 AND 2",
        "SELECT CASE a WHEN 1 THEN 2 END",
        "SELECT a IS DISTINCT FROM b",
        "SELECT a IS NOT DISTINCT FROM b",
        "SELECT nullif(a, b)",
        "SELECT now()",
        "SELECT a::text",
        "SELECT a::pg_catalog.text || 'x'",
        "SELECT 'pg_class'::pg_catalog.regclass",
        "SELECT 1 FROM pg_class",
        "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n USING (oid)",
        "SELECT 1 FROM a, lateral unnest(b) x",
        "SELECT -a",
        "SELECT public.f(a)",
        "SELECT a OPERATOR(public.=) b",
    ] {
        assert!(!wrong(bad, &BTreeSet::new()).is_empty(), "{bad}");
    }
    for good in [
        "WITH w(a) AS MATERIALIZED (SELECT c.oid FROM pg_catalog.pg_class c) SELECT count.a FROM w AS count",
        "SELECT pg_catalog.count(*), c.*, (-1)::pg_catalog.int2, 'a = b' FROM pg_catalog.pg_class c -- a = b",
        "SELECT a OPERATOR(pg_catalog.=) ANY ('{1}'::pg_catalog.int4[]) FROM ROWS FROM (pg_catalog.unnest(b)) AS x(a)",
        "SELECT CASE WHEN a IS NULL THEN coalesce(b, 1) END FROM (SELECT 1) s",
    ] {
        assert_eq!(wrong(good, &BTreeSet::new()), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn every_name_in_every_request_has_its_schema() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sql");
    let mut texts: Vec<(String, String)> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), statement(&fs::read_to_string(&path).unwrap(), &[])))
        .collect();
    assert!(texts.len() > 20, "{} files", texts.len());
    let with: BTreeSet<String> = texts.iter().flat_map(|(_, text)| own(&tokens(text))).collect();
    // With what is filled in, as far as it is SQL of ours.
    let manifests = [Manifest { relation: "t".into(), ..Manifest::default() }];
    texts.push(("the guard's".into(), guard::request(&manifests)));
    texts.push(("the fingerprint's".into(), guard::fingerprint_request(&manifests)));
    texts.push(("the names'".into(), guard::names_request(&manifests)));
    #[cfg(feature = "postgres")]
    {
        texts.push((
            "the message's".into(),
            crate::driver::message("SELECT 1", std::time::Duration::from_secs(1)),
        ));
        let requests = super::snapshot::requests();
        // The names of settings and cursors are looked up nowhere.
        let is_plain = |text: &String| text.starts_with("SET LOCAL ") || text.starts_with("FETCH ALL ");
        let requests = requests.into_iter().filter(|text| !is_plain(text));
        texts.extend(requests.map(|text| ("the snapshot's".to_owned(), text)));
    }
    let found: Vec<String> = texts
        .iter()
        .flat_map(|(place, text)| {
            wrong(text, &with).into_iter().map(move |wrong| format!("{place}: {wrong}"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
