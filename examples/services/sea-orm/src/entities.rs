//! What this service reads and writes: a module each table, with what is made of its rows.

pub mod bike;
pub mod customer;
pub mod invoice;
pub mod mechanic;
pub mod note;
pub mod open_repair;
pub mod opening_hours;
pub mod paging;
pub mod part;
pub mod repair;
pub mod values;
