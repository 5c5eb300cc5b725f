#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]

use schemacheck::Model;

#[derive(Model)]
#[schemacheck(
    table = "orders",
    primary_key("id"),
    unique("id"),
    unique("user_id", where = "status = 'new'"),
    unique("user_id", "placed_at"),
    index("status"),
    index("status", "placed_at"),
    exact(order)
)]
pub struct Order {
    #[schemacheck(type = "int8", default)]
    pub id: i64,
    #[schemacheck(references = "users(id)", on_delete = "cascade", not_null)]
    pub user_id: i64,
    #[schemacheck(type = "character varying(20)", max_length = 20)]
    pub number: String,
    #[schemacheck(max_length = 1000, default = "'new'")]
    pub status: String,
    #[schemacheck(nullable)]
    pub note: Option<String>,
    #[schemacheck(type = "decimal(10,2)", default = "0")]
    pub total: rust_decimal::Decimal,
    #[schemacheck(default = "CURRENT_TIMESTAMP", references = "anything(id)", allow(missing-constraint, reason = "it is coming"))]
    pub placed_at: chrono::DateTime<chrono::Utc>,
    #[schemacheck(skip)]
    pub more: u8,
}

/// What PostgreSQL cannot say of a view.
#[derive(Model)]
#[schemacheck(table = "adults", exact)]
pub struct Adult {
    #[schemacheck(not_null)]
    pub id: i64,
    #[schemacheck(nullable)]
    pub nickname: Option<String>,
}

/// A domain by its own name, and what it is based on.
#[derive(Model)]
#[schemacheck(table = "users")]
pub struct User {
    #[schemacheck(type = "email", max_length = 200, not_null)]
    pub email: String,
    #[schemacheck(type = "mood[]", default = "'{}'")]
    pub moods: Vec<String2>,
}

#[derive(schemacheck::PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum String2 {
    Happy,
    Sad,
    SoSo,
}

fn main() {}
