//! What stands in the columns: ids, enums, the composite type.

use sea_orm::entity::prelude::*;
use sea_orm::{DeriveValueType, FromJsonQueryResult};
use serde::{Deserialize, Serialize};

/// Newtypes: what stands in the column stands in the type inside.
macro_rules! newtypes {
    ($($(#[$attribute:meta])* $name:ident($inner:ty);)*) => {$(
        #[derive(schemacheck::PgType)]
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveValueType)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "bike_kind", rename_all = "snake_case")]
pub enum BikeKind {
    City,
    Road,
    Cargo,
    EBike,
}

#[derive(schemacheck::PgEnum)]
/// How an invoice is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "payment_method")]
pub enum PaymentMethod {
    #[sea_orm(string_value = "cash")]
    Cash,
    #[sea_orm(string_value = "card")]
    Card,
    #[sea_orm(string_value = "invoice")]
    Invoice,
}

#[derive(schemacheck::PgEnum)]
/// How far a repair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "repair_status")]
pub enum RepairStatus {
    #[sea_orm(string_value = "booked")]
    Booked,
    #[sea_orm(string_value = "in_progress")]
    InProgress,
    #[sea_orm(string_value = "waiting_for_parts")]
    Waiting,
    #[sea_orm(string_value = "done")]
    Done,
}

#[derive(schemacheck::PgEnum)]
/// How much a repair hurries: a text, of which a check lists the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "lowercase")]
pub enum Priority {
    Low,
    Normal,
    Urgent,
}

#[derive(schemacheck::PgType)]
/// A part that went into a repair, at the price of that day. sqlx decodes it: sea-orm has no composite types.
#[derive(Clone, Debug, PartialEq, sqlx::Type)]
#[sqlx(type_name = "used_part")]
pub struct UsedPart {
    pub sku: String,
    pub quantity: i32,
    pub unit_price: Decimal,
}

/// What a customer likes: the JSON in a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(default)]
pub struct Preferences {
    pub newsletter: bool,
    pub language: Option<String>,
}
