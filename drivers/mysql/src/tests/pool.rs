use std::sync::Arc;

use bindery_core::engine::PoolStatus;
use bindery_testkit::Proxy;

use super::*;

#[tokio::test]
async fn the_pool_is_as_large_as_configured_and_says_who_has_it() {
    for database in databases() {
        let engine = Arc::new(open_with(&database, |pool| (pool.size, pool.timeout) = (2, Duration::from_millis(50))));
        assert_eq!(engine.pool_status(), PoolStatus::new(2, 0, 0));
        assert_eq!(seen(&database, "true"), 0); // opening the engine connects to nothing
        let holder = Arc::clone(&engine);
        let held = tokio::spawn(async move { (begin(&holder).await.unwrap(), holder.acquire(Effect::Read).await.unwrap()) });
        let (tx, connection) = held.await.unwrap();
        assert_eq!(engine.pool_status(), PoolStatus::new(2, 2, 0));
        let error = engine.acquire(Effect::Read).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        for words in ["within 50ms (`pool_timeout`)", "2 connections are out", "1 of them in a transaction", "`pool_size`"] {
            assert!(error.to_string().contains(words), "{error}");
        }
        assert_eq!(seen(&database, "true"), 2);
        connection.release(Fate::Clean);
        until("it is free", || engine.pool_status() == PoolStatus::new(2, 1, 1)).await;
        drop(tx); // without a word: cleaned all the same
        until_all_are_back(&engine).await;
        assert_eq!(engine.pool_status().in_use, 0);
        assert!(format!("{engine:?}").contains("max_size: 2"), "{engine:?}");
    }
}

#[tokio::test]
async fn a_task_in_its_own_way_is_told() {
    let database = database_on(MysqlFlavor::MariaDb);
    let engine = open_with(&database, |pool| (pool.size, pool.timeout) = (1, Duration::from_millis(50)));
    let _tx = begin(&engine).await.unwrap();
    let error = engine.acquire(Effect::Write).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BindBusy, "{error}");
}

#[tokio::test]
async fn those_who_wait_or_give_up_leave_nothing_behind() {
    let database = database_on(MysqlFlavor::MariaDb);
    let engine = Arc::new(open_one(&database));
    let held = engine.acquire(Effect::Read).await.unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move {
                match number % 2 {
                    0 => drop(cut_off(Duration::from_millis(number), engine.acquire(Effect::Read)).await),
                    _ => assert_eq!(query(&engine, "select ?", &[Value::I64(7)]).await.unwrap(), [[Value::I64(7)]]),
                }
            })
        })
        .collect();
    until("the impatient have gone", || tasks.iter().filter(|task| task.is_finished()).count() >= 10).await;
    held.release(Fate::Clean);
    for task in tasks {
        task.await.unwrap();
    }
    until("all are back", || engine.pool_status() == PoolStatus::new(1, 0, 1)).await;
    assert_eq!(seen(&database, "true"), 1);
}

/// Connections given up while they are made, by whoever waits for them: no place is lost.
#[tokio::test]
async fn a_connection_that_is_given_up_while_it_is_made_leaves_its_place() {
    let database = database_on(MysqlFlavor::MariaDb);
    let engine = open_one(&database);
    for number in 0..60 {
        let _ = cut_off(Duration::from_micros(number * 100), engine.acquire(Effect::Read)).await;
        if number % 20 == 0 {
            // So that the next ones make theirs anew.
            let mut connection = engine.acquire(Effect::Read).await.unwrap();
            connection.native();
            connection.release(Fate::Lent);
        }
    }
    assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
    until("one is left", || seen(&database, "true") == 1).await;
}

#[tokio::test]
async fn an_old_connection_is_replaced_before_its_next_use() {
    for database in databases() {
        let engine = open_with(&database, |pool| pool.recycle = Some(Duration::from_millis(300)));
        let first = id_of(&engine).await;
        assert_eq!(id_of(&engine).await, first);
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_ne!(id_of(&engine).await, first);
        until("the old one has gone", || seen(&database, &format!("id = {first}")) == 0).await;
        // However short it is, a new connection is used.
        let engine = open_with(&database, |pool| (pool.size, pool.recycle) = (1, Some(Duration::from_nanos(1))));
        id_of(&engine).await;
        id_of(&engine).await;
    }
}

