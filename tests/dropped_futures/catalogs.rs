//! Calls of a catalog, each of which is dropped at each of its awaits.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bindery::BindKey;
use bindery::engine::{Catalog, Effect, Engine, Lease};

const CALLS: [&str; 5] = ["reflect", "lock", "set_timeouts", "create_scratch", "drop_scratch"];
const PATIENCE: Duration = Duration::from_secs(30);

/// Drops each call of the engine's catalog once before each of its awaits, and sees each time that the pool is whole and the lock free.
/// How many were dropped that make a scratch database: as many may be left.
pub(crate) async fn drop_catalog_calls<E: Engine>(engine: &E) -> usize {
    let catalog = engine.catalog().unwrap();
    let told = lease(engine).await.reflect(catalog).await.unwrap();
    let mut dropped = [0; CALLS.len()];
    for (call, dropped) in CALLS.into_iter().zip(&mut dropped) {
        while !has_ended(call, *dropped, engine, catalog).await {
            *dropped += 1;
            let mut next = lease(engine).await;
            next.lock(catalog, PATIENCE).await.unwrap();
            next.unlock(catalog).await.unwrap();
        }
    }
    println!("dropped of {CALLS:?}: {dropped:?}");
    assert_eq!(lease(engine).await.reflect(catalog).await.unwrap(), told);
    dropped[3]
}

/// Whether a call has ended before it was polled so often; else it is dropped, and its connection given back.
async fn has_ended<E: Engine>(call: &str, polls: usize, engine: &E, catalog: &dyn Catalog) -> bool {
    let mut lease = lease(engine).await;
    match call {
        "reflect" => drop_after(polls, lease.reflect(catalog)).await.map(Result::unwrap).is_some(),
        "lock" => drop_after(polls, lease.lock(catalog, PATIENCE)).await.map(Result::unwrap).is_some(),
        "set_timeouts" => {
            drop_after(polls, lease.set_timeouts(catalog, Some(PATIENCE), Some(PATIENCE))).await.map(Result::unwrap).is_some()
        }
        "create_scratch" => match drop_after(polls, lease.create_scratch(catalog)).await {
            Some(scratch) => {
                lease.drop_scratch(catalog, scratch.unwrap()).await.unwrap();
                true
            }
            None => false,
        },
        _ => drop_and_drop_again(polls, lease, engine, catalog).await,
    }
}

/// Whether the call has ended that drops a scratch database. Where it has not, that is dropped by another.
async fn drop_and_drop_again<E: Engine>(polls: usize, mut lease: Lease, engine: &E, catalog: &dyn Catalog) -> bool {
    let scratch = lease.create_scratch(catalog).await.unwrap();
    // Something to close.
    drop(scratch.acquire(Effect::Write).await.unwrap());
    let has_ended = drop_after(polls, lease.drop_scratch(catalog, Arc::clone(&scratch))).await.map(Result::unwrap).is_some();
    if !has_ended {
        drop(lease);
        self::lease(engine).await.drop_scratch(catalog, scratch).await.unwrap();
    }
    has_ended
}

async fn lease<E: Engine>(engine: &E) -> Lease {
    Lease::new(engine.acquire(Effect::Write).await.unwrap(), BindKey::DEFAULT)
}

/// Polls a call so many times, and drops it where it would be polled once more; what it gave, where it ended before.
async fn drop_after<T>(polls: usize, call: impl Future<Output = T>) -> Option<T> {
    let (mut call, mut left) = (pin!(call), polls);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        call.as_mut().poll(context).map(Some)
    })
    .await
}
