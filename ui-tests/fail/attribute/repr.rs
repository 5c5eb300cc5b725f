use schemacheck::{Model, PgEnum};

#[derive(PgEnum)]
#[schemacheck(type = "mood", repr = "text")]
enum Both {
    Happy,
}

#[derive(PgEnum)]
#[schemacheck(schema = "public", repr = "int2")]
enum WithSchema {
    Happy,
}

#[derive(PgEnum)]
#[schemacheck(repr = "i32")]
enum RustWord {
    Happy,
}

#[derive(PgEnum)]
enum Neither {
    Happy,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text")]
enum Generic<T> {
    Happy(T),
}

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Message {
    status: Both,
    folder: Generic<i64>,
    channel: Option<WithSchema>,
}

fn main() {}
