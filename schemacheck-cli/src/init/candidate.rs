//! Which structs and enums get a derive, and why others do not. One library a file.

use std::collections::{BTreeMap, BTreeSet};

use schemacheck_core::{QualifiedName, Relation};

use super::attribute::Word;
use super::known::{self, Found, Known};
use super::packages::Package;
use super::scan::{DieselTable, Item, Shape};

mod diesel;
mod sea_orm;
mod sqlx;
mod types;

pub(super) use diesel::SqlTypes;
pub(super) use sqlx::{column, columns};

/// Derives that say of a struct that rows are read into it or written from it.
pub(super) const MAPPING_DERIVES: &[&str] = &[
    "FromRow",
    "Queryable",
    "QueryableByName",
    "Selectable",
    "HasQuery",
    "Identifiable",
    "Associations",
    "Insertable",
    "AsChangeset",
    "DeriveEntityModel",
];

/// Derives that say of a type that it is the value of a column; and sqlx's `Type`, a name that many things have.
pub(super) const TYPE_DERIVES: &[&str] = &[
    "AsExpression",
    "FromSqlRow",
    "DieselNewType",
    "DbEnum",
    "FromSql",
    "ToSql",
    "DeriveActiveEnum",
    "DeriveValueType",
];

/// What a struct or enum comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing of a database is said of it.
    Nothing,
    /// It has our derive.
    Already,
    /// It is left alone, for this reason.
    Skip(String),
    /// It gets our derive.
    Adopt(Adoption),
    /// It gets our derive if a field of another one needs it.
    IfUsed(Adoption),
    /// It has no table of its own, for this reason, but others may flatten it.
    Part(String, Option<String>),
}

/// What is added to a struct or enum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Adoption {
    /// `Model`, `PgEnum` or `PgType`.
    pub(super) derive: &'static str,
    /// The words of `#[schemacheck(...)]`.
    pub(super) words: Vec<String>,
    /// The condition of the `cfg_attr` that holds the other derive.
    pub(super) condition: Option<String>,
    /// The table.
    pub(super) relation: Option<QualifiedName>,
    /// Whether sea-orm's attribute macro `model` makes the struct from this one.
    pub(super) through_sea_orm: bool,
}

/// What is known beside the item.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) known: &'a Known,
    pub(super) package: &'a Package,
    /// The `table!`s of all packages, by module name.
    pub(super) tables: &'a BTreeMap<String, Vec<DieselTable>>,
    /// The SQL types of all packages, by their Rust name.
    pub(super) sql_types: &'a SqlTypes,
    /// The structs that sqlx's macros make.
    pub(super) loaded: &'a BTreeSet<&'a str>,
}

impl Context<'_> {
    fn depends_on(&self, name: &str) -> bool {
        self.package.dependency(name).is_some()
    }
}

/// What a struct or enum comes to, by itself.
pub(super) fn judge(item: &Item, context: &Context<'_>) -> Verdict {
    if is_ours(item, context) {
        return Verdict::Already;
    }
    let verdict = [by_our_words, sea_orm::judge, diesel::judge, sqlx::judge, types::judge]
        .iter()
        .find_map(|judge| judge(item, context))
        .unwrap_or(Verdict::Nothing);
    match verdict {
        Verdict::Adopt(_) | Verdict::IfUsed(_) | Verdict::Part(..) if item.test_only => {
            Verdict::Skip("is built for tests only".to_owned())
        }
        verdict => verdict,
    }
}

/// Whether it derives `schemacheck::Model` or another of ours, under whatever name the crate has.
fn is_ours(item: &Item, context: &Context<'_>) -> bool {
    let dependency = context.package.dependency("schemacheck");
    let rename = dependency.and_then(|dependency| dependency.rename.as_deref()).unwrap_or("schemacheck");
    // As the code says it.
    let rename = &*rename.replace('-', "_");
    let is_ours = |path: &str| match path.rsplit_once("::") {
        Some((before, name)) => {
            ["Model", "PgEnum", "PgType"].contains(&name) && [rename, "schemacheck"].contains(&before)
        }
        None => ["PgEnum", "PgType"].contains(&path) || path == "Model" && dependency.is_some(),
    };
    let through_sea_orm = item.words("sea_orm").filter(|word| word.path == "model_attrs");
    let mut through_sea_orm = through_sea_orm.flat_map(|word| &word.words).flat_map(|word| &word.words);
    item.derives().any(|(word, _)| is_ours(&word.path)) || through_sea_orm.any(|word| is_ours(&word.path))
}