#[tokio::test]
async fn a_connection_that_nobody_uses_is_closed() {
    let database = database_on(MysqlFlavor::MariaDb);
    let engine = open_with(&database, |pool| pool.idle_timeout = Some(Duration::from_millis(100)));
    let lasting = open_with(&database, |pool| pool.idle_timeout = None);
    let kept = id_of(&lasting).await;
    let (one, two) = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
    assert_eq!(seen(&database, "true"), 3);
    one.release(Fate::Clean);
    until("the idle one is closed", || seen(&database, "true") == 2).await;
    two.release(Fate::Clean);
    until("both are closed", || seen(&database, "true") == 1).await;
    until("they are not counted", || engine.pool_status() == PoolStatus::new(10, 0, 0)).await;
    id_of(&engine).await;
    assert_eq!(id_of(&lasting).await, kept);
}

/// Also by the socket, where a connection does not tell by itself that nobody is at its other end.
#[tokio::test]
async fn a_server_that_was_killed_is_found_again() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        let mut engines = Vec::new();
        for url in [database.url(), database.socket_url()] {
            for pre_ping in [false, true] {
                engines.push(open_url(url.clone(), |pool| pool.pre_ping = pre_ping));
            }
        }
        for engine in &engines {
            let (one, two) = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
            one.release(Fate::Clean);
            two.release(Fate::Clean);
            until("both are free", || engine.pool_status().idle == 2).await;
        }
        server.kill().unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        for engine in &engines {
            let error = engine.acquire(Effect::Read).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        }
        server.restart().unwrap();
        for (number, engine) in engines.iter().enumerate() {
            let (one, two) = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
            one.release(Fate::Clean);
            two.release(Fate::Clean);
            until("both are free", || engine.pool_status().idle == 2).await;
            assert_eq!(engine.pool_status(), PoolStatus::new(10, 0, 2), "{number}");
        }
        // While nobody looks.
        server.kill().unwrap();
        server.restart().unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        for (number, engine) in engines.iter().enumerate() {
            for _ in 0..3 {
                let answer = query(engine, "select 7", &[]).await;
                assert_eq!(answer.unwrap_or_else(|error| panic!("{flavor:?} {number}: {error:?}")), [[Value::I64(7)]]);
            }
        }
    }
}

#[tokio::test]
async fn a_pre_ping_finds_a_server_that_does_not_answer() {
    let server = TempMysql::start(MysqlFlavor::MariaDb).unwrap();
    let database = server.database().unwrap();
    let engine = open_with(&database, |pool| (pool.pre_ping, pool.connect_timeout) = (true, Duration::from_millis(200)));
    let first = id_of(&engine).await;
    assert_eq!(id_of(&engine).await, first);
    // The connection is open still: only asking tells.
    server.stop().unwrap();
    let error = engine.acquire(Effect::Read).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert!(error.to_string().ends_with("did not answer within 200ms (`connect_timeout`)"), "{error}");
    server.cont().unwrap();
    assert_ne!(id_of(&engine).await, first);
}

#[tokio::test]
async fn close_waits_for_what_is_out_and_ends_every_connection() {
    for database in databases() {
        let engine = Arc::new(open(&database));
        let (tx, connection) = (begin(&engine).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
        id_of(&engine).await;
        assert_eq!(seen(&database, "true"), 3);
        let closing = {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move { engine.close().await })
        };
        tokio::task::yield_now().await;
        let error = engine.acquire(Effect::Read).await.err().unwrap();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::ConnectionLost, "the engine is closed"));
        connection.release(Fate::Clean);
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(!closing.is_finished());
        tx.release(Fate::InTransaction);
        closing.await.unwrap();
        until("the server sees them closed", || seen(&database, "true") == 0).await;
        let (status, closed) = (engine.pool_status(), Instant::now());
        assert_eq!((status.in_use, status.idle), (0, 0));
        engine.close().await;
        // One that was never used too.
        open(&database).close().await;
        assert!(closed.elapsed() < Duration::from_secs(1), "{:?}", closed.elapsed());
    }
}

