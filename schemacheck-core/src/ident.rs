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

/// A name for a line of a terminal or an error: control and direction-changing characters are shown as escapes, so
/// that a hostile name can neither move the cursor nor break a line.
pub fn printable(name: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if !name.chars().any(hidden) {
        return name.to_owned();
    }
    name.chars()
        .flat_map(|c| if hidden(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
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
}
