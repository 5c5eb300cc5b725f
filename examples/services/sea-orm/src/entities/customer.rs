//! Customers.

use sea_orm::entity::prelude::*;
use sea_orm::{DeriveIntoActiveModel, FromQueryResult};

use super::values::{CustomerId, Email, Preferences};

#[derive(schemacheck::Model)]
/// A customer, with all that we know.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CustomerId,
    pub email: Email,
    pub name: String,
    pub phone: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub preferences: Preferences,
    pub created_at: DateTimeUtc,
    pub updated_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::bike::Entity")]
    Bikes,
}

impl Related<super::bike::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Bikes.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(schemacheck::Model)]
/// When a row was made and last changed: columns that several tables have.
#[schemacheck(embedded)]
#[derive(Debug, FromQueryResult)]
pub struct Timestamps {
    pub created_at: DateTimeUtc,
    pub updated_at: Option<DateTimeUtc>,
}

#[derive(schemacheck::Model)]
/// A customer in a list.
#[schemacheck(table = "customers")]
#[derive(Debug, FromQueryResult)]
pub struct Summary {
    pub id: CustomerId,
    pub name: String,
    #[sea_orm(nested)]
    pub times: Timestamps,
}

#[derive(schemacheck::Model)]
/// A customer who was not known until now. Inserted with `ON CONFLICT (email)`.
#[schemacheck(table = "customers", insert, unique("email"))]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct New {
    pub email: Email,
    pub name: String,
    pub phone: Option<String>,
}

#[derive(schemacheck::Model)]
/// What a customer may change.
#[schemacheck(table = "customers")]
#[derive(Clone, Debug, Default, DeriveIntoActiveModel)]
pub struct Changes {
    pub name: Option<String>,
    /// `Some(None)` forgets it.
    pub phone: Option<Option<String>>,
    pub updated_at: Option<DateTimeUtc>,
}
