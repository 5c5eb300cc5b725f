//! Four services, one schema, and what happens to schemas: for each model it is asked what its library really does
//! with the changed database, what the guard says at the start, and what the build says.

mod build;
mod changes;
mod diesel;
mod guard;
mod known;
mod sea_orm;
mod snapshot;
mod sqlx;
mod start;
mod table;
mod tokio_postgres;
mod trial;

use schemacheck_scratch::{Database, Server};

use crate::changes::{CHANGES, Change};
use crate::table::Table;
use crate::trial::Trial;

/// A database with the schema, its rows and a change.
fn database(change: &Change) -> Database<'static> {
    let server = Server::shared().expect("a server starts");
    let made = server.template("services", |client| {
        client.batch_execute(include_str!("../../../schema.sql"))?;
        client.batch_execute(include_str!("../../../seed.sql"))
    });
    made.expect("the schema can be made");
    let database = server.create_database_from("services").expect("a database can be made");
    let mut client = database.connect().expect("a connection");
    for sql in change.sql {
        if let Err(error) = client.batch_execute(sql) {
            panic!("{}: {sql}: {error:?}", change.name);
        }
    }
    database
}

/// What the four libraries do, by service.
fn trials(url: &str) -> Vec<(&'static str, Vec<Trial>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    vec![
        ("diesel", diesel::trials(url)),
        ("sea-orm", runtime.block_on(sea_orm::trials(url))),
        ("sqlx", runtime.block_on(sqlx::trials(url))),
        ("tokio-postgres", runtime.block_on(tokio_postgres::trials(url))),
    ]
}

#[test]
fn each_query_runs() {
    let database = database(&CHANGES[0]);
    for (service, trials) in trials(&database.url()) {
        for trial in trials {
            assert_eq!(trial.result, Ok(()), "{service}: {}", trial.model);
        }
    }
}

#[test]
fn the_verdicts_agree_with_the_libraries() {
    let mut table = Table::new();
    for change in CHANGES {
        let database = database(change);
        let mut client = database.connect().expect("a connection");
        let start = start::verdicts(&mut client);
        let build = build::verdicts(&mut client);
        table.know(&start);
        table.know(&build);
        for (service, trials) in trials(&database.url()) {
            table.add(change.name, service, trials, &start, &build);
        }
    }
    table.print();
    table.check();
}
