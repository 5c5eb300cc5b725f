use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "orders")]
struct Order {
    #[schemacheck(default = "0", max_length = 20)]
    id: i64,
    #[schemacheck(references = "users(id)", on_delete = "set null")]
    user_id: i64,
    #[schemacheck(type = "varchar(40)", max_length = 40, nullable)]
    number: String,
    #[schemacheck(default = "'open'", references = "statuses(id)")]
    status: String,
    #[schemacheck(default, not_null)]
    note: String,
}

fn main() {}
