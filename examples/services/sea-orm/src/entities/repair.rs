//! Repairs.

use sea_orm::entity::prelude::*;
use sea_orm::{DeriveIntoActiveModel, FromQueryResult, QueryResult};

use super::bike;
use super::values::{MechanicId, Priority, RepairId, RepairStatus, UsedPart};

#[derive(schemacheck::Model)]
/// A repair, from the booking to the end. Without its parts, which sea-orm has no type for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "repairs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RepairId,
    pub bike_id: Uuid,
    pub mechanic_id: Option<MechanicId>,
    pub status: RepairStatus,
    pub priority: Priority,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    #[sea_orm(column_type = "Decimal(Some((10, 2)))", nullable)]
    pub estimate: Option<Decimal>,
    pub due_on: Option<Date>,
    pub updated_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "bike::Entity", from = "Column::BikeId", to = "bike::Column::Id")]
    Bike,
    #[sea_orm(has_many = "super::note::Entity")]
    Notes,
}

impl Related<bike::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Bike.def()
    }
}

impl Related<super::note::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Notes.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(schemacheck::Model)]
/// What went into a repair: an array of a composite type, decoded by sqlx.
#[schemacheck(table = "repairs")]
#[derive(Debug)]
pub struct Parts {
    pub id: RepairId,
    pub parts: Vec<UsedPart>,
}

impl FromQueryResult for Parts {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let column = format!("{prefix}parts");
        let parts = row.try_as_pg_row().map(|row| sqlx::Row::try_get(row, column.as_str()));
        let parts = parts.ok_or_else(|| DbErr::Type("no row of PostgreSQL".to_owned()))?;
        let parts = parts.map_err(|error| DbErr::Type(error.to_string()))?;
        Ok(Self { id: row.try_get(prefix, "id")?, parts })
    }
}

#[derive(schemacheck::Model)]
/// A repair and the bike that it is of: one row of a join.
#[schemacheck(table = "repairs")]
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct OnBike {
    pub id: RepairId,
    pub status: RepairStatus,
    pub description: String,
    #[sea_orm(nested)]
    pub bike: bike::Label,
}

#[derive(schemacheck::Model)]
/// A repair that is booked.
#[schemacheck(table = "repairs", insert)]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct New {
    pub bike_id: Uuid,
    pub priority: Priority,
    pub description: String,
    pub estimate: Option<Decimal>,
    pub due_on: Option<Date>,
}

#[derive(schemacheck::Model)]
/// What changes while a repair goes on.
#[schemacheck(table = "repairs")]
#[derive(Clone, Debug, DeriveIntoActiveModel)]
pub struct Progress {
    pub mechanic_id: Option<MechanicId>,
    pub status: RepairStatus,
    pub updated_at: Option<DateTimeUtc>,
}
