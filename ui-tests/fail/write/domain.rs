//! The domain of a column that is left out refuses NULL, and has no default.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "ratings", insert)]
struct Rating {
    id: i64,
}

fn main() {}
