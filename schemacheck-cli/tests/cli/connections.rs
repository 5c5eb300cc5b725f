//! Connections that work, and those that do not: exit status 2, and never a password.

use schemacheck_scratch::Options;

use crate::support::{Mute, Project};

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
    // Said once, however many URLs there are: other users can see it.
    let seen = "can see the password in --database-url";
    verify(&url).expect(0, &["1 model (0 columns) verified", seen, "DATABASE_URL"]);
    let twice =
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &url, "--database-url", &url]);
    assert_eq!(twice.expect(0, &[]).all().matches(seen).count(), 1);
    // Every run is searched for the password; here are the ones that go wrong with it in hand.
    verify(&url.replace("hunter2", "hunter2x")).expect(2, &["password authentication failed"]);
    verify(&url.replace(database.name(), "gone")).expect(2, &["database \"gone\" does not exist"]);
    verify(&url.replace("postgres:hunter2", "nobody:hunter2"))
        .expect(2, &["authentication failed for user \"nobody\""]);
    verify(&url.replace("127.0.0.1:", "127.0.0.1:1")).expect(2, &[]);
    verify("postgres://me:hunter2@localhost:port/x")
        .expect(2, &["--database-url is no URL of a PostgreSQL database"]);
    verify("postgres://me:hunter2@localhost:1/x?sslmode=maybe")
        .expect(2, &["sslmode is `maybe`, which is none"]);
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

