//! A small library: the models and rows of these tests.

use bindery::prelude::*;
use bindery::{PostgresDriver, SqliteDriver, table};
use bindery_testkit::{TempPostgres, TempPostgresDatabase};
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

/// Tests make its table by hand, with a column that doesn't fit.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Misfit {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) amount: i64,
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

/// What the library's databases are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// Runs each of these tests on each backend: `sqlite::joins`, `postgres::joins`.
macro_rules! on_each_backend {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() -> bindery::Result<()> {
                super::$test($crate::library::Backend::Sqlite).await
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() -> bindery::Result<()> {
                super::$test($crate::library::Backend::Postgres).await
            })+
        }
    };
}
pub(crate) use on_each_backend;

/// Where the databases are, for the witness.
enum Place {
    Folder(TempDir),
    Server { default: TempPostgresDatabase, _archive: TempPostgresDatabase },
}

pub(crate) struct Library {
    place: Place,
    pub(crate) databases: Databases,
}

/// The witness's NULL.
const NULL: &str = "NULL";

impl Library {
    /// With its rows.
    pub(crate) async fn open(backend: Backend) -> Self {
        let library = Self::empty(backend).await;
        let rows = include_str!("library.sql");
        match &library.place {
            Place::Folder(_) => library.sqlite().execute_batch(rows).unwrap(),
            Place::Server { default, .. } => {
                let tables = ["author", "book", "review"];
                let keys = tables.map(|table| format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table};"));
                default.psql(&format!("{rows}{}", keys.concat())).unwrap();
            }
        }
        library
    }

    /// With its tables only.
    pub(crate) async fn empty(backend: Backend) -> Self {
        let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver);
        let (place, builder) = match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = |file: &str| format!("sqlite:///{}", folder.path().join(file).display());
                let builder = builder.bind("default", url("default.db")).bind("archive", url("archive.db"));
                (Place::Folder(folder), builder)
            }
            Backend::Postgres => {
                let server = TempPostgres::shared().unwrap();
                let (default, archive) = (server.database().unwrap(), server.database().unwrap());
                let builder = builder.bind("default", default.url()).bind("archive", archive.url());
                (Place::Server { default, _archive: archive }, builder)
            }
        };
        let databases = builder.connect().await.unwrap();
        databases.create_all(All).await.unwrap();
        Library { place, databases }
    }

    pub(crate) fn session(&self) -> Session {
        self.databases.session()
    }

    /// Plain rusqlite on the file of `default`.
    fn sqlite(&self) -> rusqlite::Connection {
        let Place::Folder(folder) = &self.place else { panic!("this library is on no file") };
        rusqlite::Connection::open(folder.path().join("default.db")).unwrap()
    }

    /// The rows of hand-written SQL, in its order, by plain rusqlite or by psql: each cell as text.
    pub(crate) fn by_hand(&self, sql: &str) -> Vec<Vec<String>> {
        match &self.place {
            Place::Folder(_) => {
                let witness = self.sqlite();
                let mut statement = witness.prepare(sql).unwrap();
                let width = statement.column_count();
                let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column).map(text)).collect()).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Place::Server { default, .. } => {
                let rows = default.psql(&format!("\\pset null {NULL}\n{sql}")).unwrap();
                rows.lines().map(|row| row.split('|').map(str::to_owned).collect()).collect()
            }
        }
    }

    /// Hand-written SQL with the backend's placeholders.
    pub(crate) fn placed(&self, sql: &str) -> String {
        match &self.place {
            Place::Folder(_) => sql.to_owned(),
            Place::Server { .. } => {
                let mut parts = sql.split('?');
                let first = parts.next().unwrap().to_owned();
                parts.zip(1..).fold(first, |sql, (part, number)| format!("{sql}${number}{part}"))
            }
        }
    }

    /// The names of the tables of `default`, by the witness.
    pub(crate) fn tables(&self) -> Vec<String> {
        let sql = match &self.place {
            Place::Folder(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY 1",
            Place::Server { .. } => "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
        };
        self.by_hand(sql).concat()
    }
}

/// A cell as psql writes it.
fn text(value: Value) -> String {
    match value {
        Value::Null => NULL.to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => value.to_string(),
        Value::Text(value) => value,
        Value::Blob(_) => panic!("the library has no bytes"),
    }
}

/// A cell as the witness gives it.
pub(crate) trait Cell {
    fn cell(self) -> String;
}

macro_rules! cells {
    ($($ty:ty),+) => {$(
        impl Cell for $ty {
            fn cell(self) -> String {
                self.to_string()
            }
        }
    )+};
}

cells!(bool, i32, i64, f64, String, &str);

impl<T: Cell> Cell for Option<T> {
    fn cell(self) -> String {
        self.map_or_else(|| NULL.to_owned(), T::cell)
    }
}
