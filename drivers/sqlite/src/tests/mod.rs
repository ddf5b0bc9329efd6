//! The engine on real files, with plain rusqlite as the independent witness.

mod cancellation;
mod catalog;
mod execution;
mod places;
mod pool;
mod transactions;
mod values;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use bindery_core::engine::{Cells, Connection, Effect, Engine, Executed, Fate, Param, Statement, TransactionOptions};
use bindery_core::value::{Value, ValueRef};
use bindery_core::{Error, Result};

use crate::Sqlite;
use crate::config::{Access, Execution, Location, SqliteConfig};

pub(crate) fn file(folder: &Path) -> SqliteConfig {
    let path = folder.join("test.db");
    let mut config = SqliteConfig::at(Location::File { path, parameters: Vec::new(), access: Access::Create });
    config.pool.timeout = Duration::from_secs(5);
    config
}

pub(crate) fn memory() -> SqliteConfig {
    SqliteConfig { pool: file(Path::new("")).pool, ..SqliteConfig::at(Location::Memory) }
}

pub(crate) fn open(config: SqliteConfig) -> Sqlite {
    Sqlite::open(config)
}

/// Another program's view of the file.
pub(crate) fn witness(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("test.db")).unwrap()
}

pub(crate) async fn execute_on(connection: &mut dyn Connection, sql: &str, values: &[Value]) -> Result<Executed> {
    let params: Vec<_> = values.iter().map(|value| Param::new(value.as_ref(), None)).collect();
    connection.execute(&Statement::new(sql, &params, Effect::Write)).await
}

pub(crate) async fn execute(engine: &Sqlite, sql: &str, values: &[Value]) -> Result<Executed> {
    let mut connection = engine.acquire(Effect::Write).await?;
    let result = execute_on(&mut *connection, sql, values).await;
    connection.release(Fate::Clean);
    result
}

pub(crate) async fn query_on(connection: &mut dyn Connection, sql: &str, values: &[Value], effect: Effect) -> Result<Vec<Vec<Value>>> {
    let params: Vec<_> = values.iter().map(|value| Param::new(value.as_ref(), None)).collect();
    let columns = connection.query(&Statement::new(sql, &params, effect)).await?;
    let mut rows = Vec::new();
    let mut each = |cells: &dyn Cells| {
        rows.push((0..columns.len()).map(|column| cells.value(column).map(ValueRef::to_owned)).collect::<Result<_>>());
        ControlFlow::Continue(())
    };
    while connection.fetch(&mut each).await? {}
    rows.into_iter().collect()
}

/// How many rows come at once, and whether there may be more.
pub(crate) async fn some_rows(connection: &mut dyn Connection) -> Result<(usize, bool)> {
    let mut rows = 0;
    let mut each = |_: &dyn Cells| {
        rows += 1;
        ControlFlow::Continue(())
    };
    let more = connection.fetch(&mut each).await?;
    Ok((rows, more))
}

pub(crate) async fn query(engine: &Sqlite, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
    let mut connection = engine.acquire(Effect::Read).await?;
    let result = query_on(&mut *connection, sql, values, Effect::Read).await;
    connection.release(Fate::Clean);
    result
}

pub(crate) async fn begin(engine: &Sqlite) -> Result<Box<dyn Connection>> {
    let mut connection = engine.acquire(Effect::Write).await?;
    connection.begin(&TransactionOptions::default()).await?;
    Ok(connection)
}

pub(crate) async fn until_all_are_back(engine: &Sqlite) {
    for _ in 0..500 {
        if engine.pool_status().in_use == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a connection has not come back: {engine:?}");
}

pub(crate) fn every_execution() -> [Execution; 3] {
    [Execution::Auto, Execution::Inline, Execution::Blocking]
}

pub(crate) fn chain(error: &Error) -> String {
    format!("{error:?}")
}
