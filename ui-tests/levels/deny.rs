//! What would be a warning, as an error; and what is an error stays one, whatever the struct says.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "orders", deny(missing-index, reason = "a slow query in production"))]
#[schemacheck(index("note"))] // missing-index
struct Index {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "users", allow(type-mismatch, nullable-column, reason = "decoded by hand"))]
struct Fields {
    #[schemacheck(deny(type-mismatch, reason = "this one is not"))]
    id: String, // type-mismatch
    #[schemacheck(deny(nullable-column, reason = "this one is not"))]
    nickname: String, // nullable-column
    age: String,
}

fn main() {}
