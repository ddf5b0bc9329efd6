//! PostgreSQL's own: an error fails its transaction, and statements run while others wait. `psql` is the witness.

use std::time::{Duration, Instant};

use bindery::engine::{Effect, Lease};
use bindery::prelude::*;
use bindery::{ErrorKind, Postgres, PostgresDriver, Result, SqliteDriver};
use bindery_testkit::{TempPostgres, TempPostgresDatabase, TempSqlite, rolled_back};
use futures_util::FutureExt;

use super::{register, texts};
use crate::models::{Event, NewNote, Note, User, event, note, soon, user};

/// `default` and `auth` on PostgreSQL, `meta` on SQLite; with the user `root` and the note `first`.
struct Mixed {
    databases: Databases,
    default: TempPostgresDatabase,
    auth: TempPostgresDatabase,
    meta: TempSqlite,
}

impl Mixed {
    async fn filled() -> Self {
        let server = TempPostgres::shared().unwrap();
        let (default, auth, meta) = (server.database().unwrap(), server.database().unwrap(), TempSqlite::new().unwrap());
        let builder = Databases::builder().driver(PostgresDriver).driver(SqliteDriver).engine_option("pool_timeout", "10s");
        let builder = builder.bind("default", default.url()).bind("auth", auth.url()).bind("meta", meta.url("meta"));
        let databases = builder.connect().await.unwrap();
        databases.create_all(["default", "auth"]).await.unwrap();
        databases.session().insert(note("first")).await.unwrap();
        databases.session().insert(user("root")).await.unwrap();
        Mixed { databases, default, auth, meta }
    }

