//! One type's file.

use crate::json::{self, Document, Node, Object};
use crate::pg_type::{TypeDef, TypeKind};
use crate::record::{read_type, type_json};
use crate::{Error, PgType, QualifiedName};

pub(super) fn to_text(def: &TypeDef) -> String {
    let document = Document::default().str("schema", &def.name.schema).str("type", &def.name.name);
    match &def.kind {
        TypeKind::Enum { labels } => {
            let labels: Vec<String> = labels.iter().map(|label| json::quote(label)).collect();
            document.str("kind", "enum").lines("labels", &labels).end()
        }
        TypeKind::Domain { base, not_null, default, checks } => {
            let checks: Vec<String> = checks
                .iter()
                .map(|(name, definition)| Object::new().str("name", name).str("check", definition).end())
                .collect();
            let mut document = document
                .str("kind", "domain")
                .str("base", &base.to_string())
                .raw("base_pg_type", &type_json(base))
                .raw("not_null", if *not_null { "true" } else { "false" });
            if let Some(default) = default {
                document = document.str("default", default);
            }
            document.lines("checks", &checks).end()
        }
        TypeKind::Composite { attributes } => {
            let attributes: Vec<String> = attributes
                .iter()
                .map(|(name, ty)| {
                    Object::new()
                        .str("name", name)
                        .str("type", &ty.to_string())
                        .raw("pg_type", &type_json(ty))
                        .end()
                })
                .collect();
            document.str("kind", "composite").lines("attributes", &attributes).end()
        }
        TypeKind::Range { subtype } => document
            .str("kind", "range")
            .str("subtype", &subtype.to_string())
            .raw("subtype_pg_type", &type_json(subtype))
            .end(),
    }
}

pub(super) fn from_text(text: &str, place: &str) -> Result<TypeDef, Error> {
    let value = json::parse_file(text, place)?;
    let root = Node::root(&value, place);
    let kind = root.get("kind")?;
    let kind = match kind.str()? {
        "enum" => TypeKind::Enum { labels: root.get("labels")?.strings()? },
        "domain" => TypeKind::Domain {
            base: spelled(&root, "base", "base_pg_type")?,
            not_null: root.get("not_null")?.bool()?,
            default: root.map("default", Node::string)?,
            checks: root
                .list("checks", |node| Ok((node.get("name")?.string()?, node.get("check")?.string()?)))?,
        },
        "composite" => TypeKind::Composite {
            attributes: root.list("attributes", |node| {
                Ok((node.get("name")?.string()?, spelled(node, "type", "pg_type")?))
            })?,
        },
        "range" => TypeKind::Range { subtype: spelled(&root, "subtype", "subtype_pg_type")? },
        _ => return Err(kind.error("unknown kind of type")),
    };
    Ok(TypeDef { name: QualifiedName::new(root.get("schema")?.str()?, root.get("type")?.str()?), kind })
}

fn spelled(node: &Node<'_>, spelling: &str, key: &str) -> Result<PgType, Error> {
    let ty = read_type(&node.get(key)?)?;
    let text = node.get(spelling)?;
    match text.str()? == ty.to_string() {
        true => Ok(ty),
        false => Err(text.error(format!("the spelling does not fit `{key}`, which is `{ty}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_come_back() {
        let kinds = [
            TypeKind::Enum { labels: vec!["a".into(), "b \"c\"".into()] },
            TypeKind::Enum { labels: vec![] },
            TypeKind::Domain {
                base: PgType::builtin("varchar").with_typmod(24),
                not_null: true,
                default: Some("'x'".into()),
                checks: vec![("c".into(), "CHECK (VALUE <> '')".into())],
            },
            TypeKind::Composite { attributes: vec![("a".into(), PgType::builtin("int4").array())] },
            TypeKind::Range { subtype: PgType::builtin("float8") },
        ];
        for kind in kinds {
            let def = TypeDef { name: QualifiedName::new("app", "Mood"), kind };
            let text = to_text(&def);
            assert_eq!(from_text(&text, "x").unwrap(), def, "{text}");
            for cut in 0..text.trim_end().len() {
                assert!(from_text(&text[..cut], "x").is_err(), "cut at {cut}");
            }
        }
    }
}
