use bindery_core::engine::{GlobalId, IsolationLevel};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

#[tokio::test]
async fn commit_keeps_and_rollback_undoes() {
    let database = database();
    database.psql("create table t (a int)").unwrap();
    let engine = open_one(&database);
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
    assert_eq!(database.psql("select count(*) from t").unwrap(), "0");
    tx.commit().await.unwrap();
    assert_eq!(database.psql("select count(*) from t").unwrap(), "1");
    tx.begin(&TransactionOptions::default()).await.unwrap();
    execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap();
    tx.rollback().await.unwrap();
    tx.begin(&TransactionOptions::default()).await.unwrap();
    execute_on(&mut *tx, "insert into t values (3)", &[]).await.unwrap();
    tx.release(Fate::InTransaction);
    until_all_are_back(&engine).await;
    assert_eq!(engine.pool_status().idle, 1);
    assert_eq!(seen(&database, "state like 'idle in transaction%'"), 0);
    assert_eq!(database.psql("select count(*) from t").unwrap(), "1");
}

#[tokio::test]
async fn a_failed_transaction_runs_nothing_and_is_not_committed() {
    let database = database();
    database.psql("create table t (a int primary key)").unwrap();
    for cache in [128, 0] {
        let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, cache));
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        let error = execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation);
        for _ in 0..2 {
            // Once prepared, once not.
            for sql in ["insert into t values (1)", "insert into t values (2)"] {
                let error = execute_on(&mut *tx, sql, &[]).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
            }
        }
        assert_eq!(tx.savepoint("a").await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        // It is over: what comes now is autocommitted on its own.
        assert_eq!(seen(&database, "state like 'idle in transaction%'"), 0);
        tx.release(Fate::InTransaction);
        assert_eq!(database.psql("select count(*) from t").unwrap(), "0");
        assert_eq!(engine.pool_status().idle, 1);
    }
}

#[tokio::test]
async fn a_savepoint_revives_a_failed_transaction() {
    let database = database();
    database.psql("create table t (a int primary key)").unwrap();
    let engine = open(&database);
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
    tx.savepoint("one").await.unwrap();
    execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap();
    execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap_err();
    tx.rollback_to_savepoint("one").await.unwrap();
    execute_on(&mut *tx, "insert into t values (3)", &[]).await.unwrap();
    tx.release_savepoint("one").await.unwrap();
    tx.commit().await.unwrap();
    tx.release(Fate::Clean);
    assert_eq!(database.psql("select string_agg(a::text, ',' order by a) from t").unwrap(), "1,3");
}

#[tokio::test]
async fn options_are_the_servers() {
    let database = database();
    database.psql("create table t (a int)").unwrap();
    let engine = open(&database);
    for (isolation, expected) in [
        (None, "read committed"),
        (Some(IsolationLevel::ReadCommitted), "read committed"),
        (Some(IsolationLevel::RepeatableRead), "repeatable read"),
        (Some(IsolationLevel::Serializable), "serializable"),
    ] {
        let mut options = TransactionOptions::default();
        (options.isolation, options.read_only) = (isolation, true);
        let mut tx = engine.acquire(Effect::Read).await.unwrap();
        tx.begin(&options).await.unwrap();
        assert_eq!(query_on(&mut *tx, "show transaction_isolation", &[]).await.unwrap(), [[text(expected)]]);
        let error = execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
        tx.rollback().await.unwrap();
        tx.release(Fate::Clean);
    }
}

#[tokio::test]
async fn what_fails_at_the_commit_is_told_as_what_it_is() {
    let database = database();
    database.psql("create table a (id int primary key); create table b (a int references a deferrable initially deferred)").unwrap();
    let engine = open_one(&database);
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "insert into b values (1)", &[]).await.unwrap();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error:?}");
    tx.release(Fate::InTransaction);
    assert_eq!(query(&engine, "select count(*) from b", &[]).await.unwrap(), [[Value::I64(0)]]);
}

#[tokio::test]
async fn a_transaction_that_someone_ended_is_not_committed() {
    let database = database();
    let engine = open(&database);
    let mut tx = begin(&engine).await.unwrap();
    tx.native().unwrap().downcast_mut::<crate::Client>().unwrap().batch_execute("rollback").await.unwrap();
    assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    tx.release(Fate::Lent);
}

