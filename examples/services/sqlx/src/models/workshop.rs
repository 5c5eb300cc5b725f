//! The workshop itself: who works there, what lies in the store, when it is open.

use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use sqlx::FromRow;

use super::values::MechanicId;

#[derive(schemacheck::Model)]
/// Who repairs.
#[schemacheck(table = "mechanics")]
#[derive(Debug, FromRow)]
pub struct Mechanic {
    pub id: MechanicId,
    pub name: String,
    pub hourly_rate: Decimal,
    pub skills: Vec<String>,
    pub hired_on: NaiveDate,
    pub active: bool,
}

#[derive(schemacheck::Model)]
/// Who begins today.
#[schemacheck(table = "mechanics", insert)]
#[derive(Debug)]
pub struct NewMechanic<'a> {
    pub name: &'a str,
    pub hourly_rate: Decimal,
    pub skills: &'a [&'a str],
}

#[derive(schemacheck::Model)]
/// What lies in the store.
#[schemacheck(table = "parts")]
#[derive(Debug, FromRow)]
pub struct Part {
    pub sku: String,
    pub name: String,
    pub stock: i32,
    pub unit_price: Decimal,
    /// Set by who asks.
    #[sqlx(skip)]
    pub on_order: bool,
}

#[derive(schemacheck::Model)]
/// What was delivered: added to the stock, `ON CONFLICT (sku)`.
#[schemacheck(table = "parts", insert, unique("sku"))]
#[derive(Debug)]
pub struct Delivery<'a> {
    pub sku: &'a str,
    pub name: &'a str,
    #[schemacheck(column = "stock")]
    pub quantity: i32,
    pub unit_price: Decimal,
}

/// A day of the week, 1 (Monday) to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekday(pub u8);

impl TryFrom<i16> for Weekday {
    type Error = String;

    fn try_from(number: i16) -> Result<Self, String> {
        match u8::try_from(number) {
            Ok(day @ 1..=7) => Ok(Self(day)),
            _ => Err(format!("there is no weekday {number}")),
        }
    }
}

#[derive(schemacheck::Model)]
/// From when to when it is open.
#[schemacheck(table = "opening_hours")]
#[derive(Debug, FromRow)]
pub struct OpeningHours {
    #[sqlx(try_from = "i16")]
    pub weekday: Weekday,
    pub opens: NaiveTime,
    pub closes: NaiveTime,
}
