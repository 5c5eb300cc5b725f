use schemacheck::{Model, PgEnum, PgType};

#[derive(Model)]
#[schemacheck(table = "users")]
enum Enum {
    A,
}

#[derive(Model)]
#[schemacheck(table = "users")]
union Union {
    a: u8,
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct Tuple(i64);

#[derive(PgEnum)]
#[schemacheck(type = "mood")]
struct NoEnum;

#[derive(PgType)]
struct Opaque(i64);

#[derive(PgType)]
#[schemacheck(transparent)]
struct Two(i64, String);

fn main() {}
