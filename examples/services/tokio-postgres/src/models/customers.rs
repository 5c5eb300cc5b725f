//! Customers and their bikes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::RowError;
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
#[derive(Debug)]
pub struct Timestamps {
    pub created_at: DateTime<Utc>,
    pub updated_at: Option<DateTime<Utc>>,
}

impl TryFrom<&Row> for Timestamps {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self { created_at: row.try_get("created_at")?, updated_at: row.try_get("updated_at")? })
    }
}

#[derive(schemacheck::Model)]
/// A customer, with all that we know.
#[schemacheck(table = "customers")]
#[derive(Debug)]
pub struct Customer {
    pub id: CustomerId,
    pub email: Email,
    pub name: String,
    pub phone: Option<String>,
    pub preferences: Json<Preferences>,
    #[schemacheck(flatten)]
    pub times: Timestamps,
}

impl TryFrom<&Row> for Customer {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            phone: row.try_get("phone")?,
            preferences: row.try_get("preferences")?,
            times: Timestamps::try_from(row)?,
        })
    }
}

#[derive(schemacheck::Model)]
/// A customer in a list.
#[schemacheck(table = "customers")]
#[derive(Debug)]
pub struct CustomerName {
    pub id: CustomerId,
    pub name: String,
}

impl TryFrom<&Row> for CustomerName {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self { id: row.try_get("id")?, name: row.try_get("name")? })
    }
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
#[derive(Debug)]
pub struct Bike {
    pub id: Uuid,
    #[schemacheck(column = "customer_id")]
    pub owner: CustomerId,
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
    pub photo: Option<Vec<u8>>,
    #[schemacheck(flatten)]
    pub times: Timestamps,
}

impl TryFrom<&Row> for Bike {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.try_get("id")?,
            owner: row.try_get("customer_id")?,
            kind: row.try_get("kind")?,
            brand: row.try_get("brand")?,
            frame_number: row.try_get("frame_number")?,
            photo: row.try_get("photo")?,
            times: Timestamps::try_from(row)?,
        })
    }
}

#[derive(schemacheck::Model)]
/// What tells a bike from others.
#[schemacheck(table = "bikes")]
#[derive(Debug)]
pub struct BikeLabel {
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
}

impl TryFrom<&Row> for BikeLabel {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            kind: row.try_get("kind")?,
            brand: row.try_get("brand")?,
            frame_number: row.try_get("frame_number")?,
        })
    }
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
