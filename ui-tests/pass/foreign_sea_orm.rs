//! sea-orm's attributes.
#![allow(dead_code)]

use schemacheck::{Model, PgEnum};

#[derive(PgEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")]
enum Mood {
    #[sea_orm(string_value = "happy")]
    Happy,
    #[sea_orm(string_value = "sad")]
    Sad,
    #[sea_orm(string_value = "so_so")]
    SoSo,
}

#[derive(PgEnum)]
#[sea_orm(rs_type = "Enum", db_type = "Enum", enum_name = "delivery_state", rename_all = "PascalCase")]
enum State {
    Queued,
    InTransit,
}

#[derive(PgEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(9))", rename_all = "snake_case")]
enum Status {
    Sent,
    Delivered,
    #[sea_orm(string_value = "seen", display_value = "Read")]
    Read,
}

#[derive(PgEnum)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
enum Priority {
    #[sea_orm(num_value = 0)]
    Low,
    High = 1,
}

struct Settings;
struct Extra;
struct HasMany<E>(std::marker::PhantomData<E>);
struct Entity;

#[derive(Model)]
#[sea_orm(table_name = "users")]
pub struct User {
    #[sea_orm(primary_key, auto_increment = false)]
    id: i64,
    #[sea_orm(column_name = "nickname", nullable)]
    name: Option<String>,
    mood: Mood,
    #[sea_orm(column_type = "JsonBinary")]
    settings: Settings,
    // `type_` is `type` in snake case.
    type_: String,
    #[sea_orm(ignore)]
    cache: Vec<u8>,
    #[sea_orm(column_type = "Custom(\"interval\".into())", select_as = "text")]
    sleeps_for: Option<String>,
    #[sea_orm(has_many)]
    invoices: HasMany<Entity>,
    orders: HasMany<Entity>,
}

#[derive(Model)]
#[sea_orm(schema_name = "billing", table_name = "invoices", rename_all = "camelCase")]
struct Invoice {
    id: i32,
    user_id: i64,
}

#[derive(Model)]
#[sea_orm(table_name = "accounts")]
struct Account {
    id: i64,
    state: Option<State>,
    #[sea_orm(column_type = "Json", nullable)]
    extra: Option<Extra>,
    #[sea_orm(column_name = "HTTPStatus")]
    status: Option<i32>,
}

// The variant of a column, and two names of a result.
#[derive(Model)]
#[schemacheck(table = "users")]
#[sea_orm(entity = "user::Entity")]
struct Bakery {
    #[sea_orm(from_col = "PublicId")]
    key: uuid::Uuid,
    type_: String,
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct Renamed {
    #[sea_orm(alias = "nickname")]
    name: Option<String>,
    #[sea_orm(from_alias = "user_type")]
    r#type: String,
}

#[derive(Model)]
#[sea_orm(table_name = "orders")]
struct Order {
    #[sea_orm(enum_name = "UserId")]
    customer: i64,
}

// What `set` writes an insert need not supply.
#[derive(Model)]
#[schemacheck(table = "orders", insert)]
#[sea_orm(active_model = "order::ActiveModel", set(number = "next(a, b)", note = "None"))]
struct NewOrder {
    // Something is written for each `None`.
    #[sea_orm(default = "0")]
    user_id: Option<i64>,
    total: Option<rust_decimal::Decimal>,
    #[sea_orm(ignore)]
    lines: Vec<i64>,
}

#[derive(Model)]
#[sea_orm(table_name = "gen", rename_all = "lowercase")]
struct Gen {
    i_d: i64,
}

#[derive(Model)]
#[sea_orm(table_name = "messages")]
struct Message {
    id: i64,
    status: Status,
    priority: Priority,
}

// A part of an entity: the entity's type says nothing of its table.
#[derive(Model)]
#[schemacheck(table = "users")]
#[sea_orm(entity = "super::user::Entity")]
struct Part {
    #[sea_orm(from_col = "id")]
    key: i64,
    #[sea_orm(from_expr = "Expr::col(user::Column::Age).add(1)")]
    next: i64,
    #[sea_orm(nested)]
    invoice: Option<Invoice>,
    #[sea_orm(skip)]
    nothing: (),
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct Named {
    #[sea_orm(from_alias = "nickname")]
    name: Option<String>,
}

fn main() {}
