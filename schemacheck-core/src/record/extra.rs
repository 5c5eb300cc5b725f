//! What only the compiler knows, in a record: the labels of fields' types, and the columns of flattened structs, whose
//! own derive wrote them. It follows the answers, so that nearly all of the text stays one literal: what the compiler puts
//! together costs the user's build.

use super::{column, read_answers, read_fit};
use crate::Error;
use crate::json::{self, Node, Object};
use crate::manifest::{Built, Expected, Fit, Group, LabelSet, Manifest};

/// What stands between the answers and the first item.
pub const EXTRA_BEGIN: &str = "\", \"extra\": [";
/// What stands behind the last.
pub const EXTRA_END: &str = "]}";
/// What stands behind the labels of an item that [`labels_begin`] begins.
pub const LABELS_END: &str = "]";
/// What stands between the columns of an item that [`group_begin`] begins, and their answers.
pub const GROUP_NULLS: &str = "], \"nulls\": \"";
/// What stands behind them.
pub const GROUP_END: &str = "\"}";

/// What stands before the labels of a column, which is given by its place; [`labels_json`] or `null` follows.
pub fn labels_begin(column: usize) -> String {
    format!("[{column},")
}

/// What stands before the columns of a group; `before` is how many columns stand before it.
pub fn group_begin(group: usize, before: usize) -> String {
    format!("{{\"group\": {group}, \"at\": {before}, \"columns\": [")
}

/// What the derive of a flattened struct does not know: where the compiler puts something into the text of its columns.
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
    /// The labels of this column's type, as [`labels_json`] writes them, or `null`.
    Labels(usize),
    /// The columns of this group.
    Group(usize),
}

/// A hole in a text that is being written: JSON holds no control character.
const HOLE: char = '\0';

/// The columns of a struct without a relation of its own, for the records of the structs that flatten it: the text up to
/// the first hole, and each hole with the text that follows it.
pub fn embedded(manifest: &Manifest, holes: &Holes) -> (String, Vec<(Hole, String)>) {
    let mut items = Vec::new();
    let mut found = Vec::new();
    for at in 0..=manifest.columns.len() {
        for (place, group) in manifest.groups.iter().enumerate() {
            if holes.groups.get(place) == Some(&at) {
                found.push(Hole::Group(place));
                let object = Object::new().str("field", &group.field);
                items.push(object.raw("columns", &format!("[{HOLE}]")).end());
            }
        }
        let Some(expected) = manifest.columns.get(at) else { break };
        let asks = holes.labels.contains(&at);
        if asks {
            found.push(Hole::Labels(at));
        }
        items.push(column::to_compact_with(expected, asks.then(|| HOLE.to_string())));
    }
    let text = items.join(", ");
    let mut pieces = text.split(HOLE).map(str::to_owned);
    let first = pieces.next().unwrap_or_default();
    (first, found.into_iter().zip(pieces).collect())
}

/// `is_compact`: in a binary, where the compiler's answers say what fits.
pub(super) fn group_json(group: &Group, is_compact: bool) -> String {
    let object = Object::new().str("field", &group.field).raw("line", &group.line.to_string());
    object
        .str("type", &group.rust_type)
        .flag("open", group.is_open)
        .flag("none_is_default", group.none_is_default)
        .opt_str("fit", (group.fit != Fit::Fits && !is_compact).then(|| group.fit.word()))
        .end()
}

pub(super) fn read_group(node: &Node<'_>) -> Result<Group, Error> {
    Ok(Group {
        field: node.get("field")?.string()?,
        line: node.get("line")?.int()?,
        rust_type: node.get("type")?.string()?,
        is_open: node.map("open", Node::bool)?.unwrap_or(false),
        none_is_default: node.map("none_is_default", Node::bool)?.unwrap_or(false),
        fit: node.map("fit", read_fit)?.unwrap_or_default(),
    })
}

