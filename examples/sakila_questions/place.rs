use std::error::Error;

use bindery::prelude::*;
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase, TempSqlite};
use clap::ValueEnum;
use rusqlite::types::ValueRef;

/// What the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    #[value(name = "mariadb")]
    MariaDb,
}

/// The database, for as long as this is kept.
pub(crate) struct Place {
    pub(crate) databases: Databases,
    witness: Witness,
}

/// What the database's own client needs.
enum Witness {
    Sqlite(TempSqlite),
    Postgres(TempPostgresDatabase),
    Mysql(TempMysqlDatabase),
}

impl Place {
    pub(crate) async fn open(backend: Backend) -> Result<Self, Box<dyn Error>> {
        let (url, witness) = match backend {
            Backend::Sqlite => {
                let files = TempSqlite::new()?;
                (files.url("default"), Witness::Sqlite(files))
            }
            Backend::Postgres => {
                let database = TempPostgres::shared()?.database()?;
                (database.url(), Witness::Postgres(database))
            }
            Backend::MariaDb => {
                let database = TempMysql::shared(MysqlFlavor::MariaDb)?.database()?;
                (database.url(), Witness::Mysql(database))
            }
        };
        Ok(Place { databases: bindery::builder().bind("default", url).connect().await?, witness })
    }

    /// Has the server look at what has been loaded. Before it does so by itself, it plans by what it guesses: MariaDB takes a hundred times as
    /// long for the eleventh question.
    pub(crate) fn analyze(&self) -> Result<(), Box<dyn Error>> {
        let tables = self.databases.metadata("default")?.tables().map(|table| table.name()).collect::<Vec<_>>();
        let sql = match &self.witness {
            Witness::Sqlite(_) | Witness::Postgres(_) => "ANALYZE".to_owned(),
            Witness::Mysql(_) => format!("ANALYZE TABLE {}", tables.join(", ")),
        };
        self.by_hand(&sql).map(drop)
    }

    /// The rows of hand-written SQL, each cell as text.
    pub(crate) fn by_hand(&self, sql: &str) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
        let split = |text: String, separator| text.lines().map(|row| row.split(separator).map(str::to_owned).collect()).collect();
        match &self.witness {
            Witness::Sqlite(files) => of_sqlite(&rusqlite::Connection::open(files.path("default"))?, sql),
            Witness::Postgres(database) => Ok(split(database.psql(sql)?, '|')),
            Witness::Mysql(database) => Ok(split(database.sql(sql)?, '\t')),
        }
    }
}

fn of_sqlite(sqlite: &rusqlite::Connection, sql: &str) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    // Whose table definitions name it; in what is asked here nothing is compared by it.
    sqlite.create_collation("decimal", str::cmp)?;
    let mut statement = sqlite.prepare(sql)?;
    let width = statement.column_count();
    let text = |value: ValueRef<'_>| match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(value) | ValueRef::Blob(value) => String::from_utf8_lossy(value).into_owned(),
    };
    let rows = statement.query_map([], |row| (0..width).map(|column| row.get_ref(column).map(text)).collect())?;
    Ok(rows.collect::<Result<_, _>>()?)
}
