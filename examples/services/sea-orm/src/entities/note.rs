//! What is noted about repairs.

use sea_orm::DeriveIntoActiveModel;
use sea_orm::entity::prelude::*;

use super::values::RepairId;

#[derive(schemacheck::Model)]
/// What a mechanic or a customer said about a repair.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub repair_id: RepairId,
    pub author: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub written_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::repair::Entity",
        from = "Column::RepairId",
        to = "super::repair::Column::Id"
    )]
    Repair,
}

impl Related<super::repair::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Repair.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(schemacheck::Model)]
/// What is being said.
#[schemacheck(table = "notes", insert)]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct New {
    pub repair_id: RepairId,
    pub author: Option<String>,
    pub body: String,
}
