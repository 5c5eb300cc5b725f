//! A column of a record, in its forms: an object with names in what the command line prints; in a binary, where there are
//! thousands, and where names take more room, and more time to read, than the facts, one text of what most columns say,
//! and an array of all that a column can say.

use super::extra::read_labels;
use super::{labels_json, overrides_json, read_fit, read_override};
use crate::Error;
use crate::catalog::Action;
use crate::json::{self, Node, Object};
use crate::manifest::{Built, ColumnPromises, DefaultPromise, Expected, Fit, Kind, Reference};
use crate::pg_type::{PgType, type_word};

/// What stands between the parts of a text.
const BAR: char = '|';

/// The object.
pub(super) fn to_object(column: &Expected) -> String {
    let mut object = Object::new()
        .str("column", &column.column)
        .str("field", &column.field)
        .raw("line", &column.line.to_string())
        .str("type", &column.rust_type);
    if let Some(accepts_null) = column.accepts_null {
        object = object.raw("accepts_null", if accepts_null { "true" } else { "false" });
    }
    let built = column.built.as_ref().map_or("null".to_owned(), built_object);
    object = object.raw("built", &built);
    if column.fit != Fit::Fits {
        object = object.str("fit", column.fit.word());
    }
    if !column.overrides.is_empty() {
        object = object.raw("overrides", &overrides_json(&column.overrides));
    }
    more(object, column, None).end()
}

/// What hardly any column says, under names in either form. `labels` stands in for the column's own.
fn more(object: Object, column: &Expected, labels: Option<String>) -> Object {
    let promises = &column.promises;
    let mut object = object;
    if let Some(group) = column.group {
        object = object.raw("group", &group.to_string());
    }
    if column.none_is_default {
        object = object.str("none", "default");
    }
    if column.none_is_null {
        object = object.str("none_in_update", "null");
    }
    if !column.left_out.is_empty() {
        let kinds: Vec<String> = column.left_out.iter().map(|kind| json::quote(kind.word())).collect();
        object = object.raw("left_out", &format!("[{}]", kinds.join(",")));
    }
    let own = || {
        column.labels.as_ref().map(|set| {
            labels_json(&set.labels.iter().map(String::as_str).collect::<Vec<_>>(), set.non_exhaustive)
        })
    };
    if let Some(labels) = labels.or_else(own) {
        object = object.raw("labels", &labels);
    }
    object = object.opt_str("promised_type", promises.ty.as_deref());
    if let Some(length) = promises.max_length {
        object = object.raw("max_length", &length.to_string());
    }
    object = match &promises.default {
        Some(DefaultPromise::Any) => object.raw("has_default", "true"),
        Some(DefaultPromise::Is(text)) => object.str("promised_default", text),
        None => object,
    };
    if let Some(Reference { schema, relation, column, on_delete }) = &promises.references {
        let reference = Object::new()
            .opt_str("schema", schema.as_deref())
            .str("relation", relation)
            .str("column", column)
            .opt_str("on_delete", on_delete.map(Action::word));
        object = object.raw("references", &reference.end());
    }
    match promises.not_null {
        Some(not_null) => object.raw("promised_not_null", if not_null { "true" } else { "false" }),
        None => object,
    }
}

/// Reads what [`more`] wrote.
fn read_more(node: &Node<'_>, column: &mut Expected) -> Result<(), Error> {
    column.group = node.map("group", Node::int::<u32>)?.map(|group| group as usize);
    column.none_is_default = node.opt("none")?.is_some();
    column.none_is_null = node.opt("none_in_update")?.is_some();
    column.left_out = node.list("left_out", |node| {
        let word = node.str()?;
        Kind::from_word(word).ok_or_else(|| node.error(format!("unknown kind `{word}`")))
    })?;
    column.labels = node.map("labels", read_labels)?.flatten();
    let default = match node.map("promised_default", Node::string)? {
        Some(text) => Some(DefaultPromise::Is(text)),
        None => node.opt("has_default")?.map(|_| DefaultPromise::Any),
    };
    column.promises = ColumnPromises {
        ty: node.map("promised_type", Node::string)?,
        max_length: node.map("max_length", Node::int)?,
        default,
        references: node.map("references", |node| {
            Ok(Reference {
                schema: node.map("schema", Node::string)?,
                relation: node.get("relation")?.string()?,
                column: node.get("column")?.string()?,
                on_delete: node.map("on_delete", |node| {
                    let word = node.str()?;
                    Action::from_word(word).ok_or_else(|| node.error(format!("unknown action `{word}`")))
                })?,
            })
        })?,
        not_null: node.map("promised_not_null", Node::bool)?,
    };
    Ok(())
}

