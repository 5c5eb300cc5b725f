//! Invoices.

use diesel::prelude::*;

use crate::models::{Invoice, InvoiceId, NewInvoice};
use crate::schema::billing::invoices;

/// All invoices.
pub fn invoices(connection: &mut PgConnection) -> QueryResult<Vec<Invoice>> {
    invoices::table.select(Invoice::as_select()).order(invoices::id).load(connection)
}

/// Writes an invoice.
pub fn write_invoice(connection: &mut PgConnection, new: &NewInvoice) -> QueryResult<InvoiceId> {
    diesel::insert_into(invoices::table).values(new).returning(invoices::id).get_result(connection)
}
