//! What the attributes of postgres-types say, held against the database.
use schemacheck::{PgEnum, PgType};

// The name is the type's own, to the letter.
#[derive(PgEnum)]
#[postgres(rename_all = "snake_case")]
enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(PgEnum)]
#[postgres(name = "mood", rename_all = "kebab-case")]
enum Kebab {
    Happy,
    Sad,
    SoSo,
}

#[derive(PgType)]
#[postgres(name = "address")]
struct Address {
    street: Option<String>,
    #[postgres(name = "postcode")]
    zip: Option<i32>,
    city: Option<String>,
}

fn main() {}
