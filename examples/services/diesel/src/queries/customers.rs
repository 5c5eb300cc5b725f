//! Customers and their bikes.

use diesel::prelude::*;
use uuid::Uuid;

use crate::models::{Bike, Customer, CustomerChanges, CustomerId, CustomerName, NewBike, NewCustomer};
use crate::schema::{bikes, customers};

/// All customers, with all that we know.
pub fn customers(connection: &mut PgConnection) -> QueryResult<Vec<Customer>> {
    customers::table.select(Customer::as_select()).order(customers::id).load(connection)
}

/// The customers by name.
pub fn customer_names(connection: &mut PgConnection) -> QueryResult<Vec<CustomerName>> {
    customers::table.select(CustomerName::as_select()).order(customers::name).load(connection)
}

/// The id of a customer who may be new.
pub fn add_customer(connection: &mut PgConnection, new: &NewCustomer<'_>) -> QueryResult<CustomerId> {
    diesel::insert_into(customers::table)
        .values(new)
        .on_conflict(customers::email)
        .do_update()
        .set(customers::name.eq(new.name))
        .returning(customers::id)
        .get_result(connection)
}

/// Changes a customer.
pub fn change_customer(
    connection: &mut PgConnection,
    id: &CustomerId,
    changes: &CustomerChanges<'_>,
) -> QueryResult<usize> {
    diesel::update(customers::table.find(id)).set(changes).execute(connection)
}

/// The bikes of a customer.
pub fn bikes_of(connection: &mut PgConnection, customer: &CustomerId) -> QueryResult<Vec<Bike>> {
    bikes::table.filter(bikes::customer_id.eq(customer)).select(Bike::as_select()).load(connection)
}

/// Adds a bike.
pub fn add_bike(connection: &mut PgConnection, new: &NewBike<'_>) -> QueryResult<Uuid> {
    diesel::insert_into(bikes::table).values(new).returning(bikes::id).get_result(connection)
}
