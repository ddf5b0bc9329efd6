use std::sync::Arc;
use std::time::Instant;

use bindery_core::ErrorKind;
use bindery_core::engine::{Engine, Fate};
use bindery_core::value::Value;

use super::execution::assert_stalls_nobody;
use super::*;

#[tokio::test]
async fn writers_wait_for_each_other_without_a_thread() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = file(folder.path());
    config.pool.size = 1;
    let engine = Arc::new(open(config));
    execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
    assert_stalls_nobody(async || {
        execute(&engine, "DELETE FROM t", &[]).await.unwrap();
        let tasks: Vec<_> = (0..2)
            .map(|task| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    for _ in 0..5 {
                        let mut tx = begin(&engine).await.unwrap();
                        execute_on(&mut *tx, "INSERT INTO t VALUES (?)", &[Value::I64(task)]).await.unwrap();
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        tx.commit().await.unwrap();
                        tx.release(Fate::Clean);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    })
    .await;
    let count: i64 = witness(folder.path()).query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 10);
}

#[tokio::test]
async fn a_wait_that_takes_too_long_says_what_for() {
    for (config, effect, kind, words) in [
        (
            None,
            Effect::Write,
            ErrorKind::Timeout,
            &["1 writer is out, for up to ", "1 of them in a transaction", "a file has one", "`pool_timeout`"][..],
        ),
        (None, Effect::Read, ErrorKind::Timeout, &["1 reader is out, for up to ", "`pool_size`"]),
        (
            Some(memory()),
            Effect::Read,
            ErrorKind::Timeout,
            &["1 connection is out, for up to ", "one writes or several read", "1 of them in a transaction"],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config.unwrap_or_else(|| file(folder.path()));
        config.pool.size = 1;
        config.pool.timeout = Duration::from_millis(50);
        let engine = Arc::new(open(config));
        let held = {
            let engine = engine.clone();
            tokio::spawn(async move {
                (begin(&engine).await.unwrap(), if effect == Effect::Read { engine.acquire(Effect::Read).await.ok() } else { None })
            })
        };
        let held = held.await.unwrap();
        let error = engine.acquire(effect).await.err().unwrap();
        assert_eq!(error.kind(), kind, "{error}");
        for word in words {
            assert!(error.to_string().contains(word), "{error}");
        }
        drop(held);
        until_all_are_back(&engine).await;
        engine.acquire(effect).await.unwrap();
    }
}

#[tokio::test]
async fn a_task_in_its_own_way_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for spawned in [false, true] {
        let mut config = file(folder.path());
        config.pool.timeout = Duration::from_millis(50);
        let engine = open(config);
        let wait_for_itself = async move {
            let _tx = begin(&engine).await.unwrap();
            let error = engine.acquire(Effect::Write).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::BindBusy);
            assert!(error.to_string().contains("wait for itself"), "{error}");
        };
        if spawned { tokio::spawn(wait_for_itself).await.unwrap() } else { wait_for_itself.await }
    }
}

#[tokio::test]
async fn close_returns_once_everything_is_back_and_refuses_what_comes_after() {
    for config in [None, Some(memory())] {
        let folder = tempfile::tempdir().unwrap();
        let engine = Arc::new(open(config.unwrap_or_else(|| file(folder.path()))));
        let connection = engine.acquire(Effect::Read).await.unwrap();
        let waiting = {
            let engine = engine.clone();
            tokio::spawn(async move { engine.close().await })
        };
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(!waiting.is_finished());
        let error = engine.acquire(Effect::Read).await.err().unwrap();
        assert_eq!(error.to_string(), "the engine is closed");
        connection.release(Fate::Clean);
        tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        let status = engine.pool_status();
        assert_eq!((status.in_use, status.idle), (0, 0));
        engine.close().await;
    }
}

#[tokio::test]
async fn the_status_counts() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    assert_eq!(engine.pool_status(), bindery_core::engine::PoolStatus::new(11, 0, 0));
    let connection = engine.acquire(Effect::Read).await.unwrap();
    assert_eq!(engine.pool_status(), bindery_core::engine::PoolStatus::new(11, 1, 0));
    connection.release(Fate::Clean);
    assert_eq!(engine.pool_status(), bindery_core::engine::PoolStatus::new(11, 0, 1));
    let debug = format!("{engine:?}");
    assert!(debug.contains("test.db") && debug.contains("max_size: 11"), "{debug}");
}

#[tokio::test]
async fn a_pre_ping_and_a_recycled_connection_work() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = file(folder.path());
    config.pool.pre_ping = true;
    config.pool.recycle = Some(Duration::from_secs(1));
    let engine = open(config);
    for _ in 0..3 {
        assert_eq!(query(&engine, "SELECT 1", &[]).await.unwrap(), [[Value::I64(1)]]);
    }
}

