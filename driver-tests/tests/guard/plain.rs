//! Models of plain tables, which are asked for by a request of their own, over each driver.

use std::fs;

use schemacheck::Guard;
use schemacheck::guard::Kind;
use schemacheck_core::manifest::{Expected, Kind as Does, Manifest};
use schemacheck_core::record;
use schemacheck_runtime::introspect::snapshot::{self as introspect, Scope};
use schemacheck_scratch::{Database, Options, Server};

use crate::drivers::{DRIVERS, Look};

/// A table, and the record of a model that was built against it.
fn database(server: &Server) -> (Database<'_>, Vec<u8>) {
    let database = server.create_database().unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute("CREATE TABLE tickets (id int PRIMARY KEY, title text NOT NULL, tags text[])")
        .unwrap();
    let (_, catalog) = introspect::read(&mut client, &Scope::default()).unwrap();
    let column = |(name, rust_type, accepts_null): &(&str, &str, bool)| Expected {
        column: (*name).into(),
        field: (*name).into(),
        rust_type: (*rust_type).into(),
        accepts_null: Some(*accepts_null),
        ..Expected::default()
    };
    let columns = [("id", "i32", false), ("title", "String", false), ("tags", "Option<Vec<String>>", true)];
    let mut manifest = Manifest {
        path: "desk::Ticket".into(),
        kinds: vec![Does::Read, Does::Update],
        relation: "tickets".into(),
        columns: columns.iter().map(column).collect(),
        ..Manifest::default()
    };
    manifest.add_facts(&catalog);
    (database, record::to_bytes(&manifest))
}

/// How many questions the server's own log has of each sort: for plain tables, in full, and for a fingerprint alone.
fn asked(server: &Server) -> [usize; 3] {
    let log = fs::read_to_string(server.log()).unwrap();
    let mut counts = [0; 3];
    for question in log.split_inclusive("AS schemacheck").filter(|part| part.ends_with("AS schemacheck")) {
        match (question.contains("json_build_array"), question.contains("'plain ")) {
            (true, true) => counts[0] += 1,
            (true, false) => counts[1] += 1,
            (false, _) => counts[2] += 1,
        }
    }
    counts
}

#[test]
fn a_plain_table_is_judged_by_its_own_request_over_each_driver() {
    let server = Options::default().setting("log_statement", "all").start().unwrap();
    let (database, record) = database(&server);
    let guard = || Guard::from_records(&record);
    let mut migration = database.connect().unwrap();
    for (driver, look) in DRIVERS {
        let readiness = guard().readiness();
        let start = || look(Look::Start(Box::new(guard())), &database.url());
        let again = || look(Look::Again(&readiness), &database.url());
        let mut before = asked(&server);
        let mut asked = || {
            let now = asked(&server);
            let since = std::array::from_fn(|at| now[at] - before[at]);
            before = now;
            since
        };
        assert!(start().is_ok(), "{driver}");
        assert_eq!(asked(), [1, 0, 0], "{driver}");
        assert!(again().is_ok(), "{driver}");
        assert_eq!(asked(), [1, 0, 0], "{driver}, looking for the first time");
        assert!(again().is_ok(), "{driver}");
        assert_eq!(asked(), [0, 0, 1], "{driver}, looking again");

        migration.batch_execute("ALTER TABLE tickets RENAME title TO name").unwrap();
        let refused = start();
        // What is found is told as the full request shows it.
        assert_eq!(asked(), [1, 1, 0], "{driver}, refused");
        for (place, verdict) in [("at the start", refused), ("again", again()), ("once more", again())] {
            let report = verdict.expect_err(driver);
            assert_eq!(report.kind(), Kind::Drift, "{driver}, {place}: {report}");
            let found: Vec<String> = report.findings().iter().map(|finding| finding.headline()).collect();
            let expect =
                ["error[missing-column]: cannot find column `title` in table `public.tickets`".to_owned()];
            assert_eq!(found, expect, "{driver}, {place}");
        }
        migration.batch_execute("ALTER TABLE tickets RENAME name TO title").unwrap();
        assert!(again().is_ok(), "{driver}, which fits again");
    }
}
