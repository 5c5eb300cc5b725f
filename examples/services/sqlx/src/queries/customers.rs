//! Customers and their bikes.

use sqlx::{PgConnection, Result};
use uuid::Uuid;

use crate::models::{Bike, Customer, CustomerChanges, CustomerId, CustomerName, NewBike, NewCustomer};

/// All customers, with all that we know.
pub async fn customers(connection: &mut PgConnection) -> Result<Vec<Customer>> {
    sqlx::query_as("SELECT * FROM customers ORDER BY id").fetch_all(connection).await
}

/// The customers by name.
pub async fn customer_names(connection: &mut PgConnection) -> Result<Vec<CustomerName>> {
    sqlx::query_as("SELECT id, name FROM customers ORDER BY name").fetch_all(connection).await
}

/// The id of a customer who may be new.
pub async fn add_customer(connection: &mut PgConnection, new: &NewCustomer<'_>) -> Result<CustomerId> {
    sqlx::query_scalar(
        "INSERT INTO customers (email, name, phone) VALUES ($1, $2, $3) \
         ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id",
    )
    .bind(&new.email)
    .bind(new.name)
    .bind(new.phone)
    .fetch_one(connection)
    .await
}

/// Changes a customer.
pub async fn change_customer(
    connection: &mut PgConnection,
    id: &CustomerId,
    changes: &CustomerChanges<'_>,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE customers SET name = coalesce($2, name), phone = coalesce($3, phone), \
         updated_at = coalesce($4, updated_at) WHERE id = $1",
    )
    .bind(id)
    .bind(changes.name)
    .bind(changes.phone)
    .bind(changes.updated_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// The bikes of a customer.
pub async fn bikes_of(connection: &mut PgConnection, customer: &CustomerId) -> Result<Vec<Bike>> {
    sqlx::query_as("SELECT * FROM bikes WHERE customer_id = $1").bind(customer).fetch_all(connection).await
}

/// Adds a bike.
pub async fn add_bike(connection: &mut PgConnection, new: &NewBike<'_>) -> Result<Uuid> {
    sqlx::query_scalar(
        "INSERT INTO bikes (customer_id, kind, brand, frame_number) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(&new.customer_id)
    .bind(new.kind)
    .bind(new.brand)
    .bind(new.frame_number)
    .fetch_one(connection)
    .await
}
