//! Each model of the service on diesel, in its own query.

use bigdecimal::BigDecimal;
use chrono::Utc;
use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::sql_types::{Array, Text};
use diesel::{Connection as _, IntoSql as _, PgConnection, QueryDsl as _, QueryResult, RunQueryDsl as _};
use service_diesel::models::*;
use service_diesel::queries;
use service_diesel::schema::{customers, sql_types};
use uuid::Uuid;

use crate::trial::Trial;

/// Runs a query in a transaction of its own, of which nothing stays.
fn apart<T>(
    connection: &mut PgConnection,
    query: impl FnOnce(&mut PgConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    connection.batch_execute("BEGIN").expect("a transaction begins");
    let result = query(connection);
    connection.batch_execute("ROLLBACK").expect("a transaction ends");
    result
}

macro_rules! read {
    ($connection:ident, $model:ty, $query:expr) => {
        Trial::read::<$model>(apart(&mut $connection, $query).map(|rows| rows.len()))
    };
}

macro_rules! write {
    ($connection:ident, $model:ty, $values:expr, $query:expr) => {
        Trial::write::<$model, _>(
            $values
                .into_iter()
                .map(|value| apart(&mut $connection, |connection| $query(connection, &value)).map(|_| ())),
        )
    };
}

macro_rules! label {
    ($connection:ident, $name:ident, $all:literal) => {{
        let read = apart(&mut $connection, |connection| {
            diesel::select(sql::<Array<sql_types::$name>>($all)).get_result::<Vec<$name>>(connection)
        });
        let mut results = vec![read.map(|_| ())];
        for value in $name::ALL {
            results.push(apart(&mut $connection, |connection| {
                diesel::select(value.into_sql::<sql_types::$name>()).execute(connection).map(|_| ())
            }));
        }
        Trial::value::<$name, _>(results)
    }};
}

pub(crate) fn trials(url: &str) -> Vec<Trial> {
    let mut c = PgConnection::establish(url).expect("diesel connects");
    let address = || Email("new@example.org".to_owned());
    let json = serde_json::json!({ "newsletter": true });
    let customer = CustomerId(1);
    let bike = Uuid::from_u128(1);
    let repair = RepairId(1);
    let money = |cents: i64| BigDecimal::new(cents.into(), 2);
    let part = || UsedPart { sku: "PAD".to_owned(), quantity: 1, unit_price: money(750) };
    vec![
        read!(c, Customer, queries::customers),
        read!(c, CustomerName, queries::customer_names),
        write!(
            c,
            NewCustomer<'_>,
            [(None, None), (Some("030 2".to_owned()), Some(&json))].map(|(phone, preferences)| {
                NewCustomer { name: "New", contact: Contact { email: address(), phone }, preferences }
            }),
            queries::add_customer
        ),
        write!(
            c,
            CustomerChanges<'_>,
            [CustomerChanges { name: Some("Ada L."), phone: Some(None), updated_at: Some(Utc::now()) }],
            |connection: &mut PgConnection, changes: &CustomerChanges<'_>| {
                queries::change_customer(connection, &customer, changes)
            }
        ),
        read!(c, Bike, |connection: &mut PgConnection| queries::bikes_of(connection, &customer)),
        write!(
            c,
            NewBike<'_>,
            BikeKind::ALL.iter().map(|kind| NewBike {
                customer_id: customer.clone(),
                kind: *kind,
                brand: "New",
                frame_number: (*kind != BikeKind::City).then_some("NEW")
            }),
            queries::add_bike
        ),
        read!(c, Mechanic, queries::mechanics),
        write!(
            c,
            NewMechanic<'_>,
            [NewMechanic { name: "New", hourly_rate: money(5000), skills: &["wheels"] }],
            queries::add_mechanic
        ),
        read!(c, Part, queries::parts),
        write!(
            c,
            Delivery<'_>,
            ["PAD", "NEW"].map(|sku| Delivery { sku, name: "Part", quantity: 2, unit_price: money(100) }),
            queries::take_delivery
        ),
        read!(c, OpeningHours, queries::opening_hours),
        read!(c, Repair, queries::repairs),
        read!(c, RepairOnBike, queries::repairs_on_bikes).of::<Repair>().of::<Bike>(),
        read!(c, Counted<Repair>, |connection: &mut PgConnection| queries::page_of_repairs(connection, 0))
            .of::<Repair>(),
        write!(
            c,
            NewRepair<'_>,
            Priority::ALL.iter().map(|priority| NewRepair {
                bike_id: bike,
                priority: *priority,
                description: "New",
                estimate: (*priority == Priority::Urgent).then(|| money(100)),
                due_on: (*priority == Priority::Urgent).then(Default::default)
            }),
            queries::book_repair
        ),
        write!(
            c,
            RepairProgress,
            RepairStatus::ALL.iter().map(|status| RepairProgress {
                mechanic_id: Some(MechanicId(1)),
                status: *status,
                parts: Some(vec![part()]),
                updated_at: Some(Utc::now())
            }),
            |connection: &mut PgConnection, progress: &RepairProgress| {
                queries::record_progress(connection, &repair, progress)
            }
        ),
        read!(c, Note, |connection: &mut PgConnection| queries::notes_of(connection, &repair)),
        write!(
            c,
            NewNote<'_>,
            [None, Some("Mia")].map(|author| NewNote { repair_id: repair.clone(), author, body: "New" }),
            queries::add_note
        ),
        read!(c, OpenRepair, queries::open_repairs),
        read!(c, Invoice, queries::invoices),
        write!(
            c,
            NewInvoice,
            PaymentMethod::ALL.iter().map(|method| NewInvoice {
                repair_id: RepairId(4),
                method: *method,
                net: money(10000),
                tax: money(1900)
            }),
            queries::write_invoice
        ),
        label!(c, BikeKind, "enum_range(NULL::bike_kind)"),
        label!(c, PaymentMethod, "enum_range(NULL::payment_method)"),
        label!(c, RepairStatus, "enum_range(NULL::repair_status)"),
        Trial::value::<Email, _>([
            apart(&mut c, |connection| {
                customers::table.select(customers::email).load::<Email>(connection).map(|_| ())
            }),
            apart(&mut c, |connection| {
                let write = diesel::sql_query("SELECT $1::email_address").bind::<Text, _>(address());
                write.execute(connection).map(|_| ())
            }),
        ]),
        Trial::value::<UsedPart, _>([
            apart(&mut c, |connection| {
                diesel::select(sql::<Array<sql_types::UsedPart>>("(SELECT parts FROM repairs WHERE id = 2)"))
                    .get_result::<Vec<UsedPart>>(connection)
                    .map(|_| ())
            }),
            apart(&mut c, |connection| {
                diesel::select(part().into_sql::<sql_types::UsedPart>()).execute(connection).map(|_| ())
            }),
        ]),
    ]
}
