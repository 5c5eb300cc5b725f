//! What models promise: the part of the guard's request that asks for constraints, indexes and the texts of defaults,
//! and its answer. Only relations and columns with promises are asked for.

use std::collections::BTreeSet;

use schemacheck_core::catalog::{
    Action, Catalog, Constraint, ConstraintKind, Index, IndexKey, IndexKeyKind, Relation,
};
use schemacheck_core::json::Node;
use schemacheck_core::manifest::{DefaultPromise, Expected, Sort};
use schemacheck_core::{Manifest, QualifiedName};

use crate::error::Error;
use crate::introspect::node_tree::{self, Names};
use crate::introspect::sql::{name_array, schema_array, statement};

/// The arrays of the relations whose constraints and indexes are asked for: schemas, and names.
pub(super) fn relied<'a>(manifests: &[&'a Manifest]) -> (String, String) {
    let relations: BTreeSet<(Option<&'a str>, &'a str)> = models(manifests)
        .filter(|manifest| manifest.relies_on_constraints())
        .map(|manifest| (manifest.schema.as_deref(), manifest.relation.as_str()))
        .collect();
    (
        schema_array(relations.iter().map(|(schema, _)| *schema)),
        name_array(relations.iter().map(|(_, name)| *name)),
    )
}

/// The sub-select of all that is promised; NULL if nothing is, which not even the planner looks at.
pub(super) fn select(manifests: &[&Manifest]) -> String {
    let columns = defaults(manifests);
    if columns.is_empty() && !models(manifests).any(Manifest::relies_on_constraints) {
        return "NULL".to_owned();
    }
    let schemas = schema_array(columns.iter().map(|(schema, _, _)| *schema));
    let names = name_array(columns.iter().map(|(_, name, _)| *name));
    let columns = name_array(columns.iter().map(|(_, _, column)| *column));
    statement(
        &with_names(include_str!("../../sql/guard_promises.sql")),
        &[("$default_schemas$", &schemas), ("$default_names$", &names), ("$default_columns$", &columns)],
    )
}

/// The sub-select of a fingerprint of the texts of defaults that are promised; NULL if none is.
pub(super) fn fingerprint(manifests: &[&Manifest]) -> String {
    let columns = defaults(manifests);
    if columns.is_empty() {
        return "NULL".to_owned();
    }
    let names = name_array(columns.iter().map(|(_, name, _)| *name));
    let columns = name_array(columns.iter().map(|(_, _, column)| *column));
    statement(
        include_str!("../../sql/fingerprint_defaults.sql"),
        &[("$default_names$", &names), ("$default_columns$", &columns)],
    )
}

/// The columns whose default's text is promised: of any other it is known whether there is one.
fn defaults<'a>(manifests: &[&'a Manifest]) -> BTreeSet<(Option<&'a str>, &'a str, &'a str)> {
    let is_promised = |column: &&'a Expected| matches!(column.promises.default, Some(DefaultPromise::Is(_)));
    models(manifests)
        .flat_map(|manifest| {
            let texts = manifest.columns.iter().filter(is_promised);
            texts.map(|column| {
                (manifest.schema.as_deref(), manifest.relation.as_str(), column.column.as_str())
            })
        })
        .collect()
}

fn models<'a>(manifests: &[&'a Manifest]) -> impl Iterator<Item = &'a Manifest> {
    manifests.iter().copied().filter(|manifest| manifest.sort == Sort::Model)
}

/// `$names(r, k)$` becomes the names of the columns of the relation `r` that the array `k` numbers, in its order; of a
/// number that is no column's NULL.
fn with_names(text: &str) -> String {
    let mut sql = text.to_owned();
    while let Some(at) = sql.find("$names(") {
        let end = at + sql[at..].find(")$").expect("the placeholder ends");
        let (relation, numbers) = sql[at + "$names(".len()..end].split_once(", ").expect("two arguments");
        let expression = format!(
            "(SELECT pg_catalog.json_agg(a.attname ORDER BY key.place) \
             FROM pg_catalog.unnest({numbers}) WITH ORDINALITY AS key(attnum, place) \
             LEFT JOIN LATERAL (SELECT a.attname FROM pg_catalog.pg_attribute a \
             WHERE a.attrelid OPERATOR(pg_catalog.=) {relation} AND a.attnum OPERATOR(pg_catalog.=) key.attnum \
             OFFSET 0) a ON true)"
        );
        sql.replace_range(at..end + 2, &expression);
    }
    sql
}

/// Adds the answer to [`select`] to the relations of a catalog.
pub(super) fn add(answer: &Node<'_>, catalog: &mut Catalog) -> Result<(), Error> {
    if answer.is_null() {
        return Ok(());
    }
    let parts = answer.tuple(3)?;
    for row in parts[0].rows()? {
        let parts = row.tuple(11)?;
        let constraint = read_constraint(&parts)?;
        relation(&parts, catalog)?.constraints.push(constraint);
    }
    for row in parts[1].rows()? {
        let parts = row.tuple(10)?;
        let index = read_index(&parts)?;
        relation(&parts, catalog)?.indexes.push(index);
    }
    for row in parts[2].rows()? {
        let parts = row.tuple(4)?;
        let (name, text) = (parts[2].str()?, parts[3].opt_string()?);
        let columns = &mut relation(&parts, catalog)?.columns;
        // A generated column's expression is not deparsed.
        if let (Some(column), Some(text)) = (columns.iter_mut().find(|column| column.name == name), text) {
            column.default = Some(text);
        }
    }
    // What is reported must not depend on the order in which the server finds rows.
    for relation in catalog.relations.values_mut() {
        relation.constraints.sort_by(|a, b| a.name.cmp(&b.name));
        relation.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(())
}

/// The relation whose schema and name begin a row.
fn relation<'a>(parts: &[Node<'_>], catalog: &'a mut Catalog) -> Result<&'a mut Relation, Error> {
    let name = QualifiedName::new(parts[0].str()?, parts[1].str()?);
    let missing = || Error::answer("it holds facts of a relation that was not asked for");
    catalog.relations.get_mut(&name).ok_or_else(missing)
}

