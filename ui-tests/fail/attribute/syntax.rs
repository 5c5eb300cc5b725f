use schemacheck::{Model, PgEnum};

#[derive(Model)]
#[schemacheck]
struct Bare {
    id: i64,
}

#[derive(Model)]
#[schemacheck = "users"]
struct Equals {
    id: i64,
}

#[derive(Model)]
#[schemacheck("users")]
struct Text {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "users" schema = "public")]
struct NoComma {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table("users"), sqlx::table = "users")]
struct Parens {
    #[schemacheck(column = "id"; skip)]
    id: i64,
    #[schemacheck(allow(type-mismatch reason = "x"))]
    age: i64,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", allow("missing-label", reason = "x"), deny(missing-label, reason = 5))]
enum Mood {
    Happy,
}

fn main() {}