/// What libpq reads beside the URL: each in its turn.
#[test]
fn services_password_files_and_variables_fill_in_what_a_url_leaves_open() {
    let server = Options::default().password("hunter2-not-real").start().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let (port, name) = (server.tcp_port().unwrap().to_string(), database.name());
    let home = project.path().display().to_string();
    let verify = |url: Option<&str>, environment: &[(&str, &str)]| {
        let mut arguments = vec!["verify", "--manifest", "m.json"];
        arguments.extend(url.iter().flat_map(|url| ["--database-url", *url]));
        project.tool_with(&arguments, &[environment, &[("HOME", home.as_str())]].concat())
    };
    let file = |name: &str, mode: u32, text: &str| {
        project.write(name, text);
        let path = project.path().join(name);
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    // PG* fill in what the URL does not say, and no more.
    let bare = format!("postgres://postgres@127.0.0.1:{port}/{name}");
    verify(Some(&bare), &[]).expect(2, &["password"]);
    verify(Some(&bare), &[("PGPASSWORD", "hunter2-not-real"), ("PGDATABASE", "gone")])
        .expect(0, &["verified"]);
    verify(
        Some("postgres:///"),
        &[
            ("PGHOST", "127.0.0.1"),
            ("PGPORT", &port),
            ("PGUSER", "postgres"),
            ("PGPASSWORD", "hunter2-not-real"),
            ("PGDATABASE", name),
        ],
    )
    .expect(0, &["verified"]);
    // The password file, by its place or by name, unless others can read it.
    let entry = format!("# comment\nelsewhere:*:*:*:no\n127.0.0.1:{port}:{name}:postgres:hunter2-not-real\n");
    file(".pgpass", 0o600, &entry);
    verify(Some(&bare), &[]).expect(0, &["verified"]);
    file(".pgpass", 0o644, &entry);
    verify(Some(&bare), &[]).expect(2, &[".pgpass can be read by others", "chmod 0600"]);
    let named = file("named.pgpass", 0o600, &entry);
    verify(Some(&format!("{bare}?passfile={named}")), &[]).expect(0, &["verified"]);
    verify(Some(&bare), &[("PGPASSFILE", &named)]).expect(0, &["verified"]);
    // A service.
    let section = format!(
        "[other]\nhost=nowhere\n[app]\nhost=127.0.0.1\nport={port}\nuser=postgres\npassword=hunter2-not-real\ndbname={name}\n"
    );
    file(".pg_service.conf", 0o600, &section);
    verify(Some("service=app"), &[]).expect(0, &["verified"]);
    verify(Some("postgres://?service=app"), &[]).expect(0, &["verified"]);
    verify(None, &[("PGSERVICE", "app")]).expect(0, &["verified"]);
    verify(Some("service=app dbname=gone"), &[]).expect(2, &["\"gone\" does not exist"]);
    verify(Some("service=none"), &[]).expect(2, &["cannot find the service `none`", ".pg_service.conf"]);
    file(".pg_service.conf", 0o600, &section.replace("[app]\n", "[app]\nssl=true\n"));
    verify(Some("service=app"), &[]).expect(2, &["server does not support TLS"]);
    file(".pg_service.conf", 0o600, "[app]\nnonsense=hunter2\n");
    verify(Some("service=app"), &[]).expect(2, &["unknown option `nonsense`"]);
    // A keyword string, with a quote in it, and percent-encoding in a URL.
    let socket = server.socket_dir().display().to_string();
    verify(Some(&format!("host='{socket}' port={} user=postgres dbname={name}", server.port())), &[])
        .expect(0, &["verified"]);
    let encoded = socket.replace('/', "%2F");
    let url = format!(
        "postgres://postgres:hunter2%2Dnot%2Dreal@{encoded}:{}/{name}?sslmode=verify-full",
        server.port()
    );
    verify(Some(&url), &[]).expect(0, &["verified"]);
}

#[test]
fn of_several_hosts_the_first_that_suits_is_taken() {
    let server = Options::default().tcp().start().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let read_only = Options::default().tcp().start().unwrap();
    let others = [read_only.create_database().unwrap(), read_only.create_database().unwrap()];
    // Both servers number their databases.
    let other = others.iter().find(|other| other.name() != database.name()).unwrap();
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let (first, second) = (read_only.tcp_port().unwrap(), server.tcp_port().unwrap());
    let name = database.name();
    let verify = |parameters: &str| {
        let url = format!(
            "postgres://postgres@127.0.0.1:1,127.0.0.1:{first},127.0.0.1:{second}/{name}?{parameters}"
        );
        project.tool(&["verify", "--manifest", "m.json", "--database-url", &url])
    };
    let mut admin = other.connect().unwrap();
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
    // The first that answers has no such database, and that is the answer: nothing is guessed.
    verify("").expect(2, &["does not exist"]);
    admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    admin.batch_execute("ALTER SYSTEM SET default_transaction_read_only = on").unwrap();
    admin.batch_execute("SELECT pg_reload_conf()").unwrap();
    let is_read_only =
        || other.connect().unwrap().query_one("SHOW default_transaction_read_only", &[]).unwrap();
    while is_read_only().get::<_, String>(0) != "on" {}
    verify("").expect(1, &["cannot find relation `users`"]);
    verify("target_session_attrs=read-write").expect(0, &["verified"]);
    verify("target_session_attrs=read-only").expect(1, &["cannot find relation `users`"]);
    verify("target_session_attrs=primary").expect(1, &["cannot find relation `users`"]);
    verify("target_session_attrs=prefer-standby").expect(1, &["cannot find relation `users`"]);
    verify("target_session_attrs=standby").expect(
        2,
        &["the server is not `standby`", "127.0.0.1 port 1: ", &format!("127.0.0.1 port {second}: ")],
    );
    verify("port=5,6").expect(2, &["have to be as many"]);
    // The server's own end of this must be able to drop it.
    admin
        .batch_execute(
            "SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only",
        )
        .ok();
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

#[test]
fn a_host_that_stalls_is_left_for_the_next() {
    let server = Options::default().tcp().start().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let (mute, project) = (Mute::new(), Project::empty());
    project.write("m.json", MANIFEST);
    let (stalls, port, name) = (mute.port(), server.tcp_port().unwrap(), database.name());
    let verify = |url: &str, environment: &[(&str, &str)]| {
        project.tool_with(&["verify", "--manifest", "m.json", "--database-url", url], environment)
    };
    let both = format!("postgres://postgres@127.0.0.1:{stalls},127.0.0.1:{port}/{name}?connect_timeout=1");
    verify(&both, &[]).expect(0, &["verified"]);
    for mode in ["disable", "prefer", "require"] {
        let alone = format!("postgres://postgres@127.0.0.1:{stalls}/{name}?connect_timeout=1&sslmode={mode}");
        verify(&alone, &[]).expect(2, &["no answer has come for 1 s"]);
    }
    // Which database that is: the address that was dialled, whatever the name says.
    let by_name = format!("postgres://postgres@prod.example:{port}/{name}");
    verify(&by_name, &[("PGHOSTADDR", "127.0.0.1")])
        .expect(0, &[&format!("prod.example (127.0.0.1):{port}")]);
    // An empty host is libpq's own, whatever PGHOST says; a name that does not exist is said by the system.
    let empty = format!("host='' port={port} user=postgres dbname={name}");
    verify(&empty, &[("PGHOST", "no.such.host.invalid")]).expect(0, &[&format!("at localhost:{port}")]);
    verify("postgres://postgres@no.such.host.invalid/x", &[]).expect(2, &["no.such.host.invalid"]);
}

/// `host=@name` is a socket without a file, on Linux.
#[cfg(target_os = "linux")]
#[test]
fn an_abstract_socket_is_dialled() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

    let server = schemacheck_scratch::Server::shared().unwrap();
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE users ()").unwrap();
    let name = format!("schemacheck-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(format!("{name}/.s.PGSQL.5432")).unwrap();
    let listener = UnixListener::bind_addr(&address).unwrap();
    let socket = server.socket_dir().join(format!(".s.PGSQL.{}", server.port()));
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, upstream) = (client.unwrap(), UnixStream::connect(&socket).unwrap());
            let pump = |from: &UnixStream, to: &UnixStream| {
                let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
            };
            pump(&client, &upstream);
            pump(&upstream, &client);
        }
    });
    let project = Project::empty();
    project.write("m.json", MANIFEST);
    let url = format!("host=@{name} user=postgres dbname={}", database.name());
    project
        .tool(&["verify", "--manifest", "m.json", "--database-url", &url])
        .expect(0, &["verified", &format!("at @{name}")]);
}
