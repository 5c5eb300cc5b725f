//! A network between the guard and its server that cuts, stalls or sends garbage after so many bytes of the answer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postgres::NoTls;
use schemacheck::Verified;
use schemacheck::guard::{Kind, Report};
use schemacheck_scratch::{Database, Options, Server};

use crate::support::guard;

/// What becomes of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Cut,
    Stall,
    Garbage(u8),
}

/// From where on the bytes of the server are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// The first one: of the start of the session.
    Start,
    /// The first behind a simple query.
    Query,
}

/// A listener that passes everything on until there, and then so many bytes of what comes back.
struct Proxy {
    port: u16,
    thread: Option<std::thread::JoinHandle<()>>,
    is_over: Arc<AtomicBool>,
}

impl Proxy {
    fn start(upstream: u16, fault: Fault, from: From, after: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(("127.0.0.1", upstream)).unwrap();
            relay(client, server, fault, from, after, &over);
        });
        Self { port, thread: Some(thread), is_over }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn relay(
    mut client: TcpStream,
    mut server: TcpStream,
    fault: Fault,
    counted: From,
    after: usize,
    is_over: &AtomicBool,
) {
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let asked = Arc::new(AtomicBool::new(counted == From::Start));
    let seen = Arc::clone(&asked);
    let upward = std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            if buffer[0] == b'Q' {
                seen.store(true, Ordering::SeqCst);
            }
            if to.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut left = after;
    let mut buffer = [0; 4096];
    server.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    loop {
        let n = match server.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            // The client may wait for more than the server will ever say.
            Err(_) if !is_over.load(Ordering::Relaxed) => continue,
            Err(_) => break,
        };
        let mut pass = n;
        if asked.load(Ordering::SeqCst) {
            let good = n.min(left);
            left -= good;
            match fault {
                Fault::Garbage(byte) => buffer[good..n].fill(byte),
                Fault::Cut | Fault::Stall => pass = good,
            }
        }
        if client.write_all(&buffer[..pass]).is_err() {
            break;
        }
        if pass < n {
            while fault == Fault::Stall && !is_over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
            }
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    upward.join().unwrap();
}

fn server() -> Server {
    Options::default().tcp().start().unwrap()
}

fn database(server: &Server) -> Database<'_> {
    let database = server.create_database().unwrap();
    database.connect().unwrap().batch_execute(include_str!("schema.sql")).unwrap();
    database
}

/// How many bytes the server sends when it is asked: the text, and some for the protocol.
fn whole(database: &Database<'_>) -> usize {
    let request = guard().request().unwrap();
    database.connect().unwrap().query_one(request.sql(), &[]).unwrap().get::<_, String>(0).len()
}

/// Byte by byte where the protocol speaks, and in steps through the text.
fn places(whole: usize) -> Vec<usize> {
    (0..64).chain((64..whole).step_by(whole / 40)).chain(whole.saturating_sub(20)..whole + 1).collect()
}

fn verify(url: &str) -> Result<Verified, Report> {
    match postgres::Client::connect(url, NoTls) {
        Ok(mut client) => guard().verify(&mut client),
        Err(error) => panic!("the fault came before the question: {error}"),
    }
}

#[test]
fn a_connection_that_is_cut_anywhere_is_unreadable() {
    let server = server();
    let database = database(&server);
    for after in places(whole(&database)) {
        let proxy = Proxy::start(server.tcp_port().unwrap(), Fault::Cut, From::Query, after);
        let url = format!("postgres://postgres@127.0.0.1:{}/{}", proxy.port, database.name());
        let report = verify(&url).expect_err("cut, and verified");
        assert_eq!(report.kind(), Kind::Unreadable, "cut after {after} bytes: {report}");
    }
}

/// A byte that stands for a length can make the driver wait for ever more: that is given up.
#[test]
fn garbage_anywhere_is_unreadable_and_no_drift() {
    let server = server();
    let database = database(&server);
    let (port, name) = (server.tcp_port().unwrap(), database.name());
    let places: Vec<usize> = places(whole(&database)).into_iter().step_by(4).collect();
    for byte in [0, b'x', 0xff] {
        std::thread::scope(|scope| {
            for after in &places {
                scope.spawn(move || {
                    let report = over(port, name, Fault::Garbage(byte), From::Query, *after)
                        .expect_err("garbage, and verified");
                    assert_eq!(report.kind(), Kind::Unreadable, "{byte} after {after} bytes: {report}");
                });
            }
        });
    }
}

/// What comes of connecting and verifying over a proxy, by a guard of little patience.
fn over(port: u16, name: &str, fault: Fault, from: From, after: usize) -> Result<Verified, Report> {
    let proxy = Proxy::start(port, fault, from, after);
    let url = format!("postgres://postgres@127.0.0.1:{}/{name}", proxy.port);
    let connect = move || postgres::Client::connect(&url, NoTls);
    guard().timeout(Duration::from_millis(500)).connect(connect).map(|(verified, _)| verified)
}

#[test]
fn a_connection_that_stalls_anywhere_is_given_up() {
    let server = server();
    let database = database(&server);
    let (port, name) = (server.tcp_port().unwrap(), database.name());
    let places: Vec<usize> = places(whole(&database)).into_iter().step_by(8).collect();
    // Each takes as long as the guard is patient.
    std::thread::scope(|scope| {
        for after in places {
            scope.spawn(move || {
                let report =
                    over(port, name, Fault::Stall, From::Query, after).expect_err("stalled, and verified");
                assert_eq!(report.kind(), Kind::Unreadable, "stalled after {after} bytes: {report}");
                assert!(report.to_string().contains("no answer has come for"), "{report}");
            });
        }
    });
}

/// The session itself may be cut while it is made, or garbled, or left without a word.
#[test]
fn a_fault_while_connecting_is_unreadable() {
    let server = server();
    let database = database(&server);
    let (port, name) = (server.tcp_port().unwrap(), database.name());
    let faults = [Fault::Cut, Fault::Stall, Fault::Garbage(0), Fault::Garbage(b'x'), Fault::Garbage(0xff)];
    for fault in faults {
        // What a server says at the start of a session are some four hundred bytes.
        let places: Vec<usize> = (0..420).step_by(if fault == Fault::Cut { 3 } else { 30 }).collect();
        std::thread::scope(|scope| {
            for after in places {
                scope.spawn(move || {
                    let report =
                        over(port, name, fault, From::Start, after).expect_err("a fault, and verified");
                    assert_eq!(report.kind(), Kind::Unreadable, "{fault:?} after {after} bytes: {report}");
                });
            }
        });
    }
}

#[tokio::test]
async fn an_asynchronous_guard_gives_up_by_itself() {
    let server = tokio::task::spawn_blocking(server).await.unwrap();
    let (port, name) = std::thread::scope(|scope| {
        let made = scope.spawn(|| {
            let database = database(&server);
            (server.tcp_port().unwrap(), std::mem::ManuallyDrop::new(database).name().to_owned())
        });
        made.join().unwrap()
    });
    let proxy = Proxy::start(port, Fault::Stall, From::Query, 100);
    let url = format!("postgres://postgres@127.0.0.1:{}/{name}", proxy.port);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let report = guard().timeout(Duration::from_millis(50)).verify_async(&client).await.unwrap_err();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("no answer has come for"), "{report}");
    drop(proxy);
    connection.abort();
    tokio::task::spawn_blocking(move || server.stop()).await.unwrap().unwrap();
}
