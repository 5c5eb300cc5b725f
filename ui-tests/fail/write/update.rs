//! An update writes nothing that is generated.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "articles", update)]
struct Patch {
    id: i64,
    title: Option<String>,
    words: Option<i32>,
    body: Option<i64>,
}

fn main() {}
