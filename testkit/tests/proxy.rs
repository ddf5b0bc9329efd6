//! `Proxy` before a server that echoes, each fault seen from both ends; and before PostgreSQL.
#![allow(clippy::unwrap_used)] // clippy knows tests by `#[test]`, and these are their helpers

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery_testkit::Proxy;

/// A server that sends back what it is sent, and counts it.
struct Echo {
    address: SocketAddr,
    received: Arc<AtomicUsize>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (address, received) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&received);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                thread::spawn(move || Echo::answer(client, &count));
            }
        });
        Echo { address, received }
    }

    fn answer(mut client: TcpStream, count: &AtomicUsize) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            let bytes = client.read(&mut buffer)?;
            if bytes == 0 {
                return Ok(());
            }
            count.fetch_add(bytes, Ordering::SeqCst);
            client.write_all(&buffer[..bytes])?;
        }
    }
}

fn connect(proxy: &Proxy) -> TcpStream {
    let client = TcpStream::connect(proxy.address()).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    client
}

fn says(client: &mut TcpStream, text: &str) -> io::Result<String> {
    client.write_all(text.as_bytes())?;
    hears(client, text.len())
}

fn hears(client: &mut TcpStream, bytes: usize) -> io::Result<String> {
    let mut reply = vec![0; bytes];
    client.read_exact(&mut reply)?;
    Ok(String::from_utf8(reply).unwrap())
}

