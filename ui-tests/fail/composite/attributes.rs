use schemacheck::PgType;

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Order {
    city: String,
    street: String,
    zip: i32,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Misspelt {
    stret: String,
    zip: i32,
    #[schemacheck(rename = "City")]
    city: String,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Missing {
    street: String,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Extra {
    street: String,
    zip: i32,
    city: String,
    country: String,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Several {
    zip: String,
    street: String,
    planet: String,
}

fn main() {}
