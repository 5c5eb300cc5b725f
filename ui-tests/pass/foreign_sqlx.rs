//! sqlx's attributes: the table is ours to name, and nothing else.
#![allow(dead_code)]

use schemacheck::{Model, PgEnum, PgType};

#[derive(PgEnum)]
#[sqlx(type_name = "mood", rename_all = "snake_case")]
enum Mood {
    Happy,
    Sad,
    SoSo,
}

// SQL folds what is not quoted.
#[derive(PgEnum)]
#[sqlx(type_name = "Billing.CHANNEL", no_pg_array)]
enum Channel {
    #[sqlx(rename = "sms")]
    Text,
    #[sqlx(rename = "eMail")]
    Letter,
}

#[derive(PgEnum)]
#[sqlx(type_name = "\"Tier\"")]
enum Tier {
    Gold,
    Silver,
}

// In a column of text: the labels are held against its check.
#[derive(PgEnum)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
enum Status {
    Sent,
    Delivered,
    Seen,
}

#[derive(PgEnum)]
#[sqlx(no_pg_array)]
#[repr(i16)]
enum Priority {
    Low = 1,
    High = 2,
}

// Whatever name stands beside it, the number is what is read.
#[derive(PgEnum)]
#[sqlx(type_name = "priority")]
#[repr(i16)]
enum Level {
    Low = 1,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Leveled {
    priority: Level,
    // One column in two fields.
    #[sqlx(rename = "priority")]
    number: i16,
}

#[derive(PgType)]
#[sqlx(transparent)]
struct UserId(i64);

// The type is named beside it.
#[derive(PgType)]
#[sqlx(transparent, type_name = "text", no_pg_array)]
struct Slug(String);

#[derive(PgType)]
#[sqlx(type_name = "email")]
struct Email(String);

#[derive(PgType)]
#[sqlx(type_name = "address")]
struct Address {
    street: Option<String>,
    zip: Option<i32>,
    city: Option<String>,
}

struct Settings;

struct Years(u8);

impl TryFrom<i64> for Years {
    type Error = ();

    fn try_from(years: i64) -> Result<Self, ()> {
        Ok(Self(years as u8))
    }
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct User {
    id: UserId,
    email: Email,
    #[sqlx(rename = "nickname")]
    name: Option<String>,
    #[sqlx(try_from = "i64")]
    age: Years,
    mood: Mood,
    #[sqlx(json)]
    settings: Settings,
    r#type: Slug,
    #[sqlx(skip)]
    cache: Vec<u8>,
    // A column of some queries.
    #[sqlx(default)]
    rank: f32,
    #[sqlx(flatten)]
    rest: Rest,
}

#[derive(Model)]
#[schemacheck(embedded)]
struct Rest {
    avatar: Option<Vec<u8>>,
    #[sqlx(default)]
    distance: f64,
}

#[derive(Model)]
#[schemacheck(table = "billing.invoices")]
#[sqlx(rename_all = "camelCase")]
struct Invoice {
    id: i32,
    user_id: i64,
}

#[derive(Model)]
#[schemacheck(table = "accounts")]
#[sqlx(default)]
struct Account {
    id: i64,
    tier: Tier,
    channel: Option<Channel>,
    address: Option<Address>,
    #[sqlx(json(nullable))]
    extra: Option<Settings>,
    // Of another query.
    total: i64,
}

#[derive(Model)]
#[schemacheck(table = "messages")]
struct Message {
    id: i64,
    status: Status,
    priority: Priority,
}

// A word of ours wins, silently.
#[derive(Model)]
#[schemacheck(table = "messages", rename_all = "snake_case")]
#[sqlx(rename_all = "UPPERCASE")]
struct Ours {
    id: i64,
    #[sqlx(rename = "nothing")]
    #[schemacheck(column = "weight")]
    kilos: i64,
}

fn main() {}
