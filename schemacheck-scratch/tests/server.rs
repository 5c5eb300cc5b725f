//! A real server: start, databases, templates, passwords, TLS, stop.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use postgres::{Client, NoTls};
use schemacheck_scratch::{Options, Server};

/// Whether a process is there, be it a zombie: then it was not waited for.
fn exists(pid: u32) -> bool {
    std::process::Command::new("kill").args(["-0", &pid.to_string()]).output().unwrap().status.success()
}

/// Whether there is a segment of System V shared memory that this process made; known on Linux only.
fn has_shared_memory(pid: u32) -> bool {
    // The fifth column is the process that made it.
    let segments = std::fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    segments.lines().any(|line| line.split_whitespace().nth(4) == Some(&pid.to_string()))
}

#[track_caller]
fn ask(client: &mut Client, query: &str) -> String {
    client.query_one(query, &[]).unwrap().get(0)
}

/// The text of an error, to be searched: what `unwrap` would print.
fn full(error: &schemacheck_scratch::Error) -> String {
    format!("{error:?}")
}

#[test]
fn a_server_starts_answers_and_leaves_nothing() {
    let server = Server::start().unwrap();
    assert!(server.version_num() >= 130_000);
    let (pid, directory) = (server.pid(), server.socket_dir().to_owned());
    assert!(exists(pid) && server.data_dir().join("PG_VERSION").is_file());
    let log = std::fs::read_to_string(server.log()).unwrap();
    assert!(log.contains("ready to accept connections"), "{log}");
    let database = server.create_database().unwrap();
    assert_eq!(ask(&mut database.connect().unwrap(), "SELECT current_database()::text"), database.name());
    drop(database);
    server.stop().unwrap();
    assert!(!exists(pid) && !directory.exists());
}

#[test]
fn a_dropped_server_leaves_nothing_though_somebody_is_connected() {
    let server = Server::start().unwrap();
    let (pid, directory) = (server.pid(), server.socket_dir().to_owned());
    let mut client = server.create_database().unwrap().config().dbname("postgres").connect(NoTls).unwrap();
    client.batch_execute("BEGIN; CREATE TABLE t (a int)").unwrap();
    drop(server);
    assert!(!exists(pid) && !directory.exists());
}

#[test]
fn a_server_that_was_killed_is_reaped_and_its_directory_removed() {
    let server = Server::start().unwrap();
    let (pid, directory) = (server.pid(), server.socket_dir().to_owned());
    assert!(cfg!(not(target_os = "linux")) || has_shared_memory(pid));
    assert!(std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
    server.stop().unwrap();
    assert!(!exists(pid) && !directory.exists());
    assert!(!has_shared_memory(pid));
}

#[test]
fn a_usual_server_listens_on_its_socket_only() {
    let server = Server::shared().unwrap();
    let mut client = server.create_database().unwrap().config().dbname("postgres").connect(NoTls).unwrap();
    assert_eq!(ask(&mut client, "SHOW listen_addresses"), "");
    assert_eq!(server.tcp_port(), None);
    assert_eq!(server.create_database().unwrap().tcp_url("postgres", "x"), None);
    for (setting, value) in [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("autovacuum", "off"),
        ("server_encoding", "UTF8"),
        ("lc_messages", "C"),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(ask(&mut client, &format!("SHOW {setting}")), value, "{setting}");
    }
}

#[test]
fn the_url_is_understood_by_the_driver_and_by_psql() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    client.batch_execute("CREATE TABLE t (a int)").unwrap();
    let psql = |arguments: &[&str]| {
        let mut command = std::process::Command::new("psql");
        command.args(["-X", "-A", "-t", "-c", "SELECT count(*) FROM t"]).args(arguments);
        command.envs(database.environment());
        command.output()
    };
    match (psql(&[&database.url()]), psql(&[])) {
        (Ok(by_url), Ok(by_environment)) => {
            for output in [by_url, by_environment] {
                let errors = String::from_utf8_lossy(&output.stderr);
                assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n", "{errors}");
            }
        }
        _ => eprintln!("there is no psql here: the URL was tried with the driver alone"),
    }
}

