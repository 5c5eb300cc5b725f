//! A network between the guard and its server that cuts, stalls or sends garbage after so many bytes of the answer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use postgres::{Client, NoTls};
use schemacheck::guard::{Kind, Report};
use schemacheck::{Guard, Verified};
use schemacheck_scratch::{Database, Options, Server};

use crate::support::{guard, plain};

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
    passed: Arc<AtomicUsize>,
}

impl Proxy {
    fn start(upstream: u16, fault: Fault, from: From, after: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let passed = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&passed);
        let thread = std::thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(("127.0.0.1", upstream)).unwrap();
            relay(client, server, fault, from, after, &over, &count);
        });
        Self { port, thread: Some(thread), is_over, passed }
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
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
    passed: &AtomicUsize,
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
            passed.fetch_add(good, Ordering::SeqCst);
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

/// The guards: for all that there is, and for plain tables alone.
const GUARDS: [fn() -> Guard; 2] = [guard, plain];

/// What a guard of little patience gives a query.
const SHORT: Duration = Duration::from_millis(500);

/// How many faults are tried at once.
const AT_ONCE: usize = 32;

/// How many bytes the server sends from the first question of a look to the end of its last answer.
fn whole(database: &Database<'_>, look: impl FnOnce(&mut Client)) -> usize {
    let port = database.server().tcp_port().unwrap();
    let proxy = Proxy::start(port, Fault::Cut, From::Query, usize::MAX);
    let mut client = Client::connect(&proxy.url(database.name()), NoTls).unwrap();
    look(&mut client);
    proxy.passed.load(Ordering::SeqCst)
}

/// All places before the end: byte by byte where the protocol speaks, and in steps through the text.
fn places(whole: usize) -> Vec<usize> {
    let tail = whole - 256;
    assert!(tail > 256, "the answer is too short to have a middle");
    (0..256).chain((256..tail).step_by((tail - 256).div_ceil(40))).chain(tail..whole).collect()
}

/// What a look over a connection that is cut there comes to.
fn cut<T>(database: &Database<'_>, after: usize, look: impl FnOnce(&mut Client) -> T) -> T {
    let port = database.server().tcp_port().unwrap();
    let proxy = Proxy::start(port, Fault::Cut, From::Query, after);
    look(&mut Client::connect(&proxy.url(database.name()), NoTls).unwrap())
}

#[test]
fn a_connection_that_is_cut_anywhere_is_unreadable() {
    let server = server();
    let database = database(&server);
    for guard in GUARDS {
        let whole = whole(&database, |client| assert!(guard().verify(client).is_ok()));
        for after in places(whole) {
            let report =
                cut(&database, after, |client| guard().verify(client)).expect_err("cut, and verified");
            assert_eq!(report.kind(), Kind::Unreadable, "cut after {after} of {whole} bytes: {report}");
        }
        assert!(cut(&database, whole, |client| guard().verify(client)).is_ok(), "cut behind the last byte");
    }
}

/// What is refused asks for names as well: without them the verdict is the same, and before it there is none.
#[test]
fn a_refusal_that_is_cut_anywhere_is_unreadable_or_the_refusal() {
    let server = server();
    let database = database(&server);
    let moved = "ALTER TABLE tickets RENAME TO ticket; ALTER TABLE sessions RENAME TO session";
    database.connect().unwrap().batch_execute(moved).unwrap();
    let headlines =
        |report: &Report| report.findings().iter().map(|finding| finding.headline()).collect::<Vec<_>>();
    for guard in GUARDS {
        let expected = guard().verify(&mut database.connect().unwrap()).unwrap_err();
        let whole = whole(&database, |client| drop(guard().verify(client).unwrap_err()));
        let mut kinds = Vec::new();
        for after in places(whole).into_iter().step_by(7) {
            let report =
                cut(&database, after, |client| guard().verify(client)).expect_err("cut, and verified");
            if report.kind() == Kind::Drift {
                assert_eq!(headlines(&report), headlines(&expected), "cut after {after} of {whole} bytes");
            } else {
                assert_eq!(report.kind(), Kind::Unreadable, "cut after {after} of {whole} bytes: {report}");
            }
            kinds.push(report.kind());
        }
        kinds.dedup();
        assert_eq!(kinds, [Kind::Unreadable, Kind::Drift]);
    }
}

