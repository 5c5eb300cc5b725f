//! SQL identifiers: qualified names, quoting as PostgreSQL quotes, the 63-byte limit.

use std::fmt;

/// The longest identifier that a server of the usual build keeps, in bytes (`NAMEDATALEN` - 1).
pub const MAX_IDENT_BYTES: usize = 63;

/// A name with its schema, both as the catalog stores them: no folding, no quotes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    /// The schema (a row of `pg_namespace`).
    pub schema: String,
    /// The name within the schema.
    pub name: String,
}

impl QualifiedName {
    /// Joins a schema and a name.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }

    /// The name as SQL text, each part quoted where PostgreSQL would quote it.
    pub fn to_sql(&self) -> String {
        format!("{}.{}", quote(&self.schema), quote(&self.name))
    }
}

/// The dotted catalog name, to the letter: this is how findings and attributes spell it.
impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// Quotes an identifier where the server's own `quote_ident` would, so that our type names equal `format_type`'s.
///
/// Source: `quote_identifier` in `src/backend/utils/adt/ruleutils.c`, PostgreSQL 14 to 18.
pub fn quote(ident: &str) -> String {
    let mut chars = ident.chars();
    let starts_safely = matches!(chars.next(), Some('a'..='z' | '_'));
    let safe = starts_safely
        && chars.all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
        && KEYWORDS.binary_search(&ident).is_err();
    if safe { ident.to_owned() } else { format!("\"{}\"", ident.replace('"', "\"\"")) }
}

/// Whether a character is not shown as itself, so that a hostile text could move the cursor, break a line, turn the
/// direction of what follows, or look like another text.
///
/// Control characters (C0, DEL, C1), and of Unicode those that have no glyph: format characters (bidirectional marks,
/// zero-width ones, interlinear annotations, tags), line and paragraph separators, fillers, and what is reserved to be
/// invisible. Not the marks of emoji and scripts that change the look of a letter.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text of somebody else's on one line of a terminal, a log or an error: [hidden](is_hidden) characters are shown as
/// escapes.
pub fn printable(name: &str) -> String {
    if !name.chars().any(is_hidden) {
        return name.to_owned();
    }
    name.chars()
        .flat_map(|c| if is_hidden(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

/// A text as a line of a file that people read and git merges: as [`printable`], and a backslash is two, so that
/// [`unescape`] gives it back.
pub fn escape(text: &str) -> String {
    printable(&text.replace('\\', "\\\\"))
}

/// The text that [`escape`] made a line of. What is no escape stays as it is.
pub fn unescape(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let code = rest.strip_prefix("u{").and_then(|rest| rest.split_once('}'));
        let code = code.and_then(|(code, _)| Some((code.len(), u32::from_str_radix(code, 16).ok()?)));
        let (c, length) = match (rest.chars().next(), code) {
            (Some('\\'), _) => ('\\', 1),
            (Some('n'), _) => ('\n', 1),
            (Some('r'), _) => ('\r', 1),
            (Some('t'), _) => ('\t', 1),
            (_, Some((digits, code))) if char::from_u32(code).is_some() => {
                (char::from_u32(code).unwrap_or_default(), digits + "u{}".len())
            }
            _ => ('\\', 0),
        };
        text.push(c);
        rest = &rest[length..];
    }
    text + rest
}

/// The same over several lines of text: newlines stay.
pub fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Every key word that is not "unreserved" (`pg_get_keywords()` where `catcode <> 'U'`), PostgreSQL 14 to 18, sorted.
///
/// `json` is one from 16 on, and left out: `format_type` goes on spelling the type without quotes.
#[rustfmt::skip]
static KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check",
    "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create", "cross",
    "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in",
    "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull",
    "join", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query",
    "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least", "left",
    "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural", "nchar", "none",
    "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "or", "order",
    "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary", "real",
    "references", "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint",
    "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp",
    "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar",
    "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement",
    "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_the_server_does() {
        for (raw, sql) in [
            ("users", "users"),
            ("_x1", "_x1"),
            ("Users", "\"Users\""),
            ("1st", "\"1st\""),
            ("user", "\"user\""),
            ("char", "\"char\""),
            ("a b", "\"a b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("größe", "\"größe\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote(raw), sql);
        }
    }

    #[test]
    fn key_words_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn hostile_names_cannot_move_the_cursor() {
        assert_eq!(printable("plain name"), "plain name");
        assert_eq!(printable("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
        assert_eq!(printable("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(printable_lines("a\u{7}\nb"), "a\\u{7}\nb");
    }

    /// One of each class that a terminal, an editor or a log may act on.
    const HIDDEN: &str = "\u{0}\u{8}\t\n\r\u{1b}\u{7f}\u{80}\u{85}\u{9b}\u{9f}\u{ad}\u{61c}\u{180e}\u{200b}\u{200d}\u{200e}\u{200f}\
                          \u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{206a}\u{3164}\u{feff}\u{fff9}\u{fffb}\u{e0001}\
                          \u{e0020}\u{e0041}\u{e007f}";

    #[test]
    fn no_hidden_character_of_any_class_is_printed() {
        for c in HIDDEN.chars() {
            assert_eq!(printable(&format!("a{c}b")), format!("a{}b", c.escape_default()), "{c:?}");
            assert_eq!(unescape(&escape(&format!("a{c}b"))), format!("a{c}b"));
        }
        for shown in [
            "größe",
            "caf\u{e9}",
            "cafe\u{301}",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
            "\u{65e5}\u{672c}",
            "\u{2764}\u{fe0f}",
            "a b",
            "\u{1f980}",
        ] {
            assert_eq!(printable(shown), shown);
        }
    }

    #[test]
    fn an_escaped_line_is_the_text_again() {
        for text in ["", "plain", "a\\nb", "\\", "\\u{41}", "x\u{9b}y\\\\", "\\u{zz}", "C:\\new\ttab\n"] {
            assert!(!escape(text).chars().any(is_hidden), "{text:?}");
            assert_eq!(unescape(&escape(text)), text);
        }
        // Of somebody's own hand.
        assert_eq!(unescape("\\q \\u{41 \\u{110000} \\"), "\\q \\u{41 \\u{110000} \\");
    }
}
