//! Each model of the service on sea-orm, in its own query.

use chrono::Utc;
use rust_decimal::Decimal;
use sea_orm::{
    ActiveEnum, ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr,
    Iterable, Statement, TransactionTrait as _, TryGetable, Value,
};
use service_sea_orm::entities::paging::Counted;
use service_sea_orm::entities::values::*;
use service_sea_orm::entities::{
    bike, customer, invoice, mechanic, note, open_repair, opening_hours, part, repair,
};
use service_sea_orm::queries;
use uuid::Uuid;

use crate::trial::Trial;

/// Awaits queries, each in a transaction of its own, of which nothing stays.
macro_rules! apart {
    ($db:ident, $transaction:ident => $query:expr) => {{
        let begun = $db.begin().await.expect("a transaction begins");
        let $transaction = &begun;
        let result = $query.await;
        begun.rollback().await.expect("a transaction ends");
        result
    }};
}

macro_rules! read {
    ($db:ident, $model:ty, $transaction:ident => $query:expr) => {
        Trial::read::<$model>(apart!($db, $transaction => $query).map(|rows| rows.len()))
    };
}

macro_rules! write {
    ($db:ident, $model:ty, $values:expr, |$transaction:ident, $value:ident| $query:expr) => {{
        let mut results = Vec::new();
        for $value in $values {
            results.push(apart!($db, $transaction => $query).map(|_| ()));
        }
        Trial::write::<$model, _>(results)
    }};
}

/// Reads all labels of an enum, and writes all variants, both as entities do.
async fn labels<T: ActiveEnum + Iterable + TryGetable + Into<Value>>(
    db: &DatabaseConnection,
    name: &str,
) -> Trial {
    let select = format!("SELECT CAST(unnest(enum_range(NULL::{name})) AS text) AS value");
    value(db, name, select, T::iter()).await
}

/// Reads all values of a type that a SELECT returns, and writes these.
async fn value<T: TryGetable + Into<Value>>(
    db: &DatabaseConnection,
    name: &str,
    select: String,
    values: impl IntoIterator<Item = T>,
) -> Trial {
    let mut results = vec![apart!(db, c => async {
        let rows = c.query_all_raw(Statement::from_string(DbBackend::Postgres, select)).await?;
        rows.iter().try_for_each(|row| row.try_get::<T>("", "value").map(|_| ()))
    })];
    for value in values {
        let sql = format!("SELECT CAST($1 AS {name})");
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [value.into()]);
        results.push(apart!(db, c => c.query_all_raw(statement)).map(|_| ()));
    }
    Trial::value::<T, DbErr>(results)
}

pub(crate) async fn trials(url: &str) -> Vec<Trial> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await.expect("sea-orm connects");
    let db = &connection;
    let customer = CustomerId(1);
    let bike_id = Uuid::from_u128(1);
    let id = RepairId(1);
    let address = || Email("new@example.org".to_owned());
    let money = |cents: i64| Decimal::new(cents, 2);
    let mut trials = vec![
        read!(db, customer::Model, c => queries::customers(c)),
        read!(db, customer::Summary, c => queries::summaries(c)),
        write!(db, customer::New, [None, Some("030 2")], |c, phone| {
            let (name, phone) = ("New".to_owned(), phone.map(str::to_owned));
            queries::add_customer(c, customer::New { email: address(), name, phone })
        }),
        write!(db, customer::Changes, ["Ada L."], |c, name| {
            let name = Some(name.to_owned());
            let changes = customer::Changes { name, phone: Some(None), updated_at: Some(Utc::now()) };
            queries::change_customer(c, customer.clone(), changes)
        }),
        read!(db, bike::Model, c => queries::bikes_of(c, customer.clone())),
        read!(db, bike::Label, c => queries::bike_labels(c)),
        write!(db, bike::New, BikeKind::iter(), |c, kind| {
            let (owner, brand) = (customer.clone(), "New".to_owned());
            let frame_number = (kind != BikeKind::City).then(|| "NEW".to_owned());
            queries::add_bike(c, bike::New { owner, kind, brand, frame_number })
        }),
        read!(db, mechanic::Model, c => queries::mechanics(c)),
        write!(db, mechanic::New, ["New"], |c, name| {
            queries::add_mechanic(c, mechanic::New { name: name.to_owned(), hourly_rate: money(5000) })
        }),
        read!(db, part::Model, c => queries::parts(c)),
        write!(db, part::Delivery, ["PAD", "NEW"], |c, sku| {
            let (sku, name) = (sku.to_owned(), "Part".to_owned());
            queries::take_delivery(c, part::Delivery { sku, name, stock: 2, unit_price: money(100) })
        }),
        read!(db, opening_hours::Model, c => queries::opening_hours(c)),
        read!(db, repair::Model, c => queries::repairs(c)),
        read!(db, repair::Parts, c => queries::parts_of_repairs(c)),
        read!(db, repair::OnBike, c => queries::repairs_on_bikes(c)).of::<bike::Label>(),
        read!(db, Counted<repair::Model>, c => queries::page_of_repairs(c, 0)).of::<repair::Model>(),
        write!(db, repair::New, Priority::iter(), |c, priority| {
            let description = "New".to_owned();
            let estimate = (priority == Priority::Urgent).then(|| money(100));
            let due_on = estimate.map(|_| Default::default());
            queries::book_repair(c, repair::New { bike_id, priority, description, estimate, due_on })
        }),
        write!(db, repair::Progress, RepairStatus::iter(), |c, status| {
            let mechanic_id = Some(MechanicId(1));
            let progress = repair::Progress { mechanic_id, status, updated_at: Some(Utc::now()) };
            queries::record_progress(c, id.clone(), progress)
        }),
        read!(db, note::Model, c => queries::notes_of(c, id.clone())),
        write!(db, note::New, [None, Some("Mia")], |c, author| {
            let (author, body) = (author.map(str::to_owned), "New".to_owned());
            queries::add_note(c, note::New { repair_id: id.clone(), author, body })
        }),
        read!(db, open_repair::Model, c => queries::open_repairs(c)),
        read!(db, invoice::Model, c => queries::invoices(c)),
        write!(db, invoice::New, PaymentMethod::iter(), |c, method| {
            let (repair_id, net, tax) = (RepairId(4), money(10000), money(1900));
            queries::write_invoice(c, invoice::New { repair_id, method, net, tax })
        }),
    ];
    trials.push(labels::<BikeKind>(db, "bike_kind").await);
    trials.push(labels::<PaymentMethod>(db, "payment_method").await);
    trials.push(labels::<RepairStatus>(db, "repair_status").await);
    let select = "SELECT email AS value FROM customers".to_owned();
    trials.push(value(db, "email_address", select, [address()]).await);
    connection.close().await.expect("the pool closes");
    trials
}
