//! A real server: start, databases, templates, passwords, TLS, stop.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::path::Path;

use postgres::NoTls;
use schemacheck_scratch::{Options, Server};

/// Whether a process is there, and no zombie.
fn is_running(pid: u32) -> bool {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.rsplit_once(')').unwrap().1.trim_start().starts_with('Z'),
        Err(_) => false,
    }
}

#[test]
fn a_server_starts_answers_and_leaves_nothing() {
    let server = Server::start().unwrap();
    assert!(server.version_num() >= 130_000);
    let (pid, directory) = (server.pid().unwrap(), server.socket_dir().to_owned());
    assert!(is_running(pid) && directory.join("data").is_dir());
    let database = server.create_database().unwrap();
    let row = database.connect().unwrap().query_one("SELECT current_database()", &[]).unwrap();
    assert_eq!(row.get::<_, String>(0), database.name());
    drop(database);
    server.stop().unwrap();
    assert!(!is_running(pid) && !directory.exists());
}

#[test]
fn the_url_is_understood_by_the_driver_and_by_psql() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = postgres::Client::connect(&database.url(), NoTls).unwrap();
    client.batch_execute("CREATE TABLE t (a int)").unwrap();
    let psql =
        std::process::Command::new("psql").args([&database.url(), "-Atc", "SELECT count(*) FROM t"]).output();
    if let Ok(output) = psql {
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "0\n",
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    } else {
        eprintln!("there is no psql here: the URL was tried with the driver alone");
    }
}

#[test]
fn copies_of_a_template_do_not_touch_each_other() {
    let server = Server::shared().unwrap();
    let mut runs = 0;
    for _ in 0..2 {
        let set_up = |client: &mut postgres::Client| {
            runs += 1;
            client.batch_execute("CREATE TABLE t (a int)")
        };
        server.template("with_t", set_up).unwrap();
    }
    assert_eq!(runs, 1);
    let (a, b) =
        (server.create_database_from("with_t").unwrap(), server.create_database_from("with_t").unwrap());
    a.connect().unwrap().batch_execute("DROP TABLE t").unwrap();
    b.connect().unwrap().batch_execute("INSERT INTO t VALUES (1)").unwrap();
    let broken = server.template("broken", |client| client.batch_execute("CREATE RUBBISH"));
    assert!(broken.unwrap_err().to_string().contains("`broken`"));
}

#[test]
fn databases_of_many_threads_are_distinct() {
    let server = Server::shared().unwrap();
    let names: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..6).map(|_| scope.spawn(|| server.create_database().unwrap().name().to_owned())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), 6);
}

#[test]
fn a_database_is_dropped_though_somebody_is_connected() {
    let server = Server::shared().unwrap();
    let database = server.create_database().unwrap();
    let name = database.name().to_owned();
    let _open = database.connect().unwrap();
    drop(database);
    let other = server.create_database().unwrap();
    let found =
        other.connect().unwrap().query("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).unwrap();
    assert!(found.is_empty());
}

#[test]
fn a_password_is_asked_for_over_tcp() {
    let server = Options::default().password("not a real password").start().unwrap();
    let database = server.create_database().unwrap();
    let right = database.tcp_url("postgres", "not%20a%20real%20password").unwrap();
    postgres::Client::connect(&right, NoTls).unwrap();
    let wrong = database.tcp_url("postgres", "wrong").unwrap();
    assert!(postgres::Client::connect(&wrong, NoTls).is_err());
}

#[test]
fn tls_is_offered_with_the_given_certificate() {
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let server = Options::default()
        .tls(&certificate.cert.pem(), &certificate.signing_key.serialize_pem())
        .start()
        .unwrap();
    let database = server.create_database().unwrap();
    let row = database.connect().unwrap().query_one("SHOW ssl", &[]).unwrap();
    assert_eq!(row.get::<_, String>(0), "on");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let error = Options::default().setting("no_such_setting", "1").start().unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    let error = Options::default().bin_dir("/nonexistent").start().unwrap_err();
    assert!(error.to_string().contains("/nonexistent/initdb"), "{error}");
}

#[test]
fn environment_names_what_tools_read() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let environment = database.environment();
    let names: Vec<&str> = environment.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE"]);
    assert!(Path::new(&environment[1].1).is_dir());
}
