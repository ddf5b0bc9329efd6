use std::time::{Duration, Instant};

use bindery_core::engine::{Effect, Engine};
use bindery_core::{Error, ErrorKind};
use tokio::task::JoinSet;

use super::super::client::Client;
use super::super::cut::poll_and_drop;
use super::super::family;
use super::super::ground::Ground;
use super::{FATES, IN_VAIN, TOO_LONG};

/// The least that every server takes as a limit.
const LIMIT: Duration = Duration::from_secs(1);
/// So long a test waits to see that there is no such limit: MySQL looks once in a second who has waited for too long.
const BEYOND: Duration = Duration::from_millis(2_500);

/// A connection in a transaction, which holds the one row of the table `held`.
async fn holder<E: Engine + ?Sized>(ground: &Ground<E>) -> Client {
    ground.prepare(["CREATE TABLE held (a integer)", "INSERT INTO held VALUES (1)"]).await;
    let mut holder = ground.client().await;
    holder.begun().await;
    holder.run("UPDATE held SET a = 2").await.unwrap();
    holder
}

/// Waits for that row; what comes of it, and when, if that is soon enough.
async fn wait(client: &mut Client, sql: &str, at_most: Duration) -> Option<(Error, Duration)> {
    let started = Instant::now();
    let ended = tokio::time::timeout(at_most, client.run(sql)).await.ok()?;
    Some((ended.expect_err("a row that is locked was written"), started.elapsed()))
}

/// A row and a whole table.
pub async fn catalog_4_a_wait_for_a_lock_ends_in_time<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    let Some(catalog) = ground.catalog(&engine) else { return };
    let mut holder = holder(ground).await;
    for sql in ["UPDATE held SET a = 3", "ALTER TABLE held ADD COLUMN b integer"] {
        let mut client = Client::of(&*engine, Effect::Write).await;
        client.set_timeouts(catalog, Some(LIMIT), None).await.unwrap();
        let ended = wait(&mut client, sql, TOO_LONG).await;
        let (error, waited) = ended.unwrap_or_else(|| panic!("`{sql}` waits on, {LIMIT:?} after which it should have ended are over"));
        assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
        assert!(waited >= LIMIT.mul_f64(0.9), "`{sql}` has waited {waited:?}, and not {LIMIT:?}");
        assert_eq!(client.number("SELECT 42").await, 42, "whoever has waited in vain can go on");
    }
    holder.rollback().await.unwrap();
}

/// Where the backend ends it, by that kind.
pub async fn catalog_4_a_statement_that_runs_too_long_is_a_timeout<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    let Some(catalog) = ground.catalog(&engine) else { return };
    let mut client = Client::of(&*engine, Effect::Write).await;
    client.set_timeouts(catalog, None, Some(IN_VAIN)).await.unwrap();
    assert_eq!(client.number("SELECT 42").await, 42);
    if let Ok(ended) = tokio::time::timeout(10 * IN_VAIN, client.rows(&family::long_query(ground.family()))).await {
        let error = ended.expect_err("the query was not long");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        assert_eq!(client.number("SELECT 42").await, 42, "the connection works on");
    }
}

/// However the connection came back, its limits have not.
pub async fn catalog_4_nobody_inherits_the_limits<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    if ground.catalog(&engine).is_none() {
        return;
    }
    let mut holder = holder(ground).await;
    const WRITE: &str = "UPDATE held SET a = 3";
    // Where a wait ends early by itself, a limit that is inherited shows by ending it later.
    let ends_early = wait(&mut ground.client().await, WRITE, BEYOND).await.is_some();
    let limit = Some(if ends_early { 10 * BEYOND } else { LIMIT });
    let mut waits = JoinSet::new();
    // Of the last the future is dropped.
    for fate in FATES.into_iter().map(Some).chain([None]) {
        let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, TOO_LONG));
        waits.spawn(async move {
            let (catalog, mut connection) = (engine.catalog().unwrap(), engine.acquire(Effect::Write).await.unwrap());
            match fate {
                Some(fate) => {
                    catalog.set_timeouts(&mut *connection, limit, limit).await.unwrap();
                    connection.release(fate);
                }
                None => {
                    let mut client = Client::new(connection);
                    poll_and_drop(client.set_timeouts(catalog, limit, limit), 2).await;
                }
            }
            let mut next = Client::of(&*engine, Effect::Write).await;
            (fate, wait(&mut next, WRITE, BEYOND).await)
        });
    }
    while let Some(waited) = waits.join_next().await {
        let (fate, ended) = waited.unwrap();
        assert_eq!(
            ended.is_some(),
            ends_early,
            "whoever has a connection next inherits its limits, where it came back by {fate:?}: {ended:?}"
        );
    }
    holder.rollback().await.unwrap();
}
