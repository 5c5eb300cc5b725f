//! Customers and their bikes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::values::{BikeKind, CustomerId, Email};

/// What a customer likes: the JSON in a column.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub newsletter: bool,
    pub language: Option<String>,
}

#[derive(schemacheck::Model)]
/// When a row was made and last changed: columns that several tables have.
#[schemacheck(embedded)]
#[derive(Debug, FromRow)]
pub struct Timestamps {
    pub created_at: DateTime<Utc>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(schemacheck::Model)]
/// A customer, with all that we know.
#[schemacheck(table = "customers")]
#[derive(Debug, FromRow)]
pub struct Customer {
    pub id: CustomerId,
    pub email: Email,
    pub name: String,
    pub phone: Option<String>,
    #[sqlx(json)]
    pub preferences: Preferences,
    #[sqlx(flatten)]
    pub times: Timestamps,
}

#[derive(schemacheck::Model)]
/// A customer in a list.
#[schemacheck(table = "customers")]
#[derive(Debug, FromRow)]
pub struct CustomerName {
    pub id: CustomerId,
    pub name: String,
}

#[derive(schemacheck::Model)]
/// A customer who was not known until now. Inserted with `ON CONFLICT (email)`.
#[schemacheck(table = "customers", insert, unique("email"))]
#[derive(Debug)]
pub struct NewCustomer<'a> {
    pub email: Email,
    pub name: &'a str,
    pub phone: Option<&'a str>,
}

#[derive(schemacheck::Model)]
/// What a customer may change.
#[schemacheck(table = "customers", update)]
#[derive(Debug, Default)]
pub struct CustomerChanges<'a> {
    pub name: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(schemacheck::Model)]
/// A bike of a customer.
#[schemacheck(table = "bikes")]
#[derive(Debug, FromRow)]
pub struct Bike {
    pub id: Uuid,
    #[sqlx(rename = "customer_id")]
    pub owner: CustomerId,
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
    pub photo: Option<Vec<u8>>,
    #[sqlx(flatten)]
    pub times: Timestamps,
}

#[derive(schemacheck::Model)]
/// What tells a bike from others.
#[schemacheck(table = "bikes")]
#[derive(Debug, FromRow)]
pub struct BikeLabel {
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
}

#[derive(schemacheck::Model)]
/// A bike that is brought for the first time.
#[schemacheck(table = "bikes", insert)]
#[derive(Debug)]
pub struct NewBike<'a> {
    pub customer_id: CustomerId,
    pub kind: BikeKind,
    pub brand: &'a str,
    pub frame_number: Option<&'a str>,
}
