//! diesel's types of columns: what reads and writes them is often written by hand, so they are taken only where names
//! leave one way.

use schemacheck_core::pg_type::{TypeDef, TypeKind};

use super::{always, newtype, pg_type, plain_enum};
use crate::init::attribute::Word;
use crate::init::candidate::{Adoption, Context, Verdict};
use crate::init::known::{self, Found};
use crate::init::scan::{Item, Shape};

/// `#[derive(DbEnum)]` with the SQL type's path; or a type whose `FromSql` and `ToSql` are written by hand. Which label
/// a variant is stands in code, so it is certain only where the names leave one way.
pub(super) fn judge(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let sql_type = diesel_sql_type(item)?;
    let last = sql_type.last()?;
    match item.shape {
        Shape::Enum => {}
        Shape::Named | Shape::Tuple
            if context.sql_types.get(last).is_none() && !context.known.has_marker(last) =>
        {
            return Some(diesel_value(item, last));
        }
        Shape::Named => return diesel_composite(item, last, context),
        Shape::Tuple | Shape::Unit => return None,
    }
    let Some((schema, name)) = context.sql_types.get(last) else {
        let repr = match last.as_str() {
            "Text" | "VarChar" | "Varchar" => "text",
            "SmallInt" | "Int2" => "int2",
            "Integer" | "Int4" => "int4",
            "BigInt" | "Int8" => "int8",
            _ => {
                return Some(Verdict::Skip(format!("is kept as `{last}`, which no attribute here explains")));
            }
        };
        return Some(Verdict::Skip(format!(
            "is kept as `{last}`, and which variant is which value is not certain: derive `schemacheck::PgEnum` with \
             `#[schemacheck(repr = {repr:?})]`"
        )));
    };
    let found = match context.known.type_def(schema.as_deref(), name) {
        Ok(found) => found,
        Err(reason) => return Some(Verdict::Skip(reason)),
    };
    let TypeKind::Enum { labels } = &found.what.kind else {
        return Some(Verdict::Skip(format!(
            "is no Rust type for {} `{}`",
            found.what.kind.word(),
            found.what.name
        )));
    };
    let mut attributes = item.variants.iter().flat_map(|variant| &variant.attributes);
    let is_renamed = attributes.any(|attribute| ["db_rename", "db_enum"].contains(&attribute.path.as_str()));
    let Some(rule) = rule(item, labels).filter(|_| !is_renamed) else {
        return Some(Verdict::Skip(format!(
            "is `{}`, and which variant is which label is not certain: write `#[schemacheck(type = {name:?})]`, and \
             `rename` on the variants",
            found.what.name
        )));
    };
    let mut words = type_words(found, schema.is_some());
    words.extend(rule.map(|rule| format!("rename_all = {rule:?}")));
    Some(always(plain_enum(item, words)))
}

/// The path of the SQL type: `#[diesel(sql_type = ...)]`, or as diesel-derive-enum has it.
fn diesel_sql_type(item: &Item) -> Option<Vec<String>> {
    let of_diesel = item.word("diesel", "sql_type").and_then(Word::segments);
    let of_enum = || item.word("db_enum", "existing_type_path").and_then(Word::segments);
    let older = || {
        let attribute = item.attributes.iter().find(|attribute| attribute.path == "ExistingTypePath")?;
        let path = syn::parse2::<syn::LitStr>(attribute.value.clone()?).ok()?.value();
        Some(path.split("::").map(str::to_owned).collect())
    };
    of_diesel.or_else(of_enum).or_else(older)
}

/// The words for a type that no attribute names in a way that our derive reads.
fn type_words(found: Found<'_, TypeDef>, with_schema: bool) -> Vec<String> {
    let with_schema = with_schema && found.what.name.schema != "public";
    let database = found.database.iter().map(|name| format!("database = {name:?}"));
    database.chain(known::words("type", &found.what.name, with_schema)).collect()
}

/// A struct for a composite type, read and written by hand: certain if its fields are the attributes.
fn diesel_composite(item: &Item, sql_type: &str, context: &Context<'_>) -> Option<Verdict> {
    let (schema, name) = context.sql_types.get(sql_type)?;
    let found = context.known.type_def(schema.as_deref(), name).ok()?;
    let TypeKind::Composite { attributes } = &found.what.kind else { return None };
    let fields = item.fields.iter().map(|field| field.name.as_deref());
    fields
        .eq(attributes.iter().map(|(name, _)| Some(name.as_str())))
        .then(|| pg_type(type_words(found, schema.is_some())))
}

/// A struct for one of diesel's own types, or of an extension's. Where that is the type of the value inside, the struct
/// is as good as that; any other is decoded by hand, from what the attribute says.
fn diesel_value(item: &Item, sql_type: &str) -> Verdict {
    let inner = item.fields.first().and_then(|field| field.inner.as_deref()).unwrap_or_default();
    let is_own = matches!(
        (sql_type, inner),
        ("Text" | "VarChar" | "Varchar", "String")
            | ("SmallInt" | "Int2", "i16")
            | ("Integer" | "Int4", "i32")
            | ("BigInt" | "Int8", "i64")
            | ("Float" | "Float4", "f32")
            | ("Double" | "Float8", "f64")
            | ("Bool", "bool")
            | ("Uuid", "Uuid")
    );
    match item.shape == Shape::Tuple && item.fields.len() == 1 && is_own {
        true => newtype(item, &["transparent"]),
        false => Verdict::IfUsed(Adoption { derive: "PgType", ..Adoption::default() }),
    }
}