#[tokio::test]
async fn a_connection_that_is_too_old_is_replaced_before_its_next_use() {
    for pre_ping in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut config = file(folder.path());
        config.pool.pre_ping = pre_ping;
        config.pool.recycle = Some(Duration::from_secs(1));
        let engine = open(config);
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        execute(&engine, "INSERT INTO t VALUES (1), (2), (3)", &[]).await.unwrap();
        // SQLite counts for each connection.
        let changes = async || {
            let mut writer = engine.acquire(Effect::Write).await.unwrap();
            let rows = query_on(&mut *writer, "SELECT total_changes()", &[], Effect::Read).await.unwrap();
            writer.release(Fate::Clean);
            rows
        };
        assert_eq!(changes().await, [[Value::I64(3)]], "the same connection");
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(changes().await, [[Value::I64(0)]], "another one");
    }
}

#[tokio::test]
async fn an_age_that_no_connection_is_below_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = file(folder.path());
    config.pool.recycle = Some(Duration::from_nanos(1));
    let engine = open(config);
    for _ in 0..3 {
        let answer = tokio::time::timeout(Duration::from_secs(10), query(&engine, "SELECT 1", &[])).await;
        assert_eq!(answer.unwrap().unwrap(), [[Value::I64(1)]]);
    }
}

#[tokio::test]
async fn a_connection_that_nobody_uses_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = file(folder.path());
    config.pool.idle_timeout = Some(Duration::from_secs(1));
    let engine = open(config);
    query(&engine, "SELECT 1", &[]).await.unwrap();
    assert_eq!(engine.pool_status().idle, 1);
    // r2d2 looks every 30 seconds.
    let started = Instant::now();
    while engine.pool_status().idle > 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "it is still open: {engine:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(query(&engine, "SELECT 1", &[]).await.unwrap(), [[Value::I64(1)]]);
}

#[tokio::test]
async fn a_connection_that_takes_too_long_to_make_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = file(folder.path());
    config.pool.connect_timeout = Duration::from_millis(200);
    // The first connection would have to wait for this lock, to switch the file to WAL.
    let other_program = witness(folder.path());
    other_program.execute_batch("BEGIN EXCLUSIVE; CREATE TABLE t (a)").unwrap();
    let engine = open(config);
    let started = Instant::now();
    let error = query(&engine, "SELECT 1", &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().contains("200ms (`connect_timeout`)"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3), "it took {:?}", started.elapsed());
    other_program.execute_batch("COMMIT").unwrap();
    assert_eq!(query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap(), [[Value::I64(0)]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_on_many_threads() {
    for config in [None, Some(memory())] {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config.unwrap_or_else(|| file(folder.path()));
        config.pool.size = 4;
        let engine = Arc::new(open(config));
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    for _ in 0..20 {
                        execute(&engine, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
                        query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap(), [[Value::I64(400)]]);
    }
}

#[tokio::test]
async fn another_process_lock_is_waited_for_without_a_thread() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, busy_timeout: Duration::from_millis(300), ..file(folder.path()) });
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        let other = witness(folder.path());

        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert_stalls_nobody(async || {
            let started = Instant::now();
            let error = execute(&engine, "INSERT INTO t VALUES (1)", &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
            assert!(started.elapsed() >= Duration::from_millis(300));
        })
        .await;
        assert_eq!(begin(&engine).await.err().unwrap().kind(), ErrorKind::Locked);

        let release = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            other.execute_batch("COMMIT").unwrap();
        });
        execute(&engine, "INSERT INTO t VALUES (2)", &[]).await.unwrap();
        release.await.unwrap();
        assert_eq!(query(&engine, "SELECT a FROM t", &[]).await.unwrap(), [[Value::I64(2)]]);
        engine.close().await;
    }
}

#[tokio::test]
async fn a_read_of_a_locked_database_moves_to_the_blocking_pool() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, busy_timeout: Duration::from_millis(300), ..file(folder.path()) });
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        query(&engine, "SELECT a FROM t", &[]).await.unwrap();
        engine.close().await;
        // Without WAL a writer locks readers out.
        let other = witness(folder.path());
        other.pragma_update(None, "journal_mode", "delete").unwrap();
        let mut config = SqliteConfig { execution, busy_timeout: Duration::from_millis(300), ..file(folder.path()) };
        config.location = Location::File { path: folder.path().join("test.db"), parameters: Vec::new(), access: Access::ReadOnly };
        let engine = open(config);
        query(&engine, "SELECT a FROM t", &[]).await.unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        assert_stalls_nobody(async || {
            let started = Instant::now();
            assert_eq!(query(&engine, "SELECT a FROM t", &[]).await.unwrap_err().kind(), ErrorKind::Locked);
            assert!(started.elapsed() >= Duration::from_millis(300));
        })
        .await;
        let release = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            other.execute_batch("COMMIT").unwrap();
        });
        query(&engine, "SELECT a FROM t", &[]).await.unwrap();
        release.await.unwrap();
    }
}
