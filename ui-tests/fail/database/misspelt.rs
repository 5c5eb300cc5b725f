use schemacheck::{Model, PgEnum};

#[derive(Model)]
#[schemacheck(database = "biling", table = "payments")]
struct Misspelt {
    id: i64,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", database = "audit log")]
enum Unknown {
    Paid,
}

fn main() {}
