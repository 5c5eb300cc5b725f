//! Types of single columns: enums, newtypes and composite types, of each library.

use schemacheck_core::pg_type::{TypeDef, TypeKind};

use super::{Adoption, Context, Verdict, condition};
use crate::init::attribute::Word;
use crate::init::known::{self, Found};
use crate::init::scan::{Item, Shape};

/// Derives of libraries that say that an item is the value of a column.
const SQLX: &[&str] = &["Type"];
const POSTGRES: &[&str] = &["FromSql", "ToSql"];
const SEA_ORM_ENUM: &[&str] = &["DeriveActiveEnum"];
const SEA_ORM_VALUE: &[&str] = &["DeriveValueType"];
const DIESEL_NEWTYPE: &[&str] = &["DieselNewType"];
const DIESEL_ENUM: &[&str] = &["DbEnum"];
const DIESEL_VALUE: &[&str] = &["AsExpression", "FromSqlRow"];

pub(super) fn judge(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let is_sqlxs = item
        .derives()
        .any(|(word, _)| word.path == "sqlx::Type" || word.path == "Type" && context.depends_on("sqlx"));
    let with = |derives: &'static [&'static str]| item.derives_any(derives).then_some(derives);
    let derives = is_sqlxs
        .then_some(SQLX)
        .or_else(|| with(SEA_ORM_ENUM))
        .or_else(|| with(SEA_ORM_VALUE))
        .or_else(|| with(DIESEL_NEWTYPE))
        .or_else(|| with(DIESEL_ENUM))
        .or_else(|| with(POSTGRES))
        .or_else(|| with(DIESEL_VALUE))?;
    let verdict = if derives == SQLX {
        sqlx(item, context)
    } else if derives == SEA_ORM_ENUM {
        sea_orm_enum(item, context)
    } else if derives == SEA_ORM_VALUE {
        sea_orm_value(item)
    } else if derives == DIESEL_NEWTYPE {
        Some(newtype(item, &["transparent"]))
    } else if derives == POSTGRES {
        postgres(item, context)
    } else {
        diesel(item, context)
    };
    let mut verdict = verdict?;
    match (condition(item, derives), &mut verdict) {
        (Ok(condition), Verdict::Adopt(adoption) | Verdict::IfUsed(adoption)) => {
            adoption.condition = condition
        }
        (Err(reason), Verdict::Adopt(_) | Verdict::IfUsed(_)) => return Some(Verdict::Skip(reason)),
        _ => {}
    }
    Some(verdict)
}

/// `#[derive(sqlx::Type)]`
fn sqlx(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let written = item.word("sqlx", "type_name").and_then(Word::text);
    if item.word("sqlx", "transparent").is_some() {
        return Some(newtype(item, &[]));
    }
    if item.shape == Shape::Enum
        && let Some(repr) = item.words("repr").next()
    {
        // sqlx keeps such an enum as a number, whatever it is called.
        return Some(match repr.path.as_str() {
            "i16" => number(item, "int2"),
            "i32" => number(item, "int4"),
            "i64" => number(item, "int8"),
            other => Verdict::Skip(format!("is kept as `{other}`, which no column of PostgreSQL is")),
        });
    }
    let texts = ["text", "varchar", "character varying", "char", "bpchar", "citext", "name"];
    if item.shape == Shape::Enum
        && let Some(written) = &written
        && texts.contains(&written.to_lowercase().as_str())
        && context.known.type_def(None, written).is_err()
    {
        // Kept as a text; the attribute says so to our derive too.
        return Some(plain_enum(item, Vec::new()));
    }
    Some(named(item, written, context))
}

fn number(item: &Item, repr: &str) -> Verdict {
    plain_enum(item, vec![format!("repr = {repr:?}")])
}

/// `#[derive(ToSql, FromSql)]`
fn postgres(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    if item.word("postgres", "transparent").is_some() {
        // Which structs have it nobody says here: the user writes their tables, and finds this done.
        return Some(always(newtype(item, &[])));
    }
    Some(named(item, item.word("postgres", "name").and_then(Word::text), context))
}

