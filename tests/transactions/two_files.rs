use std::path::PathBuf;
use std::time::Duration;

use bindery::SqliteDriver;
use bindery::prelude::*;
use bindery::session::Builder;
use tempfile::TempDir;

/// On `default`, the first bind of the configuration.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Note {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    // MySQL has no key of a text of any length.
    #[column(unique, max_length = 200)]
    pub(crate) text: String,
    /// In SQL it refers to `note.id`, checked at COMMIT only.
    pub(crate) parent_id: Option<i64>,
}

/// On `auth`, the second.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = "auth")]
pub(crate) struct Account {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(unique, max_length = 200)]
    pub(crate) name: String,
    /// In SQL it refers to `account.id`, checked at COMMIT only.
    pub(crate) parent_id: Option<i64>,
}

pub(crate) fn note(text: &str) -> NewNote {
    NewNote { text: text.into(), parent_id: None }
}

pub(crate) fn account(name: &str) -> NewAccount {
    NewAccount { name: name.into(), parent_id: None }
}

/// The two binds, a file for each, and plain rusqlite's view of them.
pub(crate) struct TwoFiles {
    folder: TempDir,
    pub(crate) databases: Databases,
}

impl TwoFiles {
    pub(crate) async fn open() -> Self {
        Self::open_with(|builder| builder).await
    }

    pub(crate) async fn open_with(options: impl FnOnce(Builder) -> Builder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |file: &str| format!("sqlite:///{}", folder.path().join(file).display());
        let builder = Databases::builder().driver(SqliteDriver).bind("default", url("default.db")).bind("auth", url("auth.db"));
        let databases = options(builder).connect().await.unwrap();
        let files = TwoFiles { folder, databases };
        // By hand, as the tables need what fails at COMMIT only.
        files.witness("default").execute_batch(&table("note", "text")).unwrap();
        files.witness("auth").execute_batch(&table("account", "name")).unwrap();
        files
    }

    pub(crate) fn session(&self) -> Session {
        self.databases.session()
    }

    fn path(&self, bind: &str) -> PathBuf {
        self.folder.path().join(format!("{bind}.db"))
    }

    /// Another program's connection.
    pub(crate) fn witness(&self, bind: &str) -> rusqlite::Connection {
        let witness = rusqlite::Connection::open(self.path(bind)).unwrap();
        witness.busy_timeout(Duration::ZERO).unwrap();
        witness
    }

    /// What another program sees in `note`.
    pub(crate) fn notes(&self) -> Vec<String> {
        texts(&self.witness("default"), "SELECT text FROM note ORDER BY id")
    }

    /// What another program sees in `account`.
    pub(crate) fn accounts(&self) -> Vec<String> {
        texts(&self.witness("auth"), "SELECT name FROM account ORDER BY id")
    }

    /// Whether another program could write right now: nobody holds the file's one write lock.
    pub(crate) fn is_unlocked(&self, bind: &str) -> bool {
        let witness = self.witness(bind);
        witness.execute_batch("BEGIN IMMEDIATE").is_ok() && witness.execute_batch("ROLLBACK").is_ok()
    }

    pub(crate) fn in_use(&self, bind: &str) -> usize {
        self.databases.engine(bind).unwrap().pool_status().in_use
    }

    /// Waits for what is cleaned in the background.
    pub(crate) async fn until_all_are_back(&self) {
        for _ in 0..500 {
            if self.in_use("default") == 0 && self.in_use("auth") == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("a connection has not come back: {:?}", self.databases);
    }
}

fn table(name: &str, text: &str) -> String {
    format!(
        "PRAGMA journal_mode = wal;
         CREATE TABLE {name} (
             id INTEGER PRIMARY KEY, {text} TEXT NOT NULL UNIQUE,
             parent_id INTEGER REFERENCES {name} (id) DEFERRABLE INITIALLY DEFERRED
         );
         CREATE INDEX ix_{name}_parent_id ON {name} (parent_id);"
    )
}

fn texts(witness: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = witness.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Nothing here may hang: what takes longer than this waits for itself.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it hangs")
}
