use std::sync::Arc;

use bindery_testkit::TempPgbouncer;

use super::*;

fn open_behind(pgbouncer: &TempPgbouncer, size: u32) -> Postgres {
    open_url(pgbouncer.url(), |pool| (pool.size, pool.statement_cache_size) = (size, 0))
}

const SCHEMA: &str = "create extension citext; create type mood as enum ('sad', 'happy'); create type pair as (a int, m mood); \
    create table people (id bigint primary key, name citext, mood mood, moods mood[])";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_share_few_connections_of_a_pooler() {
    let database = database();
    database.psql(SCHEMA).unwrap();
    for connections in [1, 2] {
        database.psql("truncate people").unwrap();
        let pgbouncer = TempPgbouncer::before(&database, connections).unwrap();
        let engine = Arc::new(open_behind(&pgbouncer, 12));
        let tasks: Vec<_> = (0..12_i64)
            .map(|task| {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move {
                    for round in 0..15_i64 {
                        let id = task * 100 + round;
                        let name = text(&format!("Ada {id}"));
                        let mut tx = begin(&engine).await.unwrap();
                        let values = [Value::I64(id), name.clone(), text("happy")];
                        let inserted = "insert into people values ($1, $2, $3, array[$3]::mood[]) returning mood, name, moods";
                        let rows = change_on(&mut *tx, inserted, &values).await.unwrap();
                        assert_eq!(rows[0][..2], [text("happy"), name.clone()]);
                        if round % 3 == 0 {
                            tx.rollback().await.unwrap();
                        } else {
                            tx.commit().await.unwrap();
                        }
                        tx.release(Fate::Clean);
                        let found = query(&engine, "select mood, name from people where id = $1", &[Value::I64(id)]).await.unwrap();
                        if round % 3 == 0 {
                            assert_eq!(found.len(), 0);
                        } else {
                            assert_eq!(found[0], [text("happy"), name]);
                        }
                        // Outside a transaction, each time with a type that this connection may not have met.
                        let columns = ["mood", "name", "moods", "array[name]"][usize::try_from((task + round) % 4).unwrap()];
                        let changed = format!("update people set mood = 'sad' where id = $1 returning {columns}");
                        let changed = change_on(&mut *engine.acquire(Effect::Write).await.unwrap(), &changed, &[Value::I64(id)]).await;
                        assert_eq!(changed.unwrap().len(), found.len());
                        if round % 5 == 0 {
                            let sleeping = query(&engine, "select pg_sleep(60)", &[]);
                            assert!(cut_off(Duration::from_millis(5), sleeping).await.is_none());
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(database.psql("select count(*) from people").unwrap(), "120");
        until_all_are_back(&engine).await;
        assert_eq!(seen(&database, "state <> 'idle'"), 0);
        engine.close().await;
    }
}

#[tokio::test]
async fn a_type_that_is_created_later_is_found() {
    let database = database();
    database.psql(SCHEMA).unwrap();
    let pgbouncer = TempPgbouncer::before(&database, 2).unwrap();
    let engine = open_behind(&pgbouncer, 2);
    let (one, two) = (engine.acquire(Effect::Read).await.unwrap(), engine.acquire(Effect::Read).await.unwrap());
    one.release(Fate::Clean);
    two.release(Fate::Clean);
    database.psql("create type size as enum ('small'); create table things (size size); insert into things values ('small')").unwrap();
    // A read is sent again, on a new connection.
    assert_eq!(query(&engine, "select size from things", &[]).await.unwrap(), [[text("small")]]);
    database.psql("create type colour as enum ('red'); alter table things add colour colour").unwrap();
    // A write may have taken effect. It is told, and the other connection is replaced before its next use.
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let statement = Statement::new("update things set colour = 'red' returning colour", &[], Effect::Write);
    let error = connection.query(&statement).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Server, "{error:?}");
    assert!(error.to_string().contains("may have taken effect"), "{error}");
    connection.release(Fate::Clean);
    assert_eq!(database.psql("select colour from things").unwrap(), "red");
    for _ in 0..3 {
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        assert_eq!(change_on(&mut *connection, statement.sql, &[]).await.unwrap(), [[text("red")]]);
        connection.release(Fate::Clean);
    }
    // So may what was sent as a read, and is none.
    database.psql("create type shape as enum ('round'); alter table things add shape shape").unwrap();
    let insert = "with added as (insert into things (shape) values ('round') returning shape) select shape from added";
    let error = query(&engine, insert, &[]).await.unwrap_err();
    assert!(error.to_string().contains("may have taken effect"), "{error}");
    assert_eq!(database.psql("select count(*) from things where shape = 'round'").unwrap(), "1");
}
