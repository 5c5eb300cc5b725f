//! Enums that are kept in plain columns, through whatever holds them; and what is not judged.
#![forbid(warnings, unsafe_code, clippy::all, clippy::pedantic)]
use schemacheck::{Model, PgEnum, PgType};

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
pub enum Status {
    Sent,
    Delivered,
    #[schemacheck(rename = "seen")]
    Read,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case", non_exhaustive)]
pub enum Known {
    Sms,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "lowercase")]
pub enum Channel {
    Sms,
    Email,
}

#[derive(PgEnum)]
#[schemacheck(repr = "int2")]
pub enum Priority {
    Low = 1,
    High = 2,
}

#[derive(PgEnum)]
#[schemacheck(repr = "int8")]
pub enum Weight {
    Light,
    Heavy,
}

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case", non_exhaustive)]
pub enum Mood {
    Happy,
    Sad,
}

#[derive(PgType)]
#[schemacheck(transparent)]
pub struct Wrapped(pub Status);

pub type Maybe = Option<Channel>;

#[derive(Model)]
#[schemacheck(table = "messages")]
pub struct Message<'a> {
    pub id: i64,
    pub status: Status,
    pub channel: Maybe,
    pub code: Channel,
    pub delivery: Box<Wrapped>,
    pub channels: Vec<Option<Channel>>,
    pub folder: Status,
    pub feeling: Mood,
    pub feelings: Option<Vec<Mood>>,
    pub priority: Priority,
    pub weight: &'a Weight,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
pub struct Loose<'a, T> {
    pub id: T,
    pub status: &'a str,
    pub channel: Option<Known>,
    pub delivery: std::borrow::Cow<'a, str>,
    pub channels: &'a [Known],
    pub folder: Known,
}

/// An insert need not know every label, and a label of a later release has a way out.
#[derive(Model)]
#[schemacheck(table = "messages", insert)]
#[schemacheck(optional("id", "code", "delivery", "channels", "folder", reason = "a trigger"))]
#[schemacheck(optional("feeling", "priority", "weight", reason = "a trigger"))]
pub struct NewMessage {
    pub status: Sent,
    #[schemacheck(allow(unknown-label, reason = "added by the next release"))]
    pub channel: Option<Status>,
}

#[derive(PgEnum)]
#[schemacheck(repr = "text", rename_all = "snake_case")]
pub enum Sent {
    Sent,
}

fn main() {}
