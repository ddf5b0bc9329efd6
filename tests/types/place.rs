use std::fmt::Debug;

use bindery::Bind;
use bindery::prelude::*;
use bindery::query::TypedColumn;
use bindery::schema::Model;
use bindery::value::Scalar;
use bindery::{ErrorKind, MysqlDriver, PostgresDriver, Result, SqliteDriver};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase, TempSqlite};
use rusqlite::types::Value;

use crate::page::{code, refusal};
use crate::reading_of_mysql;
use crate::sample::Sample;
use crate::servers_own::{self, Own};
use crate::servers_own_of_mysql::Own as OwnOfMysql;

type Default = Bind<'d', 'e', 'f', 'a', 'u', 'l', 't'>;

/// A database that bindery has made the table of samples in, and the client beside it that sees what stands there.
pub(crate) struct Place {
    databases: Databases,
    pub(crate) session: Session,
    pub(crate) witness: Witness,
}

/// The backend's own client.
pub(crate) enum Witness {
    Sqlite(TempSqlite),
    Postgres(TempPostgresDatabase),
    Mysql(TempMysqlDatabase),
}

impl Place {
    pub(crate) async fn sqlite() -> Self {
        let files = TempSqlite::new().unwrap();
        let builder = Databases::builder().bind("default", files.url("default")).driver(SqliteDriver).without_registered();
        let databases = builder.models::<(Sample,)>().connect().await.unwrap();
        Self::filled(databases, Witness::Sqlite(files)).await
    }

    pub(crate) async fn postgres() -> Self {
        let database = TempPostgres::shared().unwrap().database().unwrap();
        database.psql(servers_own::TYPES).unwrap();
        let builder = Databases::builder().bind("default", database.url()).driver(PostgresDriver).without_registered();
        let databases = builder.models::<(Sample, Own)>().connect().await.unwrap();
        let place = Self::filled(databases, Witness::Postgres(database)).await;
        place.witness.run("INSERT INTO own (id) VALUES (1)");
        place
    }

    pub(crate) async fn mysql(flavor: MysqlFlavor) -> Self {
        let database = TempMysql::shared(flavor).unwrap().database().unwrap();
        database.sql(reading_of_mysql::TABLES).unwrap();
        let builder = Databases::builder().bind("default", database.url()).driver(MysqlDriver).without_registered();
        let databases = builder.models::<(Sample, OwnOfMysql)>().connect().await.unwrap();
        let place = Self::filled(databases, Witness::Mysql(database)).await;
        place.witness.run("INSERT INTO own (id) VALUES (1)");
        place
    }

    async fn filled(databases: Databases, witness: Witness) -> Self {
        databases.create_all(All).await.unwrap();
        witness.run("INSERT INTO sample (id) VALUES (1)");
        Place { session: databases.session(), databases, witness }
    }

    pub(crate) async fn close(self) {
        self.databases.close().await;
    }

    /// Puts a value into the only row of its table, and reads it.
    pub(crate) async fn there_and_back<M, T>(&self, column: TypedColumn<M, Option<T>>, value: T) -> Result<Option<T>>
    where
        M: Model<Bind = Default, ColumnBind = Default>,
        T: Scalar,
    {
        self.session.execute(M::update_all().set(column.to(Some(value)))).await?;
        Ok(self.session.one(M::select().columns(column)).await?.0)
    }

    /// The cell of the page for a value: how it stands in the database, or why it doesn't.
    pub(crate) async fn outcome<M, T>(&self, column: TypedColumn<M, Option<T>>, value: T) -> String
    where
        M: Model<Bind = Default, ColumnBind = Default>,
        T: Scalar + Clone + Debug + PartialEq,
    {
        match self.there_and_back(column, value.clone()).await {
            Ok(read) => {
                let kept = code(&shortened(self.witness.cell(M::NAME, column.name())));
                if read.as_ref() == Some(&value) {
                    kept
                } else {
                    format!("{kept}, comes back as {}", code(&format!("{:?}", read.unwrap())))
                }
            }
            Err(error) if error.kind() == ErrorKind::Decode => {
                format!("{}, but {}", code(&self.witness.cell(M::NAME, column.name())), refusal(&error))
            }
            Err(error) => refusal(&error),
        }
    }
}

