//! What lies in the store.

use sea_orm::DeriveIntoActiveModel;
use sea_orm::entity::prelude::*;

#[derive(schemacheck::Model)]
/// A part.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sku: String,
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub name: String,
    pub stock: i32,
    #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
    pub unit_price: Decimal,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(schemacheck::Model)]
/// What was delivered: added to the stock, `ON CONFLICT (sku)`.
#[schemacheck(table = "parts", insert, unique("sku"))]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
#[sea_orm(exhaustive)]
pub struct Delivery {
    pub sku: String,
    pub name: String,
    pub stock: i32,
    pub unit_price: Decimal,
}
