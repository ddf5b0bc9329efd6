use std::sync::Arc;

use bindery_core::engine::{GlobalId, IsolationLevel};
use bindery_testkit::Proxy;
use futures_util::FutureExt;

use super::*;

async fn until_sleeping(database: &TempMysqlDatabase) {
    until("it sleeps", || seen(database, "info like '%sleep(60)%'") == 1).await;
}

#[tokio::test]
async fn a_dropped_statement_ends_on_the_server_within_seconds() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb; insert into t values (1)").unwrap();
        for cache in [128, 0] {
            let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, cache));
            for sql in ["select sleep(60)", "insert into t select sleep(60) + a from t", "update t set a = sleep(60)"] {
                let mut connection = engine.acquire(Effect::Write).await.unwrap();
                tokio::select! {
                    _ = execute_on(&mut *connection, sql, &[]) => panic!("it sleeps"),
                    () = until_sleeping(&database) => {}
                }
                let dropped = Instant::now();
                connection.release(Fate::CutOff);
                // Whoever waits for the one connection gets a clean one, and their own answer.
                assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
                assert!(dropped.elapsed() < Duration::from_secs(1), "{:?}", dropped.elapsed());
                assert_eq!(seen(&database, "info like '%sleep(60)%'"), 0, "{sql}");
                assert_eq!(open_transactions(&database), 0);
                assert_eq!(database.sql("update t set a = 1; select * from t").unwrap(), "1", "{sql}");
            }
            engine.close().await;
            until("it is closed", || seen(&database, "true") == 0).await;
        }
    }
}

