//! Connections that work, and those that do not: exit status 2, and never a password.

use schemacheck_scratch::Options;

use crate::support::Project;

/// A record of one model, so that nothing has to be built.
const MANIFEST: &str = r#"[{"format": 1, "crate": "app", "path": "app::User", "file": "src/main.rs", "line": 1,
    "sort": "model", "kinds": ["read"], "relation": "users", "columns": []}]"#;

#[test]
fn a_password_is_used_and_never_shown() {
    let server = Options::default().password("hunter2-not-real").start().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let url = database.tcp_url("postgres", "hunter2-not-real").unwrap();
    let verify = |url: &str| project.tool(&["verify", "--manifest", "m.json", "--database-url", url]);
    verify(&url).expect(0, &["1 model (0 columns) verified"]);
    // Every run is searched for the password; here are the ones that go wrong with it in hand.
    verify(&url.replace("hunter2", "hunter2x")).expect(2, &["password authentication failed"]);
    verify(&url.replace(database.name(), "gone")).expect(2, &["database \"gone\" does not exist"]);
    verify(&url.replace("postgres:hunter2", "nobody:hunter2"))
        .expect(2, &["authentication failed for user \"nobody\""]);
    verify(&url.replace("127.0.0.1:", "127.0.0.1:1")).expect(2, &[]);
    verify("postgres://me:hunter2@localhost:port/x")
        .expect(2, &["--database-url is no URL of a PostgreSQL database"]);
    verify("postgres://me:hunter2@localhost:1/x?sslmode=verify-full")
        .expect(2, &["sslmode `verify-full` is not supported yet"]);
    verify("postgres://me:hunter2@localhost:1/x?nonsense=1").expect(2, &["--database-url is no URL"]);
    let refused = verify("postgres://me:hunter2@127.0.0.1:1/x");
    refused.expect(2, &["cannot connect to `x` at 127.0.0.1:1", "onnection refused"]);
    project.tool(&["snapshot", "--database-url", &url]).expect(0, &[]);
    let mut folders = vec![project.path().join(".schemacheck")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => assert!(!std::fs::read_to_string(entry.path()).unwrap().contains("hunter2")),
            }
        }
    }
    // The same by PG*, and from `.env`; a real environment wins.
    let port = server.tcp_port().unwrap().to_string();
    let settings = [
        ("PGHOST", "127.0.0.1"),
        ("PGPORT", &port),
        ("PGUSER", "postgres"),
        ("PGPASSWORD", "hunter2-not-real"),
        ("PGDATABASE", database.name()),
    ];
    project.tool_with(&["verify", "--manifest", "m.json"], &settings).expect(0, &["verified"]);
    project.write(".env", "DATABASE_URL=postgres://me:hunter2@127.0.0.1:1/x\n");
    project.tool(&["verify", "--manifest", "m.json"]).expect(2, &["onnection refused"]);
    project
        .tool_with(&["verify", "--manifest", "m.json"], &[("DATABASE_URL", &url)])
        .expect(0, &["verified"]);
}

#[test]
fn a_database_that_nobody_names_is_asked_for() {
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    project
        .tool(&["verify", "--manifest", "m.json"])
        .expect(2, &["no database is named", "set DATABASE_URL"]);
}

#[test]
fn tls_is_used_where_the_server_offers_it() {
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let server = Options::default()
        .tls(certificate.cert.pem(), certificate.signing_key.serialize_pem())
        .setting("log_connections", "on")
        .start()
        .unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let url = database.tcp_url("postgres", "").unwrap().replace(":@", "@");
    for (mode, encrypted) in [("require", true), ("prefer", true), ("disable", false)] {
        let url = format!("{url}?sslmode={mode}");
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &url]).expect(0, &["verified"]);
        let log = std::fs::read_to_string(server.log()).unwrap();
        let last = log
            .lines()
            .rfind(|line| line.contains("connection authorized") && line.contains("cargo-schemacheck"));
        assert_eq!(last.unwrap().contains("SSL enabled"), encrypted, "{mode}: {log}");
    }
    // A server without TLS: `require` fails, `prefer` goes on.
    let plain = Options::default().tcp().start().unwrap();
    let database = plain.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let url = database.tcp_url("postgres", "").unwrap().replace(":@", "@");
    let verify = |url: &str| project.tool(&["verify", "--manifest", "m.json", "--database-url", url]);
    verify(&format!("{url}?sslmode=require")).expect(2, &["server does not support TLS"]);
    verify(&format!("{url}?sslmode=prefer&schema=public&connection_limit=5")).expect(0, &["verified"]);
}
