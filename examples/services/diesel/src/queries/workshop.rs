//! The workshop itself.

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::models::{Delivery, Mechanic, MechanicId, NewMechanic, OpeningHours, Part};
use crate::schema::{mechanics, opening_hours, parts};

/// Who repairs.
pub fn mechanics(connection: &mut PgConnection) -> QueryResult<Vec<Mechanic>> {
    mechanics::table.filter(mechanics::active).select(Mechanic::as_select()).load(connection)
}

/// Adds a mechanic.
pub fn add_mechanic(connection: &mut PgConnection, new: &NewMechanic<'_>) -> QueryResult<MechanicId> {
    diesel::insert_into(mechanics::table).values(new).returning(mechanics::id).get_result(connection)
}

/// What lies in the store.
pub fn parts(connection: &mut PgConnection) -> QueryResult<Vec<Part>> {
    parts::table.select(Part::as_select()).order(parts::sku).load(connection)
}

/// Adds what was delivered to the stock.
pub fn take_delivery(connection: &mut PgConnection, delivery: &Delivery<'_>) -> QueryResult<usize> {
    diesel::insert_into(parts::table)
        .values(delivery)
        .on_conflict(parts::sku)
        .do_update()
        .set((parts::stock.eq(parts::stock + excluded(parts::stock)), parts::name.eq(excluded(parts::name))))
        .execute(connection)
}

/// When it is open.
pub fn opening_hours(connection: &mut PgConnection) -> QueryResult<Vec<OpeningHours>> {
    opening_hours::table.select(OpeningHours::as_select()).order(opening_hours::weekday).load(connection)
}