/// A fingerprint that does not come is no proof that nothing changed.
#[test]
fn looking_again_over_a_connection_that_is_cut_anywhere_is_unreadable() {
    let server = server();
    let database = database(&server);
    let direct = format!("postgres://postgres@127.0.0.1:{}/{}", server.tcp_port().unwrap(), database.name());
    let mut direct = Client::connect(&direct, NoTls).unwrap();
    for guard in GUARDS {
        let readiness = guard().readiness();
        assert!(readiness.recheck(&mut direct).is_ok());
        let print = whole(&database, |client| assert!(readiness.recheck(client).is_ok()));
        let full = whole(&database, |client| assert!(guard().verify(client).is_ok()));
        assert!(print < full, "{print} of {full} bytes: it was looked at in full");
        for after in (0..print).rev().step_by(3) {
            let report =
                cut(&database, after, |client| readiness.recheck(client)).expect_err("cut, and verified");
            assert_eq!(report.kind(), Kind::Unreadable, "cut after {after} of {print} bytes: {report}");
        }
        assert!(cut(&database, print, |client| readiness.recheck(client)).is_ok());
        assert!(readiness.recheck(&mut direct).is_ok());
    }
}

/// Runs all of them, so many at once: a stalled one takes as long as the guard is patient.
fn all_at_once<T: Copy + Send + Sync>(cases: &[T], check: impl Fn(T) + Sync) {
    for cases in cases.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            for case in cases {
                scope.spawn(|| check(*case));
            }
        });
    }
}

/// A byte that stands for a length can make the driver wait for ever more: that is given up.
#[test]
fn garbage_anywhere_is_unreadable_and_no_drift() {
    let server = server();
    let database = database(&server);
    let (port, name) = (server.tcp_port().unwrap(), database.name());
    let mut cases = Vec::new();
    for guard in GUARDS {
        let whole = whole(&database, |client| assert!(guard().verify(client).is_ok()));
        // The last byte says whether a transaction is open, and the driver does not look at it.
        let places = places(whole - 1).into_iter().rev().step_by(17);
        cases.extend(places.zip([0, b'x', 0xff].into_iter().cycle()).map(|(at, byte)| (guard, at, byte)));
    }
    all_at_once(&cases, |(guard, after, byte)| {
        let report = over(guard().timeout(SHORT), port, name, Fault::Garbage(byte), From::Query, after)
            .expect_err("garbage, and verified");
        assert_eq!(report.kind(), Kind::Unreadable, "{byte} after {after} bytes: {report}");
    });
}

/// What comes of connecting and verifying over a proxy.
fn over(
    guard: Guard,
    port: u16,
    name: &str,
    fault: Fault,
    from: From,
    after: usize,
) -> Result<Verified, Report> {
    let proxy = Proxy::start(port, fault, from, after);
    let url = proxy.url(name);
    let connect = move || Client::connect(&url, NoTls);
    guard.connect(connect).map(|(verified, _)| verified)
}

#[test]
fn a_connection_that_stalls_anywhere_is_given_up() {
    let server = server();
    let database = database(&server);
    let (port, name) = (server.tcp_port().unwrap(), database.name());
    let mut cases = Vec::new();
    for guard in GUARDS {
        let whole = whole(&database, |client| assert!(guard().verify(client).is_ok()));
        let places = places(whole);
        let (first, last) = (places[0], places[places.len() - 1]);
        cases.extend(places.into_iter().step_by(20).chain([first, last]).map(|after| (guard, after)));
    }
    all_at_once(&cases, |(guard, after)| {
        // Long enough that the server does not end the query first, with so many at once.
        let guard = guard().timeout(3 * SHORT);
        let report =
            over(guard, port, name, Fault::Stall, From::Query, after).expect_err("stalled, and verified");
        assert_eq!(report.kind(), Kind::Unreadable, "stalled after {after} bytes: {report}");
        assert!(report.to_string().contains("no answer has come for"), "{report}");
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
                    let report = over(guard().timeout(SHORT), port, name, fault, From::Start, after)
                        .expect_err("a fault, and verified");
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
    let url = proxy.url(&name);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let report = guard().timeout(Duration::from_millis(50)).verify_async(&client).await.unwrap_err();
    assert_eq!(report.kind(), Kind::Unreadable);
    assert!(report.to_string().contains("no answer has come for"), "{report}");
    drop(proxy);
    connection.abort();
    tokio::task::spawn_blocking(move || server.stop()).await.unwrap().unwrap();
}
