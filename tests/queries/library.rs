//! A small library: the models and rows of these tests.

use bindery::prelude::*;
use bindery::{MysqlDriver, PostgresDriver, SqliteDriver, table};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase};
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
    // MySQL 5.7 has no default of a text of any length.
    #[column(sql_default = "'en'", max_length = 9)]
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
pub(crate) struct Draft {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) text: String,
    #[column(version, default = 1)]
    pub(crate) revision: i32,
}

/// With a key of its own beside the generated one.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Member {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(unique, max_length = 60)]
    pub(crate) email: String,
    #[column(sql_default = "7")]
    pub(crate) points: i32,
    pub(crate) name: Option<String>,
}

/// Whose key is of types that a backend may have in other words.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Ticket {
    #[column(primary_key)]
    pub(crate) code: uuid::Uuid,
    #[column(primary_key)]
    pub(crate) day: chrono::NaiveDate,
    #[column(primary_key)]
    pub(crate) at: chrono::DateTime<chrono::Utc>,
    #[column(primary_key)]
    pub(crate) price: rust_decimal::Decimal,
    #[column(primary_key)]
    pub(crate) open: bool,
    pub(crate) holder: Option<String>,
}

/// With nothing but a key.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Pair {
    #[column(primary_key)]
    pub(crate) a: i64,
    #[column(primary_key)]
    pub(crate) b: i64,
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

/// What rows can be in the order of.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Measure {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) price: rust_decimal::Decimal,
    pub(crate) ratio: f64,
    pub(crate) small: f32,
    pub(crate) open: bool,
    pub(crate) day: chrono::NaiveDate,
    pub(crate) hour: chrono::NaiveTime,
    pub(crate) local: chrono::NaiveDateTime,
    pub(crate) at: Option<chrono::DateTime<chrono::Utc>>,
    pub(crate) code: uuid::Uuid,
    pub(crate) large: u64,
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
    MariaDb,
    /// Oracle's, 5.7: without RETURNING, CHECK, CTEs and windows.
    MySql57,
}

impl Backend {
    pub(crate) fn is_mysql(self) -> bool {
        matches!(self, Backend::MariaDb | Backend::MySql57)
    }

    /// The average of a column of integers, as a float.
    pub(crate) fn average_by_hand(self, column: &str) -> String {
        // MySQL's of integers has four digits behind the point, and 5.7 has no cast to a float.
        if self.is_mysql() { format!("avg({column} + 0e0)") } else { format!("CAST(avg({column}) AS double precision)") }
    }
}

/// Runs each of these tests on each backend: `sqlite::joins`, `postgres::joins`, `mariadb::joins`, `mysql_5_7::joins`.
macro_rules! on_each_backend {
    ($($test:ident),+ $(,)?) => {
        $crate::library::on_each_backend! { @each [$($test)+] sqlite Sqlite, postgres Postgres, mariadb MariaDb, mysql_5_7 MySql57 }
    };
    (@each $tests:tt $($module:ident $backend:ident),+) => {
        $($crate::library::on_each_backend! { @one $tests $module $backend })+
    };
    (@one [$($test:ident)+] $module:ident $backend:ident) => {
        mod $module {
            $(#[tokio::test]
            async fn $test() -> bindery::Result<()> {
                super::$test($crate::library::Backend::$backend).await
            })+
        }
    };
}
pub(crate) use on_each_backend;

/// Where the databases are, for the witness.
enum Place {
    Folder(TempDir),
    Postgres { default: TempPostgresDatabase, _archive: TempPostgresDatabase },
    Mysql { default: TempMysqlDatabase, _archive: TempMysqlDatabase },
}

/// Has a script of the witness read as standard SQL, where a backslash is one.
const STANDARD: &str = "SET sql_mode = concat(@@sql_mode, ',NO_BACKSLASH_ESCAPES');\n";

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
            Place::Mysql { default, .. } => drop(default.sql(&format!("{STANDARD}{rows}")).unwrap()),
            Place::Postgres { default, .. } => {
                let tables = ["author", "book", "review"];
                let keys = tables.map(|table| format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table};"));
                default.psql(&format!("{rows}{}", keys.concat())).unwrap();
            }
        }
        library
    }

    /// With its tables only.
    pub(crate) async fn empty(backend: Backend) -> Self {
        let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver);
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
                (Place::Postgres { default, _archive: archive }, builder)
            }
            Backend::MariaDb | Backend::MySql57 => {
                let flavor = if backend == Backend::MariaDb { MysqlFlavor::MariaDb } else { MysqlFlavor::MySql };
                let server = TempMysql::shared(flavor).unwrap();
                let (default, archive) = (server.database().unwrap(), server.database().unwrap());
                let builder = builder.bind("default", default.url()).bind("archive", archive.url());
                (Place::Mysql { default, _archive: archive }, builder)
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

    /// The rows of hand-written SQL, in its order, by plain rusqlite, by psql or by mysql: each cell as text.
    pub(crate) fn by_hand(&self, sql: &str) -> Vec<Vec<String>> {
        match &self.place {
            Place::Folder(_) => {
                let witness = self.sqlite();
                let mut statement = witness.prepare(sql).unwrap();
                let width = statement.column_count();
                let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column).map(text)).collect()).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Place::Mysql { default, .. } => {
                let rows = default.sql(&format!("{STANDARD}{sql}")).unwrap();
                rows.lines().map(|row| row.split('\t').map(str::to_owned).collect()).collect()
            }
            Place::Postgres { default, .. } => {
                let rows = default.psql(&format!("\\pset null {NULL}\n{sql}")).unwrap();
                rows.lines().map(|row| row.split('|').map(str::to_owned).collect()).collect()
            }
        }
    }

    /// Hand-written SQL with the backend's placeholders.
    pub(crate) fn placed(&self, sql: &str) -> String {
        match &self.place {
            Place::Folder(_) | Place::Mysql { .. } => sql.to_owned(),
            Place::Postgres { .. } => {
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
            Place::Mysql { .. } => "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1",
            Place::Postgres { .. } => {
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
            }
        };
        self.by_hand(sql).concat()
    }
}

/// A cell as the servers' clients write it.
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
