//! Invoices, in the schema `billing`.

use sea_orm::DeriveIntoActiveModel;
use sea_orm::entity::prelude::*;

use super::values::{InvoiceId, PaymentMethod, RepairId};

#[derive(schemacheck::Model)]
/// An invoice. The database adds net and tax.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "billing", table_name = "invoices")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: InvoiceId,
    pub repair_id: RepairId,
    pub method: PaymentMethod,
    #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
    pub net: Decimal,
    #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
    pub tax: Decimal,
    #[sea_orm(column_type = "Decimal(Some((10, 2)))", nullable)]
    pub gross: Option<Decimal>,
    pub issued_on: Date,
    pub paid_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(schemacheck::Model)]
/// An invoice that is being written.
#[schemacheck(table = "billing.invoices", insert)]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct New {
    pub repair_id: RepairId,
    pub method: PaymentMethod,
    pub net: Decimal,
    pub tax: Decimal,
}
