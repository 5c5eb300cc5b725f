//! Words that are right elsewhere, or do not go together.
use schemacheck::{Model, PgEnum, PgType};

#[derive(Model)]
#[schemacheck(table = "users", column = "id", transparent, repr = "text")]
struct OfOthers {
    #[schemacheck(rename = "id")]
    key: i64,
    #[schemacheck(insert)]
    age: i64,
}

#[derive(Model)]
#[schemacheck(table = "users", optional("age", reason = "a trigger"), none = "default")]
struct NoInsert {
    #[schemacheck(skip, flatten)]
    id: i64,
    #[schemacheck(computed, column = "age", not_null)]
    total: i64,
    #[schemacheck(flatten, type = "text", default, references = "users(id)")]
    more: i64,
}

#[derive(Model)]
#[schemacheck(embedded, table = "users", insert, exact, primary_key("id"))]
#[schemacheck(schema = "public", database = "x", optional("id", reason = "x"), index("id"))]
#[schemacheck(warn(missing-column, reason = "x"))]
struct Embedded {
    #[schemacheck(deny(type-mismatch, reason = "x"))]
    id: i64,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", table = "users", rename = "x")]
enum Mood {
    #[schemacheck(column = "happy")]
    Happy,
    #[schemacheck(skip)]
    Sad,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", database = "billing")]
enum Twice {
    Happy,
    #[schemacheck(rename = "Happy")]
    Sad,
}

#[derive(PgType)]
#[schemacheck(transparent, non_exhaustive, database = "billing")]
struct Empty;

#[derive(PgType)]
#[schemacheck(type = "email")]
enum NoStruct {
    A,
}

#[derive(PgType)]
#[schemacheck(type = "email")]
struct NoField();

fn main() {}