fn built_object(built: &Built) -> String {
    let mut object = Object::new().raw("type", &type_json(&built.ty));
    if let Some(base) = &built.base {
        object = object.raw("base", &type_json(base));
    }
    object.flag("not_null", built.not_null).opt_str("default", built.default.as_deref()).end()
}

/// The text or the array: whichever can say it.
///
/// The array: column; field, if it has another name; line; Rust type; then the column's type when it was built, the
/// base of a domain, whether it was `NOT NULL`, its default; overrides; and an object with what hardly any column has.
/// What is null at the end is left out.
///
/// The compiler's answer is not in it: [`super::template`].
pub(super) fn to_compact(column: &Expected) -> String {
    to_compact_with(column, None)
}

/// The same with this text for the labels, in place of the column's own.
pub(super) fn to_compact_with(column: &Expected, labels: Option<String>) -> String {
    if let Some(text) = to_text(column).filter(|_| labels.is_none()) {
        return json::quote(&text);
    }
    let null = || "null".to_owned();
    let field = if column.field == column.column { null() } else { json::quote(&column.field) };
    let mut items =
        vec![json::quote(&column.column), field, column.line.to_string(), json::quote(&column.rust_type)];
    match &column.built {
        Some(built) => items.extend([
            short_type_json(&built.ty),
            built.base.as_ref().map_or_else(null, short_type_json),
            if built.not_null { "true".to_owned() } else { null() },
            built.default.as_deref().map_or_else(null, json::quote),
        ]),
        None => items.extend([null(), null(), null(), null()]),
    }
    items.push(match column.overrides.is_empty() {
        true => null(),
        false => overrides_json(&column.overrides),
    });
    let more = more(Object::new(), column, labels).end();
    if more != "{}" {
        items.push(more);
    }
    while items.last().is_some_and(|item| item == "null") {
        items.pop();
    }
    format!("[{}]", items.join(","))
}

/// What most columns say, with a bar between each two: column; field, if it has another name; line; Rust type; then the
/// column's type when it was built, `t` if it was `NOT NULL`, and its default. What is empty at the end is left out.
/// Nothing if there is more to say, or a bar in what comes before the default.
fn to_text(column: &Expected) -> Option<String> {
    let Expected { column: name, field, line, rust_type, built, overrides, .. } = column;
    let line = line.to_string();
    let mut parts = vec![name.as_str(), if field == name { "" } else { field }, &line, rust_type];
    if [name, field, rust_type].iter().any(|part| part.is_empty()) {
        return None;
    }
    let ty = built.as_ref().map(|built| text_of_type(&built.ty)).unwrap_or_default();
    if let Some(Built { base, not_null, default, .. }) = built {
        if ty.is_empty() || base.is_some() || default.as_deref() == Some("") {
            return None;
        }
        parts.extend([&*ty, if *not_null { "t" } else { "" }]);
        if parts.iter().any(|part| part.contains(BAR)) {
            return None;
        }
        parts.push(default.as_deref().unwrap_or_default());
    }
    let is_all = overrides.is_empty() && more(Object::new(), column, None).end() == "{}";
    if !is_all || parts[..4].iter().any(|part| part.contains(BAR)) {
        return None;
    }
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    Some(parts.join("|"))
}

/// The name of a type of the server's own; if it has a modifier or dimensions, both after it. Nothing for any other.
fn text_of_type(ty: &PgType) -> String {
    let PgType { name, typmod, dimensions, modifier, .. } = ty;
    match (*typmod, *dimensions) {
        _ if !ty.is_builtin() || modifier.is_some() || name.contains(' ') => String::new(),
        (-1, 0) => name.to_string(),
        _ => format!("{name} {typmod} {dimensions}"),
    }
}

