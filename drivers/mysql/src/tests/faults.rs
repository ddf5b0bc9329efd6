//! What networks and servers do, in the middle of things.

use std::error::Error as _;

use bindery_testkit::Proxy;

use super::*;

fn through(proxy: &Proxy, database: &TempMysqlDatabase) -> Mysql {
    let url = proxy.url(&user_url(database, "ada")).unwrap().with_password("s3cret");
    database.sql("set password for ada@'127.0.0.1' = password('s3cret')").unwrap();
    open_url(url, |pool| (pool.size, pool.connect_timeout) = (1, Duration::from_millis(1_000)))
}

/// No text shows the password.
fn checked(error: &Error, kind: ErrorKind) -> String {
    assert_eq!(error.kind(), kind, "{error:?}");
    let mut source = error.source();
    let mut shown = format!("{error} {error:?}");
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!shown.contains("s3cret"), "{shown}");
    error.to_string()
}

fn own_servers() -> [TempMysql; 2] {
    FLAVORS.map(|flavor| TempMysql::start(flavor).unwrap())
}

#[tokio::test]
async fn each_fault_of_a_network_is_told_with_the_server_and_what_was_sent() {
    for server in own_servers() {
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let proxy = Proxy::before(&database.url()).unwrap();
        let engine = through(&proxy, &database);
        let place = format!("the connection to the MySQL server at {} broke ", proxy.address());
        let unknown = format!("{place}before the server answered: whether the statement took effect is not known");
        let unsent = format!("{place}before the statement was sent");

        proxy.refuse().unwrap();
        let error = engine.acquire(Effect::Read).await.err().unwrap();
        let said = checked(&error, ErrorKind::ConnectionLost);
        assert_eq!(said, format!("no connection could be made to the MySQL server at {}", proxy.address()));
        proxy.accept().unwrap();

        // The server has done it, and nobody hears of it: of a statement that it knows already.
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        execute_on(&mut *connection, "insert into t values (1)", &[]).await.unwrap();
        proxy.cut_off_after(0);
        let error = execute_on(&mut *connection, "insert into t values (1)", &[]).await.unwrap_err();
        assert_eq!(checked(&error, ErrorKind::ConnectionLost), unknown);
        let error = execute_on(&mut *connection, "insert into t values (1)", &[]).await.unwrap_err();
        assert_eq!(checked(&error, ErrorKind::ConnectionLost), unsent);
        connection.release(Fate::Clean);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "2");

        // It was only to be prepared.
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        proxy.cut_off_after(0);
        let error = execute_on(&mut *connection, "insert into t values (2)", &[]).await.unwrap_err();
        assert_eq!(checked(&error, ErrorKind::ConnectionLost), unsent);
        connection.release(Fate::Clean);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "2");

        // In mid-reply.
        make_thousand(&database);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        proxy.cut_off_after(100_000);
        let error = query_on(&mut *connection, "select n, repeat('x', 1000) from thousand", &[]).await.unwrap_err();
        assert_eq!(checked(&error, ErrorKind::ConnectionLost), unknown);
        connection.release(Fate::Clean);

        // While nobody looks, and as a login is under way.
        id_of(&engine).await;
        proxy.cut_off().unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        proxy.cut_off().unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        proxy.cut_off_after(10);
        let error = engine.acquire(Effect::Read).await.err().unwrap();
        checked(&error, ErrorKind::ConnectionLost);

        // Slow is not broken; silent is, where a connection is made.
        proxy.delay(Duration::from_millis(20));
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        proxy.delay(Duration::ZERO);
        proxy.cut_off().unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        proxy.freeze();
        let error = engine.acquire(Effect::Read).await.err().unwrap();
        let said = checked(&error, ErrorKind::ConnectionLost);
        assert_eq!(said, format!("the MySQL server at {} did not answer within 1s (`connect_timeout`)", proxy.address()));
        proxy.thaw();
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        assert_eq!(engine.pool_status().in_use, 0);
    }
}

