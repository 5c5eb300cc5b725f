use schemacheck::Model;

#[derive(Model)]
#[schemacheck(table = users)]
struct NoString {
    id: i64,
}

#[derive(Model)]
#[schemacheck(table, rename_all = "camelcase")]
struct NoValue {
    #[schemacheck(skip = "yes")]
    id: i64,
}

#[derive(Model)]
#[schemacheck(table = "", schema = "a\0b")]
struct Empty;

#[derive(Model)]
#[schemacheck(table = "a.b.c")]
struct TwoDots;

fn main() {}
