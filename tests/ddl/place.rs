use bindery::prelude::*;
use bindery::schema::Table;
use bindery::session::{Builder, Models};
use bindery::{MysqlDriver, PostgresDriver, SqliteDriver};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase, TempSqlite};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    MariaDb,
    /// Oracle's, 5.7.
    MySql57,
}

pub(crate) enum Place {
    Sqlite(TempSqlite),
    Postgres(TempPostgresDatabase),
    Mysql(TempMysqlDatabase),
}

impl Place {
    pub(crate) fn new(backend: Backend) -> Self {
        let mysql = |flavor| Place::Mysql(TempMysql::shared(flavor).unwrap().database().unwrap());
        match backend {
            Backend::Sqlite => Place::Sqlite(TempSqlite::new().unwrap()),
            Backend::Postgres => Place::Postgres(TempPostgres::shared().unwrap().database().unwrap()),
            Backend::MariaDb => mysql(MysqlFlavor::MariaDb),
            Backend::MySql57 => mysql(MysqlFlavor::MySql),
        }
    }

    pub(crate) async fn databases<M: Models>(&self) -> Databases {
        self.databases_with::<M>([]).await
    }

    pub(crate) async fn databases_with<M: Models>(&self, tables: impl IntoIterator<Item = &'static Table>) -> Databases {
        let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver).without_registered();
        let on = |builder: Builder, url| builder.bind("default", url).models::<M>().tables(tables);
        let builder = match self {
            Place::Sqlite(files) => on(builder, files.url("default")),
            Place::Postgres(database) => on(builder, database.url()),
            Place::Mysql(database) => on(builder, database.url()),
        };
        builder.connect().await.unwrap()
    }

    /// The names of the tables, in their order, by the backend's own client.
    pub(crate) fn tables(&self) -> String {
        match self {
            Place::Sqlite(files) => {
                let witness = rusqlite::Connection::open(files.path("default")).unwrap();
                let sql = "SELECT ifnull(group_concat(name, ' '), '') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1)";
                witness.query_row(sql, [], |row| row.get(0)).unwrap()
            }
            Place::Postgres(database) => {
                database.psql("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").unwrap()
            }
            Place::Mysql(database) => database.sql("SHOW TABLES").unwrap().replace('\n', " "),
        }
    }

    /// The file, by plain rusqlite.
    pub(crate) fn sqlite(&self) -> rusqlite::Connection {
        let Place::Sqlite(files) = self else { panic!("another backend") };
        rusqlite::Connection::open(files.path("default")).unwrap()
    }

    /// The rows of a query by the backend's own client: a line each, with `|` between the columns.
    pub(crate) fn rows(&self, sql: &str) -> String {
        match self {
            Place::Sqlite(_) => {
                let witness = self.sqlite();
                let mut statement = witness.prepare(sql).unwrap();
                let width = statement.column_count();
                let cell = |row: &rusqlite::Row<'_>, column| match row.get::<_, rusqlite::types::Value>(column).unwrap() {
                    rusqlite::types::Value::Null => String::new(),
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => format!("{other:?}"),
                };
                let line = |row: &rusqlite::Row<'_>| Ok((0..width).map(|column| cell(row, column)).collect::<Vec<_>>().join("|"));
                let lines = statement.query_map([], line).unwrap();
                lines.map(Result::unwrap).collect::<Vec<_>>().join("\n")
            }
            Place::Postgres(database) => database.psql(sql).unwrap(),
            Place::Mysql(database) => database.sql(sql).unwrap().replace('\t', "|"),
        }
    }
}
