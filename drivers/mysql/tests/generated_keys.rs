//! The keys that the server generates for rows which come back without RETURNING, on MySQL 5.7; and on MariaDB, which has that.

use std::collections::BTreeSet;
use std::error::Error;

use bindery::prelude::*;
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes")]
struct Note {
    #[column(primary_key, generated)]
    id: i64,
    body: String,
}

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

const FLAVORS: [MysqlFlavor; 2] = [MysqlFlavor::MariaDb, MysqlFlavor::MySql];

fn rows(bodies: impl IntoIterator<Item = String>) -> Vec<NewNote> {
    bodies.into_iter().map(|body| NewNote { body }).collect()
}

/// What came back is what the witness finds by its key.
fn witnessed(database: &TempMysqlDatabase, notes: &[Note]) -> Outcome {
    let stored = database.sql("select id, body from notes order by id")?;
    let stored: BTreeSet<_> = stored.lines().collect();
    for note in notes {
        let line = format!("{}\t{}", note.id, note.body);
        assert!(stored.contains(line.as_str()), "{line} is not stored");
    }
    Ok(())
}

async fn connected(database: &TempMysqlDatabase) -> bindery::Result<Databases> {
    let databases = bindery::builder().bind("default", database.url()).bind_option("default", "pool_size", 8).connect().await?;
    databases.create_all(All).await?;
    Ok(databases)
}

#[tokio::test]
async fn rows_come_back_with_their_own_keys() -> Outcome {
    for flavor in FLAVORS {
        // Each server of a ring of several generates every third key.
        for step in [1, 3] {
            let server = TempMysql::builder(flavor).setting("auto_increment_increment", step.to_string());
            let server = server.setting("auto_increment_offset", "1").start()?;
            let database = server.database()?;
            let databases = connected(&database).await?;
            let session = databases.session();

            let one = session.insert(NewNote { body: "one".into() }).await?;
            let many = session.insert_many(rows((0..50).map(|number| format!("many {number}")))).await?;
            assert_eq!(
                many.iter().map(|note| note.body.clone()).collect::<Vec<_>>(),
                (0..50).map(|number| format!("many {number}")).collect::<Vec<_>>()
            );
            assert!(many[0].id > one.id && many.windows(2).all(|pair| pair[1].id == pair[0].id + step), "{many:?}");
            witnessed(&database, &many)?;

            // With keys of their own, among them 0, and then generated ones behind the greatest.
            let own =
                [Note { id: 0, body: "zero".into() }, Note { id: 10_000, body: "far".into() }, Note { id: 5_000, body: "near".into() }];
            assert_eq!(session.insert_many(own.clone()).await?, own);
            let next = session.insert_many(rows(["after".to_owned(), "that".to_owned()])).await?;
            assert!(next[0].id > 10_000 && next[1].id == next[0].id + step, "{next:?}");
            witnessed(&database, &next)?;

            let tx = session.begin().await?;
            let inside = tx.insert_many(rows((0..20).map(|number| format!("inside {number}")))).await?;
            assert_eq!(inside.iter().map(|note| note.body.as_str()).collect::<BTreeSet<_>>().len(), 20);
            assert_eq!(database.sql("select count(*) from notes where body like 'inside%'")?, "0");
            tx.commit().await?;
            witnessed(&database, &inside)?;
            databases.close().await;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_insert_at_once_get_their_own_rows() -> Outcome {
    for flavor in FLAVORS {
        let server = TempMysql::builder(flavor).setting("auto_increment_increment", "3").start()?;
        let database = server.database()?;
        let databases = connected(&database).await?;
        let tasks: Vec<_> = (0..8_i64)
            .map(|task| {
                let session = databases.session();
                tokio::spawn(async move {
                    let mut all = Vec::new();
                    for round in 0..10 {
                        let bodies: Vec<_> = (0..7).map(|row| format!("{task} {round} {row}")).collect();
                        let notes = session.insert_many(rows(bodies.clone())).await?;
                        assert_eq!(notes.iter().map(|note| note.body.clone()).collect::<Vec<_>>(), bodies);
                        all.extend(notes);
                    }
                    Ok::<_, bindery::Error>(all)
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await??);
        }
        assert_eq!(all.iter().map(|note| note.id).collect::<BTreeSet<_>>().len(), 560);
        witnessed(&database, &all)?;
        databases.close().await;
    }
    Ok(())
}
