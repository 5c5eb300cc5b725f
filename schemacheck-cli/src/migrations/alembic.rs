//! Alembic: each file of `versions/` says which one it follows. The files are read, and never run.

use std::collections::{BTreeMap, BTreeSet};

use schemacheck_core::ledger::Step;

use super::File;
use crate::error::{Error, Result};

/// What a file says.
struct Revision<'a> {
    id: String,
    /// What it follows, and what else has to be there before.
    before: Vec<String>,
    /// What `depends_on` names: a revision, the beginning of one, or a branch's label.
    depends_on: Vec<String>,
    labels: Vec<String>,
    file: &'a File,
}

/// What leads to these heads, oldest first: each revision stands behind all that it follows, and says what that is where it
/// is not the one before it.
pub(super) fn order(files: &[File], heads: &[String]) -> Result<Vec<String>> {
    let mut revisions: BTreeMap<String, Revision<'_>> = BTreeMap::new();
    for file in files {
        // Files without a revision are helpers.
        let Some(revision) = read(file)? else { continue };
        if let Some(other) = revisions.get(&revision.id) {
            return Err(Error::new(format!(
                "`{}` and `{}` are both revision `{}`",
                other.file.place, revision.file.place, revision.id
            )));
        }
        revisions.insert(revision.id.clone(), revision);
    }
    let depended: Vec<(String, Vec<String>)> = revisions
        .values()
        .map(|revision| (revision.id.clone(), meant(&revision.depends_on, &revisions)))
        .collect();
    for (id, meant) in depended {
        if let Some(revision) = revisions.get_mut(&id) {
            revision.before.extend(meant.into_iter().filter(|meant| *meant != id));
        }
    }
    let mut order = Vec::new();
    let mut state: BTreeMap<&str, bool> = BTreeMap::new();
    for head in heads {
        let Some((id, _)) = revisions.get_key_value(head) else {
            return Err(Error::new(format!(
                "no file of the migrations is revision `{head}`, at which the database is"
            )));
        };
        add(id, &revisions, &mut state, &mut order)?;
    }
    let line = |(at, id): (usize, &String)| {
        let mut seen = BTreeSet::new();
        let follows = revisions[id].before.iter().map(String::as_str).filter(|before| seen.insert(*before));
        let before = at.checked_sub(1).map(|before| order[before].as_str());
        Step::line(id, &follows.collect::<Vec<_>>(), before)
    };
    Ok(order.iter().enumerate().map(line).collect())
}

/// The revisions that `depends_on` means. What it means beyond these, such as `label@head`, is left out: it changes no more
/// than the order of what stands side by side.
fn meant(names: &[String], revisions: &BTreeMap<String, Revision<'_>>) -> Vec<String> {
    let one = |name: &String| {
        let labelled = || revisions.values().find(|revision| revision.labels.contains(name));
        let mut begun = revisions.values().filter(|revision| revision.id.starts_with(name.as_str()));
        let exact = revisions.get(name).or_else(labelled);
        exact.or_else(|| begun.next().filter(|_| begun.next().is_none())).map(|revision| revision.id.clone())
    };
    names.iter().filter_map(one).collect()
}

/// Adds a revision behind those that it follows. Not by calls within calls: there may be thousands.
fn add<'a>(
    head: &'a str,
    revisions: &'a BTreeMap<String, Revision<'_>>,
    done: &mut BTreeMap<&'a str, bool>,
    order: &mut Vec<String>,
) -> Result<()> {
    let mut stack = vec![head];
    while let Some(&id) = stack.last() {
        let revision = &revisions[id];
        match done.get(id) {
            Some(true) => {
                stack.pop();
                continue;
            }
            Some(false) => {
                // All that it follows stands there, unless it follows itself.
                if revision.before.iter().any(|before| done.get(before.as_str()) != Some(&true)) {
                    return Err(Error::new(format!("`{}` follows itself", revision.file.place)));
                }
                done.insert(id, true);
                order.push(id.to_owned());
                stack.pop();
                continue;
            }
            None => {}
        }
        done.insert(id, false);
        let mut seen = BTreeSet::new();
        for before in revision.before.iter().rev().filter(|before| seen.insert(before.as_str())) {
            let Some((known, _)) = revisions.get_key_value(before) else {
                return Err(Error::new(format!(
                    "`{}` follows revision `{before}`, which no file is",
                    revision.file.place
                )));
            };
            if !done.contains_key(known.as_str()) {
                stack.push(known);
            }
        }
    }
    Ok(())
}

fn read(file: &File) -> Result<Option<Revision<'_>>> {
    let value = |name: &str| {
        strings(&file.text, name)
            .map_err(|problem| Error::new(format!("cannot read `{}`: `{name}` is {problem}", file.place)))
    };
    let Some(mut ids) = value("revision")? else { return Ok(None) };
    let (Some(id), true) = (ids.pop(), ids.is_empty()) else { return Ok(None) };
    let before = value("down_revision")?.unwrap_or_default();
    let depends_on = value("depends_on")?.unwrap_or_default();
    let labels = value("branch_labels")?.unwrap_or_default();
    Ok(Some(Revision { id, before, depends_on, labels, file }))
}

