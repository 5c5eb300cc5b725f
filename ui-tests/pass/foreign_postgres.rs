//! The attributes of postgres-types.
#![allow(dead_code)]

use schemacheck::{Model, PgEnum, PgType};

#[derive(PgEnum)]
#[postgres(name = "mood", rename_all = "snake_case")]
enum Mood {
    Happy,
    Sad,
    SoSo,
}

// The name is the type's own, to the letter.
#[derive(PgEnum)]
#[postgres(allow_mismatch)]
enum Tier {
    Gold,
}

// In whatever schema it is.
#[derive(PgEnum)]
#[postgres(name = "channel")]
enum Channel {
    #[postgres(name = "sms")]
    Text,
    #[postgres(name = "eMail")]
    Letter,
}

#[derive(PgType)]
#[postgres(transparent)]
struct UserId(i64);

#[derive(PgType)]
#[postgres(name = "email")]
struct Email(String);

#[derive(PgType)]
#[postgres(name = "address")]
struct Address {
    street: Option<String>,
    #[postgres(name = "zip")]
    code: Option<i32>,
    city: Option<String>,
}

#[derive(Model)]
#[schemacheck(table = "users")]
struct User {
    id: UserId,
    email: Email,
    mood: Mood,
}

#[derive(Model)]
#[schemacheck(table = "accounts")]
struct Account {
    tier: Tier,
    channel: Option<Channel>,
    address: Option<Address>,
}

fn main() {}
