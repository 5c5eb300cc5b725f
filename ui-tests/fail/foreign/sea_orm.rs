//! What sea-orm's attributes say, held against the table.
use schemacheck::{Model, PgEnum};

#[derive(Model)]
#[sea_orm(table_name = "user")]
struct Misspelt {
    id: i64,
}

#[derive(Model)]
#[sea_orm(table_name = "invoices")]
struct OtherSchema {
    id: i32,
}

#[derive(Model)]
#[sea_orm(table_name = "users")]
struct User {
    #[sea_orm(column_name = "nick_name")]
    name: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    nickname: Option<Settings>,
    #[sea_orm(nullable)]
    born_on: String,
    mood: Mood,
}

struct Settings;

#[derive(PgEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")]
enum Mood {
    #[sea_orm(string_value = "happy")]
    Happy,
    #[sea_orm(string_value = "Sad")]
    Sad,
    #[sea_orm(string_value = "so_so")]
    SoSo,
}

#[derive(PgEnum)]
#[sea_orm(rs_type = "i32", db_type = "Integer")]
enum Priority {
    Low = 1,
}

#[derive(Model)]
#[sea_orm(table_name = "messages")]
struct Message {
    priority: Priority,
}

// Beside `number`, `user_id` is required.
#[derive(Model)]
#[schemacheck(table = "orders", insert)]
#[sea_orm(active_model = "order::ActiveModel", set(number = "next(a, b)"))]
struct NewOrder {
    note: Option<String>,
}

// Nothing is written for `None`, and there is no default.
#[derive(Model)]
#[schemacheck(table = "orders", insert)]
#[sea_orm(active_model = "order::ActiveModel")]
struct Unset {
    user_id: i64,
    number: Option<String>,
}

// What is read is written too.
#[derive(Model)]
#[schemacheck(table = "articles")]
#[sea_orm(entity = "article::Entity", into_active_model)]
struct Article {
    words: Option<i32>,
}

fn main() {}