/// The rule of our `rename_all` that makes the labels out of the variants; none for the names as they are. Nothing where
/// there is no such rule. Of several that come to the same labels the first is as good as any.
fn rule(item: &Item, labels: &[String]) -> Option<Option<&'static str>> {
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let labels = sorted(labels.to_vec());
    let made = |rule| sorted(item.variants.iter().map(|variant| label(rule, &variant.name)).collect());
    [
        None,
        Some("snake_case"),
        Some("lowercase"),
        Some("UPPERCASE"),
        Some("SCREAMING_SNAKE_CASE"),
        Some("kebab-case"),
        Some("SCREAMING-KEBAB-CASE"),
        Some("camelCase"),
    ]
    .into_iter()
    .find(|rule| made(*rule) == labels)
}

/// The label of a variant. The rules are those of our derives, which are serde's: each capital begins a word.
fn label(rule: Option<&str>, variant: &str) -> String {
    let joined = |joint: &str| {
        let mut label = String::new();
        for c in variant.chars() {
            if c.is_uppercase() && !label.is_empty() {
                label.push_str(joint);
            }
            label.extend(c.to_lowercase());
        }
        label
    };
    match rule {
        Some("snake_case") => joined("_"),
        Some("SCREAMING_SNAKE_CASE") => joined("_").to_uppercase(),
        Some("kebab-case") => joined("-"),
        Some("SCREAMING-KEBAB-CASE") => joined("-").to_uppercase(),
        Some("lowercase") => variant.to_lowercase(),
        Some("UPPERCASE") => variant.to_uppercase(),
        Some("camelCase") => {
            let mut chars = variant.chars();
            chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
        }
        _ => variant.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::init::candidate::tests::check;

    const CATALOG: &str = "
        enum public.mood: ok very_sad
        enum app.Level: Low High
        composite public.address: street no
        enum public.sort_order: asc desc
    ";

    #[test]
    fn labels_follow_the_rules_of_our_own_derive() {
        let labels = "enum public.kind: e_bike http\n enum public.odd: h_t_t_p\n enum public.other: eBike";
        let with = |sql_type: &str, variants: &str| {
            format!(
                "#[diesel(postgres_type(name = \"{sql_type}\"))] struct T;\n\
                 #[derive(AsExpression)] #[diesel(sql_type = T)] enum E {{ {variants} }}"
            )
        };
        check(&with("kind", "EBike, Http"), labels, "PgEnum(type = \"kind\", rename_all = \"snake_case\")");
        check(&with("odd", "HTTP"), labels, "PgEnum(type = \"odd\", rename_all = \"snake_case\")");
        check(&with("other", "EBike"), labels, "PgEnum(type = \"other\", rename_all = \"camelCase\")");
        // Another library would split this in two words.
        check(
            &with("kind", "EBike, HTTP"),
            labels,
            "skip: is `public.kind`, and which variant is which label is not certain: write \
             `#[schemacheck(type = \"kind\")]`, and `rename` on the variants",
        );
    }

    #[test]
    fn types_of_diesel() {
        let sql_types = "mod sql_types { #[derive(SqlType)] #[diesel(postgres_type(name = \"mood\"))] pub struct Mood;\n\
                         #[diesel(postgres_type(name = \"Level\", schema = \"app\"))] pub struct Level;\n\
                         #[diesel(postgres_type(name = \"address\"))] pub struct Address; }";
        for (text, verdict) in [
            (
                "#[derive(DbEnum)] #[ExistingTypePath = \"crate::schema::sql_types::Mood\"] enum Mood { Ok, VerySad }",
                "PgEnum(type = \"mood\", rename_all = \"snake_case\")",
            ),
            (
                "#[derive(DbEnum)] #[db_enum(existing_type_path = \"crate::sql_types::Mood\")] enum M { Ok, VerySad }",
                "PgEnum(type = \"mood\", rename_all = \"snake_case\")",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = sql_types::Level)] enum L { Low, High }",
                "PgEnum(type = \"app.Level\")",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = sql_types::Mood)] enum L { Fine, VerySad }",
                "skip: is `public.mood`, and which variant is which label is not certain: write \
                 `#[schemacheck(type = \"mood\")]`, and `rename` on the variants",
            ),
            (
                "#[derive(AsExpression)] #[diesel(sql_type = Text)] enum L { Fine }",
                "skip: is kept as `Text`, and which variant is which value is not certain: derive \
                 `schemacheck::PgEnum` with `#[schemacheck(repr = \"text\")]`",
            ),
            (
                "#[derive(AsExpression)] #[diesel(sql_type = Odd)] enum L { Fine }",
                "skip: is kept as `Odd`, which no attribute here explains",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = sql_types::Address)] struct A { street: String, no: i32 }",
                "PgType(type = \"address\")",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = sql_types::Address)] struct A { no: i32, street: String }",
                "nothing",
            ),
            ("#[derive(DieselNewType)] struct Id(i32);", "if used: PgType(transparent)"),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = Text)] struct Email(String);",
                "if used: PgType(transparent)",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = Jsonb)] struct Doc(Value);",
                "if used: PgType()",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = Text)] struct Link(pub Box<Url>);",
                "if used: PgType()",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = diesel::sql_types::Text)] struct Slug { \
                 parts: Vec<String> }",
                "if used: PgType()",
            ),
            (
                "#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = sql_types::Mood)] struct M(i32);",
                "nothing",
            ),
            // No `schema.rs` says which type `SortOrder` is, but the snapshot has one that would be called so.
            ("#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = SortOrder)] struct S(i32);", "nothing"),
            ("#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = Text)] struct Nothing;", "nothing"),
        ] {
            check(&format!("{sql_types} {text}"), CATALOG, verdict);
        }
    }
}
