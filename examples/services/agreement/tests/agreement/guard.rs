//! The guard as each service starts it: over its own driver.

use diesel::{Connection as _, PgConnection};
use schemacheck::Guard;
use sqlx::Connection as _;
use tokio_postgres::NoTls;

use crate::changes::CHANGES;

/// Whether each service would start.
async fn starts(url: &str) -> [(&'static str, bool); 4] {
    let mut diesel = PgConnection::establish(url).expect("diesel connects");
    let mut sqlx = sqlx::PgConnection::connect(url).await.expect("sqlx connects");
    let sea_orm = sea_orm::Database::connect(url).await.expect("sea-orm connects");
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("tokio-postgres connects");
    tokio::spawn(connection);
    [
        ("diesel", service_diesel::verify(url, &mut diesel).expect("diesel asks").is_ok()),
        ("sea-orm", service_sea_orm::verify(url, &sea_orm).await.expect("sea-orm asks").is_ok()),
        ("sqlx", service_sqlx::verify(url, &mut sqlx).await.expect("sqlx asks").is_ok()),
        ("tokio-postgres", Guard::new().target(url).verify_async(&client).await.is_ok()),
    ]
}

#[test]
fn each_service_starts_only_on_a_database_that_fits() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for (change, does_start) in
        [("nothing", true), ("nullable column added", true), ("column dropped", false)]
    {
        let change = CHANGES.iter().find(|known| known.name == change).expect("a change");
        let database = crate::database(change);
        for (service, started) in runtime.block_on(starts(&database.url())) {
            assert_eq!(started, does_start, "{service}: {}", change.name);
        }
    }
}
