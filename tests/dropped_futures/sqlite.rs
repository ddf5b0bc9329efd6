use bindery::{Result, SqliteDriver};
use bindery_testkit::TempSqlite;

use super::catalogs::drop_catalog_calls;
use super::storm::Storm;

/// With `execution = "blocking"` every call waits for another thread, so that there is an await to drop it at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_futures_on_sqlite() -> Result<()> {
    let files = TempSqlite::new().unwrap();
    let storm = Storm::new(SqliteDriver, files.url("default"), &[("execution", "blocking")]).await?;
    let outcomes = storm.rage(10_000, &[0]).await;
    drop_catalog_calls(&**storm.databases.engine("default")?).await;
    storm.check_every_connection("SELECT {answer}").await;

    // rusqlite, on a connection of its own.
    let witness = rusqlite::Connection::open(files.path("default")).unwrap();
    witness.busy_timeout(std::time::Duration::ZERO).unwrap();
    witness.execute_batch("BEGIN IMMEDIATE; ROLLBACK").expect("nobody holds a lock");
    let mut statement = witness.prepare("SELECT operation, count(*) FROM marks GROUP BY operation").unwrap();
    let marks = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    Storm::<SqliteDriver>::check_marks(&outcomes, &marks);

    storm.databases.close().await; // it waits for what is out
    Ok(())
}
