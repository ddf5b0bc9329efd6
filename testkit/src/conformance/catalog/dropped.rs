use std::sync::Arc;
use std::time::Duration;

use bindery_core::engine::{Effect, Engine};

use super::super::cancellation::{SIZE, each_gets_its_own_answer};
use super::super::client::Client;
use super::super::cut::{all_back, poll_and_drop};
use super::super::ground::Ground;
use super::scratch::assert_gone;
use super::{TOO_LONG, WORDS, reflect};

/// After so many polls a future is dropped.
const POLLS: [usize; 9] = [0, 1, 2, 3, 5, 8, 13, 21, 34];

/// Wherever a call is dropped, its connection comes back or is replaced.
pub async fn catalog_6_a_call_dropped_at_any_await_leaves_nothing<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (SIZE, TOO_LONG));
    let Some(catalog) = ground.catalog(&engine) else { return };
    ground.prepare(WORDS).await;
    let before = reflect(&*engine, catalog).await;
    for call in ["reflect", "set_timeouts", "create_scratch"] {
        for polls in POLLS {
            let mut client = Client::of(&*engine, Effect::Write).await;
            let ended = match call {
                "reflect" => poll_and_drop(client.reflect(catalog), polls).await.map(|told| assert_eq!(told.unwrap(), before)),
                "set_timeouts" => {
                    poll_and_drop(client.set_timeouts(catalog, Some(TOO_LONG), Some(TOO_LONG)), polls).await.map(Result::unwrap)
                }
                _ => match poll_and_drop(client.create_scratch(catalog), polls).await {
                    Some(scratch) => {
                        client.drop_scratch(catalog, scratch.unwrap()).await.unwrap();
                        Some(())
                    }
                    None => None,
                },
            };
            drop(client);
            all_back(&*engine).await;
            if ended.is_some() {
                break;
            }
        }
        each_gets_its_own_answer(&*engine).await;
    }
    assert_eq!(reflect(&*engine, catalog).await, before);
}

/// Dropped while it waits, and while it takes it, a call leaves no lock.
pub async fn catalog_6_a_lock_ends_where_its_future_is_dropped<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (SIZE, TOO_LONG));
    let Some(catalog) = ground.catalog(&engine) else { return };
    let elsewhere = ground.engine();
    let mut other = Client::of(&*elsewhere, Effect::Write).await;
    let other_catalog = elsewhere.catalog().unwrap();
    for held in [false, true] {
        for polls in POLLS {
            if held {
                other.lock(other_catalog, Duration::ZERO).await.unwrap();
            }
            let mut client = Client::of(&*engine, Effect::Write).await;
            poll_and_drop(client.lock(catalog, TOO_LONG), polls).await;
            drop(client);
            all_back(&*engine).await;
            if held {
                other.unlock(other_catalog).await.unwrap();
            }
            let locked = other.lock(other_catalog, Duration::ZERO).await;
            locked.unwrap_or_else(|error| panic!("a lock is left of a call that was dropped after {polls} polls: {error:?}"));
            other.unlock(other_catalog).await.unwrap();
        }
    }
    each_gets_its_own_answer(&*engine).await;
}

/// Where a call was dropped that drops a scratch database, another does it.
pub async fn catalog_6_a_scratch_database_is_dropped_once_more<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (SIZE, TOO_LONG));
    let Some(catalog) = ground.catalog(&engine) else { return };
    for polls in POLLS {
        let mut client = Client::of(&*engine, Effect::Write).await;
        let scratch = client.create_scratch(catalog).await.unwrap();
        drop(Client::of(&*scratch, Effect::Write).await);
        let ended = poll_and_drop(client.drop_scratch(catalog, Arc::clone(&scratch)), polls).await;
        drop(client);
        all_back(&*engine).await;
        Client::of(&*engine, Effect::Write).await.drop_scratch(catalog, Arc::clone(&scratch)).await.unwrap();
        assert_gone(ground, &*scratch).await;
        if ended.is_some() {
            break;
        }
    }
}