#[test]
fn environment_names_what_tools_read() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let environment = database.environment();
    let names: Vec<&str> = environment.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE"]);
    assert!(Path::new(&environment[1].1).is_dir());
}

#[test]
fn copies_of_a_template_do_not_touch_each_other() {
    let server = Server::shared().unwrap();
    let schema = "CREATE TABLE t (a int); INSERT INTO t VALUES (1)";
    server.template("with_t", |client| client.batch_execute(schema)).unwrap();
    let (a, b) =
        (server.create_database_from("with_t").unwrap(), server.create_database_from("with_t").unwrap());
    a.connect().unwrap().batch_execute("INSERT INTO t VALUES (2)").unwrap();
    b.connect().unwrap().batch_execute("DROP TABLE t").unwrap();
    let rows = "SELECT string_agg(a::text, ' ' ORDER BY a) FROM t";
    assert_eq!(ask(&mut a.connect().unwrap(), rows), "1 2");
    assert!(b.connect().unwrap().batch_execute(rows).is_err());
    let c = server.create_database_from("with_t").unwrap();
    assert_eq!(ask(&mut c.connect().unwrap(), rows), "1");
}

#[test]
fn a_template_is_made_once_by_however_many_threads() {
    let server = Server::shared().unwrap();
    let runs = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let set_up = |client: &mut Client| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    client.batch_execute("CREATE TABLE once (a int)")
                };
                server.template("a \"quoted\" name", set_up).unwrap();
                let copy = server.create_database_from("a \"quoted\" name").unwrap();
                copy.connect().unwrap().batch_execute("TABLE once").unwrap();
            });
        }
    });
    assert_eq!(runs.into_inner(), 1);
}

#[test]
fn a_template_that_failed_or_panicked_says_so_and_can_be_made_again() {
    let server = Server::shared().unwrap();
    let error = server.template("broken", |client| client.batch_execute("CREATE RUBBISH")).unwrap_err();
    assert_eq!(error.to_string(), "cannot make the template database `broken`");
    assert!(full(&error).contains("syntax error at or near \"RUBBISH\""), "{error:?}");
    let panicked = std::panic::catch_unwind(|| {
        server.template("broken", |_| -> Result<(), String> { panic!("as asked") })
    });
    assert!(panicked.is_err());
    assert!(server.create_database_from("broken").is_err(), "nothing is left of it");
    server.template("broken", |client| client.batch_execute("CREATE TABLE t (a int)")).unwrap();
    server.create_database_from("broken").unwrap();
}

#[test]
fn databases_of_many_threads_are_distinct() {
    let server = Server::shared().unwrap();
    let names: HashSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let database = server.create_database().unwrap();
                    database.connect().unwrap().batch_execute("CREATE TABLE mine (a int)").unwrap();
                    database.name().to_owned()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(names.len(), 8);
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
fn everything_but_the_blocking_client_works_inside_an_async_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let server = Server::start().unwrap();
        server.template("async", |client| client.batch_execute("CREATE TABLE t (a int)")).unwrap();
        let database = server.create_database_from("async").unwrap();
        drop(database);
        server.stop().unwrap();
    });
}

