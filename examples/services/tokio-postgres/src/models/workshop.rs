//! The workshop itself: who works there, what lies in the store, when it is open, on weekday 1 (Monday) to 7.

use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use tokio_postgres::Row;

use super::RowError;
use super::values::MechanicId;

#[derive(schemacheck::Model)]
/// Who repairs.
#[schemacheck(table = "mechanics")]
#[derive(Debug)]
pub struct Mechanic {
    pub id: MechanicId,
    pub name: String,
    pub hourly_rate: Decimal,
    pub skills: Vec<String>,
    pub hired_on: NaiveDate,
    pub active: bool,
}

impl TryFrom<&Row> for Mechanic {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            hourly_rate: row.try_get("hourly_rate")?,
            skills: row.try_get("skills")?,
            hired_on: row.try_get("hired_on")?,
            active: row.try_get("active")?,
        })
    }
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
#[derive(Debug)]
pub struct Part {
    pub sku: String,
    pub name: String,
    pub stock: i32,
    pub unit_price: Decimal,
}

impl TryFrom<&Row> for Part {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            sku: row.try_get("sku")?,
            name: row.try_get("name")?,
            stock: row.try_get("stock")?,
            unit_price: row.try_get("unit_price")?,
        })
    }
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

#[derive(schemacheck::Model)]
/// From when to when it is open, on weekday 1 (Monday) to 7.
#[schemacheck(table = "opening_hours")]
#[derive(Debug)]
pub struct OpeningHours {
    pub weekday: i16,
    pub opens: NaiveTime,
    pub closes: NaiveTime,
}

impl TryFrom<&Row> for OpeningHours {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            weekday: row.try_get("weekday")?,
            opens: row.try_get("opens")?,
            closes: row.try_get("closes")?,
        })
    }
}
