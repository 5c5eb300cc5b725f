use schemacheck::Model;

type Number = i32;
struct Opaque;

#[derive(Model)]
#[schemacheck(table = "users")]
struct User<'a> {
    id: Number,
    public_id: String,
    age: Option<i32>,
    mood: String,
    settings: Vec<u8>,
    tags: &'a [i32],
    email: Opaque,
    created_at: chrono::NaiveDateTime,
    sleeps_for: Option<String>,
    home: Option<uuid::Uuid>,
}

#[derive(Model)]
#[schemacheck(schema = "public", table = "weird \"name\" {}")]
struct Weird {
    #[schemacheck(column = "col {} \"x\"")]
    value: i64,
}

fn main() {}
