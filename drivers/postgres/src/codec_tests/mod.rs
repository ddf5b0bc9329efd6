//! The codec against a real server, through the plain client: the witness is the server's own text of each value.

mod arrays;
mod large;
mod native_types;
mod properties;
mod scalars;

use bindery_core::engine::{Cells, Param};
use bindery_core::value::{SqlType, Value, ValueRef};
use bindery_core::{Error, ErrorKind, Result};
use bindery_testkit::{TempPostgres, TempPostgresDatabase};
use futures_util::TryStreamExt;
use tokio_postgres::{Client, NoTls, Row};

use crate::encode::{arguments, parameter_type, refused};
use crate::row_cells::{Decoders, Made, RowCells};

/// A plain client on a database of its own.
struct Server {
    client: Client,
    /// dropped with this value
    _database: TempPostgresDatabase,
}

impl Server {
    async fn start() -> Self {
        let database = TempPostgres::shared().unwrap().database().unwrap();
        let (client, connection) = tokio_postgres::connect(&database.url().to_string(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("SET TIME ZONE 'Asia/Kolkata'").await.unwrap(); // nothing may depend on it
        Server { client, _database: database }
    }

    async fn run(&self, sql: &str) {
        self.client.batch_execute(sql).await.unwrap();
    }

    /// By a prepared statement.
    async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Decoded> {
        let types: Vec<_> = params.iter().map(parameter_type).collect();
        let arguments = arguments(params)?;
        let statement = self.client.prepare_typed(sql, &types).await.map_err(native)?;
        let rows = self.client.query_raw(&statement, &arguments).await.map_err(native)?;
        Ok(decoded(rows.try_collect().await.map_err(native)?))
    }

    /// By an unnamed statement, as without a statement cache: of a type that the server infers the driver learns nothing.
    async fn query_once(&self, sql: &str, params: &[Param<'_>]) -> Result<Decoded> {
        let arguments = arguments(params)?;
        let typed = arguments.into_iter().zip(params.iter().map(parameter_type));
        let rows = self.client.query_typed_raw(sql, typed).await.map_err(native)?;
        Ok(decoded(rows.try_collect().await.map_err(native)?))
    }

    /// The first column as the server writes it, by the client's simple protocol, which is all text.
    async fn texts(&self, sql: &str) -> Vec<Option<String>> {
        let messages = self.client.simple_query(sql).await.unwrap();
        let text = |message: tokio_postgres::SimpleQueryMessage| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
            _ => None,
        };
        messages.into_iter().filter_map(text).collect()
    }
}

fn native(error: tokio_postgres::Error) -> Error {
    refused(&error).unwrap_or_else(|| Error::new(ErrorKind::Sql, "the server refused").with_source(error))
}

fn typed(value: &Value, sql_type: SqlType) -> Param<'_> {
    Param::new(value.as_ref(), Some(sql_type))
}

fn inferred(value: &Value) -> Param<'_> {
    Param::new(value.as_ref(), None)
}

/// Rows as the driver decodes them: what each cell is, or why it is none. Behind the last column is one that isn't there.
struct Decoded(Vec<Vec<Result<Value, (ErrorKind, String)>>>);

impl Decoded {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn value(&self, row: usize, column: usize) -> Result<ValueRef<'_>> {
        match &self.0[row][column] {
            Ok(value) => Ok(value.as_ref()),
            Err((kind, message)) => Err(Error::new(*kind, message.clone())),
        }
    }
}

fn decoded(rows: Vec<Row>) -> Decoded {
    let decoders = Decoders::of(rows.first().map_or(&[], Row::columns));
    let mut made = Made::default();
    let cells = |row: &Row| {
        let cells = RowCells::new(row, &decoders, &mut made);
        let cell = |column| cells.value(column).map(ValueRef::to_owned).map_err(|error| (error.kind(), error.to_string()));
        (0..=row.len()).map(cell).collect()
    };
    Decoded(rows.iter().map(cells).collect())
}

/// One column of decoded rows.
fn column(batch: &Decoded, column: usize) -> Vec<Value> {
    (0..batch.len()).map(|row| batch.value(row, column).unwrap().to_owned()).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn decimal(text: &str) -> Value {
    Value::Decimal(text.into())
}

fn other(type_name: &str, text: &str) -> Value {
    Value::Other { type_name: type_name.into(), text: text.into() }
}
