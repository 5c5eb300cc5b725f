//! What waits: the view.

use sea_orm::entity::prelude::*;

use super::values::{Email, RepairId, RepairStatus};

#[derive(schemacheck::Model)]
/// A row of the view.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "open_repairs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RepairId,
    pub status: RepairStatus,
    pub due_on: Option<Date>,
    pub brand: String,
    pub customer: String,
    pub email: Email,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
