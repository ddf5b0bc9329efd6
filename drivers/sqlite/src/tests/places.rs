use std::sync::Arc;

use bindery_core::ErrorKind;
use bindery_core::engine::{Engine, Fate};
use bindery_core::value::Value;

use super::*;
use crate::config::location;

fn place(path: &str, parameters: &[(&str, &'static str)], folder: &Path) -> std::result::Result<Location, String> {
    location(path, &|name| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| *value), folder)
}

#[test]
fn urls_name_places() {
    let folder = Path::new("/etc/app");
    let file = |path: &str, access| Location::File { path: path.into(), parameters: Vec::new(), access };
    assert_eq!(place("", &[], folder), Ok(Location::Memory));
    assert_eq!(place(":memory:", &[], folder), Ok(Location::Memory));
    assert_eq!(place("file:x", &[("mode", "memory"), ("uri", "true")], folder), Ok(Location::Memory));
    assert_eq!(place("a.db", &[], folder), Ok(file("/etc/app/a.db", Access::Create)));
    assert_eq!(place("/abs/a b.db", &[], folder), Ok(file("/abs/a b.db", Access::Create)));
    for path in ["file:/abs/a.db", "file:///abs/a.db", "file://localhost/abs/a.db"] {
        assert_eq!(place(path, &[("mode", "ro"), ("uri", "true")], folder), Ok(file("/abs/a.db", Access::ReadOnly)));
    }
    assert_eq!(place("file:a.db", &[("mode", "rw"), ("uri", "true")], folder), Ok(file("/etc/app/a.db", Access::ReadWrite)));
    assert_eq!(place("file:a.db", &[("uri", "false")], folder), Ok(file("/etc/app/file:a.db", Access::Create)));
    let immutable = place("a.db", &[("immutable", "1")], folder).unwrap();
    assert!(immutable.is_read_only());
    for (path, parameters) in [
        ("a.db", ("mode", "write")),
        ("a.db", ("uri", "perhaps")),
        (":memory:", ("mode", "ro")),
        ("file://host/a.db", ("uri", "true")),
        ("a\0.db", ("mode", "rw")),
    ] {
        assert!(place(path, &[parameters], folder).is_err(), "{path}");
    }
}

#[tokio::test]
async fn a_file_of_any_name_is_made_with_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.db", "new/er/a.db", "file:a?b#c%20d e&ü.db", "x//y.db"] {
        let engine = open(SqliteConfig { location: place(name, &[("uri", "false")], folder.path()).unwrap(), ..file(folder.path()) });
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        execute(&engine, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        engine.close().await;
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let witness = rusqlite::Connection::open_with_flags(folder.path().join(name), flags).unwrap();
        assert_eq!(witness.query_row("SELECT a FROM t", [], |row| row.get::<_, i64>(0)).unwrap(), 1, "{name}");
        let mode: String = witness.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}

#[tokio::test]
async fn read_only_takes_no_write_and_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(SqliteConfig { location: place("test.db", &[("mode", "ro")], folder.path()).unwrap(), ..file(folder.path()) });
    let error = engine.acquire(Effect::Read).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().contains("test.db") && error.to_string().contains("no such file"), "{error}");
    assert!(!folder.path().join("test.db").exists());

    witness(folder.path()).execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(query(&engine, "SELECT a FROM t", &[]).await.unwrap(), [[Value::I64(1)]]);
    let error = engine.acquire(Effect::Write).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("mode=ro"), "{error}");

    let missing = place("missing/a.db", &[("mode", "rw")], folder.path()).unwrap();
    let engine = open(SqliteConfig { location: missing, ..file(folder.path()) });
    assert_eq!(engine.acquire(Effect::Write).await.err().unwrap().kind(), ErrorKind::ConnectionLost);
    assert!(!folder.path().join("missing").exists());
}

#[tokio::test]
async fn what_is_no_database_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("test.db"), "this is a text, and longer than a header of SQLite's would be. ".repeat(20)).unwrap();
    let engine = open(file(folder.path()));
    let started = std::time::Instant::now();
    let error = engine.acquire(Effect::Read).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert!(error.to_string().contains("is not a SQLite database, while opening") && error.to_string().contains("test.db"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(engine.pool_status().in_use, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_is_one_database_for_all_connections_of_an_engine_only() {
    let (one, two) = (Arc::new(open(memory())), open(memory()));
    execute(&one, "CREATE TABLE t (a)", &[]).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let one = one.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(execute(&one, "INSERT INTO t VALUES (?)", &[Value::I64(task)])).unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.join().unwrap();
    }
    assert_eq!(query(&one, "SELECT sum(a) FROM t", &[]).await.unwrap(), [[Value::I64(6)]]);
    assert_eq!(query(&two, "SELECT a FROM t", &[]).await.unwrap_err().kind(), ErrorKind::Sql);
}

#[tokio::test]
async fn memory_lives_while_no_connection_is_open_and_dies_with_the_engine() {
    let mut config = memory();
    config.pool.idle_timeout = Some(Duration::from_millis(1));
    let engine = open(config);
    execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
    // Leaves a trace, so it is closed.
    execute(&engine, "CREATE TEMP TABLE mine (a)", &[]).await.unwrap();
    until_all_are_back(&engine).await;
    assert_eq!(query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap(), [[Value::I64(0)]]);
    engine.close().await;
    assert_eq!(engine.pool_status().idle, 0);
}

#[tokio::test]
async fn in_memory_nobody_finds_the_database_locked() {
    let engine = Arc::new(open(SqliteConfig { busy_timeout: Duration::ZERO, ..memory() }));
    execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
    let writer = {
        let engine = engine.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                let mut tx = begin(&engine).await.unwrap();
                execute_on(&mut *tx, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
                tokio::time::sleep(Duration::from_millis(2)).await;
                tx.commit().await.unwrap();
                tx.release(Fate::Clean);
            }
        })
    };
    while !writer.is_finished() {
        let mut reader = engine.acquire(Effect::Read).await.unwrap();
        let mut options = TransactionOptions::default();
        options.read_only = true;
        reader.begin(&options).await.unwrap();
        let before = query_on(&mut *reader, "SELECT count(*) FROM t", &[], Effect::Read).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(query_on(&mut *reader, "SELECT count(*) FROM t", &[], Effect::Read).await.unwrap(), before);
        reader.commit().await.unwrap();
        reader.release(Fate::Clean);
    }
    writer.await.unwrap();
    assert_eq!(query(&engine, "SELECT count(*) FROM t", &[]).await.unwrap(), [[Value::I64(10)]]);
}