#[tokio::test]
async fn a_server_that_dies_is_told_wherever_it_does() {
    for server in own_servers() {
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open(&database);
        let place = format!("the connection to the MySQL server at 127.0.0.1:{} broke ", server.port());

        // In the middle of a statement.
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let (failed, ()) = tokio::join!(execute_on(&mut *connection, "select sleep(60)", &[]), async {
            until("it sleeps", || seen(&database, "info like '%sleep(60)%'") == 1).await;
            server.kill().unwrap();
        });
        let error = failed.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        assert_eq!(error.to_string(), format!("{place}before the server answered: whether the statement took effect is not known"));
        assert!(error.source().is_some(), "{error:?}");
        connection.release(Fate::CutOff);
        server.restart().unwrap();

        // In the middle of a transaction: known to be lost before the commit is sent, it was not committed.
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        server.kill().unwrap();
        let error = execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        let error = tx.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        assert_eq!(error.to_string(), format!("{place}before the statement was sent"));
        tx.rollback().await.unwrap(); // the server does that
        tx.release(Fate::Clean);
        server.restart().unwrap();

        // Someone ends the connection.
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        let id = query_on(&mut *tx, "select connection_id()", &[]).await.unwrap();
        let Value::I64(id) = id[0][0] else { panic!("{id:?}") };
        database.sql(&format!("kill {id}")).unwrap();
        // MySQL 5.7 may list one that it has killed and closed for hours.
        until("it has gone", || seen(&database, &format!("id = {id} and command <> 'Killed'")) == 0).await;
        let error = execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        tx.release(Fate::CutOff);
        until_all_are_back(&engine).await;
        assert_eq!(database.sql("select count(*) from t").unwrap(), "0");
    }
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_in_doubt() {
    for server in own_servers() {
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let proxy = Proxy::before(&database.url()).unwrap();
        let engine = through(&proxy, &database);
        let id = bindery_core::engine::GlobalId::new("in-doubt").unwrap();
        for (number, global_id) in [(1, None), (2, Some(&id))] {
            let mut options = TransactionOptions::default();
            options.global_id = global_id;
            let mut tx = begin_with(&engine, &options).await.unwrap();
            execute_on(&mut *tx, "insert into t values (?)", &[Value::I64(number)]).await.unwrap();
            proxy.cut_off_after(0);
            let error = tx.commit().await.unwrap_err();
            let said = checked(&error, ErrorKind::CommitInDoubt);
            assert_eq!(said, "the connection broke before the server answered: the transaction may have been committed");
            // So nobody says that it was rolled back.
            assert_eq!(tx.rollback().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
            tx.release(Fate::InTransaction);
        }
        // Both were.
        until("both are committed", || database.sql("select group_concat(a order by a) from t").unwrap() == "1,2").await;

        // And one that was not: it never got there, and the server dies.
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (3)", &[]).await.unwrap();
        proxy.freeze();
        let (committed, ()) = tokio::join!(tx.commit(), async {
            tokio::task::yield_now().await;
            server.kill().unwrap();
            proxy.cut_off().unwrap();
            proxy.thaw();
        });
        assert_eq!(committed.unwrap_err().kind(), ErrorKind::CommitInDoubt);
        tx.release(Fate::InTransaction);
        server.restart().unwrap();
        assert_eq!(query(&engine, "select count(*) from t where a = 3", &[]).await.unwrap(), [[Value::I64(0)]]);
    }
}

#[tokio::test]
async fn a_server_that_stands_still_and_goes_on_loses_nothing() {
    for server in own_servers() {
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open(&database);
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        server.stop().unwrap();
        let (inserted, ()) = tokio::join!(execute_on(&mut *tx, "insert into t values (2)", &[]), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            server.cont().unwrap();
        });
        inserted.unwrap();
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "2");
    }
}

/// MySQL's own goodbye, where it sends one.
#[tokio::test]
async fn a_server_that_shuts_down_is_told_as_lost() {
    for server in own_servers() {
        let database = server.database().unwrap();
        let engine = open(&database);
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let (failed, ()) = tokio::join!(execute_on(&mut *connection, "select sleep(60)", &[]), async {
            until("it sleeps", || seen(&database, "info like '%sleep(60)%'") == 1).await;
            let server = server.clone();
            tokio::task::spawn_blocking(move || server.shutdown().unwrap()).await.unwrap();
        });
        // Interrupted, `sleep` may return before its connection is closed.
        if let Err(error) = failed {
            assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        }
        let error = execute_on(&mut *connection, "select 1", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        connection.release(Fate::Clean);
        assert_eq!(engine.acquire(Effect::Read).await.err().unwrap().kind(), ErrorKind::ConnectionLost);
    }
}
