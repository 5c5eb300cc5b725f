//! Models of two databases in one crate: tables and types of one name are each judged where they belong.

#![forbid(warnings, unsafe_code)]

use rust_decimal::Decimal;
use schemacheck::{Model, PgEnum};
use uuid::Uuid;

#[derive(PgEnum)]
#[schemacheck(type = "mood", rename_all = "snake_case")]
pub enum Mood {
    Happy,
    Sad,
    SoSo,
}

#[derive(Model)]
#[schemacheck(table = "users")]
pub struct User {
    pub id: i64,
    pub mood: Mood,
}

pub mod billing {
    use super::*;

    #[derive(PgEnum)]
    #[schemacheck(database = "billing", type = "mood", rename_all = "snake_case")]
    pub enum Mood {
        Paid,
        Due,
    }

    #[derive(Model)]
    #[schemacheck(database = "billing", table = "users")]
    pub struct User {
        pub id: Uuid,
        pub iban: String,
    }

    #[derive(Model)]
    #[schemacheck(database = "billing", table = "public.payments")]
    pub struct Payment {
        pub id: i64,
        pub amount: Decimal,
        pub note: Option<String>,
        pub mood: Mood,
    }

    // The enum of another database: the type goes by its name, and the labels are judged where the enum says.
    #[derive(Model)]
    #[schemacheck(database = "billing", table = "payments")]
    pub struct Shared {
        pub mood: super::Mood,
    }
}

fn main() {
    let record = <billing::Payment as Model>::record();
    assert!(String::from_utf8_lossy(record).contains(r#""database": "billing""#));
}
