//! What a flattened struct asks of the table is judged where it is flattened.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded)]
struct Author {
    author_id: i64,
    editor_id: i64,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Text {
    title: i32,
    body: String,
    updated_at: i64,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
struct Article {
    id: i64,
    #[schemacheck(flatten)]
    author: Author,
    #[schemacheck(flatten)]
    text: Text,
}

fn main() {}
