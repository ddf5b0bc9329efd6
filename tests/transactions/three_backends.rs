//! One application on three backends: a bind on MariaDB or MySQL, one on PostgreSQL, and one in a SQLite file.

use bindery::prelude::*;
use bindery::query::Raw;
use bindery::session::Atomicity;
use bindery::{BindKey, ErrorKind, MysqlDriver, Outcome, PostgresDriver, Result, SqliteDriver};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase, TempSqlite};

use crate::two_files::{account, note, soon};

const BINDS: [BindKey; 3] = [BindKey::DEFAULT, BindKey::from_static("auth"), BindKey::from_static("log")];

struct Three {
    default: TempMysqlDatabase,
    auth: TempPostgresDatabase,
    log: TempSqlite,
    databases: Databases,
}

impl Three {
    async fn open(flavor: MysqlFlavor) -> Self {
        let default = TempMysql::shared(flavor).unwrap().database().unwrap();
        let (auth, log) = (TempPostgres::shared().unwrap().database().unwrap(), TempSqlite::new().unwrap());
        let builder = Databases::builder().driver(MysqlDriver).driver(PostgresDriver).driver(SqliteDriver);
        let builder = builder.bind("default", default.url()).bind("auth", auth.url()).bind("log", log.url("log"));
        let databases = builder.connect().await.unwrap();
        databases.create_all(All).await.unwrap();
        let table = "CREATE TABLE entry (id INTEGER PRIMARY KEY, before INTEGER REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED)";
        databases.session().execute(raw("log", table)).await.unwrap();
        let key = "ALTER TABLE account ADD FOREIGN KEY (parent_id) REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED";
        auth.psql(key).unwrap();
        Three { default, auth, log, databases }
    }

    /// How many rows each bind has, by its own client.
    fn rows(&self) -> [String; 3] {
        let log = rusqlite::Connection::open(self.log.path("log")).unwrap();
        let entries: i64 = log.query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).unwrap();
        let count = |table: &str| format!("SELECT count(*) FROM {table}");
        [self.default.sql(&count("note")).unwrap(), self.auth.psql(&count("account")).unwrap(), entries.to_string()]
    }
}

fn entry(before: Option<i64>) -> Raw {
    raw("log", "INSERT INTO entry (before) VALUES (?)").param(before)
}

const FLAVORS: [MysqlFlavor; 2] = [MysqlFlavor::MariaDb, MysqlFlavor::MySql];

#[tokio::test]
async fn best_effort_commits_all_three_or_says_what_became_of_each() -> Result<()> {
    for flavor in FLAVORS {
        let three = Three::open(flavor).await;
        let tx = three.databases.session().begin_with(Atomicity::BestEffort).await?;
        soon(async { tokio::try_join!(tx.insert(note("a")), tx.insert(account("a")), tx.execute(entry(None))) }).await?;
        let nested = tx.begin().await?;
        nested.execute(entry(None)).await?;
        nested.insert(note("nested")).await?;
        nested.rollback().await?;
        assert_eq!(three.rows(), ["0", "0", "0"]);
        tx.commit().await?;
        assert_eq!(three.rows(), ["1", "1", "1"]);

        // The second of the configuration fails at its COMMIT.
        let tx = three.databases.session().begin_with(Atomicity::BestEffort).await?;
        tx.execute(entry(None)).await?;
        tx.execute(raw("auth", "INSERT INTO account (name, parent_id) VALUES ('orphan', 99)")).await?;
        tx.insert(note("there")).await?;
        let error = tx.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PartialCommit, "{error}");
        assert_eq!(error.outcomes(), [(BINDS[0], Outcome::Committed), (BINDS[1], Outcome::RolledBack), (BINDS[2], Outcome::RolledBack)]);
        assert_eq!(three.rows(), ["2", "1", "1"]);

        for dropped in [false, true] {
            let tx = three.databases.session().begin_with(Atomicity::BestEffort).await?;
            tx.insert(note("gone")).await?;
            tx.insert(account("gone")).await?;
            tx.execute(entry(None)).await?;
            if dropped { drop(tx) } else { tx.rollback().await? }
        }
        three.databases.close().await; // it waits for what is out
        assert_eq!(three.rows(), ["2", "1", "1"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_second_backend_is_refused_where_the_commit_is_to_be_atomic() -> Result<()> {
    for flavor in FLAVORS {
        let three = Three::open(flavor).await;
        let tx = three.databases.session().begin().await?;
        tx.insert(note("first")).await?;
        for error in [tx.insert(account("second")).await.unwrap_err(), tx.execute(entry(None)).await.unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::NotAtomic, "{error}");
        }
        tx.commit().await?;
        assert_eq!(three.rows(), ["1", "0", "0"]);
        three.databases.close().await;
    }
    Ok(())
}
