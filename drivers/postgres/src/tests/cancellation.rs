use std::sync::Arc;

use bindery_testkit::Proxy;
use futures_util::FutureExt;

use super::*;

#[tokio::test]
async fn a_dropped_query_ends_on_the_server_within_seconds() {
    let database = database();
    for cache in [128, 0] {
        let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, cache));
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let sleeping = query_on(&mut *connection, "select pg_sleep(60)", &[]);
        tokio::select! {
            _ = sleeping => panic!("it sleeps"),
            () = until("it sleeps", || seen(&database, "state = 'active' and query like '%pg_sleep%'") == 1) => {}
        }
        let dropped = Instant::now();
        connection.release(Fate::CutOff);
        // Whoever waits for the one connection gets it, and their own answer.
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        assert!(dropped.elapsed() < Duration::from_secs(1), "{:?}", dropped.elapsed());
        assert_eq!(seen(&database, "state = 'active'"), 0);
        assert_eq!(seen(&database, "true"), 1); // the same connection: it was cleaned
        engine.close().await;
        until("it is closed", || seen(&database, "true") == 0).await;
    }
}

#[tokio::test]
async fn a_half_read_result_reaches_nobody_else() {
    let database = database();
    let engine = open_one(&database);
    for _ in 0..10 {
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        connection.query(&Statement::new("select g from generate_series(1, 500000) g", &[], Effect::Read)).await.unwrap();
        assert!(some_rows(&mut *connection).await.unwrap().1);
        connection.release(Fate::CutOff);
        assert_eq!(query(&engine, "select 'mine'", &[]).await.unwrap(), [[text("mine")]]);
    }
    assert_eq!(seen(&database, "state = 'active'"), 0);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_no_row_and_no_lock() {
    let database = database();
    database.psql("create table t (a int); insert into t values (1)").unwrap();
    let engine = open_one(&database);
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "update t set a = 2", &[]).await.unwrap();
    assert!(cut_off(Duration::from_millis(20), execute_on(&mut *tx, "select pg_sleep(60)", &[])).await.is_none());
    tx.release(Fate::CutOff);
    until_all_are_back(&engine).await;
    let locks = "select count(*) from pg_locks where relation = 't'::regclass";
    assert_eq!(database.psql(locks).unwrap(), "0");
    assert_eq!(database.psql("update t set a = 3 returning a").unwrap(), "3");
    assert_eq!(seen(&database, "state <> 'idle'"), 0);
    assert_eq!(engine.pool_status().idle, 1);
}

#[tokio::test]
async fn a_begin_that_was_cut_off_leaves_no_transaction() {
    let database = database();
    let engine = open_one(&database);
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    // Sent, and its answer never read.
    assert!(connection.begin(&TransactionOptions::default()).now_or_never().is_none());
    connection.release(Fate::CutOff);
    until_all_are_back(&engine).await;
    assert_eq!(seen(&database, "state like 'idle in transaction%'"), 0);
    assert_eq!(engine.pool_status().idle, 1);
}

#[tokio::test]
async fn asking_for_the_columns_of_an_empty_result_leaves_no_transaction() {
    let database = database();
    let proxy = Proxy::before(&database.url()).unwrap();
    let url = proxy.url(&database.url()).unwrap();
    let engine = open_url(url, |pool| (pool.size, pool.statement_cache_size) = (1, 0));
    backend(&engine).await;
    // Room for the witness to see it.
    proxy.delay(Duration::from_millis(50));
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    tokio::select! {
        _ = query_on(&mut *connection, "select 1 where false", &[]) => panic!("its answers take a second"),
        () = until("it asks", || seen(&database, "state like 'idle in transaction%'") == 1) => {}
    }
    connection.release(Fate::CutOff);
    until_all_are_back(&engine).await;
    assert_eq!(seen(&database, "state like 'idle in transaction%'"), 0);
    execute(&engine, "create table t (a int)", &[]).await.unwrap();
}

