//! The bikes of customers.

use sea_orm::DeriveIntoActiveModel;
use sea_orm::entity::prelude::*;

use super::values::{BikeKind, CustomerId};

#[derive(schemacheck::Model)]
/// A bike of a customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "bikes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_name = "customer_id")]
    pub owner: CustomerId,
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
    pub photo: Option<Vec<u8>>,
    /// Filled in by who asks.
    #[sea_orm(ignore)]
    pub was_here_before: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::customer::Entity",
        from = "Column::Owner",
        to = "super::customer::Column::Id"
    )]
    Owner,
    #[sea_orm(has_many = "super::repair::Entity")]
    Repairs,
}

impl Related<super::customer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Owner.def()
    }
}

impl Related<super::repair::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Repairs.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(schemacheck::Model)]
/// What tells a bike from others.
#[schemacheck(table = "bikes")]
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Label {
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
}

#[derive(schemacheck::Model)]
/// A bike that is brought for the first time.
#[schemacheck(table = "bikes", insert)]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct New {
    #[schemacheck(column = "customer_id")]
    pub owner: CustomerId,
    pub kind: BikeKind,
    pub brand: String,
    pub frame_number: Option<String>,
}
