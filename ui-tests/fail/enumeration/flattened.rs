//! The labels of an enum in a flattened struct are held against the checks of the table.
use schemacheck::{Model, PgEnum};

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
enum Status {
    Sent,
    Delivered,
    Failed,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct State {
    status: Status,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Message {
    id: i64,
    #[schemacheck(flatten)]
    state: Option<State>,
}

fn main() {}
