//! Repairs, and what is noted about them.

use tokio_postgres::{Error, GenericClient};

use super::rows;
use crate::models::{
    Counted, NewNote, NewRepair, Note, OpenRepair, Repair, RepairId, RepairOnBike, RepairProgress, RowError,
};

/// All repairs.
pub async fn repairs(client: &impl GenericClient) -> Result<Vec<Repair>, RowError> {
    rows(client, "SELECT * FROM repairs ORDER BY id", &[]).await
}

/// A page of the notes on a repair, and how many there are.
pub async fn notes_of(
    client: &impl GenericClient,
    repair: &RepairId,
) -> Result<Vec<Counted<Note>>, RowError> {
    let sql = "SELECT *, count(*) OVER () AS total FROM notes WHERE repair_id = $1 ORDER BY id LIMIT 20";
    rows(client, sql, &[repair]).await
}

/// A page of repairs, and how many there are.
pub async fn page_of_repairs(
    client: &impl GenericClient,
    page: i64,
) -> Result<Vec<Counted<Repair>>, RowError> {
    let sql = "SELECT *, count(*) OVER () AS total FROM repairs ORDER BY id OFFSET $1 LIMIT 20";
    rows(client, sql, &[&(20 * page)]).await
}

/// The repairs, each with its bike.
pub async fn repairs_on_bikes(client: &impl GenericClient) -> Result<Vec<RepairOnBike>, RowError> {
    let sql = "SELECT r.*, b.kind, b.brand, b.frame_number FROM repairs r JOIN bikes b ON b.id = r.bike_id";
    rows(client, sql, &[]).await
}

/// Books a repair.
pub async fn book_repair(client: &impl GenericClient, new: &NewRepair<'_>) -> Result<RepairId, Error> {
    let row = client
        .query_one(
            "INSERT INTO repairs (bike_id, priority, description, estimate, due_on) \
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
            &[&new.bike_id, &new.priority.label(), &new.description, &new.estimate, &new.due_on],
        )
        .await?;
    row.try_get("id")
}

/// Writes down how far a repair is.
pub async fn record_progress(
    client: &impl GenericClient,
    id: &RepairId,
    progress: &RepairProgress,
) -> Result<u64, Error> {
    client
        .execute(
            "UPDATE repairs SET mechanic_id = $2, status = $3, parts = $4, updated_at = $5 WHERE id = $1",
            &[id, &progress.mechanic_id, &progress.status, &progress.parts, &progress.updated_at],
        )
        .await
}

/// Adds a note.
pub async fn add_note(client: &impl GenericClient, new: &NewNote<'_>) -> Result<u64, Error> {
    let sql = "INSERT INTO notes (repair_id, author, body) VALUES ($1, $2, $3)";
    client.execute(sql, &[&new.repair_id, &new.author, &new.body]).await
}

/// What waits.
pub async fn open_repairs(client: &impl GenericClient) -> Result<Vec<OpenRepair>, RowError> {
    rows(client, "SELECT * FROM open_repairs ORDER BY due_on", &[]).await
}
