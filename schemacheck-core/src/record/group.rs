//! Flattened structs in a record. Only the compiler knows their columns, so the derive leaves holes, into which the
//! compiler puts what the flattened struct's own derive wrote.

use super::column;
use crate::Error;
use crate::json::{self, Node, Object};
use crate::manifest::{Built, Expected, Group, Manifest};

/// What the derive does not know: where the compiler puts something into the text of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holes {
    /// The columns, by their place in [`Manifest::columns`], whose labels the field's type knows.
    pub labels: Vec<usize>,
    /// Of each of [`Manifest::groups`] how many of [`Manifest::columns`] stand before it.
    pub groups: Vec<usize>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The labels of this column's type, as [`labels_json`](super::labels_json) writes them, or `null`.
    Labels(usize),
    /// The columns of this group.
    Group(usize),
}

/// A hole in a text that is being written: JSON holds no control character.
const HOLE: char = '\0';

/// The items of a record's columns with holes in them, and which they are, in order.
pub(super) fn columns_with_holes(manifest: &Manifest, holes: &Holes, nested: bool) -> (String, Vec<Hole>) {
    let mut items = Vec::new();
    let mut found = Vec::new();
    for at in 0..=manifest.columns.len() {
        for (place, group) in manifest.groups.iter().enumerate() {
            if holes.groups.get(place) == Some(&at) {
                found.push(Hole::Group(place));
                // Of a struct that is flattened itself, only the field's name is of use.
                let object = match nested {
                    true => Object::new().str("field", &group.field),
                    false => Object::new().raw("group", &place.to_string()),
                };
                items.push(object.raw("columns", &format!("[{HOLE}]")).end());
            }
        }
        let Some(expected) = manifest.columns.get(at) else { break };
        let asks = holes.labels.contains(&at);
        if asks {
            found.push(Hole::Labels(at));
        }
        items.push(column::to_array(expected, asks.then(|| HOLE.to_string())));
    }
    (items.join(", "), found)
}

/// The text in the pieces between its holes.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(HOLE).map(str::to_owned).collect()
}

pub(super) fn to_json(group: &Group) -> String {
    let object = Object::new().str("field", &group.field).raw("line", &group.line.to_string());
    object.str("type", &group.rust_type).flag("open", group.is_open).end()
}

pub(super) fn read(node: &Node<'_>) -> Result<Group, Error> {
    Ok(Group {
        field: node.get("field")?.string()?,
        line: node.get("line")?.int()?,
        rust_type: node.get("type")?.string()?,
        is_open: node.map("open", Node::bool)?.unwrap_or(false),
    })
}

/// What the snapshot said of the columns that flattened structs may name: the derive does not know which they are.
pub(super) fn facts_json(facts: &[(String, Built)]) -> String {
    let facts = facts.iter().map(|(name, built)| {
        let expected = Expected { column: name.clone(), built: Some(built.clone()), ..Expected::default() };
        column::to_array(&expected, None)
    });
    format!("[{}]", facts.collect::<Vec<_>>().join(","))
}

/// The columns in field order: those of groups with the way to them as field, the group's line, and their facts.
pub(super) fn read_columns(root: &Node<'_>, groups: &[Group]) -> Result<Vec<Expected>, Error> {
    let mut columns = Vec::new();
    for node in root.list("columns", |node| Ok(*node))? {
        read_item(&node, groups, None, &mut columns)?;
    }
    let facts = root.list("facts", column::read)?;
    for column in columns.iter_mut().filter(|column| column.group.is_some() && column.built.is_none()) {
        column.built =
            facts.iter().find(|fact| fact.column == column.column).and_then(|fact| fact.built.clone());
    }
    Ok(columns)
}

fn read_item(
    node: &Node<'_>,
    groups: &[Group],
    within: Option<(usize, &str)>,
    columns: &mut Vec<Expected>,
) -> Result<(), Error> {
    let inner = if node.is_array() { None } else { node.opt("columns")? };
    let Some(inner) = inner else {
        let mut expected = column::read(node)?;
        if let Some((group, way)) = within {
            expected.field = format!("{way}.{}", expected.field);
            expected.line = groups[group].line;
            expected.group = Some(group);
        }
        if let Some(group) = expected.group.filter(|group| *group >= groups.len()) {
            return Err(node.error(format!("there is no group {group}")));
        }
        columns.push(expected);
        return Ok(());
    };
    let (group, way) = match within {
        Some((group, way)) => (group, format!("{way}.{}", node.get("field")?.str()?)),
        None => {
            let at: usize = node.get("group")?.int::<u32>()? as usize;
            let group = groups.get(at).ok_or_else(|| node.error(format!("there is no group {at}")))?;
            (at, group.field.clone())
        }
    };
    for node in inner.items()? {
        read_item(&node, groups, Some((group, &way)), columns)?;
    }
    Ok(())
}

/// The labels of an enum as a record holds them: an array, whose last item is `null` if it is not exhaustive.
pub fn labels_json(labels: &[&str], non_exhaustive: bool) -> String {
    let mut items: Vec<String> = labels.iter().map(|label| json::quote(label)).collect();
    if non_exhaustive {
        items.push("null".to_owned());
    }
    format!("[{}]", items.join(","))
}
