//! pgbouncer with transaction pooling: each transaction may get another connection, so nothing may be kept on one.

use schemacheck_runtime::introspect::snapshot::{Scope, read};

use crate::pgbouncer::Pooler;
use crate::support::{database, guard, plain};

#[test]
fn eight_guards_at_once_never_fail_behind_transaction_pooling() {
    let database = database("");
    let pooler = Pooler::start(&database);
    std::thread::scope(|scope| {
        for at in 0..8 {
            let (pooler, name) = (&pooler, database.name());
            scope.spawn(move || {
                let mut client = pooler.connect(name);
                let (readiness, plainly) = (guard().readiness(), plain().readiness());
                for round in 0..100 {
                    // By turns at the start and by the fingerprint, of all that there is and of a plain table.
                    let verdict = match round % 4 {
                        0 => guard().verify(&mut client),
                        1 => readiness.recheck(&mut client),
                        2 => plain().verify(&mut client),
                        _ => plainly.recheck(&mut client),
                    };
                    assert!(verdict.is_ok(), "guard {at}, round {round}: {}", verdict.unwrap_err());
                }
            });
        }
    });
    // Nothing stays behind on the connections that others get next.
    let mut client = pooler.connect(database.name());
    for _ in 0..6 {
        let rows = client.simple_query("SHOW statement_timeout").unwrap();
        let shown = rows.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        assert_eq!(shown.as_deref(), Some("0"));
    }
}

#[test]
fn a_snapshot_goes_through_a_transaction_pooler_and_leaves_nothing_behind() {
    let database = database("");
    let pooler = Pooler::start(&database);
    let (_, direct) = read(&mut database.connect().unwrap(), &Scope::default()).unwrap();
    let mut client = pooler.connect(database.name());
    for _ in 0..5 {
        assert_eq!(read(&mut client, &Scope::default()).unwrap().1, direct);
        let rows = client
            .simple_query("SELECT current_setting('search_path'), current_setting('timezone')")
            .unwrap();
        let row = rows.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        assert_eq!(row.as_deref(), Some("\"$user\", public"));
    }
}
