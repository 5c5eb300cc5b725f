use schemacheck::{Model, PgEnum, PgType};

#[derive(PgType)]
#[schemacheck(type = "address")]
struct Address {
    street: Vec<String>,
    zip: Option<i64>,
    city: String,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(PgType)]
#[schemacheck(type = "visit", rename_all = "camelCase")]
struct Visit<'a> {
    place: Box<Visit<'a>>,
    earlier: Address,
    moods: Vec<String>,
    contact: i32,
    stayed_on: &'a Mood,
}

#[derive(PgType)]
#[schemacheck(type = "email")]
struct Email(i32);

#[derive(PgType)]
#[schemacheck(type = "home")]
struct Home {
    visit: Option<Visit<'static>>,
}

#[derive(PgType)]
#[schemacheck(transparent)]
struct Wrapped(Mood);

#[derive(Model)]
#[schemacheck(table = "customers")]
struct Customer<'a> {
    address: String,
    addresses: Vec<Visit<'a>>,
    home: Option<Wrapped>,
    visit: Option<Email>,
    work_email: Option<Address>,
    emails: Vec<Address>,
    feeling: Email,
    open: Option<Address>,
    work_emails: Vec<String>,
}

#[derive(PgType)]
#[schemacheck(type = "office")]
struct Office {
    email: bool,
    work_email: String,
    emails: Vec<i32>,
}

fn main() {}
