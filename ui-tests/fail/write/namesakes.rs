//! What was derived under a name says nothing of another type of that name.
use schemacheck::Model;

mod first {
    #[derive(schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Title(pub String);

    #[derive(schemacheck::PgType)]
    #[schemacheck(transparent)]
    pub struct Status(pub String);
}

#[derive(Model)]
#[schemacheck(table = "articles", insert)]
struct NewArticle {
    title: Title,
    slug: String,
}

#[derive(schemacheck::PgType)]
#[schemacheck(transparent)]
struct Title(Option<String>);

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Message {
    status: Status,
}

#[derive(schemacheck::PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
enum Status {
    Sent,
    Delivered,
    Seen,
    Lost,
}

fn main() {}
