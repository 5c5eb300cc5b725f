use schemacheck::Model;

#[derive(Model)]
#[schemacheck(
    table = "orders",
    primary_key("number"),
    unique("user_id", "number"),
    unique("user_id", where = "status = 'open'"),
    unique("user_id"),
    unique("id", "totl"),
    index("placed_at", "status"),
)]
struct Order {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "adults", unique("id"), primary_key("id"))]
struct Adult {
    id: i64,
}

fn main() {}
