//! The source of a function in PL/pgSQL, as words and signs.

/// What matters of the source of a function.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'a> {
    /// A word, as it is written.
    Word(&'a str),
    /// A quoted name.
    Name(&'a str),
    /// What stands between the quotes of a string.
    Text(&'a str),
    /// Anything else but blanks.
    Sign(char),
}

impl Token<'_> {
    /// Whether it is this word or name.
    pub(super) fn is(&self, word: &str) -> bool {
        match self {
            Self::Word(text) => text.eq_ignore_ascii_case(word),
            Self::Name(text) => *text == word,
            _ => false,
        }
    }

    /// The name that it is, as the catalogs have it.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Word(text) => Some(text.to_ascii_lowercase()),
            Self::Name(text) => Some((*text).to_owned()),
            _ => None,
        }
    }
}

/// The words and signs of a source, without its comments.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let between = |before: &'_ str, after: &str| before.len() - after.len();
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '-' if after.starts_with('-') => after.split_once('\n').map_or("", |(_, after)| after),
            '/' if after.starts_with('*') => comment(after),
            '\'' => {
                let escapes = tokens.last().is_some_and(|last: &Token<'_>| last.is("e"));
                if escapes {
                    tokens.pop();
                }
                let behind = string(after, escapes);
                let text = &after[..between(after, behind)];
                tokens.push(Token::Text(text.strip_suffix('\'').unwrap_or(text)));
                behind
            }
            '"' => {
                let (name, after) = after.split_once('"').unwrap_or((after, ""));
                tokens.push(Token::Name(name));
                after
            }
            '$' => match dollar(after) {
                Some(behind) => {
                    tokens.push(Token::Text(&after[..between(after, behind)]));
                    behind
                }
                None => after,
            },
            _ if is_part(first) => {
                let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..end]));
                &rest[end..]
            }
            _ if first.is_whitespace() => after,
            _ => {
                tokens.push(Token::Sign(first));
                after
            }
        };
    }
    tokens
}

/// Behind a comment; `text` begins with its `*`. Comments nest.
fn comment(text: &str) -> &str {
    let mut rest = &text[1..];
    let mut depth = 1;
    while depth > 0 {
        let Some(at) = rest.find(['*', '/']) else { return "" };
        let (step, change) = match rest.as_bytes().get(at..at + 2) {
            Some(b"*/") => (2, -1),
            Some(b"/*") => (2, 1),
            _ => (1, 0),
        };
        depth += change;
        rest = &rest[at + step..];
    }
    rest
}

/// Behind a string; a doubled quote begins another one, which does no harm.
fn string(text: &str, escapes: bool) -> &str {
    let mut rest = text;
    loop {
        let Some(at) = rest.find(['\'', '\\']) else { return "" };
        let is_escape = rest[at..].starts_with('\\');
        rest = &rest[at + 1..];
        if !is_escape {
            return rest;
        }
        if escapes {
            rest = rest.chars().next().map_or("", |escaped| &rest[escaped.len_utf8()..]);
        }
    }
}

/// Behind a string in `$tag$`; nothing if no such string begins here.
fn dollar(text: &str) -> Option<&str> {
    let (tag, rest) = text.split_once('$')?;
    let is_tag = tag.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_tag.then(|| rest.split_once(&format!("${tag}$")).map_or("", |(_, after)| after))
}
