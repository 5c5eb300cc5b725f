use schemacheck::Model;

#[derive(Model)]
#[schemacheck(database = "billing")]
struct Payment {
    id: i64,
}

#[derive(Model)]
#[schemacheck(database = "", table = "payments")]
struct Empty {
    id: i64,
}

fn main() {}
