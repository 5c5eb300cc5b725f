//! diesel: the table stands in `#[diesel(table_name = ...)]`, or follows from the struct's name.

use std::collections::BTreeMap;

use schemacheck_core::Relation;

use super::{Context, NAME_TABLE, Verdict, condition, model, sqlx, unnamed};
use crate::init::attribute::Word;
use crate::init::known::Found;
use crate::init::scan::{Field, Item, Shape};

/// Derives that read rows.
const READS: &[&str] = &["Queryable", "Selectable", "QueryableByName", "HasQuery"];
/// Derives that say something of the table without reading.
const NAMES: &[&str] = &["Identifiable", "Associations", "Insertable", "AsChangeset"];

/// The SQL types that a `schema.rs` defines: `#[diesel(postgres_type(name = "mood"))] struct Mood;`
#[derive(Debug, Default)]
pub(in crate::init) struct SqlTypes(BTreeMap<String, Vec<(Option<String>, String)>>);

impl SqlTypes {
    /// Remembers an item, if it is one.
    pub(in crate::init) fn add(&mut self, item: &Item) {
        let Some(word) = item.word("diesel", "postgres_type") else { return };
        let text = |name: &str| word.words.iter().find(|word| word.path == name).and_then(Word::text);
        if let Some(name) = text("name") {
            let known = self.0.entry(item.name.clone()).or_default();
            known.push((text("schema"), name));
            known.sort();
            known.dedup();
        }
    }

    /// The schema and name of a type, if the Rust name means one only.
    pub(super) fn get(&self, name: &str) -> Option<&(Option<String>, String)> {
        self.0.get(name).filter(|known| known.len() == 1).and_then(|known| known.first())
    }
}

pub(super) fn judge(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let all = [READS, NAMES].concat();
    let is_diesels = |path: &str| path.starts_with("diesel::") || !path.contains("::");
    if !item.derives().any(|(word, _)| all.contains(&word.last()) && is_diesels(&word.path)) {
        return None;
    }
    let is_meant = context.depends_on("diesel")
        || item
            .attributes
            .iter()
            .any(|attribute| attribute.path == "diesel" || attribute.path == "table_name")
        || item.derives().any(|(word, _)| word.path.starts_with("diesel::"));
    is_meant.then(|| verdict(item, &all, context))
}

fn verdict(item: &Item, all: &[&str], context: &Context<'_>) -> Verdict {
    let has_column = |field: &Field| field.word("diesel", "column_name").is_some() || is_embedded(field);
    let with_columns = item.shape == Shape::Tuple && item.fields.iter().all(has_column);
    if let Some(verdict) = unnamed(item).filter(|_| !with_columns) {
        return verdict;
    }
    let condition = match condition(item, all) {
        Ok(condition) => condition,
        Err(reason) => return Verdict::Skip(reason),
    };
    let first = |field: &Field| field.attributes.iter().any(|attribute| attribute.path == "column_name");
    if item.fields.iter().any(first) {
        return Verdict::Skip(
            "has `#[column_name]` of diesel 1: write `#[diesel(column_name = ...)]`".to_owned(),
        );
    }
    let (found, explicit) = match table(item, context) {
        Ok(found) => found,
        Err(Missing::Named(reason)) => return Verdict::Skip(reason),
        Err(Missing::Unnamed(reason)) => return Verdict::Part(reason, condition),
    };
    let mut adoption = model(found, explicit, context);
    adoption.condition = condition;
    let only_updates = item.derives_any(&["AsChangeset"]) && cannot_insert(item, found, context);
    // Said in words, since the derives that say it are no longer seen once rustfmt has merged them with ours.
    let kinds = [("Insertable", "insert"), ("AsChangeset", "update")];
    let kinds = kinds.iter().filter(|(_, kind)| !(only_updates && *kind == "insert"));
    let writes = kinds.filter(|(derive, _)| item.derives_any(&[derive]));
    let writes: Vec<String> = writes.map(|(_, kind)| (*kind).to_owned()).collect();
    if !writes.is_empty() {
        adoption.words.extend(item.derives_any(READS).then(|| "read".to_owned()));
        adoption.words.extend(writes);
    }
    Verdict::Adopt(adoption)
}

