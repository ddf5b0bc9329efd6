//! The engine on a real server, with psql as the independent witness.

mod cancellation;
mod catalog;
mod errors;
mod native;
mod pgbouncer;
mod pool;
mod queries;
mod transactions;
mod two_phase;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use bindery_core::config::{BindConfig, DatabaseUrl, PoolOptions};
use bindery_core::engine::{Cells, Connection, Driver, Effect, Engine, Executed, Fate, Param, Statement, TransactionOptions};
use bindery_core::value::{Value, ValueRef};
use bindery_core::{BindKey, Error, ErrorKind, Result};
use bindery_testkit::{TempPostgres, TempPostgresDatabase};

use crate::{Postgres, PostgresDriver};

/// A database of the test's own, on the server that the tests of this process share.
pub(crate) fn database() -> TempPostgresDatabase {
    TempPostgres::shared().unwrap().database().unwrap()
}

pub(crate) fn open_url(url: DatabaseUrl, change: impl FnOnce(&mut PoolOptions)) -> Postgres {
    let mut pool = PoolOptions::default();
    pool.timeout = Duration::from_secs(10);
    change(&mut pool);
    PostgresDriver.open(&BindConfig::new(BindKey::DEFAULT, url).with_pool(pool)).unwrap()
}

pub(crate) fn open_with(database: &TempPostgresDatabase, change: impl FnOnce(&mut PoolOptions)) -> Postgres {
    open_url(database.url(), change)
}

pub(crate) fn open(database: &TempPostgresDatabase) -> Postgres {
    open_with(database, |_| {})
}

/// A pool of one connection.
pub(crate) fn open_one(database: &TempPostgresDatabase) -> Postgres {
    open_with(database, |pool| pool.size = 1)
}

/// What psql sees of the engine's connections.
pub(crate) fn seen(database: &TempPostgresDatabase, condition: &str) -> usize {
    let name = database.name();
    let sql = format!("select count(*) from pg_stat_activity where datname = '{name}' and application_name = 'bindery' and ({condition})");
    database.psql(&sql).unwrap().parse().unwrap()
}

/// Waits until it is so, at most ten seconds.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: not so after ten seconds");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn until_all_are_back(engine: &Postgres) {
    until("all connections are back", || engine.pool_status().in_use == 0).await;
}

/// Runs a future for a while, and drops it then.
pub(crate) async fn cut_off<T>(after: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(after, future).await.ok()
}

pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

pub(crate) async fn backend(engine: &Postgres) -> i64 {
    match query(engine, "select pg_backend_pid()", &[]).await.unwrap()[0][0] {
        Value::I64(pid) => pid,
        ref other => panic!("{other:?}"),
    }
}

fn params(values: &[Value]) -> Vec<Param<'_>> {
    values.iter().map(|value| Param::new(value.as_ref(), None)).collect()
}

pub(crate) async fn execute_on(connection: &mut dyn Connection, sql: &str, values: &[Value]) -> Result<Executed> {
    connection.execute(&Statement::new(sql, &params(values), Effect::Write)).await
}

pub(crate) async fn execute(engine: &Postgres, sql: &str, values: &[Value]) -> Result<Executed> {
    let mut connection = engine.acquire(Effect::Write).await?;
    let result = execute_on(&mut *connection, sql, values).await;
    connection.release(Fate::Clean);
    result
}

pub(crate) async fn query_on(connection: &mut dyn Connection, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
    rows_of(connection, &Statement::new(sql, &params(values), Effect::Read)).await
}

/// A write that gives rows.
pub(crate) async fn change_on(connection: &mut dyn Connection, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
    rows_of(connection, &Statement::new(sql, &params(values), Effect::Write)).await
}

async fn rows_of(connection: &mut dyn Connection, statement: &Statement<'_>) -> Result<Vec<Vec<Value>>> {
    let columns = connection.query(statement).await?;
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

pub(crate) async fn query(engine: &Postgres, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
    let mut connection = engine.acquire(Effect::Read).await?;
    let result = query_on(&mut *connection, sql, values).await;
    connection.release(Fate::Clean);
    result
}

pub(crate) async fn begin(engine: &Postgres) -> Result<Box<dyn Connection>> {
    let mut connection = engine.acquire(Effect::Write).await?;
    connection.begin(&TransactionOptions::default()).await?;
    Ok(connection)
}

pub(crate) fn chain(error: &Error) -> String {
    format!("{error:?}")
}
