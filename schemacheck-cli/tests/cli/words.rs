//! Servers that answer nothing, servers whose words are not to be trusted, and settings that change a server's words.

use schemacheck_core::ident::is_hidden;

use crate::fake::{Fake, done, empty, error};
use crate::pgbouncer::Pooler;
use crate::support::{Project, Ran, SCHEMA, database};

/// A record of one model, so that nothing has to be built.
const MANIFEST: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}]"#;

#[test]
fn a_server_that_answers_nothing_gives_no_snapshot() {
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let each = |text: &str| text.split("; ").count();
    for answer in [
        Box::new(|_: &str| Vec::new()) as Box<dyn Fn(&str) -> Vec<u8> + Send + Sync>,
        Box::new(|_| empty()),
        Box::new(move |text| done().repeat(each(text))),
    ] {
        let server = Fake::start(move |_, text| answer(text));
        let take =
            |more: &[&str]| project.tool(&[&["snapshot", "--database-url", &server.url()], more].concat());
        take(&[]).expect(2, &["error[unreadable]: ", "the catalog query was not answered"]);
        assert!(!project.path().join(".schemacheck/catalog.json").exists());
        let json = take(&["--format", "json"]);
        assert_eq!(json.expect(2, &[]).json()["databases"][0]["findings"][0]["code"], "unreadable");
        // Whether it is a primary is not known either.
        let url = format!("{}&target_session_attrs=primary", server.url());
        project.tool(&["snapshot", "--database-url", &url]).expect(2, &["the server sent no row"]);
        project
            .tool(&["verify", "--manifest", "m.json", "--database-url", &server.url()])
            .expect(2, &["unreadable"]);
    }
}

#[test]
fn schema_changes_without_end_are_unreadable_and_leave_the_snapshot_as_it_is() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    project.snapshot(&database);
    let before = project.read(".schemacheck/relations/public/users.json");
    let server = Fake::start(|_, _| error("XX000", "cache lookup failed for function 4711"));
    for more in [&[][..], &["--check"]] {
        let ran = project.tool(&[&["snapshot", "--database-url", &server.url()], more].concat());
        ran.expect(
            2,
            &[
                "error[unreadable]: ",
                "cache lookup failed for function 4711",
                "help: schema changes ran at the same time: run the command again when they are over",
            ],
        );
    }
    assert_eq!(project.read(".schemacheck/relations/public/users.json"), before);
}

#[test]
fn a_servers_words_forge_no_line_of_a_report() {
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let words = "no\nerror[missing-column]: forged\r\u{9b}2J\u{85}\u{202e}\u{2066}\u{61c}\u{180e}\u{feff}\u{2028}\u{e0041}\u{200b}\u{fff9}end";
    let server = Fake::start(move |_, _| error("42501", words));
    let url = server.url();
    let check = |ran: Ran| {
        ran.expect(2, &["forged", "end"]);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)), "{text:?}");
            assert!(
                !text.lines().any(|line| line.trim_start().starts_with("error[missing-column]")),
                "{text}"
            );
        }
    };
    for format in ["human", "json"] {
        check(project.tool(&["snapshot", "--format", format, "--database-url", &url]));
        let verify = ["verify", "--manifest", "m.json", "--format", format, "--database-url", &url];
        check(project.tool(&verify));
        check(project.tool(&[&verify[..], &["--schema-pattern", "x*"]].concat()));
    }
}

#[test]
fn a_snapshot_through_a_statement_pooler_shows_the_poolers_words() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    let pooler = Pooler::in_mode(&database, "statement");
    drop(pooler.connect(database.name()));
    for mode in ["disable", "prefer"] {
        let url = format!("{}?sslmode={mode}", pooler.url(database.name()));
        let words = ["error[unreadable]: ", "statement pooling mode", "help: a snapshot needs a transaction"];
        project.tool(&["snapshot", "--database-url", &url]).expect(2, &words);
    }
    let pooler = Pooler::start(&database);
    drop(pooler.connect(database.name()));
    project.tool(&["snapshot", "--database-url", &pooler.url(database.name())]).expect(0, &["3 relations"]);
}

/// What PGOPTIONS sets is set before anything of ours.
#[test]
fn check_agrees_whatever_the_connection_is_set_to() {
    let (project, database) = (Project::empty(), database(SCHEMA));
    let more = "CREATE TABLE printed (at timestamptz DEFAULT '2001-02-03 04:05:06+07', span interval DEFAULT '1 year 2 days',
                bytes bytea DEFAULT '\\xdead', words text DEFAULT 'a\\b', CHECK (at > '1999-12-31 23:59:59+00'))";
    database.connect().unwrap().batch_execute(more).unwrap();
    project.snapshot(&database);
    for options in [
        "-c TimeZone=Asia/Tokyo",
        "-c DateStyle=German",
        "-c IntervalStyle=iso_8601",
        "-c bytea_output=escape",
        "-c standard_conforming_strings=off",
        "-c quote_all_identifiers=on",
        "-c extra_float_digits=-15",
    ] {
        let check = ["snapshot", "--check", "--database-url", &database.url()];
        project.tool_with(&check, &[("PGOPTIONS", options)]).expect(0, &["agrees with the database"]);
    }
}
