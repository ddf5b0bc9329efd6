use std::time::Instant;

use bindery_core::ErrorKind;
use bindery_core::engine::{Engine, Fate};
use bindery_core::value::Value;
use bindery_testkit::Ticker;

use super::*;

pub(super) const LONG: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000000) SELECT count(*), sum(i) FROM n";

/// Runs the work beside a task that ticks each millisecond and must never wait more than a few for its next turn. The best of five
/// counts, for systems that don't tell how long a thread had no processor.
pub(super) async fn assert_stalls_nobody(mut work: impl AsyncFnMut()) {
    const LONGEST: Duration = Duration::from_millis(5);
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let ticker = Ticker::start();
        work().await;
        best = best.min(ticker.longest_gap());
        if best < LONGEST {
            return;
        }
    }
    panic!("the executor was stalled for {best:?}");
}

async fn numbers(engine: &Sqlite, rows: i64) {
    execute(engine, "CREATE TABLE numbers (id INTEGER PRIMARY KEY, name TEXT)", &[]).await.unwrap();
    let fill =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO numbers SELECT i, 'name ' || i FROM n";
    assert_eq!(execute(engine, fill, &[Value::I64(rows)]).await.unwrap(), Executed::rows(rows as u64));
}

#[tokio::test]
async fn every_mode_reads_the_same() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        numbers(&engine, 5_000).await;
        for rows in [0, 1, 255, 256, 257, 1_023, 1_024, 1_025, 5_000] {
            // twice: the second time it is known to be long
            for _ in 0..2 {
                let found = query(&engine, "SELECT id, name FROM numbers WHERE id <= ? ORDER BY id", &[Value::I64(rows)]).await.unwrap();
                assert_eq!(found.len(), rows as usize, "{execution:?}");
                assert!((1..).zip(&found).all(|(id, row)| *row == [Value::I64(id), Value::Text(format!("name {id}"))]));
            }
        }
        engine.close().await;
    }
}

#[tokio::test]
#[should_panic(expected = "the executor was stalled")]
async fn inline_stalls_as_long_as_the_statement_takes() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(SqliteConfig { execution: Execution::Inline, ..file(folder.path()) });
    let scan = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n";
    assert_stalls_nobody(async || {
        tokio::task::yield_now().await;
        query(&engine, scan, &[]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_long_scan_stalls_nobody() {
    let folder = tempfile::tempdir().unwrap();
    for execution in [Execution::Auto, Execution::Blocking] {
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        query(&engine, "SELECT 1", &[]).await.unwrap();
        assert_stalls_nobody(async || {
            let scan = tokio::time::timeout(Duration::from_millis(200), query(&engine, LONG, &[])).await;
            assert!(scan.is_err(), "the scan was too short to show anything");
        })
        .await;
        let dropped = Instant::now();
        until_all_are_back(&engine).await;
        assert!(dropped.elapsed() < Duration::from_millis(500), "the scan ran on for {:?}", dropped.elapsed());
        assert_eq!(query(&engine, "SELECT 1", &[]).await.unwrap(), [[Value::I64(1)]]);
        engine.close().await;
    }
}

#[tokio::test]
async fn a_long_read_inside_a_write_transaction_does_not_end_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a INTEGER)", &[]).await.unwrap();
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
    let scan = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n, t";
    assert_eq!(query_on(&mut *tx, scan, &[], Effect::Read).await.unwrap(), [[Value::I64(100_000)]]);
    tx.commit().await.unwrap();
    tx.release(Fate::Clean);
    assert_eq!(query(&engine, "SELECT a FROM t", &[]).await.unwrap(), [[Value::I64(1)]]);
}

#[tokio::test]
async fn a_result_closed_early_leaves_the_connection_usable() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    numbers(&engine, 100_000).await;
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    for _ in 0..3 {
        let statement = Statement::new("SELECT id, name FROM numbers", &[], Effect::Read);
        connection.query(&statement).await.unwrap();
        assert_eq!(some_rows(&mut *connection).await.unwrap(), (256, true));
        connection.close_result().await.unwrap();
        assert_eq!(query_on(&mut *connection, "SELECT 1", &[], Effect::Read).await.unwrap(), [[Value::I64(1)]]);
    }
    connection.release(Fate::Clean);
    assert_eq!(engine.pool_status().in_use, 0);
}

#[tokio::test]
async fn a_write_whose_rows_nobody_reads_is_done_all_the_same() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        numbers(&engine, 10_000).await;
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "DELETE FROM numbers WHERE id = 1", &[]).await.unwrap();
        tx.query(&Statement::new("UPDATE numbers SET name = 'x' RETURNING id, name", &[], Effect::Write)).await.unwrap();
        assert!(some_rows(&mut *tx).await.unwrap().0 > 0);
        tx.close_result().await.unwrap();
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);
        let count: i64 = witness(folder.path()).query_row("SELECT count(*) FROM numbers WHERE name = 'x'", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 9_999, "{execution:?}");
        engine.close().await;
    }
}

