//! What is said of a type that derives `PgEnum` or `PgType`.

use proc_macro2::Span;
use schemacheck_core::{PgType, mapping, pg_type};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Ident};

use super::case::Spelling;
use super::derives::Derives;
use super::{db_enum, diesel, postgres, sea_orm, sqlx};
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
    /// Nobody knows here.
    Open,
}

/// What a type holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// The server's own types of these names.
    Plain(Vec<&'static str>),
    /// A type of a schema.
    Named(Named),
    /// What code decodes that was written by hand: anything.
    Open,
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
    ("Char", TEXT),
    ("SmallInt", &["int2"]),
    ("Smallint", &["int2"]),
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
    ("Interval", &["interval"]),
    ("Uuid", &["uuid"]),
    ("Json", &["json"]),
    ("Jsonb", &["jsonb"]),
    ("Inet", &["inet"]),
    ("Cidr", &["cidr"]),
    ("MacAddr", &["macaddr"]),
    ("Macaddr", &["macaddr"]),
    ("MacAddr8", &["macaddr8"]),
    ("Macaddr8", &["macaddr8"]),
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
            Self::Open => None,
        }
    }

    /// Schema and name, by what the snapshot knows.
    fn named(&self, snapshot: Option<&Snapshot>) -> Named {
        match self {
            Self::Literal(name) => anywhere(name, snapshot),
            Self::Sql(text) => match pg_type::spelled(text) {
                Ok(spelled) => {
                    let PgType { schema, name, .. } = spelled.ty();
                    ((!schema.is_empty()).then(|| schema.to_string()), name.to_string())
                }
                Err(_) => (None, text.clone()),
            },
            Self::Diesel(marker) => of_marker(marker, snapshot),
            Self::Text | Self::Open => (None, "text".to_owned()),
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
        // An enum with a `repr` is that number, whatever else is named.
        if matches!(input.data, Data::Enum(_)) && repr(&input.attrs).is_some() {
            words.names.clear();
        }
        if is_silent(&words) {
            words.add_default_of_sqlx(input, &derives);
        }
        if is_silent(&words) {
            postgres::read_type(&input.attrs, &derives, input, &mut words);
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
        if is_silent(&words) && matches!(input.data, Data::Enum(_)) {
            db_enum::read_enum(&input.attrs, &derives, &input.ident, &mut words);
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
        if *first == TypeName::Open {
            return Some((Holds::Open, *span));
        }
        if first.plain().is_none() {
            return Some((Holds::Named(first.named(snapshot)), *span));
        }
        let mut types: Vec<&'static str> =
            self.names.iter().filter_map(|(name, _)| name.plain()).flatten().collect();
        types.sort_unstable();
        types.dedup();
        Some((Holds::Plain(types), *span))
    }

    /// Whether code that was written by hand decodes it.
    pub(crate) fn is_decoded_by_hand(&self) -> bool {
        self.is_by_hand
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
        .or_else(|| db_enum::variant_label(attributes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Snapshot {
        Snapshot::open(None).unwrap()
    }

    fn words(item: &str) -> TypeWords {
        TypeWords::of(&syn::parse_str(item).unwrap())
    }

    #[track_caller]
    fn holds(item: &str, expect: &Holds) {
        assert_eq!(
            words(item).holds(Some(&snapshot())).map(|(holds, _)| holds).as_ref(),
            Some(expect),
            "{item}"
        );
    }

    fn named(schema: Option<&str>, name: &str) -> Holds {
        Holds::Named((schema.map(str::to_owned), name.to_owned()))
    }

    #[test]
    fn a_marker_of_diesel_is_a_type_in_pascal_case() {
        holds("#[diesel(sql_type = crate::schema::sql_types::Mood)] enum M { A }", &named(None, "mood"));
        holds("#[diesel(sql_type = sql_types::Tier)] enum M { A }", &named(None, "Tier"));
        holds("#[diesel(sql_type = DeliveryState)] enum M { A }", &named(None, "delivery_state"));
        // In another schema than those of the search path.
        holds("#[diesel(sql_type = \"billing::Channel\")] enum M { A }", &named(Some("billing"), "channel"));
        holds("#[diesel(sql_type = Nowhere)] enum M { A }", &named(None, "nowhere"));
        holds("#[diesel(sql_type = Jsonb, sql_type = Json)] struct M;", &Holds::Plain(vec!["json", "jsonb"]));
        holds(
            "#[diesel(sql_type = diesel::sql_types::Text)] struct M;",
            &Holds::Plain(vec!["bpchar", "citext", "name", "text", "varchar"]),
        );
    }

    #[test]
    fn sql_folds_a_type_that_is_not_quoted() {
        holds("#[sqlx(type_name = \"Mood\")] enum M { A }", &named(None, "mood"));
        holds("#[sqlx(type_name = \"\\\"Tier\\\"\")] enum M { A }", &named(None, "Tier"));
        holds("#[sqlx(type_name = \"Billing.Channel\")] enum M { A }", &named(Some("billing"), "channel"));
        holds("#[sqlx(type_name = \"INTEGER\")] enum M { A }", &Holds::Plain(vec!["int4"]));
        // The item's name where none is written.
        holds("#[derive(sqlx::Type)] enum Mood { A }", &named(None, "mood"));
        holds("#[sqlx(rename_all = \"lowercase\")] enum Mood { A }", &named(None, "mood"));
        holds("#[sqlx(no_pg_array)] #[repr(i32)] enum Mood { A }", &Holds::Plain(vec!["int4"]));
        // A derive of that name is not sqlx's alone.
        assert!(words("#[derive(Type)] enum Mood { A }").holds(None).is_none());
    }

    #[test]
    fn postgres_types_takes_a_name_to_the_letter_and_from_any_schema() {
        holds("#[postgres(name = \"channel\")] enum M { A }", &named(Some("billing"), "channel"));
        holds("#[derive(FromSql)] enum Tier { A }", &named(None, "Tier"));
        holds("#[derive(ToSql)] enum Mood { A }", &named(None, "Mood"));
        assert!(words("#[postgres(transparent)] struct M(i64);").transparent);
        assert!(words("#[postgres(name = \"x\")] enum M { A }").is_closed);
        assert!(!words("#[postgres(name = \"x\", allow_mismatch)] enum M { A }").is_closed);
    }

    #[test]
    fn sea_orm_says_what_an_enum_is_kept_in() {
        let item = |db: &str, rust: &str| {
            format!(
                "#[sea_orm(rs_type = \"{rust}\", db_type = \"{db}\", enum_name = \"mood\")] enum M {{ A }}"
            )
        };
        holds(&item("Enum", "String"), &named(None, "mood"));
        holds(&item("Integer", "i32"), &Holds::Plain(vec!["int4"]));
        holds(
            &item("String(StringLen::None)", "String"),
            &Holds::Plain(vec!["bpchar", "citext", "name", "text", "varchar"]),
        );
        holds("#[derive(FromJsonQueryResult)] struct M;", &Holds::Plain(vec!["json", "jsonb"]));
        assert!(words("#[derive(DeriveValueType)] struct M(i64);").transparent);
    }

    #[test]
    fn diesel_derive_enum_spells_labels_in_snake_case() {
        for item in [
            "#[derive(DbEnum)] #[ExistingTypePath = \"crate::schema::sql_types::Mood\"] enum M { A }",
            "#[derive(DbEnum)] #[db_enum(existing_type_path = \"crate::schema::sql_types::Mood\")] enum M { A }",
            "#[derive(DbEnum)] enum Mood { A }",
        ] {
            holds(item, &named(None, "mood"));
            assert_eq!(words(item).label_rule(), LabelRule::Spelled(Spelling::Snake), "{item}");
        }
        let verbatim = words("#[derive(DbEnum)] #[DbValueStyle = \"verbatim\"] enum Mood { A }");
        assert_eq!(verbatim.label_rule(), LabelRule::Spelled(Spelling::Literal));
        let item: syn::DeriveInput = syn::parse_str("#[db_rename = \"x\"] struct S;").unwrap();
        assert_eq!(label(&item.attrs, "S").map(|(label, _)| label).as_deref(), Some("x"));
    }

    #[test]
    fn labels_that_are_written_by_hand_have_no_rule() {
        let by_hand = "#[diesel(sql_type = Mood)] enum Mood { A }";
        assert_eq!(words(by_hand).label_rule(), LabelRule::ByHand);
        let derived =
            "#[derive(diesel::Enum)] #[diesel(sql_type = Mood, rename_all = \"snake_case\")] enum M { A }";
        let rule = words(derived).label_rule();
        assert_eq!(rule, LabelRule::Spelled(Spelling::Ours(crate::attr::RenameAll::Snake)));
    }
}
