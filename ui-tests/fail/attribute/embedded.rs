//! What is said of a table where there is none, or of all columns where they are not known.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded)]
struct Promising {
    #[schemacheck(not_null)]
    state: String,
}

#[derive(Model)]
#[schemacheck(schema = "billing", table = "invoices", exact)]
struct Open<T> {
    id: i32,
    #[schemacheck(flatten)]
    rest: T,
}

fn main() {}
