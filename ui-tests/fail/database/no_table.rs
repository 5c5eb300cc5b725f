use schemacheck::Model;

#[derive(Model)]
#[schemacheck(database = "billing")]
struct Payment {
    id: i64,
}

fn main() {}
