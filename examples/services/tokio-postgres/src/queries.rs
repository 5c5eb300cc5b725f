//! What the service asks its database, each model in at least one query.

mod billing;
mod customers;
mod repairs;
mod workshop;

use tokio_postgres::types::ToSql;
use tokio_postgres::{GenericClient, Row};

use crate::models::RowError;

pub use billing::{invoices, write_invoice};
pub use customers::{add_bike, add_customer, bikes_of, change_customer, customer_names, customers};
pub use repairs::{
    add_note, book_repair, notes_of, open_repairs, page_of_repairs, record_progress, repairs,
    repairs_on_bikes,
};
pub use workshop::{add_mechanic, mechanics, opening_hours, parts, take_delivery};

/// The rows of a query, each as a `T`.
async fn rows<T: for<'a> TryFrom<&'a Row, Error = RowError>>(
    client: &impl GenericClient,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<T>, RowError> {
    client.query(sql, parameters).await?.iter().map(T::try_from).collect()
}
