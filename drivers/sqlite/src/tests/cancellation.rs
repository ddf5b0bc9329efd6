use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use bindery_core::engine::{Engine, Fate};
use bindery_core::value::Value;

use super::execution::LONG;
use super::*;

/// Polls a future so many times, with time for others in between, then drops it. `true`: it had ended.
async fn poll_and_drop(future: impl Future, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return true;
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    false
}

#[tokio::test]
async fn a_transaction_dropped_at_any_await_leaves_nothing() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        for steps in 0..5 {
            for polls in 0..3 {
                let mut connection = engine.acquire(Effect::Write).await.unwrap();
                let mut cut_off = false;
                for step in 0..=steps {
                    // Only the last step of this round is dropped.
                    let polls = if step == steps { polls } else { usize::MAX };
                    let ended = match step {
                        0 => poll_and_drop(connection.begin(&TransactionOptions::default()), polls).await,
                        1 => poll_and_drop(execute_on(&mut *connection, "INSERT INTO t VALUES (1)", &[]), polls).await,
                        2 => poll_and_drop(connection.savepoint("s"), polls).await,
                        3 => {
                            poll_and_drop(query_on(&mut *connection, "INSERT INTO t VALUES (2) RETURNING a", &[], Effect::Write), polls)
                                .await
                        }
                        _ => poll_and_drop(connection.rollback(), polls).await,
                    };
                    cut_off = !ended;
                }
                connection.release(if cut_off { Fate::CutOff } else { Fate::InTransaction });
                until_all_are_back(&engine).await;
                let count: i64 = witness(folder.path()).query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
                assert_eq!(count, 0, "{execution:?}, step {steps} dropped after {polls} polls");
                witness(folder.path()).execute_batch("BEGIN IMMEDIATE; COMMIT").unwrap();
            }
        }
        engine.close().await;
    }
}

#[tokio::test]
async fn a_dropped_commit_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
    for polls in 0..4 {
        execute(&engine, "DELETE FROM t", &[]).await.unwrap();
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (2)", &[]).await.unwrap();
        let ended = poll_and_drop(tx.commit(), polls).await;
        tx.release(Fate::CutOff);
        until_all_are_back(&engine).await;
        let count: i64 = witness(folder.path()).query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert!(count == 2 || count == 0 && !ended, "{count} of 2 rows");
    }
}

#[tokio::test]
async fn a_half_read_result_blocks_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = file(folder.path());
    config.pool.size = 1;
    let engine = open(config);
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000000) SELECT i FROM n";
    for _ in 0..3 {
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        connection.query(&Statement::new(many, &[], Effect::Read)).await.unwrap();
        assert!(some_rows(&mut *connection).await.unwrap().1);
        connection.release(Fate::CutOff);
        let next = tokio::time::timeout(Duration::from_millis(500), query(&engine, "SELECT 1", &[])).await;
        assert_eq!(next.expect("the reader came back late").unwrap(), [[Value::I64(1)]]);
    }
    assert_eq!(engine.pool_status().idle, 1, "the connection was cleaned, not closed");
}

#[tokio::test]
async fn a_dropped_wait_for_a_connection_gives_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    for polls in 0..3 {
        poll_and_drop(engine.acquire(Effect::Read), polls).await;
        poll_and_drop(engine.acquire(Effect::Write), polls).await;
    }
    until_all_are_back(&engine).await;
    assert_eq!(query(&engine, "SELECT 1", &[]).await.unwrap(), [[Value::I64(1)]]);
}

#[test]
fn a_connection_outlives_its_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let (idle, streaming) = first.block_on(async {
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        let mut reader = engine.acquire(Effect::Read).await.unwrap();
        let long = Statement::new(LONG, &[], Effect::Read);
        let future = reader.query(&long);
        assert!(tokio::time::timeout(Duration::from_millis(20), future).await.is_err());
        (tx, reader)
    });
    first.shutdown_background();
    idle.release(Fate::InTransaction);
    streaming.release(Fate::CutOff);
    runtime().block_on(async {
        until_all_are_back(&engine).await;
        assert_eq!(query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap(), [[Value::I64(0)]]);
        execute(&engine, "INSERT INTO t VALUES (2)", &[]).await.unwrap();
        engine.close().await;
    });
}
