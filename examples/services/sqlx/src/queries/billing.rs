//! Invoices.

use sqlx::{PgConnection, Result};

use crate::models::{Invoice, InvoiceId, NewInvoice};

/// All invoices.
pub async fn invoices(connection: &mut PgConnection) -> Result<Vec<Invoice>> {
    sqlx::query_as("SELECT * FROM billing.invoices ORDER BY id").fetch_all(connection).await
}

/// Writes an invoice.
pub async fn write_invoice(connection: &mut PgConnection, new: &NewInvoice) -> Result<InvoiceId> {
    sqlx::query_scalar(
        "INSERT INTO billing.invoices (repair_id, method, net, tax) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(&new.repair_id)
    .bind(new.method)
    .bind(new.net)
    .bind(new.tax)
    .fetch_one(connection)
    .await
}
