//! What stands in the columns: ids, enums, the composite type.

use postgres_types::{FromSql, ToSql};
use rust_decimal::Decimal;

/// Newtypes: what stands in the column stands in the type inside.
macro_rules! newtypes {
    ($($(#[$attribute:meta])* $name:ident($inner:ty);)*) => {$(
        #[derive(schemacheck::PgType)]
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, FromSql, ToSql)]
        #[postgres(transparent)]
        pub struct $name(pub $inner);
    )*};
}

newtypes! {
    /// The id of a customer.
    CustomerId(i64);
    /// The id of an invoice.
    InvoiceId(i64);
    /// The id of a mechanic.
    MechanicId(i32);
    /// The id of a repair.
    RepairId(i64);
}

#[derive(schemacheck::PgType)]
/// An address, which the domain has checked.
#[derive(Clone, Debug, PartialEq, Eq, FromSql, ToSql)]
#[postgres(name = "email_address")]
pub struct Email(pub String);

#[derive(schemacheck::PgEnum)]
/// What sort of bike it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromSql, ToSql)]
#[postgres(name = "bike_kind", rename_all = "snake_case")]
pub enum BikeKind {
    City,
    Road,
    Cargo,
    EBike,
}

#[derive(schemacheck::PgEnum)]
/// How an invoice is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromSql, ToSql)]
#[postgres(name = "payment_method", rename_all = "snake_case")]
pub enum PaymentMethod {
    Cash,
    Card,
    Invoice,
}

#[derive(schemacheck::PgEnum)]
/// How far a repair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromSql, ToSql)]
#[postgres(name = "repair_status", rename_all = "snake_case")]
pub enum RepairStatus {
    Booked,
    InProgress,
    #[postgres(name = "waiting_for_parts")]
    Waiting,
    Done,
}

#[derive(schemacheck::PgEnum)]
/// How much a repair hurries: a text, of which a check lists the values.
#[schemacheck(repr = "text", rename_all = "lowercase")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    Low,
    Normal,
    Urgent,
}

impl Priority {
    /// The text in the column.
    pub fn label(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::Urgent => "urgent",
        }
    }
}

impl TryFrom<&str> for Priority {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let known = [Self::Low, Self::Normal, Self::Urgent].into_iter().find(|known| known.label() == text);
        known.ok_or_else(|| format!("unknown priority `{text}`"))
    }
}

#[derive(schemacheck::PgType)]
/// A part that went into a repair, at the price of that day.
#[derive(Clone, Debug, PartialEq, FromSql, ToSql)]
#[postgres(name = "used_part")]
pub struct UsedPart {
    pub sku: String,
    pub quantity: i32,
    pub unit_price: Decimal,
}
