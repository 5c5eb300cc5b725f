//! Repairs, and what is noted about them.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::FromRow;
use uuid::Uuid;

use super::customers::BikeLabel;
use super::values::{Email, MechanicId, Priority, RepairId, RepairStatus, UsedPart};

#[derive(schemacheck::Model)]
/// A repair, from the booking to the end.
#[schemacheck(table = "repairs")]
#[derive(Debug, FromRow)]
pub struct Repair {
    pub id: RepairId,
    pub bike_id: Uuid,
    pub mechanic_id: Option<MechanicId>,
    pub status: RepairStatus,
    pub priority: Priority,
    pub description: String,
    pub estimate: Option<Decimal>,
    pub parts: Vec<UsedPart>,
    pub due_on: Option<NaiveDate>,
}

#[derive(schemacheck::Model)]
/// A repair that is booked.
#[schemacheck(table = "repairs", insert)]
#[derive(Debug)]
pub struct NewRepair<'a> {
    pub bike_id: Uuid,
    pub priority: Priority,
    pub description: &'a str,
    pub estimate: Option<Decimal>,
    pub due_on: Option<NaiveDate>,
}

#[derive(schemacheck::Model)]
/// What changes while a repair goes on.
#[schemacheck(table = "repairs", update)]
#[derive(Debug)]
pub struct RepairProgress {
    pub mechanic_id: Option<MechanicId>,
    pub status: RepairStatus,
    pub parts: Vec<UsedPart>,
    pub updated_at: DateTime<Utc>,
}

#[derive(schemacheck::Model)]
/// A repair and the bike that it is of: one row of a join.
#[derive(Debug, FromRow)]
pub struct RepairOnBike {
    #[sqlx(flatten)]
    pub repair: Repair,
    #[sqlx(flatten)]
    pub bike: BikeLabel,
}

#[derive(schemacheck::Model)]
/// What a mechanic or a customer said about a repair.
#[schemacheck(table = "notes")]
#[derive(Debug, FromRow)]
pub struct Note {
    pub id: i64,
    pub repair_id: RepairId,
    pub author: Option<String>,
    pub body: String,
    pub written_at: DateTime<Utc>,
}

#[derive(schemacheck::Model)]
/// What is being said.
#[schemacheck(table = "notes", insert)]
#[derive(Debug)]
pub struct NewNote<'a> {
    pub repair_id: RepairId,
    pub author: Option<&'a str>,
    pub body: &'a str,
}

#[derive(schemacheck::Model)]
/// What waits: a row of the view.
#[schemacheck(table = "open_repairs")]
#[derive(Debug, FromRow)]
pub struct OpenRepair {
    pub id: RepairId,
    pub status: RepairStatus,
    pub due_on: Option<NaiveDate>,
    pub brand: String,
    pub customer: String,
    pub email: Email,
}