/// How many statements the server has prepared, for everyone.
fn prepared(server: &TempMysql) -> u64 {
    let count = server.sql("show global status like 'Prepared_stmt_count'").unwrap();
    count.split('\t').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn prepared_statements_are_kept_up_to_a_number_or_not_at_all() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int primary key)").unwrap();
        make_thousand(&database);
        let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, 3));
        for number in 0..10 {
            query(&engine, &format!("select {number}"), &[]).await.unwrap();
        }
        assert_eq!(prepared(&server), 3, "{flavor:?}");
        engine.close().await;
        until("they have gone with their connection", || prepared(&server) == 0).await;

        let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, 0));
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        for _ in 0..3 {
            query_on(&mut *connection, "select 1", &[]).await.unwrap();
            execute_on(&mut *connection, "delete from t", &[]).await.unwrap();
            execute_on(&mut *connection, "insert into t values (1)", &[]).await.unwrap();
        }
        // Nor those that failed before they ran, as they ran, and as they were read; nor one that was interrupted.
        assert_eq!(execute_on(&mut *connection, "insert into t values (?)", &[]).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
        assert_eq!(execute_on(&mut *connection, "select :a", &[text("a")]).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
        let twice = execute_on(&mut *connection, "insert into t values (?)", &[Value::I64(1)]).await.unwrap_err();
        assert_eq!(twice.kind(), ErrorKind::UniqueViolation, "{twice:?}");
        half_read(&mut *connection, MANY_ROWS).await;
        connection.close_result().await.unwrap();
        half_read(&mut *connection, "select n from thousand").await;
        connection.close_result().await.unwrap();
        let failing = "select if(n < 900, n, (select n from digits, thousand)) from thousand order by n";
        let _ = query_on(&mut *connection, failing, &[]).await.unwrap_err();
        // It has seen the last of them only with the next statement.
        query_on(&mut *connection, "select 1", &[]).await.unwrap();
        until("none is kept", || prepared(&server) == 0).await;
        connection.release(Fate::Clean);
    }
}

#[test]
fn an_engine_outlives_the_runtimes_that_use_it() {
    let database = database_on(MysqlFlavor::MariaDb);
    let engine = open_one(&database);
    let run = |future: std::pin::Pin<Box<dyn Future<Output = ()> + '_>>| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
    };
    for _ in 0..2 {
        run(Box::pin(async { assert!(id_of(&engine).await > 0) }));
    }
    // Given back where no runtime is left to clean it: closed.
    let mut left = None;
    run(Box::pin(async { left = Some(begin(&engine).await.unwrap()) }));
    drop(left.take());
    assert_eq!(engine.pool_status().in_use, 0);
    run(Box::pin(async { assert!(id_of(&engine).await > 0) }));
    let error = futures_util::FutureExt::now_or_never(engine.acquire(Effect::Read)).unwrap().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_connection_that_never_answers_gives_its_place_back() {
    let database = database_on(MysqlFlavor::MariaDb);
    let proxy = Proxy::before(&database.url()).unwrap();
    let engine = open_url(proxy.url(&database.url()).unwrap(), |pool| {
        (pool.size, pool.pre_ping, pool.connect_timeout) = (1, true, Duration::from_millis(100));
    });
    for round in 0..3 {
        id_of(&engine).await;
        proxy.freeze();
        assert_eq!(engine.acquire(Effect::Read).await.err().unwrap().kind(), ErrorKind::ConnectionLost, "{round}");
        assert_eq!(engine.pool_status().in_use, 0);
        proxy.thaw();
    }
    id_of(&engine).await;
}

/// Given up as the client library looks whether it is open, which a busy task's budget of steps may keep it from.
#[tokio::test]
async fn a_connection_that_is_given_up_while_it_is_looked_at_leaves_its_place() {
    let database = database_on(MysqlFlavor::MariaDb);
    let engine = open_url(database.socket_url(), |pool| (pool.size, pool.connect_timeout) = (1, Duration::from_secs(2)));
    for _ in 0..3 {
        id_of(&engine).await;
        // It comes back in a task of the client library's.
        tokio::time::sleep(Duration::from_millis(10)).await;
        std::future::poll_fn(|context| {
            while Box::pin(tokio::task::coop::consume_budget()).as_mut().poll(context).is_ready() {}
            let mut acquiring = Box::pin(engine.acquire(Effect::Read));
            let _ = acquiring.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
    }
    id_of(&engine).await;
}
