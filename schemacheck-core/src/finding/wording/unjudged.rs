//! What the build did not check, and what it let through.

use std::collections::{BTreeMap, BTreeSet};

use super::composite::Attribute;
use super::{flattened_unfit, join, list, tick, wrong_attribute_type, wrong_base, wrong_type};
use crate::catalog::{Catalog, Relation};
use crate::code::{Code, Severity};
use crate::finding::{Finding, ObjectChange, Place, plural};
use crate::manifest::{BuildMode, Expected, Group, Level, Manifest};
use crate::mapping;
use crate::pg_type::TypeDef;

/// How many objects a reason names.
const NAMED: usize = 4;

/// Why the compiler's word says nothing of what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// `SCHEMACHECK_BUILD=off`.
    Off,
    /// The build found no snapshot of the relation or the type.
    NoSnapshot,
    /// The snapshot lacked it.
    NotInSnapshot,
    /// It stands in a flattened struct, of which the snapshot lacked something.
    BesideMissing,
    /// The build let it through, and it has another type now.
    Retyped,
}

/// What the build of a package did not check.
#[derive(Debug, Default)]
pub struct Gap {
    /// Columns by their fields, and Rust types by themselves.
    places: Vec<Place>,
    severity: Option<Severity>,
    /// The reasons, and what they are about.
    reasons: BTreeMap<Why, BTreeSet<String>>,
}

impl Gap {
    /// Adds a field or a type.
    pub fn add(&mut self, place: Place, severity: Severity, why: Why, object: String) {
        if !self.places.contains(&place) {
            self.places.push(place);
        }
        self.severity = self.severity.max(Some(severity));
        self.reasons.entry(why).or_default().insert(object);
    }
}

/// A package's build did not check something that is there.
pub fn unjudged(package: &str, gap: &Gap) -> Finding {
    let (columns, types): (Vec<&Place>, Vec<&Place>) =
        gap.places.iter().partition(|place| place.field.is_some());
    let mut what = Vec::new();
    if !columns.is_empty() {
        what.push(format!("types and NULL of {}", plural(columns.len(), "column")));
    }
    if !types.is_empty() {
        what.push(plural(types.len(), "Rust type"));
    }
    let message = format!("the build of {} did not check {}", tick(package), join(&what));
    let mut finding =
        Finding::new(Code::Unjudged, "package", ObjectChange::Missing, package.to_owned(), message);
    finding.severity = gap.severity.unwrap_or(finding.severity);
    finding.rust = columns.into_iter().chain(types).cloned().collect();
    for (why, objects) in &gap.reasons {
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        let names = list(&objects, NAMED);
        finding.notes.push(match why {
            Why::Off => "it was built with `SCHEMACHECK_BUILD=off`".to_owned(),
            Why::NoSnapshot => format!("the build found no snapshot of {names}"),
            Why::NotInSnapshot => format!("not in the snapshot of the build: {names}"),
            Why::BesideMissing => {
                format!("in a flattened struct with other columns that the snapshot lacked: {names}")
            }
            Why::Retyped => {
                format!("did not fit at the build, which let it through, and has another type now: {names}")
            }
        });
    }
    if gap.reasons.contains_key(&Why::Off) {
        finding = finding.help("build it without `SCHEMACHECK_BUILD=off`, so that the compiler checks them");
    }
    if gap.reasons.keys().any(|why| *why != Why::Off) {
        finding = finding.help("run `cargo schemacheck snapshot`, commit the result, and build again");
    }
    finding
}

/// That the build knew of a mismatch, and why it went on. Nothing where it did not.
pub fn let_through(manifest: &Manifest, expected: &Expected, code: Code) -> Option<String> {
    match (manifest.level(Some(expected), code), manifest.mode) {
        (Some(Level::Warn), _) => Some(format!("the build warned of it, as `warn({code})` asks for")),
        (_, BuildMode::Warn) => Some("the build let it through: `SCHEMACHECK_BUILD=warn`".to_owned()),
        _ => None,
    }
}

/// A column that its field cannot hold, as the build said.
pub fn type_let_through(
    manifest: &Manifest,
    expected: &Expected,
    relation: &Relation,
    catalog: &Catalog,
    severity: Severity,
) -> Finding {
    let object = format!("{}.{}", relation.name, expected.column);
    let message = expected.built.as_ref().map_or_else(String::new, |built| {
        let (base, written) = (built.base_type(), &expected.rust_type);
        wrong_type(&object, &expected.field, written, &built.ty, base, None, &[]).plain
    });
    mismatch(manifest, expected, catalog, "column", object, message, severity)
}

/// An attribute of a composite type that its field cannot hold.
pub fn attribute_let_through(attribute: Attribute<'_>, catalog: &Catalog, severity: Severity) -> Finding {
    let Attribute { manifest, expected, .. } = attribute;
    let object = attribute.object();
    let message = expected.built.as_ref().map_or_else(String::new, |built| {
        wrong_attribute_type(&object, &expected.field, &expected.rust_type, built, None, &[]).plain
    });
    mismatch(manifest, expected, catalog, "attribute", object, message, severity)
}

/// A domain whose base type its field cannot hold.
pub fn base_let_through(
    manifest: &Manifest,
    expected: &Expected,
    def: &TypeDef,
    catalog: &Catalog,
    severity: Severity,
) -> Finding {
    let object = def.name.to_string();
    let message = expected.built.as_ref().map_or_else(String::new, |built| {
        wrong_base(&object, &expected.field, &expected.rust_type, built, None, &[]).plain
    });
    mismatch(manifest, expected, catalog, "type", object, message, severity)
}

fn mismatch(
    manifest: &Manifest,
    expected: &Expected,
    catalog: &Catalog,
    kind: &'static str,
    object: String,
    message: String,
    severity: Severity,
) -> Finding {
    let mut finding = Finding::new(Code::TypeMismatch, kind, ObjectChange::Changed, object, message)
        .severity(severity)
        .attribute("type")
        .expected(&expected.rust_type)
        .at(Place::of_column(manifest, expected));
    if let Some(built) = &expected.built {
        let base = built.base_type();
        finding.actual = Some(built.ty.to_string());
        let is_defined = catalog.types.contains_key(&base.qualified_name());
        let accepted = mapping::accepted(base);
        if !is_defined && !accepted.is_empty() {
            finding.notes.push(format!("accepted for {}: {}", tick(&base.to_string()), join(&accepted)));
        }
    }
    finding.notes.extend(let_through(manifest, expected, Code::TypeMismatch));
    finding.help("use a type that holds it, or migrate the column; then build again")
}

/// A flattened struct that does not fit its table, as the build said.
pub fn group_let_through(
    manifest: &Manifest,
    group: &Group,
    relation: &Relation,
    severity: Severity,
) -> Finding {
    let text = flattened_unfit(&group.rust_type, relation, Code::TypeMismatch);
    let message = text.lines().next().unwrap_or_default().to_owned();
    let place = Place { field: Some(group.field.clone()), line: group.line, ..Place::of(manifest) };
    let object = relation.name.to_string();
    let mut finding = Finding::new(Code::TypeMismatch, "relation", ObjectChange::Changed, object, message)
        .severity(severity)
        .attribute("type")
        .at(place);
    finding.notes.extend(let_through(manifest, &Expected::default(), Code::TypeMismatch));
    finding.help("build it once without `SCHEMACHECK_BUILD=warn`: the error names the columns")
}
