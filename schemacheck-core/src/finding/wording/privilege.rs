//! What a role may not do.

use super::tick;
use crate::catalog::Relation;
use crate::code::{Code, Severity};
use crate::finding::{Finding, ObjectChange, Place};
use crate::ident::{QualifiedName, quote};
use crate::manifest::{Expected, Manifest};
use crate::privilege::{Privilege, Sequence, Source};

/// The schema may not be used.
pub fn closed_schema(manifest: &Manifest, schema: &str, role: &str, severity: Severity) -> Finding {
    let message = format!("role {} may not use schema {}", tick(role), tick(schema));
    let grant = format!("USAGE ON SCHEMA {}", quote(schema));
    finding("schema", schema.to_owned(), message, "USAGE", &grant, role)
        .severity(severity)
        .at(Place::of(manifest))
}

/// A privilege is lacking on a relation as a whole.
pub fn no_privilege(
    manifest: &Manifest,
    relation: &Relation,
    privilege: Privilege,
    role: &str,
    severity: Severity,
) -> Finding {
    let name = &relation.name;
    let message = may_not(relation, privilege, role);
    let grant = format!("{} ON {}", privilege.word(), name.to_sql());
    finding("relation", name.to_string(), message, privilege.word(), &grant, role)
        .severity(severity)
        .at(Place::of(manifest))
}

fn may_not(relation: &Relation, privilege: Privilege, role: &str) -> String {
    let does = match privilege {
        Privilege::Select => "SELECT from",
        Privilege::Insert => "INSERT into",
        Privilege::Update => "UPDATE",
    };
    let kind = relation.kind.word();
    format!("role {} may not {does} {kind} {}", tick(role), tick(&relation.name.to_string()))
}

/// A privilege is there on other columns.
pub fn no_column_privilege(
    manifest: &Manifest,
    (relation, expected): (&Relation, &Expected),
    privilege: Privilege,
    role: &str,
    severity: Severity,
) -> Finding {
    let object = format!("{}.{}", relation.name, expected.column);
    let message = format!("role {} may not {} column {}", tick(role), privilege.word(), tick(&object));
    let grant = format!("{} ({}) ON {}", privilege.word(), quote(&expected.column), relation.name.to_sql());
    finding("column", object, message, privilege.word(), &grant, role)
        .severity(severity)
        .at(Place::of_column(manifest, expected))
}

/// An insert draws from a sequence that may not be used.
pub fn closed_sequence(manifest: &Manifest, sequence: &Sequence, role: &str, severity: Severity) -> Finding {
    let name = &sequence.name;
    let column = format!("{}.{}", sequence.relation, sequence.column);
    let message = format!(
        "role {} may not use sequence {}, from which column {} takes its default",
        tick(role),
        tick(&name.to_string()),
        tick(&column)
    );
    let grant = format!("USAGE ON SEQUENCE {}", name.to_sql());
    finding("sequence", name.to_string(), message, "USAGE", &grant, role)
        .severity(severity)
        .at(Place::of(manifest))
}

/// A view reads what it may not.
pub fn closed_source(manifest: &Manifest, source: &Source, role: &str, severity: Severity) -> Finding {
    let (reader, how) = match &source.owner {
        Some(owner) => (owner.as_str(), "with the rights of its owner"),
        None => (role, "with the rights of who asks (`security_invoker`)"),
    };
    let (view, name) = (tick(&source.view.to_string()), tick(&source.name.to_string()));
    let message = format!("role {} may not SELECT from {name}, which view {view} reads {how}", tick(reader));
    let grant = format!("SELECT ON {}", source.name.to_sql());
    finding("relation", source.name.to_string(), message, "SELECT", &grant, reader)
        .severity(severity)
        .at(Place::of(manifest))
}

/// Row security applies to the role, and no policy lets anything through.
pub fn no_policy(manifest: &Manifest, relation: &Relation, privilege: Privilege, role: &str) -> Finding {
    let table = format!("{} {}", relation.kind.word(), tick(&relation.name.to_string()));
    let role = tick(role);
    let message = match privilege {
        Privilege::Select => format!("row security hides every row of {table} from role {role}"),
        Privilege::Insert => format!("row security lets role {role} insert no row into {table}"),
        Privilege::Update => format!("row security lets role {role} update no row of {table}"),
    };
    let attribute = match privilege {
        Privilege::Select => "SELECT policy",
        Privilege::Insert => "INSERT policy",
        Privilege::Update => "UPDATE policy",
    };
    let mut finding = Finding::new(
        Code::MissingPrivilege,
        "relation",
        ObjectChange::Changed,
        relation.name.to_string(),
        message,
    )
    .severity(Severity::Warning)
    .note("no policy of the table is for this role and this command")
    .help("a `CREATE POLICY` for the role; or check that this is the role that the program should have")
    .at(Place::of(manifest));
    finding.attribute = Some(attribute);
    finding
}

/// Row security applies to the role, and the session is set to fail where it does.
pub fn row_security_off(
    manifest: &Manifest,
    relation: &Relation,
    privilege: Privilege,
    role: &str,
    severity: Severity,
) -> Finding {
    let message = format!("{} with `row_security = off`", may_not(relation, privilege, role));
    let object = relation.name.to_string();
    let mut finding =
        Finding::new(Code::MissingPrivilege, "relation", ObjectChange::Changed, object, message)
            .severity(severity)
            .note("row security applies to this role, and with that setting the server refuses what it would filter")
            .help("set `row_security = on`, which is the default: the setting comes from the role, the database or the connection")
            .at(Place::of(manifest));
    finding.attribute = Some("row_security");
    finding
}

/// A name without schema leads into a schema of the search path that may not be used.
pub fn closed_on_path(manifest: &Manifest, name: &QualifiedName, role: &str) -> Finding {
    let message = format!("role {} may not use schema {} of the search path", tick(role), tick(&name.schema));
    let grant = format!("USAGE ON SCHEMA {}", quote(&name.schema));
    finding("schema", name.schema.clone(), message, "USAGE", &grant, role)
        .note("without the privilege nothing in it is found, though it holds what the program needs")
        .at(Place::of(manifest))
}

fn finding(
    kind: &'static str,
    object: String,
    message: String,
    attribute: &'static str,
    grant: &str,
    role: &str,
) -> Finding {
    let mut finding = Finding::new(Code::MissingPrivilege, kind, ObjectChange::Missing, object, message);
    finding.attribute = Some(attribute);
    finding.help(format!("`GRANT {grant} TO {};`, as the owner or in a migration", quote(role)))
}
