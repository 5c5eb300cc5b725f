//! What is said of a type that derives `PgEnum` or `PgType`.

use proc_macro2::Span;
use schemacheck_core::{PgType, mapping, pg_type};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Ident};

use super::case::Spelling;
use super::derives::Derives;
use super::{diesel, postgres, sea_orm, sqlx};
use crate::check::Named;
use crate::snapshot::Snapshot;

/// How a PostgreSQL type is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeName {
    /// To the letter.
    Literal(String),
    /// As SQL spells it: folded, with a schema perhaps.
    Sql(String),
    /// By the marker of diesel that stands for it.
    Diesel(String),
    /// Whatever a `String` is read from.
    Text,
}

/// What a type holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// The server's own types of these names.
    Plain(Vec<&'static str>),
    /// A type of a schema.
    Named(Named),
}

/// How the labels of an enum are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelRule {
    /// So.
    Spelled(Spelling),
    /// By code that was written by hand.
    ByHand,
}

/// What other libraries' attributes and derives say of the type.
#[derive(Debug, Default)]
pub(crate) struct TypeWords {
    pub(super) names: Vec<(TypeName, Span)>,
    /// Whether it holds what the type inside holds.
    pub(crate) transparent: bool,
    pub(super) spelling: Option<Spelling>,
    /// Whether its library refuses the whole type where the labels differ in any way.
    pub(crate) is_closed: bool,
    /// Whether labels without variants are meant to be there.
    pub(crate) is_open: bool,
    pub(super) is_by_hand: bool,
}

/// diesel's markers of the server's own types, each with what its Rust types read. diesel looks at no type of the server:
/// what `table!` says is what is read.
const MARKERS: &[(&str, &[&str])] = &[
    ("Text", TEXT),
    ("Varchar", TEXT),
    ("VarChar", TEXT),
    ("Bpchar", TEXT),
    ("Citext", TEXT),
    ("SmallInt", &["int2"]),
    ("Int2", &["int2"]),
    ("SmallSerial", &["int2"]),
    ("Integer", &["int4"]),
    ("Int4", &["int4"]),
    ("Serial", &["int4"]),
    ("BigInt", &["int8"]),
    ("Int8", &["int8"]),
    ("Bigint", &["int8"]),
    ("BigSerial", &["int8"]),
    ("Float", &["float4"]),
    ("Float4", &["float4"]),
    ("Double", &["float8"]),
    ("Float8", &["float8"]),
    ("Numeric", &["numeric"]),
    ("Decimal", &["numeric"]),
    ("Bool", &["bool"]),
    ("Binary", &["bytea"]),
    ("Bytea", &["bytea"]),
    ("Date", &["date"]),
    ("Time", &["time"]),
    ("Timestamp", &["timestamp"]),
    ("Timestamptz", &["timestamptz"]),
    ("TimestamptzSql", &["timestamptz"]),
    ("Interval", &["interval"]),
    ("Uuid", &["uuid"]),
    ("Json", &["json"]),
    ("Jsonb", &["jsonb"]),
    ("Inet", &["inet"]),
    ("Cidr", &["cidr"]),
    ("MacAddr", &["macaddr"]),
    ("MacAddr8", &["macaddr8"]),
    ("Money", &["money"]),
    ("Oid", &["oid"]),
];

pub(crate) const TEXT: &[&str] = &["text", "varchar", "bpchar", "name", "citext"];

impl TypeName {
    /// The types of the server's own that are meant; nothing of any other.
    fn plain(&self) -> Option<Vec<&'static str>> {
        let own = |name: &str| {
            let (own, _) = mapping::markers().find(|(own, _)| *own == name)?;
            Some(vec![own])
        };
        match self {
            Self::Literal(name) => own(name),
            Self::Sql(text) => {
                let spelled = pg_type::spelled(text).ok()?;
                let ty = spelled.ty();
                let is_own = ty.is_builtin() || ty.schema.is_empty();
                if is_own && !ty.is_array() { own(&ty.name) } else { None }
            }
            Self::Diesel(name) => {
                MARKERS.iter().find(|(marker, _)| marker == name).map(|(_, types)| types.to_vec())
            }
            Self::Text => Some(TEXT.to_vec()),
        }
    }

    /// Schema and name, by what the snapshot knows.
    fn named(&self, snapshot: Option<&Snapshot>) -> Named {
        match self {
            Self::Literal(name) => anywhere(name, snapshot),
            Self::Sql(text) => match pg_type::spelled(text) {
                Ok(spelled) => {
                    let PgType { schema, name, .. } = spelled.ty();
                    ((!schema.is_empty()).then(|| schema.clone()), name.clone())
                }
                Err(_) => (None, text.clone()),
            },
            Self::Diesel(marker) => of_marker(marker, snapshot),
            Self::Text => (None, "text".to_owned()),
        }
    }
}

