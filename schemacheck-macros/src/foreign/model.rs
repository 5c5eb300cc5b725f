//! What is said of a struct that derives `Model`.

use proc_macro2::Span;
use schemacheck_core::manifest::Kind;
use syn::{Attribute, Data, DeriveInput};

use super::case::{Spelling, diesel_snake};
use super::derives::Derives;
use super::{diesel, sea_orm, sqlx};
use crate::check::Named;
use crate::snapshot::Snapshot;

/// Which table a struct is about.
#[derive(Clone, Debug)]
pub(crate) enum Table {
    /// By the modules of a `table!`: the last is the table, the one before perhaps its schema.
    Path(Vec<String>, Span),
    /// To the letter.
    Literal(Named, Span),
    /// By diesel's rule, from the struct's own name.
    Inferred(String),
}

impl Table {
    /// Where it is named; nothing where its name follows from the struct's.
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Self::Path(_, span) | Self::Literal(_, span) => Some(*span),
            Self::Inferred(_) => None,
        }
    }

    /// Schema and name. What a path leaves open the snapshot settles.
    pub(crate) fn named(&self, snapshot: Option<&Snapshot>) -> Named {
        match self {
            Self::Literal(named, _) => named.clone(),
            Self::Inferred(name) => (None, name.clone()),
            Self::Path(segments, _) => of_path(segments, snapshot),
        }
    }
}

/// A table's path in a program: a name that is no identifier of Rust, or is a key word, has an underscore behind it, and
/// the tables of another schema than `public` stand in a module of that name.
fn of_path(segments: &[String], snapshot: Option<&Snapshot>) -> Named {
    let (last, before) = match segments {
        [.., before, last] => (last, Some(before)),
        [last] => (last, None),
        [] => return (None, String::new()),
    };
    let unescaped = last.strip_suffix('_').filter(|name| !name.is_empty());
    let names = [Some(last.as_str()), unescaped];
    let Some(snapshot) = snapshot else { return (None, last.clone()) };
    for name in names.into_iter().flatten() {
        for schema in [before.map(String::as_str), None] {
            if snapshot.has_relation(schema, name) {
                return (schema.map(str::to_owned), name.to_owned());
            }
        }
    }
    // The connection may have another search path than the snapshot's.
    let known = snapshot.relation_names();
    for name in names.into_iter().flatten() {
        let mut same = known.iter().filter(|known| known.name == *name);
        if let (Some(only), None) = (same.next(), same.next()) {
            return (Some(only.schema.clone()), only.name.clone());
        }
    }
    (None, last.clone())
}

/// What other libraries' attributes and derives say of the struct.
#[derive(Debug, Default)]
pub(crate) struct Container {
    pub(crate) table: Option<Table>,
    /// How a field's name becomes that of its column.
    pub(crate) spelling: Option<Spelling>,
    /// What its derives do.
    pub(crate) kinds: Vec<Kind>,
    /// Whether an insert writes DEFAULT for `None`.
    pub(crate) none_is_default: bool,
    /// Whether an update writes NULL for `None`.
    pub(crate) none_is_null: bool,
    /// The columns that an update does not write.
    pub(crate) key: Vec<String>,
    /// The columns that it writes beside its fields.
    pub(crate) supplied: Vec<String>,
    /// Whether a column that is not in a row is none.
    pub(crate) may_be_absent: bool,
    /// Whether names are those of a `table!`.
    pub(crate) is_diesel: bool,
    pub(crate) is_sea_orm: bool,
    /// Whether the rule is applied to variants, which are the fields' names in Pascal case, as sea-orm does.
    pub(super) spells_variants: bool,
    is_sqlx: bool,
    /// Whether diesel goes by the names of its fields.
    pub(crate) goes_by_name: bool,
    /// Whether its fields name types of SQL, and nobody a table.
    pub(crate) is_result: bool,
}

impl Container {
    /// The column of a field that no attribute names.
    pub(crate) fn column(&self, field: &str) -> String {
        match (self.spelling, self.spells_variants) {
            (Some(spelling), true) => spelling.apply(&Spelling::Pascal.apply(field)),
            (Some(spelling), false) => spelling.apply(field),
            (None, _) => field.to_owned(),
        }
    }

    /// Whether it is filled and written by another library than `postgres`.
    pub(crate) fn has_library(&self) -> bool {
        self.is_diesel || self.is_sea_orm || self.is_sqlx
    }