#[tokio::test]
async fn the_sessions_own_words_are_refused() {
    let database = database();
    database.psql("create table t (a int); create procedure ends() language plpgsql as 'begin commit; end'").unwrap();
    for cache in [128, 0] {
        let engine = open_with(&database, |pool| pool.statement_cache_size = cache);
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        for sql in ["commit", "/* now */ rollback", "savepoint a", "prepare transaction 'x'", "copy t from stdin"] {
            let error = execute_on(&mut *tx, sql, &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{sql}: {error:?}");
        }
        let error = execute_on(&mut *tx, "call ends()", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error:?}");
        tx.rollback().await.unwrap();
        tx.release(Fate::Clean);
        assert_eq!(database.psql("select count(*) from t").unwrap(), "0");
        // Outside a transaction it is the procedure's own business.
        execute(&engine, "call ends()", &[]).await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_connection_is_no_commit_and_a_lost_commit_is_in_doubt() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    database.psql("create table t (a int)").unwrap();
    let engine = open(&database);

    // Known to be lost before the commit is sent: it was not committed.
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
    database.psql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bindery'").unwrap();
    let error = execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    tx.rollback().await.unwrap(); // the server has done that
    tx.release(Fate::Clean);
    assert_eq!(engine.pool_status(), bindery_core::engine::PoolStatus::new(10, 0, 0));

    // Sent, and never answered.
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "insert into t values (3)", &[]).await.unwrap();
    server.stop().unwrap();
    let (committed, ()) = tokio::join!(tx.commit(), async {
        tokio::task::yield_now().await;
        server.kill().unwrap();
    });
    let error = committed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommitInDoubt, "{error:?}");
    // So nobody says that it was rolled back.
    assert_eq!(tx.rollback().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    tx.release(Fate::InTransaction);
    server.restart().unwrap();
    assert_eq!(query(&engine, "select count(*) from t where a = 1", &[]).await.unwrap(), [[Value::I64(0)]]);
}

/// Before the server, and says PANIC where that says ERROR: then ends the connection, as a server that panics.
async fn panicking(database: &TempPostgresDatabase) -> DatabaseUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = database.server().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
            let (mut asked, mut answered) = ([0; 8192], [0; 8192]);
            loop {
                let panics = tokio::select! {
                    length = client.read(&mut asked) => match length {
                        Ok(length @ 1..) => server.write_all(&asked[..length]).await.map(|()| false),
                        _ => break,
                    },
                    length = server.read(&mut answered) => match length {
                        Ok(length @ 1..) => {
                            let answer = &mut answered[..length];
                            let places: Vec<_> = (0..length).filter(|&at| answer[at..].starts_with(b"ERROR\0")).collect();
                            places.iter().for_each(|&at| answer[at..at + 5].copy_from_slice(b"PANIC"));
                            client.write_all(answer).await.map(|()| !places.is_empty())
                        }
                        _ => break,
                    },
                };
                if !matches!(panics, Ok(false)) {
                    break;
                }
            }
        }
    });
    format!("postgresql://postgres@127.0.0.1:{port}/{}", database.name()).parse().unwrap()
}

#[tokio::test]
async fn a_server_that_panics_over_a_commit_leaves_it_in_doubt() {
    let database = database();
    database.psql("create table t (a int unique deferrable initially deferred)").unwrap();
    let engine = open_url(panicking(&database).await, |pool| pool.size = 1);
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "insert into t values (1), (1)", &[]).await.unwrap();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommitInDoubt, "{error:?}");
    assert!(chain(&error).contains("PANIC 23505"), "{error:?}");
    tx.release(Fate::InTransaction);

    // Nor is it known whether a transaction is prepared.
    let one = GlobalId::new("panicked").unwrap();
    let mut options = TransactionOptions::default();
    options.global_id = Some(&one);
    let mut tx = engine.acquire(Effect::Write).await.unwrap();
    tx.begin(&options).await.unwrap();
    execute_on(&mut *tx, "insert into t values (1), (1)", &[]).await.unwrap();
    let error = tx.two_phase().unwrap().prepare(&one).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert!(error.to_string().contains("`list_prepared`"), "{error}");
    assert_eq!(tx.rollback().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    tx.release(Fate::InTransaction);
}
