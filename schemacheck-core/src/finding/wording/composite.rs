//! Composite types and domains: what does not fit the Rust type that derives one.

use super::build::cannot_hold;
use super::{BuildMessage, article, changed, explain, list, tick};
use crate::code::Code;
use crate::finding::{Finding, ObjectChange, Place};
use crate::manifest::{Built, Expected, Manifest};
use crate::pg_type::{Change, PgType, TypeDef, TypeKind};

/// What a missing attribute was probably meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant<'a> {
    /// Another one, by its name.
    Similar(&'a str),
    /// The one that stands in its place.
    InItsPlace(&'a str),
}

/// An attribute of a composite type, and the field that means it.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    /// The Rust type.
    pub manifest: &'a Manifest,
    /// Its field.
    pub expected: &'a Expected,
    /// The composite type.
    pub def: &'a TypeDef,
}

impl Attribute<'_> {
    pub(super) fn object(&self) -> String {
        format!("{}.{}", self.def.name, self.expected.column)
    }

    fn finding(&self, change: ObjectChange, message: String) -> Finding {
        Finding::new(Code::TypeMismatch, "attribute", change, self.object(), message)
            .attribute("attributes")
            .at(Place::of_column(self.manifest, self.expected))
    }
}

/// A field means an attribute that does not exist.
pub fn missing_attribute(attribute: Attribute<'_>, meant: Option<Meant<'_>>) -> Finding {
    let Attribute { expected, def, .. } = attribute;
    let message = format!(
        "cannot find attribute {} in composite type {}",
        tick(&expected.column),
        tick(&def.name.to_string())
    );
    let built = expected.built.as_ref().map_or("an attribute".to_owned(), |built| built.ty.to_string());
    let finding = attribute.finding(ObjectChange::Missing, message).expected(built);
    match meant {
        Some(Meant::Similar(name)) if name.to_lowercase() == expected.column.to_lowercase() => {
            finding.help(format!("an attribute exists whose name differs only in case: {}", tick(name)))
        }
        Some(Meant::Similar(name)) => {
            finding.help(format!("an attribute with a similar name exists: {}", tick(name)))
        }
        Some(Meant::InItsPlace(name)) => {
            finding.help(format!("the attribute {} stands in its place", tick(name)))
        }
        None => finding,
    }
}

/// An attribute has no field.
pub fn extra_attribute(manifest: &Manifest, def: &TypeDef, name: &str, ty: &PgType) -> Finding {
    let object = format!("{}.{name}", def.name);
    let message = format!(
        "attribute {} of composite type {} has no field in {}",
        tick(name),
        tick(&def.name.to_string()),
        tick(&manifest.path)
    );
    Finding::new(Code::TypeMismatch, "attribute", ObjectChange::Extra, object, message)
        .attribute("attributes")
        .actual(ty.to_string())
        .at(Place::of(manifest))
        .note(
            "`postgres` neither reads nor writes a composite type with another number of attributes; `sqlx` \
             cannot write it, and reads it only where the attributes without a field stand last",
        )
}

/// A field stands in another place than its attribute. `behind` says on which side of the attribute `other` the
/// attribute stands; the field stands on the other.
pub fn moved_attribute(attribute: Attribute<'_>, other: &str, behind: bool, order: &[&str]) -> Finding {
    let (there, here) = if behind { ("behind", "before") } else { ("before", "behind") };
    let name = tick(&attribute.expected.column);
    let message = format!(
        "attribute {name} of composite type {} stands {there} {}, but field {} stands {here} it",
        tick(&attribute.def.name.to_string()),
        tick(other),
        tick(&attribute.expected.field)
    );
    attribute
        .finding(ObjectChange::Changed, message)
        .help(format!("the order of the attributes is {}", list(order, 24)))
        .note("`sqlx` reads and writes the attributes of a composite type by their place")
}

/// The type of an attribute is another one than the build saw.
pub fn attribute_changed(attribute: Attribute<'_>, built: &PgType, live: &PgType, change: Change) -> Finding {
    let message = format!(
        "attribute {} is {}, but this program was built for {}",
        tick(&attribute.object()),
        tick(&live.to_string()),
        tick(&built.to_string())
    );
    let types = (built, live, change);
    changed(attribute.manifest, attribute.expected, "attribute", attribute.object(), message, types)
}

/// The type below a domain is another one than the build saw.
pub fn domain_changed(
    manifest: &Manifest,
    expected: &Expected,
    def: &TypeDef,
    built: &Built,
    live: &PgType,
    change: Change,
) -> Finding {
    let object = def.name.to_string();
    let message = format!(
        "domain {} is based on {}, but this program was built for {}",
        tick(&object),
        tick(&live.to_string()),
        tick(&built.base_type().to_string())
    );
    changed(manifest, expected, "type", object, message, (built.base_type(), live, change))
}

fn kind(manifest: &Manifest, def: &TypeDef, message: String, expected: &str) -> Finding {
    Finding::new(Code::TypeMismatch, "type", ObjectChange::Changed, def.name.to_string(), message)
        .attribute("kind")
        .expected(expected)
        .actual(def.kind.word())
        .at(Place::of(manifest))
}