/// Whether the struct is no insert, whatever it derives: it lacks a column that is required, or holds all of those in an
/// `Option`. A form for updates often derives `Insertable` too, since a trait of the program asks for both.
fn cannot_insert(item: &Item, found: Found<'_, Relation>, context: &Context<'_>) -> bool {
    if item.fields.iter().any(is_embedded) {
        return false;
    }
    let field = |name: &&str| {
        let is_it = |field: &&Field| sqlx::column(item, field).is_some_and(|column| column == **name);
        item.fields.iter().find(is_it).filter(|field| field.word("diesel", "skip_insertion").is_none())
    };
    let required: Vec<Option<&Field>> = context.known.required(found).map(|name| field(&name)).collect();
    let is_lacking = required.iter().any(Option::is_none);
    is_lacking || !required.is_empty() && required.iter().flatten().all(|field| field.optional)
}

/// Why there is no table.
enum Missing {
    /// The one that is named is not known.
    Named(String),
    /// None is named.
    Unnamed(String),
}

/// The table, and whether it has to be named to us.
fn table<'a>(item: &Item, context: &Context<'a>) -> Result<(Found<'a, Relation>, bool), Missing> {
    let mut named: Vec<Vec<String>> =
        item.words("diesel").filter(|word| word.path == "table_name").filter_map(Word::segments).collect();
    named.dedup();
    // `#[table_name = "users"]` of diesel 1, which our derive does not read.
    let first = item.attributes.iter().find(|attribute| attribute.path == "table_name");
    let first = first.and_then(|attribute| syn::parse2::<syn::LitStr>(attribute.value.clone()?).ok());
    if let Some(name) = first.filter(|_| named.is_empty()) {
        let found = lookup(&[name.value()], context).map_err(Missing::Named)?;
        return Ok((found.0, true));
    }
    match &named[..] {
        [segments] => lookup(segments, context).map_err(Missing::Named),
        [] => inferred(item, context).map_err(Missing::Unnamed),
        _ => Err(Missing::Named(format!("names several tables: {NAME_TABLE}"))),
    }
}

/// The table of `crate::schema::users`.
fn lookup<'a>(segments: &[String], context: &Context<'a>) -> Result<(Found<'a, Relation>, bool), String> {
    let module = segments.last().map_or("", String::as_str);
    let before = segments.len().checked_sub(2).map(|at| segments[at].as_str());
    let mut tables = context.tables.get(module).cloned().unwrap_or_default();
    tables.dedup();
    if tables.len() > 1 {
        tables.retain(|table| table.schema.as_deref() == before);
    }
    if let [table] = &tables[..] {
        let found = context.known.relation(table.schema.as_deref(), &table.table)?;
        return Ok((found, table.table != module));
    }
    match context.known.relation(None, module) {
        Ok(found) => Ok((found, false)),
        // `schema::billing::invoices`
        Err(reason) => match before.map(|schema| context.known.relation(Some(schema), module)) {
            Some(Ok(found)) => Ok((found, true)),
            _ => Err(reason),
        },
    }
}

/// The table that diesel infers from the name of the struct.
fn inferred<'a>(item: &Item, context: &Context<'a>) -> Result<(Found<'a, Relation>, bool), String> {
    if item.fields.iter().any(|field| field.word("diesel", "sql_type").is_some()) {
        return Err("is the result of a query: its fields have `sql_type`, and no table is named".to_owned());
    }
    if item.fields.iter().all(is_embedded) {
        return Err("only puts other structs together".to_owned());
    }
    let name = inferred_name(&item.name);
    let (found, _) = lookup(std::slice::from_ref(&name), context)
        .map_err(|reason| format!("names no table, and diesel would infer `{name}`: {reason}"))?;
    // Rows of any query can be loaded into these two, so the name alone is no proof.
    if !item.derives_any(&["Selectable", "HasQuery"]) && !item.derives_any(NAMES) {
        let is_column = |field: &&Field| {
            let name = column(field);
            let is = |name: &str| found.what.column(name).is_some();
            is_embedded(field) || is(&name) || name.strip_suffix('_').is_some_and(is)
        };
        if let Some(field) = item.fields.iter().find(|field| !is_column(field)) {
            return Err(format!(
                "names no table, and `{}` is no column of `{}`, which diesel would infer: {NAME_TABLE}, unless the rows \
                 are the result of a join",
                column(field),
                found.what.name
            ));
        }
    }
    Ok((found, true))
}

