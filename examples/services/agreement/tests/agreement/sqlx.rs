//! Each model of the service on sqlx, in its own query.

use chrono::Utc;
use rust_decimal::Decimal;
use service_sqlx::models::*;
use service_sqlx::queries;
use sqlx::{Connection as _, Executor as _, PgConnection, Postgres, Result};
use uuid::Uuid;

use crate::trial::Trial;

/// Awaits queries, each in a transaction of its own, of which nothing stays.
macro_rules! apart {
    ($connection:ident, $query:expr) => {{
        $connection.execute("BEGIN").await.expect("a transaction begins");
        let result = $query.await;
        $connection.execute("ROLLBACK").await.expect("a transaction ends");
        result
    }};
}

macro_rules! read {
    ($connection:ident, $model:ty, $query:expr) => {
        Trial::read::<$model>(apart!($connection, $query).map(|rows| rows.len()))
    };
}

macro_rules! write {
    ($connection:ident, $model:ty, $values:expr, $value:ident => $query:expr) => {{
        let mut results = Vec::new();
        for $value in $values {
            results.push(apart!($connection, $query).map(|_| ()));
        }
        Trial::write::<$model, _>(results)
    }};
}

/// Reads all values of a type that a SELECT returns, and writes these.
async fn value<T>(
    connection: &mut PgConnection,
    select: &'static str,
    write: &'static str,
    values: Vec<T>,
) -> Trial
where
    T: sqlx::Type<Postgres> + for<'r> sqlx::Decode<'r, Postgres> + for<'q> sqlx::Encode<'q, Postgres>,
    T: Send + Unpin + 'static,
{
    let mut results = Vec::new();
    let read: Result<Vec<T>> = apart!(connection, sqlx::query_scalar(select).fetch_all(&mut *connection));
    results.push(read.map(|_| ()));
    for value in values {
        let written = apart!(connection, sqlx::query(write).bind(value).execute(&mut *connection));
        results.push(written.map(|_| ()));
    }
    Trial::value::<T, _>(results)
}

pub(crate) async fn trials(url: &str) -> Vec<Trial> {
    use {BikeKind as Kind, PaymentMethod as Method, RepairStatus as Status};
    let mut c = PgConnection::connect(url).await.expect("sqlx connects");
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
        read!(c, Customer, queries::customers(&mut c)),
        read!(c, CustomerName, queries::customer_names(&mut c)),
        write!(c, NewCustomer<'_>, [None, Some("030 2")], phone => async {
            let new = NewCustomer { email: address(), name: "New", phone };
            queries::add_customer(&mut c, &new).await
        }),
        write!(c, CustomerChanges<'_>, ["030 1"], phone => async {
            let now = Some(Utc::now());
            let changes = CustomerChanges { name: Some("Ada L."), phone: Some(phone), updated_at: now };
            queries::change_customer(&mut c, &customer, &changes).await
        }),
        read!(c, Bike, queries::bikes_of(&mut c, &customer)),
        write!(c, NewBike<'_>, kinds, kind => async {
            let new = NewBike { customer_id: customer.clone(), kind, brand: "New", frame_number: (kind != Kind::City).then_some("NEW") };
            queries::add_bike(&mut c, &new).await
        }),
        read!(c, Mechanic, queries::mechanics(&mut c)),
        write!(c, NewMechanic<'_>, [["wheels"]], skills => async {
            let new = NewMechanic { name: "New", hourly_rate: money(5000), skills: &skills };
            queries::add_mechanic(&mut c, &new).await
        }),
        read!(c, Part, queries::parts(&mut c)),
        write!(c, Delivery<'_>, ["PAD", "NEW"], sku => async {
            let delivery = Delivery { sku, name: "Part", quantity: 2, unit_price: money(100) };
            queries::take_delivery(&mut c, &delivery).await
        }),
        read!(c, OpeningHours, queries::opening_hours(&mut c)),
        read!(c, Repair, queries::repairs(&mut c)),
        read!(c, RepairOnBike, queries::repairs_on_bikes(&mut c)).of::<Repair>().of::<BikeLabel>(),
        read!(c, Counted<Repair>, queries::page_of_repairs(&mut c, 0)).of::<Repair>(),
        write!(c, NewRepair<'_>, [Priority::Low, Priority::Normal, Priority::Urgent], priority => async {
            let is_urgent = priority == Priority::Urgent;
            let new = NewRepair { bike_id, priority, description: "New", estimate: is_urgent.then(|| money(100)), due_on: is_urgent.then(Default::default) };
            queries::book_repair(&mut c, &new).await
        }),
        write!(c, RepairProgress, statuses, status => async {
            let mechanic_id = Some(MechanicId(1));
            let progress = RepairProgress { mechanic_id, status, parts: vec![part()], updated_at: Utc::now() };
            queries::record_progress(&mut c, &repair, &progress).await
        }),
        read!(c, Note, queries::notes_of(&mut c, &repair)),
        write!(c, NewNote<'_>, [None, Some("Mia")], author => async {
            let new = NewNote { repair_id: repair.clone(), author, body: "New" };
            queries::add_note(&mut c, &new).await
        }),
        read!(c, OpenRepair, queries::open_repairs(&mut c)),
        read!(c, Invoice, queries::invoices(&mut c)),
        write!(c, NewInvoice, methods, method => async {
            let new = NewInvoice { repair_id: RepairId(4), method, net: money(10000), tax: money(1900) };
            queries::write_invoice(&mut c, &new).await
        }),
    ];
    let (select, write) = ("SELECT unnest(enum_range(NULL::bike_kind))", "SELECT $1::bike_kind");
    trials.push(value(&mut c, select, write, kinds.to_vec()).await);
    let (select, write) = ("SELECT unnest(enum_range(NULL::payment_method))", "SELECT $1::payment_method");
    trials.push(value(&mut c, select, write, methods.to_vec()).await);
    let (select, write) = ("SELECT unnest(enum_range(NULL::repair_status))", "SELECT $1::repair_status");
    trials.push(value(&mut c, select, write, statuses.to_vec()).await);
    let (select, write) = ("SELECT unnest(parts) FROM repairs", "SELECT $1::used_part");
    trials.push(value(&mut c, select, write, vec![part()]).await);
    let (select, write) = ("SELECT email FROM customers", "SELECT $1::email_address");
    trials.push(value(&mut c, select, write, vec![address()]).await);
    trials
}
