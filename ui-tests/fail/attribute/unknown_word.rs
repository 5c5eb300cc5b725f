use schemacheck::Model;

#[derive(Model)]
#[schemacheck(tabel = "users")]
struct Misspelt {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct OnField {
    #[schemacheck(colum = "id", table = "users")]
    key: i64,
}

fn main() {}
