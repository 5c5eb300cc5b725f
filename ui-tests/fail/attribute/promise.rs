use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "orders")]
struct Order {
    #[schemacheck(type = "bigint(")]
    id: i64,
    #[schemacheck(references = "users(id)", on_delete = "set null", not_null)]
    user_id: i64,
    #[schemacheck(type = "varchar(10)", max_length = 20)]
    number: String,
    #[schemacheck(on_delete = "cascade")]
    status: String,
    #[schemacheck(not_null, nullable)]
    note: Option<String>,
}

fn main() {}
