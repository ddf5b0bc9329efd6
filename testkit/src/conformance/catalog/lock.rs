use std::time::{Duration, Instant};

use bindery_core::engine::{Effect, Engine, TransactionOptions};
use bindery_core::{ErrorKind, Result};

use super::super::client::Client;
use super::super::ground::Ground;
use super::{FATES, IN_VAIN, TOO_LONG};

/// Whether one who writes excludes the others, so that nobody needs another lock.
async fn writers_exclude_each_other<E: Engine + ?Sized>(ground: &Ground<E>) -> bool {
    let mut first = ground.client().await;
    first.begun().await;
    let mut second = ground.client().await; // of another engine: a pool may keep who writes apart
    let begun = tokio::time::timeout(Duration::from_secs(2), second.begin(&TransactionOptions::default())).await;
    !matches!(begun, Ok(Ok(())))
}

fn assert_locked(refused: Result<()>) {
    let error = refused.expect_err("two connections have the lock");
    assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
}

/// Nobody else has it, however long they wait, until it is given back.
pub async fn catalog_3_one_connection_has_the_lock<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engines = [ground.engine(), ground.engine()];
    let Some(catalog) = ground.catalog(&engines[0]) else { return };
    let mut one = Client::of(&*engines[0], Effect::Write).await;
    one.lock(catalog, TOO_LONG).await.unwrap();
    if writers_exclude_each_other(ground).await {
        one.unlock(catalog).await.unwrap();
        return;
    }
    for engine in &engines {
        let elsewhere = engine.catalog().unwrap();
        let mut other = Client::of(&**engine, Effect::Write).await;
        let started = Instant::now();
        assert_locked(other.lock(elsewhere, IN_VAIN).await);
        assert!((IN_VAIN..TOO_LONG).contains(&started.elapsed()), "it was waited for {:?}", started.elapsed());
        assert_locked(other.lock(elsewhere, Duration::ZERO).await);
        assert_eq!(other.number("SELECT 42").await, 42, "whoever was refused can go on");
        one.unlock(catalog).await.unwrap();
        other.lock(elsewhere, Duration::ZERO).await.unwrap();
        assert_locked(one.lock(catalog, Duration::ZERO).await);
        other.unlock(elsewhere).await.unwrap();
        one.lock(catalog, Duration::ZERO).await.unwrap();
    }
    one.unlock(catalog).await.unwrap();
}

/// It is had as soon as it is free.
pub async fn catalog_3_who_waits_gets_the_lock<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engines = [ground.engine(), ground.engine()];
    let [Some(catalog), Some(elsewhere)] = engines.each_ref().map(|engine| ground.catalog(engine)) else { return };
    let mut one = Client::of(&*engines[0], Effect::Write).await;
    let mut other = Client::of(&*engines[1], Effect::Write).await;
    one.lock(catalog, TOO_LONG).await.unwrap();
    let started = Instant::now();
    let (locked, ()) = tokio::join!(other.lock(elsewhere, 2 * TOO_LONG), async {
        tokio::time::sleep(IN_VAIN).await;
        one.unlock(catalog).await.unwrap();
    });
    locked.unwrap();
    assert!(started.elapsed() < TOO_LONG, "the lock was free, and had after {:?}", started.elapsed());
    other.unlock(elsewhere).await.unwrap();
}

/// However a connection comes back, its lock has ended before anyone else has it.
pub async fn catalog_3_the_lock_ends_with_its_connection<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, TOO_LONG));
    let Some(catalog) = ground.catalog(&engine) else { return };
    let elsewhere = ground.engine();
    let mut other = Client::of(&*elsewhere, Effect::Write).await;
    let other_catalog = elsewhere.catalog().unwrap();
    for fate in FATES {
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        catalog.lock(&mut *connection, TOO_LONG).await.unwrap();
        connection.release(fate);
        // The pool has this one.
        drop(Client::of(&*engine, Effect::Write).await);
        let locked = other.lock(other_catalog, Duration::ZERO).await;
        locked.unwrap_or_else(|error| panic!("the lock has outlived its connection, which came back by {fate:?}: {error:?}"));
        other.unlock(other_catalog).await.unwrap();
    }
}