fn read_text(node: &Node<'_>, text: &str) -> Result<Expected, Error> {
    let mut parts = text.splitn(7, BAR);
    let mut part = || parts.next().unwrap_or_default();
    let [column, field, line, rust_type] = [part(), part(), part(), part()];
    let [ty, not_null, default] = [part(), part(), part()];
    let number = || node.error(format!("`{text}` has no number where one belongs"));
    if rust_type.is_empty() {
        return Err(node.error(format!("`{text}` is no column of a record")));
    }
    let built = match ty.split(' ').collect::<Vec<_>>()[..] {
        [""] => None,
        [name] => Some(PgType::builtin(name)),
        [name, typmod, dimensions] => Some(PgType {
            typmod: typmod.parse().map_err(|_| number())?,
            dimensions: dimensions.parse().map_err(|_| number())?,
            ..PgType::builtin(name)
        }),
        _ => return Err(node.error(format!("`{ty}` is no type of a record"))),
    };
    Ok(Expected {
        column: column.to_owned(),
        field: if field.is_empty() { column } else { field }.to_owned(),
        line: line.parse().map_err(|_| number())?,
        rust_type: rust_type.to_owned(),
        built: built.map(|ty| Built {
            ty,
            base: None,
            not_null: not_null == "t",
            default: (!default.is_empty()).then(|| default.to_owned()),
        }),
        ..Expected::default()
    })
}

/// Reads any form.
pub(super) fn read(node: &Node<'_>) -> Result<Expected, Error> {
    if let Ok(text) = node.str() {
        return read_text(node, text);
    }
    let Some(items) = node.count() else {
        return read_object(node);
    };
    if !(4..=10).contains(&items) {
        return Err(node.error(format!("expected a column of 4 to 10 items, found {items}")));
    }
    let item = |at: usize| node.item(at);
    let needed = |at: usize| item(at).ok_or_else(|| node.error(format!("item {} is missing", at + 1)));
    let column = needed(0)?.string()?;
    let mut expected = Expected {
        field: item(1).map_or_else(|| Ok(column.clone()), |field| field.string())?,
        column,
        line: needed(2)?.int()?,
        rust_type: needed(3)?.string()?,
        accepts_null: None,
        built: match item(4) {
            Some(ty) => Some(Built {
                ty: read_type(&ty)?,
                base: item(5).map(|base| read_type(&base)).transpose()?,
                not_null: item(6).map_or(Ok(false), |not_null| not_null.bool())?,
                default: item(7).map(|default| default.string()).transpose()?,
            }),
            None => None,
        },
        overrides: match item(8) {
            Some(overrides) => overrides.each(read_override)?,
            None => Vec::new(),
        },
        ..Expected::default()
    };
    if let Some(more) = item(9) {
        read_more(&more, &mut expected)?;
    }
    Ok(expected)
}

fn read_object(node: &Node<'_>) -> Result<Expected, Error> {
    let mut expected = Expected {
        column: node.get("column")?.string()?,
        field: node.get("field")?.string()?,
        line: node.get("line")?.int()?,
        rust_type: node.get("type")?.string()?,
        accepts_null: node.map("accepts_null", Node::bool)?,
        built: node.map("built", |node| {
            Ok(Built {
                ty: read_type(&node.get("type")?)?,
                base: node.map("base", read_type)?,
                not_null: node.map("not_null", Node::bool)?.unwrap_or(false),
                default: node.map("default", Node::string)?,
            })
        })?,
        fit: node.map("fit", read_fit)?.unwrap_or_default(),
        overrides: node.list("overrides", read_override)?,
        ..Expected::default()
    };
    read_more(node, &mut expected)?;
    Ok(expected)
}

/// A type as an array: schema, name, typmod, dimensions, and the modifier if there is one.
pub(crate) fn type_json(ty: &PgType) -> String {
    let modifier =
        ty.modifier.as_deref().map_or(String::new(), |modifier| format!(", {}", json::quote(modifier)));
    format!(
        "[{}, {}, {}, {}{modifier}]",
        json::quote(&ty.schema),
        json::quote(&ty.name),
        ty.typmod,
        ty.dimensions
    )
}

