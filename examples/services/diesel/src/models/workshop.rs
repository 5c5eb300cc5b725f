//! The workshop itself: who works there, what lies in the store, when it is open.

use bigdecimal::BigDecimal;
use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;

use super::values::MechanicId;
use crate::schema::{mechanics, opening_hours, parts};

#[derive(schemacheck::Model)]
/// Who repairs.
#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = mechanics, check_for_backend(diesel::pg::Pg))]
pub struct Mechanic {
    pub id: MechanicId,
    pub name: String,
    pub hourly_rate: BigDecimal,
    pub skills: Vec<String>,
    pub hired_on: NaiveDate,
    pub active: bool,
}

#[derive(schemacheck::Model)]
/// Who begins today.
#[derive(Debug, Insertable)]
#[diesel(table_name = mechanics)]
pub struct NewMechanic<'a> {
    pub name: &'a str,
    pub hourly_rate: BigDecimal,
    pub skills: &'a [&'a str],
}

#[derive(schemacheck::Model)]
/// What lies in the store.
#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = parts, primary_key(sku), check_for_backend(diesel::pg::Pg))]
pub struct Part {
    pub sku: String,
    pub name: String,
    pub stock: i32,
    pub unit_price: BigDecimal,
}

#[derive(schemacheck::Model)]
/// What was delivered: added to the stock, `ON CONFLICT (sku)`.
#[schemacheck(unique("sku"))]
#[derive(Debug, Insertable)]
#[diesel(table_name = parts)]
pub struct Delivery<'a> {
    pub sku: &'a str,
    pub name: &'a str,
    #[diesel(column_name = stock)]
    pub quantity: i32,
    pub unit_price: BigDecimal,
}

#[derive(schemacheck::Model)]
/// From when to when it is open, on weekday 1 (Monday) to 7.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = opening_hours, check_for_backend(diesel::pg::Pg))]
pub struct OpeningHours {
    pub weekday: i16,
    pub opens: NaiveTime,
    pub closes: NaiveTime,
}