/// diesel's rule: each capital letter begins a word, and an `s` at the end.
fn inferred_name(name: &str) -> String {
    let mut table = String::new();
    for (at, c) in name.char_indices() {
        if c.is_uppercase() && at > 0 {
            table.push('_');
        }
        table.extend(c.to_lowercase());
    }
    table + "s"
}

fn is_embedded(field: &Field) -> bool {
    field.word("diesel", "embed").is_some()
}

fn column(field: &Field) -> String {
    let named = field.word("diesel", "column_name").and_then(Word::segments);
    let named = named.and_then(|segments| segments.into_iter().next_back());
    named.or_else(|| field.name.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::inferred_name;

    const CATALOG: &str = "
        public.posts: id title body type
        public.Users: id
        billing.invoices: id
        billing.posts: id
        public.blog_posts: id title
    ";

    #[test]
    fn a_named_table_is_followed_by_derive_and_attribute_alone() {
        for attributes in [
            "#[derive(Queryable)] #[diesel(table_name = posts)]",
            "#[derive(diesel::Selectable)] #[diesel(table_name = crate::schema::posts, check_for_backend(Pg))]",
            "#[derive(Clone, HasQuery)] #[diesel(table_name = \"posts\")]",
            "#[derive(Identifiable)] #[cfg_attr(a, diesel(table_name = posts))]",
        ] {
            check(&format!("{attributes} struct Entry {{ id: i32, no_such: i32 }}"), CATALOG, "Model()");
        }
    }

    #[test]
    fn what_is_written_is_said_in_words() {
        for (derives, words) in [
            ("Insertable", "insert"),
            ("AsChangeset, Identifiable", "update"),
            ("Queryable, Insertable, AsChangeset", "read, insert, update"),
        ] {
            let text = format!("#[derive({derives})] #[diesel(table_name = tags)] struct New {{ id: i32 }}");
            check(&text, "public.tags: id note?", &format!("Model({words})"));
        }
    }

    #[test]
    fn a_form_for_updates_is_not_inserted_though_it_derives_both() {
        let with = |derives: &str, fields: &str, words: &str| {
            let text =
                format!("#[derive({derives})] #[diesel(table_name = tags)] struct Form {{ {fields} }}");
            check(&text, "public.tags: id label note?", &format!("Model({words})"));
        };
        let both = "Insertable, AsChangeset";
        for fields in [
            "id: i32, note: String",
            "id: Option<i32>, label: Option<String>",
            "note: String",
            "id: i32, #[diesel(skip_insertion)] label: String",
        ] {
            with(both, fields, "update");
            with("Queryable, Insertable, AsChangeset", fields, "read, update");
            with("Insertable", fields, "insert");
        }
        for fields in [
            "id: i32, label: String",
            "id: i32, label: Option<String>",
            "id: i32, #[diesel(column_name = label)] tag: String",
            "#[diesel(embed)] rest: Rest",
        ] {
            with(both, fields, "insert, update");
        }
        let nullable =
            "#[derive(Insertable, AsChangeset)] #[diesel(table_name = tags)] struct Form { id: i32 }";
        check(nullable, "public.tags: id? label?", "Model(insert, update)");
    }

    #[test]
    fn without_a_name_the_struct_names_the_table() {
        let with =
            |derives: &str, fields: &str| format!("#[derive({derives})] struct BlogPost {{ {fields} }}");
        check(&with("Insertable", "id: i32, x: i32"), CATALOG, "Model(table = \"blog_posts\", insert)");
        check(&with("Queryable", "id: i32, title: String"), CATALOG, "Model(table = \"blog_posts\")");
        check(
            &with("Queryable", "id: i32, author: String"),
            CATALOG,
            "part: names no table, and `author` is no column of `public.blog_posts`, which diesel would infer: \
             `#[schemacheck(table = \"...\")]` names one, unless the rows are the result of a join",
        );
        check(
            "#[derive(Selectable)] struct Pst { id: i32 }",
            CATALOG,
            "part: names no table, and diesel would infer `psts`: the snapshot has no table `psts`; \
             a table with a similar name exists: `posts`",
        );
        check(
            "#[derive(Queryable)] struct Post { id: i32, type_: i32 }",
            CATALOG,
            "Model(table = \"posts\")",
        );
        assert_eq!(inferred_name("APIKey"), "a_p_i_keys");
    }

    #[test]
    fn table_macros_say_what_the_path_does_not() {
        let with = |table: &str, rest: &str| {
            format!("{table} #[derive(Queryable)] #[diesel(table_name = {rest})] struct S {{ id: i32 }}")
        };
        let users = "table! { #[sql_name = \"Users\"] users (id) { id -> Int4, } }";
        check(&with(users, "schema::users"), CATALOG, "Model(table = \"Users\")");
        let invoices = "diesel::table! { billing.invoices (id) { id -> Int4, } }";
        check(&with(invoices, "schema::billing::invoices"), CATALOG, "Model(table = \"billing.invoices\")");
        check(&with("", "schema::billing::invoices"), CATALOG, "Model(table = \"billing.invoices\")");
        let both = "table! { posts (id) { id -> Int4, } } table! { billing.posts (id) { id -> Int4, } }";
        check(&with(both, "schema::billing::posts"), CATALOG, "Model(table = \"billing.posts\")");
        check(&with("table! { posts (id) { id -> Int4, } }", "posts"), CATALOG, "Model()");
        check(
            &with("", "invoices"),
            CATALOG,
            "skip: the snapshot has no table `invoices` in the search path; there is `billing.invoices`",
        );
    }

    #[test]
    fn diesel_1_names_its_table_elsewhere() {
        let with =
            |fields: &str| format!("#[derive(Insertable)] #[table_name = \"posts\"] struct N {{ {fields} }}");
        check(&with("id: i32"), CATALOG, "Model(table = \"posts\", insert)");
        let column = with("#[column_name = \"title\"] t: String");
        check(
            &column,
            CATALOG,
            "skip: has `#[column_name]` of diesel 1: write `#[diesel(column_name = ...)]`",
        );
    }

    #[test]
    fn what_has_no_table_is_skipped() {
        for (text, reason) in [
            (
                "#[derive(QueryableByName)] struct Post { #[diesel(sql_type = BigInt)] count: i64 }",
                "part: is the result of a query: its fields have `sql_type`, and no table is named",
            ),
            (
                "#[derive(Queryable)] #[diesel(table_name = pots)] struct P { id: i32 }",
                "skip: the snapshot has no table `pots`; a table with a similar name exists: `posts`",
            ),
            (
                "#[derive(Insertable)] #[diesel(table_name = posts)] #[diesel(table_name = users)] struct P { id: i32 }",
                "skip: names several tables: `#[schemacheck(table = \"...\")]` names one",
            ),
            (
                "#[derive(Queryable)] struct Post(i32);",
                "skip: has fields without names: each needs `#[schemacheck(column = \"...\")]`",
            ),
            (
                "#[derive(Selectable)] struct Both { #[diesel(embed)] a: A }",
                "part: only puts other structs together",
            ),
            ("#[derive(Queryable)] struct Posts;", "skip: has no fields"),
        ] {
            check(text, CATALOG, reason);
        }
        let tuple =
            "#[derive(Insertable)] #[diesel(table_name = posts)] struct N(#[diesel(column_name = id)] i32);";
        check(tuple, CATALOG, "Model(insert)");
    }

    #[test]
    fn somebody_elses_derive_of_that_name_is_none_of_diesels() {
        check("#[derive(other::Queryable)] struct Post { id: i32 }", CATALOG, "nothing");
    }
}
