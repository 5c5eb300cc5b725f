//! Each finding has a way out, with a reason.
use schemacheck::{Model, PgEnum};

#[derive(Model)]
#[schemacheck(table = "users")]
#[schemacheck(allow(missing-column, reason = "added by the next release"))]
pub struct User {
    #[schemacheck(types = "off", reason = "decoded by hand")]
    pub id: String,
    #[schemacheck(nullability = "off", reason = "never NULL since 2020")]
    pub nickname: String,
    #[schemacheck(allow(type-mismatch, nullable-column, reason = "decoded by hand"))]
    pub avatar: u64,
    pub severity: String,
}

#[derive(Model)]
#[schemacheck(table = "not_yet", allow(missing-relation, reason = "made at run time"))]
pub struct NotYet {
    pub id: i64,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case", allow(missing-label, reason = "never written by us"))]
pub enum Mood {
    Happy,
    Sad,
}

/// A type that decodes itself says so by the public trait.
pub struct Email(pub String);
impl schemacheck::AcceptsColumn<schemacheck::pg::Text> for Email {}

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct WithEmail {
    pub email: Email,
}

/// Nobody here knows what decodes these columns: any type of the user's own is taken at its word.
pub struct PgInterval;

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct Foreign {
    pub sleeps_for: Option<PgInterval>,
    pub home: Option<Vec<PgInterval>>,
}

fn main() {}
