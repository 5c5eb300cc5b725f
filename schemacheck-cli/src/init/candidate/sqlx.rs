//! sqlx: no attribute names a table, so it has to be certain from the struct's name and all of its columns.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use schemacheck_core::Relation;

use super::{Context, NAME_TABLE, Verdict, condition, model, unnamed};
use crate::init::attribute::{Word, last_segment};
use crate::init::choose::is_flattened;
use crate::init::known::Found;
use crate::init::scan::{Field, Item};

/// What people put around the name of a row: `UserRow`, `DbUser`.
const SUFFIXES: &[&str] = &["Row", "Record", "Entity", "Model"];
const PREFIX: &str = "Db";

pub(super) fn judge(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let mut paths = item.derives().map(|(word, _)| word.path.as_str());
    match paths.find(|path| last_segment(path) == "FromRow") {
        // Also by its prelude.
        Some(path) if path.starts_with("sqlx::") => Some(verdict(item, context)),
        Some("FromRow") if context.depends_on("sqlx") => Some(verdict(item, context)),
        Some(path) => Some(Verdict::Skip(format!("derives `{path}`, which is not sqlx's: {NAME_TABLE}"))),
        // `query_as!(User, ...)` goes by names too, and needs no derive.
        None if context.depends_on("sqlx") && context.loaded.contains(item.name.as_str()) => {
            Some(verdict(item, context))
        }
        None => None,
    }
}

fn verdict(item: &Item, context: &Context<'_>) -> Verdict {
    if let Some(verdict) = unnamed(item) {
        return verdict;
    }
    let condition = match condition(item, &["FromRow"]) {
        Ok(condition) => condition,
        Err(reason) => return Verdict::Skip(reason),
    };
    let columns = columns(item);
    if columns.is_empty() {
        return Verdict::Part("only puts other structs together".to_owned(), condition);
    }
    match table(&item.name, &columns, context) {
        Ok(found) => Verdict::Adopt(super::Adoption { condition, ..model(found, true, context) }),
        Err(reason) => Verdict::Part(reason, condition),
    }
}

/// The one relation that is named like the struct and has all of its columns.
fn table<'a>(name: &str, columns: &[String], context: &Context<'a>) -> Result<Found<'a, Relation>, String> {
    let names = table_names(name);
    let named: Vec<Found<'a, Relation>> =
        context.known.relations().filter(|found| names.contains(&found.what.name.name)).collect();
    let has_all =
        |found: &&Found<'a, Relation>| columns.iter().all(|column| found.what.column(column).is_some());
    let fitting: Vec<&Found<'a, Relation>> = named.iter().filter(has_all).collect();
    match (&fitting[..], &named[..]) {
        ([only], _) => Ok(**only),
        ([], []) => Err(format!("the snapshot has no table that is named like it: {NAME_TABLE}")),
        ([], [only]) => {
            let missing: Vec<String> = columns
                .iter()
                .filter(|column| only.what.column(column).is_none())
                .map(|column| format!("`{column}`"))
                .collect();
            let are = if missing.len() == 1 { "is no column" } else { "are no columns" };
            let table = &only.what.name;
            let attribute = super::known::words("table", table, !context.known.by_name(*only)).join(", ");
            Err(format!(
                "{} {are} of table `{table}`: if the rows are of that table alone, and not the result of a join, write \
                 `#[schemacheck({attribute})]`",
                missing.join(", ")
            ))
        }
        ([], several) => Err(format!(
            "none of the tables that are named like it has all of its columns: {}",
            list(several)
        )),
        (several, _) => {
            let several: Vec<_> = several.iter().map(|found| **found).collect();
            Err(format!("several tables are named like it: {}; {NAME_TABLE}", list(&several)))
        }
    }
}