/// A type that is looked up by its name alone: as the search path finds it, else the only one of that name.
fn anywhere(name: &str, snapshot: Option<&Snapshot>) -> Named {
    let Some(snapshot) = snapshot.filter(|snapshot| !snapshot.has_type(None, name)) else {
        return (None, name.to_owned());
    };
    let known = snapshot.type_names();
    let mut same = known.iter().filter(|known| known.name == name);
    match (same.next(), same.next()) {
        (Some(only), None) => (Some(only.schema.clone()), only.name.clone()),
        _ => (None, name.to_owned()),
    }
}

/// The type that a marker stands for, which is its name in Pascal case.
fn of_marker(marker: &str, snapshot: Option<&Snapshot>) -> Named {
    let fallback = || (None, Spelling::Snake.apply(marker));
    let Some(snapshot) = snapshot else { return fallback() };
    let lower = marker.to_lowercase();
    let mut names = [marker.to_owned(), Spelling::Snake.apply(marker), lower].into_iter();
    if let Some(name) = names.find(|name| snapshot.has_type(None, name)) {
        return (None, name);
    }
    let known = snapshot.type_names();
    let mut same = known.iter().filter(|known| Spelling::Pascal.apply(&known.name) == marker);
    match (same.next(), same.next()) {
        (Some(only), None) => (Some(only.schema.clone()), only.name.clone()),
        _ => fallback(),
    }
}

impl TypeWords {
    pub(crate) fn of(input: &DeriveInput) -> Self {
        let derives = Derives::of(&input.attrs);
        let mut words = Self::default();
        // The first library that says something has the word.
        let is_silent = |words: &Self| words.names.is_empty() && !words.transparent;
        sqlx::read_type(&input.attrs, &mut words);
        if is_silent(&words) {
            words.add_default_of_sqlx(input, &derives);
        }
        if is_silent(&words) {
            postgres::read_type(&input.attrs, &derives, &input.ident, &mut words);
        }
        if is_silent(&words) {
            match &input.data {
                Data::Enum(_) => sea_orm::read_enum(&input.attrs, &input.ident, &mut words),
                _ => sea_orm::read_newtype(&input.attrs, &derives, input.ident.span(), &mut words),
            }
        }
        if is_silent(&words) {
            let is_enum = matches!(input.data, Data::Enum(_));
            diesel::read_type(&input.attrs, is_enum && derives.has("Enum"), &mut words);
        }
        // Of the crate diesel-derive-newtype.
        words.transparent |= is_silent(&words) && derives.has("DieselNewType");
        words
    }

    pub(super) fn add_name(&mut self, name: TypeName, span: Span) {
        self.names.push((name, span));
    }

    /// What `sqlx::Type` takes where no `type_name` is written: of an enum with a `repr` that type, else the item's name.
    fn add_default_of_sqlx(&mut self, input: &DeriveInput, derives: &Derives) {
        let speaks = |attributes: &[Attribute]| {
            attributes.iter().any(|attribute| attribute.path().is_ident(sqlx::LIBRARY))
        };
        let on_variants = match &input.data {
            Data::Enum(data) => data.variants.iter().any(|variant| speaks(&variant.attrs)),
            Data::Struct(_) | Data::Union(_) => false,
        };
        if !derives.has_sqlx_type() && !speaks(&input.attrs) && !on_variants {
            return;
        }
        let name = match repr(&input.attrs).as_deref() {
            Some("i16") => TypeName::Sql("int2".into()),
            Some("i32") => TypeName::Sql("int4".into()),
            Some("i64") => TypeName::Sql("int8".into()),
            Some(_) => return,
            None => TypeName::Sql(input.ident.unraw().to_string()),
        };
        self.add_name(name, input.ident.span());
    }

    /// What the type holds, and where that is said.
    pub(crate) fn holds(&self, snapshot: Option<&Snapshot>) -> Option<(Holds, Span)> {
        let (first, span) = self.names.first()?;
        if first.plain().is_none() {
            return Some((Holds::Named(first.named(snapshot)), *span));
        }
        let mut types: Vec<&'static str> =
            self.names.iter().filter_map(|(name, _)| name.plain()).flatten().collect();
        types.sort_unstable();
        types.dedup();
        Some((Holds::Plain(types), *span))
    }

    /// How labels and attributes are spelled that are not named by themselves.
    pub(crate) fn label_rule(&self) -> LabelRule {
        match self.spelling {
            Some(spelling) => LabelRule::Spelled(spelling),
            None if self.is_by_hand => LabelRule::ByHand,
            None => LabelRule::Spelled(Spelling::Literal),
        }
    }
}

/// The type of `#[repr(i32)]`.
fn repr(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("repr"))?;
    attribute.parse_args::<Ident>().ok().map(|ident| ident.to_string())
}

/// The label that a variant names, or the attribute that a field of a composite type names.
pub(crate) fn label(attributes: &[Attribute], name: &str) -> Option<(String, Span)> {
    sqlx::variant_label(attributes)
        .or_else(|| postgres::name_of(attributes))
        .or_else(|| sea_orm::variant_label(attributes, name))
        .or_else(|| diesel::variant_label(attributes))
}