/// A type that the snapshot knows by the name that an attribute gives it, else by the Rust name.
fn named(item: &Item, written: Option<String>, context: &Context<'_>) -> Verdict {
    let (schema, name) = match &written {
        Some(written) => known::written(written),
        None => (None, item.name.clone()),
    };
    let found = match context.known.type_def(schema.as_deref(), &name) {
        Ok(found) => found,
        Err(reason) => return Verdict::Skip(reason),
    };
    let mut words: Vec<String> = found.database.iter().map(|name| format!("database = {name:?}")).collect();
    if written.is_none() {
        words.extend(known::words("type", &found.what.name, false));
    }
    match (&found.what.kind, item.shape) {
        (TypeKind::Enum { .. }, Shape::Enum) => always(plain_enum(item, words)),
        (TypeKind::Composite { .. }, Shape::Named) => pg_type(words),
        (TypeKind::Domain { .. }, Shape::Tuple) if item.fields.len() == 1 => pg_type(words),
        (kind, _) => Verdict::Skip(format!("is no Rust type for {} `{}`", kind.word(), found.what.name)),
    }
}

fn pg_type(words: Vec<String>) -> Verdict {
    Verdict::Adopt(Adoption { derive: "PgType", words, ..Adoption::default() })
}

/// `#[derive(DeriveActiveEnum)]`
fn sea_orm_enum(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let db_type = item.word("sea_orm", "db_type")?;
    let written = db_type.text().or_else(|| db_type.segments().map(|segments| segments.join("::")));
    if written.as_deref() != Some("Enum") {
        // A text or a number: the attributes say which, and which values it has.
        return Some(plain_enum(item, Vec::new()));
    }
    match item.word("sea_orm", "enum_name").and_then(Word::text) {
        Some(name) => Some(named(item, Some(name), context)),
        None => Some(Verdict::Skip("names no `enum_name`".to_owned())),
    }
}

/// `#[derive(DeriveValueType)]`
fn sea_orm_value(item: &Item) -> Option<Verdict> {
    let by_text = item.word("sea_orm", "value_type").is_some();
    (!by_text).then(|| newtype(item, &["transparent"]))
}

/// A struct around one value that holds what the value holds.
fn newtype(item: &Item, words: &[&str]) -> Verdict {
    if item.shape != Shape::Tuple || item.fields.len() != 1 {
        return Verdict::Skip("is no struct around one value without a name".to_owned());
    }
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Verdict::IfUsed(Adoption { derive: "PgType", words, ..Adoption::default() })
}

/// Whether a field has it or not.
fn always(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::IfUsed(adoption) => Verdict::Adopt(adoption),
        other => other,
    }
}

fn plain_enum(item: &Item, words: Vec<String>) -> Verdict {
    if item.shape != Shape::Enum || item.variants.iter().any(|variant| variant.has_fields) {
        return Verdict::Skip("is no enum of plain variants".to_owned());
    }
    Verdict::IfUsed(Adoption { derive: "PgEnum", words, ..Adoption::default() })
}

