//! The drivers behind a pgbouncer with transaction pooling, each of whose transactions may get another connection.

use schemacheck::Guard;

use crate::drivers::{DRIVERS, Look, prepares};
use crate::incidents::database;
use crate::pgbouncer::Pooler;

#[test]
fn drivers_that_send_a_simple_query_never_fail_behind_transaction_pooling() {
    let database = database();
    let pooler = Pooler::start(&database);
    let mut client = pooler.connect(database.name());
    let url = pooler.url(database.name());
    std::thread::scope(|scope| {
        for (driver, look) in DRIVERS.iter().filter(|(driver, _)| !prepares(driver)) {
            let url = &url;
            scope.spawn(move || {
                let readiness = Guard::new().readiness();
                for round in 0..20 {
                    // By turns in full, and by the fingerprint.
                    let by = match round % 2 {
                        0 => Look::Start(Box::new(Guard::new())),
                        _ => Look::Again(&readiness),
                    };
                    let verdict = look(by, url);
                    assert!(verdict.is_ok(), "{driver}, round {round}: {}", verdict.unwrap_err());
                }
            });
        }
    });
    // Nothing stays behind on the connections that others get next.
    for _ in 0..6 {
        let rows = client
            .simple_query("SELECT current_setting('statement_timeout'), current_setting('jit')")
            .unwrap();
        let shown = rows.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => Some((row.get(0), row.get(1))),
            _ => None,
        });
        assert_eq!(shown, Some((Some("0"), Some("on"))));
    }
}
