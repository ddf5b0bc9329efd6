//! What waits is bounded: for another process that migrates, for a lock that the application holds, for a statement.

use std::time::{Duration, Instant};

use bindery::{Error, ErrorKind, Result};

use crate::ground::{Backend, Ground, Place, on_each_backend};
use crate::upgrade::releases;

on_each_backend!(a_lock_of_the_application, another_who_migrates);

#[tokio::test]
async fn a_statement_that_takes_too_long_on_postgres() -> Result<()> {
    let ground = Ground::new(Backend::Postgres);
    ground.write("auth", "20261101000000_slow", "CREATE TABLE a (id integer);\nSELECT pg_sleep(60)", None);
    let migrations = ground.migrations().await.options(|options| options.statement_timeout = Some(PATIENCE));
    let begun = Instant::now();
    let error = migrations.upgrade("auth").await.unwrap_err();
    assert_eq!(cause(&error), ErrorKind::Timeout, "{error:?}");
    assert!((PATIENCE..PATIENCE * 12).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    assert_eq!(ground.tables("auth"), Vec::<String>::new());
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(1);

/// The kind of what failed in a migration.
fn cause(error: &Error) -> ErrorKind {
    std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>()).map_or_else(|| error.kind(), Error::kind)
}

async fn a_lock_of_the_application(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    migrations.upgrade_to("auth", bindery::migrate::Target::Steps(1)).await?;
    let migrations = migrations.options(|options| {
        options.lock_timeout = Some(PATIENCE);
        options.wait_timeout = PATIENCE;
    });
    let (error, waited) = std::thread::scope(|scope| {
        let held = Held::new(&ground, scope);
        let begun = Instant::now();
        let upgrade = migrations.upgrade("auth");
        let error = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(upgrade)).unwrap_err();
        let waited = begun.elapsed();
        held.end();
        (error, waited)
    });
    assert_eq!(cause(&error), ErrorKind::Locked, "{error:?}");
    assert!((PATIENCE..PATIENCE * 8).contains(&waited), "{waited:?}");
    // Once it is free it goes on, also where a statement was noted.
    migrations.upgrade("auth").await?;
    assert_eq!(ground.tables("auth"), ["posts", "users"]);
    Ok(())
}

/// A transaction of somebody else's that has read `users`, or on SQLite writes.
enum Held<'s> {
    Sqlite(rusqlite::Connection),
    Server { place: &'s Place, name: &'static str },
}

impl<'s> Held<'s> {
    fn new<'e>(ground: &'s Ground, scope: &'e std::thread::Scope<'e, 's>) -> Self {
        let place = ground.place("auth");
        match place {
            Place::File(path) => {
                let other = rusqlite::Connection::open(path).unwrap();
                other.execute_batch("BEGIN IMMEDIATE").unwrap();
                Held::Sqlite(other)
            }
            Place::Postgres(database) => {
                scope.spawn(|| database.psql("SET application_name = 'reader'; BEGIN; SELECT * FROM users; SELECT pg_sleep(60)").is_ok());
                let name = "SELECT pid FROM pg_stat_activity WHERE application_name = 'reader' AND query LIKE '%sleep%' AND state = 'active' AND datname = current_database()";
                Held::once_there(place, name)
            }
            Place::Mysql(database) => {
                scope.spawn(|| database.sql("BEGIN; SELECT * FROM users; SELECT sleep(60)").is_ok());
                let name = "SELECT id FROM information_schema.processlist WHERE db = database() AND info LIKE 'SELECT sleep%'";
                Held::once_there(place, name)
            }
        }
    }

    fn once_there(place: &'s Place, name: &'static str) -> Self {
        let begun = Instant::now();
        while place.by_hand(name).is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody holds a lock");
            std::thread::sleep(Duration::from_millis(20));
        }
        Held::Server { place, name }
    }

    fn end(self) {
        match self {
            Held::Sqlite(other) => other.execute_batch("ROLLBACK").unwrap(),
            Held::Server { place, name } => {
                for id in place.by_hand(name).concat() {
                    let end = match place {
                        Place::Postgres(_) => format!("SELECT pg_terminate_backend({id})"),
                        _ => format!("KILL {id}"),
                    };
                    place.by_hand(&end);
                }
            }
        }
    }
}

async fn another_who_migrates(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let databases = ground.databases().await;
    let engine = databases.engine("auth")?;
    let bind = "auth".parse()?;
    let mut other = bindery::engine::Lease::new(engine.acquire(bindery::engine::Effect::Write).await?, bind);
    if backend == Backend::Sqlite {
        other.begin(&bindery::engine::TransactionOptions::default()).await?;
    } else {
        other.lock(engine.catalog().unwrap(), PATIENCE).await?;
    }
    let migrations = ground.migrations().await.options(|options| options.wait_timeout = PATIENCE);
    let begun = Instant::now();
    let error = migrations.upgrade("auth").await.unwrap_err();
    assert_eq!(cause(&error), ErrorKind::Locked, "{error:?}");
    assert!((PATIENCE..PATIENCE * 12).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    drop(other);
    migrations.upgrade("auth").await?;
    Ok(())
}
