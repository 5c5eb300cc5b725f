//! What is wrong with a struct that is flattened is said once, and not again where it is flattened.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded, tabel = "articles")]
struct Word {
    slug: i64,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct FieldWord {
    #[schemacheck(colum = "slug")]
    slag: String,
    #[schemacheck(allow(type-mismatch))]
    title: i64,
}

#[derive(Model)]
#[schemacheck(embeded)]
struct Misspelt<T> {
    slug: T,
}

#[derive(Model)]
#[schemacheck(table = "article")]
struct Relation {
    id: i64,
}

#[derive(Model)]
#[schemacheck(embedded, table = "articles")]
struct Both {
    #[schemacheck(flatten)]
    word: Word,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, exact(order))]
struct Insert {
    title: String,
    #[schemacheck(flatten)]
    word: Word,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
struct InsertOptional {
    #[schemacheck(flatten)]
    field: Option<FieldWord>,
}

#[derive(Model)]
#[schemacheck(table = "articles")]
struct Read {
    #[schemacheck(flatten)]
    word: Misspelt<String>,
    #[schemacheck(flatten)]
    relation: Relation,
    #[schemacheck(flatten)]
    both: Both,
}

#[derive(Model)]
struct Wrapper {
    #[schemacheck(flatten)]
    relation: Option<Relation>,
    #[schemacheck(flatten)]
    read: Read,
}

fn main() {}
