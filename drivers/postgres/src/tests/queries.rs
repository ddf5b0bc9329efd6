use bindery_core::value::SqlType;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A port that passes everything on to the server, and counts how often the client speaks after the server has.
async fn counting_turns(database: &TempPostgresDatabase) -> (DatabaseUrl, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server_port = database.server().port();
    let turns = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&turns);
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", server_port)).await.unwrap();
        let (mut from_client, mut from_server) = (vec![0; 65_536], vec![0; 65_536]);
        let mut servers_turn = true;
        loop {
            tokio::select! {
                read = client.read(&mut from_client) => {
                    let length = read.unwrap();
                    if length == 0 { return }
                    counter.fetch_add(usize::from(std::mem::take(&mut servers_turn)), Ordering::Relaxed);
                    server.write_all(&from_client[..length]).await.unwrap();
                }
                read = server.read(&mut from_server) => {
                    let length = read.unwrap();
                    if length == 0 { return }
                    servers_turn = true;
                    client.write_all(&from_server[..length]).await.unwrap();
                }
            }
        }
    });
    let url = format!("postgresql://postgres@127.0.0.1:{port}/{}?sslmode=disable", database.name()).parse().unwrap();
    (url, turns)
}

#[tokio::test]
async fn a_statement_that_is_known_takes_one_round_trip() {
    let database = database();
    for (cache, first, second) in [(128, 2, 1), (0, 4, 1)] {
        let (url, turns) = counting_turns(&database).await;
        let engine = open_url(url, |pool| pool.statement_cache_size = cache);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        for expected in [first, second, second] {
            let before = turns.load(Ordering::Relaxed);
            let rows = query_on(&mut *connection, "select $1::bigint + 1", &[Value::I64(41)]).await.unwrap();
            assert_eq!(rows, [[Value::I64(42)]]);
            assert_eq!(turns.load(Ordering::Relaxed) - before, expected, "statement_cache_size = {cache}");
        }
        connection.release(Fate::Clean);
        // A clean connection costs nothing to be had again.
        let before = turns.load(Ordering::Relaxed);
        query(&engine, "select $1::bigint + 1", &[Value::I64(1)]).await.unwrap();
        assert_eq!(turns.load(Ordering::Relaxed) - before, second);
    }
}

#[tokio::test]
async fn the_cache_is_bounded_and_keyed_by_types() {
    let database = database();
    let engine = open_with(&database, |pool| pool.statement_cache_size = 3);
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    for number in 0..10 {
        query_on(&mut *connection, &format!("select {number}"), &[]).await.unwrap();
    }
    let known = query_on(&mut *connection, "select count(*) from pg_prepared_statements", &[]).await.unwrap();
    assert_eq!(known, [[Value::I64(3)]]);
    for (value, sql_type, expected) in [
        (ValueRef::I64(1), SqlType::I64, "bigint"),
        (ValueRef::Text("1"), SqlType::Text, "text"),
        (ValueRef::I64(1), SqlType::I32, "integer"),
        (ValueRef::Null, SqlType::I64, "bigint"),
    ] {
        let params = [Param::new(value, Some(sql_type))];
        let rows = rows_of(&mut *connection, &Statement::new("select pg_typeof($1)::text", &params, Effect::Read)).await.unwrap();
        assert_eq!(rows, [[Value::Text(expected.into())]]);
    }
}

#[tokio::test]
async fn nothing_is_prepared_under_a_name_where_the_cache_is_off() {
    let database = database();
    let engine = open_with(&database, |pool| pool.statement_cache_size = 0);
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    execute_on(&mut *connection, "create type mood as enum ('sad', 'happy')", &[]).await.unwrap();
    query_on(&mut *connection, "select 1", &[]).await.unwrap();
    query_on(&mut *connection, "select 1 where false", &[]).await.unwrap();
    let known = query_on(&mut *connection, "select count(*) from pg_prepared_statements", &[]).await.unwrap();
    assert_eq!(known, [[Value::I64(0)]]);
    // Those neither by which a type is looked up, in a transaction or outside.
    query_on(&mut *connection, "select 'sad'::mood", &[]).await.unwrap();
    assert_eq!(query_on(&mut *connection, "select count(*) from pg_prepared_statements", &[]).await.unwrap(), known);
    connection.begin(&TransactionOptions::default()).await.unwrap();
    query_on(&mut *connection, "select array['sad'::mood]", &[]).await.unwrap();
    assert_eq!(query_on(&mut *connection, "select count(*) from pg_prepared_statements", &[]).await.unwrap(), known);
}

