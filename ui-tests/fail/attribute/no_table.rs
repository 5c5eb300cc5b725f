use schemacheck::{Model, PgEnum};

#[derive(Model)]
struct User {
    id: i64,
}

#[derive(PgEnum)]
enum Mood {
    Happy,
}

fn main() {}
