//! Who repairs.

use sea_orm::DeriveIntoActiveModel;
use sea_orm::entity::prelude::*;

use super::values::MechanicId;

#[derive(schemacheck::Model)]
/// A mechanic.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mechanics")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: MechanicId,
    pub name: String,
    #[sea_orm(column_type = "Decimal(Some((8, 2)))")]
    pub hourly_rate: Decimal,
    pub skills: Vec<String>,
    pub hired_on: Date,
    pub active: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(schemacheck::Model)]
/// Who begins today.
#[schemacheck(table = "mechanics", insert)]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct New {
    pub name: String,
    pub hourly_rate: Decimal,
}