fn read_constraint(parts: &[Node<'_>]) -> Result<Constraint, Error> {
    let columns = names(&parts[9])?;
    let kind = match parts[3].str()? {
        "p" => ConstraintKind::PrimaryKey(columns),
        // Whether NULLs are equal to each other is nothing that is promised.
        "u" => ConstraintKind::Unique { columns, nulls_not_distinct: false },
        "f" => {
            let target = parts[10].tuple(5)?;
            let action = |node: &Node<'_>| {
                Action::from_letter(node.str()?).ok_or_else(|| Error::answer("unknown referential action"))
            };
            ConstraintKind::ForeignKey {
                columns,
                target: QualifiedName::new(target[0].str()?, target[1].str()?),
                target_columns: names(&target[2])?,
                on_update: action(&target[3])?,
                on_delete: action(&target[4])?,
                match_full: false,
                delete_columns: Vec::new(),
            }
        }
        other => return Err(Error::answer(format!("unknown kind of constraint `{other}`"))),
    };
    Ok(Constraint {
        name: parts[2].string()?,
        kind,
        validated: parts[4].bool()?,
        deferrable: parts[5].bool()?,
        deferred: parts[6].bool()?,
        // Before PostgreSQL 18 every constraint is enforced, and none is over periods.
        enforced: parts[7].opt_string()?.as_deref() != Some("false"),
        period: parts[8].opt_string()?.as_deref() == Some("true"),
    })
}

fn read_index(parts: &[Node<'_>]) -> Result<Index, Error> {
    let key = |node: &Node<'_>| -> Result<IndexKey, Error> {
        let what = match node.opt_string()? {
            Some(name) => IndexKeyKind::Column(name),
            None => IndexKeyKind::Expression(String::new()),
        };
        Ok(IndexKey { what, descending: false, nulls_first: false, opclass: None, collation: None })
    };
    Ok(Index {
        name: parts[2].string()?,
        method: parts[3].string()?,
        keys: parts[7].rows()?.iter().map(key).collect::<Result<_, _>>()?,
        include: Vec::new(),
        unique: parts[4].bool()?,
        nulls_not_distinct: false,
        valid: parts[5].bool()?,
        predicate: parts[6].opt_string()?.map(|tree| predicate(&tree, &parts[9])).transpose()?,
        constraint: parts[8].opt_string()?,
    })
}

/// The predicate of a tree, worded as the server would deparse it. Of one that is not understood an empty text says that
/// there is one, as an empty default does.
fn predicate(tree: &str, columns: &Node<'_>) -> Result<String, Error> {
    let mut names = Names::default();
    for column in columns.rows()? {
        let column = column.tuple(2)?;
        names.columns.insert(column[0].int()?, column[1].string()?);
    }
    let condition = node_tree::condition(tree, &names);
    Ok(if condition.is_understood() { condition.to_string() } else { String::new() })
}

fn names(node: &Node<'_>) -> Result<Vec<String>, Error> {
    Ok(node.rows()?.iter().map(Node::string).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemacheck_core::manifest::{Expected, Promise, Reference};

    fn model(change: impl FnOnce(&mut Manifest)) -> Manifest {
        let columns = vec![Expected { column: "c".into(), ..Expected::default() }];
        let mut manifest = Manifest { relation: "t".into(), columns, ..Manifest::default() };
        change(&mut manifest);
        manifest
    }

    #[test]
    fn only_what_is_promised_is_asked_for() {
        let none = "E'{}'::pg_catalog.name[]".to_owned();
        let plain = model(|_| {});
        assert_eq!(relied(&[&plain]), (none.clone(), none));
        assert_eq!(select(&[&plain]), "NULL");
        let names = (r#"E'{""}'::pg_catalog.name[]"#.to_owned(), r#"E'{"t"}'::pg_catalog.name[]"#.to_owned());
        let keyed = model(|manifest| manifest.promises = vec![Promise::PrimaryKey(vec!["c".into()])]);
        assert_eq!(relied(&[&plain, &keyed, &keyed]), names);
        let reference =
            Reference { schema: None, relation: "u".into(), column: "id".into(), on_delete: None };
        let referring = model(|manifest| manifest.columns[0].promises.references = Some(reference));
        assert_eq!(relied(&[&referring]), names);
        let defaulted = |promise| {
            let manifest = model(|manifest| manifest.columns[0].promises.default = Some(promise));
            select(&[&manifest])
        };
        assert_eq!(defaulted(DefaultPromise::Any), "NULL");
        assert!(defaulted(DefaultPromise::Is("1".into())).contains(r#"E'{"c"}'"#));
    }
}
