//! Repairs, and what is noted about them.

use sqlx::{PgConnection, Result};

use crate::models::{
    Counted, NewNote, NewRepair, Note, OpenRepair, Repair, RepairId, RepairOnBike, RepairProgress,
};

/// All repairs.
pub async fn repairs(connection: &mut PgConnection) -> Result<Vec<Repair>> {
    sqlx::query_as("SELECT * FROM repairs ORDER BY id").fetch_all(connection).await
}

/// A page of the notes on a repair, and how many there are.
pub async fn notes_of(connection: &mut PgConnection, repair: &RepairId) -> Result<Vec<Counted<Note>>> {
    sqlx::query_as("SELECT *, count(*) OVER () AS total FROM notes WHERE repair_id = $1 ORDER BY id LIMIT 20")
        .bind(repair)
        .fetch_all(connection)
        .await
}

/// A page of repairs, and how many there are.
pub async fn page_of_repairs(connection: &mut PgConnection, page: i64) -> Result<Vec<Counted<Repair>>> {
    sqlx::query_as("SELECT *, count(*) OVER () AS total FROM repairs ORDER BY id OFFSET $1 LIMIT 20")
        .bind(20 * page)
        .fetch_all(connection)
        .await
}

/// The repairs, each with its bike.
pub async fn repairs_on_bikes(connection: &mut PgConnection) -> Result<Vec<RepairOnBike>> {
    sqlx::query_as(
        "SELECT r.*, b.kind, b.brand, b.frame_number FROM repairs r JOIN bikes b ON b.id = r.bike_id",
    )
    .fetch_all(connection)
    .await
}

/// Books a repair.
pub async fn book_repair(connection: &mut PgConnection, new: &NewRepair<'_>) -> Result<RepairId> {
    sqlx::query_scalar(
        "INSERT INTO repairs (bike_id, priority, description, estimate, due_on) \
         VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(new.bike_id)
    .bind(new.priority)
    .bind(new.description)
    .bind(new.estimate)
    .bind(new.due_on)
    .fetch_one(connection)
    .await
}

/// Writes down how far a repair is.
pub async fn record_progress(
    connection: &mut PgConnection,
    id: &RepairId,
    progress: &RepairProgress,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE repairs SET mechanic_id = $2, status = $3, parts = $4, updated_at = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(&progress.mechanic_id)
    .bind(progress.status)
    .bind(&progress.parts)
    .bind(progress.updated_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Adds a note.
pub async fn add_note(connection: &mut PgConnection, new: &NewNote<'_>) -> Result<u64> {
    let done = sqlx::query("INSERT INTO notes (repair_id, author, body) VALUES ($1, $2, $3)")
        .bind(&new.repair_id)
        .bind(new.author)
        .bind(new.body)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// What waits.
pub async fn open_repairs(connection: &mut PgConnection) -> Result<Vec<OpenRepair>> {
    sqlx::query_as("SELECT * FROM open_repairs ORDER BY due_on").fetch_all(connection).await
}
