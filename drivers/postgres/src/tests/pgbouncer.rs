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
    for (number, name) in ["size", "colour", "shape"].iter().enumerate() {
        let schema =
            format!("create type {name} as enum ('{name}'); create table {name}s (a {name}); insert into {name}s values ('{name}')");
        database.psql(&schema).unwrap();
        // Each connection, in turn on either of the pooler's, with names in its way that others of its clients have left there.
        let (mut one, mut two) = (begin(&engine).await.unwrap(), begin(&engine).await.unwrap());
        for connection in [&mut one, &mut two] {
            let left = format!("prepare s{number} as select 1");
            execute_on(&mut **connection, &left, &[]).await.unwrap();
            let changed = format!("update {name}s set a = $1 returning a, array[a]");
            let rows = change_on(&mut **connection, &changed, &[text(name)]).await.unwrap();
            assert_eq!(rows, [[text(name), Value::Array(vec![text(name)])]]);
            connection.rollback().await.unwrap();
        }
        one.release(Fate::Clean);
        two.release(Fate::Clean);
        assert_eq!(query(&engine, &format!("select a from {name}s"), &[]).await.unwrap(), [[text(name)]]);
    }
}
