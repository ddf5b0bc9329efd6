use futures_util::{FutureExt, StreamExt, stream};
use mysql_async::prelude::Queryable;

use super::*;

fn client(connection: &mut dyn Connection) -> &mut mysql_async::Conn {
    connection.native().unwrap().downcast_mut().unwrap()
}

/// Whoever has the place in the pool next finds none of it, whatever the connection's end says.
#[tokio::test]
async fn what_is_done_on_a_lent_connection_is_gone_in_seconds() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb").unwrap();
        for (fate, cut) in
            [(Fate::Lent, false), (Fate::Lent, true), (Fate::CutOff, true), (Fate::Clean, false), (Fate::InTransaction, false)]
        {
            for in_transaction in [false, true] {
                let engine = open_one(&database);
                let mut connection = engine.acquire(Effect::Write).await.unwrap();
                if fate == Fate::InTransaction {
                    connection.begin(&TransactionOptions::default()).await.unwrap();
                }
                let client = client(&mut *connection);
                let left = "set @left = 7, sql_mode = '', time_zone = '+05:00'; create temporary table left_over (a int); \
                            do get_lock('left', 0); use mysql";
                client.query_drop(left).await.unwrap();
                if in_transaction {
                    client.query_drop(format!("begin; insert into {}.t values (1)", database.name())).await.unwrap();
                }
                if cut {
                    assert!(cut_off(Duration::from_millis(20), client.query_drop("select sleep(60)")).await.is_none());
                }
                connection.release(fate);
                let released = Instant::now();
                let found = "select @left, database(), @@time_zone, get_lock('left', 0), locate('STRICT', @@sql_mode) > 0";
                let found = query(&engine, found, &[]).await.unwrap();
                let expected = [Value::Null, text(database.name()), text("+00:00"), Value::I64(1), Value::I64(1)];
                assert_eq!(found, [expected], "{fate:?} {cut}");
                let error = query(&engine, "select * from left_over", &[]).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Sql, "{error:?}");
                execute(&engine, "insert into t values (2)", &[]).await.unwrap();
                assert_eq!(database.sql("select a from t; truncate table t").unwrap(), "2", "{fate:?} {cut} {in_transaction}");
                assert!(released.elapsed() < Duration::from_secs(2), "{fate:?} {cut} {:?}", released.elapsed());
                assert_eq!(open_transactions(&database), 0);
                assert_eq!(
                    database
                        .sql("select count(*) from information_schema.processlist where info like '%sleep(60)%' and id <> connection_id()")
                        .unwrap(),
                    "0"
                );
                engine.close().await;
                until("all are gone", || seen(&database, "true") == 0).await;
            }
        }
    }
}

/// A result that was left half read, of which there is much more.
#[tokio::test]
async fn a_lent_result_that_is_half_read_reaches_nobody_else_in_seconds() {
    for database in databases() {
        make_thousand(&database);
        let engine = open_one(&database);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        {
            let client = client(&mut *connection);
            let mut rows = client.query_iter("select a.n from thousand a, thousand b, thousand c").await.unwrap();
            assert!(rows.next().await.unwrap().is_some());
        }
        connection.release(Fate::Lent);
        let released = Instant::now();
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        assert!(released.elapsed() < Duration::from_secs(2), "{:?}", released.elapsed());
        assert_eq!(seen(&database, "command <> 'Sleep'"), 0);
    }
}

#[tokio::test]
async fn a_lent_connection_is_part_of_its_transaction() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open(&database);
        let mut tx = begin(&engine).await.unwrap();
        client(&mut *tx).query_drop("insert into t values (1)").await.unwrap();
        assert_eq!(database.sql("select count(*) from t").unwrap(), "0");
        tx.commit().await.unwrap();
        tx.release(Fate::Lent);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "1");
        // Whoever ends it there has ended it.
        let mut tx = begin(&engine).await.unwrap();
        client(&mut *tx).query_drop("insert into t values (2); rollback").await.unwrap();
        let error = execute_on(&mut *tx, "select 1", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
        tx.release(Fate::Lent);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "1");
    }
}

#[tokio::test]
async fn load_data_local_is_for_the_lent_connection() {
    for flavor in FLAVORS {
        let server = TempMysql::builder(flavor).setting("local_infile", "1").start().unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int, b text) engine innodb").unwrap();
        let engine = open(&database);
        let load = "load data local infile 'whatever' into table t";
        let error = execute(&engine, load, &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
        assert!(error.to_string().contains("`session.native::<Mysql>(bind)`"), "{error}");
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let client = client(&mut *connection);
        client.set_infile_handler(async move { Ok(stream::iter([Ok("1\tone\n".into()), Ok("2\ttwo\n".into())]).boxed()) });
        client.query_drop(load).await.unwrap();
        connection.release(Fate::Lent);
        assert_eq!(database.sql("select * from t order by a").unwrap(), "1\tone\n2\ttwo");
    }
}

#[tokio::test]
async fn what_is_prepared_through_a_lent_connection_goes_with_it() {
    let database = database_on(MysqlFlavor::MariaDb);
    let engine = open_one(&database);
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    // Sent, and its answer never read.
    assert!(client(&mut *connection).query_drop("select 'orphan'").now_or_never().is_none());
    connection.release(Fate::Lent);
    assert_eq!(query(&engine, "select 'mine'", &[]).await.unwrap(), [[text("mine")]]);
}