/// The same, and of a type of the server's own without modifier or dimensions its bare name.
fn short_type_json(ty: &PgType) -> String {
    let is_bare = ty.schema == "pg_catalog" && ty.typmod == -1 && ty.dimensions == 0 && ty.modifier.is_none();
    if is_bare { json::quote(&ty.name) } else { type_json(ty) }
}

/// Reads either form of a type.
pub(crate) fn read_type(node: &Node<'_>) -> Result<PgType, Error> {
    if !node.is_array() {
        return Ok(PgType::builtin(node.str()?));
    }
    let items = node.items()?;
    if items.len() != 4 && items.len() != 5 {
        return Err(node.error("expected a type: [schema, name, typmod, dimensions]"));
    }
    Ok(PgType {
        schema: type_word(items[0].str()?),
        name: type_word(items[1].str()?),
        typmod: items[2].int()?,
        dimensions: items[3].int()?,
        modifier: items.get(4).filter(|node| !node.is_null()).map(Node::string).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::manifest::{Level, Override};

    fn parse(text: &str) -> Result<Expected, Error> {
        read(&Node::root(&json::parse(text, "x")?, "x"))
    }

    fn column() -> Expected {
        Expected {
            column: "id".into(),
            field: "id".into(),
            line: 13,
            rust_type: "i64".into(),
            ..Expected::default()
        }
    }

    #[test]
    fn a_text_says_what_most_columns_say() {
        let mut column = column();
        let holds = |column: &Expected, text: &str| {
            assert_eq!(to_compact(column), text);
            assert_eq!(parse(text).unwrap(), *column, "{text}");
        };
        holds(&column, r#""id||13|i64""#);
        let int8 = Built { ty: PgType::builtin("int8"), base: None, not_null: true, default: None };
        column.built = Some(int8.clone());
        holds(&column, r#""id||13|i64|int8|t""#);
        column.field = "key".into();
        column.built = Some(Built { not_null: false, default: Some("'a|b'".into()), ..int8.clone() });
        holds(&column, r#""id|key|13|i64|int8||'a|b'""#);
        column.built = Some(Built { ty: PgType::builtin("varchar").with_typmod(24).array(), ..int8.clone() });
        holds(&column, r#""id|key|13|i64|varchar 24 1|t""#);
        // What a text cannot say.
        column.built = Some(int8);
        column.column = "a|b".into();
        holds(&column, r#"["a|b","key",13,"i64","int8",null,true]"#);
        column.column = "id".into();
        column.rust_type = String::new();
        holds(&column, r#"["id","key",13,"","int8",null,true]"#);
    }

    #[test]
    fn the_array_leaves_out_what_can_be_told() {
        let mut column = Expected { group: Some(1), ..column() };
        assert_eq!(to_compact(&column), r#"["id",null,13,"i64",null,null,null,null,null,{"group": 1}]"#);
        assert_eq!(parse(&to_compact(&column)).unwrap(), column);
        column.field = "key".into();
        column.built = Some(Built {
            ty: PgType::named("app", "key"),
            base: Some(PgType { typmod: 24, ..PgType::builtin("varchar") }),
            not_null: false,
            default: Some("'x'".into()),
        });
        let reason = "legacy".into();
        column.overrides = vec![Override { code: Code::TypeMismatch, level: Level::Allow, reason }];
        let text = to_compact(&column);
        assert!(
            text.starts_with(r#"["id","key",13,"i64",["app", "key", -1, 0],["pg_catalog", "varchar""#),
            "{text}"
        );
        assert_eq!(parse(&text).unwrap(), column);
        assert_eq!(parse(&to_object(&column)).unwrap(), column);
    }

    #[test]
    fn what_is_no_column_is_refused() {
        for text in [
            "[]",
            r#"["id",null,13]"#,
            r#"["id",null,13,"i64",1]"#,
            r#"[null,null,1,"i64"]"#,
            "{}",
            "1",
            r#""id""#,
            r#""id||x|i64""#,
            r#""id||1|i64|varchar 24""#,
            r#""id||1|i64|varchar x 0""#,
            r#""id||1|i64|a b c d""#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let long = r#"["id",null,13,"i64",null,null,null,null,null,null,null]"#;
        assert!(parse(long).unwrap_err().headline().contains("4 to 10 items, found 11"));
    }
}
