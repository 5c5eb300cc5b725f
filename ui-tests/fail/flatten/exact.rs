//! `exact` sees through flattened structs.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded)]
struct Promising {
    #[schemacheck(not_null)]
    state: String,
}

#[derive(Model)]
#[schemacheck(table = "articles", exact)]
struct Article {
    id: i64,
    title: String,
    #[schemacheck(flatten)]
    rest: Rest,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Rest {
    body: Option<String>,
    slug: String,
    state: String,
    score: i32,
    words: Option<i32>,
    created_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Model)]
#[schemacheck(table = "articles", exact(order))]
struct Ordered {
    id: i64,
    title: String,
    #[schemacheck(flatten)]
    rest: Rest,
    updated_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Model)]
#[schemacheck(schema = "billing", table = "invoices", exact)]
struct Open<T> {
    id: i32,
    #[schemacheck(flatten)]
    rest: T,
}

fn main() {}
