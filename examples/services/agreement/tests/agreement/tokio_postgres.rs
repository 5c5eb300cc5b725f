//! Each model of the service on tokio-postgres, in its own query.

use chrono::Utc;
use rust_decimal::Decimal;
use service_tokio_postgres::models::*;
use service_tokio_postgres::queries;
use tokio_postgres::types::{FromSqlOwned, ToSql};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::trial::Trial;

/// Awaits queries, each in a transaction of its own, of which nothing stays.
macro_rules! apart {
    ($client:ident, $query:expr) => {{
        $client.batch_execute("BEGIN").await.expect("a transaction begins");
        let result = $query.await.map_err(|error| describe(&error));
        $client.batch_execute("ROLLBACK").await.expect("a transaction ends");
        result
    }};
}

/// What this library's errors say, and what they hide behind.
trait Described {
    fn described(&self) -> String;
}

impl Described for tokio_postgres::Error {
    fn described(&self) -> String {
        let cause = std::error::Error::source(self).map_or(String::new(), |cause| format!(": {cause}"));
        format!("{self}{cause}")
    }
}

impl Described for RowError {
    fn described(&self) -> String {
        self.to_string()
    }
}

fn describe(error: &impl Described) -> String {
    error.described()
}

macro_rules! read {
    ($client:ident, $model:ty, $query:expr) => {
        Trial::read::<$model>(apart!($client, $query).map(|rows| rows.len()))
    };
}

macro_rules! write {
    ($client:ident, $model:ty, $values:expr, $value:ident => $query:expr) => {{
        let mut results = Vec::new();
        for $value in $values {
            results.push(apart!($client, $query).map(|_| ()));
        }
        Trial::write::<$model, _>(results)
    }};
}

/// Reads all values of a type that a SELECT returns, and writes these.
async fn value<T: FromSqlOwned + ToSql + Sync>(c: &Client, name: &str, select: &str, values: &[T]) -> Trial {
    let read = async {
        let rows = c.query(select, &[]).await?;
        rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<T>, _>>()
    };
    let mut results = vec![apart!(c, read).map(|_| ())];
    for value in values {
        let insert = format!("SELECT $1::{name}");
        results.push(apart!(c, c.execute(&insert, &[value])).map(|_| ()));
    }
    Trial::value::<T, _>(results)
}

pub(crate) async fn trials(url: &str) -> Vec<Trial> {
    use {BikeKind as Kind, PaymentMethod as Method, RepairStatus as Status};
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("tokio-postgres connects");
    let driver = tokio::spawn(connection);
    let c = &client;
    let customer = CustomerId(1);
    let bike_id = Uuid::from_u128(1);
    let repair = RepairId(1);
    let money = |cents: i64| Decimal::new(cents, 2);
    let part = || UsedPart { sku: "PAD".to_owned(), quantity: 1, unit_price: money(750) };
    let address = || Email("new@example.org".to_owned());
    let kinds = [Kind::City, Kind::Road, Kind::Cargo, Kind::EBike];
    let methods = [Method::Cash, Method::Card, Method::Invoice];
    let statuses = [Status::Booked, Status::InProgress, Status::Waiting, Status::Done];
    let mut trials = vec![
        read!(c, Customer, queries::customers(c)),
        read!(c, CustomerName, queries::customer_names(c)),
        write!(c, NewCustomer<'_>, [None, Some("030 2")], phone => async {
            queries::add_customer(c, &NewCustomer { email: address(), name: "New", phone }).await
        }),
        write!(c, CustomerChanges<'_>, ["030 1"], phone => async {
            let now = Some(Utc::now());
            let changes = CustomerChanges { name: Some("Ada L."), phone: Some(phone), updated_at: now };
            queries::change_customer(c, &customer, &changes).await
        }),
        read!(c, Bike, queries::bikes_of(c, &customer)),
        write!(c, NewBike<'_>, kinds, kind => async {
            let new = NewBike { customer_id: customer.clone(), kind, brand: "New", frame_number: (kind != Kind::City).then_some("NEW") };
            queries::add_bike(c, &new).await
        }),
        read!(c, Mechanic, queries::mechanics(c)),
        write!(c, NewMechanic<'_>, [["wheels"]], skills => async {
            let new = NewMechanic { name: "New", hourly_rate: money(5000), skills: &skills };
            queries::add_mechanic(c, &new).await
        }),
        read!(c, Part, queries::parts(c)),
        write!(c, Delivery<'_>, ["PAD", "NEW"], sku => async {
            let delivery = Delivery { sku, name: "Part", quantity: 2, unit_price: money(100) };
            queries::take_delivery(c, &delivery).await
        }),
        read!(c, OpeningHours, queries::opening_hours(c)),
        read!(c, Repair, queries::repairs(c)),
        read!(c, RepairOnBike, queries::repairs_on_bikes(c)).of::<Repair>().of::<BikeLabel>(),
        read!(c, Counted<Repair>, queries::page_of_repairs(c, 0)).of::<Repair>(),
        write!(c, NewRepair<'_>, [Priority::Low, Priority::Normal, Priority::Urgent], priority => async {
            let is_urgent = priority == Priority::Urgent;
            let new = NewRepair { bike_id, priority, description: "New", estimate: is_urgent.then(|| money(100)), due_on: is_urgent.then(Default::default) };
            queries::book_repair(c, &new).await
        }),
        write!(c, RepairProgress, statuses, status => async {
            let mechanic_id = Some(MechanicId(1));
            let progress = RepairProgress { mechanic_id, status, parts: vec![part()], updated_at: Utc::now() };
            queries::record_progress(c, &repair, &progress).await
        }),
        read!(c, Note, queries::notes_of(c, &repair)),
        write!(c, NewNote<'_>, [None, Some("Mia")], author => async {
            let new = NewNote { repair_id: repair.clone(), author, body: "New" };
            queries::add_note(c, &new).await
        }),
        read!(c, OpenRepair, queries::open_repairs(c)),
        read!(c, Invoice, queries::invoices(c)),
        write!(c, NewInvoice, methods, method => async {
            let new = NewInvoice { repair_id: RepairId(4), method, net: money(10000), tax: money(1900) };
            queries::write_invoice(c, &new).await
        }),
    ];
    trials.push(value(c, "bike_kind", "SELECT unnest(enum_range(NULL::bike_kind))", &kinds).await);
    trials
        .push(value(c, "payment_method", "SELECT unnest(enum_range(NULL::payment_method))", &methods).await);
    trials.push(value(c, "repair_status", "SELECT unnest(enum_range(NULL::repair_status))", &statuses).await);
    trials.push(value(c, "used_part", "SELECT unnest(parts) FROM repairs", &[part()]).await);
    trials.push(value(c, "email_address", "SELECT email FROM customers", &[address()]).await);
    drop(client);
    driver.await.expect("the driver does not panic").expect("the connection ends well");
    trials
}
