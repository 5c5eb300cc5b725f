//! Types of single columns: enums, newtypes and composite types, of each library.

use schemacheck_core::pg_type::TypeKind;

use super::{Adoption, Context, Verdict, condition};
use crate::init::attribute::Word;
use crate::init::known;
use crate::init::scan::{Item, Shape};

mod diesel;

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
        diesel::judge(item, context)
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
}
