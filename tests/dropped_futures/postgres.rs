use std::time::Duration;

use bindery::{PostgresDriver, Result};
use bindery_testkit::{Proxy, TempPostgres};

use super::catalogs::drop_catalog_calls;
use super::storm::Storm;

/// Through a proxy that holds every byte back, so that there is time to drop a future before its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_futures_on_postgres() -> Result<()> {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    let proxy = Proxy::before(&database.url()).unwrap();
    let storm = Storm::new(PostgresDriver, proxy.url(&database.url()).unwrap(), &[]).await?;
    proxy.delay(Duration::from_millis(1));
    let outcomes = storm.rage(10_000, &[0, 1, 0, 2]).await;
    let may_be_left = drop_catalog_calls(&**storm.databases.engine("default")?).await;
    storm.check_every_connection("SELECT {answer}::bigint").await;

    // psql, on a connection of its own.
    let others = "pid <> pg_backend_pid() AND datname = current_database()";
    let running = database.psql(&format!("SELECT count(*) FROM pg_stat_activity WHERE {others} AND state <> 'idle'")).unwrap();
    assert_eq!(running.trim(), "0", "something still runs, or a transaction is open");
    let locks =
        "SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid() AND locktype IN ('relation', 'tuple', 'transactionid', 'advisory')";
    assert_eq!(database.psql(locks).unwrap().trim(), "0", "a lock is held");
    let left: usize = database.psql("SELECT count(*) FROM pg_database WHERE datname LIKE 'bindery_scratch_%'").unwrap().parse().unwrap();
    println!("of {may_be_left} calls that make a scratch database, {left} have left one");
    assert!(left <= may_be_left);
    let marks = database.psql("SELECT operation, count(*) FROM marks GROUP BY operation").unwrap();
    let marks = marks.lines().map(|line| {
        let (operation, rows) = line.split_once('|').unwrap();
        (operation.parse().unwrap(), rows.parse().unwrap())
    });
    Storm::<PostgresDriver>::check_marks(&outcomes, &marks.collect::<Vec<_>>());

    storm.databases.close().await; // it waits for what is out
    // The server takes a moment to notice that a connection was closed.
    let open = format!("SELECT count(*) FROM pg_stat_activity WHERE {others}");
    let closed = async {
        while database.psql(&open).unwrap() != "0" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("every connection is closed");
    Ok(())
}
