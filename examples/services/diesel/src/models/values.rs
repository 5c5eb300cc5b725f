//! What stands in the columns: ids, enums, the composite type.

use std::io::Write as _;

use bigdecimal::BigDecimal;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql, WriteTuple};
use diesel::sql_types::{Int4, Int8, Numeric, Record, Text};

use crate::schema::sql_types;

/// Newtypes: what stands in the column stands in the type inside.
macro_rules! newtypes {
    ($($(#[$doc:meta])* $name:ident($inner:ty) is $sql_type:ident;)*) => {$(
        #[derive(schemacheck::PgType)]
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
        #[diesel(sql_type = $sql_type)]
        pub struct $name(pub $inner);

        impl FromSql<$sql_type, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                FromSql::<$sql_type, Pg>::from_sql(value).map(Self)
            }
        }

        impl ToSql<$sql_type, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<$sql_type, Pg>::to_sql(&self.0, out)
            }
        }
    )*};
}

newtypes! {
    /// The id of a customer.
    CustomerId(i64) is Int8;
    /// The id of an invoice.
    InvoiceId(i64) is Int8;
    /// The id of a mechanic.
    MechanicId(i32) is Int4;
    /// The id of a repair.
    RepairId(i64) is Int8;
    /// An address, which the domain has checked.
    Email(String) is Text;
}

/// Enums that stand in the database by their labels.
macro_rules! labels {
    ($($name:ident is $sql_type:ty { $($variant:ident = $label:literal),* })*) => {$(
        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
        }

        impl FromSql<$sql_type, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                match std::str::from_utf8(value.as_bytes())? {
                    $($label => Ok(Self::$variant),)*
                    other => Err(format!("unknown label `{other}`").into()),
                }
            }
        }

        impl ToSql<$sql_type, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(match self {
                    $(Self::$variant => $label,)*
                }.as_bytes())?;
                Ok(IsNull::No)
            }
        }
    )*};
}

#[derive(schemacheck::PgEnum)]
/// What sort of bike it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::BikeKind)]
pub enum BikeKind {
    City,
    Road,
    Cargo,
    EBike,
}

#[derive(schemacheck::PgEnum)]
/// How an invoice is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::PaymentMethod)]
pub enum PaymentMethod {
    Cash,
    Card,
    Invoice,
}

#[derive(schemacheck::PgEnum)]
/// How far a repair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::RepairStatus)]
pub enum RepairStatus {
    Booked,
    InProgress,
    WaitingForParts,
    Done,
}

#[derive(schemacheck::PgEnum)]
/// How much a repair hurries: a text, of which a check lists the values. The labels stand in code: no attribute of diesel
/// says them.
#[schemacheck(repr = "text", rename_all = "lowercase")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Priority {
    Low,
    Normal,
    Urgent,
}

labels! {
    BikeKind is sql_types::BikeKind { City = "city", Road = "road", Cargo = "cargo", EBike = "e_bike" }
    PaymentMethod is sql_types::PaymentMethod { Cash = "cash", Card = "card", Invoice = "invoice" }
    RepairStatus is sql_types::RepairStatus {
        Booked = "booked", InProgress = "in_progress", WaitingForParts = "waiting_for_parts", Done = "done"
    }
    Priority is Text { Low = "low", Normal = "normal", Urgent = "urgent" }
}

#[derive(schemacheck::PgType)]
/// A part that went into a repair, at the price of that day.
#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::UsedPart)]
pub struct UsedPart {
    pub sku: String,
    pub quantity: i32,
    pub unit_price: BigDecimal,
}

impl FromSql<sql_types::UsedPart, Pg> for UsedPart {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let (sku, quantity, unit_price) = FromSql::<Record<(Text, Int4, Numeric)>, Pg>::from_sql(value)?;
        Ok(Self { sku, quantity, unit_price })
    }
}

impl ToSql<sql_types::UsedPart, Pg> for UsedPart {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let fields = (self.sku.clone(), self.quantity, self.unit_price.clone());
        WriteTuple::<(Text, Int4, Numeric)>::write_tuple(&fields, &mut out.reborrow())
    }
}
