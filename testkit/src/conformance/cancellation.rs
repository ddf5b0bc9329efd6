//! Cancellation: a future may be dropped at any await.

use std::sync::Arc;
use std::time::Duration;

use bindery_core::engine::{Effect, Engine, Statement, TransactionOptions};
use bindery_core::query::raw;

use super::client::Client;
use super::cut::{all_back, poll_and_drop};
use super::family;
use super::ground::Ground;

pub(super) const SIZE: u32 = 3;
const TABLE: &str = "CREATE TABLE notes (id integer)";

/// What a call is dropped in, each after what comes before it.
const STEPS: [&str; 7] = ["acquire", "begin", "execute", "savepoint", "query", "fetch", "commit"];

/// As many connections as the pool has, all at once: each gets the answer of its own query.
pub(super) async fn each_gets_its_own_answer<E: Engine + ?Sized>(engine: &E) {
    let mut clients = Vec::new();
    for _ in 0..SIZE {
        clients.push(Client::of(engine, Effect::Read).await);
    }
    for (number, client) in (1_000..).zip(&mut clients) {
        assert_eq!(client.number(&format!("SELECT {number}")).await, number, "a connection answers another's query");
    }
}

/// Runs the steps up to this one, which is dropped after so many polls; `true`: it had ended.
async fn run_and_drop<E: Engine + ?Sized>(ground: &Ground<E>, engine: &Arc<E>, dropped: usize, polls: usize) -> bool {
    let many = family::numbers(ground.family(), 20_000);
    let many = Statement::new(&many, &[], Effect::Read);
    if dropped == 0 {
        let acquired = poll_and_drop(engine.acquire(Effect::Write), polls).await;
        return acquired.map(|connection| drop(Client::new(connection.unwrap()))).is_some();
    }
    let mut client = Client::of(&**engine, Effect::Write).await;
    for (step, name) in STEPS.into_iter().enumerate().take(dropped + 1).skip(1) {
        // Only the last step is dropped.
        let polls = if step == dropped { polls } else { usize::MAX };
        let ended = match name {
            "begin" => poll_and_drop(client.begin(&TransactionOptions::default()), polls).await.map(Result::unwrap),
            "execute" => poll_and_drop(client.run("INSERT INTO notes VALUES (1)"), polls)
                .await
                .map(|done| assert_eq!(done.unwrap().rows_affected, Some(1))),
            "savepoint" => poll_and_drop(client.savepoint("second"), polls).await.map(Result::unwrap),
            "query" => poll_and_drop(client.query(&many), polls).await.map(|columns| drop(columns.unwrap())),
            "fetch" => poll_and_drop(client.some_rows(), polls).await.map(|rows| assert!(rows.unwrap().1)),
            _ => {
                client.close_result().await.unwrap();
                poll_and_drop(client.commit(), polls).await.map(Result::unwrap)
            }
        };
        if ended.is_none() {
            return false;
        }
    }
    true
}

/// Wherever a call is dropped, its connection comes back or is replaced, and nothing of its transaction is left.
pub async fn cancel_1_a_call_dropped_at_any_await_leaves_the_pool_whole<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([TABLE]).await;
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (SIZE, Duration::from_secs(10)));
    for (step, name) in STEPS.into_iter().enumerate() {
        for polls in 0..5 {
            let before = ground.count("notes").await;
            let ended = run_and_drop(ground, &engine, step, polls).await;
            all_back(&*engine).await;
            let added = ground.count("notes").await - before;
            let may_be_committed = name == "commit" && polls > 0;
            let is_whole = if may_be_committed && ended { added == 1 } else { added == 0 || may_be_committed && added == 1 };
            assert!(is_whole, "{added} rows are there after `{name}` was dropped after {polls} polls");
        }
        each_gets_its_own_answer(&*engine).await;
    }
}

/// A transaction that was left open is rolled back before anyone else has its connection.
pub async fn cancel_2_an_open_transaction_is_nobody_elses<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([TABLE]).await;
    let engine = ground.engine_with(|pool| pool.size = 1);
    for _ in 0..5 {
        let mut client = Client::of(&*engine, Effect::Write).await;
        client.begun().await;
        client.run("INSERT INTO notes VALUES (1)").await.unwrap();
        drop(client);
        let mut next = Client::of(&*engine, Effect::Write).await;
        assert_eq!(next.number("SELECT count(*) FROM notes").await, 0, "the next one is in the transaction that was left open");
        next.begun().await;
        next.rollback().await.unwrap();
    }
    assert_eq!(ground.count("notes").await, 0);
}

/// A query whose future was dropped answers nobody else.
pub async fn cancel_2_a_cut_off_query_answers_nobody_else<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, Duration::from_secs(10)));
    let long = family::long_query(ground.family());
    // Often: a server may stop the next statement in place of this one, where they meet.
    for polls in [1, 1, 2, 5, 20].repeat(8) {
        let mut client = Client::of(&*engine, Effect::Read).await;
        assert!(poll_and_drop(client.rows(&long), polls).await.is_none(), "the query was not long");
        drop(client);
        let mut next = Client::of(&*engine, Effect::Read).await;
        assert_eq!(next.number("SELECT 42").await, 42, "the next one has the answer of a query that was cut off");
        assert_eq!(next.number("SELECT 43").await, 43);
    }
}

/// A result that was left half read answers nobody else, and holds nobody up.
pub async fn cancel_2_a_half_read_result_is_nobody_elses<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, Duration::from_secs(10)));
    let endless = family::numbers(ground.family(), 1_000_000_000_000);
    for fetches in [0, 1, 3] {
        let mut client = Client::of(&*engine, Effect::Read).await;
        client.query(&Statement::new(&endless, &[], Effect::Read)).await.unwrap();
        for _ in 0..fetches {
            client.some_rows().await.unwrap();
        }
        drop(client);
        let mut next = Client::of(&*engine, Effect::Read).await;
        assert_eq!(next.number("SELECT 42").await, 42, "the next one has rows of a result that was left half read");
    }
}

/// A session's stream may be dropped anywhere, and what comes after has its own answers.
pub async fn cancel_2_a_dropped_stream_is_nobody_elses<E: Engine + ?Sized>(ground: &Ground<E>) {
    let databases = ground.databases([]).await;
    let session = databases.session();
    let many = family::numbers(ground.family(), 100_000);
    for rows in [0, 1, 300] {
        let mut stream = session.stream(raw("default", &many).rows::<(i64,)>());
        for row in 1..=rows {
            assert_eq!(stream.try_next().await.unwrap(), Some((row,)));
        }
        drop(stream);
        assert_eq!(session.one(raw("default", "SELECT 42").rows::<(i32,)>()).await.unwrap(), (42,), "after {rows} rows");
    }
    databases.close().await;
}

/// A statement that was cut off doesn't run to its end.
pub async fn cancel_3_a_cut_off_statement_stops<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| (pool.size, pool.timeout) = (1, Duration::from_secs(10)));
    let mut client = Client::of(&*engine, Effect::Read).await;
    let cut_off = tokio::time::timeout(Duration::from_millis(50), client.rows(&family::long_query(ground.family()))).await;
    assert!(cut_off.is_err(), "the query was not long");
    drop(client);
    let next = tokio::time::timeout(Duration::from_secs(5), Client::of(&*engine, Effect::Read)).await;
    next.expect("a statement that was cut off runs on, and its connection is away");
}