/// What has words of ours needs only the derive: the words say what is meant.
fn by_our_words(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let attribute = item.attributes.iter().find(|attribute| attribute.path == "schemacheck")?;
    let has = |name: &str| item.word("schemacheck", name).is_some();
    let derive = match item.shape {
        Shape::Enum => "PgEnum",
        _ if has("transparent") || has("type") => "PgType",
        _ => "Model",
    };
    let text = |name| item.word("schemacheck", name).and_then(Word::text);
    let relation = text("table").and_then(|table| {
        let (schema, name) = match text("schema") {
            Some(schema) => (Some(schema), table),
            None => known::written(&table),
        };
        Some(context.known.relation(schema.as_deref(), &name).ok()?.what.name.clone())
    });
    let condition = attribute.condition.clone();
    Some(Verdict::Adopt(Adoption { derive, condition, relation, ..Adoption::default() }))
}

/// The condition under which the derives of a library stand: none if one of them has none.
fn condition(item: &Item, derives: &[&str]) -> Result<Option<String>, String> {
    let mut conditions: Vec<Option<&str>> = item
        .derives()
        .filter(|(word, _)| derives.contains(&word.last()))
        .map(|(_, condition)| condition)
        .collect();
    conditions.sort_unstable();
    conditions.dedup();
    match &conditions[..] {
        [None, ..] | [] => Ok(None),
        [Some(only)] => Ok(Some((*only).to_owned())),
        _ => Err("derives its traits under different conditions".to_owned()),
    }
}

/// A model of a relation, with the words that the relation needs.
fn model(found: Found<'_, Relation>, explicit: bool, context: &Context<'_>) -> Adoption {
    let mut words: Vec<String> = found.database.iter().map(|name| format!("database = {name:?}")).collect();
    let by_name = context.known.by_name(found);
    if explicit || !by_name {
        words.extend(known::words("table", &found.what.name, !by_name));
    }
    Adoption { derive: "Model", words, relation: Some(found.what.name.clone()), ..Adoption::default() }
}

/// Why fields without names are no columns.
fn unnamed(item: &Item) -> Option<Verdict> {
    let reason = match item.shape {
        Shape::Named if !item.fields.is_empty() => return None,
        Shape::Named | Shape::Unit => "has no fields",
        Shape::Tuple => "has fields without names: each needs `#[schemacheck(column = \"...\")]`",
        Shape::Enum => "is an enum",
    };
    Some(Verdict::Skip(reason.to_owned()))
}

/// The advice where a table is known to nobody but the user.
const NAME_TABLE: &str = "`#[schemacheck(table = \"...\")]` names one";

#[cfg(test)]
mod tests {
    use super::super::known::tests::known;
    use super::super::packages::Dependency;
    use super::super::scan::scan;
    use super::*;

