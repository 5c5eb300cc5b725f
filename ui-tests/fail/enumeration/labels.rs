use schemacheck::PgEnum;

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
enum Mood {
    Happy,
    Sadd,
    #[schemacheck(rename = "Happy")]
    Glad,
}

#[derive(PgEnum)]
#[schemacheck(type = "moods")]
enum Missing {
    Happy,
}

#[derive(PgEnum)]
#[schemacheck(type = "email")]
enum NoEnum {
    Happy,
}

fn main() {}
