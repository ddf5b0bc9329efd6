//! Concurrency: one engine, many tasks on several threads.

use std::sync::Arc;
use std::time::Duration;

use bindery_core::engine::{Effect, Engine};

use super::client::Client;
use super::ground::Ground;

const TASKS: i64 = 12;
const ROUNDS: i64 = 15;

/// Whoever has a connection has it alone, whatever the others do: each gets its own answers, and no write is lost.
pub async fn conc_1_every_task_gets_its_own_answers<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare(["CREATE TABLE notes (task integer, round integer)"]).await;
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (4, Duration::from_secs(30)));
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(reads_and_writes(Arc::clone(&engine), task))).collect();
    for task in tasks {
        task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    }
    assert_eq!(ground.count("notes").await, TASKS * ROUNDS);
    engine.close().await;
}

async fn reads_and_writes<E: Engine + ?Sized>(engine: Arc<E>, task: i64) {
    for round in 0..ROUNDS {
        let mut client = Client::of(&*engine, Effect::Read).await;
        let number = task * 1_000 + round;
        assert_eq!(client.number(&format!("SELECT {number}")).await, number, "a task has the answer of another");
        drop(client);
        let mut client = Client::of(&*engine, Effect::Write).await;
        if round % 3 == 0 {
            client.begun().await;
            client.run(&format!("INSERT INTO notes VALUES ({task}, {round})")).await.unwrap();
            tokio::task::yield_now().await;
            client.commit().await.unwrap();
        } else {
            client.run(&format!("INSERT INTO notes VALUES ({task}, {round})")).await.unwrap();
        }
    }
}