#[test]
fn a_password_is_asked_for_over_tcp_and_is_printed_nowhere() {
    let secret = "p@ss w:rd/%'\"\\$1?";
    let server = Options::default().password(secret).setting("log_statement", "all").start().unwrap();
    let database = server.create_database().unwrap();
    let right = database.tcp_url("postgres", secret).unwrap();
    let mut client = Client::connect(&right, NoTls).unwrap();
    let scram = "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'postgres'";
    assert!(client.query_one(scram, &[]).unwrap().get::<_, bool>(0));
    let wrong = database.tcp_url("postgres", "wrong").unwrap();
    let refused = Client::connect(&wrong, NoTls).err().unwrap();
    assert_eq!(refused.code(), Some(&postgres::error::SqlState::INVALID_PASSWORD));
    // The socket goes on trusting.
    database.connect().unwrap();
    let log = std::fs::read_to_string(server.log()).unwrap();
    assert!(log.contains("statement:") && !log.contains(secret), "{log}");
    assert!(!server.socket_dir().join("password").exists());
    assert!(!format!("{server:?} {database:?}").contains(secret));
    let error = Options::default().password("two\nlines").start().unwrap_err();
    assert!(full(&error).contains("line break") && !full(&error).contains("lines"), "{error:?}");
}

#[test]
fn tcp_without_a_password_trusts() {
    let server = Options::default().tcp().start().unwrap();
    let database = server.create_database().unwrap();
    Client::connect(&database.tcp_url("postgres", "any").unwrap(), NoTls).unwrap();
    assert_eq!(server.tcp_port(), Some(server.port()));
}

#[test]
fn tls_is_offered_with_the_given_certificate() {
    use std::os::unix::fs::MetadataExt;

    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let server = Options::default()
        .tls(certificate.cert.pem(), certificate.signing_key.serialize_pem())
        .start()
        .unwrap();
    let database = server.create_database().unwrap();
    assert_eq!(ask(&mut database.connect().unwrap(), "SHOW ssl"), "on");
    let key = server.socket_dir().join("server.key");
    let meta = std::fs::metadata(&key).unwrap();
    assert_eq!(
        (meta.mode() & 0o777, meta.uid()),
        (0o600, std::fs::metadata(server.data_dir()).unwrap().uid())
    );
    // SSLRequest: its length, 8 bytes, and a code. `S` is the answer of a server that goes on with TLS.
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", server.tcp_port().unwrap())).unwrap();
    stream.write_all(&[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]).unwrap();
    let mut answer = [0];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"S");
}

#[test]
fn settings_reach_the_server_and_win() {
    let server = Options::default()
        .setting("wal_level", "logical")
        .setting("shared_preload_libraries", "auto_explain")
        .setting("autovacuum", "on")
        .start();
    let server = match server {
        // auto_explain is in contrib, which the smallest packages leave out.
        Err(error) if full(&error).contains("could not access file \"auto_explain\"") => {
            eprintln!("there is no contrib here: tried without a library");
            Options::default().setting("wal_level", "logical").setting("autovacuum", "on").start().unwrap()
        }
        server => server.unwrap(),
    };
    let mut client = server.create_database().unwrap().config().dbname("postgres").connect(NoTls).unwrap();
    assert_eq!(ask(&mut client, "SHOW wal_level"), "logical");
    assert_eq!(ask(&mut client, "SHOW autovacuum"), "on");
}

#[test]
fn a_server_that_cannot_start_says_why_and_leaves_nothing() {
    let error = Options::default().setting("no_such_setting", "1").start().unwrap_err();
    assert_eq!(error.to_string(), "the scratch server ended at its start");
    assert!(full(&error).contains("unrecognized configuration parameter \"no_such_setting\""), "{error:?}");

    let error = Options::default().bin_dir("/nonexistent").start().unwrap_err();
    assert!(error.to_string().contains("is `/nonexistent`, which does not hold both"), "{error}");
    assert!(!error.is_not_found());

    let error = Options::default().deadline(Duration::ZERO).start().unwrap_err();
    assert!(error.to_string().contains("does not answer within"), "{error}");

    let own = format!("schemacheck-{}-", std::process::id());
    // Other tests of this process have directories at the same time: this test's are known by their logs.
    let parent = Server::shared().unwrap().socket_dir().parent().unwrap().to_owned();
    for entry in std::fs::read_dir(parent).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&own) {
            let log = std::fs::read_to_string(entry.path().join("log")).unwrap_or_default();
            assert!(!log.contains("no_such_setting"), "{}", entry.path().display());
        }
    }
}
