//! Literals in SQL, and the pieces that several requests share.

use std::collections::BTreeSet;

use schemacheck_core::ident::MAX_IDENT_BYTES;
use schemacheck_core::ledger::{LedgerKind, SeenLedger};

use crate::ledger::{MAX_ROWS, Own, SHAPES, Shape};

/// A text as an SQL literal that means the same under either setting of `standard_conforming_strings`.
pub fn literal(text: &str) -> String {
    // PostgreSQL stores no NUL, and a message cannot carry one; a name with one matches nothing.
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''").replace('\0', "\u{fffd}"))
}

/// An array of names as an SQL expression of the type `name[]`.
///
/// A cast to `name` cuts a longer text off, and would find what was not asked for: such names become one that no
/// object has.
pub(super) fn name_array<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    array("name", names.into_iter().map(|name| if name.len() > MAX_IDENT_BYTES { "" } else { name }))
}

/// An array of schemas as an SQL expression of the type `name[]`; the empty name stands for the search path.
///
/// For that a NULL would not do: with `array_nulls = off` the server reads it as a name.
pub(super) fn schema_array<'a>(schemas: impl IntoIterator<Item = Option<&'a str>>) -> String {
    // The server lets nobody make a schema that begins so.
    const NO_SCHEMA: &str = "pg_";
    let schemas = schemas.into_iter().map(|schema| match schema {
        None => "",
        Some(name) if name.is_empty() || name.len() > MAX_IDENT_BYTES => NO_SCHEMA,
        Some(name) => name,
    });
    array("name", schemas)
}

/// An array of numbers as an SQL expression of the type `int8[]`.
pub(super) fn int_array(numbers: impl IntoIterator<Item = usize>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    array("int8", numbers.iter().map(String::as_str))
}

/// An array of texts as an SQL expression.
pub fn text_array<S: AsRef<str>>(texts: &[S]) -> String {
    array("text", texts.iter().map(AsRef::as_ref))
}

/// An array as one literal, which the server reads in less than half of the time that one each takes.
fn array<'a>(element: &str, items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items
        .into_iter()
        .map(|item| format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    format!("{}::pg_catalog.{element}[]", literal(&format!("{{{}}}", items.join(","))))
}

/// Which ledgers are wanted.
pub(super) enum Ledgers<'a> {
    /// A program's: in these schemas and on the search path; of this tool also elsewhere, if there is none of it there. Where
    /// no tool is known, any. The request has a CTE `rel`, of the models' relations.
    Of { near: BTreeSet<&'a str>, kind: Option<LedgerKind>, own: Option<Own<'a>> },
    /// All, for a snapshot; `own` is a table of the user's own, which no shape tells.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "a snapshot is taken by this driver alone")
    )]
    All { own: Option<Own<'a>> },
}

impl<'a> Ledgers<'a> {
    /// The ledgers that the program may have whose build saw this one.
    pub(super) fn of(mut near: BTreeSet<&'a str>, seen: Option<&'a SeenLedger>) -> Self {
        // Where the build saw it, it is this program's, whatever the search path leads to.
        near.extend(seen.map(|seen| seen.table.schema.as_str()));
        Self::Of { near, kind: seen.map(|seen| seen.kind), own: seen.and_then(Own::of) }
    }

