use futures_util::{SinkExt, StreamExt, pin_mut};

use super::*;
use crate::Client;

fn client(connection: &mut dyn Connection) -> &mut Client {
    connection.native().unwrap().downcast_mut().unwrap()
}

#[tokio::test]
async fn copy_in_and_out() {
    let database = database();
    database.psql("create table t (a int, b text)").unwrap();
    let engine = open(&database);
    let mut tx = begin(&engine).await.unwrap();
    let sink = client(&mut *tx).copy_in("copy t from stdin").await.unwrap();
    pin_mut!(sink);
    sink.send(bytes::Bytes::from_static(b"1\tone\n2\ttwo\n")).await.unwrap();
    assert_eq!(sink.finish().await.unwrap(), 2);
    assert_eq!(database.psql("select count(*) from t").unwrap(), "0"); // it is part of the transaction
    tx.commit().await.unwrap();
    let stream = client(&mut *tx).copy_out("copy (select b from t order by a) to stdout").await.unwrap();
    let out: Vec<u8> = stream.map(|chunk| chunk.unwrap().to_vec()).concat().await;
    assert_eq!(out, b"one\ntwo\n");
    tx.release(Fate::Lent);
    assert_eq!(database.psql("select count(*) from t").unwrap(), "2");
}

#[tokio::test]
async fn notifications_arrive() {
    let database = database();
    let engine = open(&database);
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let client = client(&mut *connection);
    let mut notifications = client.notifications();
    client.batch_execute("listen jobs").await.unwrap();
    database.psql("notify jobs, 'the first'").unwrap();
    let job = notifications.recv().await.unwrap();
    assert_eq!((job.channel(), job.payload()), ("jobs", "the first"));
}

/// Whoever has the place in the pool next finds none of it, whatever the connection's end says.
#[tokio::test]
async fn what_is_done_on_a_lent_connection_is_gone_in_seconds() {
    let database = database();
    for (fate, cut) in [(Fate::Lent, false), (Fate::Lent, true), (Fate::CutOff, true), (Fate::Clean, false), (Fate::InTransaction, false)] {
        for in_transaction in [false, true] {
            let engine = open_one(&database);
            let mut connection = engine.acquire(Effect::Write).await.unwrap();
            if fate == Fate::InTransaction {
                connection.begin(&TransactionOptions::default()).await.unwrap();
            }
            let client = client(&mut *connection);
            let lock = "create temp table left_over (a int); set work_mem = '1MB'; listen jobs; select pg_advisory_lock(7)";
            client.batch_execute(lock).await.unwrap();
            if in_transaction {
                client.batch_execute("begin").await.unwrap();
            }
            if cut {
                assert!(cut_off(Duration::from_millis(20), client.batch_execute("select pg_sleep(60)")).await.is_none());
            }
            connection.release(fate);
            let released = Instant::now();
            let found = "select pg_try_advisory_lock(7), current_setting('work_mem'), to_regclass('left_over')::text, \
                         (select count(*) from pg_listening_channels())";
            let found = query(&engine, found, &[]).await.unwrap();
            assert_eq!(found, [[Value::Bool(true), text("4MB"), Value::Null, Value::I64(0)]], "{fate:?}");
            assert!(released.elapsed() < Duration::from_secs(2), "{fate:?} {:?}", released.elapsed());
            until("the lent one has gone", || seen(&database, "true") == 1).await;
            assert_eq!(seen(&database, "state <> 'idle'"), 0);
            engine.close().await;
            until("all are gone", || seen(&database, "true") == 0).await;
        }
    }
}

#[tokio::test]
async fn a_copy_that_was_left_half_done_reaches_nobody_else() {
    let database = database();
    database.psql("create table t (a int)").unwrap();
    let engine = open_one(&database);
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    {
        let sink = client(&mut *connection).copy_in("copy t from stdin").await.unwrap();
        pin_mut!(sink);
        sink.send(bytes::Bytes::from_static(b"1\n")).await.unwrap();
    }
    connection.release(Fate::Lent);
    assert_eq!(query(&engine, "select count(*) from t", &[]).await.unwrap(), [[Value::I64(0)]]);
}
