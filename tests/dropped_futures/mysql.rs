use std::time::Duration;

use bindery::{MysqlDriver, Result};
use bindery_testkit::{MysqlFlavor, Proxy, TempMysql};

use super::catalogs::drop_catalog_calls;
use super::storm::Storm;

/// Each of them costs a connection here, which is ended and made anew; on the others it is used again. So the tests that run each time
/// drop a tenth of the others' ten thousand; CONTRIBUTING.md has the command for all of them.
const OPERATIONS: usize = 1_000;

/// Through a proxy that holds every byte back, so that there is time to drop a future before its answer.
async fn dropped_futures(flavor: MysqlFlavor) -> Result<()> {
    let server = TempMysql::start(flavor).unwrap();
    let database = server.database().unwrap();
    let proxy = Proxy::before(&database.url()).unwrap();
    let storm = Storm::new(MysqlDriver, proxy.url(&database.url()).unwrap(), &[]).await?;
    proxy.delay(Duration::from_millis(1));
    let outcomes = storm.rage(OPERATIONS, &[0, 1, 0, 2]).await;
    let may_be_left = drop_catalog_calls(&**storm.databases.engine("default")?).await;
    storm.check_every_connection("SELECT CAST({answer} AS SIGNED)").await;

    // The server's own client, on a connection of its own.
    let others = format!("FROM information_schema.processlist WHERE db = '{}' AND id <> connection_id()", database.name());
    let running = format!("SELECT count(*), command, state, left(info, 60) {others} AND command <> 'Sleep' GROUP BY 2, 3, 4");
    assert_eq!(database.sql(&running).unwrap(), "", "something still runs");
    // A lock belongs to a transaction.
    assert_eq!(database.sql("SELECT count(*) FROM information_schema.innodb_trx").unwrap(), "0", "a transaction is open");
    let locked = "SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1; LOCK TABLES marks WRITE, numbers WRITE; UNLOCK TABLES";
    database.sql(locked).expect("a lock is held");
    assert_eq!(database.sql("SELECT IS_USED_LOCK(CONCAT('bindery.', SHA1(database())))").unwrap(), "NULL", "the lock is held");
    let left = database.sql("SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'bindery\\_scratch\\_%'").unwrap();
    println!("of {may_be_left} calls that make a scratch database, {left} have left one");
    assert!(left.parse::<usize>().unwrap() <= may_be_left);
    let marks = database.sql("SELECT operation, count(*) FROM marks GROUP BY operation").unwrap();
    let marks = marks.lines().map(|line| {
        let (operation, rows) = line.split_once('\t').unwrap();
        (operation.parse().unwrap(), rows.parse().unwrap())
    });
    Storm::<MysqlDriver>::check_marks(&outcomes, &marks.collect::<Vec<_>>());

    storm.databases.close().await; // it waits for what is out
    // The server takes a moment to notice that a connection was closed.
    let open = format!("SELECT count(*) {others}");
    let closed = async {
        while database.sql(&open).unwrap() != "0" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("every connection is closed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_futures_on_mariadb() -> Result<()> {
    dropped_futures(MysqlFlavor::MariaDb).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_futures_on_mysql_5_7() -> Result<()> {
    dropped_futures(MysqlFlavor::MySql).await
}
