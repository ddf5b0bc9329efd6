use std::sync::Arc;

use bindery_core::engine::PoolStatus;
use bindery_testkit::Proxy;

use super::*;

#[tokio::test]
async fn the_pool_is_as_large_as_configured_and_says_who_has_it() {
    let database = database();
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
    assert_eq!(engine.pool_status(), PoolStatus::new(2, 1, 1));
    drop(tx); // without a word: cleaned all the same
    until_all_are_back(&engine).await;
    assert_eq!(engine.pool_status(), PoolStatus::new(2, 0, 2));
    assert!(format!("{engine:?}").contains("max_size: 2"), "{engine:?}");
}

#[tokio::test]
async fn a_task_in_its_own_way_is_told() {
    let database = database();
    let engine = open_with(&database, |pool| (pool.size, pool.timeout) = (1, Duration::from_millis(50)));
    let _tx = begin(&engine).await.unwrap();
    let error = engine.acquire(Effect::Write).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BindBusy, "{error}");
}

#[tokio::test]
async fn those_who_wait_or_give_up_leave_nothing_behind() {
    let database = database();
    let engine = Arc::new(open_one(&database));
    let held = engine.acquire(Effect::Read).await.unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move {
                match number % 2 {
                    0 => drop(cut_off(Duration::from_millis(number), engine.acquire(Effect::Read)).await),
                    _ => assert_eq!(query(&engine, "select $1::bigint", &[Value::I64(7)]).await.unwrap(), [[Value::I64(7)]]),
                }
            })
        })
        .collect();
    until("the impatient have gone", || tasks.iter().filter(|task| task.is_finished()).count() >= 10).await;
    held.release(Fate::Clean);
    for task in tasks {
        task.await.unwrap();
    }
    until_all_are_back(&engine).await;
    assert_eq!(engine.pool_status(), PoolStatus::new(1, 0, 1));
    assert_eq!(seen(&database, "true"), 1);
}

#[tokio::test]
async fn an_old_connection_is_replaced_before_its_next_use() {
    let database = database();
    let engine = open_with(&database, |pool| pool.recycle = Some(Duration::from_millis(100)));
    let first = backend(&engine).await;
    until("it is old", || {
        database.psql(&format!("select now() - backend_start > '1s' from pg_stat_activity where pid = {first}")).unwrap() == "t"
    })
    .await;
    assert_ne!(backend(&engine).await, first);
    until("the old one has gone", || seen(&database, &format!("pid = {first}")) == 0).await;
    // However short it is, a new connection is used.
    let engine = open_with(&database, |pool| pool.recycle = Some(Duration::from_nanos(1)));
    backend(&engine).await;
    backend(&engine).await;
}

#[tokio::test]
async fn a_connection_that_nobody_uses_is_closed() {
    let database = database();
    let engine = open_with(&database, |pool| pool.idle_timeout = Some(Duration::from_millis(100)));
    let (one, two) = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
    assert_eq!(seen(&database, "true"), 2);
    one.release(Fate::Clean);
    until("the idle one is closed", || seen(&database, "true") == 1).await;
    two.release(Fate::Clean);
    until("both are closed", || seen(&database, "true") == 0).await;
    assert_eq!(engine.pool_status(), PoolStatus::new(10, 0, 0));
    backend(&engine).await;
}

#[tokio::test]
async fn a_server_that_was_killed_is_found_again() {
    for pre_ping in [false, true] {
        let server = TempPostgres::start().unwrap();
        let database = server.database().unwrap();
        let engine = open_with(&database, |pool| pool.pre_ping = pre_ping);
        backend(&engine).await;
        server.kill().unwrap();
        let error = query(&engine, "select 1", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        server.restart().unwrap();
        let (one, two) = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
        one.release(Fate::Clean);
        two.release(Fate::Clean);
        assert_eq!(engine.pool_status().idle, 2);
        // While nobody looks.
        server.kill().unwrap();
        server.restart().unwrap();
        for _ in 0..3 {
            assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        }
        assert_eq!(seen(&database, "true"), 1);
    }
}

#[tokio::test]
async fn a_pre_ping_asks_the_server_and_finds_one_that_does_not_answer() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    let engine = open_with(&database, |pool| (pool.pre_ping, pool.connect_timeout) = (true, Duration::from_millis(200)));
    let first = backend(&engine).await;
    assert_eq!(backend(&engine).await, first);
    // The connection is open still: only asking tells.
    server.stop().unwrap();
    let error = engine.acquire(Effect::Read).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    server.cont().unwrap();
    assert_ne!(backend(&engine).await, first);
}

