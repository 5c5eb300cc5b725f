//! The crate `schemacheck` by another name, which its `crate = "..."` says: every sort of derive, in a library where
//! what nobody uses is reported.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]

use renamed::{Model, PgEnum, PgType};

#[derive(Model)]
#[schemacheck(table = "users", crate = "renamed")]
pub struct User {
    pub id: i64,
    pub mood: Mood,
    #[schemacheck(nullable)]
    pub nickname: Option<String>,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case", crate = "::renamed")]
pub enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case", crate = "::renamed")]
pub enum Status {
    Sent,
    Delivered,
    Seen,
}

#[derive(Model)]
#[schemacheck(table = "messages", crate = "::renamed")]
pub struct Message<T> {
    pub status: Status,
    pub delivery: Option<Status>,
    pub id: T,
}

#[derive(PgType)]
#[schemacheck(transparent, crate = "::renamed")]
pub struct Id(pub i64);

#[derive(PgType)]
#[schemacheck(type = "address", crate = "::renamed")]
pub struct Address {
    pub street: String,
    pub zip: i32,
    pub city: String,
}

#[derive(PgType)]
#[schemacheck(type = "home", crate = "::renamed")]
pub struct Home(pub Address);

#[derive(Model)]
#[schemacheck(embedded, crate = "::renamed")]
pub struct Times {
    pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Model)]
#[schemacheck(table = "articles", primary_key("id"), crate = "::renamed")]
pub struct Article {
    pub id: Id,
    #[schemacheck(flatten)]
    pub times: Times,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, optional("slug", reason = "a trigger"), crate = "::renamed")]
pub struct NewArticle {
    pub title: String,
    pub state: String,
    #[schemacheck(flatten)]
    pub times: Times,
}

#[derive(Model)]
#[schemacheck(crate = "::renamed")]
pub struct WithCount {
    #[schemacheck(flatten)]
    pub article: Option<Article>,
    #[schemacheck(computed)]
    pub total: i64,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", exact, rename_all = "camelCase", crate = "::renamed")]
pub struct Invoice {
    pub id: i32,
    pub user_id: i64,
}

#[derive(Model)]
#[schemacheck(database = "billing", table = "payments", crate = "::renamed")]
pub struct Payment {
    pub id: i64,
}