#[tokio::test]
async fn a_statement_that_was_cut_off_as_it_was_prepared_stays_with_nobody() {
    let database = database();
    let engine = open_one(&database);
    for number in 0..3 {
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        // Sent, and its answer never read.
        let sql = format!("select {number} as orphan");
        assert!(query_on(&mut *connection, &sql, &[]).now_or_never().is_none());
        connection.release(Fate::CutOff);
        until_all_are_back(&engine).await;
    }
    let orphans = "select count(*) from pg_prepared_statements where statement like '%as orphan'";
    assert_eq!(query(&engine, orphans, &[]).await.unwrap(), [[Value::I64(0)]]);
}

/// Calls dropped after anything between nothing and some milliseconds, on few connections, each checked by whoever comes next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_cut_off_anywhere_never_mix_answers() {
    let database = database();
    database.psql("create table t (a bigint primary key)").unwrap();
    let engine = Arc::new(open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (3, 2)));
    let tasks: Vec<_> = (0..6_u64)
        .map(|task| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move {
                for round in 0..60_u64 {
                    let number = i64::try_from(task * 1_000 + round).unwrap();
                    let after = Duration::from_micros((task * 7_919 + round * 104_729) % 4_000);
                    let _ = cut_off(after, async {
                        // Dropped with the future: as a lease would release it.
                        let mut tx = begin(&engine).await.unwrap();
                        execute_on(&mut *tx, "insert into t values ($1)", &[Value::I64(-number - 1)]).await.unwrap();
                        query_on(&mut *tx, "select g from generate_series(1, 5000) g", &[]).await.unwrap();
                        execute_on(&mut *tx, "select pg_sleep(0.002)", &[]).await.unwrap();
                        tx.rollback().await.unwrap();
                        tx.release(Fate::Clean);
                    })
                    .await;
                    let sql = format!("select $1::bigint, {}", round % 5);
                    let mine = query(&engine, &sql, &[Value::I64(number)]).await.unwrap();
                    assert_eq!(mine[0][0], Value::I64(number));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    until_all_are_back(&engine).await;
    assert_eq!(seen(&database, "state <> 'idle'"), 0);
    assert!(seen(&database, "true") <= 3);
    assert_eq!(database.psql("select count(*) from t").unwrap(), "0");
    assert_eq!(database.psql("select count(*) from pg_locks where relation = 't'::regclass").unwrap(), "0");
}

#[tokio::test]
async fn a_connection_that_can_not_be_cleaned_in_some_seconds_is_closed() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    let engine = open_with(&database, |pool| (pool.size, pool.connect_timeout) = (1, Duration::from_millis(200)));
    let first = backend(&engine).await;
    let connection = begin(&engine).await.unwrap();
    server.stop().unwrap();
    connection.release(Fate::InTransaction);
    assert_eq!(engine.pool_status().in_use, 1); // it keeps its place
    until_all_are_back(&engine).await;
    server.cont().unwrap();
    assert_ne!(backend(&engine).await, first);
    until("the old one has gone", || seen(&database, "true") == 1).await;
}

#[tokio::test]
async fn a_connection_whose_cancel_failed_is_not_used_again() {
    let database = database();
    let proxy = Proxy::before(&database.url()).unwrap();
    let engine = open_url(proxy.url(&database.url()).unwrap(), |pool| pool.size = 1);
    let first = backend(&engine).await;
    for fate in [Fate::Clean, Fate::CutOff] {
        let before = backend(&engine).await;
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let sql = "select g, repeat('x', 100) from generate_series(1, 300000) g";
        connection.query(&Statement::new(sql, &[], Effect::Read)).await.unwrap();
        assert!(some_rows(&mut *connection).await.unwrap().1);
        proxy.refuse().unwrap();
        if matches!(fate, Fate::Clean) {
            connection.close_result().await.unwrap();
            assert_eq!(query_on(&mut *connection, "select 1", &[]).await.unwrap_err().kind(), ErrorKind::ConnectionLost);
        }
        connection.release(fate);
        until_all_are_back(&engine).await;
        proxy.accept().unwrap();
        assert_ne!(backend(&engine).await, before);
    }
    until("the first has gone", || seen(&database, &format!("pid = {first}")) == 0).await;
}
