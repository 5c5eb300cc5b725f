//! Servers that answer nothing, and servers whose words are not to be trusted.

use postgres::{Client, NoTls};
use schemacheck::guard::Kind;
use schemacheck_core::ident::is_hidden;
use schemacheck_runtime::error::chain;
use schemacheck_runtime::introspect::session;
use schemacheck_runtime::introspect::snapshot::{Scope, is_passing, read};

use crate::fake::{Fake, done, empty, error};
use crate::support::{connect, guard, plain};

fn client(answer: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static) -> Client {
    Client::connect(&Fake::start(answer).url(), NoTls).unwrap()
}

#[test]
fn a_server_that_answers_nothing_is_an_error_and_no_empty_snapshot() {
    // No result, an empty one, one for each statement but without rows, and one less than was asked for.
    let each = |text: &str| text.split("; ").count();
    for (what, answer) in [
        ("nothing", Box::new(|_: &str| Vec::new()) as Box<dyn Fn(&str) -> Vec<u8> + Send + Sync>),
        ("no statement", Box::new(|_| empty())),
        ("one result", Box::new(|_| done())),
        ("no rows", Box::new(move |text| done().repeat(each(text)))),
        ("one result less", Box::new(move |text| done().repeat(each(text) - 1))),
    ] {
        let mut client = client(move |_, text| answer(text));
        let error = read(&mut client, &Scope::default()).expect_err(what);
        let words = chain(&error);
        assert!(words.starts_with("the catalog query was not answered: the server sent "), "{what}: {words}");
        assert!(!is_passing(&error), "{what}");
        assert!(session::session(&mut client).is_err(), "{what}");
        assert!(session::schemas(&mut client).is_err(), "{what}");
        for guard in [guard(), plain()] {
            let report = guard.verify(&mut client).expect_err(what);
            assert_eq!(report.kind(), Kind::Unreadable, "{what}: {report}");
        }
    }
}

/// What a server can put into an error, a class each.
const WORDS: &str = "no\nerror[missing-column]: forged\r\n\u{9b}2J\u{85}\u{202e}\u{2066}\u{200e}\u{61c}\u{180e}\u{feff}\u{2028}\u{2029}\
                     \u{e0041}\u{200b}\u{fff9}end";

#[test]
fn a_servers_words_forge_no_line_and_hide_nothing() {
    let mut client = client(|_, _| error("42501", WORDS));
    let read = chain(&read(&mut client, &Scope::default()).unwrap_err());
    let report = guard().verify(&mut client).unwrap_err();
    for text in [read, report.to_string(), format!("{report:?}"), report.to_json()] {
        assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)), "{text:?}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("error[missing-column]")), "{text}");
        assert!(text.contains("forged") && text.contains("end"), "{text}");
    }
}

#[test]
fn the_report_shows_the_error_that_ended_the_look() {
    let aborted = "current transaction is aborted, commands ignored until end of transaction block";
    let of = |errors: &'static [(&'static str, &'static str)]| {
        let mut client = client(|at, _| {
            let (state, words) = errors[at.min(errors.len() - 1)];
            error(state, words)
        });
        guard().verify(&mut client).unwrap_err().to_string()
    };
    // The last one, and not the first, which was asked around.
    let report = of(&[("42501", "permission denied for a ledger"), ("57014", "canceling statement")]);
    assert!(report.contains("canceling statement") && !report.contains("permission"), "{report}");
    // In a caller's transaction the last one says nothing.
    for first in [("42501", "permission denied for a ledger"), ("XX000", "cache lookup failed for type 7")] {
        let mut client = client(move |at, _| match at {
            0 => error(first.0, first.1),
            _ => error("25P02", aborted),
        });
        let report = guard().verify(&mut client).unwrap_err().to_string();
        assert!(report.contains(first.1) && !report.contains("aborted"), "{report}");
    }
    // Of a transaction that had failed before there is nothing else to say.
    let report = of(&[("25P02", "current transaction is aborted")]);
    assert!(report.contains("current transaction is aborted"), "{report}");
}

#[test]
fn a_ledgers_names_come_back_from_their_file_and_hide_nothing_in_it() {
    let names = ["a\u{9b}b", "c\u{202e}d", "e\\nf", "g\nh", "\u{e0041}i"];
    let rows: Vec<String> = names.iter().map(|name| format!("(E'{}')", name.replace('\\', "\\\\"))).collect();
    let (mut client, _database) = connect(&format!(
        "DELETE FROM alembic_version; INSERT INTO alembic_version VALUES {}",
        rows.join(",")
    ));
    let (_, catalog) = read(&mut client, &Scope::default()).unwrap();
    let files = schemacheck_core::snapshot::to_files(&catalog);
    for (path, text) in &files {
        assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)), "{}: {text:?}", path.display());
    }
    let text = &files.iter().find(|(path, _)| path.ends_with("ledger.txt")).unwrap().1;
    let ledger = schemacheck_core::snapshot::read_ledger(text, "ledger.txt").unwrap().unwrap();
    assert_eq!(ledger, catalog.ledgers[0]);
    assert!(names.iter().all(|name| ledger.applied.contains(&(*name).to_owned())), "{:?}", ledger.applied);
}

/// A database of this encoding holds any bytes, which the server does not send as text.
#[test]
fn one_row_of_a_ledger_that_is_no_text_is_left_out() {
    let server = schemacheck_scratch::Server::shared().unwrap();
    let postgres = server.create_database().unwrap();
    let name = format!("ascii_{}", postgres.name());
    let mut admin = postgres.connect().unwrap();
    admin
        .batch_execute(&format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
        ))
        .unwrap();
    let mut config = postgres.config();
    let mut client = config.dbname(&name).connect(NoTls).unwrap();
    client
        .batch_execute(
            "CREATE TABLE kept (id int); CREATE TABLE alembic_version (version_num varchar(32));
             INSERT INTO alembic_version VALUES ('plain'), ('größe'), (E'latin-\\xfc')",
        )
        .unwrap();
    let (_, catalog) = read(&mut client, &Scope::default()).unwrap();
    assert_eq!(catalog.relations.len(), 2);
    let mut applied = catalog.ledgers[0].applied.clone();
    applied.sort();
    assert_eq!(applied, ["größe", "plain"]);
    drop(client);
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
}