#[tokio::test]
async fn a_changed_table_gives_its_new_columns() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
    execute(&engine, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
    assert_eq!(query(&engine, "SELECT * FROM t", &[]).await.unwrap(), [[Value::I64(1)]]);
    execute(&engine, "ALTER TABLE t ADD COLUMN b DEFAULT 2", &[]).await.unwrap();
    assert_eq!(query(&engine, "SELECT * FROM t", &[]).await.unwrap(), [[Value::I64(1), Value::I64(2)]]);
}

#[tokio::test]
async fn rows_affected_are_those_of_this_statement() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    numbers(&engine, 10).await;
    let mut writer = engine.acquire(Effect::Write).await.unwrap();
    for (sql, rows) in [
        ("UPDATE numbers SET name = name WHERE id < 4", 3),
        ("CREATE TABLE other (a)", 0),
        ("UPDATE numbers SET name = '' WHERE id > 99", 0),
        ("DELETE FROM numbers", 10),
        ("DROP TABLE other", 0),
        ("VACUUM", 0),
    ] {
        assert_eq!(execute_on(&mut *writer, sql, &[]).await.unwrap(), Executed::rows(rows), "{sql}");
    }
    writer.release(Fate::Clean);
}

#[tokio::test]
async fn statements_that_would_break_the_frame_are_refused() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        for sql in
            ["COMMIT", "END", "ROLLBACK", "BEGIN", "SAVEPOINT s", "/* */ commit", "INSERT INTO t VALUES (2); COMMIT", "", "-- nothing"]
        {
            let error = execute_on(&mut *tx, sql, &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{sql}: {error:?}");
            let error = query_on(&mut *tx, sql, &[], Effect::Read).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{sql}: {error:?}");
        }
        let error = execute_on(&mut *tx, "INSERT INTO t VALUES (?)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement);
        tx.rollback().await.unwrap();
        tx.release(Fate::Clean);

        for sql in ["INSERT INTO t VALUES (1)", "DELETE FROM t RETURNING a", "DROP TABLE t"] {
            let error = query(&engine, sql, &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{sql}: {error:?}");
        }
        assert!(!query(&engine, "EXPLAIN DELETE FROM t", &[]).await.unwrap().is_empty());
        let mut reader = engine.acquire(Effect::Read).await.unwrap();
        let error = execute_on(&mut *reader, "DELETE FROM t", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement);
        assert_eq!(reader.begin(&TransactionOptions::default()).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
        reader.release(Fate::Clean);
        engine.close().await;
    }
}

#[tokio::test]
async fn a_changed_setting_is_for_one_lease_only() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    for sql in ["PRAGMA foreign_keys = OFF", "CREATE TEMP TABLE mine (a)", "ATTACH ':memory:' AS other"] {
        let mut writer = engine.acquire(Effect::Write).await.unwrap();
        execute_on(&mut *writer, sql, &[]).await.unwrap();
        writer.release(Fate::Clean);
        until_all_are_back(&engine).await;
        let mut writer = engine.acquire(Effect::Write).await.unwrap();
        let rows = query_on(&mut *writer, "PRAGMA foreign_keys", &[], Effect::Read).await.unwrap();
        assert_eq!(rows, [[Value::I64(1)]]);
        assert_eq!(query_on(&mut *writer, "SELECT count(*) FROM temp.sqlite_schema", &[], Effect::Read).await.unwrap(), [[Value::I64(0)]]);
        let databases = query_on(&mut *writer, "SELECT name FROM pragma_database_list", &[], Effect::Read).await.unwrap();
        assert!(!databases.contains(&vec![Value::Text("other".into())]));
        writer.release(Fate::Clean);
    }
    execute(&engine, "PRAGMA user_version = 7", &[]).await.unwrap();
    assert_eq!(query(&engine, "PRAGMA user_version", &[]).await.unwrap(), [[Value::I64(7)]]);
}

#[tokio::test]
async fn a_statement_cache_of_none_works() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = file(folder.path());
    config.pool.statement_cache_size = 0;
    let engine = open(config);
    numbers(&engine, 3).await;
    for _ in 0..3 {
        assert_eq!(query(&engine, "SELECT id FROM numbers WHERE id = ?", &[Value::I64(2)]).await.unwrap(), [[Value::I64(2)]]);
    }
}

#[tokio::test]
async fn rows_hold_to_their_limits_and_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, randomblob(10000) FROM n";
    connection.query(&Statement::new(sql, &[], Effect::Read)).await.unwrap();
    let (mut rows, mut more) = (0, true);
    while more {
        let before = rows;
        let mut each = |cells: &dyn Cells| {
            rows += 1;
            for column in [2, usize::MAX] {
                assert_eq!(cells.value(column).unwrap_err().kind(), ErrorKind::Decode);
            }
            ControlFlow::Continue(())
        };
        more = connection.fetch(&mut each).await.unwrap();
        assert!(rows - before <= 27, "{} rows of 10 kB at once", rows - before);
    }
    assert_eq!(rows, 100);
    connection.release(Fate::Clean);
}