#[tokio::test]
async fn close_returns_once_everything_is_back_and_refuses_what_comes_after() {
    let database = database();
    let engine = Arc::new(open(&database));
    let (tx, connection) = (begin(&engine).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
    backend(&engine).await;
    let closing = {
        let engine = Arc::clone(&engine);
        tokio::spawn(async move { engine.close().await })
    };
    until("it refuses", || engine.pool_status().max_size == 0).await;
    let error = engine.acquire(Effect::Read).await.err().unwrap();
    assert_eq!(error.to_string(), "the engine is closed");
    connection.release(Fate::Clean);
    assert!(!closing.is_finished());
    tx.release(Fate::InTransaction);
    closing.await.unwrap();
    assert_eq!(engine.pool_status(), PoolStatus::new(0, 0, 0));
    until("the server sees them closed", || seen(&database, "true") == 0).await;
    engine.close().await;
}

#[test]
fn an_engine_outlives_the_runtimes_that_use_it() {
    let database = database();
    let engine = open_one(&database);
    let run = |future: std::pin::Pin<Box<dyn Future<Output = ()> + '_>>| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
    };
    for _ in 0..2 {
        run(Box::pin(async { assert!(backend(&engine).await > 0) }));
    }
    // Given back where no runtime is left to clean it: closed.
    let mut left = None;
    run(Box::pin(async { left = Some(begin(&engine).await.unwrap()) }));
    drop(left.take());
    assert_eq!(engine.pool_status().in_use, 0);
    run(Box::pin(async { assert!(backend(&engine).await > 0) }));
    // The connection is another runtime's and lives on: closed all the same, since nobody can clean it.
    let other = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let theirs = other.block_on(backend(&engine));
    run(Box::pin(async { left = Some(begin(&engine).await.unwrap()) }));
    drop(left.take());
    assert_ne!(other.block_on(backend(&engine)), theirs);
    other.block_on(until("it is closed", || seen(&database, "state like 'idle in transaction%'") == 0));
    let error = futures_util::FutureExt::now_or_never(engine.acquire(Effect::Read)).unwrap().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_connection_that_never_answers_is_not_left_open() {
    let database = database();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let proxy = Proxy::before(&database.url()).unwrap();
    let open = |pre_ping, connect_timeout| {
        open_url(proxy.url(&database.url()).unwrap(), |pool| {
            (pool.size, pool.pre_ping, pool.connect_timeout) = (1, pre_ping, connect_timeout);
            pool.idle_timeout = None; // no task of the pool's own
        })
    };
    // Given up while its server is asked what it can do.
    let engine = open(false, Duration::from_secs(10));
    proxy.delay(Duration::from_millis(200));
    tokio::select! {
        _ = engine.acquire(Effect::Read) => panic!("its answers take longer"),
        () = until("it asks", || seen(&database, "query like '%server_version%'") == 1) => proxy.freeze(),
    }
    until("the task that drives it has ended", || tasks() == 0).await;
    proxy.delay(Duration::ZERO);
    proxy.thaw();
    // Its ping is given up, and so is the connection that would be made in its place.
    let engine = open(true, Duration::from_millis(300));
    backend(&engine).await;
    proxy.freeze();
    assert_eq!(engine.acquire(Effect::Read).await.err().unwrap().kind(), ErrorKind::ConnectionLost);
    until("the task that drives it has ended", || tasks() == 0).await;
}
