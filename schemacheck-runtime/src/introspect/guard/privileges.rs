//! The privileges in the guard's answer: what the role may not do of what the models do.

use std::collections::BTreeSet;

use schemacheck_core::json::Node;
use schemacheck_core::manifest::{Kind, Sort};
use schemacheck_core::privilege::{Privilege, Sequence, Source};
use schemacheck_core::{Catalog, Manifest, QualifiedName, RelKind};

use crate::error::Error;
use crate::introspect::sql::{int_array, statement};

/// The placeholders of `guard.sql` for the places of relations that models read, insert into and update, counted from 1.
pub(super) fn places(
    relations: &BTreeSet<(Option<&str>, &str)>,
    manifests: &[&Manifest],
) -> [(&'static str, String); 3] {
    let of = |kind: Kind| {
        let names: BTreeSet<(Option<&str>, &str)> = manifests
            .iter()
            .filter(|manifest| manifest.is(kind))
            .map(|manifest| (manifest.schema.as_deref(), manifest.relation.as_str()))
            .collect();
        let places = relations.iter().enumerate().filter(|(_, name)| names.contains(name));
        int_array(places.map(|(at, _)| at + 1))
    };
    [("$read$", of(Kind::Read)), ("$inserted$", of(Kind::Insert)), ("$updated$", of(Kind::Update))]
}

/// Adds what is lacking to a catalog.
pub(super) fn read(value: &Node<'_>, role: &str, catalog: &mut Catalog) -> Result<(), Error> {
    let privileges = &mut catalog.privileges;
    role.clone_into(&mut privileges.role);
    let parts = value.tuple(5)?;
    for row in parts[0].rows()? {
        let name = row.tuple(2)?;
        privileges.relations.entry(qualified(&name[0], &name[1])?).or_default().schema = true;
    }
    for row in parts[1].rows()? {
        let row = row.tuple(5)?;
        // The table went while it was looked at.
        if row[3].bool()? {
            return Err(Error::answer("a relation has no privileges"));
        }
        let columns = row[4].rows()?.iter().map(Node::string).collect::<Result<_, _>>()?;
        let lacking = privileges.relations.entry(qualified(&row[0], &row[1])?).or_default();
        lacking.granted.insert(privilege(&row[2])?, columns);
    }
    for row in parts[2].rows()? {
        let row = row.tuple(4)?;
        let lacking = privileges.relations.entry(qualified(&row[0], &row[1])?).or_default();
        let unusable = if row[3].bool()? { &mut lacking.row_security_off } else { &mut lacking.no_policy };
        unusable.insert(privilege(&row[2])?);
    }
    for row in parts[3].rows()? {
        let row = row.tuple(5)?;
        privileges.sequences.push(Sequence {
            relation: qualified(&row[0], &row[1])?,
            column: row[2].string()?,
            name: qualified(&row[3], &row[4])?,
        });
    }
    for row in parts[4].rows()? {
        let row = row.tuple(5)?;
        privileges.sources.push(Source {
            view: qualified(&row[0], &row[1])?,
            name: qualified(&row[2], &row[3])?,
            owner: row[4].opt_string()?,
        });
    }
    Ok(())
}

/// The sub-select of sequences that inserts draw from and the role may not use; NULL, which nobody plans, without inserts.
pub(super) fn sequences(manifests: &[&Manifest]) -> String {
    match manifests.iter().any(|manifest| manifest.is(Kind::Insert)) {
        true => statement(include_str!("../../sql/guard_inserted.sql"), &[]),
        false => "NULL".to_owned(),
    }
}

/// Whether this may be a model of a view.
pub(super) fn may_read_a_view(manifest: &Manifest) -> bool {
    manifest.is(Kind::Read) && matches!(manifest.relation_kind, None | Some(RelKind::View))
}

/// The sub-select of what views read and may not; NULL, which nobody plans, if no model is of a view.
pub(super) fn views(manifests: &[&Manifest]) -> String {
    match manifests.iter().any(|manifest| manifest.sort == Sort::Model && may_read_a_view(manifest)) {
        true => statement(include_str!("../../sql/guard_views.sql"), &[]),
        false => "NULL".to_owned(),
    }
}

fn qualified(schema: &Node<'_>, name: &Node<'_>) -> Result<QualifiedName, Error> {
    Ok(QualifiedName::new(schema.str()?, name.str()?))
}

fn privilege(node: &Node<'_>) -> Result<Privilege, Error> {
    let all = [Privilege::Select, Privilege::Insert, Privilege::Update];
    let word = node.str()?;
    all.into_iter().find(|known| known.word() == word).ok_or_else(|| Error::answer("unknown privilege"))
}

/// The schemas that a `search_path` setting names, as the server reads it: names without quotes are folded.
pub(super) fn named_on_path(setting: &str, role: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = setting.trim_start();
    while !rest.is_empty() {
        let mut name = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut chars = quoted.char_indices().peekable();
            let mut end = quoted.len();
            while let Some((at, c)) = chars.next() {
                match (c, chars.peek()) {
                    ('"', Some((_, '"'))) => {
                        name.push('"');
                        chars.next();
                    }
                    ('"', _) => {
                        end = at + 1;
                        break;
                    }
                    _ => name.push(c),
                }
            }
            rest = &quoted[end..];
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            name = rest[..end].trim().to_lowercase();
            rest = &rest[end..];
        }
        names.push(if name == "$user" { role.to_owned() } else { name });
        rest = rest.trim_start().trim_start_matches(',').trim_start();
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_path_is_read_as_the_server_does() {
        let read = |setting| named_on_path(setting, "me");
        assert_eq!(read("\"$user\", public"), ["me", "public"]);
        assert_eq!(read("App,\"My \"\"x\"\", y\" , pg_catalog"), ["app", "My \"x\", y", "pg_catalog"]);
        assert_eq!(read(""), [""; 0]);
        assert_eq!(read("\"\""), [""]);
        assert_eq!(read("\"open"), ["open"]);
    }
}