/// Of what is too long for a cell of the page, its ends.
fn shortened(text: String) -> String {
    if text.len() > 80 { format!("{}…{}", &text[..12], &text[text.len() - 12..]) } else { text }
}

impl Witness {
    pub(crate) fn run(&self, sql: &str) {
        match self {
            Witness::Sqlite(files) => rusqlite::Connection::open(files.path("default")).unwrap().execute_batch(sql).unwrap(),
            Witness::Postgres(database) => drop(database.psql(sql).unwrap()),
            Witness::Mysql(database) => drop(database.sql(sql).unwrap()),
        }
    }

    /// The type of a column of the samples, in the words of the server's catalog.
    pub(crate) fn column_type(&self, column: &str) -> String {
        match self {
            Witness::Sqlite(_) => {
                let declared = self.sqlite(&format!("SELECT type FROM pragma_table_info('sample') WHERE name = '{column}'"));
                let table = self.sqlite("SELECT sql FROM sqlite_schema WHERE name = 'sample'");
                // The collation is in no pragma.
                match table.split_once(&format!("\"{column}\" {declared} COLLATE ")) {
                    Some((_, rest)) => format!("{declared} COLLATE {}", rest.split([',', ' ', ')']).next().unwrap()),
                    None => declared,
                }
            }
            Witness::Postgres(database) => {
                let sql = format!(
                    "SELECT format_type(atttypid, atttypmod) || CASE WHEN attcollation <> typcollation THEN ' COLLATE \"' || collname || '\"' ELSE '' END
                    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid LEFT JOIN pg_collation ON pg_collation.oid = attcollation
                    WHERE attrelid = 'sample'::regclass AND attname = '{column}'"
                );
                database.psql(&sql).unwrap()
            }
            Witness::Mysql(database) => {
                let sql = format!(
                    "SELECT concat(column_type, ifnull(concat(' COLLATE ', collation_name), '')) FROM information_schema.columns
                    WHERE table_schema = database() AND table_name = 'sample' AND column_name = '{column}'"
                );
                database.sql(&sql).unwrap()
            }
        }
    }

    /// What stands in the column of the only row, as the server writes it.
    pub(crate) fn cell(&self, table: &str, column: &str) -> String {
        match self {
            Witness::Sqlite(files) => {
                let connection = rusqlite::Connection::open(files.path("default")).unwrap();
                let value = connection.query_row(&format!("SELECT \"{column}\" FROM \"{table}\""), [], |row| row.get(0)).unwrap();
                match value {
                    Value::Null => "NULL".to_owned(),
                    Value::Integer(value) => value.to_string(),
                    Value::Real(value) => format!("{value:?}"),
                    Value::Text(text) => format!("'{}'", text.replace('\'', "''").replace('\0', "\\0")),
                    Value::Blob(bytes) => format!("x'{}'", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
                }
            }
            Witness::Postgres(database) => {
                database.psql(&format!("SET TIME ZONE 'UTC'; SELECT \"{column}\"::text FROM \"{table}\"")).unwrap()
            }
            Witness::Mysql(database) => {
                let sql = format!(
                    "SELECT data_type FROM information_schema.columns
                    WHERE table_schema = database() AND table_name = '{table}' AND column_name = '{column}'"
                );
                let column = format!("`{column}`");
                let shown = match database.sql(&sql).unwrap().as_str() {
                    // The client shows six digits of it.
                    "float" => format!("{column} + 0e0"),
                    "longblob" | "binary" => format!("concat('0x', lower(hex({column})))"),
                    "bit" => format!("concat('b', quote(bin({column})))"),
                    "point" => format!("ST_AsText({column})"),
                    _ => column,
                };
                database.sql(&format!("SELECT {shown} FROM `{table}`")).unwrap().replace('\0', "\\0")
            }
        }
    }

    fn sqlite(&self, sql: &str) -> String {
        let Witness::Sqlite(files) = self else { panic!("this is no file") };
        rusqlite::Connection::open(files.path("default")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}
