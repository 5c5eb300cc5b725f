//! Repairs, and what is noted about them.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::customers::Bike;
use super::values::{Email, MechanicId, Priority, RepairId, RepairStatus, UsedPart};
use crate::schema::{notes, open_repairs, repairs};

#[derive(schemacheck::Model)]
/// A repair, from the booking to the end.
#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = repairs, check_for_backend(diesel::pg::Pg))]
pub struct Repair {
    pub id: RepairId,
    pub bike_id: Uuid,
    pub mechanic_id: Option<MechanicId>,
    pub status: RepairStatus,
    pub priority: Priority,
    pub description: String,
    pub estimate: Option<BigDecimal>,
    pub parts: Vec<UsedPart>,
    pub due_on: Option<NaiveDate>,
}

#[derive(schemacheck::Model)]
/// A repair that is booked.
#[derive(Debug, Insertable)]
#[diesel(table_name = repairs)]
pub struct NewRepair<'a> {
    pub bike_id: Uuid,
    pub priority: Priority,
    pub description: &'a str,
    pub estimate: Option<BigDecimal>,
    pub due_on: Option<NaiveDate>,
}

#[derive(schemacheck::Model)]
/// What changes while a repair goes on.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = repairs)]
pub struct RepairProgress {
    pub mechanic_id: Option<MechanicId>,
    pub status: RepairStatus,
    pub parts: Option<Vec<UsedPart>>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(schemacheck::Model)]
/// A repair and the bike that it is of: one row of a join.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = repairs, check_for_backend(diesel::pg::Pg))]
pub struct RepairOnBike {
    #[diesel(embed)]
    pub repair: Repair,
    #[diesel(embed)]
    pub bike: Bike,
}

#[derive(schemacheck::Model)]
/// What a mechanic or a customer said about a repair.
#[derive(Debug, Identifiable, Queryable, Selectable, Associations)]
#[diesel(belongs_to(Repair), check_for_backend(diesel::pg::Pg))]
pub struct Note {
    pub id: i64,
    pub repair_id: RepairId,
    pub author: Option<String>,
    pub body: String,
    pub written_at: DateTime<Utc>,
}

#[derive(schemacheck::Model)]
/// What is being said.
#[derive(Debug, Insertable)]
#[diesel(table_name = notes)]
pub struct NewNote<'a> {
    pub repair_id: RepairId,
    pub author: Option<&'a str>,
    pub body: &'a str,
}

#[derive(schemacheck::Model)]
/// What waits: a row of the view.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = open_repairs, check_for_backend(diesel::pg::Pg))]
pub struct OpenRepair {
    pub id: RepairId,
    pub status: RepairStatus,
    pub due_on: Option<NaiveDate>,
    pub brand: String,
    pub customer: String,
    pub email: Email,
}
