//! The crate is reached by another path than `::schemacheck`.
mod mine {
    pub use schemacheck as renamed;
}

#[derive(mine::renamed::Model)]
#[schemacheck(table = "users", crate = "crate::mine::renamed")]
pub struct User {
    pub id: i64,
    pub mood: Mood,
}

#[derive(mine::renamed::PgEnum)]
#[schemacheck(type = "public.mood", crate = "mine::renamed", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    #[schemacheck(rename = "so_so")]
    Medium,
}

#[derive(mine::renamed::PgType)]
#[schemacheck(type = "address", crate = "crate::mine::renamed")]
pub struct Address {
    pub street: String,
    pub zip: i32,
    pub city: String,
}

#[derive(mine::renamed::PgType)]
#[schemacheck(type = "home", crate = "crate::mine::renamed")]
pub struct Home(pub Address);

#[derive(mine::renamed::Model)]
#[schemacheck(table = "customers", crate = "crate::mine::renamed")]
pub struct Customer {
    pub address: Address,
    pub addresses: Vec<Address>,
    pub home: Option<Home>,
}

#[derive(mine::renamed::PgType)]
#[schemacheck(transparent, crate = "crate::mine::renamed")]
pub struct Id(pub i64);

#[derive(mine::renamed::PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case", crate = "mine::renamed")]
pub enum Status {
    Sent,
    Delivered,
    Seen,
}

#[derive(mine::renamed::Model)]
#[schemacheck(table = "messages", crate = "mine::renamed")]
pub struct Message<T> {
    pub status: Status,
    pub delivery: Option<Status>,
    pub id: T,
}

#[derive(mine::renamed::Model)]
#[schemacheck(embedded, crate = "mine::renamed")]
pub struct Text {
    pub title: String,
    pub body: Option<String>,
}

#[derive(mine::renamed::Model)]
#[schemacheck(table = "articles", crate = "mine::renamed", primary_key("id"))]
pub struct Article {
    pub id: Id,
    #[schemacheck(flatten)]
    pub text: Text,
    #[schemacheck(default = "'draft'", not_null)]
    pub state: String,
}

#[derive(mine::renamed::Model)]
#[schemacheck(table = "articles", crate = "mine::renamed", insert, none = "default")]
#[schemacheck(optional("slug", reason = "a trigger"))]
pub struct NewArticle {
    #[schemacheck(flatten)]
    pub text: Text,
    pub state: Option<String>,
}

#[derive(mine::renamed::Model)]
#[schemacheck(crate = "mine::renamed")]
pub struct WithCount<T> {
    #[schemacheck(flatten)]
    pub record: T,
    #[schemacheck(flatten)]
    pub article: Article,
    #[schemacheck(computed)]
    pub total: i64,
}

#[derive(mine::renamed::Model)]
#[schemacheck(database = "billing", table = "payments", crate = "crate::mine::renamed")]
pub struct Payment {
    pub id: i64,
}

fn main() {}
