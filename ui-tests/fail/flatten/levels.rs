//! Where columns may be missing, the types of those that are there are judged all the same.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded)]
struct Times {
    created_at: String,
    updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Model)]
#[schemacheck(table = "articles", allow(missing-column, reason = "added by the next release"))]
struct Article {
    #[schemacheck(flatten)]
    times: Times,
}

fn main() {}
