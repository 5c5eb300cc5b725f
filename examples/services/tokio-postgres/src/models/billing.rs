//! Invoices, in the schema `billing`.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use tokio_postgres::Row;

use super::RowError;
use super::values::{InvoiceId, PaymentMethod, RepairId};

#[derive(schemacheck::Model)]
/// An invoice. The database adds net and tax.
#[schemacheck(table = "billing.invoices")]
#[derive(Debug)]
pub struct Invoice {
    pub id: InvoiceId,
    pub repair_id: RepairId,
    pub method: PaymentMethod,
    pub net: Decimal,
    pub tax: Decimal,
    pub gross: Option<Decimal>,
    pub issued_on: NaiveDate,
    pub paid_at: Option<DateTime<Utc>>,
}

impl TryFrom<&Row> for Invoice {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.try_get("id")?,
            repair_id: row.try_get("repair_id")?,
            method: row.try_get("method")?,
            net: row.try_get("net")?,
            tax: row.try_get("tax")?,
            gross: row.try_get("gross")?,
            issued_on: row.try_get("issued_on")?,
            paid_at: row.try_get("paid_at")?,
        })
    }
}

#[derive(schemacheck::Model)]
/// An invoice that is being written.
#[schemacheck(table = "billing.invoices", insert)]
#[derive(Debug)]
pub struct NewInvoice {
    pub repair_id: RepairId,
    pub method: PaymentMethod,
    pub net: Decimal,
    pub tax: Decimal,
}
