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

// A trigger fills the path, and only changes the target.
#[derive(Model)]
#[schemacheck(table = "permalinks", insert)]
struct Permalink {
    title: String,
}

#[derive(Model)]
#[schemacheck(table = "permalinks", read, insert)]
struct PerhapsPermalink {
    title: String,
    target: Option<String>,
    path: Option<String>,
}

fn main() {}
