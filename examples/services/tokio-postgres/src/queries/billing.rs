//! Invoices.

use tokio_postgres::{Error, GenericClient};

use super::rows;
use crate::models::{Invoice, InvoiceId, NewInvoice, RowError};

/// All invoices.
pub async fn invoices(client: &impl GenericClient) -> Result<Vec<Invoice>, RowError> {
    rows(client, "SELECT * FROM billing.invoices ORDER BY id", &[]).await
}

/// Writes an invoice.
pub async fn write_invoice(client: &impl GenericClient, new: &NewInvoice) -> Result<InvoiceId, Error> {
    let row = client
        .query_one(
            "INSERT INTO billing.invoices (repair_id, method, net, tax) VALUES ($1, $2, $3, $4) RETURNING id",
            &[&new.repair_id, &new.method, &new.net, &new.tax],
        )
        .await?;
    row.try_get("id")
}
