//! Structs of which no attribute names a table.
use schemacheck::Model;

// The shape of a result.
#[derive(Model)]
struct Total {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    total: i64,
}

#[derive(Model)]
#[sqlx(rename_all = "camelCase")]
struct NoTable {
    id: i64,
}

fn main() {}
