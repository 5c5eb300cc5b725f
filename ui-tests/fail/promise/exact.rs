use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "billing.invoices", exact)]
struct Invoice {
    id: i32,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", exact(order), rename_all = "camelCase")]
struct Read {
    user_id: i64,
    #[schemacheck(skip)]
    total: i64,
    id: i32,
}

fn main() {}
