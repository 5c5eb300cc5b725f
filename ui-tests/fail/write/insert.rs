//! An insert supplies what is required, writes nothing that is generated, and no NULL where it is refused.
use schemacheck::{Model, PgType};

type Maybe = Option<String>;

#[derive(PgType)]
#[schemacheck(transparent)]
struct MaybeTitle(Option<String>);

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
struct Lacking {
    id: i64,
    body: Option<String>,
    words: Option<i32>,
}

#[derive(Model)]
#[schemacheck(table = "articles", read, insert)]
struct Nulls {
    title: MaybeTitle,
    #[schemacheck(none = "default")]
    slug: Maybe,
    state: Option<String>,
    body: String,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, optional("slugg", reason = "articles_slug() fills it"))]
struct Misspelt {
    title: String,
    slug: String,
}

fn main() {}