/// `#[derive(DbEnum)]` with the SQL type's path; or a type whose `FromSql` and `ToSql` are written by hand. Which label
/// a variant is stands in code, so it is certain only where the names leave one way.
fn diesel(item: &Item, context: &Context<'_>) -> Option<Verdict> {
    let sql_type = diesel_sql_type(item)?;
    let last = sql_type.last()?;
    match item.shape {
        Shape::Enum => {}
        Shape::Named => return diesel_composite(item, last, context),
        Shape::Tuple | Shape::Unit => return diesel_newtype(item, last),
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

/// A newtype whose SQL type is the one of the type inside.
fn diesel_newtype(item: &Item, sql_type: &str) -> Option<Verdict> {
    let inner = item.fields.first()?.inner.clone()?;
    let is_own = matches!(
        (sql_type, inner.as_str()),
        ("Text" | "VarChar" | "Varchar", "String")
            | ("SmallInt" | "Int2", "i16")
            | ("Integer" | "Int4", "i32")
            | ("BigInt" | "Int8", "i64")
            | ("Float" | "Float4", "f32")
            | ("Double" | "Float8", "f64")
            | ("Bool", "bool")
            | ("Uuid", "Uuid")
    );
    (is_own && item.shape == Shape::Tuple && item.fields.len() == 1).then(|| newtype(item, &["transparent"]))
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
    use super::super::tests::check;

    const CATALOG: &str = "
        enum public.mood: ok very_sad
        enum app.Level: Low High
        domain public.email: text
        composite public.address: street no
        enum public.Color: Red
    ";

    #[test]
    fn enums_of_sqlx() {
        for (text, verdict) in [
            ("#[sqlx(type_name = \"mood\", rename_all = \"snake_case\")] enum Mood { Ok }", "PgEnum()"),
            ("#[sqlx(type_name = \"app.\\\"Level\\\"\")] enum L { Low }", "PgEnum()"),
            ("enum Color { Red }", "PgEnum(type = \"Color\")"),
            (
                "#[sqlx(type_name = \"mod\")] enum Mood { Ok }",
                "skip: the snapshot has no type `mod`; a type with a similar name exists: `mood`",
            ),
            ("#[sqlx(type_name = \"TEXT\")] enum Mood { Ok }", "if used: PgEnum()"),
            ("#[sqlx(type_name = \"xml\")] enum Mood { Ok }", "skip: the snapshot has no type `xml`"),
            (
                "#[sqlx(type_name = \"Level\")] enum L { Low }",
                "skip: the snapshot has no type `Level` in the search path; there is `app.Level`",
            ),
            ("#[repr(i32)] enum Level { A = 1 }", "if used: PgEnum(repr = \"int4\")"),
            ("#[repr(u8)] enum Level { A = 1 }", "skip: is kept as `u8`, which no column of PostgreSQL is"),
            (
                "#[sqlx(type_name = \"email\")] enum Mood { Ok }",
                "skip: is no Rust type for domain `public.email`",
            ),
        ] {
            check(&format!("#[derive(sqlx::Type)] {text}"), CATALOG, verdict);
        }
    }

    #[test]
    fn structs_of_sqlx() {
        for (text, verdict) in [
            ("#[sqlx(transparent)] struct Id(i64);", "if used: PgType()"),
            (
                "#[sqlx(transparent)] struct Id { id: i64 }",
                "skip: is no struct around one value without a name",
            ),
            ("#[sqlx(type_name = \"email\")] struct Email(String);", "PgType()"),
            ("#[sqlx(type_name = \"address\")] struct Address { a: String }", "PgType()"),
            (
                "#[sqlx(type_name = \"mood\")] struct Mood(String);",
                "skip: is no Rust type for enum `public.mood`",
            ),
        ] {
            check(&format!("#[derive(sqlx::Type)] {text}"), CATALOG, verdict);
        }
        let text = "#[cfg_attr(feature = \"ssr\", derive(sqlx::Type), sqlx(transparent))] struct Id(i64);";
        check(text, CATALOG, "if used: PgType() if feature = \"ssr\"");
    }

    #[test]
    fn types_of_postgres() {
        for (text, verdict) in [
            ("#[postgres(name = \"mood\")] enum Mood { Ok }", "PgEnum()"),
            ("enum Color { Red }", "PgEnum(type = \"Color\")"),
            ("#[postgres(transparent)] struct Id(i64);", "PgType()"),
            ("#[postgres(name = \"email\")] struct Email(String);", "PgType()"),
            ("#[postgres(name = \"address\")] struct Address { a: String }", "PgType()"),
            ("struct Other(String);", "skip: the snapshot has no type `Other`"),
        ] {
            check(&format!("#[derive(ToSql, FromSql)] {text}"), CATALOG, verdict);
        }
    }

    #[test]
    fn types_of_sea_orm() {
        for (text, verdict) in [
            (
                "#[derive(DeriveActiveEnum)] #[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = \"mood\")]\n\
                 enum Mood { #[sea_orm(string_value = \"ok\")] Ok }",
                "PgEnum()",
            ),
            (
                "#[derive(DeriveActiveEnum)] #[sea_orm(rs_type = \"Enum\", db_type = \"Enum\")] enum Mood { Ok }",
                "skip: names no `enum_name`",
            ),
            (
                "#[derive(DeriveActiveEnum)] #[sea_orm(rs_type = \"i32\", db_type = \"Integer\")] enum Mood { Ok }",
                "if used: PgEnum()",
            ),
            ("#[derive(DeriveValueType)] struct Id(i32);", "if used: PgType(transparent)"),
            (
                "#[derive(DeriveValueType)] #[sea_orm(value_type = \"String\")] struct Tag { a: i32 }",
                "nothing",
            ),
        ] {
            check(text, CATALOG, verdict);
        }
    }

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
            ("#[derive(AsExpression, FromSqlRow)] #[diesel(sql_type = Jsonb)] struct Doc(Value);", "nothing"),
        ] {
            check(&format!("{sql_types} {text}"), CATALOG, verdict);
        }
    }
}