#[tokio::test]
async fn a_type_that_is_created_later_is_read_in_many_rows_where_the_cache_is_off() {
    let database = database();
    let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, 0));
    let first = backend(&engine).await;
    for (number, in_transaction) in [(1, false), (2, false), (3, true)] {
        let schema = format!(
            "create type mood{number} as enum ('sad'); create type pair{number} as (m mood{number}, moods mood{number}[]); \
             create table t{number} as select 'sad'::mood{number} as m, row('sad', null)::pair{number} as p, repeat('x', 100) as b \
             from generate_series(1, 100000)"
        );
        database.psql(&schema).unwrap();
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        if in_transaction {
            connection.begin(&TransactionOptions::default()).await.unwrap();
        }
        let sql = format!("select m, p, b from t{number}");
        let rows = tokio::time::timeout(Duration::from_secs(30), query_on(&mut *connection, &sql, &[])).await;
        let rows = rows.expect("it hangs").unwrap();
        assert_eq!((rows.len(), &rows[0][0]), (100_000, &text("sad")));
        // A write is sent once, and is described before.
        let sql = format!("insert into t{number} (m) values ($1) returning m");
        assert_eq!(change_on(&mut *connection, &sql, &[text("sad")]).await.unwrap(), [[text("sad")]]);
        if in_transaction {
            connection.commit().await.unwrap();
        }
        connection.release(Fate::Clean);
        // Of what is only executed no type is looked up at all.
        let sql = format!("update t{number} set m = $1 where b is null returning p");
        assert_eq!(execute(&engine, &sql, &[text("sad")]).await.unwrap(), Executed::rows(1));
        assert_eq!(database.psql(&format!("select count(*) from t{number}")).unwrap(), "100001");
    }
    assert_eq!(backend(&engine).await, first);
}

#[tokio::test]
async fn a_statement_that_can_not_be_described_leaves_no_transaction() {
    let database = database();
    let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, 0));
    let first = backend(&engine).await;
    for _ in 0..2 {
        for sql in ["select", "selekt 1", "select a from nowhere", "select 1; select 2"] {
            let answer = query(&engine, sql, &[]).await;
            assert!(sql == "select" || matches!(answer.unwrap_err().kind(), ErrorKind::Sql | ErrorKind::InvalidStatement), "{sql}");
            assert_eq!(seen(&database, "state <> 'idle'"), 0, "{sql}");
        }
    }
    let mut tx = begin(&engine).await.unwrap();
    tx.savepoint("s").await.unwrap();
    assert_eq!(query_on(&mut *tx, "select a from nowhere", &[]).await.unwrap_err().kind(), ErrorKind::Sql);
    assert_eq!(query_on(&mut *tx, "select 8", &[]).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    tx.rollback_to_savepoint("s").await.unwrap();
    assert_eq!(query_on(&mut *tx, "select 8", &[]).await.unwrap(), [[Value::I64(8)]]);
    tx.commit().await.unwrap();
    tx.release(Fate::Clean);
    assert_eq!(backend(&engine).await, first);
}

#[tokio::test]
async fn the_columns_are_those_of_the_table_as_it_is_now_where_the_cache_is_off() {
    let database = database();
    database.psql("create table t (a int, b int, c int); insert into t values (1, 2, 3)").unwrap();
    let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, 0));
    let all = [Value::I64(1), Value::I64(2), Value::I64(3)];
    assert_eq!(query(&engine, "select * from t", &[]).await.unwrap(), [all]);
    database.psql("alter table t drop column b").unwrap();
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    let columns = connection.query(&Statement::new("select * from t", &[], Effect::Read)).await.unwrap();
    assert_eq!(columns.iter().map(|column| &*column.name).collect::<Vec<_>>(), ["a", "c"]);
}

#[tokio::test]
async fn a_long_result_comes_as_it_is_read() {
    let database = database();
    let engine = open(&database);
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    let sql = "select g, repeat('x', 100) from generate_series(1, 1000000) g";
    connection.query(&Statement::new(sql, &[], Effect::Read)).await.unwrap();
    let (rows, more) = some_rows(&mut *connection).await.unwrap();
    assert!((1..=256).contains(&rows) && more, "{rows}");
    // The server waits for us to read on.
    until("the server waits", || seen(&database, "state = 'active' and wait_event = 'ClientWrite'") == 1).await;
    connection.close_result().await.unwrap();
    assert_eq!(seen(&database, "state = 'active'"), 0);
    assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
    connection.release(Fate::Clean);
    assert_eq!(engine.pool_status().idle, 1);
}

#[tokio::test]
async fn large_rows_come_by_the_mebibyte() {
    let database = database();
    for cache in [0, 128] {
        let engine = open_with(&database, |pool| pool.statement_cache_size = cache);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let sql = "select repeat('x', 200000) from generate_series(1, 100)";
        connection.query(&Statement::new(sql, &[], Effect::Read)).await.unwrap();
        let mut lengths = Vec::new();
        loop {
            let (rows, more) = some_rows(&mut *connection).await.unwrap();
            lengths.push(rows);
            if !more {
                break;
            }
        }
        assert_eq!((lengths.iter().sum::<usize>(), lengths.iter().all(|length| *length <= 6)), (100, true), "{lengths:?}");
    }
}

