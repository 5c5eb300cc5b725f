//! Composite types and domains, in all the places where they can stand.
use schemacheck::{AcceptsColumn, Model, PgEnum, PgType, pg};

#[derive(PgType)]
#[schemacheck(type = "address")]
pub struct Address {
    pub street: Option<String>,
    pub zip: Option<i32>,
    pub city: String,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(PgType)]
#[schemacheck(schema = "public", type = "visit", rename_all = "camelCase")]
pub struct Visit {
    pub place: Option<Address>,
    pub earlier: Vec<Address>,
    pub moods: Vec<Option<Mood>>,
    pub contact: Email,
    pub stayed_on: Option<chrono::NaiveDate>,
    #[schemacheck(skip)]
    pub number: usize,
    pub phantom: std::marker::PhantomData<String>,
}

#[derive(PgType)]
#[schemacheck(type = "visit")]
pub struct Borrowed<'a> {
    pub place: &'a Address,
    #[schemacheck(rename = "earlier")]
    pub before: &'a [Option<Address>],
    pub moods: &'a [Mood],
    // What a domain is based on is accepted, as for columns.
    pub contact: &'a str,
    #[schemacheck(rename = "stayedOn", types = "off", reason = "decoded by hand")]
    pub stayed_on: u64,
}

#[derive(PgType)]
#[schemacheck(type = "email")]
pub struct Email(pub String);

#[derive(PgType)]
#[schemacheck(type = "public.email")]
pub struct MaybeEmail {
    pub inner: Option<String>,
}

#[derive(PgType)]
#[schemacheck(type = "work_email")]
pub struct WorkEmail(Email);

#[derive(PgType)]
#[schemacheck(type = "feeling")]
pub struct Feeling(pub Mood);

#[derive(PgType)]
#[schemacheck(type = "home")]
pub struct Home(pub Address);

/// A generic one: what names a parameter is judged by name only.
#[derive(PgType)]
#[schemacheck(type = "address")]
pub struct Generic<T, C> {
    pub street: T,
    pub zip: i32,
    pub city: C,
}

#[derive(PgType)]
#[schemacheck(transparent)]
pub struct Shipping(pub Address);

/// Decodes itself, and says so or does not: it is taken at its word.
pub struct Quiet;
pub struct Said;
impl AcceptsColumn<pg::Named<{ pg::name("public", "address") }>> for Said {}

#[derive(Model)]
#[schemacheck(table = "customers")]
pub struct Customer {
    pub id: i64,
    pub address: Address,
    pub addresses: Vec<Address>,
    pub home: Option<Home>,
    pub visit: Option<Visit>,
    pub work_email: Option<WorkEmail>,
    pub emails: Vec<Email>,
    pub feeling: Feeling,
    pub feelings: Vec<Feeling>,
}

#[derive(Model)]
#[schemacheck(table = "customers")]
pub struct Other<'a> {
    pub address: Shipping,
    pub addresses: &'a [Option<Generic<String, String>>],
    // Based on a composite type, and read as that.
    pub home: Option<Box<Address>>,
    pub visit: Option<Borrowed<'a>>,
    pub work_email: Option<Email>,
    pub feeling: Mood,
}

#[derive(Model)]
#[schemacheck(table = "customers")]
pub struct ByHand {
    pub address: Quiet,
    pub addresses: Vec<Said>,
    pub home: Option<Said>,
    pub visit: Option<(Quiet, Said)>,
    pub work_email: MaybeEmail,
    // sqlx reads an element of a domain as what it is based on.
    pub emails: Vec<String>,
    pub work_emails: Vec<Quiet>,
}

#[derive(PgType)]
#[schemacheck(type = "office")]
pub struct Office {
    pub email: String,
    pub work_email: WorkEmail,
    pub emails: Vec<String>,
}

/// Which driver writes them nobody says here: a domain is bound from what it is based on.
#[derive(Model)]
#[schemacheck(table = "users", insert, update)]
#[schemacheck(allow(missing-required-column, reason = "a rule of the table fills the rest"))]
#[schemacheck(none = "default", optional("email", reason = "as above"))]
pub struct NewUser {
    pub email: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct User {
    pub email: Email,
    pub nickname: MaybeEmail,
}

fn main() {}
