//! What is flattened is a struct of columns, of some table.
use schemacheck::Model;

struct Plain;

#[derive(Model)]
#[schemacheck(embedded)]
struct Embedded {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
struct Article {
    #[schemacheck(flatten)]
    plain: Plain,
    #[schemacheck(flatten)]
    optional: Option<Plain>,
}

#[derive(Model)]
struct NoTable {
    #[schemacheck(flatten)]
    embedded: Embedded,
}

fn main() {}
