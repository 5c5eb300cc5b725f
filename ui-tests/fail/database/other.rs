use schemacheck::{Model, PgEnum};

// The word is forgotten.
#[derive(Model)]
#[schemacheck(table = "payments")]
struct Forgotten {
    id: i64,
}

// The word is one too many.
#[derive(Model)]
#[schemacheck(database = "billing", table = "adults")]
struct TooMany {
    id: i64,
}

// Judged against its own database only.
#[derive(Model)]
#[schemacheck(database = "billing", table = "users")]
struct User {
    email: String,
    iban: i64,
}

#[derive(PgEnum)]
#[schemacheck(database = "billing", type = "mood", rename_all = "snake_case")]
enum Mood {
    Happy,
    Paid,
    Due,
}

fn main() {}