fn list(found: &[Found<'_, Relation>]) -> String {
    let name = |found: &Found<'_, Relation>| match found.database {
        Some(database) => format!("`{}` of database `{database}`", found.what.name),
        None => format!("`{}`", found.what.name),
    };
    found.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Names of tables that a struct of that name is meant for.
fn table_names(name: &str) -> Vec<String> {
    let mut bases = vec![name.to_owned()];
    bases.extend(SUFFIXES.iter().filter_map(|suffix| name.strip_suffix(suffix)).map(str::to_owned));
    bases.extend(name.strip_prefix(PREFIX).map(str::to_owned));
    bases.retain(|base| base.starts_with(|c: char| c.is_uppercase()));
    let mut names = Vec::new();
    for base in bases {
        // As it is, for tables whose names are quoted.
        for singular in [base.to_snake_case(), base] {
            names.push(format!("{singular}s"));
            names.push(format!("{singular}es"));
            names.extend(singular.strip_suffix('y').map(|stem| format!("{stem}ies")));
            names.push(singular);
        }
    }
    names
}

/// The columns that a struct reads by name.
pub(in crate::init) fn columns(item: &Item) -> Vec<String> {
    let ours = ["skip", "computed"];
    let is_column = |field: &&Field| {
        field.word("sqlx", "skip").is_none()
            && ours.iter().all(|word| field.word("schemacheck", word).is_none())
            && !is_flattened(field)
    };
    item.fields.iter().filter(is_column).filter_map(|field| column(item, field)).collect()
}

/// The column of a field, as the library of its attributes reads it.
pub(in crate::init) fn column(item: &Item, field: &Field) -> Option<String> {
    let of_diesel = || field.word("diesel", "column_name").and_then(Word::segments)?.pop();
    let of_sea_orm = || field.word("sea_orm", "column_name").and_then(Word::text);
    let ours = || field.word("schemacheck", "column").and_then(Word::text);
    let renamed = field.word("sqlx", "rename").and_then(Word::text).or_else(of_diesel).or_else(of_sea_orm);
    let renamed = ours().or(renamed);
    let rule = || item.word("sqlx", "rename_all").and_then(Word::text);
    renamed.or_else(|| Some(renamed_by(rule().as_deref(), field.name.as_deref()?)))
}

/// sqlx's rules are heck's.
fn renamed_by(rule: Option<&str>, name: &str) -> String {
    match rule {
        Some("lowercase") => name.to_lowercase(),
        Some("snake_case") => name.to_snake_case(),
        Some("UPPERCASE") => name.to_uppercase(),
        Some("SCREAMING_SNAKE_CASE") => name.to_shouty_snake_case(),
        Some("kebab-case") => name.to_kebab_case(),
        Some("camelCase") => name.to_lower_camel_case(),
        Some("PascalCase") => name.to_upper_camel_case(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    const CATALOG: &str = "
        public.users: id email createdAt type
        public.categories: id
        audit.event: id at
        public.User: id
        a.twins: id
        b.twins: id
    ";

    #[test]
    fn a_table_is_certain_by_name_and_all_columns() {
        for (text, table) in [
            ("struct User { id: i32, email: String }", "users"),
            ("struct UserRow { id: i32, email: String }", "users"),
            ("struct DbUser { id: i32, email: String, r#type: i32 }", "users"),
            ("struct Category { id: i32 }", "categories"),
            ("struct Event { id: i32, #[sqlx(skip)] x: i32, #[sqlx(flatten)] y: Y }", "audit.event"),
            ("#[sqlx(rename_all = \"camelCase\")] struct User { created_at: i32 }", "users"),
            ("struct User { #[sqlx(rename = \"createdAt\")] made: i32 }", "users"),
        ] {
            check(
                &format!("#[derive(sqlx::FromRow)] {text}"),
                CATALOG,
                &format!("Model(table = \"{table}\")"),
            );
        }
        check(
            "#[derive(Debug, FromRow)] struct Category { id: i32 }",
            CATALOG,
            "Model(table = \"categories\")",
        );
    }

    #[test]
    fn what_a_query_macro_loads_is_a_row_without_a_derive() {
        let with = |query: &str| format!("fn f() {{ {query} }} struct Category {{ id: i32 }}");
        check(
            &with("sqlx::query_as!(Category, \"SELECT id FROM categories\");"),
            CATALOG,
            "Model(table = \"categories\")",
        );
        check(&with("query_as!(Other, \"SELECT id FROM categories\");"), CATALOG, "nothing");
    }

    #[test]
    fn what_is_not_certain_is_said_why() {
        for (text, reason) in [
            (
                "struct User { id: i32 }",
                "several tables are named like it: `public.User`, `public.users`; \
                 `#[schemacheck(table = \"...\")]` names one",
            ),
            (
                "struct Twin { id: i32 }",
                "several tables are named like it: `a.twins`, `b.twins`; `#[schemacheck(table = \"...\")]` names one",
            ),
            (
                "struct Twin { x: i32 }",
                "none of the tables that are named like it has all of its columns: `a.twins`, `b.twins`",
            ),
            (
                "struct Category { id: i32, posts: i64, users: i64 }",
                "`posts`, `users` are no columns of table `public.categories`: if the rows are of that table alone, and \
                 not the result of a join, write `#[schemacheck(table = \"categories\")]`",
            ),
            (
                "struct Event { id: i32, who: i64 }",
                "`who` is no column of table `audit.event`: if the rows are of that table alone, and not the result of \
                 a join, write `#[schemacheck(table = \"audit.event\")]`",
            ),
            (
                "struct Zebra { id: i32 }",
                "the snapshot has no table that is named like it: `#[schemacheck(table = \"...\")]` names one",
            ),
            ("struct Both { #[sqlx(flatten)] a: A }", "only puts other structs together"),
        ] {
            check(&format!("#[derive(sqlx::FromRow)] {text}"), CATALOG, &format!("part: {reason}"));
        }
        check(
            "#[derive(sqlx::FromRow)] struct User(i32);",
            CATALOG,
            "skip: has fields without names: each needs `#[schemacheck(column = \"...\")]`",
        );
        check(
            "#[derive(postgres_from_row::FromRow)] struct Category { id: i32 }",
            CATALOG,
            "skip: derives `postgres_from_row::FromRow`, which is not sqlx's: `#[schemacheck(table = \"...\")]` names one",
        );
    }
}