    /// On every bind there is what was there before.
    fn assert_untouched(&self) {
        assert_eq!(self.default.psql("SELECT text FROM notes ORDER BY id").unwrap(), "first");
        assert_eq!(self.auth.psql("SELECT email FROM users ORDER BY id").unwrap(), "root");
        let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!([self.default.psql(tables).unwrap(), self.auth.psql(tables).unwrap()], ["notes", "users"]);
        if self.meta.path("meta").exists() {
            let meta = rusqlite::Connection::open(self.meta.path("meta")).unwrap();
            assert_eq!(meta.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)).unwrap(), 0);
        }
    }

    /// Waits until no connection to either database is in a transaction, or runs anything.
    async fn until_idle(&self) {
        let busy =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
        let started = Instant::now();
        while [&self.default, &self.auth].iter().any(|database| database.psql(busy).unwrap() != "0") {
            assert!(started.elapsed() < Duration::from_secs(10), "a transaction is still open");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn an_application_runs_as_always_and_nothing_stays() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    test.create_all(All).await?;
    let ada = register(&test, "ada").await?;
    test.session().insert(event("login")).await?;
    assert_eq!(test.session().get::<User>(ada.id).await?, Some(ada));
    assert_eq!(texts(&test.session()).await?, ["first", "welcome, ada"]);
    assert_eq!(test.session().count(Event::select()).await?, 1);
    test.drop_all("default").await?;
    assert_eq!(test.session().count(Note::select()).await.unwrap_err().kind(), ErrorKind::Sql);
    test.finish().await?;
    real.assert_untouched();

    let test = rolled_back(&real.databases);
    register(&test, "ada").await?;
    drop(test);
    real.until_idle().await;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn what_a_catalog_sets_stays_until_the_tests_end() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    test.create_all(All).await?;
    test.session().execute(raw("default", "CREATE TABLE mine (a int)").writes()).await?;
    assert!(test.reflect("default").await?.table("mine").is_some());
    let engine = test.engine("default")?;
    let (catalog, bind) = (engine.catalog().unwrap(), "default".parse()?);
    let mut lease = Lease::new(engine.acquire(Effect::Write).await?, bind);
    lease.lock(catalog, Duration::ZERO).await?;
    lease.set_timeouts(catalog, Some(Duration::from_millis(1_234)), None).await?;
    // The server makes no database in a transaction, and the test goes on.
    assert_eq!(lease.create_scratch(catalog).await.err().unwrap().kind(), ErrorKind::InvalidStatement);
    drop(lease);
    let set = test.session().one(raw("default", "SELECT current_setting('lock_timeout')").rows::<(String,)>()).await?;
    assert_eq!(set.0, "1234ms");
    let locks = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                 WHERE locktype = 'advisory' AND datname = current_database()";
    assert_eq!(real.default.psql(locks).unwrap(), "1");
    test.finish().await?;
    let set = real.databases.session().one(raw("default", "SELECT current_setting('lock_timeout')").rows::<(String,)>()).await?;
    assert_eq!(set.0, "0");
    real.databases.close().await; // it waits for the connection that is being cleaned
    assert_eq!(real.default.psql(locks).unwrap(), "0");
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn an_error_fails_the_applications_transaction_and_not_the_tests() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("kept")).await?;
    // Outside of a transaction each statement is its own.
    assert_eq!(session.insert(note("kept")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(session.all(raw("default", "SELECT nothing")).await.unwrap_err().kind(), ErrorKind::Sql);
    assert_eq!(texts(&session).await?, ["first", "kept"]);

    let tx = session.begin().await?;
    tx.insert(note("lost")).await?;
    assert_eq!(tx.insert(note("kept")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(tx.insert(note("after it")).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    let error = tx.commit().await.unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::TransactionAborted, Some("commit")), "{error}");
    assert_eq!(texts(&session).await?, ["first", "kept"]);

    let tx = session.begin().await?;
    let nested = tx.begin().await?;
    assert_eq!(nested.insert(note("kept")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    nested.rollback().await?;
    tx.insert(note("after a nested one")).await?;
    tx.commit().await?;
    assert_eq!(texts(&session).await?, ["first", "kept", "after a nested one"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn what_is_dropped_is_undone_and_the_test_goes_on() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("before")).await?;
    let slow = raw("default", "INSERT INTO notes (text) SELECT 'dropped' FROM pg_sleep(0.3)");
    let running = "SELECT FROM pg_stat_activity WHERE query LIKE 'INSERT%pg_sleep(0.3)%' AND state = 'active'";
    let beside = real.databases.session();
    let mut statement = Box::pin(session.execute(&slow));
    while !beside.exists(raw("default", running)).await? {
        assert!(statement.as_mut().now_or_never().is_none());
    }
    drop(statement);
    assert_eq!(soon(texts(&session)).await?, ["first", "before"]);

    session.execute(Note::insert((0..20_000).map(|number| NewNote { text: number.to_string() }))).await?;
    let mut stream = session.stream(Note::select());
    stream.try_next().await?.unwrap();
    drop(stream);
    let tx = session.begin().await?;
    let mut stream = tx.stream(Note::select());
    stream.try_next().await?.unwrap();
    drop(stream);
    tx.insert(note("after")).await?;
    tx.commit().await?;
    assert_eq!(soon(session.count(Note::select())).await?, 20_003);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_come_one_after_the_other() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let databases = test.clone();
            tokio::spawn(async move { register(&databases, &number.to_string()).await })
        })
        .collect();
    for task in tasks {
        soon(task).await.unwrap()?;
    }
    assert_eq!(test.session().count(User::select()).await?, 21);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn the_clients_own_connection_is_inside_too() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let tx = test.session().begin().await?;
    tx.native::<Postgres>("default")
        .await?
        .batch_execute("INSERT INTO notes (text) VALUES ('native'); SET work_mem = '1MB'")
        .await
        .unwrap();
    tx.commit().await?;
    let client = test.session();
    client.native::<Postgres>("default").await?.batch_execute("INSERT INTO notes (text) VALUES ('native too')").await.unwrap();
    assert_eq!(texts(&test.session()).await?, ["first", "native", "native too"]);
    test.finish().await?;
    real.assert_untouched();
    let (setting,) = real.databases.session().one(raw("default", "SHOW work_mem").rows::<(String,)>()).await?;
    assert_ne!(setting, "1MB");
    Ok(())
}

#[tokio::test]
async fn where_the_connection_is_lost_nothing_more_runs_on_that_bind() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("lost")).await?;
    session.insert(user("ada")).await?;
    let kill =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'";
    assert_eq!(real.default.psql(kill).unwrap(), "t");
    for _ in 0..3 {
        let error = soon(session.insert(note("autocommitted?"))).await.unwrap_err();
        assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::ConnectionLost, "default"), "{error}");
        assert!(error.to_string().starts_with("the transaction around this test has ended on this bind"), "{error}");
    }
    assert_eq!(session.count(User::select()).await?, 2, "the other bind goes on");
    drop(test);
    real.until_idle().await;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn rows_before_an_error_are_given() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let quotients = || raw("default", "SELECT 1 / (600 - g) FROM generate_series(1, 1000) g").rows::<(i32,)>();
    for databases in [&real.databases, &*test] {
        let session = databases.session();
        let mut stream = session.stream(quotients());
        for _ in 1..600 {
            assert!(stream.try_next().await?.is_some());
        }
        assert_eq!(stream.try_next().await.unwrap_err().kind(), ErrorKind::Sql);
        assert!(stream.try_next().await?.is_none());
    }
    assert_eq!(texts(&test.session()).await?, ["first"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}
