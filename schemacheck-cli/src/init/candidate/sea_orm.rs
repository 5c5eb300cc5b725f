//! sea-orm: the table stands in `#[sea_orm(table_name = "...")]` of the entity's model.

use super::{Context, NAME_TABLE, Verdict, condition, model, unnamed};
use crate::init::attribute::{Word, last_segment};
use crate::init::scan::Item;

pub(super) fn judge(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    if item.derives_any(&["DeriveEntityModel"]) {
        return Some(verdict(item, context));
    }
    let reason = if item.derives_any(&["DeriveModel"]) {
        format!("has its table named by `impl EntityName`: {NAME_TABLE}")
    } else if item.derives_any(&["FromQueryResult", "DerivePartialModel"]) {
        format!("is the result of a query; if all of it is of one table, {NAME_TABLE}")
    } else {
        return None;
    };
    Some(Verdict::Part(reason, None))
}

fn verdict(item: &Item, context: &Context<'_>) -> Verdict {
    if let Some(verdict) = unnamed(item) {
        return verdict;
    }
    let text = |name| item.word("sea_orm", name).and_then(Word::text);
    let Some(table) = text("table_name") else {
        return Verdict::Skip(format!("names no table: {NAME_TABLE}"));
    };
    let found = match context.known.relation(text("schema_name").as_deref(), &table) {
        Ok(found) => found,
        Err(reason) => return Verdict::Skip(reason),
    };
    let mut adoption = match condition(item, &["DeriveEntityModel"]) {
        Ok(condition) => super::Adoption { condition, ..model(found, false, context) },
        Err(reason) => return Verdict::Skip(reason),
    };
    // The attributes name the schema too.
    if text("schema_name").is_some() {
        adoption.words.retain(|word| word.starts_with("database ="));
    }
    // The attribute macro makes two structs out of this one, and would give both our derive.
    let is_macro = |path: &str| ["model", "compact_model"].contains(&last_segment(path));
    if let Some(macro_at) = item.attributes.iter().position(|attribute| is_macro(&attribute.path)) {
        let derive_at = item.attributes.iter().position(|attribute| attribute.path == "derive");
        if derive_at.is_some_and(|derive_at| derive_at < macro_at) {
            return Verdict::Skip("has a derive above `#[sea_orm::model]`".to_owned());
        }
        adoption.through_sea_orm = true;
    }
    Verdict::Adopt(adoption)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    const CATALOG: &str = "public.cake: id\n app.cake: id\n app.fruit: id\n app.a.b: id";

    #[test]
    fn an_entity_is_followed_by_derive_and_attribute_alone() {
        let with = |attributes: &str| {
            format!("#[derive(Clone, DeriveEntityModel)] {attributes} pub struct Model {{ pub id: i32 }}")
        };
        check(&with("#[sea_orm(table_name = \"cake\", rename_all = \"camelCase\")]"), CATALOG, "Model()");
        check(&with("#[sea_orm(schema_name = \"app\", table_name = \"fruit\")]"), CATALOG, "Model()");
        check(
            &with("#[sea_orm(schema_name = \"ap\", table_name = \"cake\")]"),
            CATALOG,
            "skip: the snapshot has no table `ap.cake`; a table with a similar name exists: `cake`",
        );
        check(&with(""), CATALOG, "skip: names no table: `#[schemacheck(table = \"...\")]` names one");
    }

    #[test]
    fn the_attribute_macro_gets_our_derive_for_the_model_alone() {
        let derive = "#[derive(Clone, DeriveEntityModel)]";
        let rest = "#[sea_orm(table_name = \"cake\")] pub struct Model { id: i32, fruits: HasMany<super::fruit::Entity> }";
        check(&format!("#[sea_orm::model] {derive} {rest}"), CATALOG, "Model() through sea-orm");
        check(&format!("use sea_orm::model; #[model] {derive} {rest}"), CATALOG, "Model() through sea-orm");
        check(
            &format!("{derive} #[sea_orm::model] {rest}"),
            CATALOG,
            "skip: has a derive above `#[sea_orm::model]`",
        );
    }

    #[test]
    fn results_of_queries_are_skipped() {
        check(
            "#[derive(FromQueryResult)] struct Count { n: i64 }",
            CATALOG,
            "part: is the result of a query; if all of it is of one table, `#[schemacheck(table = \"...\")]` names one",
        );
        check(
            "#[derive(DeriveModel, DeriveActiveModel)] struct Model { id: i32 }",
            CATALOG,
            "part: has its table named by `impl EntityName`: `#[schemacheck(table = \"...\")]` names one",
        );
    }
}
