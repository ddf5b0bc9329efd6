//! MariaDB's own: an error fails no transaction but a deadlock's, and tables are made outside of one. The server's own client is the witness.

use std::time::{Duration, Instant};

use bindery::mysql::mysql_async::prelude::Queryable;
use bindery::prelude::*;
use bindery::{ErrorKind, Mysql, MysqlDriver, Result, SqliteDriver};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempSqlite, rolled_back};

use super::{register, texts};
use crate::models::{NewNote, Note, User, note, soon, user};

/// `default` and `auth` on MariaDB, `meta` on SQLite; with the user `root` and the note `first`.
struct Mixed {
    databases: Databases,
    default: TempMysqlDatabase,
    auth: TempMysqlDatabase,
    _meta: TempSqlite,
}

impl Mixed {
    async fn filled() -> Self {
        let server = TempMysql::shared(MysqlFlavor::MariaDb).unwrap();
        let (default, auth, meta) = (server.database().unwrap(), server.database().unwrap(), TempSqlite::new().unwrap());
        let builder = Databases::builder().driver(MysqlDriver).driver(SqliteDriver).engine_option("pool_timeout", "10s");
        let builder = builder.bind("default", default.url()).bind("auth", auth.url()).bind("meta", meta.url("meta"));
        let databases = builder.connect().await.unwrap();
        databases.create_all(["default", "auth"]).await.unwrap();
        databases.session().insert(note("first")).await.unwrap();
        databases.session().insert(user("root")).await.unwrap();
        Mixed { databases, default, auth, _meta: meta }
    }

    /// On both binds there is what was there before.
    fn assert_untouched(&self) {
        assert_eq!(self.default.sql("SELECT text FROM notes ORDER BY id").unwrap(), "first");
        assert_eq!(self.auth.sql("SELECT email FROM users ORDER BY id").unwrap(), "root");
        assert_eq!([self.default.sql("SHOW TABLES").unwrap(), self.auth.sql("SHOW TABLES").unwrap()], ["notes", "users"]);
    }

    /// Waits until no transaction is open.
    async fn until_idle(&self) {
        let started = Instant::now();
        while self.default.sql("SELECT count(*) FROM information_schema.innodb_trx").unwrap() != "0" {
            assert!(started.elapsed() < Duration::from_secs(10), "a transaction is still open");
            // What the server tells of transactions, it looks up once no one has asked for a tenth of a second.
            tokio::time::sleep(Duration::from_millis(110)).await;
        }
    }
}

#[tokio::test]
async fn an_application_runs_as_always_and_nothing_stays() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let ada = register(&test, "ada").await?;
    assert_eq!(test.session().get::<User>(ada.id).await?, Some(ada));
    assert_eq!(texts(&test.session()).await?, ["first", "welcome, ada"]);
    // The server would commit what the test has done.
    assert_eq!(test.drop_all("default").await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(texts(&test.session()).await?, ["first", "welcome, ada"]);
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
async fn an_error_fails_neither_the_applications_transaction_nor_the_tests() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("kept")).await?;
    assert_eq!(session.insert(note("kept")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(session.all(raw("default", "SELECT nothing")).await.unwrap_err().kind(), ErrorKind::Sql);

    let tx = session.begin().await?;
    tx.insert(note("before")).await?;
    assert_eq!(tx.insert(note("kept")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    let nested = tx.begin().await?;
    nested.insert(note("undone")).await?;
    nested.rollback().await?;
    tx.insert(note("after")).await?;
    tx.commit().await?;
    assert_eq!(texts(&session).await?, ["first", "kept", "before", "after"]);
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
    let slow = raw("default", "INSERT INTO notes (text) SELECT concat('dropped', sleep(0.3))");
    let running = "SELECT id FROM information_schema.processlist WHERE info LIKE 'INSERT%sleep(0.3)%'";
    let mut statement = Box::pin(session.execute(&slow));
    let started = Instant::now();
    while real.default.sql(running).unwrap().lines().count() == 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the statement does not run");
        assert!(tokio::time::timeout(Duration::from_millis(5), statement.as_mut()).await.is_err());
    }
    drop(statement);
    assert_eq!(soon(texts(&session)).await?, ["first", "before"]);

    session.execute(Note::insert((0..5_000).map(|number| NewNote { text: number.to_string() }))).await?;
    let tx = session.begin().await?;
    let mut stream = tx.stream(Note::select());
    stream.try_next().await?.unwrap();
    drop(stream);
    tx.insert(note("after")).await?;
    tx.commit().await?;
    assert_eq!(soon(session.count(Note::select())).await?, 5_003);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn the_clients_own_connection_is_inside_too() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let tx = test.session().begin().await?;
    tx.native::<Mysql>("default").await?.query_drop("INSERT INTO notes (text) VALUES ('native')").await.unwrap();
    tx.commit().await?;
    assert_eq!(texts(&test.session()).await?, ["first", "native"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn where_the_connection_is_lost_nothing_more_runs_on_that_bind() -> Result<()> {
    let real = Mixed::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("lost")).await?;
    session.insert(user("ada")).await?;
    let connection = format!("SELECT id FROM information_schema.processlist WHERE db = '{}' AND command = 'Sleep'", real.default.name());
    for id in real.default.sql(&connection).unwrap().lines() {
        real.default.sql(&format!("KILL {id}")).unwrap();
    }
    for _ in 0..3 {
        let error = soon(session.insert(note("autocommitted?"))).await.unwrap_err();
        assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::ConnectionLost, "default"), "{error}");
    }
    assert_eq!(session.count(User::select()).await?, 2, "the other bind goes on");
    drop(test);
    real.until_idle().await;
    real.assert_untouched();
    Ok(())
}
