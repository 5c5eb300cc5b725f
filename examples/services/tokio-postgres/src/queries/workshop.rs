//! The workshop itself.

use tokio_postgres::{Error, GenericClient};

use super::rows;
use crate::models::{Delivery, Mechanic, MechanicId, NewMechanic, OpeningHours, Part, RowError};

/// Who repairs.
pub async fn mechanics(client: &impl GenericClient) -> Result<Vec<Mechanic>, RowError> {
    rows(client, "SELECT * FROM mechanics WHERE active", &[]).await
}

/// Adds a mechanic.
pub async fn add_mechanic(client: &impl GenericClient, new: &NewMechanic<'_>) -> Result<MechanicId, Error> {
    let row = client
        .query_one(
            "INSERT INTO mechanics (name, hourly_rate, skills) VALUES ($1, $2, $3) RETURNING id",
            &[&new.name, &new.hourly_rate, &new.skills],
        )
        .await?;
    row.try_get("id")
}

/// What lies in the store.
pub async fn parts(client: &impl GenericClient) -> Result<Vec<Part>, RowError> {
    rows(client, "SELECT sku, name, stock, unit_price FROM parts ORDER BY sku", &[]).await
}

/// Adds what was delivered to the stock.
pub async fn take_delivery(client: &impl GenericClient, delivery: &Delivery<'_>) -> Result<u64, Error> {
    client
        .execute(
            "INSERT INTO parts (sku, name, stock, unit_price) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (sku) DO UPDATE SET stock = parts.stock + excluded.stock, name = excluded.name",
            &[&delivery.sku, &delivery.name, &delivery.quantity, &delivery.unit_price],
        )
        .await
}

/// When it is open.
pub async fn opening_hours(client: &impl GenericClient) -> Result<Vec<OpeningHours>, RowError> {
    rows(client, "SELECT * FROM opening_hours ORDER BY weekday", &[]).await
}
