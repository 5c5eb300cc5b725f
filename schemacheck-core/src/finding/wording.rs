//! Every sentence of a finding, each written once: callers add places and color, never words.
//!
//! One fact in the first line, lower case, no final period, database before Rust. Names are shown with their control
//! characters escaped.

use std::collections::BTreeSet;

use super::{Finding, ObjectChange, Place, plural};
use crate::catalog::{Catalog, RelKind, Relation};
use crate::code::{Code, Severity};
use crate::ident::printable;
use crate::manifest::{Expected, Label, Manifest};
use crate::pg_type::{Change, PgType, TypeDef};
use crate::suggest;

mod build;
mod composite;
mod database;
mod flatten;
mod foreign;
mod label;
mod ledger;
mod privilege;
mod promise;
mod unjudged;
mod write;

pub use build::{BuildMessage, cannot_hold_null, wrong_type};
pub use composite::{
    Attribute, Meant, attribute_changed, domain_changed, domain_of_several, domain_unnamed, extra_attribute,
    missing_attribute, moved_attribute, newtype_of_composite, other_sort, wrong_attribute_type, wrong_base,
    wrong_sort,
};
pub use database::{
    another_database, another_tenant, database_phrase, databases_known, in_other_database, judged_against,
    no_models, no_snapshot_of, none_chosen, not_judged, other_database, similar_database,
};
pub use flatten::{
    flattened_cannot_hold_null, flattened_missing_column, flattened_unfit, flattened_wrong_type,
};
pub use foreign::{
    derives_unseen, inferred_table, may_be_an_alias, name_the_table, only_embedded, only_updated,
    read_by_position, result_shape,
};
pub use label::{LabelMessage, label_refused, label_unread, labels_disagree};
pub use ledger::{
    ledger_absent, ledger_ahead, ledger_behind, ledger_failed, ledger_other, ledger_other_head,
    ledger_stamped, ledger_unread, ledger_untrusted, ledger_untrusted_note, name_the_ledger, no_known_ledger,
};
pub use privilege::{
    closed_on_path, closed_schema, closed_sequence, closed_source, no_column_privilege, no_policy,
    no_privilege, row_security_off,
};
pub use promise::{
    Nearest, bad_type, cannot_hold_promised_null, column_order, column_order_lines, extra_column,
    missing_default, missing_index, missing_primary_key, missing_reference, missing_unique, not_null_column,
    not_of_text, nullable_promise, other_type, promised_column, too_short, too_short_a_type,
};
pub use unjudged::{
    Gap, Why, attribute_let_through, base_let_through, group_let_through, let_through, type_let_through,
    unjudged,
};
pub use write::{
    OPTIONAL, generated_written, missing_required, missing_required_together, null_written,
    null_written_lines, optional_column,
};

/// A name in backticks.
fn tick(name: &str) -> String {
    format!("`{}`", printable(name))
}

/// Names in backticks, joined as a sentence joins them, at most `most` of them.
fn list(names: &[&str], most: usize) -> String {
    let mut shown: Vec<String> = names.iter().take(most).map(|name| tick(name)).collect();
    if names.len() > most {
        shown.push(format!("{} more", names.len() - most));
    }
    join(&shown)
}

