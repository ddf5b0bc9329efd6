//! Databases that are rolled back, as the tests of an application use them. The database's own client is the witness of what is there.

mod cancellation;
mod ending;
#[cfg(all(unix, feature = "mysql"))]
mod on_mariadb;
#[cfg(all(unix, feature = "postgres"))]
mod on_postgres;
mod on_sqlite;
mod transactions;
mod waiting;

use bindery::prelude::*;
use bindery::{Result, SqliteDriver};
use bindery_testkit::TempSqlite;

use crate::models::{NewNote, User, note, user};

/// The real databases of an application: three SQLite files, with the user `root` on `auth` and the note `first` on `default`.
struct Real {
    databases: Databases,
    files: TempSqlite,
}

impl Real {
    async fn filled() -> Self {
        Self::with_pool_timeout("10s").await
    }

    /// Where a test shows that somebody waits in vain.
    async fn impatient() -> Self {
        Self::with_pool_timeout("300ms").await
    }

    async fn with_pool_timeout(timeout: &str) -> Self {
        let files = TempSqlite::new().unwrap();
        let mut builder = Databases::builder().driver(SqliteDriver);
        for bind in ["default", "auth", "meta"] {
            builder = builder.bind(bind, files.url(bind));
        }
        let builder = builder.engine_option("pool_timeout", timeout).engine_option("execution", "blocking");
        let databases = builder.connect().await.unwrap();
        databases.create_all(["default", "auth"]).await.unwrap();
        databases.session().insert(note("first")).await.unwrap();
        databases.session().insert(user("root")).await.unwrap();
        Real { databases, files }
    }

    /// The values of a column, by SQLite's own client.
    fn column(&self, bind: &str, sql: &str) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.files.path(bind)).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let values = statement.query_map([], |row| row.get(0)).unwrap();
        values.collect::<rusqlite::Result<_>>().unwrap()
    }

    /// On every bind there is what was there before.
    fn assert_untouched(&self) {
        assert_eq!(self.column("default", "SELECT text FROM notes ORDER BY id"), ["first"]);
        assert_eq!(self.column("auth", "SELECT email FROM users ORDER BY id"), ["root"]);
        if self.files.path("meta").exists() {
            assert_eq!(self.column("meta", "SELECT name FROM sqlite_master"), [""; 0]);
        }
    }
}

/// The application: its own transactions, on two binds.
async fn register(databases: &Databases, email: &str) -> Result<User> {
    let session = databases.session();
    let tx = session.begin().await?;
    let user = tx.insert(user(email)).await?;
    tx.commit().await?;
    session.insert(NewNote { text: format!("welcome, {email}") }).await?;
    Ok(user)
}

async fn texts(session: &Session) -> Result<Vec<String>> {
    let notes = session.all(crate::models::Note::select().order_by(crate::models::Note::id.asc())).await?;
    Ok(notes.into_iter().map(|note| note.text).collect())
}
