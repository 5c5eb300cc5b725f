//! Columns of flattened structs count, and stand where their field stands.
use schemacheck::Model;

#[derive(Model)]
#[schemacheck(embedded, rename_all = "camelCase")]
struct Owner {
    user_id: i64,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Id {
    id: i32,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", exact)]
struct Lacking {
    #[schemacheck(flatten)]
    id: Option<Id>,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", exact(order))]
struct Disordered {
    #[schemacheck(flatten)]
    owner: Owner,
    #[schemacheck(flatten)]
    id: Id,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices", exact(order))]
struct Ordered {
    #[schemacheck(flatten)]
    id: Id,
    #[schemacheck(flatten)]
    owner: Owner,
}

fn main() {}
