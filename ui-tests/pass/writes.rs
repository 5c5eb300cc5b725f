//! Models that write: what they need not supply, and where `None` is right.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]
use schemacheck::{Model, PgType};

#[derive(PgType)]
#[schemacheck(transparent)]
pub struct Slug(pub String);

/// All that an insert needs; a nullable column from a field that is never NULL.
#[derive(Model)]
#[schemacheck(table = "articles", insert)]
pub struct NewArticle<'a> {
    pub title: &'a str,
    pub slug: Slug,
    pub body: String,
}

/// `None` on a nullable column, once and twice, and DEFAULT where there is one.
#[derive(Model)]
#[schemacheck(table = "articles", insert, none = "default")]
pub struct Defaults {
    pub title: std::borrow::Cow<'static, str>,
    pub slug: String,
    pub state: Option<String>,
    pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    pub updated_at: Option<Option<chrono::DateTime<chrono::Utc>>>,
    pub score: Option<i32>,
}

/// The domain of the column that is left out has a default.
#[derive(Model)]
#[schemacheck(table = "ratings", insert)]
pub struct Rating {
    pub id: i64,
    pub by_whom: String,
}

/// A trigger fills the slug.
#[derive(Model)]
#[schemacheck(table = "articles", insert, optional("slug", reason = "articles_slug() fills it"))]
pub struct ByTrigger {
    pub title: String,
}

#[derive(Model)]
#[schemacheck(table = "articles", insert, optional("slug", reason = "articles_slug() fills it"))]
pub struct PerhapsByTrigger {
    pub title: String,
    pub slug: Option<String>,
}

/// The snapshot says that a trigger fills the path.
#[derive(Model)]
#[schemacheck(table = "permalinks", insert)]
pub struct Permalink {
    pub title: String,
    pub target: String,
}

#[derive(Model)]
#[schemacheck(table = "permalinks", insert, none = "default")]
pub struct PerhapsPermalink {
    pub title: String,
    pub target: String,
    pub path: Option<String>,
}

/// As columns of a struct inside.
#[derive(Model)]
#[schemacheck(embedded)]
pub struct Target {
    pub target: String,
    pub path: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "permalinks", insert)]
pub struct Embedding {
    pub title: String,
    #[schemacheck(flatten)]
    pub target: Target,
}

/// `None` leaves a column as it is; the key says which row.
#[derive(Model)]
#[schemacheck(table = "articles", update)]
pub struct Patch<T> {
    pub id: i64,
    pub title: Option<String>,
    pub body: Option<Option<String>>,
    pub state: T,
}

/// A reader may hold any column in an `Option`, and name those that are generated.
#[derive(Model)]
#[schemacheck(table = "articles", read, update)]
pub struct Article {
    pub id: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
}

/// Each has its way out.
#[derive(Model)]
#[schemacheck(table = "articles", insert)]
#[schemacheck(allow(missing-required-column, reason = "a rule of the table fills the rest"))]
pub struct Odd {
    #[schemacheck(allow(not-null-column, reason = "always Some"))]
    pub title: Option<String>,
    #[schemacheck(allow(generated-column-written, reason = "OVERRIDING SYSTEM VALUE"))]
    pub id: i64,
}

fn main() {}
