//! Repairs, and what is noted about them.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::models::{
    Counted, NewNote, NewRepair, Note, OpenRepair, Repair, RepairId, RepairOnBike, RepairProgress,
};
use crate::schema::{bikes, notes, open_repairs, repairs};

/// All repairs.
pub fn repairs(connection: &mut PgConnection) -> QueryResult<Vec<Repair>> {
    repairs::table.select(Repair::as_select()).order(repairs::id).load(connection)
}

/// A page of the notes on a repair, and how many there are.
pub fn notes_of(connection: &mut PgConnection, repair: &RepairId) -> QueryResult<Vec<Counted<Note>>> {
    notes::table
        .filter(notes::repair_id.eq(repair))
        .select((Note::as_select(), count_star().over()))
        .order(notes::id)
        .limit(20)
        .load(connection)
}

/// A page of repairs, and how many there are.
pub fn page_of_repairs(connection: &mut PgConnection, page: i64) -> QueryResult<Vec<Counted<Repair>>> {
    repairs::table
        .select((Repair::as_select(), count_star().over()))
        .order(repairs::id)
        .offset(20 * page)
        .limit(20)
        .load(connection)
}

/// The repairs, each with its bike.
pub fn repairs_on_bikes(connection: &mut PgConnection) -> QueryResult<Vec<RepairOnBike>> {
    repairs::table.inner_join(bikes::table).select(RepairOnBike::as_select()).load(connection)
}

/// Books a repair.
pub fn book_repair(connection: &mut PgConnection, new: &NewRepair<'_>) -> QueryResult<RepairId> {
    diesel::insert_into(repairs::table).values(new).returning(repairs::id).get_result(connection)
}

/// Writes down how far a repair is.
pub fn record_progress(
    connection: &mut PgConnection,
    id: &RepairId,
    progress: &RepairProgress,
) -> QueryResult<usize> {
    diesel::update(repairs::table.find(id)).set(progress).execute(connection)
}

/// Adds a note.
pub fn add_note(connection: &mut PgConnection, new: &NewNote<'_>) -> QueryResult<usize> {
    diesel::insert_into(notes::table).values(new).execute(connection)
}

/// What waits.
pub fn open_repairs(connection: &mut PgConnection) -> QueryResult<Vec<OpenRepair>> {
    open_repairs::table.select(OpenRepair::as_select()).order(open_repairs::due_on).load(connection)
}
