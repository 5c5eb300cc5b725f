//! Which columns a trigger fills before a row is inserted, as far as the source of its function says it.
//!
//! A trigger that only changes what is there (`NEW.email := lower(NEW.email)`) fills nothing.

use self::token::{Token, tokens};

mod token;

/// A trigger that runs before each row of an insert.
#[derive(Debug)]
pub(super) struct Trigger {
    /// `tgname`
    pub(super) name: String,
    fills: Filled,
}

/// What a trigger fills.
#[derive(Debug)]
enum Filled {
    /// Any column: the row as a whole is another one.
    All,
    /// The columns among these words.
    Columns(Vec<String>),
}

impl Trigger {
    /// A trigger by its name, its function's language, name and source, and its arguments.
    pub(super) fn new(
        name: &str,
        language: &str,
        function: &str,
        arguments: Vec<String>,
        source: &str,
    ) -> Self {
        let fills = match language {
            "plpgsql" => plpgsql(&of_inserts(&tokens(source))),
            // The first argument is what these write, the others what they read.
            "internal" | "c" if function.starts_with("tsvector_update_trigger") => {
                Filled::Columns(arguments.into_iter().take(1).collect())
            }
            "internal" | "c" => Filled::Columns(arguments),
            // Of a language that is not read here: what it names, it may fill.
            _ => {
                let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
                let words = source.split(|c| !is_part(c)).map(str::to_owned);
                Filled::Columns(words.chain(arguments).collect())
            }
        };
        Self { name: name.to_owned(), fills }
    }

    /// Whether it puts a value into the column.
    pub(super) fn fills(&self, column: &str) -> bool {
        match &self.fills {
            Filled::All => true,
            Filled::Columns(columns) => columns.iter().any(|filled| filled == column),
        }
    }
}

/// What the body of a function assigns to `NEW`.
fn plpgsql(tokens: &[Token<'_>]) -> Filled {
    let mut columns = Vec::new();
    for at in 0..tokens.len() {
        let rest = &tokens[at..];
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        if starts_statement(&tokens[..at]) {
            match assignment(rest) {
                Some(Target::Row) => return Filled::All,
                Some(Target::Column(column)) => columns.push(column),
                None => {}
            }
        }
        let is_query = !before.is_some_and(|before| before.is("insert") || before.is("merge"));
        if rest[0].is("into") && is_query {
            for target in into(&rest[1..]) {
                match target {
                    Target::Row => return Filled::All,
                    Target::Column(column) => columns.push(column),
                }
            }
        }
        let is_alias = rest[0].is("alias") && rest.get(1).is_some_and(|token| token.is("for"));
        if rest[0].is("return") && is_other_row(&rest[1..])
            || is_alias && rest.get(2).is_some_and(|token| token.is("new"))
        {
            return Filled::All;
        }
    }
    Filled::Columns(columns)
}

/// Without what runs only for an update or a deletion: `IF TG_OP = 'UPDATE' THEN ...`.
fn of_inserts<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        kept.push(*token);
        at += 1;
        let rest = &tokens[at..];
        if ["if", "elsif", "elseif"].iter().any(|word| token.is(word))
            && let Some(then) = rest.iter().position(|token| token.is("then"))
            && is_of_others(&rest[..then])
        {
            kept.extend(&rest[..=then]);
            at += then + 1 + branch(&rest[then + 1..]);
        }
    }
    kept
}