#[tokio::test]
async fn a_result_that_is_given_up_in_a_transaction_leaves_it_whole() {
    let database = database();
    database.psql("create table t (a int)").unwrap();
    let engine = open(&database);
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
    tx.query(&Statement::new("select g from generate_series(1, 300000) g", &[], Effect::Read)).await.unwrap();
    assert!(some_rows(&mut *tx).await.unwrap().1);
    tx.close_result().await.unwrap();
    execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap();
    tx.commit().await.unwrap();
    tx.release(Fate::Clean);
    assert_eq!(database.psql("select count(*) from t").unwrap(), "2");
    // Outside one, a write runs to its end too.
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let sql = "insert into t select g from generate_series(1, 50000) g returning a";
    connection.query(&Statement::new(sql, &[], Effect::Write)).await.unwrap();
    assert!(some_rows(&mut *connection).await.unwrap().1);
    connection.close_result().await.unwrap();
    assert_eq!(database.psql("select count(*) from t").unwrap(), "50002");
}

#[tokio::test]
async fn rows_before_an_error_are_given() {
    let database = database();
    let engine = open_one(&database);
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    connection.query(&Statement::new("select 1 / (600 - g) from generate_series(1, 1000) g", &[], Effect::Read)).await.unwrap();
    let mut rows = 0;
    let mut each = |_: &dyn Cells| {
        rows += 1;
        ControlFlow::Continue(())
    };
    let error = loop {
        match connection.fetch(&mut each).await {
            Ok(true) => {}
            Ok(false) => panic!("it has no end"),
            Err(error) => break error,
        }
    };
    assert_eq!((rows, error.kind()), (599, ErrorKind::Sql), "{error:?}");
    assert_eq!(some_rows(&mut *connection).await.unwrap(), (0, false));
    assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
}

#[tokio::test]
async fn an_empty_result_has_its_columns() {
    let database = database();
    database.psql("create table t (a int, b text)").unwrap();
    for cache in [128, 0] {
        let engine = open_with(&database, |pool| pool.statement_cache_size = cache);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        for transaction in [false, false, true] {
            if transaction {
                connection.begin(&TransactionOptions::default()).await.unwrap();
            }
            for sql in ["select a, b from t", "delete from t returning a, b"] {
                let columns = connection.query(&Statement::new(sql, &[], Effect::Write)).await.unwrap();
                assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
                assert_eq!(some_rows(&mut *connection).await.unwrap(), (0, false));
            }
        }
        connection.commit().await.unwrap();
        connection.release(Fate::Clean);
        assert_eq!(engine.pool_status().idle, 1);
    }
}

#[tokio::test]
async fn rows_are_counted_as_matched() {
    let database = database();
    let engine = open(&database);
    for (sql, rows) in [
        ("create table t (a int)", 0),
        ("insert into t select g from generate_series(1, 5) g", 5),
        ("update t set a = a", 5),
        ("update t set a = 1 where a > 3", 2),
        ("delete from t where false", 0),
        ("delete from t returning a", 5),
    ] {
        assert_eq!(execute(&engine, sql, &[]).await.unwrap(), Executed::rows(rows), "{sql}");
    }
}

#[tokio::test]
async fn a_statement_whose_table_was_altered_is_prepared_again() {
    let database = database();
    database.psql("create table t (a int); insert into t values (1)").unwrap();
    let engine = open_one(&database);
    let all = "select * from t";
    assert_eq!(query(&engine, all, &[]).await.unwrap(), [[Value::I64(1)]]);
    database.psql("alter table t add b text default 'new'").unwrap();
    assert_eq!(query(&engine, all, &[]).await.unwrap(), [[Value::I64(1), text("new")]]);
    database.psql("alter table t drop a").unwrap();
    let mut tx = begin(&engine).await.unwrap();
    let error = query_on(&mut *tx, all, &[]).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::SerializationFailure, true), "{error:?}");
    assert_eq!(query_on(&mut *tx, "select 1", &[]).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    tx.rollback().await.unwrap();
    tx.begin(&TransactionOptions::default()).await.unwrap();
    assert_eq!(query_on(&mut *tx, all, &[]).await.unwrap(), [[text("new")]]);
    tx.commit().await.unwrap();
    tx.release(Fate::Clean);
}

#[tokio::test]
async fn a_statement_that_the_server_forgot_is_prepared_again() {
    let database = database();
    let engine = open_one(&database);
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    for _ in 0..2 {
        assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        execute_on(&mut *connection, "deallocate all", &[]).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_statement_leaves_reaches_nobody_else() {
    let database = database();
    for sql in ["set work_mem = '1MB'", "create temp table left_over (a int)", "select 1 as a into temp left_over", "listen channel"] {
        let engine = open_one(&database);
        let before = backend(&engine).await;
        execute(&engine, sql, &[]).await.unwrap();
        assert_ne!(backend(&engine).await, before, "{sql}");
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "set local work_mem = '1MB'", &[]).await.unwrap();
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);
    }
}
