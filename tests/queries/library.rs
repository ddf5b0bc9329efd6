//! A small library: the models and rows of these tests.

use bindery::prelude::*;
use bindery::{SqliteDriver, table};
use rusqlite::types::Value;
use tempfile::TempDir;

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Author {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) born: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Book {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(references = Author::id)]
    pub(crate) author_id: i64,
    pub(crate) title: String,
    pub(crate) pages: i32,
    #[column(sql_default = "'en'")]
    pub(crate) language: String,
}

/// It refers to books, and to authors too: joined after both, by which reference?
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Review {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(references = Book::id)]
    pub(crate) book_id: i64,
    #[column(references = Author::id)]
    pub(crate) author_id: Option<i64>,
    pub(crate) stars: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Employee {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    #[column(references = Self::id, on_delete = restrict)]
    pub(crate) manager_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Seat {
    #[column(primary_key)]
    pub(crate) row: i32,
    #[column(primary_key)]
    pub(crate) number: i32,
    pub(crate) taken_by: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(abstract)]
pub(crate) struct Dated {
    pub(crate) year: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Event {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[model(inherits)]
    pub(crate) dated: Dated,
}

table! {
    pub(crate) static SHELVES {
        #[column(primary_key)]
        id: i64,
        room: String,
    }
}

table! {
    #[table(bind = "archive")]
    pub(crate) static BOXES {
        #[column(primary_key)]
        id: i64,
        room: String,
    }
}

pub(crate) struct Library {
    folder: TempDir,
    pub(crate) databases: Databases,
}

impl Library {
    /// With its rows.
    pub(crate) async fn open() -> Self {
        let library = Self::empty().await;
        library.witness().execute_batch(include_str!("library.sql")).unwrap();
        library
    }

    /// With its tables only.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |file: &str| format!("sqlite:///{}", folder.path().join(file).display());
        let builder = Databases::builder().driver(SqliteDriver).bind("default", url("default.db")).bind("archive", url("archive.db"));
        let databases = builder.connect().await.unwrap();
        databases.create_all(All).await.unwrap();
        Library { folder, databases }
    }

    pub(crate) fn session(&self) -> Session {
        self.databases.session()
    }

    /// Plain rusqlite on the file of `default`.
    pub(crate) fn witness(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("default.db")).unwrap()
    }

    /// The rows of hand-written SQL, in its order.
    pub(crate) fn by_hand(&self, sql: &str) -> Vec<Vec<Value>> {
        let witness = self.witness();
        let mut statement = witness.prepare(sql).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column)).collect()).unwrap();
        rows.map(Result::unwrap).collect()
    }
}
