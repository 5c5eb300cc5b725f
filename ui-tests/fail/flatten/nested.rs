//! Also at some depth, and in an `Option`, where only NULL is not judged.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded)]
struct Inner {
    words: i32,
    tilte: String,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Outer {
    #[schemacheck(flatten)]
    inner: Inner,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
struct Article {
    #[schemacheck(flatten)]
    outer: Option<Outer>,
}

fn main() {}
