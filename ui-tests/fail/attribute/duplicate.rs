use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "users", table = "adults")]
#[schemacheck(schema = "public")]
#[schemacheck(schema = "billing")]
struct Twice {
    id: i64,
    #[schemacheck(column = "id")]
    again: i64,
}

fn main() {}