/// Whether a condition holds for no insert.
fn is_of_others(condition: &[Token<'_>]) -> bool {
    let condition = match condition {
        [Token::Sign('('), rest @ ..] => rest,
        condition => condition,
    };
    let [operation, Token::Sign('='), Token::Text(other), rest @ ..] = condition else { return false };
    operation.is("tg_op") && *other != "INSERT" && !rest.iter().any(|token| token.is("or"))
}

/// How many tokens the branch of an `IF` has: to its `ELSE` or `END`.
fn branch(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let opens = ["if", "case", "begin", "loop"].iter().any(|word| token.is(word));
        let closes_it = at.checked_sub(1).is_some_and(|before| tokens[before].is("end"));
        let turns = ["else", "elsif", "elseif", "end"].iter().any(|word| token.is(word));
        match depth {
            0 if turns => return at,
            _ if token.is("end") => depth -= 1,
            _ if opens && !closes_it => depth += 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Whether what is returned is anything but the rows that came.
fn is_other_row(tokens: &[Token<'_>]) -> bool {
    let same = ["new", "old", "null", "coalesce", "case", "when", "tg_op", "then", "else", "end"];
    let returned = tokens.iter().take_while(|token| !matches!(token, Token::Sign(';')));
    let mut words = returned.filter(|token| matches!(token, Token::Word(_) | Token::Name(_)));
    words.any(|token| !same.iter().any(|word| token.is(word)))
}

/// What is assigned to.
enum Target {
    /// `NEW`
    Row,
    /// `NEW.column`
    Column(String),
}

/// Whether a statement begins behind these tokens.
fn starts_statement(before: &[Token<'_>]) -> bool {
    let words = ["begin", "then", "else", "loop"];
    match before {
        // The end of a label.
        [
            ..,
            Token::Sign('<'),
            Token::Sign('<'),
            Token::Word(_) | Token::Name(_),
            Token::Sign('>'),
            Token::Sign('>'),
        ]
        | [.., Token::Sign(';')]
        | [] => true,
        [.., last] => words.iter().any(|word| last.is(word)),
    }
}

/// `NEW.column := ...`, `NEW := ...`, with `=` as well, where it brings a value that was not there.
fn assignment(tokens: &[Token<'_>]) -> Option<Target> {
    let (target, rest) = target(tokens)?;
    let ([Token::Sign(':'), Token::Sign('='), value @ ..] | [Token::Sign('='), value @ ..]) = part(rest)?
    else {
        return None;
    };
    let end = value.iter().position(|token| matches!(token, Token::Sign(';'))).unwrap_or(value.len());
    let value = &value[..end];
    let Target::Column(column) = &target else { return Some(target) };
    let names_itself = value.windows(3).any(|three| is_column(three, column));
    let brings = ["coalesce", "case", "concat", "concat_ws", "format"];
    let brings_another = value.iter().any(|token| brings.iter().any(|word| token.is(word)));
    let is_null = matches!(value, [only] if only.is("null"));
    (!is_null && (!names_itself || brings_another)).then_some(target)
}

/// What follows the part of a column that is assigned to: `.field` of a composite type, `[1]` of an array.
fn part<'a, 'b>(mut tokens: &'a [Token<'b>]) -> Option<&'a [Token<'b>]> {
    loop {
        tokens = match tokens {
            [Token::Sign('.'), Token::Word(_) | Token::Name(_), rest @ ..] => rest,
            [Token::Sign('['), ..] => {
                let mut depth = 0_usize;
                let end = tokens.iter().position(|token| {
                    match token {
                        Token::Sign('[') => depth += 1,
                        Token::Sign(']') => depth -= 1,
                        _ => {}
                    }
                    depth == 0
                })?;
                &tokens[end + 1..]
            }
            _ => return Some(tokens),
        };
    }
}

/// `NEW.a, NEW.b, c` behind `INTO`.
fn into(mut tokens: &[Token<'_>]) -> Vec<Target> {
    if tokens.first().is_some_and(|token| token.is("strict")) {
        tokens = &tokens[1..];
    }
    let mut targets = Vec::new();
    loop {
        if let Some((target, _)) = target(tokens) {
            targets.push(target);
        }
        let is_name = |token: &Token<'_>| matches!(token, Token::Word(_) | Token::Name(_) | Token::Sign('.'));
        let end = tokens.iter().position(|token| !is_name(token)).unwrap_or(tokens.len());
        match tokens.get(end) {
            Some(Token::Sign(',')) => tokens = &tokens[end + 1..],
            _ => return targets,
        }
    }
}

/// `NEW` or `NEW.column`, and what follows.
fn target<'a, 'b>(tokens: &'a [Token<'b>]) -> Option<(Target, &'a [Token<'b>])> {
    match tokens {
        [new, Token::Sign('.'), column, rest @ ..] if new.is("new") => {
            Some((Target::Column(column.name()?), rest))
        }
        [new, rest @ ..] if new.is("new") => Some((Target::Row, rest)),
        _ => None,
    }
}

fn is_column(three: &[Token<'_>], column: &str) -> bool {
    matches!(three, [new, Token::Sign('.'), name] if new.is("new") && name.name().as_deref() == Some(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fills(body: &str) -> Vec<&'static str> {
        let trigger = Trigger::new("t", "plpgsql", "f", vec![], &format!("BEGIN {body} RETURN NEW; END"));
        ["slug", "name", "Odd", "tags"].into_iter().filter(|column| trigger.fills(column)).collect()
    }

    #[test]
    fn what_is_assigned_is_filled() {
        for body in [
            "NEW.slug := 'a';",
            "new.slug = lower(NEW.name);",
            "IF NEW.slug IS NULL THEN NEW.slug := 'a'; END IF;",
            "IF a THEN b := 1; ELSE NEW . \"slug\" = 'a'; END IF;",
            "NEW.slug = coalesce(NEW.slug, 'a');",
            "NEW.slug := CASE WHEN NEW.slug = '' THEN NULL ELSE 'a' END;",
            "SELECT a INTO NEW.slug FROM b;",
            "SELECT a, b INTO STRICT c, NEW.slug FROM d WHERE e = NEW.name;",
            "EXECUTE 'SELECT 1' INTO NEW.slug USING NEW.name;",
            "INSERT INTO a VALUES (1) RETURNING b INTO NEW.slug;",
            "-- nothing;\nNEW.slug := 'it''s;'; /* NEW.name := /* */ 'a'; */",
            "NEW.slug := E'\\'; NEW.name := 1;';",
            "IF TG_OP = 'UPDATE' THEN NEW.name := 1; ELSE NEW.slug := 1; END IF;",
            "IF TG_OP = 'INSERT' THEN NEW.slug := 1; ELSIF (TG_OP = 'UPDATE') THEN NEW.name := 1; END IF;",
            "IF TG_OP = 'UPDATE' THEN IF a THEN NEW.name := CASE WHEN b THEN 1 ELSE 2 END; END IF; END IF; \
             NEW.slug := 1;",
            "IF TG_OP = 'UPDATE' OR a THEN NEW.slug := 1; END IF;",
            "NEW.slug := 1; RETURN COALESCE(NEW, OLD);",
            "NEW.slug := 1; RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;",
            "NEW.slug := $a$ ; NEW.name := '$ $a$;",
            "<<block>> NEW.slug := 1;",
        ] {
            assert_eq!(fills(body), ["slug"], "{body}");
        }
        assert_eq!(fills("NEW.\"Odd\" := 1; NEW.tags[a[1] + 1] := 'a';"), ["Odd", "tags"]);
        assert_eq!(fills("NEW.name.first := 1; NEW.tags[1][2].a = 'a';"), ["name", "tags"]);
        assert_eq!(fills("NEW.Odd := 1;"), [""; 0]);
    }

    #[test]
    fn what_is_read_or_only_changed_is_not() {
        for body in [
            "",
            "IF NEW.slug = 'a' THEN RAISE 'no'; END IF;",
            "IF NEW.slug IS NULL OR b AND NEW.slug = '' THEN RAISE 'no'; END IF;",
            "IF NEW.name > NEW.slug THEN a := 1; END IF;",
            "IF a >> NEW.slug THEN b = 1; END IF;",
            "a := CASE WHEN b THEN c ELSE NEW.slug END; d := 1;",
            "NEW.slug := lower(trim(NEW.slug));",
            "NEW.slug = NEW . slug;",
            "NEW.slug := NULL;",
            "INSERT INTO log VALUES (NEW.slug);",
            "SELECT a INTO b FROM c WHERE d = NEW.slug;",
            "PERFORM f(NEW.slug); a := NEW.slug;",
            "UPDATE a SET b = NEW.slug WHERE c = NEW.name;",
            "-- NEW.slug := 'a';\n",
            "EXECUTE 'x'; a := 'BEGIN NEW.slug := 1;';",
            "RETURN NULL; RETURN OLD;",
            "IF TG_OP = 'UPDATE' THEN NEW.slug := 1; END IF;",
            "IF a THEN b := 1; END IF; IF TG_OP = 'UPDATE' THEN NEW.slug := 1; END IF;",
            "DROP TABLE IF EXISTS a; IF TG_OP = 'UPDATE' THEN NEW.slug := 1; END IF;",
            "IF TG_OP = 'UPDATE' AND a THEN LOOP b := 1; END LOOP; NEW.slug := 1; END IF;",
        ] {
            assert_eq!(fills(body), [""; 0], "{body}");
        }
    }

    #[test]
    fn another_row_may_fill_anything() {
        for body in [
            "NEW := jsonb_populate_record(NEW, '{}');",
            "SELECT * INTO NEW FROM a;",
            "RETURN made;",
            "RETURN (1, 2);",
        ] {
            assert_eq!(fills(body).len(), 4, "{body}");
        }
        let alias = "DECLARE fresh ALIAS FOR NEW; BEGIN fresh.slug := 1; RETURN NEW; END";
        assert!(Trigger::new("t", "plpgsql", "f", vec![], alias).fills("slug"));
    }

    #[test]
    fn arguments_say_what_a_function_in_c_fills() {
        let given = || vec!["tags".to_owned(), "pg_catalog.english".to_owned(), "name".to_owned()];
        let search = Trigger::new("t", "internal", "tsvector_update_trigger", given(), "x");
        assert!(search.fills("tags") && !search.fills("name"));
        let other = Trigger::new("t", "c", "autoinc", given(), "autoinc");
        assert!(other.fills("tags") && other.fills("name") && !other.fills("slug"));
    }

    #[test]
    fn another_language_may_fill_what_it_names() {
        let source = "TD[\"new\"][\"slug\"] = 1\nreturn 'MODIFY'";
        let trigger = Trigger::new("t", "plpython3u", "f", vec![], source);
        assert!(trigger.fills("slug") && !trigger.fills("name"));
    }

    #[test]
    fn no_source_is_too_odd() {
        for source in [
            "",
            "'",
            "\"",
            "$",
            "$a$",
            "/*",
            "/* /* */",
            "e'\\",
            "new.",
            "new",
            "into",
            "é$é",
            "--",
            "if tg_op = 'UPDATE' then",
            "if",
            "if tg_op = 'UPDATE'",
        ] {
            assert!(!Trigger::new("t", "plpgsql", "f", vec![], source).fills("slug"), "{source}");
        }
    }
}