/// Phrases as a sentence joins them.
fn join(shown: &[String]) -> String {
    match shown.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// How many places are named that have something of a missing name: where each tenant has a schema there are hundreds.
const PLACES: usize = 4;

/// The relation of a model does not exist.
pub fn missing_relation(manifest: &Manifest, catalog: &Catalog) -> Finding {
    let object = manifest.object();
    let message = format!("cannot find relation {}", tick(&object));
    let mut finding = Finding::new(Code::MissingRelation, "relation", ObjectChange::Missing, object, message)
        .expected("a relation")
        .at(Place::of(manifest));
    let is_hidden = |name: &&crate::QualifiedName| {
        manifest.schema.is_none()
            && name.name == manifest.relation
            && catalog.search_path.contains(&name.schema)
    };
    if let Some(hidden) = catalog.known_relations.iter().find(is_hidden) {
        finding = finding.note(format!(
            "{} is there, and hidden: an earlier schema of the `search_path` has an index, a sequence or a type of that name",
            tick(&hidden.to_string())
        ));
    } else {
        let names: Vec<_> = catalog.relation_names().collect();
        finding.help.extend(similar(manifest, catalog, &names, "relation"));
        finding.help.extend(tenants(manifest, catalog, &names));
    }
    if let Some(covered) = covered(catalog) {
        let left_out = "without temporary tables; partitions and relations of extensions need `--include`";
        finding = finding.note(format!("{covered}, {left_out}"));
    }
    finding
}

/// A type that a Rust enum or struct names does not exist.
pub fn missing_type(manifest: &Manifest, catalog: &Catalog) -> Finding {
    let object = manifest.object();
    let what = if manifest.sort == crate::manifest::Sort::Enum { "enum" } else { "type" };
    let message = format!("cannot find {what} {}", tick(&object));
    let mut finding = Finding::new(Code::MissingType, "type", ObjectChange::Missing, object, message)
        .expected(what)
        .at(Place::of(manifest));
    let names: Vec<_> = catalog.type_names().collect();
    // Of what sort a type is that nobody asked for is not known.
    finding.help.extend(similar(manifest, catalog, &names, "type"));
    if let Some(note) = covered(catalog) {
        finding = finding.note(note);
    }
    finding
}

/// A Rust enum names a type that is no enum.
pub fn not_an_enum(manifest: &Manifest, found: &TypeDef) -> Finding {
    let object = found.name.to_string();
    let message = format!(
        "{} is a {}, but {} derives `PgEnum`",
        tick(&object),
        found.kind.word(),
        tick(&manifest.path)
    );
    Finding::new(Code::TypeMismatch, "type", ObjectChange::Changed, object, message)
        .attribute("kind")
        .expected("enum")
        .actual(found.kind.word())
        .at(Place::of(manifest))
}

/// A noun with its article.
fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// What a missing relation or type was probably meant to be.
fn similar(
    manifest: &Manifest,
    catalog: &Catalog,
    names: &[&crate::QualifiedName],
    what: &str,
) -> Option<String> {
    let wanted = manifest.relation.as_str();
    let elsewhere: BTreeSet<String> =
        names.iter().filter(|name| name.name == wanted).map(ToString::to_string).collect();
    if !elsewhere.is_empty() {
        let places = list(&elsewhere.iter().map(String::as_str).collect::<Vec<_>>(), PLACES);
        return Some(match &manifest.schema {
            Some(_) => format!("{} of that name exists in another schema: {places}", article(what)),
            None => format!(
                "{} of that name exists where the search path does not lead: {places}; the search path is {}",
                article(what),
                search_path(catalog)
            ),
        });
    }
    let in_scope = names.iter().filter(|name| match &manifest.schema {
        Some(schema) => *schema == name.schema,
        None => catalog.search_path.contains(&name.schema) || catalog.schemas.contains(&name.schema),
    });
    let nearest = suggest::nearest(wanted, in_scope.clone().map(|name| name.name.as_str()))?;
    let full = tick(&in_scope.clone().find(|name| name.name == nearest)?.to_string());
    Some(match nearest.to_lowercase() == wanted.to_lowercase() {
        true => format!("{} exists whose name differs only in case: {full}", article(what)),
        false => format!("{} with a similar name exists: {full}", article(what)),
    })
}

/// At the build: several schemas with a table of one name may be tenants', and the snapshot has to be one tenant's.
fn tenants(manifest: &Manifest, catalog: &Catalog, names: &[&crate::QualifiedName]) -> Option<String> {
    let schemas: BTreeSet<&str> =
        names.iter().filter(|name| name.name == manifest.relation).map(|name| name.schema.as_str()).collect();
    // A live database has no list of schemas that are covered.
    let is_build = !catalog.schemas.is_empty() && manifest.schema.is_none();
    let is_plain =
        |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let first = schemas.iter().copied().find(is_plain).filter(|_| is_build && schemas.len() > 1)?;
    Some(format!(
        "if each of these schemas is a tenant's, take the snapshot over a search path that leads to one: \
         `?options=-c%20search_path%3D{first},public` in its URL"
    ))
}

fn search_path(catalog: &Catalog) -> String {
    let schemas: Vec<&str> = catalog
        .search_path
        .iter()
        .map(String::as_str)
        .filter(|schema| *schema != "pg_catalog" && !schema.starts_with("pg_temp"))
        .collect();
    if schemas.is_empty() { "empty".to_owned() } else { list(&schemas, 8) }
}

/// Which schemas a snapshot covers; nothing for a live database, which is looked at by name.
fn covered(catalog: &Catalog) -> Option<String> {
    let schemas: Vec<&str> = catalog.schemas.iter().map(String::as_str).collect();
    match schemas.len() {
        0 => None,
        1 => Some(format!("the snapshot covers the schema {}", list(&schemas, 8))),
        _ => Some(format!("the snapshot covers the schemas {}", list(&schemas, 8))),
    }
}

/// A column of a model does not exist.
pub fn missing_column(manifest: &Manifest, column: &Expected, relation: &Relation) -> Finding {
    let object = format!("{}.{}", relation.name, column.column);
    let message = format!(
        "cannot find column {} in {} {}",
        tick(&column.column),
        relation.kind,
        tick(&relation.name.to_string())
    );
    let mut finding = Finding::new(Code::MissingColumn, "column", ObjectChange::Missing, object, message)
        .expected(column.built.as_ref().map_or("a column".to_owned(), |built| built.ty.to_string()))
        .at(Place::of_column(manifest, column));
    finding.help.extend(similar_column(&column.column, relation));
    if column.column.len() > crate::ident::MAX_IDENT_BYTES {
        finding = finding.note("the name is longer than the 63 bytes that PostgreSQL keeps");
    }
    finding
}

/// What a missing column was probably meant to be.
fn similar_column(wanted: &str, relation: &Relation) -> Option<String> {
    let names = relation.columns.iter().map(|column| column.name.as_str());
    let nearest = suggest::nearest(wanted, names)?;
    Some(match nearest.to_lowercase() == wanted.to_lowercase() {
        true => format!("a column exists whose name differs only in case: {}", tick(nearest)),
        false => format!("a column with a similar name exists: {}", tick(nearest)),
    })
}

/// The last note of an error: where to read on.
pub fn explain(code: Code) -> String {
    format!("`cargo schemacheck explain {code}` tells more")
}

/// The live type is another one than the build saw.
pub fn type_changed(
    manifest: &Manifest,
    column: &Expected,
    relation: &Relation,
    built: &PgType,
    live: &PgType,
    change: Change,
) -> Finding {
    let object = format!("{}.{}", relation.name, column.column);
    let message = format!(
        "column {} is {}, but this program was built for {}",
        tick(&object),
        tick(&live.to_string()),
        tick(&built.to_string())
    );
    changed(manifest, column, "column", object, message, (built, live, change))
}

/// A column that is written got a domain, lost one, or has another, over the type that it had.
pub fn domain_written(
    manifest: &Manifest,
    column: &Expected,
    relation: &Relation,
    (built, live): (&PgType, &PgType),
    severity: Severity,
) -> Finding {
    type_at_risk(manifest, column, relation, (built, live), severity)
        .note(
            "all drivers read both, and sqlx and diesel write both; `postgres` and `tokio-postgres` bind a parameter \
             of a domain only to a type that names it, and such a type to no other",
        )
        .help("let the field's type name what the column has now, or put the column's type back in a migration")
}

/// A column has a type of the same name in another schema, and the name leads to the one that it had.
pub fn type_moved(
    manifest: &Manifest,
    column: &Expected,
    relation: &Relation,
    (built, live): (&PgType, &PgType),
    severity: Severity,
) -> Finding {
    type_at_risk(manifest, column, relation, (built, live), severity)
        .note(leads_to(&tick(&live.name), &built.qualified_name().to_string()))
        .help(format!("let the search path lead to {} first", tick(&live.qualified_name().to_string())))
}

/// A live type that is read like the one that the build saw, and may not be written so.
fn type_at_risk(
    manifest: &Manifest,
    column: &Expected,
    relation: &Relation,
    (built, live): (&PgType, &PgType),
    severity: Severity,
) -> Finding {
    let mut finding = type_changed(manifest, column, relation, built, live, Change::Compatible);
    // That drivers read both is not all there is to say.
    finding.notes.pop();
    finding.severity(severity)
}

/// A name of an enum or a type leads to another one than at the build, and a column still has the one that it led to.
pub fn type_hidden(
    manifest: &Manifest,
    built: &str,
    found: &crate::QualifiedName,
    column: &str,
    severity: Severity,
) -> Finding {
    let mut finding = other_schema(manifest, built, found);
    let home = tick(&crate::QualifiedName::new(built, &found.name).to_string());
    finding.kind = "type";
    finding.help.clear();
    finding
        .severity(severity)
        .note(format!("column {} has {home}", tick(column)))
        .note(leads_to(&tick(&found.name), &found.to_string()))
        .help(format!("let the search path lead to {home} first, or drop the other one if nobody needs it"))
}

/// What it means that a column's type is another one than its name leads to.
fn leads_to(name: &str, to: &str) -> String {
    format!(
        "the name {name} leads to {}: drivers that look types up by name, as sqlx and diesel do, send that one, and \
         the server refuses it",
        tick(to)
    )
}

/// What a change of type means, of a column or an attribute.
fn changed(
    manifest: &Manifest,
    column: &Expected,
    kind: &'static str,
    object: String,
    message: String,
    (built, live, change): (&PgType, &PgType, Change),
) -> Finding {
    let severity = match change {
        Change::Same | Change::Compatible => Severity::Info,
        Change::Lossy => Severity::Warning,
        Change::Incompatible => Severity::Error,
    };
    let finding = Finding::new(Code::TypeMismatch, kind, ObjectChange::Changed, object, message)
        .severity(severity)
        .attribute("type")
        .expected(built.to_string())
        .actual(live.to_string())
        .at(Place::of_column(manifest, column))
        .note(format!("field {} is {}", tick(&column.field), tick(&column.rust_type)));
    match change {
        Change::Same | Change::Compatible => finding.note("drivers read both through the same Rust types"),
        Change::Lossy => {
            finding.note("drivers read both, but not every value survives the way there and back")
        }
        Change::Incompatible => finding,
    }
}

/// A column can be NULL now, the field cannot.
pub fn nullable(
    manifest: &Manifest,
    column: &Expected,
    relation: &Relation,
    built: bool,
    severity: Severity,
) -> Finding {
    let object = format!("{}.{}", relation.name, column.column);
    let but = match built {
        true => "but this program was built for `NOT NULL`".to_owned(),
        false => format!("but field {} is {}", tick(&column.field), tick(&column.rust_type)),
    };
    let message = format!("column {} is nullable, {but}", tick(&object));
    Finding::new(Code::NullableColumn, "column", ObjectChange::Changed, object, message)
        .severity(severity)
        .attribute("nullable")
        .expected("not null")
        .actual("nullable")
        .at(Place::of_column(manifest, column))
        .help(format!(
            "use {}, or make the column `NOT NULL` in a migration",
            tick(&format!("Option<{}>", column.rust_type))
        ))
}

/// A name without schema is found in another schema than at the build.
pub fn other_schema(manifest: &Manifest, built: &str, found: &crate::QualifiedName) -> Finding {
    let message = format!(
        "{} is found in schema {}, at the build it was {}",
        tick(&found.name),
        tick(&found.schema),
        tick(built)
    );
    let home = crate::QualifiedName::new(built, &found.name).to_string();
    Finding::new(Code::OtherSchema, "relation", ObjectChange::Changed, found.to_string(), message)
        .attribute("schema")
        .expected(built)
        .actual(&found.schema)
        .at(Place::of(manifest))
        .help(format!("if {} is meant, the search path has to lead there first", tick(&home)))
}

/// A materialized view that is read has no data.
pub fn unpopulated(manifest: &Manifest, relation: &Relation, severity: Severity) -> Finding {
    let name = relation.name.to_string();
    let message = format!("materialized view {} is not populated: no query can read it", tick(&name));
    Finding::new(Code::UnpopulatedView, "relation", ObjectChange::Changed, name, message)
        .severity(severity)
        .attribute("populated")
        .expected("populated")
        .actual("not populated")
        .at(Place::of(manifest))
        .help(format!("`REFRESH MATERIALIZED VIEW {};`, as the owner", relation.name.to_sql()))
}

/// A relation that rows are written to is a view.
pub fn unwritable_kind(manifest: &Manifest, relation: &Relation) -> Finding {
    let message = format!(
        "{} is a {}, and {} writes to it",
        tick(&relation.name.to_string()),
        relation.kind,
        tick(&manifest.path)
    );
    relation_kind(manifest, relation, RelKind::Table, message).severity(Severity::Warning)
}

/// A relation is of another kind than at the build.
pub fn other_kind(manifest: &Manifest, relation: &Relation, built: RelKind) -> Finding {
    let message =
        format!("{} is a {}, at the build it was a {built}", tick(&relation.name.to_string()), relation.kind);
    relation_kind(manifest, relation, built, message)
}

fn relation_kind(manifest: &Manifest, relation: &Relation, expected: RelKind, message: String) -> Finding {
    Finding::new(Code::RelationKind, "relation", ObjectChange::Changed, relation.name.to_string(), message)
        .attribute("kind")
        .expected(expected.word())
        .actual(relation.kind.word())
        .at(Place::of(manifest))
}

/// A variant has a label that the enum does not.
pub fn unknown_label(manifest: &Manifest, label: &Label, name: &str, labels: &[String]) -> Finding {
    let object = format!("{name}.{}", label.label);
    let message = format!("cannot find label {} in enum {}", tick(&label.label), tick(name));
    let mut finding = Finding::new(Code::UnknownLabel, "label", ObjectChange::Missing, object, message)
        .expected(&label.label)
        .at(Place::of_label(manifest, label));
    if let Some(similar) = similar_label(&label.label, labels) {
        finding = finding.help(similar);
    } else if !labels.is_empty() {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        finding = finding.note(format!("the labels are {}", list(&labels, 12)));
    }
    finding
}

/// A label that was probably meant.
fn similar_label(label: &str, labels: &[String]) -> Option<String> {
    let nearest = suggest::nearest(label, labels.iter().map(String::as_str))?;
    Some(match nearest.to_lowercase() == label.to_lowercase() {
        true => format!("a label exists that differs only in case: {}", tick(nearest)),
        false => format!("a label with a similar name exists: {}", tick(nearest)),
    })
}

/// What comes of a label without a variant.
const READING_FAILS: &str = "reading a row with that label fails";

/// The enum has a label without a variant.
pub fn missing_label(manifest: &Manifest, label: &str, name: &str, severity: Severity) -> Finding {
    let object = format!("{name}.{label}");
    let message =
        format!("label {} of enum {} has no variant in {}", tick(label), tick(name), tick(&manifest.path));
    Finding::new(Code::MissingLabel, "label", ObjectChange::Extra, object, message)
        .severity(severity)
        .actual(label)
        .at(Place::of(manifest))
        .note(READING_FAILS)
}

/// The binary was built from another snapshot of the relation than there is now.
pub fn stale_build(
    manifest: &Manifest,
    object: &str,
    directory: &str,
    (built, current): (&str, &str),
    source: Option<&str>,
) -> Finding {
    let message = format!("this program was built from another snapshot of {}", tick(object));
    let note = format!("the build read {}, and {} holds {}", tick(built), tick(directory), tick(current));
    let finding =
        Finding::new(Code::StaleSnapshot, "snapshot", ObjectChange::Changed, object.to_owned(), message)
            .severity(Severity::Warning)
            .attribute("digest")
            .at(Place::of(manifest))
            .note(note);
    another_snapshot(finding, directory, source)
}

/// The same of a whole program, where the live database is what matters.
pub fn stale_program(relations: &[&str], directory: &str, source: Option<&str>) -> Finding {
    let message = format!(
        "this program was built from another snapshot than {} ({})",
        tick(directory),
        plural(relations.len(), "relation")
    );
    let named: Vec<String> = relations.iter().take(5).map(|name| tick(name)).collect();
    let more = if relations.len() > named.len() { ", ..." } else { "" };
    let finding =
        Finding::new(Code::StaleSnapshot, "snapshot", ObjectChange::Changed, String::new(), message)
            .severity(Severity::Info)
            .attribute("digest")
            .note(format!("not the same: {}{more}", named.join(", ")));
    another_snapshot(finding, directory, source)
}

/// What to do where build and command line went by two snapshots; `source` is the build's, where that is certain.
fn another_snapshot(finding: Finding, directory: &str, source: Option<&str>) -> Finding {
    match source {
        Some(source) => finding
            .note(format!("the build read {}, which is nearer to the source file", tick(source)))
            .help(format!("set SCHEMACHECK_DIR={source} here, or remove one of the two directories")),
        None => finding.help("if the snapshot has changed since, build the program again").help(format!(
            "else the build read another directory than {}: set SCHEMACHECK_DIR to that one here",
            tick(directory)
        )),
    }
}

/// The database could not be looked at.
pub fn unreadable(problem: &str) -> Finding {
    let problem = one_line(problem);
    let message = format!("the database could not be looked at: {problem}");
    Finding::new(Code::Unreadable, "database", ObjectChange::Missing, String::new(), message)
        .note("this says nothing about the schema: it was not verified")
}

/// The words of a server, a driver or another program on one line: they say more on lines of their own, such as
/// `DETAIL:`, and none of these may look like one of ours.
pub fn one_line(words: &str) -> String {
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    printable(&lines.join("; "))
}

/// A snapshot and a database differ in one thing.
pub fn stale(difference: &crate::drift::Difference) -> Finding {
    let (kind, name) = (difference.kind, tick(&difference.object));
    let message = match (&difference.before, &difference.after, difference.attribute) {
        (Some(_), None, _) => format!("{kind} {name} is in the snapshot, not in the database"),
        (None, _, _) => format!("{kind} {name} is in the database, not in the snapshot"),
        (Some(before), Some(after), attribute) => format!(
            "{kind} {name} has another {}: {} in the snapshot, {} in the database",
            attribute.unwrap_or("value"),
            tick(before),
            tick(after)
        ),
    };
    let mut finding = Finding::new(
        Code::StaleSnapshot,
        difference.kind,
        difference.change(),
        difference.object.clone(),
        message,
    )
    .severity(difference.severity());
    finding.attribute = difference.attribute;
    finding.expected.clone_from(&difference.before);
    finding.actual.clone_from(&difference.after);
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;

    /// So many tenants with a table `users` each, and the search path elsewhere.
    fn tenants(count: usize) -> Catalog {
        Catalog {
            search_path: vec!["public".into()],
            known_relations: (1..=count).map(|n| QualifiedName::new(format!("t{n}"), "users")).collect(),
            ..Catalog::default()
        }
    }

    fn users() -> Manifest {
        Manifest { relation: "users".into(), ..Manifest::default() }
    }

    #[test]
    fn of_hundreds_of_places_some_are_named() {
        let help = |count| missing_relation(&users(), &tenants(count)).help;
        let path = "; the search path is `public`";
        let start = "a relation of that name exists where the search path does not lead";
        assert_eq!(help(1), [format!("{start}: `t1.users`{path}")]);
        assert_eq!(help(4), [format!("{start}: `t1.users`, `t2.users`, `t3.users` and `t4.users`{path}")]);
        assert_eq!(
            help(300),
            [format!("{start}: `t1.users`, `t10.users`, `t100.users`, `t101.users` and 296 more{path}")]
        );
        let tenant = Manifest { schema: Some("t999".into()), ..users() };
        assert_eq!(
            missing_relation(&tenant, &tenants(300)).help,
            [
                "a relation of that name exists in another schema: `t1.users`, `t10.users`, `t100.users`, `t101.users` \
                 and 296 more"
            ]
        );
    }

    /// A snapshot knows which schemas it covers, a live database is asked by name.
    #[test]
    fn the_build_says_how_tenants_take_a_snapshot() {
        let help = |schemas: &[&str], count| {
            let schemas = schemas.iter().map(|schema| (*schema).to_owned()).collect();
            missing_relation(&users(), &Catalog { schemas, ..tenants(count) }).help
        };
        assert_eq!(
            help(&["public", "t1", "t2"], 2)[1..],
            [
                "if each of these schemas is a tenant's, take the snapshot over a search path that leads to one: \
                 `?options=-c%20search_path%3Dt1,public` in its URL"
            ]
        );
        assert_eq!(help(&["public", "t1"], 1).len(), 1);
        assert_eq!(help(&[], 2).len(), 1);
    }

    #[test]
    fn what_is_hidden_is_not_said_to_be_off_the_path() {
        let mut catalog = tenants(1);
        catalog.search_path.push("t1".into());
        let finding = missing_relation(&users(), &catalog);
        assert!(finding.notes[0].starts_with("`t1.users` is there, and hidden"), "{finding:?}");
        assert!(finding.help.is_empty(), "{finding:?}");
        catalog.search_path.pop();
        assert!(missing_relation(&users(), &catalog).notes.is_empty());
    }

    #[test]
    fn what_a_server_says_on_several_lines_stands_on_one() {
        assert_eq!(
            unreadable("db error: FATAL: no\nDETAIL: too late\n").message,
            "the database could not be looked at: db error: FATAL: no; DETAIL: too late"
        );
        assert!(unreadable("a\u{1b}[31m").message.ends_with(r"a\u{1b}[31m"));
    }
}
