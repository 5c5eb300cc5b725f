//! The built service: refusal, recovery, drift and recovery again, as a load balancer sees them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use schemacheck_scratch::Server;

struct Running(Child, String);

impl Running {
    fn start(url: &str, guard: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_readiness"));
        match guard {
            Some(policy) => command.env("SCHEMACHECK_GUARD", policy),
            None => command.env_remove("SCHEMACHECK_GUARD"),
        };
        let mut child = command
            .env("DATABASE_URL", url)
            .env("LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect("an address").to_owned();
        Self(child, address)
    }

    /// Status and body.
    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.1).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Running {
    /// What it wrote on standard error.
    fn end(mut self) -> String {
        self.0.kill().unwrap();
        let mut text = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn readiness_follows_the_database() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let mut admin = database.connect().unwrap();
    let service = Running::start(&database.url(), None);
    // Before the migration: the service answers, and is not ready.
    let (status, body) = service.get("/ready");
    assert_eq!(status, 503, "{body}");
    assert!(body.contains("cannot find relation `public.jobs`"), "{body}");
    admin.batch_execute(include_str!("../migrations/0001_jobs.sql")).unwrap();
    admin.batch_execute("INSERT INTO jobs (title) VALUES ('sweep')").unwrap();
    let (status, body) = service.get("/ready");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("\"verdict\": \"verified\""), "{body}");
    assert_eq!(service.get("/jobs"), (200, "1 sweep (waiting)\n".to_owned()));
    // A column goes under the running service: the query's error says what the guard says.
    admin.batch_execute("ALTER TABLE jobs RENAME COLUMN title TO name").unwrap();
    let (status, body) = service.get("/jobs");
    assert_eq!(status, 503, "{body}");
    assert!(body.contains("cannot find column `title`"), "{body}");
    assert_eq!(service.get("/ready").0, 503);
    admin.batch_execute("ALTER TABLE jobs RENAME COLUMN name TO title").unwrap();
    assert_eq!(service.get("/ready").0, 200);
    assert_eq!(service.get("/jobs").0, 200);
}

/// It verifies nothing but when it is asked whether it is ready.
#[test]
fn an_override_is_said_once_with_what_it_hides() {
    let database = Server::shared().unwrap().create_database().unwrap();
    let service = Running::start(&database.url(), Some("warn"));
    for _ in 0..3 {
        assert_eq!(service.get("/ready").0, 200);
    }
    let said = service.end();
    assert_eq!(said.matches("SCHEMACHECK_GUARD=warn").count(), 1, "{said}");
    assert!(said.contains("cannot find relation `public.jobs`"), "{said}");
}
