//! Repairs, and what is noted about them.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use tokio_postgres::Row;
use uuid::Uuid;

use super::RowError;
use super::customers::BikeLabel;
use super::values::{Email, MechanicId, Priority, RepairId, RepairStatus, UsedPart};

#[derive(schemacheck::Model)]
/// A repair, from the booking to the end.
#[schemacheck(table = "repairs")]
#[derive(Debug)]
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

impl TryFrom<&Row> for Repair {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.try_get("id")?,
            bike_id: row.try_get("bike_id")?,
            mechanic_id: row.try_get("mechanic_id")?,
            status: row.try_get("status")?,
            priority: row.try_get::<_, &str>("priority")?.try_into()?,
            description: row.try_get("description")?,
            estimate: row.try_get("estimate")?,
            parts: row.try_get("parts")?,
            due_on: row.try_get("due_on")?,
        })
    }
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
#[derive(Debug)]
pub struct RepairOnBike {
    #[schemacheck(flatten)]
    pub repair: Repair,
    #[schemacheck(flatten)]
    pub bike: BikeLabel,
}

impl TryFrom<&Row> for RepairOnBike {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self { repair: Repair::try_from(row)?, bike: BikeLabel::try_from(row)? })
    }
}

#[derive(schemacheck::Model)]
/// What a mechanic or a customer said about a repair.
#[schemacheck(table = "notes")]
#[derive(Debug)]
pub struct Note {
    pub id: i64,
    pub repair_id: RepairId,
    pub author: Option<String>,
    pub body: String,
    pub written_at: DateTime<Utc>,
}

impl TryFrom<&Row> for Note {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.try_get("id")?,
            repair_id: row.try_get("repair_id")?,
            author: row.try_get("author")?,
            body: row.try_get("body")?,
            written_at: row.try_get("written_at")?,
        })
    }
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
#[derive(Debug)]
pub struct OpenRepair {
    pub id: RepairId,
    pub status: RepairStatus,
    pub due_on: Option<NaiveDate>,
    pub brand: String,
    pub customer: String,
    pub email: Email,
}

impl TryFrom<&Row> for OpenRepair {
    type Error = RowError;

    fn try_from(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.try_get("id")?,
            status: row.try_get("status")?,
            due_on: row.try_get("due_on")?,
            brand: row.try_get("brand")?,
            customer: row.try_get("customer")?,
            email: row.try_get("email")?,
        })
    }
}
