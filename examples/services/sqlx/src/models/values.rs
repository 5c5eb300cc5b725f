//! What stands in the columns: ids, enums, the composite type.

use rust_decimal::Decimal;

/// Newtypes: what stands in the column stands in the type inside.
macro_rules! newtypes {
    ($($(#[$attribute:meta])* $name:ident($inner:ty);)*) => {$(
        #[derive(schemacheck::PgType)]
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, sqlx::Type)]
        #[sqlx(transparent)]
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
    /// An address, which the domain has checked.
    #[schemacheck(type = "email_address")]
    Email(String);
}

#[derive(schemacheck::PgEnum)]
/// What sort of bike it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "bike_kind", rename_all = "snake_case")]
pub enum BikeKind {
    City,
    Road,
    Cargo,
    EBike,
}

#[derive(schemacheck::PgEnum)]
/// How an invoice is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "payment_method", rename_all = "snake_case")]
pub enum PaymentMethod {
    Cash,
    Card,
    Invoice,
}

#[derive(schemacheck::PgEnum)]
/// How far a repair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "repair_status", rename_all = "snake_case")]
pub enum RepairStatus {
    Booked,
    InProgress,
    #[sqlx(rename = "waiting_for_parts")]
    Waiting,
    Done,
}

#[derive(schemacheck::PgEnum)]
/// How much a repair hurries: a text, of which a check lists the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Priority {
    Low,
    Normal,
    Urgent,
}

#[derive(schemacheck::PgType)]
/// A part that went into a repair, at the price of that day.
#[derive(Clone, Debug, PartialEq, sqlx::Type)]
#[sqlx(type_name = "used_part")]
pub struct UsedPart {
    pub sku: String,
    pub quantity: i32,
    pub unit_price: Decimal,
}
