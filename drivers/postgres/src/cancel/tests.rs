use std::pin::pin;

use bindery_testkit::TempPostgres;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_postgres::error::SqlState;

use super::*;
use crate::config::PostgresConfig;
use crate::connect::{Connected, connect};

async fn connected(url: &str) -> Connected {
    connect(&PostgresConfig::at(url)).await.unwrap()
}

/// Cancels a statement that would not end by itself, then asks for an answer.
pub(crate) async fn cancel_and_go_on(Connected { client, canceller, .. }: &Connected) {
    let mut sleeping = pin!(client.simple_query("SELECT pg_sleep(600)"));
    let ended = loop {
        // The first poll sends it; a cancel that comes before it has begun hits nothing.
        if let Ok(ended) = timeout(Duration::from_millis(5), &mut sleeping).await {
            break ended;
        }
        canceller.cancel().await.unwrap();
    };
    assert_eq!(ended.unwrap_err().code(), Some(&SqlState::QUERY_CANCELED));
    client.simple_query("SELECT 42").await.expect("the next statement is not the one that is cancelled");
}

#[tokio::test]
async fn a_running_statement_is_cancelled_and_the_next_is_not() {
    let server = TempPostgres::shared().unwrap();
    let (port, folder) = (server.port(), server.folder().to_str().unwrap().replace('/', "%2F"));
    for url in [format!("postgresql://postgres@127.0.0.1:{port}/postgres"), format!("postgresql://postgres@{folder}:{port}/postgres")] {
        let connected = connected(&url).await;
        for _ in 0..200 {
            cancel_and_go_on(&connected).await;
        }
    }
}

#[tokio::test]
async fn a_cancel_beside_the_end_of_a_statement_hits_nothing_later() {
    let server = TempPostgres::shared().unwrap();
    let connected = connected(&format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port())).await;
    let mut cancelled = 0;
    for round in 0..400 {
        let sleep = format!("SELECT pg_sleep({})", f64::from(round % 20) / 10_000.0);
        let (slept, sent) = tokio::join!(connected.client.simple_query(&sleep), connected.canceller.cancel());
        sent.unwrap();
        cancelled += u32::from(slept.is_err());
        connected.client.simple_query("SELECT 42").await.unwrap_or_else(|error| panic!("round {round}: {error:?}"));
    }
    assert!(cancelled > 0, "no cancel came in time: the test tests nothing");
}

#[tokio::test]
async fn a_server_that_is_gone_is_an_error() {
    let server = TempPostgres::start().unwrap();
    let connected = connected(&format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port())).await;
    server.kill().unwrap();
    assert_eq!(connected.canceller.cancel().await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_server_that_is_stopped_is_given_up() {
    let server = TempPostgres::start().unwrap();
    let mut connected = connected(&format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port())).await;
    connected.canceller.timeout = Duration::from_millis(200);
    server.stop().unwrap();
    assert_eq!(connected.canceller.cancel().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

/// A canceller that goes to this listener.
async fn fake_server() -> (Canceller, TcpListener) {
    let server = TempPostgres::shared().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connected = connected(&format!("postgresql://postgres@127.0.0.1:{}/postgres?sslmode=disable", server.port())).await;
    (Canceller { address: Address::Tcp(listener.local_addr().unwrap()), ..connected.canceller }, listener)
}

#[tokio::test]
async fn it_lasts_until_the_server_has_closed() {
    let (canceller, listener) = fake_server().await;
    let cancelling = tokio::spawn(async move { canceller.cancel().await });
    let (mut stream, _) = listener.accept().await.unwrap();
    stream.read_exact(&mut [0; 16]).await.unwrap();
    // Its side is open still: a pooler would take its end for a client that has gone.
    let more = timeout(Duration::from_millis(50), stream.read(&mut [0; 16])).await;
    assert!(more.is_err() && !cancelling.is_finished());
    stream.write_all(b"whatever").await.unwrap();
    drop(stream);
    cancelling.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_reset_is_an_end_too() {
    let (canceller, listener) = fake_server().await;
    let cancelling = tokio::spawn(async move { canceller.cancel().await });
    let (mut stream, _) = listener.accept().await.unwrap();
    // Bytes that nobody has read make the close a reset.
    stream.read_exact(&mut [0; 8]).await.unwrap();
    drop(stream);
    cancelling.await.unwrap().unwrap();
}
