use schemacheck::PgType;

#[derive(PgType)]
#[schemacheck(transparent, type = "email")]
struct Both(String);

#[derive(PgType)]
#[schemacheck(transparent, schema = "public", rename_all = "camelCase")]
struct Schema(String);

#[derive(PgType)]
#[schemacheck(type = "a.b.c")]
struct Dots(String);

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Words {
    street: String,
    #[schemacheck(skip, rename = "zip")]
    code: i32,
    #[schemacheck(column = "city")]
    town: String,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Twice {
    street: String,
    zip: i32,
    #[schemacheck(rename = "zip")]
    code: i32,
}

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Tuple(String, i32, String);

#[derive(PgType)]
struct Address {
    street: String,
}

fn main() {}
