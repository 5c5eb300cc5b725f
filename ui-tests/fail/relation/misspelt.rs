use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = "user")]
struct Similar {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "Users")]
struct Case {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "invoices")]
struct Elsewhere {
    id: i32,
}

fn main() {}
