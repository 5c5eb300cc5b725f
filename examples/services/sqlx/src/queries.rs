//! What the service asks its database, each model in at least one query.

mod billing;
mod customers;
mod repairs;
mod workshop;

pub use billing::{invoices, write_invoice};
pub use customers::{add_bike, add_customer, bikes_of, change_customer, customer_names, customers};
pub use repairs::{
    add_note, book_repair, notes_of, open_repairs, page_of_repairs, record_progress, repairs,
    repairs_on_bikes,
};
pub use workshop::{add_mechanic, mechanics, opening_hours, parts, take_delivery};
