//! What a flattened struct asks of the table is judged where it is flattened.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded)]
struct Author {
    author_id: i64,
    editor_id: i64,
    title: i32,
    body: String,
}

struct Plain;

#[derive(Model)]
#[schemacheck(table = "articles")]
struct Article {
    id: i64,
    #[schemacheck(flatten)]
    author: Author,
    #[schemacheck(flatten)]
    plain: Plain,
}

fn main() {}
