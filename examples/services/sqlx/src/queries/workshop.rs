//! The workshop itself.

use sqlx::{PgConnection, Result};

use crate::models::{Delivery, Mechanic, MechanicId, NewMechanic, OpeningHours, Part};

/// Who repairs.
pub async fn mechanics(connection: &mut PgConnection) -> Result<Vec<Mechanic>> {
    sqlx::query_as("SELECT * FROM mechanics WHERE active").fetch_all(connection).await
}

/// Adds a mechanic.
pub async fn add_mechanic(connection: &mut PgConnection, new: &NewMechanic<'_>) -> Result<MechanicId> {
    sqlx::query_scalar("INSERT INTO mechanics (name, hourly_rate, skills) VALUES ($1, $2, $3) RETURNING id")
        .bind(new.name)
        .bind(new.hourly_rate)
        .bind(new.skills)
        .fetch_one(connection)
        .await
}

/// What lies in the store.
pub async fn parts(connection: &mut PgConnection) -> Result<Vec<Part>> {
    sqlx::query_as("SELECT sku, name, stock, unit_price FROM parts ORDER BY sku").fetch_all(connection).await
}

/// Adds what was delivered to the stock.
pub async fn take_delivery(connection: &mut PgConnection, delivery: &Delivery<'_>) -> Result<u64> {
    let done = sqlx::query(
        "INSERT INTO parts (sku, name, stock, unit_price) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (sku) DO UPDATE SET stock = parts.stock + excluded.stock, name = excluded.name",
    )
    .bind(delivery.sku)
    .bind(delivery.name)
    .bind(delivery.quantity)
    .bind(delivery.unit_price)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// When it is open.
pub async fn opening_hours(connection: &mut PgConnection) -> Result<Vec<OpeningHours>> {
    sqlx::query_as("SELECT * FROM opening_hours ORDER BY weekday").fetch_all(connection).await
}
