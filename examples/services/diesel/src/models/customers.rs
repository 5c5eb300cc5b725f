//! Customers and their bikes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::values::{BikeKind, CustomerId, Email};
use crate::schema::{bikes, customers};

#[derive(schemacheck::Model)]
/// Where a customer can be reached: read as a part of [`Customer`], written as a part of [`NewCustomer`].
#[schemacheck(embedded)]
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = customers, check_for_backend(diesel::pg::Pg))]
pub struct Contact {
    pub email: Email,
    pub phone: Option<String>,
}

#[derive(schemacheck::Model)]
/// A customer, with all that we know.
#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = customers, check_for_backend(diesel::pg::Pg))]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    #[diesel(embed)]
    pub contact: Contact,
    pub preferences: Value,
    #[diesel(column_name = created_at)]
    pub since: DateTime<Utc>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(schemacheck::Model)]
/// A customer in a list.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = customers, check_for_backend(diesel::pg::Pg))]
pub struct CustomerName {
    pub id: CustomerId,
    pub name: String,
}

#[derive(schemacheck::Model)]
/// A customer who was not known until now. Inserted with `ON CONFLICT (email)`: no attribute of diesel says so.
#[schemacheck(unique("email"))]
#[derive(Debug, Insertable)]
#[diesel(table_name = customers)]
pub struct NewCustomer<'a> {
    pub name: &'a str,
    #[diesel(embed)]
    pub contact: Contact,
    /// Without one the column's default is taken.
    pub preferences: Option<&'a Value>,
}

#[derive(schemacheck::Model)]
/// What a customer may change.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = customers)]
pub struct CustomerChanges<'a> {
    pub name: Option<&'a str>,
    /// `Some(None)` forgets it.
    pub phone: Option<Option<&'a str>>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(schemacheck::Model)]
/// A bike of a customer.
#[derive(Debug, Identifiable, Queryable, Selectable, Associations)]
#[diesel(belongs_to(Customer), check_for_backend(diesel::pg::Pg))]
pub struct Bike {
    pub id: Uuid,
    pub customer_id: CustomerId,
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
    pub photo: Option<Vec<u8>>,
}

#[derive(schemacheck::Model)]
/// A bike that is brought for the first time.
#[derive(Debug, Insertable)]
#[diesel(table_name = bikes)]
pub struct NewBike<'a> {
    pub customer_id: CustomerId,
    pub kind: BikeKind,
    pub brand: &'a str,
    pub frame_number: Option<&'a str>,
}