    pub(crate) fn of(input: &DeriveInput) -> Self {
        let derives = Derives::of(&input.attrs);
        let fields: Vec<&[Attribute]> = match &input.data {
            Data::Struct(data) => data.fields.iter().map(|field| &field.attrs[..]).collect(),
            Data::Enum(_) | Data::Union(_) => Vec::new(),
        };
        let speaks = |library: &str| {
            let has = |attributes: &[Attribute]| attributes.iter().any(|own| own.path().is_ident(library));
            has(&input.attrs) || fields.iter().any(|attributes| has(attributes))
        };
        let mut container = Self {
            kinds: derives.kinds(),
            is_diesel: derives.has_diesel() || speaks(diesel::LIBRARY),
            goes_by_name: derives.goes_by_name(),
            is_sea_orm: speaks(sea_orm::LIBRARY) || derives.has_sea_orm(),
            is_sqlx: speaks(sqlx::LIBRARY) || derives.has("FromRow"),
            ..Self::default()
        };
        if container.is_diesel {
            diesel::read_struct(&input.attrs, &mut container);
        }
        sea_orm::read_struct(&input.attrs, &derives, &mut container);
        sqlx::read_struct(&input.attrs, &mut container);
        let names_types = fields.iter().any(|attributes| diesel::names_type(attributes));
        container.is_result = container.table.is_none() && names_types;
        // A struct with some table of its own follows no rule of diesel's.
        if container.table.is_none() && container.is_diesel && !container.is_result {
            let ident = syn::ext::IdentExt::unraw(&input.ident).to_string();
            container.table = Some(Table::Inferred(diesel_snake(&ident) + "s"));
        }
        container
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn table(item: &str, expect: (Option<&str>, &str)) {
        let container = Container::of(&syn::parse_str(item).unwrap());
        let snapshot = Snapshot::open(None).unwrap();
        let (schema, name) = container.table.expect(item).named(Some(&snapshot));
        assert_eq!((schema.as_deref(), name.as_str()), expect, "{item}");
    }

    #[test]
    fn a_path_of_diesel_names_a_table() {
        let path = |path: &str| format!("#[diesel(table_name = {path})] struct S;");
        table(&path("users"), (None, "users"));
        table(&path("crate::schema::users"), (None, "users"));
        table(&path("\"users\""), (None, "users"));
        table(&path("crate::schema::billing::invoices"), (Some("billing"), "invoices"));
        // Not on the search path, and the only one of its name.
        table(&path("invoices"), (Some("billing"), "invoices"));
        // A name that Rust reserves.
        table(&path("schema::r#gen"), (None, "gen"));
        table(&path("schema::gen_"), (None, "gen"));
        table(&path("schema::nowhere"), (None, "nowhere"));
        table("#[diesel(table_name = users, table_name = orders)] struct S;", (None, "users"));
        table("#[table_name = \"users\"] #[derive(Queryable)] struct S;", (None, "users"));
    }

    #[test]
    fn diesel_infers_a_table_from_the_name() {
        table("#[derive(Queryable)] struct UserPost;", (None, "user_posts"));
        table("struct HTTPLog { #[diesel(column_name = x)] y: i64 }", (None, "h_t_t_p_logs"));
        let silent = Container::of(&syn::parse_str("#[derive(Clone)] struct UserPost;").unwrap());
        assert!(silent.table.is_none());
    }

    #[test]
    fn sea_orm_names_a_table_to_the_letter() {
        table("#[sea_orm(table_name = \"Users\")] struct Model;", (None, "Users"));
        table(
            "#[sea_orm(schema_name = \"billing\", table_name = \"invoices\")] struct Model;",
            (Some("billing"), "invoices"),
        );
    }

    #[test]
    fn a_part_of_an_entity_may_write_too() {
        let of = |item: &str| Container::of(&syn::parse_str(item).unwrap());
        let part = of("#[sea_orm(entity = \"users::Entity\", into_active_model)] struct S;");
        assert_eq!(part.kinds, [Kind::Read, Kind::Update]);
        let part = of("#[derive(DerivePartialModel)] #[sea_orm(entity = \"users::Entity\")] struct S;");
        assert_eq!(part.kinds, [Kind::Read]);
        let new = of(
            "#[derive(DeriveIntoActiveModel)] #[sea_orm(set(made_at = \"now(a, b)\", r#type = \"1\"), exhaustive)]\n\
                      struct S;",
        );
        assert_eq!(
            (new.kinds, new.supplied),
            (vec![Kind::Update], vec!["made_at".to_owned(), "type".to_owned()])
        );
    }

    #[test]
    fn fields_with_a_type_of_sql_are_a_result() {
        let of = |item: &str| Container::of(&syn::parse_str(item).unwrap());
        let fields = "{ #[diesel(sql_type = BigInt)] total: i64 }";
        assert!(of(&format!("struct S {fields}")).is_result);
        assert!(!of(&format!("#[diesel(table_name = users)] struct S {fields}")).is_result);
    }
}
