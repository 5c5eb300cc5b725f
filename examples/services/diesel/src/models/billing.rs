//! Invoices, in the schema `billing`.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::values::{InvoiceId, PaymentMethod, RepairId};
use crate::schema::billing::invoices;

#[derive(schemacheck::Model)]
/// An invoice. The database adds net and tax.
#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = invoices, check_for_backend(diesel::pg::Pg))]
pub struct Invoice {
    pub id: InvoiceId,
    pub repair_id: RepairId,
    pub method: PaymentMethod,
    pub net: BigDecimal,
    pub tax: BigDecimal,
    pub gross: Option<BigDecimal>,
    pub issued_on: NaiveDate,
    pub paid_at: Option<DateTime<Utc>>,
}

#[derive(schemacheck::Model)]
/// An invoice that is being written.
#[derive(Debug, Insertable)]
#[diesel(table_name = invoices)]
pub struct NewInvoice {
    pub repair_id: RepairId,
    pub method: PaymentMethod,
    pub net: BigDecimal,
    pub tax: BigDecimal,
}
