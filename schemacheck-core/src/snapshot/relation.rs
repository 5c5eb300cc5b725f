//! One relation's file.

use std::collections::HashSet;

use crate::catalog::{
    Action, Column, Constraint, ConstraintKind, Generated, Identity, Index, IndexKey, IndexKeyKind, RelKind,
    Relation,
};
use crate::json::{self, Document, Node, Object};
use crate::record::{read_type, type_json};
use crate::{Error, QualifiedName};

pub(super) fn to_text(relation: &Relation) -> String {
    let columns: Vec<String> = relation.columns.iter().map(column_json).collect();
    let constraints: Vec<String> = relation.constraints.iter().map(constraint_json).collect();
    let indexes: Vec<String> = relation.indexes.iter().map(index_json).collect();
    Document::default()
        .str("schema", &relation.name.schema)
        .str("relation", &relation.name.name)
        .str("kind", relation.kind.word())
        .lines("columns", &columns)
        .lines("constraints", &constraints)
        .lines("indexes", &indexes)
        .end()
}

pub(super) fn from_text(text: &str, place: &str) -> Result<Relation, Error> {
    let value = json::parse_file(text, place)?;
    let root = Node::root(&value, place);
    let kind = root.get("kind")?;
    let mut seen = HashSet::new();
    let columns = root.get("columns")?.items()?;
    let columns: Vec<Column> = columns
        .iter()
        .map(|node| {
            let column = read_column(node)?;
            match seen.insert(column.name.clone()) {
                true => Ok(column),
                false => Err(node.error(format!("the column `{}` is there twice", column.name))),
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(Relation {
        name: QualifiedName::new(root.get("schema")?.str()?, root.get("relation")?.str()?),
        kind: RelKind::from_word(kind.str()?).ok_or_else(|| kind.error("unknown kind of relation"))?,
        columns,
        constraints: root.list("constraints", read_constraint)?,
        indexes: root.list("indexes", read_index)?,
    })
}

fn column_json(column: &Column) -> String {
    let mut object = Object::new()
        .str("name", &column.name)
        .str("type", &column.ty.to_string())
        .raw("pg_type", &type_json(&column.ty))
        .flag("not_null", column.not_null)
        .opt_str("default", column.default.as_deref())
        .opt_str("identity", column.identity.map(Identity::word));
    if let Some(generated) = &column.generated {
        object = object.str(
            if generated.stored { "generated_stored" } else { "generated_virtual" },
            &generated.expression,
        );
    }
    name_field(object, "collation", column.collation.as_ref())
        .opt_str("filled_by", column.filled_by.as_deref())
        .end()
}

fn read_column(node: &Node<'_>) -> Result<Column, Error> {
    let ty = read_type(&node.get("pg_type")?)?;
    // The spelling is for people; if the two disagree, somebody edited one of them.
    let spelling = node.get("type")?;
    if spelling.str()? != ty.to_string() {
        return Err(spelling.error(format!("the spelling does not fit `pg_type`, which is `{ty}`")));
    }
    let generated =
        |key: &str, stored| node.map(key, |node| Ok(Generated { stored, expression: node.string()? }));
    Ok(Column {
        name: node.get("name")?.string()?,
        ty,
        not_null: node.map("not_null", Node::bool)?.unwrap_or(false),
        default: node.map("default", Node::string)?,
        identity: node.map("identity", |node| match node.str()? {
            "always" => Ok(Identity::Always),
            "by default" => Ok(Identity::ByDefault),
            _ => Err(node.error("expected `always` or `by default`")),
        })?,
        generated: match generated("generated_stored", true)? {
            Some(stored) => Some(stored),
            None => generated("generated_virtual", false)?,
        },
        collation: read_name(node, "collation")?,
        filled_by: node.map("filled_by", Node::string)?,
    })
}

/// A qualified name as an array of two.
fn name_field(object: Object, key: &str, name: Option<&QualifiedName>) -> Object {
    match name {
        Some(name) => object.raw(key, &json::strings(&[&name.schema, &name.name])),
        None => object,
    }
}

fn read_name(node: &Node<'_>, key: &str) -> Result<Option<QualifiedName>, Error> {
    node.map(key, |node| {
        let parts = node.tuple(2)?;
        Ok(QualifiedName::new(parts[0].str()?, parts[1].str()?))
    })
}

fn constraint_json(constraint: &Constraint) -> String {
    let object = Object::new().str("name", &constraint.name);
    let object = match &constraint.kind {
        ConstraintKind::PrimaryKey(columns) => object.raw("primary_key", &json::strings(columns)),
        ConstraintKind::Unique { columns, nulls_not_distinct } => {
            object.raw("unique", &json::strings(columns)).flag("nulls_not_distinct", *nulls_not_distinct)
        }
        ConstraintKind::ForeignKey {
            columns,
            target,
            target_columns,
            on_update,
            on_delete,
            match_full,
            delete_columns,
        } => {
            let object = object.raw("foreign_key", &json::strings(columns));
            name_field(object, "references", Some(target))
                .raw("referenced", &json::strings(target_columns))
                .str("on_update", on_update.word())
                .str("on_delete", on_delete.word())
                .flag("match_full", *match_full)
                .strs("on_delete_columns", delete_columns)
        }
        ConstraintKind::Check(definition) => object.str("check", definition),
        ConstraintKind::Exclusion(definition) => object.str("exclusion", definition),
    };
    object
        .flag("not_valid", !constraint.validated)
        .flag("not_enforced", !constraint.enforced)
        .flag("period", constraint.period)
        .flag("deferrable", constraint.deferrable)
        .flag("initially_deferred", constraint.deferred)
        .end()
}

fn read_constraint(node: &Node<'_>) -> Result<Constraint, Error> {
    let flag = |key: &str| Ok::<_, Error>(node.map(key, Node::bool)?.unwrap_or(false));
    let action = |key: &str| {
        let node = node.get(key)?;
        Action::from_word(node.str()?).ok_or_else(|| node.error("unknown action"))
    };
    let kind = if let Some(columns) = node.map("primary_key", Node::strings)? {
        ConstraintKind::PrimaryKey(columns)
    } else if let Some(columns) = node.map("unique", Node::strings)? {
        ConstraintKind::Unique { columns, nulls_not_distinct: flag("nulls_not_distinct")? }
    } else if let Some(columns) = node.map("foreign_key", Node::strings)? {
        ConstraintKind::ForeignKey {
            columns,
            target: read_name(node, "references")?
                .ok_or_else(|| node.error("the key `references` is missing"))?,
            target_columns: node.get("referenced")?.strings()?,
            on_update: action("on_update")?,
            on_delete: action("on_delete")?,
            match_full: flag("match_full")?,
            delete_columns: node.map("on_delete_columns", Node::strings)?.unwrap_or_default(),
        }
    } else if let Some(definition) = node.map("check", Node::string)? {
        ConstraintKind::Check(definition)
    } else if let Some(definition) = node.map("exclusion", Node::string)? {
        ConstraintKind::Exclusion(definition)
    } else {
        return Err(node.error("unknown kind of constraint"));
    };
    Ok(Constraint {
        name: node.get("name")?.string()?,
        kind,
        validated: !flag("not_valid")?,
        enforced: !flag("not_enforced")?,
        period: flag("period")?,
        deferrable: flag("deferrable")?,
        deferred: flag("initially_deferred")?,
    })
}

fn index_json(index: &Index) -> String {
    let keys: Vec<String> = index
        .keys
        .iter()
        .map(|key| {
            let object = match &key.what {
                IndexKeyKind::Column(name) => Object::new().str("column", name),
                IndexKeyKind::Expression(text) => Object::new().str("expression", text),
            };
            let object = object
                .flag("descending", key.descending)
                .flag("nulls_first", key.nulls_first)
                .opt_str("opclass", key.opclass.as_deref());
            name_field(object, "collation", key.collation.as_ref()).end()
        })
        .collect();
    Object::new()
        .str("name", &index.name)
        .str("method", &index.method)
        .raw("keys", &format!("[{}]", keys.join(", ")))
        .strs("include", &index.include)
        .flag("unique", index.unique)
        .flag("nulls_not_distinct", index.nulls_not_distinct)
        .flag("invalid", !index.valid)
        .opt_str("predicate", index.predicate.as_deref())
        .opt_str("constraint", index.constraint.as_deref())
        .end()
}

fn read_index(node: &Node<'_>) -> Result<Index, Error> {
    let flag = |node: &Node<'_>, key: &str| Ok::<_, Error>(node.map(key, Node::bool)?.unwrap_or(false));
    Ok(Index {
        name: node.get("name")?.string()?,
        method: node.get("method")?.string()?,
        keys: node.list("keys", |key| {
            Ok(IndexKey {
                what: match key.map("column", Node::string)? {
                    Some(column) => IndexKeyKind::Column(column),
                    None => IndexKeyKind::Expression(key.get("expression")?.string()?),
                },
                descending: flag(key, "descending")?,
                nulls_first: flag(key, "nulls_first")?,
                opclass: key.map("opclass", Node::string)?,
                collation: read_name(key, "collation")?,
            })
        })?,
        include: node.map("include", Node::strings)?.unwrap_or_default(),
        unique: flag(node, "unique")?,
        nulls_not_distinct: flag(node, "nulls_not_distinct")?,
        valid: !flag(node, "invalid")?,
        predicate: node.map("predicate", Node::string)?,
        constraint: node.map("constraint", Node::string)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PgType;

    fn sample() -> Relation {
        let column = |name: &str, ty: PgType| Column {
            name: name.into(),
            ty,
            not_null: true,
            default: Some("'a\"b\\'::text".into()),
            identity: Some(Identity::ByDefault),
            generated: Some(Generated { stored: true, expression: "(a + 1)".into() }),
            collation: Some(QualifiedName::new("pg_catalog", "C")),
            filled_by: Some("users_slug".into()),
        };
        let constraint = |name: &str, kind| Constraint {
            name: name.into(),
            kind,
            validated: false,
            enforced: false,
            period: true,
            deferrable: true,
            deferred: true,
        };
        Relation {
            name: QualifiedName::new("app", "Log \"x\""),
            kind: RelKind::PartitionedTable,
            columns: vec![
                column("id", PgType::builtin("varchar").with_typmod(24).array()),
                column("m\nn", PgType::named("app", "Mood")),
            ],
            constraints: vec![
                constraint("pk", ConstraintKind::PrimaryKey(vec!["id".into()])),
                constraint(
                    "u",
                    ConstraintKind::Unique { columns: vec!["id".into()], nulls_not_distinct: true },
                ),
                constraint(
                    "f",
                    ConstraintKind::ForeignKey {
                        columns: vec!["id".into()],
                        target: QualifiedName::new("app", "t"),
                        target_columns: vec!["id".into()],
                        on_update: Action::NoAction,
                        on_delete: Action::Cascade,
                        match_full: true,
                        delete_columns: vec!["id".into()],
                    },
                ),
                constraint("c", ConstraintKind::Check("CHECK ((id > 0))".into())),
                constraint("x", ConstraintKind::Exclusion("EXCLUDE USING gist (id WITH =)".into())),
            ],
            indexes: vec![Index {
                name: "i".into(),
                method: "btree".into(),
                keys: vec![
                    IndexKey {
                        what: IndexKeyKind::Expression("lower(id)".into()),
                        descending: true,
                        nulls_first: true,
                        opclass: Some("text_pattern_ops".into()),
                        collation: Some(QualifiedName::new("pg_catalog", "C")),
                    },
                    IndexKey {
                        what: IndexKeyKind::Column("id".into()),
                        descending: false,
                        nulls_first: false,
                        opclass: None,
                        collation: None,
                    },
                ],
                include: vec!["m\nn".into()],
                unique: true,
                nulls_not_distinct: true,
                valid: false,
                predicate: Some("(id > 0)".into()),
                constraint: Some("pk".into()),
            }],
        }
    }

    #[test]
    fn a_relation_comes_back() {
        let text = to_text(&sample());
        assert_eq!(from_text(&text, "x").unwrap(), sample());
        assert_eq!(to_text(&from_text(&text, "x").unwrap()), text);
        // One line a column: git merges changes of different columns.
        assert_eq!(text.lines().filter(|line| line.starts_with("    {\"name\"")).count(), 8);
    }

    #[test]
    fn a_key_without_columns_comes_back() {
        let mut relation = sample();
        relation.constraints[0].kind = ConstraintKind::PrimaryKey(vec![]);
        relation.constraints[1].kind = ConstraintKind::Unique { columns: vec![], nulls_not_distinct: false };
        assert_eq!(from_text(&to_text(&relation), "x").unwrap(), relation);
    }

    #[test]
    fn a_truncated_file_is_an_error_at_every_length() {
        let text = to_text(&sample());
        for cut in (0..text.trim_end().len()).filter(|cut| text.is_char_boundary(*cut)) {
            assert!(from_text(&text[..cut], "x").is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_wrong_type_names_its_place() {
        let text = to_text(&sample()).replacen("\"not_null\": true", "\"not_null\": \"yes\"", 1);
        assert_eq!(
            from_text(&text, "f.json").unwrap_err().headline(),
            "cannot read `f.json`: expected a boolean, found a string at `columns[0].not_null`"
        );
        let text = to_text(&sample()).replacen("character varying(20)[]", "text", 1);
        assert_eq!(
            from_text(&text, "f.json").unwrap_err().headline(),
            "cannot read `f.json`: the spelling does not fit `pg_type`, which is `character varying(20)[]` \
             at `columns[0].type`"
        );
    }

    #[test]
    fn what_a_bad_merge_leaves_is_named() {
        let text = to_text(&sample());
        let line = text.lines().find(|line| line.contains("\"id\"")).unwrap();
        let twice = text.replacen(line, &format!("{line}\n{line}"), 1);
        assert_eq!(
            from_text(&twice, "f").unwrap_err().headline(),
            "cannot read `f`: the column `id` is there twice at `columns[1]`"
        );
        let marked = text.replacen("  \"kind\"", "<<<<<<< HEAD\n  \"kind\"", 1);
        assert!(from_text(&marked, "f").unwrap_err().headline().contains("unresolved merge"));
    }
}
