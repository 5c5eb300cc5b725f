//! When the workshop is open.

use sea_orm::entity::prelude::*;

#[derive(schemacheck::Model)]
/// From when to when, on weekday 1 (Monday) to 7.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opening_hours")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub weekday: i16,
    pub opens: Time,
    pub closes: Time,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
