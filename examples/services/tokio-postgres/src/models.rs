//! What this service reads and writes.

mod billing;
mod customers;
mod paging;
mod repairs;
mod values;
mod workshop;

pub use billing::{Invoice, NewInvoice};
pub use customers::{
    Bike, BikeLabel, Customer, CustomerChanges, CustomerName, NewBike, NewCustomer, Preferences, Timestamps,
};
pub use paging::Counted;
pub use repairs::{NewNote, NewRepair, Note, OpenRepair, Repair, RepairOnBike, RepairProgress};
pub use values::{
    BikeKind, CustomerId, Email, InvoiceId, MechanicId, PaymentMethod, Priority, RepairId, RepairStatus,
    UsedPart,
};
pub use workshop::{Delivery, Mechanic, NewMechanic, OpeningHours, Part};

/// Why a row is no value of a model.
pub type RowError = Box<dyn std::error::Error + Send + Sync>;