#[tokio::test]
async fn a_half_read_result_reaches_nobody_else() {
    for database in databases() {
        make_thousand(&database);
        let engine = open_one(&database);
        for _ in 0..5 {
            let mut connection = engine.acquire(Effect::Read).await.unwrap();
            half_read(&mut *connection, MANY_ROWS).await;
            connection.release(Fate::CutOff);
            assert_eq!(query(&engine, "select 'mine'", &[]).await.unwrap(), [[text("mine")]]);
        }
        assert_eq!(seen(&database, "command <> 'Sleep'"), 0);
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_no_row_and_no_lock() {
    for database in databases() {
        database.sql("create table t (a int primary key) engine innodb; insert into t values (1)").unwrap();
        let engine = open_one(&database);
        let id = GlobalId::new(format!("dropped-{}", database.name())).unwrap();
        for global_id in [None, Some(&id)] {
            let mut options = TransactionOptions::default();
            options.global_id = global_id;
            let mut tx = begin_with(&engine, &options).await.unwrap();
            execute_on(&mut *tx, "update t set a = 2", &[]).await.unwrap();
            assert!(cut_off(Duration::from_millis(20), execute_on(&mut *tx, "select sleep(60)", &[])).await.is_none());
            tx.release(Fate::CutOff);
            until_all_are_back(&engine).await;
            assert_eq!(open_transactions(&database), 0);
            assert_eq!(database.sql("set innodb_lock_wait_timeout = 1; update t set a = 1; select a from t").unwrap(), "1");
            assert_eq!(database.sql("xa recover").unwrap(), "");
        }
        // Without a word.
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "update t set a = 2", &[]).await.unwrap();
        drop(tx);
        until_all_are_back(&engine).await;
        assert_eq!(open_transactions(&database), 0);
        assert_eq!(database.sql("set innodb_lock_wait_timeout = 1; update t set a = 1; select a from t").unwrap(), "1");
    }
}

/// Polls a future so many times, and drops it; whether it ended before.
async fn polled<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    for _ in 0..times {
        if let Some(ended) = (&mut future).now_or_never() {
            return Some(ended);
        }
        // Some time for the answer's first bytes.
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
    None
}

#[tokio::test]
async fn begin_commit_and_rollback_that_are_dropped_leave_no_half() {
    for database in databases() {
        database.sql("create table t (a int, part int) engine innodb").unwrap();
        let proxy = Proxy::before(&database.url()).unwrap();
        let engine = open_url(proxy.url(&database.url()).unwrap(), |pool| pool.size = 2);
        proxy.delay(Duration::from_micros(500));
        let mut number = 0;
        for is_global in [false, true] {
            for times in [1, 2, 3, 5, 7] {
                for verb in 0..3 {
                    number += 1;
                    let id = GlobalId::new(format!("halves-{}-{number}", database.name())).unwrap();
                    let mut options = TransactionOptions::default();
                    (options.global_id, options.isolation) = (is_global.then_some(&id), Some(IsolationLevel::ReadCommitted));
                    let mut tx = engine.acquire(Effect::Write).await.unwrap();
                    if verb == 0 {
                        let _ = polled(times, tx.begin(&options)).await;
                        tx.release(Fate::CutOff);
                        continue;
                    }
                    tx.begin(&options).await.unwrap();
                    for part in 0..2 {
                        execute_on(&mut *tx, "insert into t values (?, ?)", &[Value::I64(number), Value::I64(part)]).await.unwrap();
                    }
                    let ended = match verb {
                        1 => polled(times, tx.commit()).await.is_some(),
                        _ => polled(times, tx.rollback()).await.is_some(),
                    };
                    tx.release(if ended { Fate::Clean } else { Fate::CutOff });
                }
                assert_eq!(query(&engine, "select ?", &[Value::I64(number)]).await.unwrap(), [[Value::I64(number)]]);
            }
        }
        until_all_are_back(&engine).await;
        assert_eq!(open_transactions(&database), 0);
        assert_eq!(database.sql("select count(*) from (select a from t group by a having count(*) <> 2) halves").unwrap(), "0");
        assert_eq!(database.sql("xa recover").unwrap(), "");
    }
}

/// Calls dropped after anything between nothing and some milliseconds, on few connections, each checked by whoever comes next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_cut_off_anywhere_never_mix_answers() {
    for database in databases() {
        database.sql("create table t (a bigint primary key) engine innodb").unwrap();
        make_thousand(&database);
        let engine = Arc::new(open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (3, 2)));
        let tasks: Vec<_> = (0..4_u64)
            .map(|task| {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move {
                    for round in 0..30_u64 {
                        let number = i64::try_from(task * 1_000 + round).unwrap();
                        let after = Duration::from_micros((task * 7_919 + round * 104_729) % 6_000);
                        let _ = cut_off(after, async {
                            // Dropped with the future: as a lease would release it.
                            let mut tx = begin(&engine).await.unwrap();
                            execute_on(&mut *tx, "insert into t values (?)", &[Value::I64(-number - 1)]).await.unwrap();
                            query_on(&mut *tx, "select n from thousand", &[]).await.unwrap();
                            execute_on(&mut *tx, "do sleep(0.002)", &[]).await.unwrap();
                            tx.rollback().await.unwrap();
                            tx.release(Fate::Clean);
                        })
                        .await;
                        let sql = format!("select ?, {}", round % 5);
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
        let began = Instant::now();
        while seen(&database, "command <> 'Sleep'") > 0 {
            let running = database.sql("show processlist").unwrap();
            assert!(began.elapsed() < Duration::from_secs(5), "{running}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(seen(&database, "true") <= 3);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "0");
        assert_eq!(open_transactions(&database), 0);
    }
}

/// A KILL QUERY that comes late would hit what comes after.
#[tokio::test]
async fn a_result_that_is_given_up_hundreds_of_times_interrupts_no_later_statement() {
    for database in databases() {
        make_thousand(&database);
        let engine = open_one(&database);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let id = query_on(&mut *connection, "select connection_id()", &[]).await.unwrap();
        // From those that end by themselves while they are given up to those that don't.
        for round in 0..120_usize {
            let rows = [1_000, 2_000, 4_000, 8_000, if round < 5 { 300_000 } else { 12_000 }][round % 5];
            half_read(&mut *connection, &format!("select a.n, repeat('x', 100) from thousand a, thousand b limit {rows}")).await;
            connection.close_result().await.unwrap_or_else(|error| panic!("{round}: {error:?}"));
            // What is hit is gone, so that the one after it is not.
            for _ in 0..2 {
                let answer = query_on(&mut *connection, "select ?", &[Value::U64(round as u64)]).await;
                assert_eq!(answer.unwrap_or_else(|error| panic!("{round}: {error:?}")), [[Value::I64(round as i64)]]);
            }
        }
        assert_eq!(query_on(&mut *connection, "select connection_id()", &[]).await.unwrap(), id);
        connection.release(Fate::Clean);
        assert_eq!(seen(&database, "command <> 'Sleep'"), 0);
    }
}

/// An interrupt would undo what a statement has done, or end a transaction.
#[tokio::test]
async fn a_result_of_a_transaction_runs_to_its_end() {
    for database in databases() {
        make_thousand(&database);
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_one(&database);
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        half_read(&mut *tx, "select n, repeat('x', 1000) from thousand").await;
        tx.close_result().await.unwrap();
        execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap();
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);
        assert_eq!(database.sql("select a from t order by a").unwrap(), "1\n2");
    }
}

/// The client library's way from one result to the next can't be cut off.
#[tokio::test]
async fn the_results_of_a_call_are_given_up_in_peace() {
    for database in databases() {
        make_thousand(&database);
        let made = "DELIMITER //\ncreate procedure p() begin select n from thousand; do sleep(0.05); select 'last'; end//\n";
        database.sql(made).unwrap();
        let engine = open_one(&database);
        for effect in [Effect::Read, Effect::Write] {
            let mut connection = engine.acquire(effect).await.unwrap();
            connection.query(&Statement::new("call p()", &[], effect)).await.unwrap();
            assert!(connection.fetch(&mut |_| ControlFlow::Break(())).await.unwrap());
            connection.close_result().await.unwrap();
            assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
            connection.release(Fate::Clean);
        }
    }
}

/// It waits for a place on the server, until there is one.
#[tokio::test]
async fn a_statement_is_ended_on_a_server_that_takes_no_more_connections() {
    for flavor in FLAVORS {
        let server = TempMysql::builder(flavor).setting("max_connections", "10").start().unwrap();
        let database = server.database().unwrap();
        // Who may administrate the server has a connection more.
        let url = user_url(&database, "ada");
        let engine = open_url(url.clone(), |pool| pool.size = 1);
        let others = open_url(url, |pool| pool.size = 20);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        tokio::select! {
            _ = query_on(&mut *connection, "select sleep(60)", &[]) => panic!("it sleeps"),
            () = until_sleeping(&database) => {}
        }
        let mut held = Vec::new();
        while let Ok(other) = others.acquire(Effect::Read).await {
            held.push(other);
        }
        connection.release(Fate::CutOff);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(engine.pool_status().in_use, 1, "it keeps its place");
        for other in held {
            other.release(Fate::Clean);
        }
        others.close().await;
        until("it has ended", || seen(&database, "info like '%sleep(60)%'") == 0).await;
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
    }
}

#[tokio::test]
async fn a_connection_of_a_stopped_server_is_ended_once_that_goes_on() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_one(&database);
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        tokio::select! {
            _ = query_on(&mut *tx, "select sleep(60)", &[]) => panic!("it sleeps"),
            () = until_sleeping(&database) => {}
        }
        server.stop().unwrap();
        tx.release(Fate::CutOff);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(engine.pool_status().in_use, 1, "it keeps its place");
        server.cont().unwrap();
        until_all_are_back(&engine).await;
        assert_eq!(seen(&database, "info like '%sleep(60)%'"), 0);
        assert_eq!(open_transactions(&database), 0);
        assert_eq!(query(&engine, "select count(*) from t", &[]).await.unwrap(), [[Value::I64(0)]]);
    }
}

/// The server counts its connections from the beginning again: the number is another's by now.
#[tokio::test]
async fn a_connection_from_before_a_restart_ends_nobody_elses() {
    on_both(async |flavor| {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        make_thousand(&database);
        let url = user_url(&database, "ada");
        let engine = open_url(url.clone(), |pool| pool.size = 1);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let id = query_on(&mut *connection, "select connection_id()", &[]).await.unwrap();
        half_read(&mut *connection, MANY_ROWS).await;
        // It is older than the server will be.
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        server.kill().unwrap();
        server.restart().unwrap();
        let others = open_url(url, |pool| pool.size = 30);
        let mut held = Vec::new();
        for _ in 0..30 {
            let mut other = others.acquire(Effect::Read).await.unwrap();
            let has = query_on(&mut *other, "select connection_id()", &[]).await.unwrap();
            held.push(other);
            if has == id {
                break;
            }
        }
        connection.release(Fate::CutOff);
        until_all_are_back(&engine).await;
        for mut other in held {
            assert_eq!(query_on(&mut *other, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
            other.release(Fate::Clean);
        }
    })
    .await;
}
