//! What sqlx's attributes say, held against the table.
use schemacheck::{Model, PgEnum, PgType};

#[derive(Model)]
#[schemacheck(table = "users")]
struct User {
    #[sqlx(rename = "total_count")]
    total: i64,
    #[sqlx(try_from = "i32")]
    age: u8,
    #[sqlx(json)]
    nickname: Settings,
    #[sqlx(json)]
    settings: Settings,
}

struct Settings;

// The column can be NULL, and `json` alone reads none.
#[derive(Model)]
#[schemacheck(table = "accounts")]
struct Account {
    #[sqlx(json)]
    extra: Option<Settings>,
    #[sqlx(default)]
    id: String,
}

#[derive(PgEnum)]
#[sqlx(type_name = "Tier")]
enum Folded {
    Gold,
    Silver,
}

#[derive(PgEnum)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
enum Status {
    Sent,
    Delivered,
    Read,
}

#[derive(PgType)]
#[sqlx(type_name = "text")]
struct Slug(String);

#[derive(PgType)]
#[sqlx(type_name = "address")]
struct Address {
    street: Option<String>,
    zip: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Message {
    status: Status,
    weight: Slug,
}

fn main() {}