/// Whether the connection has been closed; what it read before is lost.
fn is_closed(client: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    match client.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn what_passes_is_what_was_sent_and_is_counted() {
    let echo = Echo::start();
    let proxy = Proxy::start(echo.address).unwrap();
    let (mut one, mut two) = (connect(&proxy), connect(&proxy));
    assert_eq!(says(&mut one, "hello").unwrap(), "hello");
    assert_eq!(says(&mut one, "again").unwrap(), "again");
    assert_eq!(says(&mut two, "world!").unwrap(), "world!");
    assert_eq!((proxy.connections(), proxy.round_trips()), (2, 3));
    assert_eq!((proxy.bytes_to_server(), proxy.bytes_from_server()), (16, 16));
}

#[test]
fn a_large_stream_arrives_in_order_through_a_delay() {
    let proxy = Proxy::start(Echo::start().address).unwrap();
    proxy.delay(Duration::from_millis(1));
    let mut client = connect(&proxy);
    let sent: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut writer = client.try_clone().unwrap();
    let to_send = sent.clone();
    let writing = thread::spawn(move || {
        writer.write_all(&to_send).unwrap();
        writer.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let mut received = Vec::new();
    client.read_to_end(&mut received).unwrap();
    writing.join().unwrap();
    assert!(received == sent);
}

#[test]
fn the_end_of_one_side_reaches_the_other() {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let proxy = Proxy::start(server.local_addr().unwrap()).unwrap();
    let (mut client, (mut of_server, _)) = (connect(&proxy), server.accept().unwrap());
    client.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(of_server.read(&mut [0]).unwrap(), 0);
    of_server.write_all(b"bye").unwrap();
    assert_eq!(hears(&mut client, 3).unwrap(), "bye");

    let (mut client, (mut of_server, _)) = (connect(&proxy), server.accept().unwrap());
    of_server.shutdown(std::net::Shutdown::Both).unwrap();
    assert!(is_closed(&mut client));
    drop(client);
    assert_eq!(of_server.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn a_delay_counts_both_ways_and_can_be_changed_in_milliseconds_not_seconds() {
    let proxy = Proxy::start(Echo::start().address).unwrap();
    let mut client = connect(&proxy);
    for milliseconds in [50, 0, 100] {
        let delay = Duration::from_millis(milliseconds);
        proxy.delay(delay);
        let began = Instant::now();
        says(&mut client, "hello").unwrap();
        let took = began.elapsed();
        assert!(took >= 2 * delay && took < 2 * delay + Duration::from_millis(45), "{delay:?}: {took:?}");
    }
}

#[test]
fn cut_off_closes_what_is_open_and_serves_what_comes() {
    let echo = Echo::start();
    let proxy = Proxy::start(echo.address).unwrap();
    let (mut one, mut two) = (connect(&proxy), connect(&proxy));
    says(&mut one, "hello").unwrap();
    says(&mut two, "hello").unwrap();
    proxy.cut_off().unwrap();
    assert!(is_closed(&mut one) && is_closed(&mut two));
    assert_eq!(says(&mut connect(&proxy), "hello").unwrap(), "hello");
}

#[test]
fn a_reply_is_cut_off_in_its_middle_once() {
    let echo = Echo::start();
    let proxy = Proxy::start(echo.address).unwrap();
    let (mut one, mut two) = (connect(&proxy), connect(&proxy));
    says(&mut one, "hello").unwrap();
    proxy.cut_off_after(9);
    assert_eq!(says(&mut one, "hello").unwrap(), "hello");
    one.write_all(b"world").unwrap();
    let mut rest = Vec::new();
    let _ = one.read_to_end(&mut rest); // closed, or reset where the proxy had more to read
    assert_eq!(rest, b"worl");
    assert_eq!(says(&mut two, "hello").unwrap(), "hello");
}

#[test]
fn a_reply_is_lost_after_the_server_has_done_its_work() {
    let echo = Echo::start();
    let proxy = Proxy::start(echo.address).unwrap();
    let mut client = connect(&proxy);
    proxy.cut_off_after(0);
    client.write_all(b"hello").unwrap();
    assert!(is_closed(&mut client));
    assert_eq!((echo.received.load(Ordering::SeqCst), proxy.bytes_from_server()), (5, 5));
}

#[test]
fn refused_is_refused_by_the_system_and_open_ones_stay() {
    let proxy = Proxy::start(Echo::start().address).unwrap();
    let mut open = connect(&proxy);
    says(&mut open, "hello").unwrap();
    proxy.refuse().unwrap();
    proxy.refuse().unwrap();
    assert_eq!(TcpStream::connect(proxy.address()).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!(says(&mut open, "still").unwrap(), "still");
    proxy.accept().unwrap();
    proxy.accept().unwrap();
    assert_eq!(says(&mut connect(&proxy), "hello").unwrap(), "hello");
}

#[test]
fn frozen_nothing_passes_until_it_thaws() {
    let echo = Echo::start();
    let proxy = Proxy::start(echo.address).unwrap();
    let mut client = connect(&proxy);
    says(&mut client, "hello").unwrap();
    proxy.freeze();
    client.write_all(b"later").unwrap();
    client.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert_eq!(hears(&mut client, 1).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    assert_eq!(echo.received.load(Ordering::SeqCst), 5);
    let mut new = connect(&proxy);

    proxy.thaw();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(hears(&mut client, 5).unwrap(), "later");
    assert_eq!(says(&mut new, "hello").unwrap(), "hello");
}

#[test]
fn frozen_connections_can_be_cut_off() {
    let proxy = Proxy::start(Echo::start().address).unwrap();
    let mut client = connect(&proxy);
    says(&mut client, "hello").unwrap();
    proxy.freeze();
    client.write_all(b"never").unwrap();
    proxy.cut_off().unwrap();
    assert!(is_closed(&mut client));
}

#[test]
fn before_a_server_that_isnt_there_connections_close() {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    assert!(is_closed(&mut connect(&Proxy::start(address).unwrap())));
}

#[test]
fn dropped_it_closes_everything() {
    let proxy = Proxy::start(Echo::start().address).unwrap();
    let mut client = connect(&proxy);
    says(&mut client, "hello").unwrap();
    drop(proxy);
    assert!(is_closed(&mut client));
}

/// These are calls that block: were the proxy a task of this test's runtime, they would wait for themselves.
#[tokio::test]
async fn a_blocked_executor_doesnt_hold_it_up() {
    let proxy = Proxy::start(Echo::start().address).unwrap();
    assert_eq!(says(&mut connect(&proxy), "hello").unwrap(), "hello");
}

#[test]
fn only_the_host_of_a_url_is_another() {
    let proxy = Proxy::start(Echo::start().address).unwrap();
    let url = "postgresql://ada:s%40crt@db:5432,db2/main?sslmode=disable&a=b".parse().unwrap();
    let expected = format!("postgresql://ada:s%40crt@127.0.0.1:{}/main?sslmode=disable&a=b", proxy.address().port());
    assert_eq!(proxy.url(&url).unwrap().to_string_with_password(), expected);
    assert_eq!(Proxy::before(&"sqlite:///a.db".parse().unwrap()).unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[cfg(unix)]
#[test]
fn before_postgresql_a_lost_commit_is_in_doubt_and_a_cancel_passes() {
    use std::process::{Command, Stdio};

    let database = bindery_testkit::TempPostgres::shared().unwrap().database().unwrap();
    database.psql("CREATE TABLE t (n int)").unwrap();
    let proxy = Proxy::before(&database.url()).unwrap();
    let url = proxy.url(&database.url()).unwrap().to_string();
    let psql = |sql: &str| Command::new("psql").args(["-XAtq", "-c", sql, &url]).output().unwrap();
    assert_eq!(String::from_utf8(psql("SELECT 42").stdout).unwrap(), "42\n");

    // The connection's first bytes are counted, so that the reply to the statement is what is lost.
    let greeting = {
        let before = proxy.bytes_from_server();
        psql("");
        proxy.bytes_from_server() - before
    };
    proxy.cut_off_after(usize::try_from(greeting).unwrap());
    let lost = psql("INSERT INTO t VALUES (1)");
    assert!(!lost.status.success(), "{lost:?}");
    assert_eq!(database.psql("SELECT n FROM t").unwrap(), "1");

    // psql answers SIGINT by a request to cancel, on a connection of its own.
    let connections = proxy.connections();
    let sleeping = Command::new("psql").args(["-XAtq", "-c", "SELECT pg_sleep(60)", &url]).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while database.psql("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'").unwrap() != "1" {
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    Command::new("kill").args(["-INT", &sleeping.id().to_string()]).status().unwrap();
    let cancelled = sleeping.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&cancelled.stderr).contains("canceling statement due to user request"), "{cancelled:?}");
    assert_eq!(proxy.connections(), connections + 2);
}