    /// What the items of a text come to, in short.
    pub(super) fn verdicts(text: &str, catalog: &str) -> Vec<String> {
        let known = known(catalog);
        let dependency = |name: &str| Dependency { name: name.to_owned(), ..Dependency::default() };
        let dependencies = ["sqlx", "diesel", "sea-orm", "postgres-types"].map(dependency).to_vec();
        let package = Package { dependencies, ..Package::default() };
        let scan = scan(text).unwrap();
        let mut tables: BTreeMap<String, Vec<DieselTable>> = BTreeMap::new();
        for table in &scan.tables {
            tables.entry(table.module.clone()).or_default().push(table.clone());
        }
        let mut sql_types = SqlTypes::default();
        scan.items.iter().for_each(|item| sql_types.add(item));
        let loaded = scan.loaded.iter().map(String::as_str).collect();
        let context = Context {
            known: &known,
            package: &package,
            tables: &tables,
            sql_types: &sql_types,
            loaded: &loaded,
        };
        let shown = |adoption: &Adoption| {
            let mut line = format!("{}({})", adoption.derive, adoption.words.join(", "));
            if let Some(condition) = &adoption.condition {
                line += &format!(" if {condition}");
            }
            if adoption.through_sea_orm {
                line += " through sea-orm";
            }
            line
        };
        let verdict = |item: &Item| match judge(item, &context) {
            Verdict::Nothing => "nothing".to_owned(),
            Verdict::Already => "already".to_owned(),
            Verdict::Skip(reason) => format!("skip: {reason}"),
            Verdict::Part(reason, _) => format!("part: {reason}"),
            Verdict::Adopt(adoption) => shown(&adoption),
            Verdict::IfUsed(adoption) => format!("if used: {}", shown(&adoption)),
        };
        scan.items.iter().map(verdict).collect()
    }

    /// What one struct or enum comes to.
    #[track_caller]
    pub(super) fn check(text: &str, catalog: &str, expected: &str) {
        let all = verdicts(text, catalog);
        assert_eq!(all.last().map(String::as_str), Some(expected), "{text}");
    }

    #[test]
    fn what_has_our_derive_is_left_alone() {
        for derive in [
            "derive(schemacheck::Model, Queryable)",
            "derive(::schemacheck::PgEnum)",
            "derive(PgType)",
            "cfg_attr(feature = \"x\", derive(schemacheck::Model))",
            "sea_orm(model_attrs(derive(schemacheck::Model)))",
        ] {
            check(&format!("#[{derive}] struct User {{ id: i32 }}"), "public.users: id", "already");
        }
        // Somebody else's.
        check("#[derive(Model)] struct User { id: i32 }", "public.users: id", "nothing");
        check("#[derive(other::Model)] struct User { id: i32 }", "public.users: id", "nothing");
        check("#[derive(Clone)] struct User { id: i32 }", "public.users: id", "nothing");
    }

    #[test]
    fn what_has_our_words_needs_only_the_derive() {
        let catalog = "public.users: id";
        check(
            "#[derive(sqlx::FromRow)] #[schemacheck(table = \"users\")] struct Row { id: i32 }",
            catalog,
            "Model()",
        );
        check("#[schemacheck(table = \"users\", insert)] struct New { id: i32 }", catalog, "Model()");
        check(
            "#[cfg_attr(x, schemacheck(table = \"nowhere\"))] struct Row { id: i32 }",
            catalog,
            "Model() if x",
        );
        check("#[schemacheck(type = \"mood\")] enum Mood { Ok }", catalog, "PgEnum()");
        check("#[schemacheck(transparent)] struct Id(i64);", catalog, "PgType()");
        check(
            "#[cfg(test)] #[schemacheck(table = \"users\")] struct Row;",
            catalog,
            "skip: is built for tests only",
        );
    }

    #[test]
    fn tests_have_models_of_their_own() {
        let text = "#[cfg(test)] mod tests { #[derive(sqlx::FromRow)] struct User { id: i32 } }";
        check(text, "public.users: id", "skip: is built for tests only");
    }

    #[test]
    fn a_derive_follows_the_condition_of_the_other_one() {
        let catalog = "public.users: id";
        check(
            "#[derive(Clone)] #[cfg_attr(feature = \"ssr\", derive(sqlx::FromRow))] struct User { id: i32 }",
            catalog,
            "Model(table = \"users\") if feature = \"ssr\"",
        );
        check(
            "#[derive(Queryable)] #[cfg_attr(a, derive(Selectable))] #[diesel(table_name = users)] struct U { id: i32 }",
            catalog,
            "Model()",
        );
        check(
            "#[cfg_attr(b, derive(Queryable))] #[cfg_attr(a, derive(Selectable))] #[diesel(table_name = users)]\n\
             struct U { id: i32 }",
            catalog,
            "skip: derives its traits under different conditions",
        );
    }
}