    /// The sub-select.
    pub(super) fn select(&self) -> String {
        const NO_OWNERS: &str =
            "SELECT NULL::pg_catalog.oid AS owner, NULL::pg_catalog.oid AS schema_owner WHERE false";
        const OWNERS: &str = "SELECT r.relowner AS owner, r.nspowner AS schema_owner FROM rel r";
        let none = BTreeSet::new();
        let (near, kind, own, owners, far) = match self {
            Self::All { own } => (&none, None, own, NO_OWNERS, "true"),
            Self::Of { near, kind: None, own } => (near, None, own, OWNERS, "false"),
            Self::Of { near, kind, own } => (near, *kind, own, OWNERS, "NOT g.has_near"),
        };
        // In one text: a constant each would take longer to parse than the rest.
        let is_wanted = |shape: &&Shape| kind.is_none_or(|kind| kind == shape.kind);
        let mut shapes: Vec<String> = SHAPES
            .iter()
            .filter(is_wanted)
            .map(|shape| {
                let (columns, applied, last) =
                    (shape.columns.join(","), shape.applied_sql(), shape.last_sql());
                let (without, rank) = (shape.without.unwrap_or_default(), shape.rank.unwrap_or("''"));
                let selected = shape.selected_sql();
                let kind = shape.kind.word();
                [kind, shape.table, &columns, &selected, without, shape.migration, &applied, rank, &last]
                    .join("\u{1f}")
            })
            .collect();
        if let Some(own) = own {
            let (columns, selected, [migration, rank]) =
                (own.columns().join(","), own.selected_sql(), own.expressions());
            let kind = LedgerKind::Custom.word();
            let table = &own.table.name;
            let shape = [kind, table, &columns, &selected, "", &migration, "true", &rank, "true"];
            shapes.push(shape.join("\u{1f}"));
        }
        statement(
            include_str!("../sql/ledgers.sql"),
            &[
                ("$shapes$", &literal(&shapes.join("\u{1e}"))),
                ("$near$", &name_array(near.iter().copied())),
                ("$owners$", owners),
                ("$far$", far),
                ("$rows$", &(MAX_ROWS + 1).to_string()),
            ],
        )
    }
}

/// The statements of a file of `sql/` with several, each as [`statement`] makes it.
#[cfg(feature = "postgres")]
pub(super) fn statements(text: &str, values: &[(&str, &str)]) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    code.join("\n").split(';').map(|text| statement(text, values)).collect()
}

/// A statement of `sql/` without its comments, its placeholders filled in.
///
/// `$modifier(t, m)$` becomes what `typmodout` prints for a type that is not the server's own: `t` is a row of the CTE
/// `typ` or one like it, `m` the modifier.
pub(super) fn statement(text: &str, values: &[(&str, &str)]) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("--")).map(str::trim);
    let mut sql = code.collect::<Vec<_>>().join(" ");
    while let Some(at) = sql.find("$modifier(") {
        let end = at + sql[at..].find(")$").expect("the placeholder ends");
        let (row, typmod) = sql[at + "$modifier(".len()..end].split_once(", ").expect("two arguments");
        let expression = format!(
            "CASE WHEN {typmod} OPERATOR(pg_catalog.>=) 0 \
             AND {row}.typmodout OPERATOR(pg_catalog.<>) 0::pg_catalog.oid \
             AND {row}.nspname OPERATOR(pg_catalog.<>) 'pg_catalog' \
             THEN pg_catalog.substr(pg_catalog.format_type({row}.element, {typmod}), \
             pg_catalog.length(pg_catalog.format_type({row}.element, NULL)) OPERATOR(pg_catalog.+) 1) END"
        );
        sql.replace_range(at..end + 2, &expression);
    }
    // Each value is put in once and not searched again: a name may look like a placeholder.
    let mut filled =
        String::with_capacity(sql.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut rest = sql.as_str();
    while let Some(at) = rest.find('$') {
        let (before, here) = rest.split_at(at);
        filled.push_str(before);
        rest = match values.iter().find(|(placeholder, _)| here.starts_with(placeholder)) {
            Some((placeholder, value)) => {
                filled.push_str(value);
                &here[placeholder.len()..]
            }
            None => {
                filled.push('$');
                &here[1..]
            }
        };
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cannot_be_left() {
        assert_eq!(literal("a'b\\c"), r"E'a''b\\c'");
        assert_eq!(literal("x\0y"), "E'x\u{fffd}y'");
        assert_eq!(name_array(["NULL", "a"]), r#"E'{"NULL","a"}'::pg_catalog.name[]"#);
        let long = "x".repeat(64);
        assert_eq!(name_array([long.as_str()]), r#"E'{""}'::pg_catalog.name[]"#);
        assert_eq!(
            schema_array([None, Some("a"), Some(""), Some(&long)]),
            r#"E'{"","a","pg_","pg_"}'::pg_catalog.name[]"#
        );
        assert_eq!(text_array(&[r#"a"b'c\d"#, "NULL"]), r#"E'{"a\\"b''c\\\\d","NULL"}'::pg_catalog.text[]"#);
        assert_eq!(int_array([]), "E'{}'::pg_catalog.int8[]");
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_is_left_alone() {
        assert_eq!(
            statement("-- no\nSELECT $a$,\n  $b$", &[("$a$", "'$b$'"), ("$b$", "2")]),
            "SELECT '$b$', 2"
        );
    }
}