/// The texts that a module assigns to a name: `name = "a"`, `name: str | None = None`, `name = ("a", "b")`. Nothing if it
/// assigns none.
fn strings(text: &str, name: &str) -> std::result::Result<Option<Vec<String>>, &'static str> {
    let Some(start) = assigned(text, name) else { return Ok(None) };
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut rest = text[start..].chars();
    while let Some(c) = rest.next() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '\n' if depth == 0 => break,
            '#' => {
                // A comment to the end of its line.
                let line = rest.as_str();
                let end = line.find('\n').unwrap_or(line.len());
                rest = line[end..].chars();
            }
            '"' | '\'' => {
                let line = rest.as_str();
                let end = line.find(c).ok_or("a text without an end")?;
                if line[..end].contains(['\\', '\n']) {
                    return Err("no plain text");
                }
                found.push(line[..end].to_owned());
                rest = line[end + 1..].chars();
            }
            _ => {}
        }
    }
    Ok(Some(found))
}

/// Where the value begins that is assigned at the begin of a line.
fn assigned(text: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix(name) {
            let rest = rest.trim_start();
            let is_this = rest.starts_with('=') && !rest.starts_with("==") || rest.starts_with(':');
            if let (true, Some(equals)) = (is_this, line.find('=')) {
                return Some(at + equals + 1);
            }
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> File {
        File { place: format!("versions/{name}"), name: name.to_owned(), text: text.to_owned() }
    }

    /// A file of a revision.
    fn revision(id: &str, down: &str) -> File {
        file(
            &format!("{id}.py"),
            &format!("\"\"\"x\n\nRevises: y\n\"\"\"\nrevision = '{id}'\ndown_revision = {down}\n"),
        )
    }

    #[track_caller]
    fn check(files: &[File], heads: &[&str], expected: std::result::Result<&[&str], &str>) {
        let heads: Vec<String> = heads.iter().map(|&head| head.to_owned()).collect();
        match (order(files, &heads), expected) {
            (Ok(order), Ok(expected)) => assert_eq!(order, expected),
            (Err(error), Err(expected)) => assert_eq!(error.message, expected),
            (order, _) => panic!("{order:?}"),
        }
    }

    #[test]
    fn each_stands_behind_what_it_follows() {
        let files = [
            revision("c3", "'b2'"),
            revision("a1", "None"),
            revision("b2", "\"a1\"  # why"),
            revision("later", "'c3'"),
            file("helper.py", "import os\nREVISION = 1\n"),
        ];
        check(&files, &["c3"], Ok(&["a1", "b2", "c3"]));
        check(&files, &["later"], Ok(&["a1", "b2", "c3", "later"]));
        check(&files, &[], Ok(&[]));
        check(&files, &["x"], Err("no file of the migrations is revision `x`, at which the database is"));
    }

    #[test]
    fn branches_merges_and_what_else_is_needed() {
        let files = [
            revision("a1", "None"),
            revision("b1", "'a1'"),
            revision("b2", "'a1'"),
            revision("m", "(\n    'b1',  # one\n    'b2',\n)"),
            file(
                "other.py",
                "revision: str = \"o\"\ndown_revision: Union[str, Sequence[str], None] = None\ndepends_on: str = \"b2\"\n",
            ),
        ];
        check(&files, &["m"], Ok(&["a1", "b1", "b2 (follows a1)", "m (follows b1, b2)"]));
        check(&files, &["b1", "b2"], Ok(&["a1", "b1", "b2 (follows a1)"]));
        check(&files, &["b1", "o"], Ok(&["a1", "b1", "b2 (follows a1)", "o"]));
    }

    #[test]
    fn what_is_depended_on_may_be_named_by_its_branch_or_its_beginning() {
        let files = [
            file("base.py", "revision = 'abc123'\ndown_revision = None\nbranch_labels = ('shared',)\n"),
            file(
                "b.py",
                "revision = 'b'\ndown_revision = None\ndepends_on = ('shared', 'def4', 'nobody', 'x@head')\n",
            ),
            file("d.py", "revision = 'def456'\ndown_revision = None\n"),
        ];
        check(&files, &["b"], Ok(&["abc123", "def456 (follows <base>)", "b (follows abc123, def456)"]));
    }

    #[test]
    fn what_cannot_be_is_said_with_its_file() {
        check(&[revision("a", "'b'"), revision("b", "'a'")], &["a"], Err("`versions/b.py` follows itself"));
        check(&[revision("a", "'b'")], &["a"], Err("`versions/a.py` follows revision `b`, which no file is"));
        check(
            &[revision("a", "None"), file("copy.py", "revision = 'a'\n")],
            &["a"],
            Err("`versions/a.py` and `versions/copy.py` are both revision `a`"),
        );
        check(
            &[file("a.py", "revision = 'a\n")],
            &["a"],
            Err("cannot read `versions/a.py`: `revision` is a text without an end"),
        );
    }

    #[test]
    fn a_long_line_of_migrations_is_read() {
        let files: Vec<File> = (0..20_000)
            .map(|n: u32| {
                revision(&format!("r{n}"), &n.checked_sub(1).map_or("None".into(), |n| format!("'r{n}'")))
            })
            .collect();
        let found = order(&files, &["r19999".to_owned()]).unwrap();
        assert_eq!((found.len(), found[0].as_str(), found[19_999].as_str()), (20_000, "r0", "r19999"));
    }
}