/// A struct names a type that is neither a composite type nor a domain.
pub fn wrong_sort(manifest: &Manifest, def: &TypeDef) -> Finding {
    let message = format!(
        "{} is {}, but {} derives `PgType`",
        tick(&def.name.to_string()),
        article(def.kind.word()),
        tick(&manifest.path)
    );
    kind(manifest, def, message, "composite type or domain").help(match def.kind {
        TypeKind::Enum { .. } => "a Rust enum with its labels derives `PgEnum`",
        _ => "a type that decodes it by itself implements `schemacheck::AcceptsColumn` by hand",
    })
}

/// A type is of another sort than the build saw.
pub fn other_sort(manifest: &Manifest, def: &TypeDef, built: &str) -> Finding {
    let message = format!(
        "{} is {}, but this program was built for {}",
        tick(&def.name.to_string()),
        article(def.kind.word()),
        article(built)
    );
    kind(manifest, def, message, built)
}

/// A struct of several fields, or none, names a domain.
pub fn domain_of_several(manifest: &Manifest, def: &TypeDef) -> Finding {
    let count = match manifest.columns.len() {
        0 => "no field".to_owned(),
        count => format!("{count} fields"),
    };
    let message =
        format!("{} is a domain, but {} has {count}", tick(&def.name.to_string()), tick(&manifest.path));
    let finding = kind(manifest, def, message, "composite type");
    match manifest.columns.len() {
        0 => finding.help("the struct of a domain has one field, which holds the type that it is based on"),
        _ => finding
            .help("the struct of a domain has one field: the others are marked with `#[schemacheck(skip)]`"),
    }
}

/// A newtype names a composite type.
pub fn newtype_of_composite(manifest: &Manifest, def: &TypeDef, attributes: &[&str]) -> Finding {
    let message = format!(
        "{} is a composite type, but {} is a newtype",
        tick(&def.name.to_string()),
        tick(&manifest.path)
    );
    let fields = match attributes.len() {
        0 => "a composite type is held by a struct with named fields".to_owned(),
        _ => format!("it is held by a struct with a named field for each of {}", list(attributes, 24)),
    };
    kind(manifest, def, message, "domain")
        .help(fields)
        .help("a newtype around such a struct is `#[schemacheck(transparent)]`")
}

/// What is accepted for a type that is no enum.
pub(super) fn named_type(def: &TypeDef) -> String {
    let (name, shown) = (def.name.to_string(), tick(&def.name.to_string()));
    match &def.kind {
        TypeKind::Composite { .. } => format!(
            "accepted for the composite type {shown}: a struct with `#[derive(schemacheck::PgType)]` and \
             `#[schemacheck(type = {name:?})]`"
        ),
        TypeKind::Domain { .. } => format!(
            "accepted for the domain {shown}: a newtype with `#[derive(schemacheck::PgType)]` and \
             `#[schemacheck(type = {name:?})]`"
        ),
        kind => format!("{shown} is {}", article(kind.word())),
    }
}

/// An attribute whose type the field does not hold.
pub fn wrong_attribute_type(
    object: &str,
    field: &str,
    written: &str,
    built: &Built,
    def: Option<&TypeDef>,
    accepted: &[String],
) -> BuildMessage {
    let (declared, base) = (tick(&built.ty.to_string()), built.base_type());
    let before = format!("attribute {} is {declared}, but field {} is ", tick(object), tick(field));
    let based = format!("the domain {declared} is based on {}", tick(&base.to_string()));
    let notes = built.base.iter().map(|_| based.clone()).collect();
    cannot_hold(before, written, base, def, accepted, notes)
}

/// A domain whose base type the field does not hold.
pub fn wrong_base(
    object: &str,
    field: &str,
    written: &str,
    built: &Built,
    def: Option<&TypeDef>,
    accepted: &[String],
) -> BuildMessage {
    let base = built.base_type();
    let (object, shown) = (tick(object), tick(&base.to_string()));
    let before = format!("domain {object} is based on {shown}, but field {} is ", tick(field));
    cannot_hold(before, written, base, def, accepted, Vec::new())
}

/// A domain that `postgres` wants to be named, and a type that does not. For a warning alone. `is_within` an array or a
/// composite type it is read as the domain too.
pub fn domain_unnamed(
    noun: &str,
    object: &str,
    field: &str,
    written: &str,
    domain: &PgType,
    is_within: bool,
) -> BuildMessage {
    let (shown, name) = (tick(&domain.element().to_string()), domain.qualified_name().to_string());
    let what = if domain.is_array() { "an array of the domain" } else { "the domain" };
    let before = format!("{noun} {} is {what} {shown}, but field {} is ", tick(object), tick(field));
    let fact = match is_within {
        true => {
            "within an array or a composite type the crate `postgres` reads and writes a domain only as a type \
                 that names it"
        }
        false => "the crate `postgres` binds a parameter of a domain only to a type that names it",
    };
    BuildMessage {
        plain: format!("{before}{}", tick(written)),
        before: before + "`",
        after: "`".to_owned(),
        label: format!("does not name {shown}"),
        notes: vec![
            fact.into(),
            format!(
                "use a newtype that derives `ToSql` and `FromSql` of `postgres_types`, and `schemacheck::PgType` with \
                 `#[schemacheck(type = {name:?})]`"
            ),
            "where another crate talks to the database nothing is wrong: \
             `#[schemacheck(allow(type-mismatch, reason = \"...\"))]` on the field turns this check off"
                .into(),
            explain(Code::TypeMismatch),
        ],
    }
}