/// What the snapshot said of the columns that flattened structs may name: the derive does not know which they are.
pub(super) fn facts_json(facts: &[(String, Built)]) -> String {
    let facts = facts.iter().map(|(name, built)| {
        let expected = Expected { column: name.clone(), built: Some(built.clone()), ..Expected::default() };
        column::to_compact(&expected)
    });
    format!("[{}]", facts.collect::<Vec<_>>().join(","))
}

/// The columns in field order: those of groups among the struct's own, with the way to them as field, the group's line,
/// and their facts.
pub(super) fn read(
    root: &Node<'_>,
    groups: &[Group],
    mut own: Vec<Expected>,
) -> Result<Vec<Expected>, Error> {
    let mut flattened: Vec<(usize, Vec<Expected>)> = Vec::new();
    for item in root.list("extra", |node| Ok(*node))? {
        if item.is_array() {
            let parts = item.tuple(2)?;
            let at: u32 = parts[0].int()?;
            let missing = || parts[0].error(format!("there is no column {at}"));
            own.get_mut(at as usize).ok_or_else(missing)?.labels = read_labels(&parts[1])?;
            continue;
        }
        let before = item.get("at")?;
        let at = before.int::<u32>()? as usize;
        if at > own.len() {
            return Err(before.error(format!("there are only {} columns", own.len())));
        }
        let place = item.get("group")?.int::<u32>()? as usize;
        let group = groups.get(place).ok_or_else(|| item.error(format!("there is no group {place}")))?;
        let mut columns = Vec::new();
        read_inner(&item.get("columns")?, &group.field, &mut columns)?;
        for column in &mut columns {
            column.line = group.line;
            column.group = Some(place);
            column.none_is_default |= group.none_is_default;
            if group.fit == Fit::Unchecked {
                column.fit = Fit::Unchecked;
            }
        }
        let nulls = item.get("nulls")?;
        read_answers(&nulls, nulls.str()?.as_bytes(), &mut columns)?;
        flattened.push((at, columns));
    }
    if flattened.is_empty() {
        return Ok(own);
    }
    let facts = root.list("facts", column::read)?;
    for column in flattened.iter_mut().flat_map(|(_, columns)| columns) {
        column.built =
            facts.iter().find(|fact| fact.column == column.column).and_then(|fact| fact.built.clone());
    }
    let mut columns = Vec::with_capacity(own.len());
    for (at, column) in own.into_iter().map(Some).chain([None]).enumerate() {
        for (_, group) in flattened.iter_mut().filter(|(before, _)| *before == at) {
            columns.append(group);
        }
        columns.extend(column);
    }
    Ok(columns)
}

/// The columns of a flattened struct, and of those in it.
fn read_inner(list: &Node<'_>, way: &str, columns: &mut Vec<Expected>) -> Result<(), Error> {
    for node in list.items()? {
        if node.is_object() {
            let way = format!("{way}.{}", node.get("field")?.str()?);
            read_inner(&node.get("columns")?, &way, columns)?;
        } else {
            let mut column = column::read(&node)?;
            column.field = format!("{way}.{}", column.field);
            columns.push(column);
        }
    }
    Ok(())
}

/// What [`labels_json`] wrote; nothing of null.
pub(super) fn read_labels(node: &Node<'_>) -> Result<Option<LabelSet>, Error> {
    if node.is_null() {
        return Ok(None);
    }
    let items = node.items()?;
    let labels: Vec<String> =
        items.iter().filter(|item| !item.is_null()).map(Node::string).collect::<Result<_, _>>()?;
    Ok(Some(LabelSet { non_exhaustive: labels.len() < items.len(), labels }))
}

/// The labels of an enum as a record holds them: an array, whose last item is `null` if it is not exhaustive.
pub fn labels_json(labels: &[&str], non_exhaustive: bool) -> String {
    let mut items: Vec<String> = labels.iter().map(|label| json::quote(label)).collect();
    if non_exhaustive {
        items.push("null".to_owned());
    }
    format!("[{}]", items.join(","))
}
