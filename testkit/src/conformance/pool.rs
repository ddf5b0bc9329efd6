//! The pool: how many connections there are, who waits, and how.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::engine::{Effect, Engine};
use bindery_core::{ErrorKind, Result};

use super::client::Client;
use super::cut::{all_back, poll_and_drop, until};
use super::family;
use super::ground::Ground;
use crate::Ticker;

const TIMEOUT: Duration = Duration::from_millis(100);

/// Asks for a connection in a task of its own, which holds none.
async fn acquire_elsewhere<E: Engine + ?Sized>(engine: &Arc<E>) -> Result<Client> {
    let engine = Arc::clone(engine);
    let acquired = tokio::spawn(async move { engine.acquire(Effect::Read).await }).await.unwrap();
    acquired.map(Client::new)
}

/// There are `pool_size` connections to read with, and no more.
pub async fn pool_1_there_are_as_many_connections_as_were_asked_for<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (3, TIMEOUT));
    for _ in 0..2 {
        let mut clients = Vec::new();
        for number in 1..=3 {
            let client = acquire_elsewhere(&engine).await;
            clients.push(client.unwrap_or_else(|error| panic!("connection {number} of 3: {error}")));
        }
        let error = acquire_elsewhere(&engine).await.err().expect("a fourth connection of 3");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        for (number, client) in (1..).zip(&mut clients) {
            assert_eq!(client.number(&format!("SELECT {number}")).await, number);
        }
        drop(clients);
        all_back(&*engine).await;
    }
}

/// Whoever gives up waiting for a connection has left nothing behind.
pub async fn pool_2_a_wait_that_is_given_up_leaves_nothing<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, Duration::from_secs(2)));
    for polls in 0..20 {
        let held = acquire_elsewhere(&engine).await.unwrap_or_else(|error| panic!("the connection is lost: {error}"));
        assert!(poll_and_drop(engine.acquire(Effect::Read), polls % 3).await.is_none(), "two have the one connection");
        drop(held);
    }
    all_back(&*engine).await;
    let mut client = acquire_elsewhere(&engine).await.unwrap_or_else(|error| panic!("the connection is lost: {error}"));
    assert_eq!(client.number("SELECT 42").await, 42);
}

/// The status counts what is in use and what is free.
pub async fn pool_3_the_status_counts<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| pool.size = 3);
    let counts = || (engine.pool_status().in_use, engine.pool_status().idle);
    assert_eq!(counts(), (0, 0), "no connection is made before one is asked for");
    assert!(engine.pool_status().max_size >= 3);
    let first = acquire_elsewhere(&engine).await.unwrap();
    let second = acquire_elsewhere(&engine).await.unwrap();
    assert_eq!(counts().0, 2, "two connections are in use");
    drop(first);
    until(async || counts() == (1, 1), "one connection is in use, and one is free").await;
    drop(second);
    until(async || counts() == (0, 2), "two connections are free").await;
}

/// Waiting for a connection, a query or a lock, others run on.
pub async fn wait_1_a_wait_stalls_nobody<E: Engine + ?Sized>(ground: &Ground<E>) {
    const LONGEST: Duration = Duration::from_millis(10);
    ground.prepare(["CREATE TABLE notes (id integer)"]).await;
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, TIMEOUT));
    let long = family::long_query(ground.family());
    let mut best = Duration::MAX;
    // The best of five counts: a machine has other things to do.
    for _ in 0..5 {
        let mut client = acquire_elsewhere(&engine).await.unwrap();
        let mut holder = ground.client().await;
        holder.begun().await;
        holder.run("INSERT INTO notes VALUES (1)").await.unwrap();
        let ticker = Ticker::start();
        assert!(acquire_elsewhere(&engine).await.is_err(), "two have the one connection");
        assert!(tokio::time::timeout(TIMEOUT, client.rows(&long)).await.is_err(), "the query was not long");
        let mut blocked = ground.client().await;
        // On some backends nobody can write to the table now, on others everybody can.
        let _ = tokio::time::timeout(TIMEOUT, blocked.run("DELETE FROM notes")).await;
        best = best.min(ticker.longest_gap());
        drop((client, holder, blocked));
        if best < LONGEST {
            return;
        }
        all_back(&*engine).await;
    }
    panic!("the executor was stalled for {best:?}");
}

/// A wait for a connection ends at its time, and says what it waited for.
pub async fn wait_2_the_end_of_a_wait_says_who_has_the_connections<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (2, TIMEOUT));
    let _held = (acquire_elsewhere(&engine).await.unwrap(), acquire_elsewhere(&engine).await.unwrap());
    let started = Instant::now();
    let error = acquire_elsewhere(&engine).await.err().expect("a third connection of 2");
    assert!(started.elapsed() >= TIMEOUT, "it gave up after {:?} of {TIMEOUT:?}", started.elapsed());
    assert!(started.elapsed() < TIMEOUT + Duration::from_secs(5), "it gave up after {:?}", started.elapsed());
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    let said = error.to_string();
    for word in ["pool_timeout", "pool_size", " out", "2 "] {
        assert!(said.contains(word), "the error does not say `{word}`: {said}");
    }
}

/// A task that would wait for itself is told, and need not find out by a time-out of another.
pub async fn wait_2_a_task_that_has_all_connections_is_told<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, TIMEOUT));
    let own = Client::of(&*engine, Effect::Read).await;
    let error = engine.acquire(Effect::Read).await.err().expect("a second connection of 1");
    assert_eq!(error.kind(), ErrorKind::BindBusy, "{error:?}");
    drop(own);
}

/// `close` returns once everything is back; whoever asks for a connection meanwhile, or later, is refused.
pub async fn wait_3_close_returns_once_all_are_back<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| pool.timeout = Duration::from_secs(10));
    let mut client = acquire_elsewhere(&engine).await.unwrap();
    let closing = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.close().await }
    });
    let started = Instant::now();
    until(async || closing.is_finished() || engine.acquire(Effect::Read).await.is_err(), "a closing engine gives connections").await;
    assert!(started.elapsed() < Duration::from_secs(5), "a closing engine refuses only after {:?}", started.elapsed());
    assert!(!closing.is_finished(), "`close` has returned, and a connection is out");
    assert_eq!(client.number("SELECT 42").await, 42, "who has a connection keeps it");
    drop(client);
    tokio::time::timeout(Duration::from_secs(5), closing).await.expect("`close` does not return").unwrap();
    assert_eq!((engine.pool_status().in_use, engine.pool_status().idle), (0, 0));
    assert!(engine.acquire(Effect::Read).await.is_err(), "a closed engine gives connections");
    engine.close().await;
}
