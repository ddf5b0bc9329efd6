//! The codec against a real server, through the plain client: the witness is the server's own text of each value.

mod arrays;
mod large;
mod native_types;
mod properties;
mod scalars;

use bindery_core::engine::{Batch, Param};
use bindery_core::value::{SqlType, Value, ValueRef};
use bindery_core::{Error, ErrorKind, Result};
use bindery_testkit::{TempDatabase, TempPostgres};
use futures_util::TryStreamExt;
use tokio_postgres::{Client, NoTls, Row};

use crate::batch::{Decoders, RowBatch};
use crate::encode::{arguments, parameter_type, refused};

/// A plain client on a database of its own.
struct Server {
    client: Client,
    /// dropped with this value
    _database: TempDatabase,
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
    async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<RowBatch> {
        let types: Vec<_> = params.iter().map(parameter_type).collect();
        let arguments = arguments(params)?;
        let statement = self.client.prepare_typed(sql, &types).await.map_err(native)?;
        let rows = self.client.query_raw(&statement, &arguments).await.map_err(native)?;
        Ok(batch(rows.try_collect().await.map_err(native)?))
    }

    /// By an unnamed statement, as without a statement cache: of a type that the server infers the driver learns nothing.
    async fn query_once(&self, sql: &str, params: &[Param<'_>]) -> Result<RowBatch> {
        let arguments = arguments(params)?;
        let typed = arguments.into_iter().zip(params.iter().map(parameter_type));
        let rows = self.client.query_typed_raw(sql, typed).await.map_err(native)?;
        Ok(batch(rows.try_collect().await.map_err(native)?))
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

fn batch(rows: Vec<Row>) -> RowBatch {
    let decoders = Decoders::of(rows.first().map_or(&[], Row::columns));
    RowBatch::new(rows, decoders)
}

/// One column of a batch.
fn column(batch: &RowBatch, column: usize) -> Vec<Value> {
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
