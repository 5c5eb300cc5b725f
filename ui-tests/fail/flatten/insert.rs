//! What a flattened struct supplies, and what it must not write.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded)]
struct Rest {
    id: i64,
    state: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
struct NewArticle {
    title: String,
    #[schemacheck(flatten)]
    rest: Rest,
}

fn main() {}
