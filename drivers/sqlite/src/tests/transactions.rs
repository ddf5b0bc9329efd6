use bindery_core::ErrorKind;
use bindery_core::engine::{Engine, Fate};
use bindery_core::value::Value;

use super::*;

#[tokio::test]
async fn committed_is_seen_by_others_and_rolled_back_is_not() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        execute(&engine, "CREATE TABLE t (a INTEGER)", &[]).await.unwrap();

        let mut tx = begin(&engine).await.unwrap();
        assert_eq!(execute_on(&mut *tx, "INSERT INTO t VALUES (?)", &[Value::I64(1)]).await.unwrap(), Executed::rows(1));
        assert_eq!(query_on(&mut *tx, "SELECT a FROM t", &[], Effect::Read).await.unwrap(), [[Value::I64(1)]]);
        assert_eq!(query(&engine, "SELECT a FROM t", &[]).await.unwrap(), Vec::<Vec<Value>>::new());
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);

        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (2)", &[]).await.unwrap();
        tx.rollback().await.unwrap();
        tx.release(Fate::Clean);

        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (3)", &[]).await.unwrap();
        tx.savepoint("s").await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (4)", &[]).await.unwrap();
        tx.rollback_to_savepoint("s").await.unwrap();
        tx.release_savepoint("s").await.unwrap();
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);

        let rows: Vec<i64> = witness(folder.path())
            .prepare("SELECT a FROM t")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(|a| a.unwrap())
            .collect();
        assert_eq!(rows, [1, 3], "{execution:?}");
        engine.close().await;
    }
}

#[tokio::test]
async fn left_open_is_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a INTEGER)", &[]).await.unwrap();
    for fate in [Fate::InTransaction, Fate::CutOff, Fate::Clean] {
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        tx.release(fate);
        until_all_are_back(&engine).await;
        assert_eq!(query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap(), [[Value::I64(0)]]);
    }
}

#[tokio::test]
async fn what_sqlite_has_rolled_back_takes_no_more_statements() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a INTEGER UNIQUE)", &[]).await.unwrap();
    execute(&engine, "CREATE TRIGGER no BEFORE INSERT ON t WHEN NEW.a = 13 BEGIN SELECT RAISE(ROLLBACK, 'unlucky'); END", &[])
        .await
        .unwrap();
    for (sql, kind) in
        [("INSERT OR ROLLBACK INTO t VALUES (1)", ErrorKind::UniqueViolation), ("INSERT INTO t VALUES (13)", ErrorKind::CheckViolation)]
    {
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        assert_eq!(execute_on(&mut *tx, sql, &[]).await.unwrap_err().kind(), kind);
        let late = execute_on(&mut *tx, "INSERT INTO t VALUES (2)", &[]).await.unwrap_err();
        assert_eq!(late.kind(), ErrorKind::TransactionAborted);
        let late = query_on(&mut *tx, "SELECT a FROM t", &[], Effect::Read).await.unwrap_err();
        assert_eq!(late.kind(), ErrorKind::TransactionAborted);
        assert_eq!(tx.savepoint("s").await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        tx.rollback().await.unwrap();
        tx.release(Fate::Clean);
    }
    let count: i64 = witness(folder.path()).query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_read_only_transaction_reads_one_state_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a INTEGER)", &[]).await.unwrap();
    for effect in [Effect::Read, Effect::Write] {
        execute(&engine, "DELETE FROM t", &[]).await.unwrap();
        let mut tx = engine.acquire(effect).await.unwrap();
        let mut options = TransactionOptions::default();
        options.read_only = true;
        tx.begin(&options).await.unwrap();
        assert_eq!(query_on(&mut *tx, "SELECT count(*) FROM t", &[], Effect::Read).await.unwrap(), [[Value::I64(0)]]);
        witness(folder.path()).execute_batch("INSERT INTO t VALUES (1)").unwrap();
        assert_eq!(query_on(&mut *tx, "SELECT count(*) FROM t", &[], Effect::Read).await.unwrap(), [[Value::I64(0)]]);
        let error = execute_on(&mut *tx, "INSERT INTO t VALUES (2)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement);
        tx.commit().await.unwrap();
        if effect == Effect::Write {
            execute_on(&mut *tx, "INSERT INTO t VALUES (3)", &[]).await.unwrap();
        }
        tx.release(Fate::Clean);
    }
}

#[tokio::test]
async fn two_phase_commit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    let mut tx = engine.acquire(Effect::Write).await.unwrap();
    let id = bindery_core::engine::GlobalId::new("a").unwrap();
    let mut options = TransactionOptions::default();
    options.global_id = Some(&id);
    assert_eq!(tx.begin(&options).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(tx.two_phase().is_none());
    tx.release(Fate::Clean);
}

#[tokio::test]
async fn a_deferred_foreign_key_fails_the_commit_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a INTEGER PRIMARY KEY, b REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)", &[]).await.unwrap();
    let mut tx = begin(&engine).await.unwrap();
    execute_on(&mut *tx, "INSERT INTO t VALUES (1, 2)", &[]).await.unwrap();
    assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::ForeignKeyViolation);
    tx.release(Fate::InTransaction);
    until_all_are_back(&engine).await;
    assert_eq!(query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap(), [[Value::I64(0)]]);
}

#[tokio::test]
async fn a_full_disk_ends_the_transaction_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
    let mut tx = begin(&engine).await.unwrap();
    // the limit of pages stands for the disk's
    execute_on(&mut *tx, "PRAGMA max_page_count = 8", &[]).await.unwrap();
    let error = execute_on(&mut *tx, "INSERT INTO t VALUES (zeroblob(1000000))", &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server, "{error:?}");
    match tx.commit().await {
        // SQLite may undo the statement alone, or the whole.
        Ok(()) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::TransactionAborted),
    }
    tx.release(Fate::InTransaction);
    until_all_are_back(&engine).await;
    let count: i64 = witness(folder.path()).query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
}
