//! Customers and their bikes.

use tokio_postgres::{Error, GenericClient};
use uuid::Uuid;

use super::rows;
use crate::models::{
    Bike, Customer, CustomerChanges, CustomerId, CustomerName, NewBike, NewCustomer, RowError,
};

/// All customers, with all that we know.
pub async fn customers(client: &impl GenericClient) -> Result<Vec<Customer>, RowError> {
    rows(client, "SELECT * FROM customers ORDER BY id", &[]).await
}

/// The customers by name.
pub async fn customer_names(client: &impl GenericClient) -> Result<Vec<CustomerName>, RowError> {
    rows(client, "SELECT id, name FROM customers ORDER BY name", &[]).await
}

/// The id of a customer who may be new.
pub async fn add_customer(client: &impl GenericClient, new: &NewCustomer<'_>) -> Result<CustomerId, Error> {
    let row = client
        .query_one(
            "INSERT INTO customers (email, name, phone) VALUES ($1, $2, $3) \
             ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id",
            &[&new.email, &new.name, &new.phone],
        )
        .await?;
    row.try_get("id")
}

/// Changes a customer.
pub async fn change_customer(
    client: &impl GenericClient,
    id: &CustomerId,
    changes: &CustomerChanges<'_>,
) -> Result<u64, Error> {
    client
        .execute(
            "UPDATE customers SET name = coalesce($2, name), phone = coalesce($3, phone), \
             updated_at = coalesce($4, updated_at) WHERE id = $1",
            &[id, &changes.name, &changes.phone, &changes.updated_at],
        )
        .await
}

/// The bikes of a customer.
pub async fn bikes_of(client: &impl GenericClient, customer: &CustomerId) -> Result<Vec<Bike>, RowError> {
    rows(client, "SELECT * FROM bikes WHERE customer_id = $1", &[customer]).await
}

/// Adds a bike.
pub async fn add_bike(client: &impl GenericClient, new: &NewBike<'_>) -> Result<Uuid, Error> {
    let row = client
        .query_one(
            "INSERT INTO bikes (customer_id, kind, brand, frame_number) VALUES ($1, $2, $3, $4) RETURNING id",
            &[&new.customer_id, &new.kind, &new.brand, &new.frame_number],
        )
        .await?;
    row.try_get("id")
}
