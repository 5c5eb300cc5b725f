//! Invoices, in the schema `billing`.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::FromRow;

use super::values::{InvoiceId, PaymentMethod, RepairId};

#[derive(schemacheck::Model)]
/// An invoice. The database adds net and tax.
#[schemacheck(table = "billing.invoices")]
#[derive(Debug, FromRow)]
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
